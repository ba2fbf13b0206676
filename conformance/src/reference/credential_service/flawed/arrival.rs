//! Defects in reading a create: what is refused that is right, and what is taken that is wrong.

use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use super::super::answer::{Answer, Refusal};
use super::super::credential::{Credential, Fault, Problem};
use super::{Flaw, Flaws, Instead, broken};
use crate::reference::body::{self, Unread};
use crate::reference::strict_json;

/// The bytes of a create, or what is made of ones that could not be read.
pub(in super::super) fn bytes(
    flaws: &Flaws,
    read: Result<Bytes, Unread>,
) -> Result<Bytes, Instead> {
    match read {
        Ok(bytes) => Ok(bytes),
        Err(Unread::Broken(_)) => Err(Refusal::Malformed.into()),
        Err(Unread::TooLarge) if flaws.has(Flaw::LargeFails) => Err(broken()),
        Err(Unread::TooLarge) if flaws.has(Flaw::LargeCut) => {
            let text = "x".repeat(1 << 20);
            let cut = json!({"name": "large", "type": "password", "username": "large",
                "password": text, "secret_value": text});
            // A little less, so that it fits.
            Ok(Bytes::from(cut.to_string()))
        }
        Err(Unread::TooLarge) => Err(Refusal::TooLarge.into()),
    }
}

/// The JSON value of a create.
pub(in super::super) fn parse(
    flaws: &Flaws,
    headers: &HeaderMap,
    bytes: &[u8],
) -> Result<Value, Instead> {
    let content_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let charset = content_type.is_some_and(|value| value.contains(&b';'));
    if flaws.has(Flaw::RefusesCharset) && charset {
        return Err(Refusal::Foreign.into());
    }
    if flaws.has(Flaw::RefusesChunks) && headers.contains_key(TRANSFER_ENCODING) {
        let body = json!({"error": "the length is required"});
        return Err(Answer::json(StatusCode::LENGTH_REQUIRED, body).into());
    }
    if !body::is_json(headers) && !flaws.has(Flaw::ForeignTaken) {
        return Err(Refusal::Foreign.into());
    }
    let surrogate = [&b"\\ud8"[..], b"\\ud9", b"\\uda", b"\\udb"];
    if flaws.has(Flaw::RefusesWhiteSpace) && has(b"\n")
        || flaws.has(Flaw::RefusesUnescaped) && !bytes.is_ascii()
        || flaws.has(Flaw::RefusesSurrogates) && surrogate.iter().any(|one| has(one))
    {
        return Err(Refusal::Malformed.into());
    }
    strict_json::parse(bytes)
        .or_else(|error| mended(flaws, bytes).ok_or(error))
        .map_err(|_| malformed(flaws, bytes))
}

fn mended(flaws: &Flaws, bytes: &[u8]) -> Option<Value> {
    if flaws.has(Flaw::MalformedTaken) {
        let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
        return values.next()?.ok();
    }
    if flaws.has(Flaw::Utf8Mended) {
        return serde_json::from_str(&String::from_utf8_lossy(bytes)).ok();
    }
    if flaws.has(Flaw::DuplicatesTaken) || flaws.has(Flaw::DocSample) {
        return serde_json::from_slice(bytes).ok();
    }
    None
}

fn malformed(flaws: &Flaws, bytes: &[u8]) -> Instead {
    if flaws.has(Flaw::MalformedDrops) {
        return Instead::Drop;
    }
    let mut answer = Answer::from(Refusal::Malformed);
    if flaws.has(Flaw::ErrorsQuoteText) {
        let text = String::from_utf8_lossy(bytes);
        answer.body = Some(json!({"error": format!("this is not JSON: {text}")}));
    }
    if flaws.has(Flaw::ErrorTellsLength) {
        let length = bytes.len();
        answer.body = Some(json!({"error": "this is not JSON", "length": length}));
    }
    answer.into()
}

