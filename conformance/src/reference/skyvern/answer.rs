//! What the server says when it refuses.
//!
//! Nothing that a request carried goes into a refusal.

use axum::http::header::ALLOW;
use axum::http::{HeaderValue, Method, StatusCode};
use serde_json::json;

pub(super) use crate::reference::answer::Answer;

/// Why a request is not done.
#[derive(Debug)]
pub(super) enum Refusal {
    NoRoute,
    Method {
        allow: Vec<Method>,
    },
    TooLarge,
    /// Not JSON, from this offset on.
    Malformed {
        offset: usize,
    },
    /// The API key is missing or wrong.
    Forbidden,
    /// Everything that does not fit the document.
    Invalid(Vec<Problem>),
    /// No such credential, or no longer.
    UnknownCredential,
    /// No custom credential service is set.
    NoService,
    /// The custom credential service did not answer 2xx.
    ServiceFailed,
    /// The credential service did not do its part.
    Vault(super::vault::Why),
}

/// One thing that does not fit the document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) loc: Vec<&'static str>,
    pub(super) fault: Fault,
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Missing,
    NotJson,
    NotObject,
    NotString,
    NotBoolean,
    NotInteger,
    NotDateTime,
    NotInEnum,
    TooShort,
    TooLong,
    TooSmall,
}

impl Fault {
    /// For programs; the names are those that Skyvern's validator uses.
    fn kind(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotJson => "content_type",
            Self::NotObject => "model_attributes_type",
            Self::NotString => "string_type",
            Self::NotBoolean => "bool_type",
            Self::NotInteger => "int_parsing",
            Self::NotDateTime => "datetime_parsing",
            Self::NotInEnum => "enum",
            Self::TooShort => "string_too_short",
            Self::TooLong => "string_too_long",
            Self::TooSmall => "greater_than_equal",
        }
    }

    /// For people.
    fn message(self) -> &'static str {
        match self {
            Self::Missing => "this is required",
            Self::NotJson => "the body must be sent as application/json in UTF-8",
            Self::NotObject => "this must be an object",
            Self::NotString => "this must be a string",
            Self::NotBoolean => "this must be true or false",
            Self::NotInteger => "this must be an integer",
            Self::NotDateTime => "this must be a date and time",
            Self::NotInEnum => "this is none of the values that are possible here",
            Self::TooShort => "this is too short",
            Self::TooLong => "this is too long",
            Self::TooSmall => "this is too small",
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let (status, detail) = match &refusal {
            Refusal::NoRoute => (StatusCode::NOT_FOUND, json!("not found")),
            Refusal::Method { .. } => {
                (StatusCode::METHOD_NOT_ALLOWED, json!("method not allowed"))
            }
            Refusal::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                json!("the body is larger than a mebibyte"),
            ),
            Refusal::Malformed { offset } => (
                StatusCode::UNPROCESSABLE_ENTITY,
                json!([{"loc": ["body", offset], "msg": "this is not JSON", "type": "json_invalid"}]),
            ),
            Refusal::Forbidden => (StatusCode::FORBIDDEN, json!("invalid credentials")),
            Refusal::Invalid(problems) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                problems
                    .iter()
                    .map(|Problem { loc, fault }| {
                        json!({"loc": loc, "msg": fault.message(), "type": fault.kind()})
                    })
                    .collect(),
            ),
            Refusal::UnknownCredential => (StatusCode::NOT_FOUND, json!("credential not found")),
            Refusal::NoService => (
                StatusCode::NOT_FOUND,
                json!("no custom credential service is set"),
            ),
            Refusal::Vault(why) => (StatusCode::BAD_GATEWAY, json!(why.message())),
            Refusal::ServiceFailed => (
                StatusCode::BAD_REQUEST,
                json!("the custom credential service did not answer with success"),
            ),
        };
        let mut answer = Self::json(status, json!({ "detail": detail }));
        if let Refusal::Method { allow } = refusal {
            let allow: Vec<&str> = allow.iter().map(Method::as_str).collect();
            if let Ok(allow) = HeaderValue::from_str(&allow.join(", ")) {
                answer.headers.insert(ALLOW, allow);
            }
        }
        answer
    }
}
