//! What the scenario is about: a kind of thing that is created with secrets, or an operation that
//! takes some, and what can be asked about it.

use std::sync::Arc;

use serde_json::{Value, json};
use spec::{Location, Pointer};

use crate::{
    check::redaction::{Field, Fields},
    secret::registry::Part,
    suite::{
        credentials::{Credentials, Role},
        sample::Sample,
    },
    target::{Operation, ParameterPlace, Resource, Target},
};

/// Most kinds of bodies of one operation.
const KINDS: usize = 4;
/// Valid bodies from which those are chosen.
const CANDIDATES: usize = 256;

/// What is created, and the operations on it that there are.
pub(super) struct Subject {
    /// A word in `snake_case` for case ids.
    pub(super) name: String,
    pub(super) create: Sample,
    /// The variable of paths that names one, and where the id stands in the answer to the create.
    pub(super) id: Option<(String, Pointer)>,
    pub(super) read: Option<Sample>,
    pub(super) list: Option<Sample>,
    pub(super) update: Option<Sample>,
    pub(super) delete: Option<Sample>,
    /// A query parameter of the list that asks for this kind only.
    pub(super) filter: Option<(String, String)>,
    /// A whole body of the create; its secrets are to be filled in.
    pub(super) body: Value,
    /// The same of the update, if it takes another.
    pub(super) update_body: Option<Value>,
    /// The secrets of the bodies.
    pub(super) fields: Vec<Field>,
    schema: Option<Location>,
    target: Arc<Target>,
}

impl Subject {
    /// Everything in `target` that takes secrets, in document order.
    pub(super) fn all(target: &Arc<Target>) -> Vec<Self> {
        let credentials = Credentials::of(target);
        let mut all = Vec::new();
        for operation in &target.operations {
            let fields = Fields::of(target, operation);
            if fields.is_empty() || is_update(target, operation) {
                continue;
            }
            let Some(sample) = Sample::of(target, operation) else {
                continue;
            };
            let create = |api: &&Credentials| api.operation(Role::Create).name == operation.name;
            let bodies = match credentials.as_ref().filter(create) {
                Some(_) => credential_bodies(),
                None => bodies(target, operation, &fields),
            };
            for (name, body) in bodies {
                let subject = Self::of(target, &sample, name, body, &fields);
                all.extend(subject);
            }
        }
        all
    }

    fn of(
        target: &Arc<Target>,
        create: &Sample,
        name: String,
        body: Value,
        fields: &Fields,
    ) -> Option<Self> {
        let operation = &create.operation;
        let named = |name: &Option<String>| {
            let operation = target.operation(name.as_deref()?)?;
            Sample::of(target, operation)
        };
        let resource = target
            .resources
            .iter()
            .find(|one| one.create == operation.name);
        let update = resource.and_then(|resource| update(target, resource));
        let mut found = fields.within(&body);
        if found.is_empty() {
            return None;
        }
        let mut update_body = None;
        if let Some(update) = &update
            && let Some(own) = update.body.clone()
            && !is_same_schema(target, operation, &update.operation)
        {
            let more = Fields::of(target, &update.operation).within(&own);
            let is_new = |field: &Field| found.iter().all(|one| one.pointer != field.pointer);
            let more: Vec<Field> = more.into_iter().filter(is_new).collect();
            found.extend(more);
            update_body = Some(own);
        }
        let list = resource.and_then(|resource| named(&resource.list));
        Some(Self {
            filter: list
                .as_ref()
                .and_then(|list| filter(&list.operation, &body)),
            id: resource.map(|resource| (resource.variable.clone(), resource.id.clone())),
            read: resource.and_then(|resource| named(&resource.read)),
            delete: resource.and_then(|resource| named(&resource.delete)),
            list,
            update,
            create: create.clone(),
            name,
            update_body,
            fields: found,
            schema: schema(operation),
            body,
            target: Arc::clone(target),
        })
    }

    /// Whether the document allows `body` in a create.
    pub(super) fn accepts(&self, body: &Value) -> bool {
        let valid = |schema: &Location| self.target.requests.is_valid(schema, body);
        self.schema.as_ref().is_none_or(valid)
    }

    /// Whether the document allows `value` at `field` of the create. Of a body that is not valid
    /// before its secrets are filled in nobody can say.
    pub(super) fn takes(&self, field: &Pointer, value: &str) -> bool {
        if !self.accepts(&self.body) {
            return true;
        }
        let mut body = self.body.clone();
        match body.pointer_mut(field.as_str()) {
            Some(place) => *place = Value::from(value),
            // A member of the update alone.
            None => return true,
        }
        self.accepts(&body)
    }

    /// A public text beside a secret.
    pub(super) fn beside(&self, field: &Pointer) -> Option<&str> {
        let parent = self.body.pointer(field.parent()?.as_str())?.as_object()?;
        let at = field.parent()?;
        parent.iter().find_map(|(name, value)| {
            let is_secret = self.fields.iter().any(|one| one.pointer == at.child(name));
            value.as_str().filter(|_| !is_secret)
        })
    }

