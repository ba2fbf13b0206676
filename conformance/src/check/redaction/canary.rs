//! Searches the answers of one input for the secrets that its requests submitted.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use zeroize::Zeroizing;

use super::fields::Fields;
use crate::{
    check::{Check, RED001, RED002, RED003, RED004, RED005},
    exchange::{Body, Exchange},
    finding::{Judgement, Place, Violation},
    secret::{
        canary::Class,
        evidence::Glimpse,
        form::Kind,
        registry::{Group, Submission},
        scan::{Disclosure, Received, Scanner, Sighting, Whereabouts},
    },
};

/// Checks that the search judges.
pub(crate) const SEARCHED: [&Check; 5] = [&RED001, &RED002, &RED003, &RED004, &RED005];

/// Searches every answer of `exchanges` for the secrets of the requests up to it. `fields` are the
/// secrets of operations, by their names. When it happened is what the `Date` of the answers says.
///
/// A secret that its own request also names in the open is not looked for in the answer to it.
pub(crate) fn search(
    fields: &BTreeMap<String, Fields>,
    exchanges: &[Rc<Exchange>],
    judgement: &mut Judgement,
) {
    let during = during(exchanges);
    let mut scanner = Scanner::default();
    // What a request says in the open is no secret, even if another one submits it as such.
    let public = public_texts(fields, exchanges);
    let mut known: Vec<String> = Vec::new();
    let mut searched = false;
    for (number, exchange) in exchanges.iter().enumerate() {
        submit(fields, exchange, number, &public, &mut known, &mut scanner);
        let Some(response) = exchange.response().filter(|_| !known.is_empty()) else {
            continue;
        };
        searched = true;
        let operation = format!("{} {}", exchange.request.method, exchange.request.template);
        let received = Received::of(response, &operation, Some(Group(0)), during);
        for sighting in scanner.scan(&received) {
            let Some(submission) = scanner.submission(sighting.secret) else {
                continue;
            };
            if !is_public(exchange, &submission.value) {
                judgement.fail(violation(number, submission, &sighting));
            }
        }
    }
    if searched {
        for check in SEARCHED {
            let failed = judgement
                .violations()
                .iter()
                .any(|violation| violation.check == check);
            if !failed {
                judgement.pass(check);
            }
        }
    }
}

/// Texts of request bodies that are no secrets.
fn public_texts(fields: &BTreeMap<String, Fields>, exchanges: &[Rc<Exchange>]) -> BTreeSet<String> {
    let mut public = BTreeSet::new();
    for exchange in exchanges {
        let name = exchange.request.operation.as_deref().unwrap_or_default();
        if let (Body::Json(body), Some(fields)) = (&exchange.request.body, fields.get(name)) {
            public.extend(fields.beside(body));
        }
    }
    public
}

/// The first and the last `Date` of the answers, in seconds after the epoch.
fn during(exchanges: &[Rc<Exchange>]) -> (u64, u64) {
    let dates = exchanges.iter().filter_map(|exchange| {
        let date = exchange.response()?.header("date")?;
        let date = httpdate::parse_http_date(date).ok()?;
        date.duration_since(std::time::UNIX_EPOCH).ok()
    });
    let seconds: Vec<u64> = dates.map(|date| date.as_secs()).collect();
    let bound = |bound: Option<&u64>| bound.copied().unwrap_or_default();
    (bound(seconds.iter().min()), bound(seconds.iter().max()))
}

fn submit(
    fields: &BTreeMap<String, Fields>,
    exchange: &Exchange,
    number: usize,
    public: &BTreeSet<String>,
    known: &mut Vec<String>,
    scanner: &mut Scanner,
) {
    let Body::Json(body) = &exchange.request.body else {
        return;
    };
    let name = exchange.request.operation.as_deref().unwrap_or_default();
    let Some(fields) = fields.get(name) else {
        return;
    };
    for field in fields.within(body) {
        let is_public = public.iter().any(|text| text.contains(&field.value));
        if is_public || known.contains(&field.value) {
            continue;
        }
        known.push(field.value.clone());
        scanner.submit(Submission {
            field: field.pointer,
            shape: field.shape,
            class: None::<Class>,
            request: number as u64 + 1,
            group: Group(0),
            permitted: field.permitted,
            value: Zeroizing::new(field.value),
        });
    }
}

/// Whether the request itself holds the value in its path or query, where it is no secret.
fn is_public(exchange: &Exchange, value: &str) -> bool {
    let target = exchange.request.target();
    let decoded = percent_encoding::percent_decode_str(&target).decode_utf8_lossy();
    decoded.contains(value) || exchange.request.query.is_some() && decoded.contains(value.trim())
}

fn violation(number: usize, submission: &Submission, sighting: &Sighting) -> Violation {
    let check = check(sighting);
    let undone: Vec<String> = sighting.decodings.iter().map(ToString::to_string).collect();
    let behind = if undone.is_empty() {
        String::new()
    } else {
        format!(", behind {}", undone.join(" and "))
    };
    let form = match sighting.disclosure {
        Disclosure::Whole(Kind::Plain) => String::new(),
        other => format!(" as {other}"),
    };
    let summary = format!("{submission} comes back{form}{behind}");
    let evidence = format!("{submission} at {}{form}{behind}", sighting.place);
    let mut violation =
        Violation::new(check, number, place(&sighting.place), summary).evidence(evidence);
    violation.secret = Some(submission.field.clone());
    violation
}

fn check(sighting: &Sighting) -> &'static Check {
    match sighting.disclosure {
        Disclosure::Glimpse(Glimpse::OneTimeCode) => &RED005,
        disclosure if disclosure.is_digest() => &RED003,
        disclosure if disclosure.is_partial() => &RED004,
        Disclosure::Whole(Kind::Plain) | Disclosure::Glimpse(_)
            if sighting.decodings.is_empty() =>
        {
            &RED001
        }
        _ => &RED002,
    }
}

fn place(place: &Whereabouts) -> Place {
    match place {
        Whereabouts::Reason | Whereabouts::Log(..) => Place::Status,
        Whereabouts::Header(name) | Whereabouts::Trailer(name) => Place::Header(name.clone()),
        Whereabouts::Body(pointer) => Place::Body(pointer.clone()),
    }
}
