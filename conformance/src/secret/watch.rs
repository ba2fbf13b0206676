//! Watches all of a run: what goes out as secret is remembered, and all that comes back is searched
//! for it, whichever suite asked.
//!
//! In go requests and exchanges, in the order of the network; out come [`Caught`]s. What a request
//! says in the open, or the document says anyway, is no secret.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use parking_lot::{Mutex, RwLock};
use spec::Pointer;
use zeroize::Zeroizing;

use super::{
    canary::Class,
    form::{Kind, is_kept},
    log::Follower,
    public::{self, Public},
    registry::{Group, SecretId, Submission},
    scan::{Disclosure, Received, Scanner, Sighting, Whereabouts},
    shape::Shape,
    vocabulary::Vocabulary,
};
use crate::{
    check::redaction::{Field, Fields},
    exchange::{Body, Exchange, Request},
    given,
    ledger::id_text,
    target::{Target, TargetKind},
};

/// Most sightings outside of cases that are kept.
const STRAYS: usize = 64;
/// After so many answers the logs are read: before the first secrets are forgotten.
const BETWEEN_LOGS: u64 = 512;

/// A secret that came back.
#[derive(Clone, Debug)]
pub struct Caught {
    /// Its name: field, class, and the request that submitted it.
    pub label: String,
    /// The member of the request that held it.
    pub field: Pointer,
    /// Where and how it showed.
    pub sighting: Sighting,
}

/// How much was watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// Secrets that were submitted, each counted once.
    pub secrets: u64,
    /// Answers that were searched.
    pub answers: u64,
    /// Bytes of them, and of logs.
    pub bytes: u64,
    /// Bodies under a content coding that cannot be undone here: they were searched as they came.
    pub unread: u64,
    /// Lines of logs that were searched.
    pub lines: u64,
}

/// The watch over a run.
#[derive(Default)]
pub struct Watch {
    /// The secrets of operations, by their names.
    fields: BTreeMap<String, Fields>,
    /// What the document says: a server may repeat it.
    vocabulary: Vocabulary,
    scanner: RwLock<Scanner>,
    public: Mutex<Public>,
    logs: Mutex<Vec<Follower>>,
    /// What showed in the logs so far, or why one could not be read.
    logged: Mutex<Vec<Caught>>,
    unreadable: Mutex<Option<Unreadable>>,
    strays: Mutex<Vec<(Caught, Arc<Exchange>)>>,
    groups: AtomicU64,
    requests: AtomicU64,
    answers: AtomicU64,
}

/// The name of a log, and why it cannot be read any more.
pub type Unreadable = (String, std::io::Error);

/// What was submitted by one request that is under way.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    group: Option<Group>,
    secrets: Vec<SecretId>,
    at: u64,
}

impl Watch {
    /// A watch over the secrets of `target`, with nothing submitted yet.
    pub fn new(target: &Target) -> Self {
        let fields: BTreeMap<String, Fields> = target
            .operations
            .iter()
            .map(|operation| (operation.name.clone(), Fields::of(target, operation)))
            .filter(|(_, fields)| !fields.is_empty())
            .collect();
        if fields.is_empty() {
            return Self::default();
        }
        Self {
            fields,
            vocabulary: Vocabulary::of(target.document.root()),
            scanner: RwLock::new(Scanner::of(target.document.root())),
            ..Self::default()
        }
    }

