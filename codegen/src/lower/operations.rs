//! Operations: the typed view of paths comes in, methods of the client go out, yet without names.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use openapiv3::{PathItem, ReferenceOr};
use serde_json::Value;
use spec::{Diagnostic, Document, Location, Pointer};

use super::{
    auth::Schemes,
    builder::{Builder, Hint, Owner},
    content,
    docs::of_texts,
    pages, parameters,
    typed::Typed,
};
use crate::ir::{Media, Method, Operation, RequestBody};

/// An operation, or another way to call it, and what names it.
#[derive(Clone)]
pub(crate) struct Found {
    pub(crate) operation: Operation,
    /// The template, as the document writes it.
    pub(crate) path: String,
    /// The first tag.
    pub(crate) tag: Option<String>,
    /// `x-rust-name`.
    pub(crate) given: Option<String>,
    /// `x-fern-sdk-method-name`.
    pub(crate) suggested: Option<String>,
    /// `x-fern-sdk-group-name`, joined.
    pub(crate) group: Option<String>,
    /// What tells another way to call an operation from the usual one, in words; empty for that.
    pub(crate) way: Vec<String>,
}

const METHODS: [(&str, Method); 8] = [
    ("get", Method::Get),
    ("put", Method::Put),
    ("post", Method::Post),
    ("delete", Method::Delete),
    ("options", Method::Options),
    ("head", Method::Head),
    ("patch", Method::Patch),
    ("trace", Method::Trace),
];

fn typed_operation(item: &PathItem, method: Method) -> Option<&openapiv3::Operation> {
    match method {
        Method::Get => &item.get,
        Method::Put => &item.put,
        Method::Post => &item.post,
        Method::Delete => &item.delete,
        Method::Options => &item.options,
        Method::Head => &item.head,
        Method::Patch => &item.patch,
        Method::Trace => &item.trace,
    }
    .as_ref()
}

/// Where each operation of the document is, in its order.
pub(super) fn places(document: &Document) -> Vec<(String, Method, Location)> {
    let mut places = Vec::new();
    let paths = document.root().get("paths").and_then(Value::as_object);
    for (path, _) in paths
        .into_iter()
        .flatten()
        .filter(|(path, _)| path.starts_with('/'))
    {
        let at = Location::root(Pointer::root()).join(["paths", path]);
        let Some((at, item)) = document.follow(&at) else {
            continue;
        };
        for key in item.as_object().into_iter().flat_map(|item| item.keys()) {
            if let Some((_, method)) = METHODS.iter().find(|(name, _)| name == key) {
                places.push((path.clone(), *method, at.child(key)));
            }
        }
    }
    places
}

/// The JSON bodies of PATCH operations: the schemas in which null means something of its own.
pub(super) fn patch_bodies(document: &Document) -> HashSet<Location> {
    let mut bodies = HashSet::new();
    let reader = crate::schema::Reader { document };
    for (_, method, at) in places(document) {
        if method != Method::Patch {
            continue;
        }
        let Some((body, node)) = document.follow(&at.child("requestBody")) else {
            continue;
        };
        let content = node.get("content").and_then(Value::as_object);
        for media_type in content.into_iter().flat_map(|content| content.keys()) {
            if content::is_json(media_type) {
                let schema = body.join(["content", media_type, "schema"]);
                add_body(reader, &schema, &mut bodies, 0);
            }
        }
    }
    bodies
}

/// The schema of a body, and the branches if it is a union.
fn add_body(
    reader: crate::schema::Reader<'_>,
    at: &Location,
    bodies: &mut HashSet<Location>,
    depth: usize,
) {
    let peeled = reader.peel(at);
    if !bodies.insert(peeled.at.clone()) || depth > 8 {
        return;
    }
    for choice in reader.schema(&crate::schema::Key::new(peeled.at)).choices() {
        for branch in &choice.branches {
            add_body(reader, branch, bodies, depth + 1);
        }
    }
}

/// Every operation of the document, each followed by its other ways.
pub(super) fn operations<'d>(
    builder: &mut Builder<'d>,
    typed: Typed<'d>,
    schemes: &Schemes,
) -> Vec<Found> {
    let mut found = Vec::new();
    for (path, method, at) in places(typed.document) {
        let Some(item) = typed.api.paths.paths.get(&path) else {
            continue;
        };
        let item_at = Location::root(Pointer::root()).join(["paths", &path]);
        let Some((item_at, item)) = typed.read(item, &item_at) else {
            builder
                .report
                .warnings
                .push(not_covered(&item_at, "the path item cannot be read"));
            continue;
        };
        // The item may live in another file; it is kept for as long as its operation is read.
        let item: &PathItem = &item;
        let Some(operation) = typed_operation(item, method) else {
            continue;
        };
        let ways = ways(
            builder,
            typed,
            schemes,
            &path,
            method,
            &at,
            (&item_at, item),
            operation,
        );
        // Many paths may refer to one item, many operations to one parameter.
        let docs = |one: &Operation| {
            let parameters = one.parameters.iter().map(|one| one.docs.length());
            one.docs.length() + parameters.sum::<usize>()
        };
        let members = |one: &Operation| 1 + one.parameters.len() + one.responses.len();
        let members = ways.iter().map(|way| members(&way.operation)).sum();
        let docs = ways.iter().map(|way| docs(&way.operation)).sum();
        found.extend(ways);
        if !builder.spend(members, docs, &at) {
            break;
        }
    }
    found
}

