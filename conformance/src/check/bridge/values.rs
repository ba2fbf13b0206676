//! Whether the body of a call is the submitted credential in the documented form.

use serde_json::{Map, Value};
use spec::Pointer;

use super::call::Call;
use crate::{
    bridge::body,
    check::{BRI004, BRI005, BRI006, BRI010, Check},
    finding::{Judgement, Place, Violation},
    python_json,
};

/// Compares the body of `call` with what `submitted`, the body of the API's request, becomes.
pub(super) fn judge(call: &Call<'_>, submitted: &Value, judgement: &mut Judgement) {
    let sent = call.exchange.request.body_bytes();
    let Ok(Value::Object(sent_members)) = serde_json::from_slice::<Value>(&sent) else {
        // BRI009 says so.
        return;
    };
    let expected = body::of(submitted);
    let Value::Object(expected_members) = &expected else {
        return;
    };
    let mut found = Vec::new();
    compare(
        expected_members,
        &sent_members,
        &Pointer::root(),
        submitted,
        &mut found,
    );
    for check in [&BRI004, &BRI005, &BRI006] {
        if !found.iter().any(|(other, ..)| *other == check) {
            judgement.pass(check);
        }
    }
    let same_values = found.is_empty();
    for (check, pointer, summary) in found {
        let place = Place::Request("body", pointer.clone());
        let violation = Violation::new(check, call.number, place, summary);
        judgement.fail(violation);
    }
    if !same_values {
        return;
    }
    let text = python_json::text(&expected);
    let violation = (text.as_bytes() != &sent[..]).then(|| {
        let place = Place::Request("body", Pointer::root());
        let at = text.bytes().zip(&sent).take_while(|(a, b)| a == *b).count();
        let summary = format!(
            "the text of a body differs from byte {at} on from what Skyvern is known to write"
        );
        Violation::new(&BRI010, call.number, place, summary)
    });
    judgement.settle(&BRI010, violation);
}

type Found = (&'static Check, Pointer, String);

fn compare(
    expected: &Map<String, Value>,
    sent: &Map<String, Value>,
    pointer: &Pointer,
    submitted: &Value,
    found: &mut Vec<Found>,
) {
    for (name, value) in expected {
        let at = pointer.child(name);
        let unset = is_unset(name, value, submitted);
        match (value, sent.get(name)) {
            (Value::Object(lines), None) if lines.is_empty() => {}
            (_, None) => {
                let check = if unset { &BRI006 } else { &BRI005 };
                found.push((check, at, format!("{name} is not sent")));
            }
            (Value::Object(expected), Some(Value::Object(sent))) => {
                compare(expected, sent, &at, submitted, found);
            }
            (expected, Some(sent)) if expected == sent => {}
            (_, Some(sent)) => {
                let check = if unset { &BRI006 } else { &BRI004 };
                found.push((check, at, changed(name, value, sent)));
            }
        }
    }
    for (name, value) in sent
        .iter()
        .filter(|(name, _)| !expected.contains_key(*name))
    {
        let at = pointer.child(name);
        if value.is_null() {
            found.push((&BRI006, at, format!("{name} is sent as null")));
        } else {
            found.push((
                &BRI005,
                at,
                format!("{name} is sent, which the service does not get"),
            ));
        }
    }
}

/// Whether a member says that nothing was submitted: null, the default, or an empty text.
fn is_unset(name: &str, value: &Value, submitted: &Value) -> bool {
    value.is_null()
        || value == ""
        || name == "totp_type" && submitted["credential"].get("totp_type").is_none()
}

/// How a value was changed, without the value.
fn changed(name: &str, expected: &Value, sent: &Value) -> String {
    let (Some(expected), Some(sent)) = (expected.as_str(), sent.as_str()) else {
        return format!("{name} arrives as another kind of value");
    };
    let (before, after) = (expected.chars().count(), sent.chars().count());
    let same = expected
        .chars()
        .zip(sent.chars())
        .take_while(|(a, b)| a == b)
        .count();
    if before == after {
        format!("{name} arrives changed from character {} on", same + 1)
    } else {
        format!(
            "{name} arrives with {after} characters of {before}, changed from character {} on",
            same + 1
        )
    }
}
