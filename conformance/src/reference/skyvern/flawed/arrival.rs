//! Defects between the socket and the parsed body.

use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::super::answer::{Answer, Refusal};
use super::super::request::{self, Content};
use super::super::{Server, route, validate};
use super::text::{self, Members, Oddity};
use super::{Flaw, Flaws, Instead, broken, respond, respond_text};

/// Before anything is looked at.
pub(in super::super) async fn begin(server: &Server) -> Result<(), Instead> {
    if !server.flaws.any() {
        return Ok(());
    }
    if server.flaws.has(Flaw::SomeMilliseconds) {
        let requests = {
            let mut memory = server.memory();
            memory.requests += 1;
            memory.requests as u64
        };
        tokio::time::sleep(Duration::from_millis(requests * 7 % 5)).await;
    }
    if server.memory().dead {
        let body = json!({"detail": "service unavailable"});
        return Err(respond(Answer::json(StatusCode::SERVICE_UNAVAILABLE, body)));
    }
    Ok(())
}

/// The method and path that the route is looked up with.
pub(in super::super) fn target(flaws: &Flaws, head: &Parts) -> Result<(Method, String), Instead> {
    let mut method = head.method.clone();
    let mut path = head.uri.path().to_owned();
    if flaws.has(Flaw::EncodedSlash) {
        path = path.replace("%2F", "/").replace("%2f", "/");
    }
    if flaws.has(Flaw::DotSegments) {
        path = resolved(&path);
    }
    if flaws.has(Flaw::PutLists) && method == Method::PUT {
        method = Method::GET;
    }
    if flaws.has(Flaw::DeleteMethodDeletes) && method == Method::DELETE {
        method = Method::POST;
        path += "/delete";
    }
    if flaws.has(Flaw::SlashRedirected)
        && let Some(shorter) = path.strip_suffix('/')
        && route::find(&method, shorter).is_ok()
        && let Ok(location) = HeaderValue::from_str(shorter)
    {
        let mut answer = Answer::no_content();
        answer.status = StatusCode::TEMPORARY_REDIRECT;
        answer.headers.insert(LOCATION, location);
        return Err(respond(answer));
    }
    Ok((method, path))
}

/// Resolves dot segments, also when their dots or slashes are encoded.
fn resolved(path: &str) -> String {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let mut segments: Vec<&str> = Vec::new();
    for segment in decoded.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    format!("/{}", segments.join("/"))
}

/// What becomes of a request without a route.
pub(in super::super) fn missed(flaws: &Flaws, refusal: Refusal) -> Instead {
    match refusal {
        Refusal::NoRoute if flaws.has(Flaw::AnyPathAnswers) => respond_text(
            StatusCode::OK,
            "text/html",
            "<!doctype html><title>Skyvern</title>",
        ),
        Refusal::Method { .. } if flaws.has(Flaw::WrongMethod500) => broken(),
        other => other.into(),
    }
}

/// What becomes of a body that is too large.
pub(in super::super) fn unread(flaws: &Flaws, refusal: Refusal) -> Instead {
    match refusal {
        Refusal::TooLarge if flaws.has(Flaw::OversizedHangs) => Instead::Hang,
        Refusal::TooLarge if flaws.has(Flaw::OversizedDrops) => Instead::Drop,
        Refusal::TooLarge if flaws.has(Flaw::Oversized500) => broken(),
        other => other.into(),
    }
}

