//! Searches what was received for the secrets that were submitted before.
//!
//! In go the secrets, as requests are made, and then each answer or line of a log; out come
//! [`Sighting`]s. Nothing of an answer is kept.
//!
//! How much of a secret must match depends on where the search looks: in answers to requests of the
//! same [`Group`] there are few secrets to be mistaken for, elsewhere there are thousands.

mod leaf;
mod matching;

use std::{
    borrow::Cow,
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use foldhash::{HashMap, HashSet};
use parking_lot::Mutex;
use serde_json::Value;
use spec::Pointer;

use super::{
    evidence::{Evidence, Glimpse},
    form::{self, Form, Kind},
    index::Index,
    known::Known,
    registry::{Group, SecretId, Submission},
    shape::Shape,
    view::{self, Budget, Decoding},
};
use crate::{
    digest,
    exchange::{Request, Response, read_json},
};
use leaf::{Leaf, Role};
use matching::Search;

/// Secrets that are remembered; older ones are forgotten. The index keeps fewer than that.
const REMEMBERED: usize = 1 << 15;
/// Secrets whose forms are kept once they were compared.
const COMPARED: usize = 256;
/// Groups whose secrets are looked for more closely.
const GROUPS: usize = 256;
/// A secret that is submitted again after so many others is remembered anew, before the index drops
/// it.
const LASTING: u32 = 4096;
/// Most secrets, the newest ones, that a sighting is compared with.
const OTHERS: usize = 4096;
/// Encodings that are undone in a JSON body as it came, beside those in its texts: something may stand
/// between them, or in a member that another of the same name hides.
const SURFACE: usize = 1;
/// The same in pieces that were joined.
const JOINED: usize = 2;
/// Most beginnings of digests that are kept, before they are gathered anew.
const BEGINNINGS: usize = 1 << 18;
/// Most ids that are remembered of a secret.
const STORED: usize = 64;

/// Where a secret showed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whereabouts {
    /// The reason phrase of the status line.
    Reason,
    /// The name of a header, or the value of that header.
    Header(String),
    /// The same of a trailer.
    Trailer(String),
    /// A node of the JSON body; the root for a body as a whole.
    Body(Pointer),
    /// A line of a log, from 1.
    Log(String, u64),
}

impl fmt::Display for Whereabouts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reason => f.write_str("response.reason"),
            Self::Header(name) => write!(f, "response.header:{name}"),
            Self::Trailer(name) => write!(f, "response.trailer:{name}"),
            Self::Body(pointer) => write!(f, "response.body:{pointer}"),
            Self::Log(file, line) => write!(f, "log:{file}:{line}"),
        }
    }
}

/// What of a secret showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disclosure {
    /// All of it, in this form.
    Whole(Kind),
    /// A run of its bytes, from `first`.
    Part {
        /// In which form.
        kind: Kind,
        /// The first byte of the run.
        first: usize,
        /// The length of the run.
        length: usize,
        /// The length of the form.
        of: usize,
    },
    /// A short value or part again and again at the same place, or under the name of the field.
    Glimpse(Glimpse),
}

impl Disclosure {
    /// Whether it is a digest, from which the secret can be guessed but not read.
    pub fn is_digest(self) -> bool {
        matches!(
            self,
            Self::Whole(Kind::Digest(..))
                | Self::Part {
                    kind: Kind::Digest(..),
                    ..
                }
        )
    }

    /// Whether it is less than the whole.
    pub fn is_partial(self) -> bool {
        matches!(
            self,
            Self::Part { .. } | Self::Glimpse(Glimpse::First(_) | Glimpse::Last(_))
        )
    }
}

