//! What the run created on the server and has not deleted yet.
//!
//! It reads every exchange of the run, so that also what a check did not mean to create is known.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use parking_lot::Mutex;
use serde_json::Value;

use crate::{
    exchange::{Exchange, Request, read_json},
    recording::{Journal, Thing},
    target::Target,
};

/// Longest ids that are asked for: servers take paths of some thousand bytes.
const LONGEST_ID: usize = 2048;

/// Which case created something: its number in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope(pub usize);

/// Something that exists on the server because of this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The case.
    pub scope: Scope,
    /// The variable that names it in paths, e.g. `credential_id`.
    pub variable: String,
    /// Its id.
    pub id: String,
    /// The operation that deletes it, if there is one.
    pub delete: Option<String>,
}

impl Entry {
    /// Whether a request can delete it.
    fn is_deletable(&self) -> bool {
        self.delete.is_some() && names_one(&self.id)
    }
}

/// What was created and not deleted, and how much of either there was.
#[derive(Default)]
pub struct Ledger(Mutex<State>);

#[derive(Default)]
struct State {
    /// By number of creation, so that clean-up goes in a fixed order.
    open: BTreeMap<u64, Entry>,
    /// The number of an id; two kinds of things may have the same ids.
    numbers: HashMap<(String, String), u64>,
    /// How many are open, by scope.
    scopes: HashMap<usize, usize>,
    created: u64,
    deleted: u64,
    /// Where it is written down, too.
    journal: Option<Journal>,
}

impl Ledger {
    /// Writes everything down from now on.
    pub(crate) fn keep(&self, journal: Option<Journal>) {
        self.0.lock().journal = journal;
    }

    /// Ends the journal; why it could not be written, if it could not.
    pub(crate) fn close(&self) -> Option<String> {
        let mut state = self.0.lock();
        let mut journal = state.journal.take()?;
        if !state.open.values().any(Entry::is_deletable) {
            journal.nothing_left();
        }
        journal.problem().map(str::to_owned)
    }

    /// Notes what `exchange` created or deleted.
    pub(crate) fn observe(&self, target: &Target, scope: Scope, exchange: &Exchange) {
        if !exchange.is_success() {
            return;
        }
        let request = &exchange.request;
        for resource in &target.resources {
            let asked = |name: &str| {
                let operation = target.operation(name)?;
                (request.method == operation.method)
                    .then(|| variables(&request.path, &operation.path))?
            };
            if asked(&resource.create).is_some() {
                let id = |body: &Value| {
                    let id = body.pointer(resource.id.as_str()).and_then(id_text);
                    id.map(Cow::into_owned)
                };
                // What no client reads, as it is not under the coding that it names, was created all the
                // same.
                let as_it_is = || read_json(&exchange.response()?.body).as_ref().and_then(id);
                if let Some(id) = exchange.json().and_then(id).or_else(as_it_is) {
                    self.created(Entry {
                        scope,
                        variable: resource.variable.clone(),
                        id,
                        delete: resource.delete.clone(),
                    });
                }
            } else if let Some(named) = resource.delete.as_deref().and_then(asked)
                && let Some((_, id)) = named.iter().find(|(name, _)| *name == resource.variable)
                && let Ok(id) = percent_encoding::percent_decode_str(id).decode_utf8()
            {
                self.deleted(&resource.variable, &id);
            }
        }
    }

    /// Notes something that exists now. Twice the same counts once.
    pub fn created(&self, mut entry: Entry) {
        // Of what can be asked for by no path, the beginning of the id says enough.
        let most = entry.id.floor_char_boundary(LONGEST_ID + 4);
        entry.id.truncate(most);
        let mut state = self.0.lock();
        let key = (entry.variable.clone(), entry.id.clone());
        if state.numbers.contains_key(&key) {
            return;
        }
        let number = state.created;
        state.created += 1;
        state.numbers.insert(key, number);
        *state.scopes.entry(entry.scope.0).or_default() += 1;
        if let (Some(journal), Some(delete)) = (&mut state.journal, &entry.delete)
            && names_one(&entry.id)
        {
            journal.created(Thing {
                variable: entry.variable.clone(),
                id: entry.id.clone(),
                delete: delete.clone(),
            });
        }
        state.open.insert(number, entry);
    }

    /// Notes that something is gone.
    pub fn deleted(&self, variable: &str, id: &str) {
        let mut state = self.0.lock();
        let key = (variable.to_owned(), id.to_owned());
        let Some(entry) = state
            .numbers
            .remove(&key)
            .and_then(|n| state.open.remove(&n))
        else {
            return;
        };
        state.deleted += 1;
        if let Some(journal) = &mut state.journal {
            journal.deleted(variable, id);
        }
        if let Some(count) = state.scopes.get_mut(&entry.scope.0) {
            *count -= 1;
        }
    }

