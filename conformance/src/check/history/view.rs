//! What reads and listings show of the credentials of a sequence, and what is to blame for it.

use serde_json::Value;
use spec::Pointer;

use super::{Entry, Event, History, State, View, is_of_type};
use crate::{
    check::{
        Check, LIF001, LIF004, LIF005, LIF006, LIF007, LIF012, LIF014,
        credential::{self, Difference},
        seen::Seen,
    },
    exchange::{Body, Response},
    finding::Place,
};

impl History<'_> {
    /// Whether two reads with nothing written in between show something else.
    pub(super) fn reads_differ(
        &mut self,
        seen: Seen<'_>,
        response: &Response,
        index: usize,
    ) -> bool {
        let Some(body) = response.json().filter(|_| response.is_success()) else {
            return false;
        };
        let entry = &mut self.entries[index];
        let Some(before) = entry.last_read.replace(body.clone()) else {
            return false;
        };
        let difference = credential::differences(&before, body).into_iter().next();
        let Some(difference) = difference else {
            return false;
        };
        entry.state = State::Suspect;
        self.differs(
            &LIF014,
            seen,
            difference,
            "a second read answers something else",
        );
        true
    }

    pub(super) fn read(&mut self, seen: Seen<'_>, response: &Response, index: usize) {
        if response.is_server_error() {
            return;
        }
        self.orders.note_read();
        match response.json().filter(|_| response.is_success()) {
            Some(body) => self.shows(seen, body, index, View::Read, &Pointer::root()),
            None => self.missing(seen, index, View::Read),
        }
        self.entries[index].happened(Event::Read);
    }

    /// A view shows `body` for an entry.
    pub(super) fn shows(
        &mut self,
        seen: Seen<'_>,
        body: &Value,
        index: usize,
        view: View,
        at: &Pointer,
    ) {
        let differences = credential::differences(&self.entries[index].answer, body);
        if differences.is_empty() {
            return self.agreed(index, view);
        }
        let checks: Vec<(&'static Check, Difference)> = differences
            .into_iter()
            .map(|difference| (self.blame(index, view, &difference), difference))
            .collect();
        self.entries[index].state = State::Suspect;
        for (check, mut difference) in checks {
            difference.pointer = at.join(
                difference
                    .pointer
                    .tokens()
                    .collect::<Vec<_>>()
                    .iter()
                    .map(String::as_str),
            );
            let summary = match view {
                View::Read => "a read answers something else",
                View::List => "the list shows something else",
            };
            self.differs(check, seen, difference, summary);
        }
    }

    pub(super) fn agreed(&mut self, index: usize, view: View) {
        let entry = &mut self.entries[index];
        let first = match (view, &entry.before) {
            (View::Read, None) => &LIF001,
            (View::List, None) => &LIF004,
            (_, Some(_)) => &LIF006,
        };
        let type_changed = entry.type_changed;
        let batch = entry.batch.is_some();
        let agreement = entry.agreement(view);
        let since = agreement.since.take().filter(|_| agreement.seen);
        agreement.seen = true;
        self.judgement.pass(first);
        if type_changed {
            self.judgement.pass(&LIF007);
        }
        if batch {
            self.judgement.pass(&LIF012);
        }
        if let Some(event) = since {
            self.judgement.pass(event.check());
        }
    }

    pub(super) fn blame(
        &mut self,
        index: usize,
        view: View,
        difference: &Difference,
    ) -> &'static Check {
        let entry = &self.entries[index];
        if self.is_of_sibling(entry, difference) {
            return &LIF012;
        }
        let entry = &mut self.entries[index];
        let pointer = difference.pointer.as_str();
        let stale = entry.before.as_ref().is_some_and(|before| {
            before.pointer(pointer).unwrap_or(&Value::Null) == &difference.actual
        });
        if stale {
            let of_type = entry.type_changed && is_of_type(&difference.pointer);
            return if of_type { &LIF007 } else { &LIF006 };
        }
        let agreement = *entry.agreement(view);
        match (agreement.seen, agreement.since, view) {
            (true, Some(event), _) => event.check(),
            (_, _, View::Read) => &LIF001,
            (_, _, View::List) => &LIF004,
        }
    }

    /// A view does not show an entry at all.
    pub(super) fn missing(&mut self, seen: Seen<'_>, index: usize, view: View) {
        let entry = &mut self.entries[index];
        let agreement = *entry.agreement(view);
        let check = match (agreement.seen, agreement.since, view) {
            (true, Some(event), _) => event.check(),
            _ if entry.batch.is_some() => &LIF012,
            (_, _, View::List) => &LIF004,
            (_, _, View::Read) if entry.before.is_some() => &LIF005,
            (_, _, View::Read) => &LIF001,
        };
        entry.state = State::Suspect;
        let (place, summary) = match view {
            View::Read => (Place::Status, "a credential that exists is not found"),
            View::List => (
                Place::Body(Pointer::root()),
                "a credential that exists is not in the list",
            ),
        };
        self.fail(check, seen, place, summary);
    }

    /// Whether what shows of an entry belongs to another one that was created at the same time.
    pub(super) fn is_of_sibling(&self, entry: &Entry, difference: &Difference) -> bool {
        let Some(batch) = &entry.batch else {
            return false;
        };
        self.all
            .iter()
            .filter(|seen| seen.exchange.request.tag == *batch)
            .filter_map(|seen| match &seen.exchange.request.body {
                Body::Json(request) => Some(credential::shown(request)),
                _ => None,
            })
            .any(|shown| {
                shown.pointer(difference.pointer.as_str()) == Some(&difference.actual)
                    && !difference.actual.is_null()
            })
    }
}