impl fmt::Display for Disclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(kind) => kind.fmt(f),
            Self::Part {
                kind,
                first,
                length,
                of,
            } => {
                let unit = if self.is_digest() { "bytes of " } else { "" };
                if *first == 0 {
                    write!(f, "the first {length} {unit}of {of}, {kind}")
                } else if first + length == *of {
                    write!(f, "the last {length} {unit}of {of}, {kind}")
                } else {
                    write!(
                        f,
                        "{length} {unit}of {of} from number {}, {kind}",
                        first + 1
                    )
                }
            }
            Self::Glimpse(Glimpse::Whole) => f.write_str("plain"),
            Self::Glimpse(Glimpse::First(count)) => write!(f, "the first {count}"),
            Self::Glimpse(Glimpse::Last(count)) => write!(f, "the last {count}"),
            Self::Glimpse(Glimpse::OneTimeCode) => f.write_str("its one-time code"),
        }
    }
}

/// A secret that showed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sighting {
    /// Which.
    pub secret: SecretId,
    /// Where.
    pub place: Whereabouts,
    /// How much of it, and in which form.
    pub disclosure: Disclosure,
    /// What had to be undone to see it, outermost first.
    pub decodings: Vec<Decoding>,
}

/// What came back for one request.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// The requests that it belongs to, if any.
    pub group: Option<Group>,
    /// Method and path of the document, by which matches are counted.
    pub operation: &'a str,
    /// The path that was asked for, as it went out.
    pub path: &'a str,
    /// The status of the answer.
    pub status: u16,
    /// The reason phrase.
    pub reason: &'a [u8],
    /// Names and values.
    pub headers: &'a [(String, bytes::Bytes)],
    /// Names and values of trailers.
    pub trailers: &'a [(String, bytes::Bytes)],
    /// The body as it came.
    pub body: &'a [u8],
    /// When the request went out and the answer was complete, in seconds after the epoch.
    pub during: (u64, u64),
}

impl<'a> Received<'a> {
    /// The parts of `response` to `request`.
    pub fn of(
        request: &'a Request,
        response: &'a Response,
        operation: &'a str,
        group: Option<Group>,
        during: (u64, u64),
    ) -> Self {
        Self {
            group,
            operation,
            path: &request.path,
            status: response.status,
            reason: &response.reason,
            headers: &response.headers,
            trailers: &response.trailers,
            body: &response.body,
            during,
        }
    }
}

/// The secrets of a run and the search for them.
#[derive(Default)]
pub struct Scanner {
    secrets: VecDeque<Submission>,
    forgotten: u32,
    /// Secrets by a digest of field and value: the same one is remembered once.
    known: HashMap<u64, SecretId>,
    index: Index,
    groups: BTreeMap<Group, Local>,
    /// The first four bytes of digests of secrets, whatever their group.
    beginnings: HashSet<[u8; 4]>,
    evidence: Mutex<Evidence>,
    /// What need not be decoded.
    known_texts: Known,
    /// Forms of the secrets that were compared lately.
    forms: Mutex<HashMap<SecretId, Arc<Vec<Form>>>>,
    bytes: AtomicU64,
    unread: AtomicU64,
}

/// The secrets of one group.
#[derive(Default)]
struct Local {
    secrets: Vec<SecretId>,
    /// The first four bytes of digests.
    digests: HashMap<[u8; 4], SecretId>,
}

impl Scanner {
    /// A search in the answers of a server that is described by `document`.
    pub fn of(document: &Value) -> Self {
        Self {
            known_texts: Known::of(document),
            ..Self::default()
        }
    }

    /// Remembers a secret before its request goes out. The same value of the same field again is
    /// the same secret, of the newest request.
    pub fn submit(&mut self, submission: Submission) -> SecretId {
        let group = submission.group;
        let key = digest::number(&[submission.name().as_bytes(), submission.value.as_bytes()]);
        let known = self.known.get(&key).copied();
        let forms = match known.filter(|known| self.next_id().0 - known.0 < LASTING) {
            Some(id) => {
                let forms = self.forms(id);
                self.submitted_again(id, submission);
                self.join(group, id, &forms);
                return id;
            }
            None => forms_of(&submission),
        };
        let id = self.next_id();
        self.index.add(id, &forms);
        self.join(group, id, &forms);
        if self.known.len() > REMEMBERED {
            self.known.clear();
        }
        self.known.insert(key, id);
        self.secrets.push_back(submission);
        if self.secrets.len() > REMEMBERED {
            self.secrets.pop_front();
            self.forgotten += 1;
        }
        id
    }

