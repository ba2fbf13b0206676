//! What a read gives back, held against what the create stored.

use serde_json::{Map, Value};
use spec::Pointer;

use super::exact;
use crate::{
    check::{
        CON005, CON006, CON007, CON008, CON010, CON011, CON012, CON013, CON014, CON015, CON022,
        Check,
    },
    exchange::Exchange,
    ledger::id_text,
};

/// Members that Skyvern needs, of any type of credential.
const REQUIRED: [&str; 9] = [
    "username",
    "password",
    "card_holder_name",
    "card_number",
    "card_exp_month",
    "card_exp_year",
    "card_cvv",
    "card_brand",
    "secret_value",
];
const TOTP_TYPES: [&str; 5] = ["authenticator", "email", "text", "passkey", "none"];

/// A member of a read that is not as it should be.
#[derive(Debug, PartialEq)]
pub(super) struct Difference {
    pub(super) check: &'static Check,
    pub(super) pointer: Pointer,
    pub(super) what: String,
    pub(super) expected: Value,
    /// Null if nothing is there.
    pub(super) actual: Value,
}

/// What one read showed.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    pub(super) differences: Vec<Difference>,
    pub(super) passed: Vec<&'static Check>,
}

impl Comparison {
    fn fail(
        &mut self,
        check: &'static Check,
        pointer: &Pointer,
        what: impl Into<String>,
        expected: &Value,
        actual: Option<&Value>,
    ) {
        self.differences.push(Difference {
            check,
            pointer: pointer.clone(),
            what: what.into(),
            expected: expected.clone(),
            actual: actual.cloned().unwrap_or_default(),
        });
    }

    fn text(&mut self, pointer: &Pointer, kept: &'static Check, stored: &str, shown: &str) {
        if stored == shown {
            self.passed.push(kept);
            self.passed.extend(exact::tested(stored));
            return;
        }
        let (check, what) = exact::lost(stored, shown).unwrap_or((kept, "it is another text"));
        self.fail(check, pointer, what, &stored.into(), Some(&shown.into()));
    }

    fn member(&mut self, name: &str, stored: &Value, shown: Option<&Value>) {
        let pointer = Pointer::root().child(name);
        let kept = kept(name);
        let is_required = REQUIRED.contains(&name);
        match (stored, shown) {
            (Value::Null, None | Some(Value::Null)) => {}
            (Value::String(stored), Some(Value::String(shown))) => {
                if is_required {
                    self.passed.push(&CON006);
                } else {
                    self.passed.push(&CON008);
                }
                self.text(&pointer, kept, stored, shown);
            }
            (Value::Object(stored), Some(Value::Object(shown))) => {
                self.passed.push(&CON008);
                self.object(&pointer, kept, stored, shown);
            }
            (_, Some(Value::Null)) if is_required => {
                self.fail(&CON006, &pointer, "it is null", stored, shown);
            }
            (Value::String(text), None | Some(Value::Null)) if text.is_empty() => {
                self.fail(&CON022, &pointer, "an empty text is lost", stored, shown);
            }
            (_, None | Some(Value::Null)) => {
                self.fail(kept, &pointer, "it is lost", stored, shown);
            }
            (Value::Null, Some(Value::String(_))) => {
                self.fail(kept, &pointer, "it was not stored", stored, shown);
            }
            _ => {
                let check = if is_required { &CON006 } else { &CON008 };
                self.fail(check, &pointer, "it is of another type", stored, shown);
            }
        }
    }

    fn object(
        &mut self,
        pointer: &Pointer,
        kept: &'static Check,
        stored: &Map<String, Value>,
        shown: &Map<String, Value>,
    ) {
        for (name, value) in stored {
            let pointer = pointer.child(name);
            match (value, shown.get(name)) {
                (Value::String(stored), Some(Value::String(shown))) => {
                    self.text(&pointer, kept, stored, shown);
                }
                (Value::String(text), None | Some(Value::Null)) if text.is_empty() => {
                    self.fail(&CON022, &pointer, "an empty text is lost", value, None);
                }
                (_, None | Some(Value::Null)) => {
                    self.fail(kept, &pointer, "it is lost", value, None);
                }
                (_, shown) => {
                    self.fail(&CON008, &pointer, "it is of another type", value, shown);
                }
            }
        }
        for (name, value) in shown {
            if !stored.contains_key(name) && !value.is_null() {
                let pointer = pointer.child(name);
                let stored = Value::Null;
                self.fail(kept, &pointer, "it was not stored", &stored, Some(value));
            }
        }
    }

