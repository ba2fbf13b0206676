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

use std::{collections::BTreeSet, rc::Rc};

use serde_json::Value;
use spec::Pointer;

use super::{
    Check, LIF001, LIF002, LIF003, LIF004, LIF005, LIF006, LIF007, LIF008, LIF009, LIF010, LIF011,
    LIF012, LIF013, LIF014, LIF020, LIF021,
    credential::{self, Difference},
    seen::{self, Seen},
};
use crate::{
    exchange::{Body, Exchange, Response},
    finding::{Judgement, Place, Violation},
    suite::credentials::{Credentials, Role},
    target::Target,
};

mod listing;
#[cfg(test)]
mod tests;

/// Judges `exchanges`, all that were made for one input.
pub(crate) fn judge(
    target: &Target,
    api: &Credentials,
    exchanges: &[Rc<Exchange>],
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

    fn create(&mut self, seen: Seen<'_>, response: &Response) {
        if !self.fits_document(Role::Create, response) {
            let id = response.json().and_then(|answer| self.api.id_of(answer));
            self.ids.extend(id.map(str::to_owned));
            return;
        }
        let Body::Json(request) = &seen.exchange.request.body else {
            return;
        };
        let tag = seen.exchange.request.tag.as_ref();
        if tag.starts_with("refused") {
            if response.is_refusal() {
                self.refused
                    .extend(request["name"].as_str().map(str::to_owned));
            }
            return;
        }
        let namesakes = self
            .entries
            .iter()
            .any(|entry| entry.state == State::Live && entry.name() == &request["name"]);
        if namesakes && response.is_refusal() {
            let summary = format!(
                "a second credential of the same name is answered {}",
                response.status
            );
            return self.fail(&LIF013, seen, Place::Status, summary);
        }
        let answer = response.json().filter(|_| response.is_success());
        let Some((answer, id)) = answer.and_then(|answer| Some((answer, self.api.id_of(answer)?)))
        else {
            return;
        };
        if let Some(index) = self.entries.iter().position(|entry| entry.id == id) {
            self.entries[index].state = State::Suspect;
            let same = self.entries[index].name() == &request["name"];
            let check = if same && namesakes { &LIF013 } else { &LIF011 };
            let place = Place::Body(Pointer::root().child("credential_id"));
            return self.fail(check, seen, place, "the id was given out before");
        }
        self.judgement.pass(&LIF011);
        for entry in &mut self.entries {
            if entry.name() == &request["name"] {
                entry.happened(Event::NamesakeCreated);
            }
        }
        let batch = tag.starts_with("batch").then(|| tag.to_owned());
        let mut entry = Entry {
            id: id.to_owned(),
            state: State::Live,
            answer: answer.clone(),
            before: None,
            type_changed: false,
            batch,
            read: Agreement::default(),
            list: Agreement::default(),
            last_read: None,
        };
        let differences = credential::differences(&credential::shown(request), answer);
        let is_card = request["credential_type"] == "credit_card";
        if differences.is_empty() {
            self.judgement.pass(if is_card { &LIF003 } else { &LIF002 });
        } else {
            entry.state = State::Suspect;
        }
        for difference in differences {
            let check = if self.is_of_sibling(&entry, &difference) {
                &LIF012
            } else if credential::is_of_card(&difference.pointer) {
                &LIF003
            } else {
                &LIF002
            };
            self.differs(
                check,
                seen,
                difference,
                "the answer does not carry what was sent",
            );
        }
        self.ids.insert(entry.id.clone());
        self.entries.push(entry);
    }

    /// Whether two reads with nothing written in between show something else.
    fn reads_differ(&mut self, seen: Seen<'_>, response: &Response, index: usize) -> bool {
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

    fn read(&mut self, seen: Seen<'_>, response: &Response, index: usize) {
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

    fn update(&mut self, seen: Seen<'_>, response: &Response, index: usize) {
        let Body::Json(request) = &seen.exchange.request.body else {
            return;
        };
        let meant_to_fail = seen.exchange.request.tag.starts_with("refused");
        if response.status == 404 && !meant_to_fail {
            return self.missing(seen, index, View::Read);
        }
        if !response.is_success() {
            if response.is_refusal() {
                self.entries[index].happened(Event::UpdateRefused);
            } else {
                self.entries[index].state = State::Suspect;
            }
            return;
        }
        let Some(answer) = response.json().filter(|_| !meant_to_fail) else {
            self.entries[index].state = State::Suspect;
            return;
        };
        if self.api.id_of(answer) != Some(&self.entries[index].id) {
            self.entries[index].state = State::Suspect;
            self.ids.extend(self.api.id_of(answer).map(str::to_owned));
            let place = Place::Body(Pointer::root().child("credential_id"));
            return self.fail(
                &LIF005,
                seen,
                place,
                "the answer to an update has another id",
            );
        }
        self.judgement.pass(&LIF005);
        let entry = &mut self.entries[index];
        let type_changes = entry.kind() != request["credential_type"].as_str();
        let before = std::mem::replace(&mut entry.answer, answer.clone());
        let differences = credential::differences(&credential::shown(request), answer);
        entry.type_changed |= type_changes;
        entry.batch = None;
        entry.read = Agreement::default();
        entry.list = Agreement::default();
        if !differences.is_empty() {
            entry.state = State::Suspect;
        }
        for difference in differences {
            let stale = before
                .pointer(difference.pointer.as_str())
                .unwrap_or(&Value::Null)
                == &difference.actual;
            let check = if type_changes && is_of_type(&difference.pointer) {
                &LIF007
            } else if stale {
                &LIF006
            } else if credential::is_of_card(&difference.pointer) {
                &LIF003
            } else {
                &LIF002
            };
            self.differs(
                check,
                seen,
                difference,
                "the answer does not carry what was sent",
            );
        }
        self.entries[index].before = Some(before);
        for (other, entry) in self.entries.iter_mut().enumerate() {
            if other != index {
                entry.happened(Event::NeighbourUpdated);
            }
        }
    }

    fn delete(&mut self, seen: Seen<'_>, response: &Response, index: usize) {
        if response.status == 404 {
            return self.missing(seen, index, View::Read);
        }
        if !response.is_success() {
            return;
        }
        self.entries[index].state = State::Deleted;
        let name = self.entries[index].name().clone();
        for entry in &mut self.entries {
            entry.happened(if *entry.name() == name {
                Event::NamesakeDeleted
            } else {
                Event::NeighbourDeleted
            });
        }
    }

    fn deleted(&mut self, seen: Seen<'_>, response: &Response, index: usize) {
        if response.is_refusal() {
            return self.judgement.pass(&LIF009);
        }
        self.entries[index].state = State::Suspect;
        let summary = format!("a deleted credential is answered {}", response.status);
        self.fail(&LIF009, seen, Place::Status, summary);
    }

    fn deleted_again(&mut self, seen: Seen<'_>, response: &Response) {
        if matches!(response.status, 404 | 410) {
            return self.judgement.pass(&LIF010);
        }
        let summary = format!("a second delete is answered {}", response.status);
        self.fail(&LIF010, seen, Place::Status, summary);
    }

    fn unknown(&mut self, seen: Seen<'_>, response: &Response) {
        // 422 is what a server answers that knows the shape of its ids.
        if matches!(response.status, 404 | 410 | 400 | 422) {
            return self.judgement.pass(&LIF021);
        }
        let summary = format!(
            "an id that was never given out is answered {}",
            response.status
        );
        self.fail(&LIF021, seen, Place::Status, summary);
    }

    /// A view shows `body` for an entry.
    fn shows(&mut self, seen: Seen<'_>, body: &Value, index: usize, view: View, at: &Pointer) {
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

    fn agreed(&mut self, index: usize, view: View) {
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

    fn blame(&mut self, index: usize, view: View, difference: &Difference) -> &'static Check {
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
    fn missing(&mut self, seen: Seen<'_>, index: usize, view: View) {
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
    fn is_of_sibling(&self, entry: &Entry, difference: &Difference) -> bool {
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
