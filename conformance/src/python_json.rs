//! JSON as Skyvern writes it to a credential service: the form of Python's `json` module, with
//! `", "` and `": "`, and everything beyond printable ASCII escaped. Members keep their order.

use std::fmt::Write as _;

use serde_json::Value;

/// The text of `value`: no line breaks, ASCII only, characters beyond the basic plane as two
/// surrogates (RFC 8259 section 7).
pub(crate) fn text(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::String(string) => write_string(string, text),
        Value::Array(items) => {
            text.push('[');
            for (number, item) in items.iter().enumerate() {
                separate(number, text);
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (number, (name, member)) in members.iter().enumerate() {
                separate(number, text);
                write_string(name, text);
                text.push_str(": ");
                write(member, text);
            }
            text.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => text.push_str(&value.to_string()),
    }
}

fn separate(number: usize, text: &mut String) {
    if number > 0 {
        text.push_str(", ");
    }
}

fn write_string(string: &str, text: &mut String) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            ' '..='~' => text.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a string does not fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_what_python_writes() {
        // `json.dumps({"name": …})` of Python 3.12.
        let value = json!({"name": "Zoë \u{1f600} \"q\" \\ /\n\r\t\u{8}\u{c}\u{0}\u{7f}",
            "totp": null, "list": [1, true, []], "none": {}});
        assert_eq!(
            text(&value),
            r#"{"name": "Zo\u00eb \ud83d\ude00 \"q\" \\ /\n\r\t\b\f\u0000\u007f", "totp": null, "list": [1, true, []], "none": {}}"#
        );
    }

    proptest! {
        #[test]
        fn it_reads_back_and_is_ascii(string in ".*") {
            let value = json!({ string.clone(): [string] });
            let written = text(&value);
            prop_assert!(written.is_ascii());
            prop_assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), value);
        }
    }
}
