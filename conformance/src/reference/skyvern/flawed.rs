//! The defects at work: one module for each stage of the server, which does nothing unless a
//! defect of that stage is switched on. The stages themselves know of no defect.

pub(super) mod access;
pub(super) mod arrival;
pub(super) mod content;
pub(super) mod keeping;
pub(super) mod leak;
pub(super) mod listing;
pub(super) mod record;
pub(super) mod reply;
pub(super) mod text;
pub(super) mod wire;

use std::collections::HashMap;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::answer::{Answer, Refusal};
pub(super) use super::defects::Flaw;
use super::store::Credential;
use crate::reference::defect;

pub(super) type Flaws = defect::Flaws<Flaw>;

/// What happens in place of an answer.
#[derive(Debug)]
pub(super) enum Instead {
    /// What happens without defects, too.
    Refuse(Refusal),
    /// An answer, that later stages may still change.
    Answer(Box<Answer>),
    /// What the later stages have no say in.
    Respond(Box<Response>),
    Hang,
    Drop,
}

impl From<Refusal> for Instead {
    fn from(refusal: Refusal) -> Self {
        Self::Refuse(refusal)
    }
}

/// What defects remember beside the store. Empty while none of them is switched on.
#[derive(Default)]
pub(super) struct Memory {
    dead: bool,
    /// Deleted credentials, the last one last.
    deleted: Vec<Credential>,
    /// The list as it was before the last change.
    before: Option<Vec<Credential>>,
    /// Answers by id: of the first read, of the create.
    first_reads: HashMap<String, Value>,
    created: HashMap<String, Value>,
    first_types: HashMap<String, &'static str>,
    reads: HashMap<String, usize>,
    requests: usize,
    /// What creates at the same time share.
    slot: String,
    tickets: usize,
    kept: leak::Kept,
}

fn respond(answer: Answer) -> Instead {
    Instead::Answer(Box::new(answer))
}

/// An answer that is not JSON.
fn respond_text(status: StatusCode, content_type: &'static str, text: &'static str) -> Instead {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    Instead::Respond(Box::new(response))
}

/// What Skyvern answers when a handler fails.
fn broken() -> Instead {
    respond(Answer::json(
        StatusCode::INTERNAL_SERVER_ERROR,
        json!({"error": "internal error"}),
    ))
}
