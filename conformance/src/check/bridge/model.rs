//! What a sequence made of credentials, in the API and at the service, and what each next step says
//! of it.

mod calls;

use std::collections::BTreeMap;

use serde_json::Value;
use spec::Pointer;

use super::{
    Asked, Manner, Step,
    call::{Call, Outcome},
    form::at,
};
use crate::{
    check::{
        BRI001, BRI002, BRI012, BRI013, BRI014, BRI016, BRI017, BRI018, BRI019, BRI022, BRI024,
        BRI028, BRI029, BRI031, BRI032,
    },
    finding::{Judgement, Place, Violation},
    suite::credentials::{Credentials, Role},
};
use calls::{addressed, bodies, deleted, failing, posts, refused, twice, unsent};

/// Longest id that nobody would call long.
const USUAL: usize = 64;

/// What is known of one credential.
#[derive(Default)]
struct Known {
    /// Under which ids the service keeps it: the last is the credential as it is, those before it
    /// are old ones that could not be deleted.
    held: Vec<String>,
    state: State,
    manner: Option<Manner>,
    /// As it was read last.
    shown: Option<Value>,
    /// Whether a delete failed at the service.
    delete_failed: bool,
    /// Whether an update failed at the service since it was read last.
    update_failed: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// What became of it is not known: nothing more is said of it.
    #[default]
    Unknown,
    Alive,
    /// Its create failed at the service.
    Failed,
    Deleted,
    /// The same, and the service knew nothing of it any more.
    DeletedUnknown,
}

/// A kind of id, by what a server may make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IdKind {
    Usual,
    /// Unreserved characters only, but long, or of a kind that is easily changed.
    Special,
    /// With characters that a URL cannot hold as they are.
    Odd,
}

fn kind(id: &str) -> IdKind {
    let usual = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if !id.bytes().all(plain) {
        IdKind::Odd
    } else if id.len() <= USUAL && id.bytes().all(usual) && !id.bytes().all(|b| b.is_ascii_digit())
    {
        IdKind::Usual
    } else {
        IdKind::Special
    }
}

pub(super) struct Model<'a> {
    api: &'a Credentials,
    known: BTreeMap<&'a str, Known>,
    /// Whether a call failed in an earlier step.
    failed_before: bool,
}

impl<'a> Model<'a> {
    pub(super) fn new(api: &'a Credentials) -> Self {
        Self {
            api,
            known: BTreeMap::new(),
            failed_before: false,
        }
    }

    /// Judges one request of `step`, and learns from it.
    pub(super) fn judge(&mut self, asked: &Asked<'a>, step: &Step<'a>, judgement: &mut Judgement) {
        let own: Vec<&Call<'a>> = step
            .calls
            .iter()
            .filter(|call| call.name == asked.name)
            .collect();
        self.strangers(asked, step, judgement);
        if asked.manner == Manner::Refused {
            refused(asked, &own, judgement);
            return;
        }
        let abandoned = own.iter().any(|call| call.outcome == Outcome::Abandoned);
        let silent = own.iter().any(|call| call.outcome == Outcome::Silence);
        if asked.exchange.response().is_none() {
            if silent {
                let summary = format!(
                    "the API does not answer {} when the service does not",
                    asked.word()
                );
                let violation = Violation::new(&BRI022, asked.number, Place::Connection, summary);
                judgement.fail(violation);
            }
            self.known.remove(asked.name);
            return;
        }
        if abandoned {
            // A machine that is too busy for the time limit of the server says nothing about it.
            self.known.remove(asked.name);
            return;
        }
        match self.api.role(&asked.exchange.request) {
            Some(Role::Create) => self.create(asked, &own, judgement),
            Some(Role::Update) => self.update(asked, &own, judgement),
            Some(Role::Delete) => self.delete(asked, &own, judgement),
            Some(Role::Read) => self.read(asked, judgement),
            Some(Role::List) => self.list(asked, judgement),
            None => {}
        }
        if let Some(known) = self.known.get_mut(asked.name) {
            known.manner.get_or_insert(asked.manner);
        }
        let failed = |call: &&&Call<'_>| !call.outcome.is_right() && call.outcome != Outcome::Other;
        self.failed_before |= own.iter().any(|call| failed(&call));
    }