    fn totp_type(&mut self, stored: Option<&Value>, shown: Option<&Value>) {
        let pointer = Pointer::root().child("totp_type");
        let none = Value::from("none");
        let stored = stored.unwrap_or(&none);
        let shown = match shown {
            None => &none,
            Some(Value::String(word)) if TOTP_TYPES.contains(&&**word) => {
                self.passed.push(&CON007);
                shown.unwrap_or(&none)
            }
            Some(other) => {
                let what = if other.is_null() {
                    "it is null"
                } else {
                    "it is none of the five"
                };
                return self.fail(&CON007, &pointer, what, stored, Some(other));
            }
        };
        if stored == shown {
            self.passed.push(&CON015);
        } else {
            let what = "it is another one";
            self.fail(&CON015, &pointer, what, stored, Some(shown));
        }
    }
}

/// Holds the members of a read against the body of the create.
pub(super) fn compare(stored: &Value, shown: &Map<String, Value>) -> Comparison {
    let mut comparison = Comparison::default();
    let nothing = Map::new();
    let stored = stored.as_object().unwrap_or(&nothing);
    let kind = stored.get("type").unwrap_or(&Value::Null);
    let pointer = Pointer::root().child("type");
    match shown.get("type") {
        Some(shown) if shown == kind => comparison.passed.push(&CON005),
        shown => comparison.fail(&CON005, &pointer, "it is not the one stored", kind, shown),
    }
    if kind == "password" {
        comparison.totp_type(stored.get("totp_type"), shown.get("totp_type"));
    }
    for (name, value) in stored {
        if !matches!(&**name, "name" | "type" | "totp_type") {
            comparison.member(name, value, shown.get(name));
        }
    }
    comparison
}

/// The check that a member comes back at all.
fn kept(name: &str) -> &'static Check {
    match name {
        "totp" => &CON015,
        "metadata" => &CON014,
        "secret_value" | "secret_label" => &CON012,
        "username" | "password" => &CON010,
        _ if name.starts_with("billing_") => &CON013,
        _ => &CON011,
    }
}

/// The id that Skyvern takes from the answer to a create; the reason if it takes none.
pub(crate) fn answered_id(exchange: &Exchange) -> Result<String, &'static str> {
    let response = exchange.response().ok_or("there is no answer")?;
    if response.body.is_empty() {
        return Err("the answer has no body");
    }
    let body = response.json().ok_or("the answer is not JSON")?;
    let body = body.as_object().ok_or("the answer is no object")?;
    let id = body.get("id").ok_or("the answer has no member `id`")?;
    let usable = match id {
        Value::String(text) => !text.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        _ => false,
    };
    match id_text(id).filter(|_| usable) {
        Some(id) => Ok(id.into_owned()),
        None => Err("the id is null, empty, zero or neither text nor number"),
    }
}

/// Whether an id means itself in a URL, without escapes: RFC 3986 section 2.3, and no dot segment.
pub(crate) fn is_safe(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    id.bytes().all(plain) && !matches!(id, "" | "." | "..")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(stored: &Value, shown: &Value) -> Vec<&'static str> {
        let comparison = compare(stored, shown.as_object().unwrap());
        let checks = comparison.differences.iter().map(|one| one.check.id);
        checks.collect()
    }

    #[test]
    fn a_read_is_judged_as_skyvern_does() {
        let stored = json!({"name": "n", "type": "password", "username": "u", "password": " p",
            "totp": null, "totp_type": "none"});
        let plain = json!({"type": "password", "username": "u", "password": " p", "more": 1});
        assert!(found(&stored, &plain).is_empty());
        let with = |name: &str, value: Value| {
            let mut shown = plain.clone();
            shown[name] = value;
            found(&stored, &shown)
        };
        assert_eq!(with("totp_type", Value::Null), ["CON007"]);
        assert_eq!(with("totp_type", json!("sms")), ["CON007"]);
        assert_eq!(with("totp_type", json!("email")), ["CON015"]);
        assert_eq!(with("totp", json!("K")), ["CON015"]);
        assert_eq!(with("username", Value::Null), ["CON006"]);
        assert_eq!(with("username", json!(7)), ["CON006"]);
        assert_eq!(with("username", json!("v")), ["CON010"]);
        assert_eq!(with("password", json!("p")), ["CON016"]);
        assert_eq!(with("type", json!("Password")), ["CON005"]);
    }

    #[test]
    fn lost_members_are_told_by_what_they_belong_to() {
        let stored = json!({"type": "credit_card", "card_number": "4", "card_cvv": "007",
            "billing_phone": "", "billing_address": {"city": "Oslo", "line2": ""},
            "metadata": {"a": "b"}});
        let shown = json!({"type": "credit_card", "card_cvv": 7,
            "billing_address": {}, "metadata": "{\"a\": \"b\"}"});
        assert_eq!(
            found(&stored, &shown),
            ["CON011", "CON006", "CON022", "CON013", "CON022", "CON008"]
        );
    }

    #[test]
    fn ids_are_taken_as_skyvern_takes_them() {
        for (id, safe) in [
            ("a-1_~.", true),
            ("..", false),
            ("a/b", false),
            ("a b", false),
        ] {
            assert_eq!(is_safe(id), safe, "{id}");
        }
    }
}
