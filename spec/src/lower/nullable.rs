//! The idiom of OpenAPI 3.1 for "X or null", `anyOf: [X, {type: null}]`, and the `nullable` of 3.0.
//!
//! Three forms, by what X is:
//! - `X` is a schema whose keywords do not meet those around the `anyOf`: they move up, `{…X, nullable}`;
//! - `X` is anything else, such as a reference: `{allOf: [X], nullable}`;
//! - there are several: `{anyOf: [X, Y], nullable}`.

use serde_json::{Map, Value, json};

/// A schema with one branch that is just null, and how it is rewritten.
#[derive(Clone, Copy)]
pub(super) struct NullBranch<'v> {
    /// `anyOf` or `oneOf`.
    pub(super) keyword: &'static str,
    /// Which branch is null.
    pub(super) null: usize,
    pub(super) form: Form<'v>,
}

#[derive(Clone, Copy)]
pub(super) enum Form<'v> {
    /// The keywords of the other branch move up.
    Merged {
        inner: &'v Map<String, Value>,
        index: usize,
    },
    /// The other branch becomes the one entry of `allOf`.
    Wrapped { inner: &'v Value, index: usize },
    /// The other branches stay.
    Shortened,
}

/// Keywords that say something about values; beside them no branch moves.
fn is_annotation(key: &str) -> bool {
    matches!(
        key,
        "title"
            | "description"
            | "default"
            | "example"
            | "examples"
            | "deprecated"
            | "readOnly"
            | "writeOnly"
            | "externalDocs"
            | "xml"
            | "$comment"
    ) || key.starts_with("x-")
}

impl<'v> NullBranch<'v> {
    /// Finds the idiom in a schema. `None` also where the keywords around it leave no simple form.
    pub(super) fn find(schema: &'v Map<String, Value>) -> Option<Self> {
        let mut found = None;
        for keyword in ["anyOf", "oneOf"] {
            let Some(Value::Array(branches)) = schema.get(keyword) else {
                continue;
            };
            let mut nulls = branches.iter().enumerate().filter(|(_, it)| is_null(it));
            match (nulls.next(), nulls.next()) {
                (Some((null, _)), None) if branches.len() > 1 && found.is_none() => {
                    found = Some((keyword, branches, null));
                }
                (None, _) => {}
                _ => return None,
            }
        }
        let (keyword, branches, null) = found?;
        let meets = ["type", "nullable", "enum", "const", "$ref", "not"];
        if meets.iter().any(|key| schema.contains_key(*key)) {
            return None;
        }
        let index = usize::from(null == 0);
        let form = match &branches[index] {
            _ if branches.len() > 2 => Form::Shortened,
            Value::Object(inner) if can_move(inner, schema, keyword) => {
                Form::Merged { inner, index }
            }
            _ if schema.contains_key("allOf") => return None,
            inner => Form::Wrapped { inner, index },
        };
        Some(Self {
            keyword,
            null,
            form,
        })
    }

    /// The note for the way back.
    pub(super) fn note(&self, schema: &Map<String, Value>) -> Value {
        let (keyword, index) = (self.keyword, self.null);
        match self.form {
            Form::Merged { .. } => {
                let outer = schema.keys().filter(|key| *key != keyword);
                let outer: Vec<&String> = outer.collect();
                json!({ "keyword": keyword, "null": index, "outer": outer })
            }
            Form::Wrapped { .. } => json!({ "keyword": keyword, "null": index, "wrapped": true }),
            Form::Shortened => json!({ "keyword": keyword, "null": index }),
        }
    }
}

fn is_null(branch: &Value) -> bool {
    branch.as_object().is_some_and(|members| {
        members.len() == 1 && members.get("type").and_then(Value::as_str) == Some("null")
    })
}

fn can_move(inner: &Map<String, Value>, outer: &Map<String, Value>, keyword: &str) -> bool {
    let mut around = outer.keys().filter(|key| *key != keyword);
    let nulls_of_its_own = inner.contains_key("nullable")
        || inner.contains_key("$ref")
        || inner
            .get("type")
            .and_then(Value::as_array)
            .is_some_and(|names| names.iter().any(|name| name == "null"))
        || ["anyOf", "oneOf"].iter().any(|key| {
            let branches = inner.get(*key).and_then(Value::as_array);
            branches.is_some_and(|branches| branches.iter().any(is_null))
        });
    !nulls_of_its_own && around.all(|key| is_annotation(key) && !inner.contains_key(key))
}

/// Undoes the rewriting as far as it must come before the members that were carried come back.
pub(super) fn restore_branches(members: &mut Map<String, Value>, note: &Value) {
    let Some((keyword, null)) = parts(note) else {
        return;
    };
    if note.get("outer").is_some() {
        return;
    }
    let from = if note.get("wrapped").is_some() {
        "allOf"
    } else {
        keyword
    };
    if let Some(Value::Array(mut branches)) = members.remove(from) {
        branches.insert(null.min(branches.len()), json!({ "type": "null" }));
        members.insert(keyword.to_owned(), Value::Array(branches));
    }
}

/// Undoes the rewriting of keywords that moved up: last of all, when every keyword is back.
pub(super) fn move_down(members: &mut Map<String, Value>, note: &Value) {
    let (Some((keyword, null)), Some(outer)) = (parts(note), outer_keys(note)) else {
        return;
    };
    let (around, inner): (Map<_, _>, Map<_, _>) = std::mem::take(members)
        .into_iter()
        .partition(|(key, _)| outer.contains(&key.as_str()));
    let mut branches = vec![Value::Object(inner)];
    branches.insert(null.min(1), json!({ "type": "null" }));
    *members = around;
    members.insert(keyword.to_owned(), Value::Array(branches));
}

/// The keywords that had moved up, from the members after [`move_down`].
pub(super) fn moved_up(
    mut members: Map<String, Value>,
    note: &Value,
) -> Option<Map<String, Value>> {
    outer_keys(note)?;
    let (keyword, null) = parts(note)?;
    let inner = members.get_mut(keyword)?.get_mut(usize::from(null == 0))?;
    inner.as_object_mut().map(std::mem::take)
}

fn outer_keys(note: &Value) -> Option<Vec<&str>> {
    let keys = note.get("outer")?.as_array()?;
    Some(keys.iter().filter_map(Value::as_str).collect())
}

fn parts(note: &Value) -> Option<(&str, usize)> {
    let null = note.get("null")?.as_u64()?;
    Some((
        note.get("keyword")?.as_str()?,
        usize::try_from(null).unwrap_or(usize::MAX),
    ))
}
