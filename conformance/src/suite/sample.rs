//! A plain valid request to an operation, and what has to exist before it can be sent.

use futures_util::future::{FutureExt, LocalBoxFuture};
use serde_json::Value;
use spec::Pointer;

use super::{canonical, credentials};
use crate::{
    check::redaction::Fields,
    exchange::{Request, encode_component},
    ledger::path_id,
    schema::Schemas,
    secret::canary::{Class, Draw},
    session::{Session, Stop},
    target::{Operation, ParameterPlace, Resource, Target},
};

/// How many creates may depend on each other.
const DEPTH: usize = 4;

/// A valid request, but for the ids of what it is about.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// To which operation.
    pub(crate) operation: Operation,
    /// A body that the document allows, if it takes a JSON one.
    pub(crate) body: Option<Value>,
    /// Required parameters, and those of the path that name nothing that can be created.
    parameters: Vec<(ParameterPlace, String, String)>,
    /// The secrets of the body that can be any value of their shape.
    secrets: Vec<(Pointer, Class)>,
}

/// Ids of what exists, by the variable of the path.
pub(crate) type Existing = Vec<(String, String)>;

impl Sample {
    /// A sample for `operation`; `None` if its parameters or its body cannot be made up.
    pub(crate) fn of(target: &Target, operation: &Operation) -> Option<Self> {
        Self::make(target, operation).ok()
    }

    /// As [`Self::of`].
    ///
    /// # Errors
    /// What cannot be made up and why, as a sentence fragment.
    pub(crate) fn make(target: &Target, operation: &Operation) -> Result<Self, String> {
        let mut parameters = Vec::new();
        for parameter in operation.parameters.iter().filter(|one| one.required) {
            let named = |resource: &Resource| resource.variable == parameter.name;
            if parameter.place == ParameterPlace::Path && target.resources.iter().any(named) {
                continue;
            }
            let (place, name) = (parameter.place.name(), &parameter.name);
            let schema = parameter.schema.as_ref();
            let schema =
                schema.ok_or_else(|| format!("the {place} parameter `{name}` has no schema"))?;
            let value = plain_value(target, schema)?;
            let texts = Schemas::to_texts(&value)
                .ok_or_else(|| format!("the {place} parameter `{name}` has no plain text"))?;
            let text = texts.into_iter().next().filter(|text| !text.is_empty());
            let text = text.unwrap_or_else(|| "conformance".to_owned());
            parameters.push((parameter.place, name.clone(), text));
        }
        let media = operation.body.as_ref().and_then(|body| body.json());
        let body = if let Some(schema) = media.and_then(|media| media.schema.as_ref()) {
            let value = plain_value(target, schema)?;
            Some(canonical::value(target, schema, value))
        } else {
            let needed = operation.body.as_ref().is_some_and(|body| body.required);
            if needed {
                return Err("its body is no JSON, or has no schema".to_owned());
            }
            None
        };
        let secrets = body.as_ref().map(|body| secrets(target, operation, body));
        Ok(Self {
            operation: operation.clone(),
            secrets: secrets.unwrap_or_default(),
            body,
            parameters,
        })
    }

    /// The body under a name of its own, if it has a name, and with secrets of its own.
    pub(crate) fn named_body(&self, name: &str) -> Option<Value> {
        let mut body = self.body.clone()?;
        for (field, class) in &self.secrets {
            if let Some(place) = body.pointer_mut(field.as_str()) {
                *place = Value::from(canary(name, field, *class));
            }
        }
        if let Some(Value::String(text)) = body.get_mut("name") {
            name.clone_into(text);
        }
        Some(body)
    }

    /// The request without its body.
    pub(crate) fn bare(&self, existing: &Existing) -> Request {
        let mut request = credentials::request(&self.operation);
        for (name, id) in existing {
            request = request.path_param(name, id);
        }
        for (place, name, text) in &self.parameters {
            request = match place {
                ParameterPlace::Path => request.path_param(name, text),
                ParameterPlace::Query => request.query(name, text),
                ParameterPlace::Header => request.header(name, text.as_bytes()),
                ParameterPlace::Cookie => {
                    request.header("cookie", format!("{name}={}", encode_component(text)))
                }
            };
        }
        request
    }

