//! Judges a sequence of creates, reads and deletes by a model: what was stored under which id, and
//! whether it is still there. What was sent is read from the requests themselves.

use std::sync::Arc;

use serde_json::{Map, Value};
use spec::Pointer;

use super::{
    mark,
    stored::{Comparison, answered_id, compare, is_safe},
};
use crate::{
    check::{
        CON001, CON002, CON003, CON004, CON005, CON006, CON007, CON008, CON009, CON010, CON011,
        CON012, CON013, CON014, CON015, CON016, CON017, CON018, CON019, CON020, CON021, CON022,
        CON023, CON024, CON025, CON026, CON027, CON028, CON029, CON030, CON031, CON032, CON033,
        CON034, CON035, CON036, CON062, Check,
        answer::excerpt,
        seen::{self, Seen},
    },
    exchange::{Exchange, Response},
    finding::{Judgement, Place, Violation},
    given,
};

/// Everything that the model judges.
pub(crate) const ROUND_TRIP: [&Check; 37] = [
    &CON001, &CON002, &CON003, &CON004, &CON005, &CON006, &CON007, &CON008, &CON009, &CON010,
    &CON011, &CON012, &CON013, &CON014, &CON015, &CON016, &CON017, &CON018, &CON019, &CON020,
    &CON021, &CON022, &CON023, &CON024, &CON025, &CON026, &CON027, &CON028, &CON029, &CON030,
    &CON031, &CON032, &CON033, &CON034, &CON035, &CON036, &CON062,
];

/// How a credential was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Alone,
    Together,
    Many,
}

/// A credential of the sequence.
#[derive(Debug)]
struct Record {
    body: Value,
    id: Option<String>,
    way: Way,
    is_alive: bool,
    /// Whether a read showed all of it.
    was_whole: bool,
    /// Whether another one was deleted since it was stored or last seen whole.
    others_deleted: bool,
}

struct Model<'a> {
    records: Vec<Record>,
    judgement: &'a mut Judgement,
}

/// Judges `exchanges`, whose tags say what each is for: a mark, a space and the number of the
/// credential.
pub(crate) fn judge(exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
    let mut model = Model {
        records: Vec::new(),
        judgement,
    };
    for one in seen::all(exchanges) {
        let tag = one.exchange.request.tag.clone();
        let (word, number) = tag.split_once(' ').unwrap_or((&tag, ""));
        let number = number.parse().unwrap_or(usize::MAX);
        match word {
            mark::CREATE | mark::OTHER_CREATE | mark::TOGETHER | mark::MANY => {
                model.create(one, word);
            }
            mark::READ => model.read(one, number),
            mark::DELETE => model.delete(one, number),
            mark::NEAR => model.near(one, number),
            mark::UNKNOWN => model.unknown(one),
            _ => {}
        }
    }
}

