//! The defects of the vault at work, one module for each stage: what is sent, what is made of an
//! answer, what comes in which order, and how a failure is told.

mod answer;
mod failure;
mod flow;
mod form;

use std::collections::{HashMap, HashSet};

use serde_json::Value;

pub(super) use self::answer::{discarded, id};
pub(super) use self::failure::{add, failed};
pub(in super::super) use self::flow::{Refused, refused};
pub(super) use self::flow::{
    discard, first, not_deleted, not_replaced, post, redirected, replace, settled, to_delete,
    to_discard, wait,
};
pub(super) use self::form::{body, headers, text, url};

/// What defects remember beside the records. Empty while none of them is switched on.
#[derive(Default)]
pub(super) struct Memory {
    /// How many calls failed.
    failures: usize,
    /// Ids of the service in the order of their creation.
    stored: Vec<String>,
    /// The first id of each credential.
    first: HashMap<String, String>,
    /// Credentials whose delete failed.
    locked: HashSet<String>,
    /// The answers to creates, by id.
    answers: HashMap<String, Value>,
    /// What creates at the same time share.
    slot: String,
}