#[expect(
    clippy::too_many_arguments,
    reason = "each is one fact about the operation"
)]
fn ways<'d>(
    builder: &mut Builder<'d>,
    typed: Typed<'d>,
    schemes: &Schemes,
    path: &str,
    method: Method,
    at: &Location,
    (item_at, item): (&Location, &PathItem),
    operation: &openapiv3::Operation,
) -> Vec<Found> {
    let hint = Hint::new(Owner::Operation(at.clone()));
    let mut places: Vec<(Location, &ReferenceOr<openapiv3::Parameter>)> = Vec::new();
    let list = item_at.child("parameters");
    places.extend((0..).map(|index| list.index(index)).zip(&item.parameters));
    let list = at.child("parameters");
    places.extend(
        (0..)
            .map(|index| list.index(index))
            .zip(&operation.parameters),
    );
    let (parameters, path_pieces) =
        parameters::parameters(builder, typed, path, at, &places, schemes, &hint);
    let mut bodies = Vec::new();
    if let Some(body) = &operation.request_body {
        bodies = content::bodies(builder, typed, body, &at.child("requestBody"), &hint);
    }
    let responses = content::responses(
        builder,
        typed,
        &operation.responses,
        &at.child("responses"),
        &hint,
    );
    let text = |key: &str| {
        let value = operation.extensions.get(key)?;
        match value {
            Value::Array(words) => Some(
                words
                    .iter()
                    .filter_map(Value::as_str)
                    .collect::<Vec<_>>()
                    .join("_"),
            ),
            other => other.as_str().map(str::to_owned),
        }
    };
    let pages = pages::pages(
        operation.extensions.get("x-pagination"),
        &parameters,
        &responses.all,
        method,
    );
    let usual = Found {
        path: path.to_owned(),
        tag: operation.tags.first().cloned(),
        given: text("x-rust-name"),
        suggested: text("x-fern-sdk-method-name"),
        group: text("x-fern-sdk-group-name"),
        operation: Operation {
            rust: String::new(),
            stem: String::new(),
            operation_id: operation.operation_id.clone(),
            method,
            path: path_pieces,
            docs: of_texts(
                operation.summary.as_deref().unwrap_or_default(),
                operation.description.as_deref().unwrap_or_default(),
            ),
            deprecated: operation.deprecated,
            auth: schemes.of_operation(typed, operation, at, item_at),
            parameters,
            body: bodies.first().cloned(),
            responses: responses.all.clone(),
            pages,
            origin: at.clone(),
        },
        way: Vec::new(),
    };
    let mut found = Vec::new();
    for answer in std::iter::once(None).chain(responses.others.iter().map(Some)) {
        let others = bodies.iter().skip(1).map(Some);
        for body in std::iter::once(None).chain(others) {
            found.push(usual.by(body, responses.success.zip(answer)));
        }
    }
    found
}

impl Found {
    /// The same with another body, with the answer of this index in another media type, or both.
    fn by(&self, body: Option<&RequestBody>, answer: Option<(usize, &Media)>) -> Self {
        let mut found = self.clone();
        let operation = &mut found.operation;
        if let Some(body) = body {
            let media_type = &body.media.media_type;
            found.way.push(content::word(media_type));
            let docs = &mut operation.docs.paragraphs;
            docs.push(format!("Sends `{media_type}`."));
            operation.body = Some(body.clone());
        }
        if let Some((index, media)) = answer {
            let media_type = &media.media_type;
            found.way.push(content::word(media_type));
            let docs = &mut operation.docs.paragraphs;
            docs.push(format!("Answers in `{media_type}`."));
            operation.responses[index].media = Some(media.clone());
            operation.pages = None;
        }
        found
    }
}

/// Something the client cannot do.
pub(super) fn not_covered(at: &Location, message: &str) -> Diagnostic {
    Diagnostic::warning("not-covered", at.clone(), message)
        .hint("the rest of the document is generated without it")
}

/// Tags of the document with their descriptions, by name.
pub(super) fn tag_docs(api: &openapiv3::OpenAPI) -> BTreeMap<String, String> {
    api.tags
        .iter()
        .map(|tag| {
            let text = tag.description.clone().unwrap_or_default();
            (tag.name.clone(), text)
        })
        .collect()
}

/// Names of the members that some `discriminator` names.
pub(super) fn tag_names(root: &Value) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut open = vec![root];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(map) => {
                let name = map
                    .get("discriminator")
                    .and_then(|discriminator| discriminator.get("propertyName")?.as_str());
                names.extend(name);
                open.extend(map.values());
            }
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
    names
}