    /// Says that `secrets` are stored under `id`, whose own answers may be permitted to show them.
    pub fn stored(&mut self, secrets: &[SecretId], id: &str) {
        for secret in secrets {
            if let Some(submission) = self.submission_mut(*secret)
                && !submission.stored.iter().any(|known| known == id)
            {
                if submission.stored.len() == STORED {
                    submission.stored.remove(0);
                }
                submission.stored.push(id.to_owned());
            }
        }
    }

    fn next_id(&self) -> SecretId {
        let number = u32::try_from(self.secrets.len()).unwrap_or(u32::MAX);
        SecretId(self.forgotten.saturating_add(number))
    }

    fn submitted_again(&mut self, id: SecretId, again: Submission) {
        if let Some(submission) = self.submission_mut(id) {
            submission.request = again.request;
            submission.group = again.group;
            for permission in again.permitted {
                if !submission.permitted.contains(&permission) {
                    submission.permitted.push(permission);
                }
            }
        }
    }

    fn join(&mut self, group: Group, id: SecretId, forms: &[Form]) {
        let local = self.groups.entry(group).or_default();
        if local.secrets.contains(&id) {
            return;
        }
        local.secrets.push(id);
        for form in forms.iter().filter(|form| !form.kind.folds_case()) {
            if let Some(first) = form.bytes.first_chunk() {
                local.digests.insert(*first, id);
                self.beginnings.insert(*first);
            }
        }
        if self.beginnings.len() > BEGINNINGS {
            self.beginnings.clear();
        }
        if self.groups.len() > GROUPS {
            self.groups.pop_first();
        }
    }

