//! Texts that look like secrets and are classified neither way.
//!
//! An overlay says `format: password` of a secret and `x-secret: false` of what only sounds
//! like one. What it forgets is told.

use serde_json::Value;
use spec::Location;

use crate::{ir::TypeRef, report::Report, schema::Peeled};

/// Words that a secret's name is made of; two words stand beside each other.
const WORDS: &[&[&str]] = &[
    &["password"],
    &["passwd"],
    &["passphrase"],
    &["secret"],
    &["token"],
    &["totp"],
    &["otp"],
    &["cvv"],
    &["cvc"],
    &["pin"],
    &["card", "number"],
    &["api", "key"],
    &["apikey"],
    &["private", "key"],
    &["access", "key"],
    &["signing", "key"],
    &["authorization"],
    &["credentials"],
    &["cookie"],
];

/// Last words of names that speak *about* a secret.
const ABOUT: &[&str] = &[
    "at",
    "count",
    "enabled",
    "expires",
    "expiry",
    "hint",
    "id",
    "ids",
    "identifier",
    "label",
    "length",
    "limit",
    "name",
    "tokens",
    "type",
    "types",
    "url",
    "usage",
];

/// Notes the member `wire` if it looks like a secret and nobody has said whether it is one.
pub(crate) fn classify(
    report: &mut Report,
    wire: &str,
    at: &Location,
    ty: &TypeRef,
    peeled: &Peeled<'_>,
) {
    let classified = holds(ty, &TypeRef::Secret)
        || peeled
            .note_anywhere("x-secret")
            .is_some_and(Value::is_boolean);
    if !classified && holds(ty, &TypeRef::String) && looks_secret(wire) {
        report.unclassified.push(at.clone());
    }
}

/// Whether a name sounds like that of a secret.
fn looks_secret(wire: &str) -> bool {
    let words = crate::names::spelling::words(&crate::names::spelling::camel(wire));
    if words
        .last()
        .is_some_and(|last| ABOUT.contains(&last.as_str()))
    {
        return false;
    }
    WORDS.iter().any(|secret| {
        words.windows(secret.len()).any(|window| {
            window
                .iter()
                .zip(*secret)
                .all(|(word, secret)| word == secret)
        })
    })
}

/// Whether `ty` is `wanted`, or a list or map of it.
fn holds(ty: &TypeRef, wanted: &TypeRef) -> bool {
    match ty {
        TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => {
            holds(inner, wanted)
        }
        other => other == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::looks_secret;

    #[test]
    fn names_of_secrets() {
        for wire in [
            "password",
            "apiKey",
            "x-api-key",
            "card_number",
            "client_secret",
            "API_TOKEN",
            "totp",
        ] {
            assert!(looks_secret(wire), "{wire}");
        }
        for wire in [
            "totp_type",
            "secret_label",
            "max_tokens",
            "token_count",
            "keyboard",
            "spinner",
            "api_key_id",
        ] {
            assert!(!looks_secret(wire), "{wire}");
        }
    }
}