    /// The whole request.
    pub(crate) fn request(&self, existing: &Existing, name: &str) -> Request {
        let request = self.bare(existing);
        match self.named_body(name) {
            Some(body) => request.json(body),
            None => request,
        }
    }
}

/// The secrets in the body of `operation` in whose place the document allows canaries.
fn secrets(target: &Target, operation: &Operation, body: &Value) -> Vec<(Pointer, Class)> {
    let schema = operation.body.as_ref().and_then(|body| body.json());
    let Some(schema) = schema.and_then(|media| media.schema.as_ref()) else {
        return Vec::new();
    };
    let fields = Fields::of(target, operation).within(body).into_iter();
    let taken = fields.filter_map(|field| {
        let class = *field.shape.classes().first()?;
        let mut changed = body.clone();
        *changed.pointer_mut(field.pointer.as_str())? =
            Value::from(canary("any", &field.pointer, class));
        let valid = target.requests.is_valid(schema, &changed);
        valid.then_some((field.pointer, class))
    });
    taken.collect()
}

fn canary(name: &str, field: &Pointer, class: Class) -> String {
    Draw::of(&[name.as_bytes(), field.as_str().as_bytes()]).value(class, &[])
}

fn plain_value(target: &Target, schema: &spec::Location) -> Result<Value, String> {
    target.requests.plain(schema).map_err(|unsupported| {
        let why = unsupported.iter().map(ToString::to_string);
        why.collect::<Vec<_>>().join("; ")
    })
}

/// The resource that names what `variable` of `operation` is an id of: the one whose path is the
/// longest beginning of the operation's.
pub(crate) fn resource<'a>(
    target: &'a Target,
    operation: &Operation,
    variable: &str,
) -> Option<&'a Resource> {
    target
        .resources
        .iter()
        .filter(|resource| resource.variable == variable)
        .max_by_key(|resource| {
            let path = target
                .operation(&resource.create)
                .map(|one| one.path.as_str());
            path.filter(|path| operation.path.starts_with(*path))
                .map_or(0, str::len)
        })
}

/// Creates what the variables in the path of `operation` name. The requests are tagged `setup`.
/// `None` if that was not possible, or nothing could take it back.
pub(crate) fn create_existing<'a>(
    session: &'a Session,
    operation: &'a Operation,
) -> LocalBoxFuture<'a, Result<Option<Existing>, Stop>> {
    create_at_depth(session, operation, 0)
}

fn create_at_depth<'a>(
    session: &'a Session,
    operation: &'a Operation,
    depth: usize,
) -> LocalBoxFuture<'a, Result<Option<Existing>, Stop>> {
    async move {
        let target = session.target();
        let mut existing = Existing::new();
        for variable in operation.path_variables() {
            let Some(resource) = resource(target, operation, variable) else {
                continue;
            };
            let create = target
                .operation(&resource.create)
                .filter(|one| depth < DEPTH && !target.withheld.contains_key(&one.name));
            let Some(sample) = create.and_then(|create| Sample::of(target, create)) else {
                return Ok(None);
            };
            let Some(outer) = create_at_depth(session, &sample.operation, depth + 1).await? else {
                return Ok(None);
            };
            let request = sample.request(&outer, &session.unique_name()).tag("setup");
            let exchange = session.send(request).await?;
            let answer = exchange.json().filter(|_| exchange.is_success());
            let id = answer.and_then(|answer| answer.pointer(resource.id.as_str()));
            let Some(id) = id.and_then(path_id) else {
                return Ok(None);
            };
            existing.push((variable.to_owned(), id.into_owned()));
        }
        Ok(Some(existing))
    }
    .boxed_local()
}
