//! What the service says when it refuses: fixed words, and nothing of the request.

use axum::http::header::{ALLOW, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use serde_json::json;

pub(super) use crate::reference::answer::Answer;

use super::credential::Problem;

/// Why a request is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Unauthorized,
    NoRoute,
    /// The methods that there are.
    Method(&'static str),
    TooLarge,
    /// Not declared as JSON.
    Foreign,
    Malformed,
    Invalid(Problem),
    /// Nothing is stored under the id, or no longer.
    Unknown,
    StoreFailed,
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let (status, message) = match refusal {
            Refusal::Unauthorized => (StatusCode::UNAUTHORIZED, "the token is missing or wrong"),
            Refusal::NoRoute | Refusal::Unknown => (StatusCode::NOT_FOUND, "nothing is here"),
            Refusal::Method(_) => (StatusCode::METHOD_NOT_ALLOWED, "there is no such method"),
            Refusal::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"),
            Refusal::Foreign => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "the body must be application/json in UTF-8",
            ),
            Refusal::Malformed => (StatusCode::BAD_REQUEST, "the body is not JSON"),
            Refusal::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "this is no credential"),
            Refusal::StoreFailed => (StatusCode::INTERNAL_SERVER_ERROR, "the store failed"),
        };
        let mut body = json!({ "error": message });
        if let Refusal::Invalid(problem) = refusal {
            let member = problem.member.unwrap_or("the body");
            body["problem"] = format!("{member} {}", problem.fault.message()).into();
        }
        let mut answer = Self::json(status, body);
        let header = match refusal {
            Refusal::Unauthorized => Some((WWW_AUTHENTICATE, "Bearer realm=\"credentials\"")),
            Refusal::Method(allowed) => Some((ALLOW, allowed)),
            _ => None,
        };
        if let Some((name, value)) = header {
            answer.headers.insert(name, HeaderValue::from_static(value));
        }
        answer
    }
}
