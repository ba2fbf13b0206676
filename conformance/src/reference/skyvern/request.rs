//! A request as it arrives: its body read and parsed, its API key compared.
//!
//! Judges no member of the body.

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use futures_util::StreamExt as _;
use serde_json::Value;

use super::answer::Refusal;
use crate::reference::strict_json::{self, Malformed};

/// The largest body that is taken: 1 MiB.
const BODY_LIMIT: usize = 1 << 20;

/// How much of a larger body is still read. A client that is not listened to while it writes sees
/// its connection reset instead of the 413.
const DRAIN_LIMIT: usize = 64 << 20;

/// What came as a body.
#[derive(Debug)]
pub(super) enum Content {
    Absent,
    /// Not declared as JSON, so not looked at.
    Foreign,
    Json(Value),
}

pub(super) async fn read(body: Body) -> Result<Bytes, Refusal> {
    let mut chunks = body.into_data_stream();
    let mut whole: Vec<u8> = Vec::new();
    let mut received = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let Ok(chunk) = chunk else {
            // The client broke off; nobody reads this answer.
            return Err(Refusal::Malformed {
                offset: whole.len(),
            });
        };
        received = received.saturating_add(chunk.len());
        if received > DRAIN_LIMIT {
            break;
        }
        if received <= BODY_LIMIT {
            whole.extend_from_slice(&chunk);
        }
    }
    if received > BODY_LIMIT {
        return Err(Refusal::TooLarge);
    }
    Ok(whole.into())
}

/// Parses a body that is declared as JSON.
pub(super) fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Content, Refusal> {
    if body.is_empty() {
        return Ok(Content::Absent);
    }
    if !is_json(headers) {
        return Ok(Content::Foreign);
    }
    strict_json::parse(body)
        .map(Content::Json)
        .map_err(|Malformed { offset }| Refusal::Malformed { offset })
}

/// Whether the one content type is `application/json`; a charset other than UTF-8 makes it another
/// (RFC 8259 section 11 defines no parameter, clients send this one).
fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(Ok(content_type)), None) = (types.next().map(|value| value.to_str()), types.next())
    else {
        return false;
    };
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    essence.eq_ignore_ascii_case("application/json")
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
                value.trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

/// Exactly one `x-api-key` header, equal to the key.
pub(super) fn authenticate(headers: &HeaderMap, api_key: &str) -> Result<(), Refusal> {
    let mut keys = headers.get_all("x-api-key").iter();
    match (keys.next(), keys.next()) {
        (Some(key), None) if !api_key.is_empty() && key.as_bytes() == api_key.as_bytes() => Ok(()),
        _ => Err(Refusal::Forbidden),
    }
}
