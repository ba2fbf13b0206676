//! What the answers to creates, updates and deletes of a sequence say.

use spec::Pointer;

use super::{Agreement, Entry, Event, History, State, View, is_of_type};
use crate::{
    check::{
        LIF002, LIF003, LIF005, LIF006, LIF007, LIF009, LIF010, LIF011, LIF012, LIF013, LIF021,
        credential, seen::Seen,
    },
    exchange::{Body, Response},
    finding::Place,
    suite::credentials::Role,
};

impl History<'_> {
    pub(super) fn create(&mut self, seen: Seen<'_>, response: &Response) {
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

    pub(super) fn update(&mut self, seen: Seen<'_>, response: &Response, index: usize) {
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
        let type_kept = type_changes
            && differences
                .iter()
                .any(|one| one.pointer.as_str() == "/credential_type");
        for difference in differences {
            // What was null before and is null now may be lost as well as kept.
            let stale = !difference.actual.is_null()
                && before.pointer(difference.pointer.as_str()) == Some(&difference.actual);
            let check = if is_of_type(&difference.pointer) && (type_kept || type_changes && stale) {
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

    pub(super) fn delete(&mut self, seen: Seen<'_>, response: &Response, index: usize) {
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

    pub(super) fn deleted(&mut self, seen: Seen<'_>, response: &Response, index: usize) {
        if response.is_refusal() {
            return self.judgement.pass(&LIF009);
        }
        self.entries[index].state = State::Suspect;
        let summary = format!("a deleted credential is answered {}", response.status);
        self.fail(&LIF009, seen, Place::Status, summary);
    }

    pub(super) fn deleted_again(&mut self, seen: Seen<'_>, response: &Response) {
        if matches!(response.status, 404 | 410) {
            return self.judgement.pass(&LIF010);
        }
        let summary = format!("a second delete is answered {}", response.status);
        self.fail(&LIF010, seen, Place::Status, summary);
    }

    pub(super) fn unknown(&mut self, seen: Seen<'_>, response: &Response) {
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
}