    /// How many things of `scope` are open.
    pub fn count(&self, scope: Scope) -> usize {
        let state = self.0.lock();
        state.scopes.get(&scope.0).copied().unwrap_or_default()
    }

    /// What is open of `scope`, or of all scopes, oldest first. Things that no operation deletes
    /// are among them.
    pub fn open(&self, scope: Option<Scope>) -> Vec<Entry> {
        let state = self.0.lock();
        state
            .open
            .values()
            .filter(|entry| scope.is_none_or(|scope| entry.scope == scope))
            .cloned()
            .collect()
    }

    /// How many things were created, and how many of them are deleted.
    pub fn totals(&self) -> (u64, u64) {
        let state = self.0.lock();
        (state.created, state.deleted)
    }
}

/// The request that deletes `entry`; `None` if no operation does, or no path can name it.
pub(crate) fn delete_request(target: &Target, entry: &Entry) -> Option<Request> {
    let operation = target.operation(entry.delete.as_deref()?)?;
    if !names_one(&entry.id) {
        return None;
    }
    let request = Request::new(&operation.method, &operation.path)
        .operation(&operation.name)
        .path_param(&entry.variable, &entry.id);
    Some(request)
}

/// An id as it stands in paths.
pub(crate) fn id_text(id: &Value) -> Option<Cow<'_, str>> {
    match id {
        Value::String(text) => Some(text.into()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

/// As [`id_text`], of ids that can stand in paths only.
pub(crate) fn path_id(id: &Value) -> Option<Cow<'_, str>> {
    id_text(id).filter(|id| names_one(id))
}

/// Whether an id, percent-encoded, is one segment of a path to whoever reads it: nothing at all and
/// segments of dots name something above (RFC 3986 section 5.2.4), in whatever way they are written.
pub(crate) fn names_one(id: &str) -> bool {
    !matches!(id, "" | "." | "..") && id.len() <= LONGEST_ID
}

/// The variables of `template` with their text in `path`, if `path` fits: judged by what goes out,
/// whatever the request is called.
fn variables<'a>(path: &'a str, template: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    let mut found = Vec::new();
    let mut actual = path.trim_end_matches('/').split('/');
    let mut expected = template.split('/');
    loop {
        match (actual.next(), expected.next()) {
            (None, None) => return Some(found),
            (Some(actual), Some(expected)) => {
                let name = expected
                    .strip_prefix('{')
                    .and_then(|rest| rest.strip_suffix('}'));
                match name {
                    Some(name) => found.push((name, actual)),
                    None if actual == expected => {}
                    None => return None,
                }
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(scope: usize, id: &str) -> Entry {
        Entry {
            scope: Scope(scope),
            variable: "pet_id".into(),
            id: id.into(),
            delete: Some("delete_pet".into()),
        }
    }

    #[test]
    fn what_is_deleted_is_no_longer_open() {
        let ledger = Ledger::default();
        for entry in [entry(0, "a"), entry(1, "b"), entry(0, "a"), entry(0, "c")] {
            ledger.created(entry);
        }
        ledger.deleted("pet_id", "a");
        ledger.deleted("pet_id", "a");
        ledger.deleted("other_id", "b");
        assert_eq!(ledger.open(None), [entry(1, "b"), entry(0, "c")]);
        assert_eq!(ledger.open(Some(Scope(0))), [entry(0, "c")]);
        assert_eq!((ledger.count(Scope(0)), ledger.totals()), (1, (3, 1)));
    }

    #[test]
    fn what_leads_elsewhere_is_no_id_of_a_path() {
        let long = "i".repeat(LONGEST_ID + 1);
        for id in ["", ".", "..", &long] {
            assert_eq!(path_id(&Value::from(id)), None, "{id}");
        }
        for id in ["...", "../admin", "%2e%2e", " ", "a/b"] {
            assert_eq!(path_id(&Value::from(id)).as_deref(), Some(id));
        }
    }

    #[test]
    fn variables_are_read_from_the_path_as_sent() {
        let read = |path| variables(path, "/pets/{pet_id}/delete");
        assert_eq!(read("/pets/a%2Fb/delete"), Some(vec![("pet_id", "a%2Fb")]));
        assert_eq!(read("/pets/a/update"), None);
        assert_eq!(read("/pets/a/delete/x"), None);
    }
}
