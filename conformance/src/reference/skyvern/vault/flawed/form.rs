//! Defects in what is sent: the URL, the headers, the members of a body and its text.

use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, Method};
use serde_json::{Map, Value, json};

use super::super::call::Line;
use super::super::{Flaw, Flaws};
use crate::python_json;

/// How many characters of a value are sent by [`Flaw::CutsValues`].
const CUT: usize = 256;

pub(in super::super) fn url(line: &Line, method: &Method, mut url: String) -> String {
    if line.flaws.has(Flaw::SlashAtEnd) && method == Method::POST {
        url.push('/');
    }
    if line.flaws.has(Flaw::TokenInQuery) {
        url.push_str("?token=");
        url.push_str(line.token());
    }
    url
}

pub(in super::super) fn headers(flaws: &Flaws, method: &Method, headers: &mut HeaderMap) {
    if flaws.has(Flaw::NoScheme)
        && let Some(given) = headers.get(AUTHORIZATION)
        && let Some(token) = given.as_bytes().strip_prefix(b"Bearer ")
        && let Ok(token) = HeaderValue::from_bytes(token)
    {
        headers.insert(AUTHORIZATION, token);
    }
    if flaws.has(Flaw::DeletesWithoutToken) && method == Method::DELETE {
        headers.remove(AUTHORIZATION);
    }
    if flaws.has(Flaw::DeleteWithoutLength) {
        headers.remove(CONTENT_LENGTH);
    }
    if flaws.has(Flaw::TextPlain) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    }
    if flaws.has(Flaw::MoreHeaders) {
        headers.insert(USER_AGENT, HeaderValue::from_static("skyvern-reference"));
        headers.insert("x-request-id", HeaderValue::from_static("7"));
    }
}

/// Loses or changes members and values of a body.
pub(in super::super) fn body(flaws: &Flaws, request: &Value, mut body: Value) -> Value {
    if !flaws.any() {
        return body;
    }
    let credential = &request["credential"];
    if let Value::Object(members) = &mut body {
        lose(flaws, members);
        unset(flaws, credential, members);
        if flaws.has(Flaw::SendsIdentifier)
            && let Some(identifier) = credential.get("totp_identifier")
        {
            members.insert("totp_identifier".into(), identifier.clone());
        }
        if flaws.has(Flaw::UnspacesCards)
            && let Some(Value::String(number)) = members.get_mut("card_number")
        {
            number.retain(|character| character != ' ');
        }
        if flaws.has(Flaw::ZerosLost)
            && let Some(Value::String(month)) = members.get_mut("card_exp_month")
        {
            *month = month.trim_start_matches('0').to_owned();
        }
        for (name, value) in members.iter_mut() {
            if name != "type" && name != "totp_type" {
                each_text(value, &|text| changed(flaws, text));
            }
        }
        if flaws.has(Flaw::SortsMembers) {
            members.sort_keys();
        }
    }
    body
}

fn lose(flaws: &Flaws, members: &mut Map<String, Value>) {
    for (flaw, name) in [
        (Flaw::LosesMetadata, "metadata"),
        (Flaw::LosesPhone, "billing_phone"),
        (Flaw::LosesAddress, "billing_address"),
        (Flaw::LosesLabel, "secret_label"),
    ] {
        if flaws.has(flaw) {
            members.shift_remove(name);
        }
    }
    if flaws.has(Flaw::EmptyLost) {
        members.retain(|_, value| value != "");
    }
}

/// Defects of what was not submitted.
fn unset(flaws: &Flaws, credential: &Value, members: &mut Map<String, Value>) {
    let has_no_key = members.get("totp").is_some_and(Value::is_null);
    if has_no_key && flaws.has(Flaw::NullAsText) {
        members.insert("totp".into(), json!("null"));
    }
    if has_no_key && flaws.has(Flaw::OmitsTotp) {
        members.shift_remove("totp");
    }
    if flaws.has(Flaw::TotpTypeNull) && credential.get("totp_type").is_none() {
        members
            .entry("totp_type")
            .and_modify(|value| *value = Value::Null);
    }
    if flaws.has(Flaw::AddressNulls) {
        members
            .entry("billing_address")
            .and_modify(|value| value.clone_from(&credential["billing_address"]));
    }
}

fn each_text(value: &mut Value, change: &dyn Fn(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Object(members) => members
            .values_mut()
            .for_each(|value| each_text(value, change)),
        _ => {}
    }
}

fn changed(flaws: &Flaws, text: &mut String) {
    if flaws.has(Flaw::TrimsValues) {
        *text = text.trim().to_owned();
    }
    if flaws.has(Flaw::EscapesMarkup) {
        *text = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;");
    }
    if flaws.has(Flaw::ComposesAccents) {
        *text = text.replace("e\u{301}", "é");
    }
    if flaws.has(Flaw::LosesAstral) {
        *text = text.replace(|character: char| character > '\u{ffff}', "?");
    }
    if flaws.has(Flaw::TurnsLineEnds) {
        *text = text.replace("\r\n", "\n");
    }
    if flaws.has(Flaw::EscapesTwice) {
        *text = text.replace('\\', "\\\\");
    }
    if flaws.has(Flaw::CutsValues) {
        *text = text.chars().take(CUT).collect();
    }
}

pub(in super::super) fn text(flaws: &Flaws, body: &Value) -> Vec<u8> {
    if flaws.has(Flaw::CompactJson) {
        return python_json::text(body)
            .replace("\": ", "\":")
            .replace(", \"", ",\"")
            .into_bytes();
    }
    if flaws.has(Flaw::RawText) || flaws.has(Flaw::Latin1) {
        let spaced = serde_json::to_string(body).unwrap_or_default();
        return if flaws.has(Flaw::RawText) {
            spaced.into_bytes()
        } else {
            spaced.chars().map(latin1).collect()
        };
    }
    python_json::text(body).into_bytes()
}

fn latin1(character: char) -> u8 {
    u8::try_from(u32::from(character)).unwrap_or(b'?')
}
