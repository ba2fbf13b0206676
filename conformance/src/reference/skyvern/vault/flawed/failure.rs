//! Defects in how a failure of the service is told, and in what of its answers comes out.

use std::fmt::Write as _;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::{body::Body, response::Response};
use data_encoding::BASE64;
use serde_json::{Value, json};

use super::super::call::{Failure, Reply, Why};
use super::super::{Flaw, Vault};
use crate::reference::skyvern::answer::{Answer, Refusal};
use crate::reference::skyvern::flawed::Instead;

/// Members of an error that Skyvern copies.
const COPIED: [&str; 4] = ["message", "error", "detail", "error_message"];

/// What is answered when a call failed.
pub(in super::super) fn failed(vault: &Vault, failure: &Failure) -> Instead {
    let flaws = vault.flaws();
    let plain = || Refusal::Vault(failure.why).into();
    if !flaws.any() {
        return plain();
    }
    if flaws.has(Flaw::BreaksWithService) && failure.why == Why::Dropped {
        return Instead::Drop;
    }
    if flaws.has(Flaw::FailureIsHtml) {
        return text("text/html", "<h1>Bad Gateway</h1>");
    }
    if flaws.has(Flaw::FailureIsBare) {
        return text("text/plain", "");
    }
    if flaws.has(Flaw::NamesStatus) {
        let error = json!({"error": failure.why.message()});
        let answer = Answer::json(StatusCode::INTERNAL_SERVER_ERROR, error);
        return Instead::Answer(Box::new(answer));
    }
    let reply = failure.reply.as_deref();
    if flaws.has(Flaw::CopiesInBase64)
        && let Some(reply) = reply
        && let Ok(value) = HeaderValue::from_str(&BASE64.encode(&reply.body))
    {
        let mut answer = refusal(&failure.why.message());
        answer.headers.insert("x-service-error", value);
        return Instead::Answer(Box::new(answer));
    }
    match quoted(vault, failure, reply) {
        Some(quoted) => {
            let detail = format!("{}: {quoted}", failure.why.message());
            Instead::Answer(Box::new(refusal(&detail)))
        }
        None => plain(),
    }
}

/// What of the call or its answer stands in the API's answer.
fn quoted(vault: &Vault, failure: &Failure, reply: Option<&Reply>) -> Option<String> {
    let flaws = vault.flaws();
    if flaws.has(Flaw::QuotesSent) && !failure.sent.is_empty() {
        return Some(String::from_utf8_lossy(&failure.sent).into_owned());
    }
    if flaws.has(Flaw::ShowsToken) {
        return Some(format!("Authorization: Bearer {}", vault.line.token()));
    }
    let reply = reply?;
    let whole = || String::from_utf8_lossy(&reply.body).into_owned();
    if flaws.has(Flaw::CopiesWrong) && reply.is_success() {
        return Some(whole());
    }
    if flaws.has(Flaw::CopiesLocation) && !reply.location.is_empty() {
        return Some(reply.location.clone());
    }
    if reply.is_success() {
        return None;
    }
    let body = reply.json();
    let member = |name: &str| {
        let value = body.as_ref()?.get(name)?;
        Some(
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned),
        )
    };
    if flaws.has(Flaw::CopiesErrors) {
        return Some(COPIED.into_iter().find_map(member).unwrap_or_else(whole));
    }
    if flaws.has(Flaw::CopiesMessage) {
        return member("message");
    }
    if flaws.has(Flaw::CopiesProblems) {
        return member("detail").filter(|problems| problems.starts_with('['));
    }
    if flaws.has(Flaw::CopiesText) && body.is_none() {
        return Some(whole());
    }
    if flaws.has(Flaw::CopiesToken) {
        let text = whole();
        let start = text.find(vault.line.token())?;
        return Some(text[start..start + vault.line.token().len()].to_owned());
    }
    None
}

fn refusal(detail: &str) -> Answer {
    Answer::json(StatusCode::BAD_GATEWAY, json!({ "detail": detail }))
}

fn text(content_type: &'static str, text: &'static str) -> Instead {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    Instead::Respond(Box::new(response))
}

/// Adds what the service said of the credential under `id` to the answer of a create.
pub(in super::super) fn add(vault: &Vault, id: &str, answer: &mut Answer) {
    if !vault.flaws().has(Flaw::CopiesAnswer) {
        return;
    }
    let said = vault.memory().answers.remove(id);
    let (Some(Value::Object(said)), Some(Value::Object(body))) = (said, &mut answer.body) else {
        return;
    };
    let mut note = String::new();
    for (name, value) in said.iter().filter(|(name, _)| *name != "id") {
        // Writing to a string does not fail.
        let _ = write!(note, "{name}={value} ");
    }
    body.insert("service".into(), json!(note));
}
