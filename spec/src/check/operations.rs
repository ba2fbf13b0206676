//! What operations say together: their names, the templates of their paths, their parameters, their security.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::walk::Walk;
use crate::{
    diagnostic::Diagnostic,
    location::{Location, Pointer},
    similar,
};

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// A parameter of an operation: where it stands, and where it is defined.
struct Parameter<'d> {
    at: Location,
    name: &'d str,
    place: &'d str,
}

/// Looks at all operations below `paths` and `webhooks`.
pub(super) fn all(walk: &mut Walk<'_>) {
    let document = walk.document;
    let root = Location::root(Pointer::root());
    let mut ids: HashMap<&str, Location> = HashMap::new();
    let mut shapes: BTreeMap<String, (&str, Location)> = BTreeMap::new();
    security(walk, document.root(), &root);
    for section in ["paths", "webhooks"] {
        let Some(Value::Object(items)) = document.root().get(section) else {
            continue;
        };
        for (path, item) in items {
            let at = root.child(section).child(path);
            if section == "paths" && path.starts_with('/') {
                same_template(walk, path, &at, &mut shapes);
            }
            let followed = match item.get("$ref") {
                Some(_) => document.follow(&at),
                None => Some((at.clone(), item)),
            };
            let Some((item_at, Value::Object(item))) = followed else {
                continue;
            };
            let shared = parameters(walk, item, &item_at);
            let names = (section == "paths").then(|| template(path));
            for method in METHODS {
                let Some(Value::Object(operation)) = item.get(method) else {
                    continue;
                };
                let at = item_at.child(method);
                operation_id(walk, operation, &at, &mut ids);
                security(walk, &item[method], &at);
                let own = parameters(walk, operation, &at);
                if let Some(names) = &names {
                    path_parameters(walk, path, names, &shared, &own, &at);
                }
            }
        }
    }
}

/// "The id MUST be unique among all operations described in the API."
fn operation_id<'d>(
    walk: &mut Walk<'d>,
    operation: &'d Map<String, Value>,
    at: &Location,
    ids: &mut HashMap<&'d str, Location>,
) {
    let Some(Value::String(id)) = operation.get("operationId") else {
        return;
    };
    let at = at.child("operationId");
    match ids.get(id.as_str()) {
        Some(first) if *first != at => {
            let first = first.clone();
            walk.tell(
                Diagnostic::error(
                    "duplicate-operation-id",
                    at,
                    format!("the operationId `{id}` is given to two operations"),
                )
                .related(first, "first given here")
                .hint(
                    "give each operation an id of its own: methods of the client are named by it",
                ),
            );
        }
        Some(_) => {}
        None => {
            ids.insert(id, at);
        }
    }
}

/// "Templated paths with the same hierarchy but different templated names MUST NOT exist as they are identical."
fn same_template<'d>(
    walk: &mut Walk<'d>,
    path: &'d str,
    at: &Location,
    shapes: &mut BTreeMap<String, (&'d str, Location)>,
) {
    let mut shape = String::new();
    let mut inside = false;
    for character in path.chars() {
        match character {
            '{' => {
                inside = true;
                shape.push_str("{}");
            }
            '}' => inside = false,
            other if !inside => shape.push(other),
            _ => {}
        }
    }
    if let Some((other, first)) = shapes.get(&shape) {
        let warning = Diagnostic::warning(
            "same-path",
            at.clone(),
            format!("`{path}` is the same path as `{other}`"),
        );
        let first = first.clone();
        walk.tell(
            warning
                .at_key()
                .related(first, "the other one")
                .hint("put the operations of both under one path"),
        );
    } else {
        shapes.insert(shape, (path, at.clone()));
    }
}