    /// Whether `text` holds a secret as it was submitted.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let found = self.search(None).text(text.as_bytes());
        let plain = Disclosure::Whole(Kind::Plain);
        found
            .iter()
            .any(|seen| seen.disclosure == plain && seen.decodings.is_empty())
    }

    /// Whether `shown` is of another secret too, which may show where it was seen: the same text was
    /// submitted twice, and who reads it here learns of that one.
    pub(crate) fn may_show(&self, received: &Received<'_>, seen: &Sighting, shown: &str) -> bool {
        let mut others = self.secrets.iter().rev().take(OTHERS);
        others.any(|other| {
            !other.permitted.is_empty()
                && other.value.contains(shown.trim())
                && leaf::is_permitted(received, other, seen)
        })
    }

    /// Whether nothing was submitted yet.
    pub fn is_empty(&self) -> bool {
        self.secrets.is_empty()
    }

    /// How many secrets were submitted, each counted once.
    pub fn submissions(&self) -> u64 {
        u64::from(self.next_id().0)
    }

    fn submission_mut(&mut self, secret: SecretId) -> Option<&mut Submission> {
        let number = secret.0.checked_sub(self.forgotten)?;
        self.secrets.get_mut(usize::try_from(number).ok()?)
    }

    /// The secret of that id, unless it is forgotten.
    pub fn submission(&self, secret: SecretId) -> Option<&Submission> {
        let number = secret.0.checked_sub(self.forgotten)?;
        self.secrets.get(usize::try_from(number).ok()?)
    }

    /// The forms of a secret; none of one that is forgotten.
    fn forms(&self, secret: SecretId) -> Arc<Vec<Form>> {
        let mut known = self.forms.lock();
        if known.len() > COMPARED {
            known.clear();
        }
        let make = || {
            let submission = self.submission(secret);
            Arc::new(submission.map_or_else(Vec::new, forms_of))
        };
        Arc::clone(known.entry(secret).or_insert_with(make))
    }

    /// Bytes that were searched, before anything was decoded.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Bodies under a content coding that cannot be undone here.
    pub fn unread(&self) -> u64 {
        self.unread.load(Ordering::Relaxed)
    }

    fn count(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Searches an answer. Each secret is told once for each place, in the form that shows most.
    pub fn scan(&self, received: &Received<'_>) -> Vec<Sighting> {
        let mut sightings = Sightings::default();
        self.glimpses_of_headers(received, &mut sightings);
        for (name, value, place) in header_lines(received) {
            self.count(name.len() + value.len());
            let search = self.search(received.group);
            sightings.take(&place, search.text(name.as_bytes()));
            sightings.take(&place, search.text(value));
        }
        self.count(received.reason.len() + received.body.len());
        let search = self.search(received.group);
        sightings.take(&Whereabouts::Reason, search.text(received.reason));
        let body = plain_body(received.headers, received.body);
        if body.is_none() {
            self.unread.fetch_add(1, Ordering::Relaxed);
        }
        let body = body.as_deref().unwrap_or(received.body);
        self.scan_body(received, body, &mut sightings);
        self.permitted(received, sightings)
    }

    /// Searches line `number` of the log `file`.
    pub fn scan_line(&self, file: &str, number: u64, line: &[u8]) -> Vec<Sighting> {
        self.count(line.len());
        let mut sightings = Sightings::default();
        let place = Whereabouts::Log(file.to_owned(), number);
        sightings.take(&place, self.search(None).text(line));
        sightings.into_vec()
    }

    fn scan_body(&self, received: &Received<'_>, body: &[u8], sightings: &mut Sightings) {
        let search = self.search(received.group);
        let root = Whereabouts::Body(Pointer::root());
        let Some(json) = read_json(body) else {
            sightings.take(&root, search.text(body));
            return;
        };
        let mut located = Sightings::default();
        let mut joined = Joined::default();
        // Each text has a budget of its own, or an odd one would use up what the others need.
        let mut left = Budget::MOST;
        let mut rounded = false;
        leaf::each(&json, &mut |leaf| {
            rounded |= leaf.role == Role::Number && leaf.text.contains('e');
            let mut budget = Budget::for_length(leaf.text.len());
            budget.bytes = budget.bytes.min(left);
            left -= budget.bytes;
            let seen = search.within(leaf.text.as_bytes(), &mut budget);
            left += budget.bytes;
            if !seen.is_empty() {
                located.take(&leaf.place(), seen);
            }
            joined.push(&leaf);
        });
        // The digits of a long number, which may be hexadecimal ones twice over, stand nowhere else.
        let depth = if rounded { Budget::DEPTH } else { SURFACE };
        let mut elsewhere = search.shallow(body, depth);
        let mut split = search.shallow(joined.text.as_bytes(), JOINED);
        split.retain(|one| elsewhere.iter().all(|other| other.secret != one.secret));
        for one in &mut split {
            one.decodings.insert(0, Decoding::Split);
        }
        elsewhere.append(&mut split);
        elsewhere.retain(|one| !located.has(one.secret));
        sightings.take(&root, elsewhere);
        sightings.merge(located);
        leaf::each(&json, &mut |leaf| {
            if leaf.role != Role::Name {
                self.glimpses(received, &leaf.text, &|| leaf.place(), sightings);
            }
        });
    }

    fn search(&self, group: Option<Group>) -> Search<'_> {
        Search {
            scanner: self,
            local: group.and_then(|group| self.groups.get(&group)),
        }
    }

    /// Without what the place may show.
    fn permitted(&self, received: &Received<'_>, sightings: Sightings) -> Vec<Sighting> {
        let mut kept = sightings.into_vec();
        kept.retain(|one| match self.submission(one.secret) {
            Some(submission) => !leaf::is_permitted(received, submission, one),
            None => false,
        });
        kept
    }

    fn glimpses_of_headers(&self, received: &Received<'_>, sightings: &mut Sightings) {
        for (_, value, place) in header_lines(received) {
            if let Ok(text) = std::str::from_utf8(value) {
                self.glimpses(received, text, &|| place.clone(), sightings);
            }
        }
    }
}