    /// Calls about credentials that the step is not about.
    fn strangers(&self, asked: &Asked<'a>, step: &Step<'a>, judgement: &mut Judgement) {
        let is_asked = |name| step.asked.iter().any(|one| one.name == name);
        let stranger = step
            .calls
            .iter()
            .find(|call| !is_asked(call.name) && (call.is("DELETE") || call.is("POST")));
        let Some(call) = stranger else {
            if step.calls.iter().any(|call| call.is("DELETE")) {
                judgement.pass(&BRI016);
            }
            return;
        };
        let known = self.known.get(asked.name);
        let together = known.is_some_and(|known| known.manner == Some(Manner::Together));
        let check = if together { &BRI032 } else { &BRI016 };
        let what = &call.exchange.request.method;
        let summary = format!("{} brings a {what} about another credential", asked.word());
        judgement.fail(at(check, call, "path", "", summary));
    }

    fn create(&mut self, asked: &Asked<'a>, own: &[&Call<'a>], judgement: &mut Judgement) {
        let posts = posts(own);
        bodies(asked, &posts, judgement);
        let mut known = Known::default();
        let Some(last) = posts.last() else {
            if asked.succeeded() {
                judgement.fail(unsent(&BRI001, asked));
            } else if self.failed_before {
                let summary = format!(
                    "after a failure of the service {} does not reach it any more",
                    asked.word()
                );
                judgement.fail(Violation::new(
                    &BRI031,
                    asked.number,
                    Place::Status,
                    summary,
                ));
            }
            return;
        };
        if asked.succeeded() {
            judgement.pass(&BRI001);
        }
        match &last.outcome {
            Outcome::Kept(id) => {
                if self.right(asked, kind(id), judgement) {
                    judgement.settle(&BRI002, twice(asked, &posts));
                    known.state = State::Alive;
                    known.held.push(id.clone());
                }
            }
            outcome => {
                failing(asked, own, outcome, judgement);
                if !asked.succeeded() {
                    known.state = State::Failed;
                }
            }
        }
        self.known.insert(asked.name, known);
    }

    /// Whether the API claims success where the service did its part.
    fn right(&self, asked: &Asked<'a>, kind: IdKind, judgement: &mut Judgement) -> bool {
        let check = match kind {
            IdKind::Odd => {
                if !asked.succeeded() {
                    // Refused, so that nothing can come of it.
                    judgement.pass(&BRI019);
                }
                return asked.succeeded();
            }
            IdKind::Special => &BRI018,
            IdKind::Usual if self.failed_before => &BRI031,
            IdKind::Usual => &BRI017,
        };
        if !asked.succeeded() {
            let status = asked.exchange.status().unwrap_or_default();
            let summary = format!(
                "{} is answered {status} where the service answered as documented",
                asked.word()
            );
            judgement.fail(Violation::new(check, asked.number, Place::Status, summary));
        } else if kind == IdKind::Usual {
            judgement.pass(check);
        }
        asked.succeeded()
    }

    fn update(&mut self, asked: &Asked<'a>, own: &[&Call<'a>], judgement: &mut Judgement) {
        let posts = posts(own);
        bodies(asked, &posts, judgement);
        let Some(mut known) = self
            .known
            .remove(asked.name)
            .filter(|one| one.state == State::Alive)
        else {
            return;
        };
        let Some(old) = known.held.last().cloned() else {
            return;
        };
        let deletes: Vec<&Call<'a>> = own
            .iter()
            .copied()
            .filter(|call| call.is("DELETE"))
            .collect();
        let of_old: Vec<&Call<'a>> = deletes
            .iter()
            .copied()
            .filter(|call| call.names(&old))
            .collect();
        let Some(last) = posts.last() else {
            if asked.succeeded() {
                judgement.fail(unsent(&BRI012, asked));
            }
            return;
        };
        if asked.succeeded() {
            judgement.pass(&BRI012);
        }
        if let Some(early) = of_old.iter().find(|call| call.number < last.number) {
            let summary = "an update deletes the old credential before it sends the new one";
            judgement.fail(at(&BRI014, early, "path", "", summary));
            return;
        }
        match &last.outcome {
            Outcome::Kept(new) => {
                judgement.pass(&BRI014);
                let is_gone =
                    |call: &&&Call<'_>| matches!(call.outcome, Outcome::Gone | Outcome::Unknown);
                let left = deletes.iter().any(|call| !is_gone(&call));
                // With the old one left behind, either answer will do.
                if !left && !self.right(asked, kind(new), judgement) {
                    return;
                }
                if kind(&old) == IdKind::Usual {
                    if of_old.is_empty() && asked.succeeded() {
                        let summary = "an update leaves the old credential at the service";
                        judgement.fail(Violation::new(
                            &BRI013,
                            asked.number,
                            Place::Status,
                            summary,
                        ));
                    } else if !left {
                        judgement.pass(&BRI013);
                    }
                    if !left && asked.succeeded() {
                        judgement.settle(
                            &BRI002,
                            twice(asked, &posts).or_else(|| twice(asked, &of_old)),
                        );
                    }
                } else {
                    addressed(asked, &deletes, &of_old, &old, judgement);
                }
                let discarded: Vec<&&Call<'_>> = deletes.iter().filter(is_gone).collect();
                known.held.retain(|id| {
                    let is_discarded = discarded.iter().any(|call| call.names(id));
                    !is_discarded && (left || *id != old)
                });
                known.held.push(new.clone());
                known.shown = None;
                self.known.insert(asked.name, known);
            }
            outcome => {
                failing(asked, own, outcome, judgement);
                if asked.succeeded() {
                    return;
                }
                let violation = of_old.first().map(|call| {
                    let summary = "an update that failed at the service deletes the old credential";
                    at(&BRI014, call, "path", "", summary)
                });
                let lost = violation.is_some();
                judgement.settle(&BRI014, violation);
                known.update_failed = true;
                if !lost {
                    self.known.insert(asked.name, known);
                }
            }
        }
    }

    fn delete(&mut self, asked: &Asked<'a>, own: &[&Call<'a>], judgement: &mut Judgement) {
        let Some(mut known) = self
            .known
            .remove(asked.name)
            .filter(|one| one.state == State::Alive)
        else {
            return;
        };
        let Some(current) = known.held.last().cloned() else {
            return;
        };
        let deletes: Vec<&Call<'a>> = own
            .iter()
            .copied()
            .filter(|call| call.is("DELETE"))
            .collect();
        let of_current: Vec<&Call<'a>> = deletes
            .iter()
            .copied()
            .filter(|call| call.names(&current))
            .collect();
        let wrong = deletes
            .iter()
            .find(|call| !known.held.iter().any(|id| call.names(id)));
        if let Some(call) = wrong.filter(|_| kind(&current) == IdKind::Usual) {
            let summary = "a delete names an id that the credential does not have";
            judgement.fail(at(&BRI016, call, "path", "", summary));
        }
        if kind(&current) != IdKind::Usual {
            addressed(asked, &deletes, &of_current, &current, judgement);
        }
        // Of the old ones, too.
        let failed = deletes
            .iter()
            .filter(|call| !call.outcome.is_right())
            .max_by_key(|call| call.outcome != Outcome::Unknown);
        if asked.succeeded() {
            deleted(asked, &known, &deletes, &of_current, judgement);
            match failed.map(|call| &call.outcome) {
                None => known.state = State::Deleted,
                Some(Outcome::Unknown) => {
                    judgement.pass(&BRI028);
                    known.state = State::DeletedUnknown;
                }
                // A service that says 410 says that it is gone.
                Some(Outcome::Error(410)) => {}
                Some(outcome) => failing(asked, own, outcome, judgement),
            }
        } else {
            match failed.map(|call| &call.outcome) {
                None if deletes.is_empty() && !known.delete_failed => return,
                None if kind(&current) == IdKind::Odd => {}
                None => {
                    let check = if known.delete_failed {
                        &BRI029
                    } else if kind(&current) == IdKind::Special {
                        &BRI018
                    } else if self.failed_before {
                        &BRI031
                    } else {
                        &BRI017
                    };
                    let summary = "a delete fails though the service does its part";
                    judgement.fail(Violation::new(check, asked.number, Place::Status, summary));
                }
                Some(Outcome::Unknown) => {
                    let summary = "a credential that the service no longer knows cannot be deleted";
                    judgement.fail(Violation::new(
                        &BRI028,
                        asked.number,
                        Place::Status,
                        summary,
                    ));
                }
                Some(outcome) => {
                    failing(asked, own, outcome, judgement);
                    known.delete_failed = true;
                    let gone = |id: &String| {
                        deletes
                            .iter()
                            .any(|call| call.names(id) && call.outcome == Outcome::Gone)
                    };
                    known.held.retain(|id| !gone(id));
                    self.known.insert(asked.name, known);
                    return;
                }
            }
        }
        if asked.succeeded() {
            self.known.insert(asked.name, known);
        }
    }

    fn read(&mut self, asked: &Asked<'a>, judgement: &mut Judgement) {
        let Some(known) = self.known.get_mut(asked.name) else {
            return;
        };
        let found = asked.succeeded();
        let fail =
            |check, summary: &str| Violation::new(check, asked.number, Place::Status, summary);
        match known.state {
            State::DeletedUnknown => {
                let violation = found.then(|| {
                    fail(
                        &BRI028,
                        "a credential that was deleted after a 404 of the service is still there",
                    )
                });
                judgement.settle(&BRI028, violation);
            }
            State::Alive => {
                let violation = (!found).then(|| {
                    let (check, summary): (_, &str) = if known.delete_failed {
                        (
                            &BRI029,
                            "after a delete that failed the credential cannot be read",
                        )
                    } else if known.update_failed {
                        (
                            &BRI014,
                            "after an update that failed the credential cannot be read",
                        )
                    } else {
                        (&BRI031, "a credential cannot be read")
                    };
                    fail(check, summary)
                });
                if known.delete_failed && found {
                    judgement.pass(&BRI029);
                }
                if self.failed_before && found {
                    judgement.pass(&BRI031);
                }
                if let Some(violation) = violation {
                    judgement.fail(violation);
                    return;
                }
                let now = asked.exchange.json();
                if known.update_failed
                    && let (Some(before), Some(now)) = (&known.shown, now)
                {
                    let violation = (before != now).then(|| {
                        let summary = "an update that failed at the service changed the credential";
                        let place = Place::Body(Pointer::root());
                        Violation::new(&BRI014, asked.number, place, summary)
                    });
                    judgement.settle(&BRI014, violation);
                }
                known.shown = now.cloned();
                known.update_failed = false;
            }
            State::Unknown | State::Failed | State::Deleted => {}
        }
    }

    fn list(&self, asked: &Asked<'a>, judgement: &mut Judgement) {
        let failed = self
            .known
            .get(asked.name)
            .is_some_and(|known| known.state == State::Failed);
        if !failed {
            return;
        }
        let Some(Value::Array(entries)) = asked.exchange.json().filter(|_| asked.succeeded())
        else {
            let summary = "after a failure of the service nothing can be listed";
            judgement.fail(Violation::new(
                &BRI031,
                asked.number,
                Place::Status,
                summary,
            ));
            return;
        };
        let shows = |entry: &Value| {
            let name = entry["name"].as_str();
            name.is_some_and(|name| name.contains(asked.name))
        };
        let violation = entries.iter().position(shows).map(|place| {
            let place = Place::Body(Pointer::root().index(place));
            let summary = "a credential whose create failed at the service is listed";
            Violation::new(&BRI024, asked.number, place, summary)
        });
        judgement.settle(&BRI024, violation);
    }
}
