//! A request body as it arrives: read up to a limit, and whether it is declared as JSON.

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use futures_util::StreamExt as _;

/// The largest body that is taken: 1 MiB.
const BODY_LIMIT: usize = 1 << 20;

/// How much of a larger body is still read. A client that is not listened to while it writes sees
/// its connection reset instead of the 413.
const DRAIN_LIMIT: usize = 64 << 20;

/// Why there is no body to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// The client broke off after so many bytes; nobody reads the answer.
    Broken(usize),
    TooLarge,
}

pub(crate) async fn read(body: Body) -> Result<Bytes, Unread> {
    let mut chunks = body.into_data_stream();
    let mut whole: Vec<u8> = Vec::new();
    let mut received = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let Ok(chunk) = chunk else {
            return Err(Unread::Broken(whole.len()));
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
        return Err(Unread::TooLarge);
    }
    Ok(whole.into())
}

/// Whether the one content type is `application/json`; a charset other than UTF-8 makes it another
/// (RFC 8259 section 11 defines no parameter, clients send this one).
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
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
