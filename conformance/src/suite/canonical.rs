//! Makes valid values useful: what the document allows and a right server may still have to refuse
//! (a TOTP key that is none, a message without a code) is replaced by what it cannot.
//!
//! The result is valid wherever the value was. Without a rule a value stays as it is.

use serde_json::{Map, Value, json};
use spec::Location;

use crate::target::{Target, TargetKind};

/// Letters and digits of base32 (RFC 4648 section 6).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Shorter TOTP keys are refused by some servers.
const KEY_LENGTH: usize = 16;
/// Nothing listens there, so that a connection is refused at once.
const NOWHERE: &str = "http://127.0.0.1:9/credentials";

/// The value with its useless parts replaced; unchanged if that would make it invalid.
pub(crate) fn value(target: &Target, schema: &Location, value: Value) -> Value {
    let mut changed = value.clone();
    texts(&mut changed);
    if target.kind == TargetKind::Skyvern
        && let Value::Object(members) = &mut changed
    {
        members_of_skyvern(members);
    }
    if changed == value || !target.requests.is_valid(schema, &changed) {
        return value;
    }
    changed
}

/// NUL cannot be kept by many databases; the suite `robustness` sends it.
fn texts(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', ""),
        Value::Array(items) => items.iter_mut().for_each(texts),
        Value::Object(members) => members.values_mut().for_each(texts),
        _ => {}
    }
}

fn members_of_skyvern(members: &mut Map<String, Value>) {
    if let Some(Value::Object(credential)) = members.get_mut("credential") {
        // Some servers refuse an authenticator that has no key.
        let needs_key = credential.get("totp_type") == Some(&json!("authenticator"))
            && credential.contains_key("password");
        match credential.get_mut("totp") {
            Some(Value::String(key)) if !key.is_empty() => *key = totp_key(key),
            _ if needs_key => {
                credential.insert("totp".to_owned(), json!(totp_key("authenticator")));
            }
            _ => {}
        }
    }
    let message = members.contains_key("totp_identifier");
    if let Some(Value::String(content)) = members.get_mut("content")
        && message
        && !has_code(content)
    {
        content.push_str(" 204816");
    }
    if let Some(url) = members
        .get_mut("config")
        .and_then(|config| config.get_mut("api_base_url"))
        && url.is_string()
    {
        *url = json!(NOWHERE);
    }
}

/// A base32 text made from `key`; the same if it is one already.
fn totp_key(key: &str) -> String {
    let fits = key.len() >= KEY_LENGTH && key.bytes().all(|byte| BASE32.contains(&byte));
    if fits || key.is_empty() {
        return key.to_owned();
    }
    key.bytes()
        .chain(b"conformance keys".iter().copied())
        .take(KEY_LENGTH)
        .map(|byte| char::from(BASE32[usize::from(byte) % BASE32.len()]))
        .collect()
}

/// Whether four to ten digits stand in a row: a code.
fn has_code(content: &str) -> bool {
    content
        .split(|character: char| !character.is_ascii_digit())
        .any(|run| (4..=10).contains(&run.len()))
}

/// Whether a right server may refuse this valid body with `status`: because of a vault that it does
/// not have, a profile, task or workflow that it does not know, or a service that does not answer.
pub(crate) fn may_refuse(target: &Target, body: Option<&Value>, status: u16) -> bool {
    let Some(Value::Object(members)) = body.filter(|_| target.kind == TargetKind::Skyvern) else {
        return false;
    };
    let names_something = [
        "vault_type",
        "browser_profile_id",
        "task_id",
        "workflow_id",
        "workflow_run_id",
        "config",
    ]
    .into_iter()
    .any(|name| members.get(name).is_some_and(|value| !value.is_null()));
    names_something && matches!(status, 400 | 402 | 404 | 409 | 502)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_totp_key_is_base32() {
        assert_eq!(totp_key("KRUGKIDROVUWG2ZA"), "KRUGKIDROVUWG2ZA");
        assert_eq!(totp_key(""), "");
        for key in ["a", "żółw", "KRUGKIDROVUWG2Z="] {
            let made = totp_key(key);
            assert_eq!(made.len(), KEY_LENGTH);
            assert!(made.bytes().all(|byte| BASE32.contains(&byte)), "{made}");
        }
    }

    #[test]
    fn a_code_is_four_to_ten_digits() {
        assert!(has_code("G-204816"));
        assert!(!has_code("12 apples, 12345678901 pears"));
    }
}