    /// Whether some secrets that differ in `fields` may show in successful answers to `operation`
    /// (`METHOD /path`) as a whole.
    pub(super) fn may_show(&self, operation: &str) -> bool {
        let permissions = self.fields.iter().flat_map(|field| &field.permitted);
        permissions
            .filter(|one| one.part != Part::LastFour)
            .any(|one| one.operations.is_empty() || one.operations.iter().any(|it| it == operation))
    }

    /// Whether the list can be asked for things of a name only.
    pub(super) fn is_searchable(&self) -> bool {
        self.lists_by("search") && self.has_name()
    }

    /// Whether what is created has a name of its own.
    pub(super) fn has_name(&self) -> bool {
        self.body.get("name").is_some_and(Value::is_string)
    }

    /// Whether the list takes a query parameter of that name.
    pub(super) fn lists_by(&self, name: &str) -> bool {
        let list = self.list.as_ref();
        list.is_some_and(|list| {
            list.operation
                .parameters_in(ParameterPlace::Query)
                .any(|parameter| parameter.name == name)
        })
    }
}

fn schema(operation: &Operation) -> Option<Location> {
    operation.body.as_ref()?.json()?.schema.clone()
}

fn is_same_schema(target: &Target, one: &Operation, other: &Operation) -> bool {
    let component = |operation: &Operation| {
        let at = schema(operation)?;
        target.document.follow(&at).map(|(location, _)| location)
    };
    component(one) == component(other)
}

/// Operations that replace or change what a resource names: they are asked with the create.
fn is_update(target: &Target, operation: &Operation) -> bool {
    target.resources.iter().any(|resource| {
        update(target, resource).is_some_and(|update| update.operation.name == operation.name)
    })
}

fn update(target: &Target, resource: &Resource) -> Option<Sample> {
    let create = target.operation(&resource.create)?;
    let item = format!("{}/{{{}}}", create.path, resource.variable);
    let behind = format!("{item}/update");
    let is_one = |operation: &&Operation| {
        let changes = matches!(operation.method.as_str(), "PUT" | "PATCH" | "POST");
        changes && (operation.path == item || operation.path == behind)
    };
    let operations = target.operations.iter().filter(is_one);
    let mut samples = operations.filter_map(|operation| Sample::of(target, operation));
    samples.find(|sample| sample.body.is_some())
}

/// A parameter of the list that has the name of a public text member of the body.
fn filter(list: &Operation, body: &Value) -> Option<(String, String)> {
    let members = body.as_object()?;
    members.iter().find_map(|(name, value)| {
        let mut parameters = list.parameters_in(ParameterPlace::Query);
        let text = value.as_str().filter(|_| name != "name")?;
        parameters
            .any(|parameter| parameter.name == *name)
            .then(|| (name.clone(), text.to_owned()))
    })
}

/// Bodies of `operation` that together have every secret which any has.
fn bodies(target: &Target, operation: &Operation, fields: &Fields) -> Vec<(String, Value)> {
    let Some(schema) = schema(operation) else {
        return Vec::new();
    };
    let coverage = target.requests.coverage_up_to(&schema, CANDIDATES);
    let pointers = |body: &Value| -> Vec<Pointer> {
        let found = fields.within(body).into_iter();
        found.map(|field| field.pointer).collect()
    };
    let mut candidates: Vec<(Vec<Pointer>, Value)> = coverage
        .valid
        .into_iter()
        .map(|one| (pointers(&one.value), one.value))
        .collect();
    // The smallest of those that have the same.
    candidates.sort_by_cached_key(|(_, body)| body.to_string().len());
    let mut known: Vec<Pointer> = Vec::new();
    let mut chosen = Vec::new();
    while chosen.len() < KINDS {
        let news = |(found, _): &(Vec<Pointer>, Value)| {
            found.iter().filter(|one| !known.contains(one)).count()
        };
        let Some(most) = candidates.iter().map(news).max().filter(|most| *most > 0) else {
            break;
        };
        let Some(best) = candidates.iter().position(|one| news(one) == most) else {
            break;
        };
        let (found, body) = candidates.swap_remove(best);
        known.extend(found);
        let name = match chosen.len() {
            0 => operation.name.clone(),
            number => format!("{}_{}", operation.name, number + 1),
        };
        chosen.push((name, body));
    }
    chosen
}

/// A body for each type of credential, with every member that holds a secret.
fn credential_bodies() -> Vec<(String, Value)> {
    let credentials = [
        (
            "password",
            json!({"username": "somebody", "password": "-", "totp": "-",
                "totp_type": "authenticator", "metadata": {"note": "-"}}),
        ),
        (
            "credit_card",
            json!({"card_number": "-", "card_cvv": "-", "card_exp_month": "-",
                "card_exp_year": "-", "card_brand": "visa", "card_holder_name": "-",
                "billing_address": {"line1": "-", "line2": "-", "city": "-", "state": "-",
                    "state_code": "-", "postal_code": "-", "country": "-", "country_code": "-"},
                "billing_email": "-", "billing_phone": "-", "metadata": {"note": "-"}}),
        ),
        (
            "secret",
            json!({"secret_value": "-", "secret_label": "label"}),
        ),
    ];
    let whole = |(kind, credential): (&str, Value)| {
        let body = json!({"name": "-", "credential_type": kind, "credential": credential});
        (kind.to_owned(), body)
    };
    credentials.map(whole).into()
}
