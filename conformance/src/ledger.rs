//! What the run created on the server and has not deleted yet.
//!
//! It reads every exchange of the run, so that also what a check did not mean to create is known.

use std::{cell::RefCell, collections::BTreeMap};

use crate::{
    exchange::{Exchange, Request},
    target::{Operation, Target},
};

/// Which case created something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope(pub usize);

/// Something that exists on the server because of this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The case.
    pub scope: Scope,
    /// The variable that names it, e.g. `credential_id`.
    pub variable: String,
    /// Its id.
    pub id: String,
    /// The operation that deletes it, if there is one.
    pub delete: Option<String>,
}

/// What was created and not deleted, and how much of either there was.
#[derive(Debug, Default)]
pub struct Ledger {
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    /// By number of creation, so that clean-up goes in a fixed order.
    open: BTreeMap<u64, Entry>,
    created: u64,
    deleted: u64,
}

impl Ledger {
    /// Notes what `exchange` created or deleted.
    pub(crate) fn observe(&self, target: &Target, scope: Scope, exchange: &Exchange) {
        if !exchange.is_success() {
            return;
        }
        let request = &exchange.request;
        for resource in &target.resources {
            let is = |name: &str| {
                target
                    .operation(name)
                    .is_some_and(|operation| asks_for(request, operation))
            };
            if is(&resource.create) {
                let id = exchange
                    .json()
                    .and_then(|body| body.pointer(resource.id.as_str()));
                let id = id.and_then(|id| match id {
                    serde_json::Value::String(text) => Some(text.clone()),
                    serde_json::Value::Number(number) => Some(number.to_string()),
                    _ => None,
                });
                if let Some(id) = id {
                    self.created(Entry {
                        scope,
                        variable: resource.variable.clone(),
                        id,
                        delete: resource.delete.clone(),
                    });
                }
            } else if let Some(delete) = resource.delete.as_deref().filter(|name| is(name))
                && let Some(operation) = target.operation(delete)
                && let Some(id) = variable(request, operation, &resource.variable)
            {
                self.deleted(&resource.variable, &id);
            }
        }
    }

    /// Notes something that [`Ledger::observe`] cannot see. Twice the same counts once.
    pub fn created(&self, entry: Entry) {
        let mut state = self.state.borrow_mut();
        let known = state
            .open
            .values()
            .any(|open| open.id == entry.id && open.variable == entry.variable);
        if !known {
            let number = state.created;
            state.created += 1;
            state.open.insert(number, entry);
        }
    }

    /// Notes that something is gone.
    pub fn deleted(&self, variable: &str, id: &str) {
        let mut state = self.state.borrow_mut();
        let before = state.open.len();
        state
            .open
            .retain(|_, entry| entry.id != id || entry.variable != variable);
        if state.open.len() < before {
            state.deleted += 1;
        }
    }

    /// What `scope` left, oldest first; of all scopes without one. Entries that no operation
    /// deletes are among them.
    pub fn open(&self, scope: Option<Scope>) -> Vec<Entry> {
        let state = self.state.borrow();
        state
            .open
            .values()
            .filter(|entry| scope.is_none_or(|scope| entry.scope == scope))
            .cloned()
            .collect()
    }

    /// How many things were created and how many of them are deleted.
    pub fn counts(&self) -> (u64, u64) {
        let state = self.state.borrow();
        (state.created, state.deleted)
    }
}

/// The request that deletes `entry`; `None` if no operation does.
pub(crate) fn delete_request(target: &Target, entry: &Entry) -> Option<Request> {
    let operation = target.operation(entry.delete.as_deref()?)?;
    let request = Request::new(&operation.method, &operation.path)
        .operation(&operation.name)
        .path_param(&entry.variable, &entry.id);
    Some(request)
}

/// Whether `request` reaches `operation`, judged by what goes out and not by what it is called.
fn asks_for(request: &Request, operation: &Operation) -> bool {
    request.method == operation.method && segments(request, operation).is_some()
}

/// The segments of the path beside those of the operation's path, if they fit.
fn segments<'a>(request: &'a Request, operation: &'a Operation) -> Option<Vec<(&'a str, &'a str)>> {
    let path = request.path.trim_end_matches('/');
    let mut found = Vec::new();
    let mut actual = path.split('/');
    let mut expected = operation.path.split('/');
    loop {
        match (actual.next(), expected.next()) {
            (None, None) => return Some(found),
            (Some(actual), Some(expected)) => {
                if actual != expected && !expected.starts_with('{') {
                    return None;
                }
                found.push((expected, actual));
            }
            _ => return None,
        }
    }
}

fn variable(request: &Request, operation: &Operation, name: &str) -> Option<String> {
    let braced = format!("{{{name}}}");
    let (_, value) = segments(request, operation)?
        .into_iter()
        .find(|(expected, _)| *expected == braced)?;
    percent_encoding::percent_decode_str(value)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}
