//! Defects of answers on the wire: headers, and how a body is written.

use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::Response;
use flate2::{Compression, write::GzEncoder};

use super::super::answer::Answer;
use super::{Flaw, Flaws};

/// Writes an answer.
pub(in super::super) fn write(flaws: &Flaws, method: &Method, answer: Answer) -> Response {
    let body = answer.body.clone();
    let is_success = answer.status.is_success();
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    // Nothing that comes from here may be kept on the way (RFC 9111 section 5.2.2.5).
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if !flaws.any() {
        return response;
    }
    if flaws.has(Flaw::Cacheable) || flaws.has(Flaw::DocSample) {
        headers.remove(CACHE_CONTROL);
    }
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    if flaws.has(Flaw::CachedPrivately) && method == Method::GET {
        set(CACHE_CONTROL, "private, max-age=60");
    }
    if flaws.has(Flaw::CreateIsText) && method == Method::POST && is_success {
        set(CONTENT_TYPE, "text/plain");
    }
    if flaws.has(Flaw::HalJson) && body.is_some() {
        set(CONTENT_TYPE, "application/hal+json; charset=utf-8");
    }
    if flaws.has(Flaw::ProblemJson) && !is_success {
        set(CONTENT_TYPE, "application/problem+json");
    }
    if flaws.has(Flaw::Cookies) {
        let draw = || format!("{:016x}", RandomState::new().hash_one(()));
        for (name, value) in [
            (SET_COOKIE, format!("session={}", draw())),
            (HeaderName::from_static("x-request-id"), draw()),
        ] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
    }
    let Some(mut body) = body else {
        return response;
    };
    if flaws.has(Flaw::Pretty) {
        body.sort_all_objects();
        *response.body_mut() = Body::from(format!("{body:#}\n"));
    }
    if flaws.has(Flaw::Compressed) {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        // Writing to memory does not fail.
        let _ = encoder.write_all(body.to_string().as_bytes());
        if let Ok(bytes) = encoder.finish() {
            let headers = response.headers_mut();
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            *response.body_mut() = Body::from(bytes);
        }
    }
    response
}
