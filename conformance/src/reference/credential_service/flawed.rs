//! The defects at work: one module for each stage of the service, which does nothing unless a defect
//! of that stage is switched on. The stages themselves know of no defect.

pub(super) mod access;
pub(super) mod arrival;
pub(super) mod content;
pub(super) mod keeping;
pub(super) mod refusal;
pub(super) mod wire;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use serde_json::json;

use super::answer::{Answer, Refusal};
use super::credential::Credential;
pub(super) use super::defects::Flaw;
use super::store::StoreError;
use crate::reference::defect;

pub(super) type Flaws = defect::Flaws<Flaw>;

/// What happens in place of an answer.
#[derive(Debug)]
pub(super) enum Instead {
    /// What happens without defects, too.
    Refuse(Refusal),
    /// An answer, that later stages may still change.
    Answer(Box<Answer>),
    /// The connection is closed.
    Drop,
}

impl From<Refusal> for Instead {
    fn from(refusal: Refusal) -> Self {
        Self::Refuse(refusal)
    }
}

impl From<StoreError> for Instead {
    fn from(_: StoreError) -> Self {
        Self::Refuse(Refusal::StoreFailed)
    }
}

impl From<Answer> for Instead {
    fn from(answer: Answer) -> Self {
        Self::Answer(Box::new(answer))
    }
}

/// What defects remember beside the store.
#[derive(Default)]
pub(super) struct Memory {
    /// What is stored, oldest first.
    live: Vec<(String, Credential)>,
    deleted: BTreeMap<String, Credential>,
    deleted_last: Option<String>,
    read: BTreeSet<String>,
    reads: usize,
    numbers: u64,
    secrets: BTreeSet<String>,
    /// What creates at the same time share.
    slot: Option<Credential>,
}

/// What a service answers whose handler fails.
fn broken() -> Instead {
    let body = json!({"error": "internal error"});
    Answer::json(StatusCode::INTERNAL_SERVER_ERROR, body).into()
}
