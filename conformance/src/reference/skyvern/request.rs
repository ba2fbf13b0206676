//! A request as it arrives: its body read and parsed, its API key compared.
//!
//! Judges no member of the body.

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use serde_json::Value;

use super::answer::Refusal;
use crate::reference::body::{self, Unread};
use crate::reference::strict_json::{self, Malformed};

/// What came as a body.
#[derive(Debug)]
pub(super) enum Content {
    Absent,
    /// Not declared as JSON, so not looked at.
    Foreign,
    Json(Value),
}

pub(super) async fn read(body: Body) -> Result<Bytes, Refusal> {
    body::read(body).await.map_err(|unread| match unread {
        Unread::Broken(offset) => Refusal::Malformed { offset },
        Unread::TooLarge => Refusal::TooLarge,
    })
}

/// Parses a body that is declared as JSON.
pub(super) fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Content, Refusal> {
    if body.is_empty() {
        return Ok(Content::Absent);
    }
    if !body::is_json(headers) {
        return Ok(Content::Foreign);
    }
    strict_json::parse(body)
        .map(Content::Json)
        .map_err(|Malformed { offset }| Refusal::Malformed { offset })
}

/// Exactly one `x-api-key` header, equal to the key.
pub(super) fn authenticate(headers: &HeaderMap, api_key: &str) -> Result<(), Refusal> {
    let mut keys = headers.get_all("x-api-key").iter();
    match (keys.next(), keys.next()) {
        (Some(key), None) if !api_key.is_empty() && key.as_bytes() == api_key.as_bytes() => Ok(()),
        _ => Err(Refusal::Forbidden),
    }
}
