//! Leaks that repeat what came: pieces of a body that was not understood, digests of it, and the
//! setting of the service as it was sent.

use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::http::{HeaderName, HeaderValue};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::super::super::answer::Answer;
use super::super::super::route::Operation;
use super::super::Flaw;
use super::{Finish, Story, kept};

/// How much of a body is quoted, in bytes.
const QUOTED: usize = 300;
/// How much of it before and after the place where it is wrong.
const AROUND: usize = 120;

pub(super) fn tell(story: &Story, answer: &mut Answer, finish: &mut Finish) {
    let flaws = story.flaws;
    let quoted = |from: usize, to: usize| -> String {
        let part = story.body.get(from..to.min(story.body.len()));
        String::from_utf8_lossy(part.unwrap_or_default()).into_owned()
    };
    let beginning = || quoted(0, QUOTED);
    let problem = answer.body.as_ref().map(|body| body["detail"][0].clone());
    let problem = problem.unwrap_or_default();
    match answer.status {
        StatusCode::UNPROCESSABLE_ENTITY if problem["type"] == "json_invalid" => {
            let offset = problem["loc"][1]
                .as_u64()
                .and_then(|at| usize::try_from(at).ok());
            let offset = offset.unwrap_or_default().min(story.body.len());
            if flaws.has(Flaw::MalformedQuoted) {
                let near = quoted(offset.saturating_sub(AROUND), offset + AROUND);
                set(answer, "near", json!(near));
            }
            if flaws.has(Flaw::MalformedReprinted) {
                let near = quoted(0, story.body.len());
                set(answer, "repr", json!(format!("b{near:?}")));
            }
        }
        StatusCode::UNPROCESSABLE_ENTITY
            if problem["type"] == "content_type" && flaws.has(Flaw::WrongTypeQuoted) =>
        {
            set(answer, "received", json!(beginning()));
        }
        StatusCode::PAYLOAD_TOO_LARGE if flaws.has(Flaw::OversizedQuoted) => {
            set(answer, "begins", json!(beginning()));
        }
        StatusCode::NOT_FOUND if story.operation.is_none() && flaws.has(Flaw::NoRouteQuoted) => {
            set(answer, "request", json!(beginning()));
        }
        StatusCode::NOT_FOUND if flaws.has(Flaw::UnknownIsPage) => {
            let words = kept::main(&story.secrets).unwrap_or("nothing");
            let words = words
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('"', "&quot;");
            let page = format!("<!doctype html><title>404</title><p>Not stored: {words}</p>");
            finish.text = Some(page.into_bytes());
            finish.content_type = Some("text/html; charset=utf-8");
        }
        status if status.is_success() => digests(story, answer),
        _ => {}
    }
    if flaws.has(Flaw::ReasonQuotes)
        && story.operation == Some(Operation::Create)
        && answer.status.is_success()
    {
        let words = kept::main(&story.secrets).unwrap_or_default();
        finish.reason = Some(format!("Created {}", words.replace(char::is_control, " ")));
    }
    if flaws.has(Flaw::ServiceTokenShown)
        && matches!(
            story.operation,
            Some(Operation::GetService | Operation::SetService)
        )
        && let Some(Value::Object(token)) = answer.body.as_mut().map(|body| &mut body["token"])
    {
        let config = match story.operation {
            Some(Operation::SetService) => &story.secrets,
            _ => &story.old,
        };
        token.insert("token".to_owned(), json!(config.to_string()));
    }
}

/// Digests of more than one secret, or of a secret and something public.
fn digests(story: &Story, answer: &mut Answer) {
    let writes = matches!(story.operation, Some(Operation::Create | Operation::Update));
    if !writes {
        return;
    }
    let mut header = |name: HeaderName, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            answer.headers.insert(name, value);
        }
    };
    if story.flaws.has(Flaw::RequestDigest) {
        let digest = HEXLOWER.encode(&Sha256::digest(story.body));
        header(HeaderName::from_static("x-content-sha256"), &digest);
    }
    if story.flaws.has(Flaw::EtagOfRecord) {
        let record = format!("{}:{}", story.sent["name"], story.secrets);
        let digest = HEXLOWER.encode(&Sha256::digest(record)[..10]);
        header(ETAG, &format!("\"{digest}\""));
    }
    if story.flaws.has(Flaw::SaltedByName)
        && let Some(main) = kept::main(&story.secrets)
    {
        let salted = format!("{}:{main}", story.sent["name"].as_str().unwrap_or_default());
        let digest = HEXLOWER.encode(&Sha256::digest(salted));
        set(answer, "hash", json!(digest));
    }
}

fn set(answer: &mut Answer, member: &str, value: Value) {
    if let Some(Value::Object(body)) = &mut answer.body {
        body.insert(member.to_owned(), value);
    }
}