impl Model<'_> {
    fn settle(&mut self, check: &'static Check, seen: Seen<'_>, fault: Option<Fault>) {
        let violation = fault.map(|fault| fault.violation(check, seen));
        self.judgement.settle(check, violation);
    }

    fn create(&mut self, seen: Seen<'_>, word: &str) {
        let body = serde_json::from_slice(&seen.exchange.request.body_bytes()).unwrap_or_default();
        let mut record = Record {
            body,
            id: None,
            way: match word {
                mark::TOGETHER => Way::Together,
                mark::MANY => Way::Many,
                _ => Way::Alone,
            },
            is_alive: false,
            was_whole: false,
            others_deleted: false,
        };
        if let Some(response) = seen.response() {
            let accepted = match word {
                mark::OTHER_CREATE => &CON009,
                _ => &CON001,
            };
            let refused = (!response.is_success()).then(|| Fault::status("a create", response));
            let was_refused = refused.is_some();
            self.settle(accepted, seen, refused);
            if !was_refused {
                self.created(seen, response, &mut record);
            }
        }
        self.records.push(record);
    }

    fn created(&mut self, seen: Seen<'_>, response: &Response, record: &mut Record) {
        let media = response.media_type().unwrap_or_default();
        if !response.body.is_empty() {
            let is_json = media == "application/json"
                || media.starts_with("application/") && media.ends_with("+json");
            let fault = (!is_json).then(|| Fault {
                place: Place::Header("content-type".to_owned()),
                summary: format!("the answer to a create is declared as `{media}`"),
                evidence: excerpt(response),
                values: None,
            });
            self.settle(&CON002, seen, fault);
        }
        let id = match answered_id(seen.exchange) {
            Ok(id) => id,
            Err(why) => {
                let place = Place::Body(Pointer::root().child("id"));
                let fault = Fault::of(place, format!("a create gives no id: {why}"), response);
                return self.settle(&CON003, seen, Some(fault));
            }
        };
        self.settle(&CON003, seen, None);
        record.is_alive = true;
        record.id = Some(id.clone());
        let at_id = |summary: &str| {
            let place = Place::Body(Pointer::root().child("id"));
            Fault::of(place, summary, response)
        };
        let unsafe_id = (!is_safe(&id)).then(|| at_id("the id means something else in a URL"));
        self.settle(&CON026, seen, unsafe_id);
        let same: Vec<&Record> = self
            .records
            .iter()
            .filter(|one| one.id.as_ref() == Some(&id))
            .collect();
        let taken = same.iter().any(|one| one.is_alive);
        let was_taken = !same.is_empty() && !taken;
        let others = !self.records.is_empty();
        let deleted = self.records.iter().any(|one| !one.is_alive);
        if others {
            let fault = taken.then(|| at_id("a create gives the id of another credential"));
            self.settle(&CON027, seen, fault);
        }
        if deleted {
            let fault = was_taken.then(|| at_id("a create gives the id of a deleted credential"));
            self.settle(&CON028, seen, fault);
        }
    }

    fn read(&mut self, seen: Seen<'_>, number: usize) {
        let (Some(record), Some(response)) = (self.records.get(number), seen.response()) else {
            return;
        };
        let shown = object(response);
        if !record.is_alive {
            let fault = response.is_success().then(|| {
                let place = Place::Status;
                Fault::of(place, "a deleted credential is still read", response)
            });
            return self.settle(&CON031, seen, fault);
        }
        let Some(shown) = shown.filter(|_| response.is_success()) else {
            let check = record.blame();
            let summary = if response.is_success() {
                "a read is not answered with an object that holds something".to_owned()
            } else {
                format!("a read of what was stored is answered {}", response.status)
            };
            let fault = Fault::of(Place::Status, summary, response);
            return self.settle(check, seen, Some(fault));
        };
        let comparison = compare(&record.body, shown);
        let is_whole = comparison.differences.is_empty();
        let blame = record.blame();
        let repeated = record.was_whole;
        self.settle(&CON004, seen, None);
        self.settle(&CON062, seen, Fault::cached(response));
        if !is_whole && self.is_of_another(number, shown, &comparison) {
            let record = &self.records[number];
            let check = match record.way {
                Way::Together => &CON036,
                Way::Many => &CON024,
                Way::Alone => &CON029,
            };
            let place = Place::Body(comparison.differences[0].pointer.clone());
            let fault = Fault::of(
                place,
                "a read shows what another credential holds",
                response,
            );
            return self.settle(check, seen, Some(fault));
        }
        if !is_whole && repeated {
            let first = &comparison.differences[0];
            let summary = format!("{}: {}, and was read before", name(first), first.what);
            let fault = Fault::of(Place::Body(first.pointer.clone()), summary, response);
            return self.settle(blame, seen, Some(fault));
        }
        self.told(seen, comparison);
        self.whole(seen, number, is_whole);
    }

    /// Passes what a whole read shows.
    fn whole(&mut self, seen: Seen<'_>, number: usize, is_whole: bool) {
        let several = self.records.len() > 1;
        let Some(record) = self.records.get_mut(number).filter(|_| is_whole) else {
            return;
        };
        let mut passed: Vec<&'static Check> = Vec::new();
        if record.was_whole {
            passed.push(&CON025);
        }
        if record.others_deleted {
            passed.push(&CON033);
        }
        if several {
            passed.push(&CON029);
        }
        match record.way {
            Way::Together => passed.push(&CON036),
            Way::Many => passed.push(&CON024),
            Way::Alone => {}
        }
        record.was_whole = true;
        record.others_deleted = false;
        for check in passed {
            self.settle(check, seen, None);
        }
    }

    fn told(&mut self, seen: Seen<'_>, comparison: Comparison) {
        for check in comparison.passed {
            self.settle(check, seen, None);
        }
        for one in comparison.differences {
            let summary = format!("{} of a read: {}", name(&one), one.what);
            let fault = Fault {
                place: Place::Body(one.pointer),
                summary,
                evidence: format!(
                    "stored {}, read {}",
                    short(&one.expected),
                    short(&one.actual)
                ),
                values: Some((one.expected, one.actual)),
            };
            self.settle(one.check, seen, Some(fault));
        }
    }

    /// Whether what differs is what another credential of the sequence holds, or is named as one of the run.
    fn is_of_another(
        &self,
        number: usize,
        shown: &Map<String, Value>,
        comparison: &Comparison,
    ) -> bool {
        let own = given_name(self.records[number].body.get("name"));
        let other = given_name(shown.get("name"));
        if own.is_some() && other.is_some() && own != other {
            return true;
        }
        let telling = comparison.differences.iter().filter(|one| {
            one.actual.as_str().is_some_and(|text| text.len() > 1)
                && one.pointer.as_str() != "/totp_type"
                && one.pointer.as_str() != "/type"
        });
        let telling: Vec<&Pointer> = telling.map(|one| &one.pointer).collect();
        let shown = |pointer: &Pointer| {
            let mut tokens = pointer.tokens();
            let mut value = shown.get(&tokens.next()?)?;
            for token in tokens {
                value = value.get(&token)?;
            }
            Some(value)
        };
        let holds = |other: &Record, pointer: &Pointer| {
            let there = other.body.pointer(pointer.as_str());
            there.is_some() && there == shown(pointer)
        };
        let mut others = self.records.iter().enumerate();
        !telling.is_empty()
            && others.any(|(index, other)| {
                index != number && telling.iter().all(|pointer| holds(other, pointer))
            })
    }

    fn delete(&mut self, seen: Seen<'_>, number: usize) {
        let Some(response) = seen.response() else {
            return;
        };
        let Some(record) = self.records.get_mut(number) else {
            return;
        };
        let was_alive = record.is_alive;
        let fault = (!response.is_success()).then(|| {
            let what = if was_alive {
                "a delete"
            } else {
                "a delete of what is gone already"
            };
            Fault::status(what, response)
        });
        if was_alive && response.is_success() {
            record.is_alive = false;
            for (other, record) in self.records.iter_mut().enumerate() {
                record.others_deleted |= other != number;
            }
        }
        let check = if was_alive { &CON030 } else { &CON032 };
        self.settle(check, seen, fault);
    }

    fn near(&mut self, seen: Seen<'_>, number: usize) {
        let (Some(record), Some(response)) = (self.records.get(number), seen.response()) else {
            return;
        };
        let asked = seen.exchange.request.path.rsplit('/').next();
        let is_another = self
            .records
            .iter()
            .any(|other| other.id.as_deref() == asked);
        if !record.is_alive || is_another {
            return;
        }
        // Somebody else's credential may have the other id.
        let name = record.body["name"].as_str().unwrap_or_default();
        let is_it = |value: &Value| value.as_str().is_some_and(|text| text.contains(name));
        let shows_it = response.is_success()
            && object(response).is_some_and(|shown| shown.values().any(is_it));
        let fault = shows_it.then(|| {
            let what = "a credential is read under an id that is nearly its own";
            Fault::of(Place::Status, what, response)
        });
        self.settle(&CON035, seen, fault);
    }

    fn unknown(&mut self, seen: Seen<'_>) {
        if let Some(response) = seen.response() {
            let fault = response.is_success().then(|| {
                let what = format!("a read of an unknown id is answered {}", response.status);
                Fault::of(Place::Status, what, response)
            });
            self.settle(&CON034, seen, fault);
        }
    }
}

