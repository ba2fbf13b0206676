//! Texts of a JSON body one by one: where each stands, what it may show, and whether all of it is a
//! short secret, a part of one, or a code made from one.

use std::{borrow::Cow, collections::BTreeSet};

use serde_json::Value;
use spec::Pointer;

use super::{Disclosure, Received, Scanner, Seen, Sighting, Sightings, Whereabouts};
use crate::{
    finding::without_positions,
    secret::{
        evidence::{Glimpse, Series},
        form::chance_of_character,
        registry::{Part, Permission, SecretId, Submission, field_name},
        shape::Shape,
        totp,
        view::Decoding,
    },
};

/// What a text of a body is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Name,
    Number,
    String,
}

/// A text of a body.
pub(super) struct Leaf<'a> {
    path: Path<'a>,
    pub(super) text: Cow<'a, str>,
    pub(super) role: Role,
}

impl Leaf<'_> {
    /// Where it stands.
    pub(super) fn place(&self) -> Whereabouts {
        Whereabouts::Body(self.path.pointer())
    }
}

/// The way from the root of a body. A pointer is made of it only where something is found.
#[derive(Clone, Copy)]
enum Path<'a> {
    Root,
    Member(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl Path<'_> {
    fn pointer(&self) -> Pointer {
        match self {
            Self::Root => Pointer::root(),
            Self::Member(parent, name) => parent.pointer().child(name),
            Self::Item(parent, number) => parent.pointer().index(*number),
        }
    }
}