    /// Follows the log at `path` from its present end on.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn follow(&self, path: &Path) -> std::io::Result<()> {
        self.logs.lock().push(Follower::open(path)?);
        Ok(())
    }

    /// A group for requests that belong together.
    pub fn group(&self) -> Group {
        Group(1 + self.groups.fetch_add(1, Ordering::Relaxed))
    }

    /// Remembers what `request` submits. To be called before it goes out.
    pub(crate) fn sent(&self, request: &Request, group: Group) -> Sent {
        let number = 1 + self.requests.fetch_add(1, Ordering::Relaxed);
        let mut sent = Sent {
            group: Some(group),
            secrets: Vec::new(),
            at: now(),
        };
        let name = request.operation.as_deref().unwrap_or_default();
        let fields = self.fields.get(name);
        self.publish(request, fields, group);
        let Some(fields) = fields else {
            return sent;
        };
        let found = match &request.body {
            Body::None => return sent,
            Body::Json(body) => fields.within(body),
            Body::Bytes(bytes) => fields.within_bytes(bytes),
        };
        let public = self.public.lock();
        let found: Vec<Field> = found
            .into_iter()
            .filter(|field| {
                let value = &field.value;
                // Names of this tool are public, also where another group gave them.
                let is_name = value.starts_with(given::MARK);
                !is_name && !self.vocabulary.has(value) && !public.has_in(group, value)
            })
            .collect();
        drop(public);
        let values: BTreeSet<String> = found.iter().map(|field| field.value.clone()).collect();
        let mut scanner = self.scanner.write();
        let mut submit = |field: Field| {
            let id = scanner.submit(Submission {
                class: Class::of(field.shape, &field.value),
                field: without_names(&field.pointer, |name| values.contains(name)),
                shape: field.shape,
                request: number,
                group,
                permitted: field.permitted,
                stored: Vec::new(),
                value: Zeroizing::new(field.value),
            });
            sent.secrets.push(id);
        };
        if !found.is_empty()
            && let Body::Json(body) = &request.body
        {
            submit(Field {
                pointer: Pointer::root(),
                shape: Shape::Body,
                permitted: Vec::new(),
                value: body.to_string(),
            });
        }
        found.into_iter().for_each(submit);
        sent
    }

    /// Searches what came back for `exchange`, of which `sent` tells what it submitted.
    pub(crate) fn received(
        &self,
        target: &Target,
        exchange: &Exchange,
        sent: &Sent,
    ) -> Vec<Caught> {
        let Some(response) = exchange.response() else {
            return Vec::new();
        };
        if target.kind == TargetKind::CredentialService && shows_credential(exchange) {
            return Vec::new();
        }
        if self.scanner.read().is_empty() {
            return Vec::new();
        }
        let number = 1 + self.answers.fetch_add(1, Ordering::Relaxed);
        if number.is_multiple_of(BETWEEN_LOGS) {
            self.follow_logs();
        }
        if !sent.secrets.is_empty()
            && let Some(id) = stored_as(target, exchange)
        {
            self.scanner.write().stored(&sent.secrets, &id);
        }
        let scanner = self.scanner.read();
        let request = &exchange.request;
        let operation = format!("{} {}", request.method, request.template);
        let during = (sent.at, now());
        let received = Received::of(request, response, &operation, sent.group, during);
        let mut sightings = scanner.scan(&received);
        hide_names(&mut sightings, &scanner);
        drop_echoes(&mut sightings, &scanner);
        let said = self.public.lock();
        let caught = sightings.into_iter().filter_map(|sighting| {
            let submission = scanner.submission(sighting.secret)?;
            // A list shows what other groups said in the open.
            let shown = shown(submission, &sighting);
            let is_public = public::is_in(&shown, given::MARK)
                || public::is_in(&shown, &target_text(request))
                || said.has(&shown)
                || scanner.may_show(&received, &sighting, &shown);
            (!is_public).then(|| caught(submission, sighting))
        });
        caught.collect()
    }

    /// Whether a log is followed.
    pub fn has_logs(&self) -> bool {
        !self.logs.lock().is_empty()
    }

    /// Keeps what was caught in an answer that belongs to no case.
    pub(crate) fn stray(&self, target: &Target, exchange: &Arc<Exchange>) {
        let caught = self.received(target, exchange, &Sent::default());
        let mut strays = self.strays.lock();
        if strays.len() < STRAYS {
            strays.extend(caught.into_iter().map(|one| (one, Arc::clone(exchange))));
        }
    }

    /// What was caught in answers that belong to no case.
    pub(crate) fn take_strays(&self) -> Vec<(Caught, Arc<Exchange>)> {
        std::mem::take(&mut *self.strays.lock())
    }

    /// Searches what the logs that are followed have got since the last time.
    fn follow_logs(&self) {
        if let Err(unreadable) = self.search_logs() {
            self.unreadable.lock().get_or_insert(unreadable);
        }
    }

    fn search_logs(&self) -> Result<(), Unreadable> {
        let scanner = self.scanner.read();
        for log in &mut *self.logs.lock() {
            let sightings = log.read(&scanner);
            let sightings = sightings.map_err(|error| (log.name().to_owned(), error))?;
            let caught = sightings.into_iter().filter_map(|sighting| {
                let submission = scanner.submission(sighting.secret)?;
                Some(caught(submission, sighting))
            });
            self.logged.lock().extend(caught);
        }
        Ok(())
    }

    /// Searches the logs to their present end: what showed in them in the whole run, and what could
    /// not be read.
    pub fn read_logs(&self) -> (Vec<Caught>, Option<Unreadable>) {
        self.follow_logs();
        (
            std::mem::take(&mut *self.logged.lock()),
            self.unreadable.lock().take(),
        )
    }

    /// How much was watched so far.
    pub fn watched(&self) -> Watched {
        let scanner = self.scanner.read();
        Watched {
            secrets: scanner.submissions(),
            answers: self.answers.load(Ordering::Relaxed),
            bytes: scanner.bytes(),
            unread: scanner.unread(),
            lines: self.logs.lock().iter().map(Follower::lines).sum(),
        }
    }

    fn publish(&self, request: &Request, fields: Option<&Fields>, group: Group) {
        let mut texts = Vec::new();
        if request.query.is_some() {
            let text = target_text(request);
            // To search for a secret makes it no less secret.
            if !self.scanner.read().is_in(&text) {
                texts.push(text);
            }
        }
        let written: Option<serde_json::Value> = match &request.body {
            Body::Bytes(bytes) if fields.is_some() => serde_json::from_slice(bytes).ok(),
            _ => None,
        };
        if let Some(fields) = fields {
            match (&request.body, &written) {
                (Body::Json(body), _) => texts.extend(fields.beside(body)),
                (_, Some(body)) => texts.extend(fields.beside_odd(body)),
                _ => {}
            }
        }
        self.public.lock().say(group, texts);
    }
}

