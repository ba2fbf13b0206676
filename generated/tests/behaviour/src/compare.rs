//! When a value that was read and written again is the same: equal as JSON Schema counts equality, but
//! for members that are null and were left out, which mean the same where the client has no third state,
//! and for members that the schema fixes to a constant, which are always written.

use codegen::ir::{Api, TypeKind};
use serde_json::Value;

/// The constants of a client, each with the name of its member.
#[derive(Clone, Debug, Default)]
pub struct Constants(Vec<(String, Value)>);

impl Constants {
    /// Those of `api`.
    pub fn of(api: &Api) -> Self {
        let structs = api.types.iter().filter_map(|def| match &def.kind {
            TypeKind::Struct(body) => Some(body),
            _ => None,
        });
        let fields = structs.flat_map(|body| &body.fields);
        let fixed = fields.filter_map(|field| Some((field.wire.clone(), field.fixed.clone()?)));
        Self(fixed.collect())
    }

    fn has(&self, name: &str, value: &Value) -> bool {
        self.0
            .iter()
            .any(|(wire, fixed)| wire == name && fixed == value)
    }
}

/// Every difference, with its JSON pointer; empty if the values are the same.
pub fn differences(read: &Value, written: &Value, constants: &Constants) -> Vec<String> {
    let mut found = Vec::new();
    compare(read, written, constants, "", &mut found);
    found
}

fn compare(
    read: &Value,
    written: &Value,
    constants: &Constants,
    at: &str,
    found: &mut Vec<String>,
) {
    match (read, written) {
        (Value::Object(read), Value::Object(written)) => {
            for (name, value) in read {
                let at = format!("{at}/{name}");
                match written.get(name) {
                    Some(other) => compare(value, other, constants, &at, found),
                    None if value.is_null() => {}
                    None => found.push(format!("{at} is lost")),
                }
            }
            for (name, value) in written {
                if !read.contains_key(name) && !value.is_null() && !constants.has(name, value) {
                    found.push(format!("{at}/{name} is new"));
                }
            }
        }
        (Value::Array(read), Value::Array(written)) if read.len() == written.len() => {
            for (index, (read, written)) in read.iter().zip(written).enumerate() {
                compare(read, written, constants, &format!("{at}/{index}"), found);
            }
        }
        // 1 and 1.0 are one number (JSON Schema 2020-12, section 4.2.2).
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => {}
        _ if read == written => {}
        _ => found.push(format!("{at} became {written}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_may_be_left_out_and_nothing_else() {
        let constants = Constants(vec![("kind".to_owned(), json!("b"))]);
        let of = |read: Value, written: Value| differences(&read, &written, &constants);
        assert!(of(json!({"a": null, "b": 1}), json!({"b": 1.0})).is_empty());
        assert_eq!(
            of(json!({"a": [{"b": 1}]}), json!({"a": [{}]})),
            ["/a/0/b is lost"]
        );
        assert_eq!(of(json!({}), json!({"a": 1})), ["/a is new"]);
        assert!(of(json!({}), json!({"kind": "b"})).is_empty());
        assert_eq!(of(json!({}), json!({"kind": "a"})), ["/kind is new"]);
        assert_eq!(of(json!([1, 2]), json!([1])), [" became [1]"]);
        assert_eq!(of(json!("1"), json!(1)), [" became 1"]);
    }
}
