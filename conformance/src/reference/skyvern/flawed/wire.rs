//! Defects of answers on the wire: headers, and how a body is written.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, RandomState};

use axum::body::{Body, Bytes};
use axum::http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_TYPE, ETAG, HeaderName, SERVER, SET_COOKIE, VARY,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use futures_util::stream;
use serde_json::Value;

use super::super::answer::Answer;
use super::super::route::Operation;
use super::{Flaw, Flaws};

/// Writes an answer; the operation is not known when there was no route.
pub(in super::super) fn write(
    flaws: &Flaws,
    operation: Option<Operation>,
    answer: Answer,
) -> Response {
    if !flaws.any() {
        return answer.into_response();
    }
    let body = answer.body.clone();
    let mut response = answer.into_response();
    if let Some(body) = body {
        *response.body_mut() = written(flaws, &body);
    }
    headers(flaws, operation, &mut response);
    response
}

fn headers(flaws: &Flaws, operation: Option<Operation>, response: &mut Response) {
    let status = response.status();
    let has_body = status != StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    match operation {
        Some(Operation::List) if flaws.has(Flaw::ListIsText) => set(CONTENT_TYPE, "text/plain"),
        Some(Operation::Delete) if flaws.has(Flaw::NoContentTyped) => {
            set(CONTENT_TYPE, "application/json");
        }
        _ => {}
    }
    if status == StatusCode::NOT_FOUND && flaws.has(Flaw::NotFoundIsHtml) {
        set(CONTENT_TYPE, "text/html");
    }
    if flaws.has(Flaw::CharsetNamed) && has_body {
        set(CONTENT_TYPE, "application/json; charset=utf-8");
    }
    if flaws.has(Flaw::ConnectionCloses) {
        set(CONNECTION, "close");
    }
    if flaws.has(Flaw::ExtraHeaders) {
        set(SERVER, "uvicorn");
        set(CACHE_CONTROL, "no-store");
        set(VARY, "accept-encoding");
        set(HeaderName::from_static("x-powered-by"), "reference");
    }
    if operation == Some(Operation::Get) && flaws.has(Flaw::GetHasNoType) {
        headers.remove(CONTENT_TYPE);
    }
    let mut draw = |name: HeaderName, before: &str| {
        let value = format!("{before}{:016x}", RandomState::new().hash_one(()));
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    };
    if flaws.has(Flaw::ExtraHeaders) {
        draw(ETAG, "W/");
    }
    if flaws.has(Flaw::RequestIds) {
        draw(HeaderName::from_static("x-request-id"), "");
    }
    if flaws.has(Flaw::Cookies) {
        draw(SET_COOKIE, "session=");
    }
}

fn written(flaws: &Flaws, body: &Value) -> Body {
    let mut text = if flaws.has(Flaw::PrettyPrinted) {
        format!("{body:#}\n")
    } else {
        body.to_string()
    };
    if flaws.has(Flaw::AsciiEscaped) {
        text = escaped(&text);
    }
    if flaws.has(Flaw::Chunked) {
        let (first, second) = text.as_bytes().split_at(text.len() / 2);
        let parts = [first, second].map(|part| Ok::<_, Infallible>(Bytes::copy_from_slice(part)));
        return Body::from_stream(stream::iter(parts));
    }
    Body::from(text)
}

/// Outside ASCII, JSON text has only strings, and there an escape stands for the same.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        if character.is_ascii() {
            escaped.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string does not fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}
