//! Turns what the watch caught into violations: which check, where, and in words.

use crate::{
    check::{Check, RED001, RED002, RED003, RED004, RED005},
    finding::{Place, Violation},
    secret::{
        evidence::Glimpse,
        form::Kind,
        scan::{Disclosure, Sighting, Whereabouts},
        watch::Caught,
    },
};

/// Checks that the search judges.
pub(crate) const SEARCHED: [&Check; 5] = [&RED001, &RED002, &RED003, &RED004, &RED005];

/// The violation that `caught` is, in exchange `number` of its input.
pub(crate) fn violation(number: usize, caught: &Caught) -> Violation {
    let Caught {
        label,
        field,
        sighting,
    } = caught;
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
    let learns = learns(check);
    let summary = format!("{label} comes back{form}{behind}");
    let evidence = format!(
        "{label} at {}{form}{behind}\nwhoever reads it {learns}",
        sighting.place
    );
    let mut violation =
        Violation::new(check, number, place(&sighting.place), summary).evidence(evidence);
    violation.secret = Some(field.clone());
    violation
}

fn check(sighting: &Sighting) -> &'static Check {
    match sighting.disclosure {
        Disclosure::Glimpse(Glimpse::OneTimeCode) => &RED005,
        disclosure if disclosure.is_digest() => &RED003,
        disclosure if disclosure.is_partial() => &RED004,
        Disclosure::Whole(Kind::Plain | Kind::Squeezed) | Disclosure::Glimpse(_)
            if sighting.decodings.is_empty() =>
        {
            &RED001
        }
        _ => &RED002,
    }
}

/// What an attacker has then.
fn learns(check: &Check) -> &'static str {
    match check.id {
        "RED001" => "has the secret",
        "RED002" => "has the secret once the encoding is undone, which takes no key",
        "RED003" => "can try likely secrets until one has this digest, without asking the server",
        "RED004" => "has so much less to guess, and can tell whose secret it is",
        _ => "can log in with it until it expires",
    }
}

fn place(place: &Whereabouts) -> Place {
    match place {
        Whereabouts::Reason => Place::Reason,
        Whereabouts::Header(name) => Place::Header(name.clone()),
        Whereabouts::Trailer(name) => Place::Trailer(name.clone()),
        Whereabouts::Body(pointer) => Place::Body(pointer.clone()),
        Whereabouts::Log(file, line) => Place::Log(file.clone(), *line),
    }
}