/// The parameters that stand at an object, their references followed. Two with equal name and place are told.
fn parameters<'d>(
    walk: &mut Walk<'d>,
    holder: &'d Map<String, Value>,
    at: &Location,
) -> Vec<Parameter<'d>> {
    let document = walk.document;
    let mut found: Vec<Parameter<'d>> = Vec::new();
    let list = holder.get("parameters").and_then(Value::as_array);
    for (index, parameter) in list.into_iter().flatten().enumerate() {
        let at = at.child("parameters").index(index);
        let value = match parameter.get("$ref") {
            Some(_) => document.follow(&at).map(|(_, value)| value),
            None => Some(parameter),
        };
        let text = |name: &str| value?.get(name)?.as_str();
        let (Some(name), Some(place)) = (text("name"), text("in")) else {
            continue;
        };
        if let Some(first) = found
            .iter()
            .find(|first| first.name == name && first.place == place)
        {
            let first = first.at.clone();
            walk.tell(
                Diagnostic::error(
                    "duplicate-parameter",
                    at,
                    format!("the {place} parameter `{name}` is listed twice"),
                )
                .related(first, "first listed here")
                .hint("keep one of the two"),
            );
            continue;
        }
        found.push(Parameter { at, name, place });
    }
    found
}

/// The names in braces, in order.
fn template(path: &str) -> Vec<&str> {
    let parts = path.split('{').skip(1);
    parts
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
        .collect()
}

/// "Each template expression in the path MUST correspond to a path parameter", and the other way round.
fn path_parameters(
    walk: &mut Walk<'_>,
    path: &str,
    names: &[&str],
    shared: &[Parameter<'_>],
    own: &[Parameter<'_>],
    at: &Location,
) {
    let in_path = || {
        shared
            .iter()
            .chain(own)
            .filter(|parameter| parameter.place == "path")
    };
    for name in names {
        if in_path().any(|parameter| parameter.name == *name) {
            continue;
        }
        let known = in_path()
            .map(|parameter| parameter.name)
            .filter(|known| !names.contains(known));
        let hint = match similar::nearest(name, known) {
            Some(near) => format!("is the parameter `{near}` meant?"),
            None => format!("add a parameter with `name: {name}`, `in: path` and `required: true`"),
        };
        walk.tell(
            Diagnostic::error(
                "path-parameter",
                at.clone(),
                format!("`{{{name}}}` in the path `{path}` has no parameter"),
            )
            .at_key()
            .hint(hint),
        );
    }
    for parameter in own
        .iter()
        .filter(|parameter| parameter.place == "path" && !names.contains(&parameter.name))
    {
        let known = names
            .iter()
            .copied()
            .filter(|name| in_path().all(|parameter| parameter.name != *name));
        let hint = match similar::nearest(parameter.name, known) {
            Some(near) => format!("is `{{{near}}}` in the path meant?"),
            None => format!(
                "put `{{{}}}` into the path, or remove the parameter",
                parameter.name
            ),
        };
        walk.tell(
            Diagnostic::error(
                "path-parameter",
                parameter.at.clone(),
                format!(
                    "the path parameter `{}` does not occur in the path `{path}`",
                    parameter.name
                ),
            )
            .hint(hint),
        );
    }
}

/// "Each name MUST correspond to a security scheme which is declared in the Security Schemes under the Components Object."
fn security(walk: &mut Walk<'_>, holder: &Value, at: &Location) {
    let document = walk.document;
    let schemes = document
        .root()
        .pointer("/components/securitySchemes")
        .and_then(Value::as_object);
    let list = holder.get("security").and_then(Value::as_array);
    for (index, requirement) in list.into_iter().flatten().enumerate() {
        for name in requirement.as_object().into_iter().flat_map(Map::keys) {
            if schemes.is_some_and(|schemes| schemes.contains_key(name)) {
                continue;
            }
            let known = schemes.into_iter().flat_map(Map::keys).map(String::as_str);
            let hint = match similar::nearest(name, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "define it in `components/securitySchemes`".to_owned(),
            };
            let at = at.child("security").index(index).child(name);
            let error = Diagnostic::error(
                "unknown-security-scheme",
                at,
                format!("there is no security scheme `{name}`"),
            );
            walk.tell(error.at_key().hint(hint));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::template;

    #[test]
    fn names_stand_in_braces() {
        assert_eq!(template("/v1/{a}/b/{c.d}:run"), ["a", "c.d"]);
        assert_eq!(template("/plain"), [] as [&str; 0]);
        assert_eq!(template("/{open"), [] as [&str; 0]);
    }
}
