//! What the calls that one request brought say of it.

use serde_json::Value;
use spec::Pointer;

use super::{IdKind, Known, kind};
use crate::{
    check::{
        BRI002, BRI003, BRI011, BRI015, BRI018, BRI019, BRI020, BRI021, BRI022, BRI023, BRI025,
        BRI029, BRI030, BRI032, Check,
        bridge::{
            Asked, Manner,
            call::{Call, Outcome, Place as Origin},
            form::at,
            values,
        },
    },
    exchange::{Body, Response},
    finding::{Judgement, Place, Violation},
};

pub(super) fn posts<'c, 'a>(own: &[&'c Call<'a>]) -> Vec<&'c Call<'a>> {
    own.iter().copied().filter(|call| call.is("POST")).collect()
}

pub(super) fn bodies(asked: &Asked<'_>, posts: &[&Call<'_>], judgement: &mut Judgement) {
    if let Body::Json(submitted) = &asked.exchange.request.body {
        for post in posts {
            values::judge(post, submitted, judgement);
        }
    }
}

pub(super) fn unsent(check: &'static Check, asked: &Asked<'_>) -> Violation {
    let summary = format!(
        "{} is a success, and nothing has reached the service",
        asked.word()
    );
    Violation::new(check, asked.number, Place::Status, summary)
}

pub(super) fn twice(asked: &Asked<'_>, calls: &[&Call<'_>]) -> Option<Violation> {
    let [_, again, ..] = calls else {
        return None;
    };
    let method = &again.exchange.request.method;
    let summary = format!(
        "{} brings the same {method} {} times",
        asked.word(),
        calls.len()
    );
    Some(at(&BRI002, again, "path", "", summary))
}

/// What is said of a request whose call had this outcome, which is no success.
pub(super) fn failing(
    asked: &Asked<'_>,
    own: &[&Call<'_>],
    outcome: &Outcome,
    judgement: &mut Judgement,
) {
    let (check, what) = match outcome {
        Outcome::Error(410) if asked.exchange.request.operation.is_none() => return,
        Outcome::Unknown | Outcome::Error(_) => (&BRI020, "answered an error"),
        Outcome::Wrong => (&BRI021, "answered no id"),
        Outcome::Silence => (&BRI022, "did not answer"),
        Outcome::Redirect => (&BRI023, "answered with a redirect to another origin"),
        _ => return,
    };
    let status = asked.exchange.status().unwrap_or_default();
    let violation = asked.succeeded().then(|| {
        let summary = format!(
            "{} is answered {status} where the service {what}",
            asked.word()
        );
        Violation::new(check, asked.number, Place::Status, summary)
    });
    judgement.settle(check, violation);
    if matches!(outcome, Outcome::Error(_) | Outcome::Silence) {
        let calls: Vec<&&Call<'_>> = own
            .iter()
            .filter(|call| call.place == Origin::Service && call.outcome == *outcome)
            .collect();
        let violation = calls
            .get(1)
            .filter(|again| again.exchange.request.target() == calls[0].exchange.request.target())
            .map(|again| {
                let summary = format!("{} brings a call that failed once more", asked.word());
                at(&BRI003, again, "path", "", summary)
            });
        judgement.settle(&BRI003, violation);
    }
    if !asked.succeeded() {
        judgement.settle(&BRI025, untold(asked));
    }
}

/// Whether a failure is told in words.
pub(super) fn untold(asked: &Asked<'_>) -> Option<Violation> {
    let response = asked.exchange.response()?;
    let body = response.json().filter(|_| {
        let media = response.media_type();
        media.is_some_and(|media| media == "application/json" || media.ends_with("+json"))
    });
    let told = body.is_some_and(|body| {
        ["detail", "error"]
            .into_iter()
            .any(|name| match body.get(name) {
                Some(Value::String(text)) => !text.is_empty(),
                Some(Value::Object(members)) => !members.is_empty(),
                Some(Value::Array(items)) => !items.is_empty(),
                _ => false,
            })
    });
    (!told).then(|| {
        let summary = format!(
            "a failure of the service is answered {} without a word of it",
            response.status
        );
        let place = Place::Body(Pointer::root());
        Violation::new(&BRI025, asked.number, place, summary)
    })
}

/// Whether a delete names an id that is not a usual one, and nothing else.
pub(super) fn addressed(
    asked: &Asked<'_>,
    deletes: &[&Call<'_>],
    of_id: &[&Call<'_>],
    id: &str,
    judgement: &mut Judgement,
) {
    if kind(id) == IdKind::Special {
        let violation = (asked.succeeded() && of_id.is_empty()).then(|| {
            let summary = "a delete does not name the id that the service gave";
            Violation::new(&BRI018, asked.number, Place::Status, summary)
        });
        judgement.settle(&BRI018, violation);
        return;
    }
    let violation = deletes.iter().find(|call| !call.addresses(id)).map(|call| {
        let summary = "an id with reserved characters leads to another URL";
        let evidence = format!("id {id:?}, called {}", call.exchange.request.target());
        at(&BRI019, call, "path", "", summary).evidence(evidence)
    });
    judgement.settle(&BRI019, violation);
}

/// A request that the API is to refuse.
pub(super) fn refused(asked: &Asked<'_>, own: &[&Call<'_>], judgement: &mut Judgement) {
    let is_refused = asked.exchange.response().is_some_and(Response::is_refusal);
    if !is_refused {
        return;
    }
    let call = own
        .iter()
        .find(|call| call.is("POST") || call.is("PUT") || call.is("DELETE"));
    let violation = call.map(|call| {
        let status = asked.exchange.status().unwrap_or_default();
        let summary = format!(
            "{} is refused with {status} and reaches the service all the same",
            asked.word()
        );
        at(&BRI011, call, "path", "", summary)
    });
    judgement.settle(&BRI011, violation);
}

/// A delete that the API calls a success: what arrived of it.
pub(super) fn deleted(
    asked: &Asked<'_>,
    known: &Known,
    deletes: &[&Call<'_>],
    of_current: &[&Call<'_>],
    judgement: &mut Judgement,
) {
    let current = known.held.last().map_or("", String::as_str);
    if kind(current) == IdKind::Usual {
        let check = match known.manner {
            Some(Manner::Together) => &BRI032,
            _ if known.delete_failed => &BRI029,
            _ => &BRI015,
        };
        let violation = of_current.is_empty().then(|| {
            let summary = if deletes.is_empty() {
                "a delete does not reach the service"
            } else {
                "a delete reaches the service with another id than that of the credential as it is"
            };
            Violation::new(check, asked.number, Place::Status, summary)
        });
        judgement.settle(check, violation);
    }
    let right: Vec<&Call<'_>> = of_current
        .iter()
        .copied()
        .filter(|call| call.outcome == Outcome::Gone)
        .collect();
    if !right.is_empty() {
        judgement.settle(&BRI002, twice(asked, of_current));
    }
    if let [orphans @ .., _] = known.held.as_slice()
        && !orphans.is_empty()
    {
        let left = orphans
            .iter()
            .any(|id| !deletes.iter().any(|call| call.names(id)));
        let violation = left.then(|| {
            let summary = "an old credential that an update could not delete is never deleted";
            Violation::new(&BRI030, asked.number, Place::Status, summary)
        });
        judgement.settle(&BRI030, violation);
    }
}