/// Calls `tell` with each leaf of `value`, in the order in which they are written.
pub(super) fn each(value: &Value, tell: &mut dyn FnMut(Leaf<'_>)) {
    each_from(Path::Root, value, tell);
}

fn each_from(path: Path<'_>, value: &Value, tell: &mut dyn FnMut(Leaf<'_>)) {
    let leaf = |path, text, role| Leaf { path, text, role };
    match value {
        Value::String(text) => tell(leaf(path, text.into(), Role::String)),
        Value::Number(number) => tell(leaf(path, number.to_string().into(), Role::Number)),
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                each_from(Path::Item(&path, number), item, tell);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let inner = Path::Member(&path, name);
                tell(leaf(inner, name.into(), Role::Name));
                each_from(inner, value, tell);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// Whether the secret may show so much at that place of that answer.
pub(super) fn is_permitted(
    received: &Received<'_>,
    submission: &Submission,
    sighting: &Sighting,
) -> bool {
    let Whereabouts::Body(pointer) = &sighting.place else {
        return false;
    };
    let is_plain = sighting
        .decodings
        .iter()
        .all(|one| *one == Decoding::Escapes);
    submission
        .permitted
        .iter()
        .filter(|one| is_at(one, received, pointer))
        .any(|permission| match permission.part {
            Part::Whole => is_plain && is_about(received.path, &submission.stored),
            Part::Excerpt => {
                (is_plain || *pointer == Pointer::root()) && !sighting.disclosure.is_digest()
            }
            Part::LastFour => match sighting.disclosure {
                Disclosure::Glimpse(Glimpse::Last(count)) => count <= 4,
                // Nothing but its last four characters.
                Disclosure::Glimpse(Glimpse::Whole) => submission.value.trim().chars().count() <= 4,
                _ => false,
            },
        })
}

/// Whether the permission is for this member of this answer.
fn is_at(permission: &Permission, received: &Received<'_>, pointer: &Pointer) -> bool {
    let operations = &permission.operations;
    let answers = operations.iter().any(|one| one == received.operation);
    let is_there = match permission.part {
        // What is permitted as a whole may be an object.
        Part::Whole => pointer.tokens().any(|token| token == permission.member),
        // Escapes can make the body as a whole look like a part of a secret that it may show.
        Part::Excerpt if *pointer == Pointer::root() => true,
        _ => pointer.last().is_some_and(|last| last == permission.member),
    };
    is_there && (operations.is_empty() || answers && (200..300).contains(&received.status))
}

/// Whether a path that names something names one of `ids`. Where nothing is known of ids, the path
/// says nothing.
fn is_about(path: &str, ids: &[String]) -> bool {
    ids.is_empty()
        || path.split('/').any(|segment| {
            let segment = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
            ids.iter().any(|id| *id == segment)
        })
}

/// Longest texts that are compared with parts of secrets; longer parts are found by the index.
const LONGEST: usize = 24;
/// Secrets of a group that are compared, the newest ones.
const COMPARED: usize = 48;
/// Digits of a one-time code, and the chance in them with the codes of a few steps.
const CODE_DIGITS: usize = 6;
const CODE_BITS: f32 = 17.9;
/// Characters by which values are hidden.
const MASKS: [char; 7] = ['*', '•', 'x', 'X', '#', '.', '●'];

/// A secret that a text matches.
struct Hit {
    secret: SecretId,
    field: String,
    glimpse: Glimpse,
    bits: f32,
}

impl Scanner {
    /// Compares a whole text with the short secrets, parts and codes of the group.
    pub(super) fn glimpses(
        &self,
        received: &Received<'_>,
        text: &str,
        place: &dyn Fn() -> Whereabouts,
        sightings: &mut Sightings,
    ) {
        let text = text.trim();
        let Some(local) = received.group.and_then(|group| self.groups.get(&group)) else {
            return;
        };
        if text.len() < 2 || text.len() > LONGEST {
            return;
        }
        let mut hits: Vec<Hit> = Vec::new();
        let mut fields: BTreeSet<&Pointer> = BTreeSet::new();
        for id in local.secrets.iter().rev().take(COMPARED) {
            let Some(submission) = self.submission(*id) else {
                continue;
            };
            if submission.shape == Shape::Body {
                continue;
            }
            fields.insert(&submission.field);
            let mut push = |(glimpse, bits)| {
                hits.push(Hit {
                    secret: *id,
                    field: submission.name(),
                    glimpse,
                    bits,
                });
            };
            if submission.shape == Shape::TotpKey
                && is_code(text)
                && shows_code(submission, text, received.during)
            {
                push((Glimpse::OneTimeCode, CODE_BITS));
            }
            if let Some(found) = glimpse(&submission.value, text) {
                let sighting = Sighting {
                    secret: *id,
                    place: place(),
                    disclosure: Disclosure::Glimpse(found.0),
                    decodings: Vec::new(),
                };
                if !is_permitted(received, submission, &sighting) {
                    push(found);
                }
            }
        }
        if hits.is_empty() && !self.evidence.lock().has(received.operation) {
            return;
        }
        let fields: BTreeSet<String> = fields.into_iter().map(field_name).collect();
        self.weigh(
            received.operation,
            text,
            &place(),
            &hits,
            &fields,
            sightings,
        );
    }

    /// Of several secrets that match, such as the same one sent twice, the newest is meant, and a
    /// text that matches one is no miss of the others.
    fn weigh(
        &self,
        operation: &str,
        text: &str,
        place: &Whereabouts,
        hits: &[Hit],
        fields: &BTreeSet<String>,
        sightings: &mut Sightings,
    ) {
        let generalized = without_indices(place);
        let series = |field: &str, glimpse| Series {
            operation: operation.to_owned(),
            place: generalized.clone(),
            field: field.to_owned(),
            glimpse,
        };
        let mut evidence = self.evidence.lock();
        let mut counted: Vec<Series> = Vec::new();
        for hit in hits {
            let series = series(&hit.field, hit.glimpse);
            if counted.contains(&series) {
                continue;
            }
            counted.push(series.clone());
            let enough = evidence.hit(series, text, hit.bits);
            if enough || is_named(place, &hit.field, hit.glimpse) {
                let seen = Seen {
                    secret: hit.secret,
                    disclosure: Disclosure::Glimpse(hit.glimpse),
                    decodings: Vec::new(),
                    bits: hit.bits,
                };
                sightings.take(place, vec![seen]);
            }
        }
        let length = text.chars().count();
        for field in fields {
            for glimpse in [
                Glimpse::Whole,
                Glimpse::First(length),
                Glimpse::Last(length),
                Glimpse::OneTimeCode,
            ] {
                let series = series(field, glimpse);
                if !counted.contains(&series) {
                    evidence.miss(&series);
                }
            }
        }
    }
}

/// What of `value` all of `text` is, with the chance of that in bits; a few characters more or less
/// are evidence only if they repeat.
fn glimpse(value: &str, text: &str) -> Option<(Glimpse, f32)> {
    let value = value.trim();
    let length = text.chars().count();
    let whole = value.chars().count();
    let found = if value == text || is_same_number(value, text) {
        Glimpse::Whole
    } else if length < 2 || length >= whole {
        return masked(value, text);
    } else if value.starts_with(text) {
        Glimpse::First(length)
    } else if value.ends_with(text) {
        Glimpse::Last(length)
    } else {
        return masked(value, text);
    };
    Some((found, chance(text)))
}

/// Whether a text is a secret of which some characters are hidden: `41••••••29`.
fn masked(value: &str, text: &str) -> Option<(Glimpse, f32)> {
    let shown: Vec<&str> = text
        .split(MASKS)
        .filter(|one| !one.trim().is_empty())
        .collect();
    let hidden = text.chars().filter(|one| MASKS.contains(one)).count();
    if hidden < 2 {
        return None;
    }
    let ends = |part: &str| value.ends_with(part.trim_start());
    match shown[..] {
        [part] if text.starts_with(part) && value.starts_with(part.trim_end()) => {
            let part = part.trim_end();
            Some((Glimpse::First(part.chars().count()), chance(part)))
        }
        [part] if text.ends_with(part) && ends(part) => {
            let part = part.trim_start();
            Some((Glimpse::Last(part.chars().count()), chance(part)))
        }
        [first, last] if value.starts_with(first.trim_end()) && ends(last) => {
            let first = first.trim_end();
            let bits = chance(first) + chance(last.trim_start());
            Some((Glimpse::First(first.chars().count()), bits))
        }
        _ => None,
    }
}

fn chance(text: &str) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "lengths of texts are small")]
    let length = text.chars().count() as f32;
    chance_of_character(text) * length
}

