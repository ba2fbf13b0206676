//! Judges a whole sequence of requests about credentials by a model of what the server should
//! keep: in go the exchanges in their order, out come verdicts of the lifecycle checks.
//!
//! Only credentials that the sequence created itself are judged: others may share the server.
//! A credential about which something was wrong is not judged any further, so that one fault is
//! one finding; and a difference is laid at the door of what happened last: a write of one's own, a
//! refused one, a write to a neighbour, a mere read.
//!
//! The tag of a request says what the sequence meant by it:
//! `batch…` creates that ran at the same time (one tag a batch), `refused…` a write that breaks the
//! document, `all…` a listing of everything, `before…`, `pages…` and `after…` a listing in pages
//! between two of everything, `beyond…` a page after the last.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::Value;
use spec::Pointer;

use super::{
    Check, LIF008, LIF013, LIF014, LIF020,
    credential::Difference,
    seen::{self, Seen},
};
use crate::{
    exchange::{Exchange, Response},
    finding::{Judgement, Place, Violation},
    suite::credentials::{Credentials, Role},
    target::Target,
};

mod listing;
#[cfg(test)]
mod tests;
mod view;
mod write;

/// Judges `exchanges`, all that were made for one input.
pub(crate) fn judge(
    target: &Target,
    api: &Credentials,
    exchanges: &[Arc<Exchange>],
    judgement: &mut Judgement,
) {
    let all: Vec<Seen<'_>> = seen::all(exchanges).collect();
    let mut history = History {
        target,
        api,
        all: &all,
        entries: Vec::new(),
        ids: BTreeSet::new(),
        refused: Vec::new(),
        orders: listing::Orders::default(),
        judgement,
    };
    let mut rest = all.as_slice();
    while let [first, ..] = rest {
        let tag = &first.exchange.request.tag;
        let is_page = |seen: &&Seen<'_>| {
            api.role(&seen.exchange.request) == Some(Role::List)
                && seen.exchange.request.tag == *tag
        };
        let pages = rest.iter().take_while(is_page).count();
        if pages > 0 {
            history.listing(&rest[..pages]);
            rest = &rest[pages..];
        } else {
            history.single(*first);
            rest = &rest[1..];
        }
    }
}

/// Where a credential shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Read,
    List,
}

/// What happened since a view last agreed with the model, the most telling last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Read,
    NamesakeCreated,
    NeighbourUpdated,
    NeighbourDeleted,
    NamesakeDeleted,
    UpdateRefused,
}

impl Event {
    /// The check that says that this must change nothing.
    fn check(self) -> &'static Check {
        match self {
            Self::Read => &LIF014,
            Self::NamesakeCreated | Self::NamesakeDeleted => &LIF013,
            Self::NeighbourUpdated | Self::NeighbourDeleted => &LIF008,
            Self::UpdateRefused => &LIF020,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Live,
    Deleted,
    /// Something was wrong about it already.
    Suspect,
}

/// What is known of one view of a credential since its last write.
#[derive(Clone, Copy, Debug, Default)]
struct Agreement {
    /// Whether it was seen and right.
    seen: bool,
    since: Option<Event>,
}

/// A credential of this sequence.
#[derive(Debug)]
struct Entry {
    id: String,
    state: State,
    /// As the last create or update answered it.
    answer: Value,
    /// As it was before the last update.
    before: Option<Value>,
    type_changed: bool,
    /// The tag of the creates that ran at the same time.
    batch: Option<String>,
    read: Agreement,
    list: Agreement,
    /// What the last read showed, if nothing was written since.
    last_read: Option<Value>,
}

impl Entry {
    fn agreement(&mut self, view: View) -> &mut Agreement {
        match view {
            View::Read => &mut self.read,
            View::List => &mut self.list,
        }
    }

    fn happened(&mut self, event: Event) {
        for view in [View::Read, View::List] {
            let since = &mut self.agreement(view).since;
            *since = (*since).max(Some(event));
        }
    }

    fn name(&self) -> &Value {
        &self.answer["name"]
    }

    fn kind(&self) -> Option<&str> {
        self.answer["credential_type"].as_str()
    }
}

struct History<'a> {
    target: &'a Target,
    api: &'a Credentials,
    all: &'a [Seen<'a>],
    entries: Vec<Entry>,
    /// Every id that was ever given out.
    ids: BTreeSet<String>,
    /// Names of creates that were refused.
    refused: Vec<String>,
    orders: listing::Orders,
    judgement: &'a mut Judgement,
}

impl History<'_> {
    fn single(&mut self, seen: Seen<'_>) {
        let request = &seen.exchange.request;
        let Some(role) = self.api.role(request) else {
            return;
        };
        if role != Role::Read {
            self.orders.forget();
            for entry in &mut self.entries {
                entry.last_read = None;
            }
        }
        let Some(response) = seen.response() else {
            return;
        };
        if role == Role::Create {
            return self.create(seen, response);
        }
        let Some(id) = self.api.id_in(request) else {
            return;
        };
        let Some(index) = self.entries.iter().position(|entry| entry.id == id) else {
            if !self.ids.contains(&id) {
                self.unknown(seen, response);
            }
            return;
        };
        if !self.fits_document(role, response) {
            self.entries[index].state = State::Suspect;
            return;
        }
        if role == Role::Read && self.reads_differ(seen, response, index) {
            return;
        }
        match (self.entries[index].state, role) {
            (State::Deleted, Role::Delete) => self.deleted_again(seen, response),
            (State::Deleted, _) => self.deleted(seen, response, index),
            (State::Live, Role::Read) => self.read(seen, response, index),
            (State::Live, Role::Update) => self.update(seen, response, index),
            (State::Live, Role::Delete) => self.delete(seen, response, index),
            (State::Suspect, _) | (State::Live, Role::Create | Role::List) => {}
        }
    }

    /// Whether a success is as the document says. What is not is told by the suite `schema`, and
    /// what follows from it is not told again.
    fn fits_document(&self, role: Role, response: &Response) -> bool {
        let operation = self.api.operation(role);
        let media = operation
            .response(response.status)
            .and_then(|documented| documented.content.iter().find(|media| media.is_json()));
        match media.and_then(|media| media.schema.as_ref()) {
            Some(schema) if response.is_success() => response
                .json()
                .is_some_and(|body| self.target.answers.is_valid(schema, body)),
            _ => true,
        }
    }

    fn differs(
        &mut self,
        check: &'static Check,
        seen: Seen<'_>,
        difference: Difference,
        summary: &str,
    ) {
        let Difference {
            pointer,
            expected,
            actual,
        } = difference;
        self.judgement.fail(
            Violation::new(check, seen.number, Place::Body(pointer), summary)
                .evidence(format!("expected {expected}, found {actual}"))
                .values(expected, actual),
        );
    }

    fn fail(
        &mut self,
        check: &'static Check,
        seen: Seen<'_>,
        place: Place,
        summary: impl Into<String>,
    ) {
        self.judgement.fail(
            Violation::new(check, seen.number, place, summary).evidence(seen.exchange.to_string()),
        );
    }
}

/// Whether a member changes when the type of a credential does.
fn is_of_type(pointer: &Pointer) -> bool {
    pointer.as_str() == "/credential_type"
        || pointer.as_str().starts_with("/credential")
            && !pointer.as_str().starts_with("/credential_id")
}