/// Parses a body as [`request::parse`] does, or worse.
pub(in super::super) fn parse(
    server: &Server,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Content, Instead> {
    let flaws = &server.flaws;
    if !flaws.any() {
        return Ok(request::parse(headers, body)?);
    }
    if body.is_empty() && flaws.has(Flaw::EmptyBody500) {
        return Err(broken());
    }
    let headers = declared(flaws, headers)?;
    match request::parse(&headers, body) {
        Err(malformed) => mended(server, body, malformed),
        Ok(Content::Json(value)) => Ok(Content::Json(rerooted(flaws, value)?)),
        Ok(other) => Ok(other),
    }
}

/// The headers as far as the content type is concerned.
fn declared(flaws: &Flaws, headers: &HeaderMap) -> Result<HeaderMap, Instead> {
    let mut headers = headers.clone();
    let declared = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let declared = declared.map(|declared| String::from_utf8_lossy(declared).to_ascii_lowercase());
    let becomes = match declared {
        None if flaws.has(Flaw::MissingType500) => return Err(broken()),
        Some(declared) if declared.contains("charset") && flaws.has(Flaw::Charset500) => {
            return Err(broken());
        }
        Some(declared) if declared.contains("charset") && flaws.has(Flaw::CharsetRefused) => {
            "text/plain"
        }
        Some(declared) if declared.starts_with("text/") && flaws.has(Flaw::TextAccepted) => {
            "application/json"
        }
        Some(declared) if declared.contains("form") && flaws.has(Flaw::FormAccepted) => {
            "application/json"
        }
        _ => return Ok(headers),
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(becomes));
    Ok(headers)
}

fn rerooted(flaws: &Flaws, value: Value) -> Result<Value, Instead> {
    match value {
        Value::Array(_) if flaws.has(Flaw::Array500) => Err(broken()),
        Value::Array(mut items) if flaws.has(Flaw::ArrayUnwrapped) && items.len() == 1 => {
            Ok(items.remove(0))
        }
        Value::String(text) if flaws.has(Flaw::TextUnwrapped) => {
            Ok(serde_json::from_str(&text).unwrap_or(Value::String(text)))
        }
        other => Ok(other),
    }
}

/// What becomes of a body that is not JSON.
fn mended(server: &Server, body: &[u8], malformed: Refusal) -> Result<Content, Instead> {
    let flaws = &server.flaws;
    let oddity = text::oddity(body);
    let mended = match oddity {
        Oddity::NotUtf8 if flaws.has(Flaw::BadUtf8Repaired) => {
            Some(String::from_utf8_lossy(body).into_owned().into_bytes())
        }
        Oddity::TooDeep if flaws.has(Flaw::DeepNestingCut) => Some(text::shallow(body)),
        Oddity::LoneSurrogate if flaws.has(Flaw::SurrogatesRepaired) => {
            Some(text::without_lone_surrogates(body))
        }
        Oddity::Duplicates
            if flaws.has(Flaw::DuplicatesLastWins) || flaws.has(Flaw::DuplicatesDisagree) =>
        {
            return Ok(Content::Json(deduplicated(flaws, body)));
        }
        Oddity::Other if flaws.has(Flaw::TrailingComma) => {
            Some(text::without_trailing_commas(body))
        }
        Oddity::Other if flaws.has(Flaw::CommentsAccepted) => Some(text::without_comments(body)),
        Oddity::Other if flaws.has(Flaw::TruncatedCompleted) => Some(text::completed(body)),
        Oddity::Other if flaws.has(Flaw::TrailingBytes) => text::first_value(body),
        Oddity::Other if flaws.has(Flaw::NanAccepted) => Some(text::without_nan(body)),
        _ => None,
    };
    if let Some(value) = mended.and_then(|text| serde_json::from_slice(&text).ok()) {
        return Ok(Content::Json(value));
    }
    server.memory().dead |= flaws.has(Flaw::DeadAfterMalformed)
        || (oddity == Oddity::TooDeep && flaws.has(Flaw::DeadAfterNesting));
    Err(match oddity {
        Oddity::NotUtf8 if flaws.has(Flaw::BadUtf8500) => broken(),
        Oddity::TooDeep if flaws.has(Flaw::DeepNesting500) => broken(),
        Oddity::TooDeep if flaws.has(Flaw::DeepNestingDrops) => Instead::Drop,
        Oddity::LoneSurrogate if flaws.has(Flaw::SurrogateDrops) => Instead::Drop,
        Oddity::HugeNumber if flaws.has(Flaw::HugeNumber500) => broken(),
        Oddity::Other if flaws.has(Flaw::Malformed500) => broken(),
        _ => malformed.into(),
    })
}

/// The last of each member, except that a name may be the first.
fn deduplicated(flaws: &Flaws, body: &[u8]) -> Value {
    let mut value: Value = serde_json::from_slice(body).unwrap_or_default();
    let first_name = serde_json::from_slice(body)
        .ok()
        .and_then(|Members(members)| members.into_iter().find(|(name, _)| name == "name"));
    if let Some((_, first)) = first_name
        && flaws.has(Flaw::DuplicatesDisagree)
        && validate::credential(&Content::Json(value.clone())).is_ok()
    {
        value["name"] = match first {
            Value::String(_) => first,
            other => json!(other.to_string()),
        };
    }
    value
}
