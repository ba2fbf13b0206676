//! Method and raw path to an operation, or to the 404 or 405 that they deserve.
//!
//! A path is cut at its slashes first and its segments are decoded after that (RFC 3986 section
//! 2.2), so that an encoded slash stays part of an id; dot segments are ids like any other.

use axum::http::Method;
use percent_encoding::percent_decode_str;

use super::answer::Refusal;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Create,
    List,
    Get,
    Update,
    Delete,
    SendTotpCode,
    GetService,
    SetService,
    TestService,
}

impl Operation {
    /// Whether the document gives it a request body.
    pub(super) fn takes_body(self) -> bool {
        !matches!(
            self,
            Self::List | Self::Get | Self::Delete | Self::GetService
        )
    }
}

/// An operation and the id in its path; empty for operations without one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) operation: Operation,
    pub(super) credential_id: String,
}

pub(super) fn find(method: &Method, path: &str) -> Result<Route, Refusal> {
    let segments: Vec<String> = path
        .split('/')
        .skip(1)
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let ["v1", "credentials", rest @ ..] = segments.as_slice() else {
        return Err(Refusal::NoRoute);
    };
    // Concrete paths come before templated ones, as the OpenAPI Paths Object has it.
    let (methods, id): (&[(Method, Operation)], &str) = match rest {
        [] => (
            &[
                (Method::GET, Operation::List),
                (Method::POST, Operation::Create),
            ],
            "",
        ),
        ["totp"] => (&[(Method::POST, Operation::SendTotpCode)], ""),
        ["custom_credential", "get"] => (&[(Method::GET, Operation::GetService)], ""),
        ["custom_credential", "create"] => (&[(Method::POST, Operation::SetService)], ""),
        ["custom_credential", "test_connection"] => (&[(Method::POST, Operation::TestService)], ""),
        [id] if !id.is_empty() => (&[(Method::GET, Operation::Get)], id),
        [id, "update"] if !id.is_empty() => (&[(Method::POST, Operation::Update)], id),
        [id, "delete"] if !id.is_empty() => (&[(Method::POST, Operation::Delete)], id),
        _ => return Err(Refusal::NoRoute),
    };
    match methods.iter().find(|(allowed, _)| allowed == method) {
        Some((_, operation)) => Ok(Route {
            operation: *operation,
            credential_id: id.to_owned(),
        }),
        None => Err(Refusal::Method {
            allow: methods.iter().map(|(allowed, _)| allowed.clone()).collect(),
        }),
    }
}