/// `07` and 7 are the same month.
fn is_same_number(value: &str, text: &str) -> bool {
    let digits = |one: &str| !one.is_empty() && one.bytes().all(|byte| byte.is_ascii_digit());
    digits(value) && digits(text) && value.trim_start_matches('0') == text.trim_start_matches('0')
}

/// Whether a short secret stands under the name of its own field, which is no accident.
fn is_named(place: &Whereabouts, field: &str, glimpse: Glimpse) -> bool {
    let Whereabouts::Body(pointer) = place else {
        return false;
    };
    let plain = |text: &str| -> String {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|one| one.to_ascii_lowercase())
            .collect()
    };
    let name = pointer.last().map(|last| plain(&last)).unwrap_or_default();
    glimpse == Glimpse::Whole && name.len() >= 3 && plain(field).ends_with(&name)
}

fn is_code(text: &str) -> bool {
    text.len() == CODE_DIGITS && text.bytes().all(|one| one.is_ascii_digit())
}

fn shows_code(submission: &Submission, text: &str, during: (u64, u64)) -> bool {
    totp::key(&submission.value)
        .is_some_and(|key| totp::codes(&key, during.0, during.1).contains(&text.to_owned()))
}

/// The place, where items of a list count together.
fn without_indices(place: &Whereabouts) -> String {
    match place {
        Whereabouts::Body(pointer) => without_positions(pointer),
        other => other.to_string(),
    }
}