impl Record {
    /// The check that fails when a live credential is not there, or not any more as it was.
    fn blame(&self) -> &'static Check {
        if self.others_deleted {
            &CON033
        } else if self.was_whole {
            &CON025
        } else {
            match self.way {
                Way::Alone => &CON004,
                Way::Together => &CON036,
                Way::Many => &CON024,
            }
        }
    }
}

/// What is wrong with an answer.
struct Fault {
    place: Place,
    summary: String,
    evidence: String,
    values: Option<(Value, Value)>,
}

impl Fault {
    fn of(place: Place, summary: impl Into<String>, response: &Response) -> Self {
        Self {
            place,
            summary: summary.into(),
            evidence: excerpt(response),
            values: None,
        }
    }

    fn status(what: &str, response: &Response) -> Self {
        let summary = format!("{what} is answered {}", response.status);
        Self::of(Place::Status, summary, response)
    }

    /// RFC 9111 section 5.2.2.5.
    fn cached(response: &Response) -> Option<Self> {
        let forbids = response
            .headers
            .iter()
            .filter(|(name, _)| name == "cache-control")
            .flat_map(|(_, value)| value.split(|byte| *byte == b','))
            .any(|directive| directive.trim_ascii().eq_ignore_ascii_case(b"no-store"));
        (!forbids).then(|| Self {
            place: Place::Header("cache-control".to_owned()),
            summary: "a read may be kept by caches".to_owned(),
            evidence: "expected no-store".to_owned(),
            values: None,
        })
    }

    fn violation(self, check: &'static Check, seen: Seen<'_>) -> Violation {
        let violation = Violation::new(check, seen.number, self.place, self.summary);
        let violation = violation.evidence(self.evidence);
        match self.values {
            Some((expected, actual)) => violation.values(expected, actual),
            None => violation,
        }
    }
}

fn object(response: &Response) -> Option<&Map<String, Value>> {
    let object = response.json()?.as_object()?;
    (!object.is_empty()).then_some(object)
}

/// The name that the run gave, in what a body has as name.
fn given_name(name: Option<&Value>) -> Option<&str> {
    given::beginning(name?.as_str()?)
}

fn name(difference: &super::stored::Difference) -> String {
    difference
        .pointer
        .as_str()
        .trim_start_matches('/')
        .to_owned()
}

/// Most characters of a value that are quoted.
const QUOTED: usize = 120;

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
        None => text,
    }
}
