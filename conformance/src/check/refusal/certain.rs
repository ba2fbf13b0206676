//! How much of the place of a fault a server can be held to. Where a value may be one of several
//! things, and nothing says which of them it was meant to be, a server that finds it to be none of
//! them may tell what is wrong with it as any one.

use serde_json::Value;
use spec::{Location, Pointer};

use crate::target::Target;

/// The beginning of `pointer`, a place in a value of the schema at `schema`, that ends with the
/// first value that may be one of several things; all of it if there is none.
pub(crate) fn certain(target: &Target, schema: &Location, pointer: &Pointer) -> Pointer {
    let mut at = Pointer::root();
    let mut schema = schema.clone();
    for token in pointer.tokens() {
        let Some((part, is_union)) = step(target, &schema, &token) else {
            // What no schema describes is told by its name, or not at all.
            return pointer.clone();
        };
        if is_union {
            return at;
        }
        at = at.child(&token);
        schema = part;
    }
    at
}

/// The schema of a member or an item of a value of `schema`; or that the value may be one of
/// several things.
fn step(target: &Target, schema: &Location, token: &str) -> Option<(Location, bool)> {
    let (schema, node) = target.document.follow(schema)?;
    for keyword in ["anyOf", "oneOf"] {
        let Some(branches) = node.get(keyword).and_then(Value::as_array) else {
            continue;
        };
        let branch = |index: usize| schema.child(keyword).index(index);
        let is_null = |index: &usize| {
            let followed = target.document.follow(&branch(*index));
            followed.is_some_and(|(_, node)| node.get("type") == Some(&Value::from("null")))
        };
        let mut others = (0..branches.len()).filter(|index| !is_null(index));
        match (others.next(), others.next()) {
            (Some(only), None) => return step(target, &branch(only), token),
            (Some(_), Some(_)) if node.get("discriminator").is_none() => {
                return Some((schema, true));
            }
            _ => {}
        }
    }
    if node
        .get("properties")
        .is_some_and(|one| one.get(token).is_some())
    {
        return Some((schema.child("properties").child(token), false));
    }
    if node.get("items").is_some() && token.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((schema.child("items"), false));
    }
    let all = node
        .get("allOf")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    (0..all).find_map(|index| step(target, &schema.child("allOf").index(index), token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::sketch;

    #[test]
    fn a_union_is_as_far_as_a_server_can_be_held_to() {
        let target = sketch::target();
        let operation = target.operation("create_credential").unwrap();
        let body = operation
            .body
            .as_ref()
            .and_then(|body| body.json())
            .unwrap();
        let schema = body.schema.as_ref().unwrap();
        let cut = |text| certain(&target, schema, &Pointer::parse(text).unwrap()).to_string();
        assert_eq!(cut("/name"), "/name");
        assert_eq!(cut("/credential"), "/credential");
        assert_eq!(cut("/credential/password"), "/credential");
        assert_eq!(cut("/unheard_of"), "/unheard_of");
    }
}
