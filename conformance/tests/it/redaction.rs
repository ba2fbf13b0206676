//! The search for submitted secrets in what comes back.

mod again;
mod encoding;
mod false_alarm;
mod place;

use bytes::Bytes;
use skyvern_conformance::secret::{
    canary::{Class, Draw},
    registry::{Group, Permission, SecretId, Submission},
    scan::{Received, Scanner, Sighting},
    shape::Shape,
};
use spec::Pointer;
use zeroize::Zeroizing;

/// The group of the requests in these tests.
const GROUP: Group = Group(1);

/// A value of `class` that depends on `number`.
fn value(class: Class, number: u64) -> String {
    Draw::of(&[b"test", &number.to_be_bytes()]).value(class, &[])
}

fn submission(field: &str, value: &str) -> Submission {
    let field = Pointer::parse(field).unwrap();
    let name = field.last().unwrap();
    Submission {
        shape: Shape::of(&name, None),
        field,
        class: Class::Plain,
        request: 1,
        group: GROUP,
        permitted: Vec::new(),
        stored: Vec::new(),
        value: Zeroizing::new(value.to_owned()),
    }
}

fn submit(scanner: &mut Scanner, field: &str, value: &str) -> SecretId {
    scanner.submit(submission(field, value))
}

fn submit_permitted(
    scanner: &mut Scanner,
    field: &str,
    value: &str,
    permission: Permission,
) -> SecretId {
    let mut submission = submission(field, value);
    submission.permitted.push(permission);
    scanner.submit(submission)
}

/// What shows in a body, as an answer to the group.
fn in_body(scanner: &mut Scanner, body: &[u8]) -> Vec<Sighting> {
    in_answer(scanner, &[], body, Some(GROUP))
}

fn in_answer(
    scanner: &mut Scanner,
    headers: &[(&str, &str)],
    body: &[u8],
    group: Option<Group>,
) -> Vec<Sighting> {
    let headers: Vec<(String, Bytes)> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Bytes::copy_from_slice(value.as_bytes())))
        .collect();
    scanner.scan(&Received {
        group,
        operation: "POST /things",
        path: "/things",
        status: 200,
        reason: b"",
        headers: &headers,
        trailers: &[],
        body,
        during: (1_700_000_000, 1_700_000_001),
    })
}

/// `place · how much · what was undone` of each sighting.
fn told(sightings: &[Sighting]) -> Vec<String> {
    sightings
        .iter()
        .map(|one| {
            let decodings: Vec<String> = one.decodings.iter().map(ToString::to_string).collect();
            [
                one.place.to_string(),
                one.disclosure.to_string(),
                decodings.join(" in "),
            ]
            .join(" · ")
            .trim_end_matches(" · ")
            .to_owned()
        })
        .collect()
}
