//! From a valid request of the API to the body that a credential service gets: the documented
//! members of its type, in the documented order.

use serde_json::{Map, Value};

const CARD: [&str; 6] = [
    "card_holder_name",
    "card_number",
    "card_exp_month",
    "card_exp_year",
    "card_cvv",
    "card_brand",
];

/// The body for `request`, a valid `CreateCredentialRequest`.
pub(crate) fn of(request: &Value) -> Value {
    let kind = &request["credential_type"];
    let credential = &request["credential"];
    let mut body = Map::new();
    body.insert("name".into(), request["name"].clone());
    body.insert("type".into(), kind.clone());
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    match kind.as_str() {
        Some("password") => {
            put("username", credential["username"].clone());
            put("password", credential["password"].clone());
            put("totp", credential["totp"].clone());
            let unset = Value::from("none");
            put(
                "totp_type",
                given(credential, "totp_type").cloned().unwrap_or(unset),
            );
        }
        Some("credit_card") => {
            for name in CARD {
                put(name, credential[name].clone());
            }
            if let Some(Value::Object(address)) = given(credential, "billing_address") {
                put("billing_address", without_nulls(address));
            }
            for name in ["billing_email", "billing_phone"] {
                if let Some(text) = given(credential, name) {
                    put(name, text.clone());
                }
            }
        }
        _ => {
            put("secret_value", credential["secret_value"].clone());
            if let Some(label) = given(credential, "secret_label") {
                put("secret_label", label.clone());
            }
        }
    }
    let metadata = given(credential, "metadata").filter(|_| kind != "secret");
    if let Some(Value::Object(members)) = metadata.filter(|metadata| **metadata != empty()) {
        body.insert("metadata".into(), Value::Object(members.clone()));
    }
    Value::Object(body)
}

/// A member that is there and not null.
fn given<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.get(name).filter(|value| !value.is_null())
}

fn without_nulls(address: &Map<String, Value>) -> Value {
    let lines = address.iter().filter(|(_, line)| !line.is_null());
    lines
        .map(|(name, line)| (name.clone(), line.clone()))
        .collect()
}

fn empty() -> Value {
    Value::Object(Map::new())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::python_json;

    fn body(kind: &str, credential: &Value) -> String {
        let request = json!({"credential": credential, "credential_type": kind, "name": "n"});
        python_json::text(&of(&request))
    }

    #[test]
    fn what_is_unset_is_null_or_none() {
        let plain =
            json!({"password": "p", "username": "u", "totp_identifier": "i", "metadata": {}});
        assert_eq!(
            body("password", &plain),
            r#"{"name": "n", "type": "password", "username": "u", "password": "p", "totp": null, "totp_type": "none"}"#
        );
    }

    #[test]
    fn billing_is_sent_as_far_as_it_is_given() {
        let card = json!({"card_cvv": "1", "card_number": "2", "card_exp_year": "3", "card_exp_month": "4",
            "card_brand": "5", "card_holder_name": "6", "billing_phone": "", "billing_email": null,
            "billing_address": {"line1": "7", "line2": null}, "metadata": {"a": "8"}});
        assert_eq!(
            body("credit_card", &card),
            r#"{"name": "n", "type": "credit_card", "card_holder_name": "6", "card_number": "2", "card_exp_month": "4", "card_exp_year": "3", "card_cvv": "1", "card_brand": "5", "billing_address": {"line1": "7"}, "billing_phone": "", "metadata": {"a": "8"}}"#
        );
    }

    #[test]
    fn an_empty_label_is_a_label() {
        assert_eq!(
            body("secret", &json!({"secret_label": "", "secret_value": "v"})),
            r#"{"name": "n", "type": "secret", "secret_value": "v", "secret_label": ""}"#
        );
    }
}