/// The values of a body one after the other, as pieces of a secret may stand in several.
#[derive(Default)]
struct Joined {
    text: String,
    ends_in_number: bool,
}

impl Joined {
    fn push(&mut self, leaf: &Leaf<'_>) {
        if leaf.role == Role::Name {
            return;
        }
        let is_number = leaf.role == Role::Number;
        // A list of codes of characters is one of numbers.
        if self.ends_in_number && is_number {
            self.text.push(',');
        }
        self.text.push_str(&leaf.text);
        self.ends_in_number = is_number;
    }
}

fn forms_of(submission: &Submission) -> Vec<Form> {
    match submission.shape {
        Shape::Body => form::digests(&submission.value),
        _ => form::forms(&submission.value),
    }
}

/// Names and values of headers and trailers, and where they stand.
fn header_lines<'a>(
    received: &Received<'a>,
) -> impl Iterator<Item = (&'a str, &'a [u8], Whereabouts)> + use<'a> {
    let headers = received
        .headers
        .iter()
        .map(|(name, value)| (&**name, &**value, Whereabouts::Header(name.clone())));
    let trailers = received
        .trailers
        .iter()
        .map(|(name, value)| (&**name, &**value, Whereabouts::Trailer(name.clone())));
    headers.chain(trailers)
}

/// A body without the content coding that its headers name; `None` if that is not known here.
pub(crate) fn plain_body<'a>(
    headers: &[(String, bytes::Bytes)],
    body: &'a [u8],
) -> Option<Cow<'a, [u8]>> {
    let most = Budget::for_length(body.len()).bytes;
    let coding = headers
        .iter()
        .find(|(name, _)| name == "content-encoding")
        .map(|(_, value)| value.to_ascii_lowercase());
    match coding.as_deref() {
        None | Some(b"" | b"identity") => Some(body.into()),
        Some(b"gzip" | b"x-gzip" | b"deflate") => view::inflate(body, most)
            .or_else(|| view::inflate_bare(body, most))
            .map(Into::into),
        Some(_) => None,
    }
}

/// What showed in one text.
#[derive(Clone, Debug)]
struct Seen {
    secret: SecretId,
    disclosure: Disclosure,
    decodings: Vec<Decoding>,
    bits: f32,
}

/// Of each secret at each place the sighting that shows most.
#[derive(Default)]
struct Sightings {
    found: BTreeMap<(Whereabouts, SecretId), Seen>,
}

impl Sightings {
    fn take(&mut self, place: &Whereabouts, seen: Vec<Seen>) {
        for one in seen {
            let key = (place.clone(), one.secret);
            match self.found.get(&key) {
                Some(known) if !one.shows_more_than(known) => {}
                _ => {
                    self.found.insert(key, one);
                }
            }
        }
    }

    fn has(&self, secret: SecretId) -> bool {
        self.found.keys().any(|(_, known)| *known == secret)
    }

    fn merge(&mut self, other: Self) {
        self.found.extend(other.found);
    }

    fn into_vec(self) -> Vec<Sighting> {
        self.found
            .into_iter()
            .map(|((place, secret), seen)| Sighting {
                secret,
                place,
                disclosure: seen.disclosure,
                decodings: seen.decodings,
            })
            .collect()
    }
}

impl Seen {
    /// The secret itself shows more than a digest of it, more of it shows more than less, and the
    /// shorter way to see it is the one to tell.
    fn shows_more_than(&self, other: &Self) -> bool {
        let rank = |one: &Self| (!one.disclosure.is_digest(), one.bits);
        match rank(self).partial_cmp(&rank(other)) {
            Some(std::cmp::Ordering::Greater) => true,
            Some(std::cmp::Ordering::Equal) => self.decodings.len() < other.decodings.len(),
            _ => false,
        }
    }
}