/// Whether it is what a credential service is for: the read of a credential, all of whose members
/// the suite holds against what was stored.
fn shows_credential(exchange: &Exchange) -> bool {
    let request = &exchange.request;
    request.method == "GET" && request.template.ends_with('}') && exchange.is_success()
}

/// Where a secret shows as it was submitted, what the same text shows of another tells nothing more:
/// a part of it, or all of it but for what stands between its letters and digits.
fn drop_echoes(sightings: &mut Vec<Sighting>, scanner: &Scanner) {
    let text = |one: &Sighting| -> Option<String> {
        let submission = scanner.submission(one.secret)?;
        let shown = shown(submission, one).to_ascii_lowercase();
        Some(shown.chars().filter(|one| is_kept(*one)).collect())
    };
    let is_open = |one: &Sighting| {
        one.disclosure == Disclosure::Whole(Kind::Plain) && one.decodings.is_empty()
    };
    let open = sightings.iter().filter(|one| is_open(one));
    let open: Vec<(Whereabouts, String)> = open
        .filter_map(|one| Some((one.place.clone(), text(one)?)))
        .collect();
    let is_echo = |one: &Sighting| {
        let is_text = matches!(
            one.disclosure,
            Disclosure::Whole(Kind::Plain | Kind::Squeezed)
                | Disclosure::Part {
                    kind: Kind::Plain,
                    ..
                }
        );
        let Some(echo) = text(one).filter(|_| is_text && !is_open(one)) else {
            return false;
        };
        let mut open = open.iter();
        open.any(|(place, whole)| *place == one.place && whole.contains(&echo))
    };
    sightings.retain(|one| !is_echo(one));
}

/// Members that are named by a secret stand at one place, whatever the secret is.
fn hide_names(sightings: &mut [Sighting], scanner: &Scanner) {
    let shown: BTreeSet<String> = sightings
        .iter()
        .filter_map(|one| scanner.submission(one.secret))
        .map(|submission| submission.value.to_string())
        .collect();
    for one in sightings {
        if let Whereabouts::Body(pointer) = &mut one.place {
            *pointer = without_names(pointer, |name| shown.contains(name));
        }
    }
}

/// `pointer` with `*` in the place of names that are secrets.
fn without_names(pointer: &Pointer, is_secret: impl Fn(&str) -> bool) -> Pointer {
    pointer.tokens().fold(Pointer::root(), |at, name| {
        at.child(if is_secret(&name) { "*" } else { &name })
    })
}

fn now() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
    elapsed.map_or(0, |elapsed| elapsed.as_secs())
}

/// What showed of the secret, as far as it is text: all of it but for a part of the plain value.
fn shown<'a>(submission: &'a Submission, sighting: &Sighting) -> Cow<'a, str> {
    let value = submission.value.trim();
    match sighting.disclosure {
        Disclosure::Part {
            kind: Kind::Plain,
            first,
            length,
            ..
        } => match value.as_bytes().get(first..first + length) {
            Some(part) => String::from_utf8_lossy(part),
            None => value.into(),
        },
        _ => value.into(),
    }
}

fn caught(submission: &Submission, sighting: Sighting) -> Caught {
    Caught {
        label: submission.to_string(),
        field: submission.field.clone(),
        sighting,
    }
}

/// The id under which what `exchange` submitted is stored: that of the thing it created, or the one
/// in its path.
fn stored_as(target: &Target, exchange: &Exchange) -> Option<String> {
    let name = exchange.request.operation.as_deref()?;
    if !exchange.is_success() {
        return None;
    }
    let created = target.resources.iter().find(|one| one.create == name);
    if let Some(resource) = created {
        let id = exchange.json()?.pointer(resource.id.as_str())?;
        return id_text(id).map(std::borrow::Cow::into_owned);
    }
    let operation = target.operation(name)?;
    let (before, _) = operation.path.split_once('{')?;
    let segment = exchange.request.path.strip_prefix(before)?;
    let segment = segment.split('/').next()?;
    let id = percent_encoding::percent_decode_str(segment).decode_utf8();
    id.ok().map(std::borrow::Cow::into_owned)
}

/// Path and query, decoded.
fn target_text(request: &Request) -> String {
    let target = request.target().replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&target).decode_utf8_lossy();
    decoded.into_owned()
}
