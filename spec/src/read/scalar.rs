//! What a YAML scalar means by the core schema of YAML 1.2 (section 10.3.2), as JSON.
//!
//! Typing is `serde_yaml`'s; text that cannot be anything but a string does not get there.

use serde_json::{Number, Value};

/// Why a scalar has no JSON value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Infinity, or a number beyond what JSON readers hold.
    NotFinite,
    /// The explicit tag and the text disagree.
    Tag(&'static str),
}

/// The value of a plain scalar without a tag.
pub(super) fn plain(text: &str) -> Result<Value, Fault> {
    if !may_be_typed(text) {
        return Ok(Value::String(text.to_owned()));
    }
    match serde_yaml::from_str::<serde_yaml::Value>(text) {
        Ok(serde_yaml::Value::Null) => Ok(Value::Null),
        Ok(serde_yaml::Value::Bool(value)) => Ok(Value::Bool(value)),
        Ok(serde_yaml::Value::Number(number)) => {
            if let Some(number) = number.as_u64() {
                return Ok(number.into());
            }
            if let Some(number) = number.as_i64() {
                return Ok(number.into());
            }
            let number = number.as_f64().and_then(Number::from_f64);
            number.map(Value::Number).ok_or(Fault::NotFinite)
        }
        // An integer beyond 64 bits is an error there; JSON readers make it a float, and so do we.
        Err(_) if text.bytes().any(|byte| byte.is_ascii_digit()) => {
            let number = text.parse().ok().and_then(Number::from_f64);
            number.map(Value::Number).ok_or(Fault::NotFinite)
        }
        Ok(_) if text.parse().is_ok_and(f64::is_infinite) => Err(Fault::NotFinite),
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// The value of a scalar with a tag of the core schema: `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`.
/// `None` for a tag that has no meaning in JSON.
pub(super) fn tagged(text: &str, tag: &str) -> Option<Result<Value, Fault>> {
    let (fits, name): (fn(&Value) -> bool, _) = match tag {
        "str" => return Some(Ok(Value::String(text.to_owned()))),
        "int" => (|value| value.is_i64() || value.is_u64(), "int"),
        "float" => (Value::is_number, "float"),
        "bool" => (Value::is_boolean, "bool"),
        "null" => (Value::is_null, "null"),
        _ => return None,
    };
    let value = match plain(text) {
        Ok(value) if !fits(&value) => return Some(Err(Fault::Tag(name))),
        Ok(value) => value,
        Err(fault) => return Some(Err(fault)),
    };
    let float = (tag == "float")
        .then(|| Number::from_f64(value.as_f64()?))
        .flatten();
    Some(Ok(float.map_or(value, Value::Number)))
}

/// Whether the text may match one of the core schema's expressions for null, booleans and numbers.
/// `serde_yaml` also knows `0b11` and signs before `0x` and `0o`, which YAML 1.2 does not.
fn may_be_typed(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    match text.as_bytes().first() {
        None | Some(b'~') => text.len() <= 1,
        Some(b'n' | b'N' | b't' | b'T' | b'f' | b'F') => matches!(
            text,
            "null" | "Null" | "NULL" | "true" | "True" | "TRUE" | "false" | "False" | "FALSE"
        ),
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => {
            let radix =
                digits.len() > 2 && matches!(&digits.as_bytes()[..2], b"0x" | b"0o" | b"0b");
            let number = digits
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-'));
            number
                && digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
                && !(radix && (digits.len() != text.len() || digits.starts_with("0b")))
        }
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn plain_scalars_follow_the_core_schema_of_yaml_1_2() {
        let table = [
            ("", json!(null)),
            ("~", json!(null)),
            ("null", json!(null)),
            ("NULL", json!(null)),
            ("nULL", json!("nULL")),
            ("true", json!(true)),
            ("False", json!(false)),
            ("NO", json!("NO")),
            ("yes", json!("yes")),
            ("on", json!("on")),
            ("1_000", json!("1_000")),
            ("017", json!("017")),
            ("0o17", json!(15)),
            ("0x1F", json!(31)),
            ("0b11", json!("0b11")),
            ("-0x10", json!("-0x10")),
            ("+12", json!(12)),
            ("-7", json!(-7)),
            ("5.0", json!(5.0)),
            ("1e3", json!(1000.0)),
            (".5", json!(0.5)),
            ("1.0.0", json!("1.0.0")),
            (
                "18446744073709551615",
                json!(18_446_744_073_709_551_615_u64),
            ),
            ("18446744073709551616", json!(18_446_744_073_709_551_616.0)),
            ("-9223372036854775809", json!(-9_223_372_036_854_775_809.0)),
            ("2024-01-01", json!("2024-01-01")),
            (
                "2001-12-14T21:59:43.10-05:00",
                json!("2001-12-14T21:59:43.10-05:00"),
            ),
            ("12:30:45", json!("12:30:45")),
            ("-", json!("-")),
            ("...", json!("...")),
            ("inf", json!("inf")),
            ("nan", json!("nan")),
            ("1password", json!("1password")),
        ];
        for (text, value) in table {
            assert_eq!(plain(text), Ok(value), "{text:?}");
        }
    }

    #[test]
    fn what_json_cannot_hold_is_refused() {
        for text in [".inf", "-.inf", "+.inf", ".nan", "1e400"] {
            assert_eq!(plain(text), Err(Fault::NotFinite), "{text:?}");
        }
    }

    #[test]
    fn tags_of_the_core_schema_decide() {
        assert_eq!(tagged("5", "str"), Some(Ok(json!("5"))));
        assert_eq!(tagged("5", "int"), Some(Ok(json!(5))));
        assert_eq!(tagged("5", "float"), Some(Ok(json!(5.0))));
        assert_eq!(tagged("five", "int"), Some(Err(Fault::Tag("int"))));
        assert_eq!(tagged("", "null"), Some(Ok(json!(null))));
        assert_eq!(tagged("aGk=", "binary"), None);
    }
}