/// The credential of a create.
pub(in super::super) fn judge(flaws: &Flaws, value: &Value) -> Result<Credential, Instead> {
    if flaws.has(Flaw::DocSample) {
        return Ok(Credential::from_stored(kept_by_sample(value)));
    }
    if flaws.has(Flaw::TypeFails) && value.get("type").is_some_and(|one| !one.is_string()) {
        return Err(broken());
    }
    let credential = Credential::read(value.clone())
        .or_else(|problem| Credential::read(repaired(flaws, value.clone())).map_err(|_| problem))
        .or_else(|problem| match value.as_object() {
            Some(members) if is_taken(flaws, members, problem) => {
                Ok(Credential::from_stored(members.clone()))
            }
            _ => Err(super::refusal::invalid(flaws, problem, value)),
        })?;
    match too_strict(flaws, value) {
        Some(problem) => Err(super::refusal::invalid(flaws, problem, value)),
        None => Ok(credential),
    }
}

fn is_taken(flaws: &Flaws, members: &Map<String, Value>, problem: Problem) -> bool {
    let at = |member: &str, fault: Fault| problem.member == Some(member) && problem.fault == fault;
    let has_text = members.get("type").is_some_and(Value::is_string);
    flaws.has(Flaw::UnknownTypeTaken) && has_text && at("type", Fault::Unknown)
        || flaws.has(Flaw::MissingTaken) && at("password", Fault::Missing)
        || flaws.has(Flaw::CvvOptional) && at("card_cvv", Fault::Missing)
}

/// What a lenient reader makes of it.
fn repaired(flaws: &Flaws, mut value: Value) -> Value {
    let Some(members) = value.as_object_mut() else {
        return value;
    };
    for (name, member) in members.iter_mut() {
        match member {
            Value::Number(number) if flaws.has(Flaw::NumbersTaken) => {
                *member = number.to_string().into();
            }
            Value::Null if flaws.has(Flaw::NullTaken) && name != "totp" => *member = "".into(),
            Value::String(text) if flaws.has(Flaw::TypeCaseIgnored) && name == "type" => {
                *text = text.to_lowercase();
            }
            _ => {}
        }
    }
    if flaws.has(Flaw::MetadataAny) && !members.get("metadata").is_some_and(Value::is_object) {
        members.shift_remove("metadata");
    }
    value
}

/// What is refused although it is right.
fn too_strict(flaws: &Flaws, value: &Value) -> Option<Problem> {
    let is = |name: &str, wanted: Value| value.get(name) == Some(&wanted);
    let is_password = is("type", "password".into());
    let long = value["name"].as_str().is_some_and(|name| name.len() > 255);
    let (member, fault) = if flaws.has(Flaw::RefusesNullTotp) && is("totp", Value::Null) {
        ("totp", Fault::NotText)
    } else if flaws.has(Flaw::RefusesEmptyLabel) && is("secret_label", "".into()) {
        ("secret_label", Fault::Missing)
    } else if flaws.has(Flaw::RefusesCards) && is("type", "credit_card".into()) {
        ("type", Fault::Unknown)
    } else if flaws.has(Flaw::RefusesLongName) && long {
        ("name", Fault::NotText)
    } else if flaws.has(Flaw::WantsTotp) && is_password && value.get("totp").is_none() {
        ("totp", Fault::Missing)
    } else {
        return None;
    };
    Some(Problem {
        member: Some(member),
        fault,
    })
}

/// The members that the sample of Skyvern's page knows; it answers all of them.
const SAMPLE: [&str; 6] = ["name", "type", "username", "password", "totp", "totp_type"];

fn kept_by_sample(value: &Value) -> Map<String, Value> {
    SAMPLE
        .into_iter()
        .map(|name| {
            (
                name.to_owned(),
                value.get(name).cloned().unwrap_or_default(),
            )
        })
        .collect()
}

/// What the sample refuses before it looks at the token, with what was sent: a body that is no
/// object, lacks a name or type, or has something else in the place of a text.
pub(super) fn sample(bytes: &[u8]) -> Result<(), Instead> {
    let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let is_wrong = |name: &str| match value.get(name) {
        Some(Value::String(_)) => false,
        Some(Value::Null) | None => matches!(name, "name" | "type"),
        Some(_) => true,
    };
    if value.is_object() && !SAMPLE.into_iter().any(is_wrong) {
        return Ok(());
    }
    let input = if value.is_null() {
        String::from_utf8_lossy(bytes).into_owned().into()
    } else {
        value
    };
    let body = json!({"detail": [{"type": "invalid", "loc": ["body"], "input": input}]});
    Err(Answer::json(StatusCode::UNPROCESSABLE_ENTITY, body).into())
}
