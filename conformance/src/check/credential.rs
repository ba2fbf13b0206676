//! What an answer about a credential must show of the request that made it.

use serde_json::{Value, json};
use spec::Pointer;

/// A member that is not as it should be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// Which.
    pub(crate) pointer: Pointer,
    /// What should be there.
    pub(crate) expected: Value,
    /// What is there; null if nothing is.
    pub(crate) actual: Value,
}

/// The public members that an answer to a create or update of `request` has.
pub(crate) fn shown(request: &Value) -> Value {
    let secret = &request["credential"];
    let credential = match request["credential_type"].as_str() {
        Some("password") => json!({
            "username": secret["username"],
            "totp_type": secret.get("totp_type").cloned().unwrap_or_else(|| json!("none")),
            "totp_identifier": secret["totp_identifier"],
        }),
        Some("credit_card") => json!({
            "last_four": last_four(secret["card_number"].as_str().unwrap_or_default()),
            "brand": secret["card_brand"],
        }),
        _ => json!({"secret_label": secret["secret_label"]}),
    };
    json!({
        "name": request["name"],
        "credential_type": request["credential_type"],
        "credential": credential,
    })
}

/// The last four characters, or all of a shorter text.
fn last_four(number: &str) -> String {
    let skipped = number.chars().count().saturating_sub(4);
    number.chars().skip(skipped).collect()
}

/// Members of `expected` that are different in `actual`. A member that is absent is null: the
/// document makes no difference between the two in answers.
pub(crate) fn differences(expected: &Value, actual: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(&Pointer::root(), expected, actual, &mut found);
    found
}

fn compare(at: &Pointer, expected: &Value, actual: &Value, found: &mut Vec<Difference>) {
    match (expected, actual) {
        (Value::Object(members), Value::Object(others)) => {
            for (name, value) in members {
                let other = others.get(name).unwrap_or(&Value::Null);
                compare(&at.child(name), value, other, found);
            }
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            for (index, (item, other)) in items.iter().zip(others).enumerate() {
                compare(&at.index(index), item, other, found);
            }
        }
        _ if expected == actual => {}
        _ => found.push(Difference {
            pointer: at.clone(),
            expected: expected.clone(),
            actual: actual.clone(),
        }),
    }
}

/// Whether `member` of a credential shows a card.
pub(crate) fn is_of_card(member: &Pointer) -> bool {
    matches!(
        member.as_str(),
        "/credential/last_four" | "/credential/brand"
    )
}

/// Whether the document says that a search for `term` finds a credential that shows `view`: name,
/// user name, secret label and card details contain it, whatever the case of letters.
pub(crate) fn matches_search(view: &Value, term: &str) -> bool {
    let term = term.to_lowercase();
    let members = [
        "/name",
        "/credential/username",
        "/credential/secret_label",
        "/credential/last_four",
        "/credential/brand",
    ];
    members
        .into_iter()
        .filter_map(|member| view.pointer(member)?.as_str())
        .any(|text| text.to_lowercase().contains(&term))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_shows_the_end_of_its_number() {
        let request = json!({"name": "n", "credential_type": "credit_card",
            "credential": {"card_number": "4242000000000007", "card_brand": "visa"}});
        let shown = shown(&request);
        assert_eq!(
            shown["credential"],
            json!({"last_four": "0007", "brand": "visa"})
        );
    }

    #[test]
    fn what_an_answer_leaves_out_is_null() {
        let request = json!({"name": "n", "credential_type": "secret", "credential": {}});
        let bare = json!({"name": "n", "credential_type": "secret", "credential": {}});
        assert_eq!(differences(&shown(&request), &bare), []);
        let labelled = json!({"name": "n", "credential_type": "secret",
            "credential": {"secret_label": "old"}});
        let found = differences(&shown(&request), &labelled);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].pointer.as_str(), "/credential/secret_label");
    }

    #[test]
    fn a_search_minds_no_case_and_no_secret() {
        let view = json!({"name": "Żółć", "credential": {"username": "ada", "password": "deep"}});
        assert!(matches_search(&view, "żÓŁ"));
        assert!(matches_search(&view, "DA"));
        assert!(!matches_search(&view, "deep"));
    }
}
