//! The scenario: every operation on a subject, with successes and refusals of each kind. What is
//! sent depends on nothing but the secrets and the ids that were answered.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};
use spec::Pointer;

use super::{
    secrets::{Secrets, Slot},
    subject::Subject,
};
use crate::{
    exchange::{Auth, Credential, Exchange, Request},
    ledger::path_id,
    session::{Session, Stop},
    suite::sample::{Existing, Sample},
};

/// Something that a run creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    First,
    Second,
    /// Created with secrets that the server has seen before.
    Third,
    /// Created with those of one that is deleted.
    Fourth,
}

impl Thing {
    fn word(self) -> &'static str {
        match self {
            Self::First => "a first",
            Self::Second => "a second",
            Self::Third => "a third",
            Self::Fourth => "a fourth",
        }
    }

    /// What stands in the place of its id in comparisons.
    fn name(self) -> &'static str {
        match self {
            Self::First => "id of the first",
            Self::Second => "id of the second",
            Self::Third => "id of the third",
            Self::Fourth => "id of the fourth",
        }
    }
}

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Create(Thing, Slot),
    /// Without a public member that is optional.
    CreateBare(Thing, Slot),
    Read(Thing),
    Update(Thing, Slot),
    Delete(Thing),
    List(Listing),
    Refused(Refusal),
}

impl Step {
    /// In a few words.
    pub(super) fn described(&self) -> String {
        match self {
            Self::Create(thing, _) => format!("create {}", thing.word()),
            Self::CreateBare(thing, _) => format!("create {} with less", thing.word()),
            Self::Read(thing) => format!("read {}", thing.word()),
            Self::Update(thing, Slot::Updated) => format!("update {}", thing.word()),
            Self::Update(thing, _) => format!("update {} with the same secrets", thing.word()),
            Self::Delete(thing) => format!("delete {}", thing.word()),
            Self::List(Listing::Whole) => "list".to_owned(),
            Self::List(Listing::Page(number)) => format!("list page {number}"),
            Self::List(Listing::Filtered) => "list one type".to_owned(),
            Self::List(_) => "search for a secret".to_owned(),
            Self::Refused(refusal) => refusal.described(),
        }
    }
}

/// Which part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    Whole,
    /// A page of one, from 1.
    Page(u32),
    Filtered,
    SearchedForSecret,
    SearchedForBeginning,
}

/// A request with secrets that is refused.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Refusal {
    /// A create with a body that is broken in this way.
    Create(Breakage),
    /// The same of an update.
    Update(Breakage),
    UnknownId,
    NoKey,
    WrongKey,
    WrongMethod,
    NoRoute,
    /// Broken before the secrets, so that the position of the fault is the same.
    MalformedBefore,
    PlainText,
    InList,
    /// These are searched and not compared: the answer may tell of the length of the request.
    MalformedAfter,
    Trailing,
    Untyped,
    /// Sent once in a family.
    TooLarge,
}

/// What is wrong with a body, beside its secrets or in the form of one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Breakage {
    Without(Pointer),
    Instead(Pointer, Value),
    SecretInList(Pointer),
    SecretInObject(Pointer),
}

impl Refusal {
    fn described(&self) -> String {
        let broken = |breakage: &Breakage| match breakage {
            Breakage::Without(at) => format!("without {at}"),
            Breakage::Instead(at, value) => format!("with {value} at {at}"),
            Breakage::SecretInList(at) => format!("with {at} in a list"),
            Breakage::SecretInObject(at) => format!("with {at} in an object"),
        };
        match self {
            Self::Create(breakage) => format!("create {}", broken(breakage)),
            Self::Update(breakage) => format!("update {}", broken(breakage)),
            other => match other {
                Self::UnknownId => "update of an unknown id",
                Self::NoKey => "create without the key",
                Self::WrongKey => "create with a wrong key",
                Self::WrongMethod => "create by another method",
                Self::NoRoute => "create at an unknown path",
                Self::MalformedBefore => "malformed JSON",
                Self::MalformedAfter => "JSON without its end",
                Self::Trailing => "JSON with too much at its end",
                Self::PlainText => "JSON as plain text",
                Self::Untyped => "JSON without a content type",
                Self::InList => "the body in a list",
                _ => "a body that is too large",
            }
            .to_owned(),
        }
    }

    /// Whether its answer is searched only.
    pub(super) fn is_aside(&self) -> bool {
        matches!(
            self,
            Self::MalformedAfter | Self::Trailing | Self::Untyped | Self::TooLarge
        )
    }
}

/// Longer than a usual limit on bodies.
const TOO_LARGE: usize = 2 << 20;
/// An id that nothing has.
const NOBODY: &str = "cred_0";
/// Most public members that are broken, and most secrets.
const BROKEN: usize = 4;

/// The steps for `subject`: the same for the same document.
pub(super) fn steps(subject: &Subject) -> Vec<Step> {
    use Step::{Create, CreateBare, Delete, List, Read, Refused, Update};
    use Thing::{First, Fourth, Second, Third};
    let mut steps = vec![
        Create(First, Slot::First),
        Create(Second, Slot::Second),
        Read(First),
        Read(First),
        Read(Second),
        List(Listing::Whole),
        List(Listing::Page(1)),
        List(Listing::Page(2)),
        List(Listing::Filtered),
        List(Listing::SearchedForSecret),
        List(Listing::SearchedForBeginning),
        // The same secrets again, then others.
        Update(First, Slot::First),
        Update(First, Slot::Updated),
        Read(First),
    ];
    for breakage in breakages(subject) {
        steps.push(Refused(Refusal::Create(breakage.clone())));
        steps.push(Refused(Refusal::Update(breakage)));
    }
    let refusals = [
        Refusal::UnknownId,
        Refusal::NoKey,
        Refusal::WrongKey,
        Refusal::WrongMethod,
        Refusal::NoRoute,
        Refusal::MalformedBefore,
        Refusal::PlainText,
        Refusal::InList,
        Refusal::MalformedAfter,
        Refusal::Trailing,
        Refusal::Untyped,
        Refusal::TooLarge,
    ];
    steps.extend(refusals.map(Refused));
    steps.extend([
        List(Listing::Whole),
        Read(First),
        CreateBare(Third, Slot::First),
        Read(Third),
        Delete(Third),
        Delete(First),
        Read(First),
        Update(First, Slot::Updated),
        Delete(First),
        Read(Second),
        // Gone, and the same again.
        Create(Fourth, Slot::First),
        Read(Fourth),
        List(Listing::Whole),
        List(Listing::Page(2)),
        List(Listing::SearchedForSecret),
        Delete(Fourth),
        Delete(Second),
    ]);
    steps.retain(|step| is_possible(subject, step));
    steps
}

fn is_possible(subject: &Subject, step: &Step) -> bool {
    match step {
        Step::Create(..) => true,
        Step::CreateBare(..) | Step::Read(_) => subject.read.is_some(),
        Step::Update(..) => subject.update.is_some(),
        Step::Delete(_) => subject.delete.is_some(),
        Step::List(listing) => match listing {
            Listing::Whole => subject.list.is_some(),
            Listing::Page(_) => subject.lists_by("page") && subject.lists_by("page_size"),
            Listing::Filtered => subject.filter.is_some(),
            Listing::SearchedForSecret | Listing::SearchedForBeginning => {
                subject.lists_by("search")
            }
        },
        Step::Refused(refusal) => match refusal {
            Refusal::Update(_) | Refusal::UnknownId => subject.update.is_some(),
            Refusal::NoKey | Refusal::WrongKey => subject.create.operation.secured,
            _ => true,
        },
    }
}

/// The ways in which a body of `subject` is broken.
fn breakages(subject: &Subject) -> Vec<Breakage> {
    let mut public = Vec::new();
    texts(&subject.body, &Pointer::root(), &mut public);
    public.retain(|at| subject.fields.iter().all(|field| field.pointer != *at));
    let mut all = Vec::new();
    if let Some(first) = public.first() {
        all.push(Breakage::Without(first.clone()));
        all.push(Breakage::Instead(first.clone(), json!(5)));
    }
    if let Some(second) = public.get(1) {
        all.push(Breakage::Instead(second.clone(), json!("nothing")));
    }
    for at in public.iter().take(BROKEN) {
        all.push(Breakage::Instead(at.clone(), json!({"a": 1})));
    }
    for field in subject.fields.iter().take(BROKEN) {
        all.push(Breakage::SecretInList(field.pointer.clone()));
        all.push(Breakage::SecretInObject(field.pointer.clone()));
    }
    all
}

fn texts(value: &Value, pointer: &Pointer, found: &mut Vec<Pointer>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                texts(value, &pointer.child(name), found);
            }
        }
        Value::String(_) => found.push(pointer.clone()),
        _ => {}
    }
}

fn broken(body: &Value, breakage: &Breakage) -> Value {
    let mut broken = body.clone();
    match breakage {
        Breakage::Without(at) => {
            super::secrets::remove(&mut broken, at);
        }
        Breakage::Instead(at, value) => {
            if let Some(place) = broken.pointer_mut(at.as_str()) {
                *place = value.clone();
            }
        }
        Breakage::SecretInList(at) => {
            replace(&mut broken, at, |secret| json!([secret]));
        }
        Breakage::SecretInObject(at) => {
            replace(&mut broken, at, |secret| json!({"value": secret}));
        }
    }
    broken
}

/// Replaces the member at `at`; one that is not there counts as a text, so that the body is as wrong
/// without the secret as with it.
fn replace(body: &mut Value, at: &Pointer, by: impl Fn(Value) -> Value) {
    if let Some(place) = body.pointer_mut(at.as_str()) {
        *place = by(place.take());
        return;
    }
    let mut value = by(json!("-"));
    let mut at = at.clone();
    while let (Some(parent), Some(name)) = (at.parent(), at.last()) {
        if let Some(Value::Object(members)) = body.pointer_mut(parent.as_str()) {
            members.insert(name, value);
            return;
        }
        value = json!({ name: value });
        at = parent;
    }
}

/// What the scenario is played with.
pub(super) struct Player<'a> {
    pub(super) session: &'a Session,
    pub(super) subject: &'a Subject,
    /// What has to exist before.
    pub(super) existing: &'a Existing,
    /// The name of all that is created, by which the list is searched.
    pub(super) name: &'a str,
    /// A text that the list is searched for too.
    pub(super) search: String,
    /// The steps to be played, by their numbers.
    pub(super) steps: &'a [(usize, Step)],
}

impl Player<'_> {
    /// Plays it once; every request is tagged `play:label/step`.
    pub(super) async fn play(
        &self,
        play: usize,
        label: &str,
        secrets: &Secrets,
    ) -> Result<Played, Stop> {
        self.session.begin_group();
        let mut played = Played::default();
        let mut quiet = None;
        for (number, step) in self.steps {
            // What the server remembers of the last request is that of this run, not of another case.
            quiet = match step {
                Step::Create(Thing::First, _) => Some(self.session.quiet().await),
                Step::Create(Thing::Second, _) => quiet,
                _ => None,
            };
            let Some(request) = self.request(step, secrets, &played.ids) else {
                continue;
            };
            let aside = match step {
                Step::Refused(Refusal::TooLarge) if play > 0 => continue,
                Step::Refused(refusal) if refusal.is_aside() => ", aside",
                _ => "",
            };
            let at = self.session.sent();
            let request = request.tag(format!("{play}:{label}/{number}{aside}"));
            let exchange = self.session.send(request).await?;
            if let Step::Create(thing, _) | Step::CreateBare(thing, _) = step
                && let Some(id) = self.id(&exchange)
            {
                played.ids.insert(*thing, id);
            }
            if aside.is_empty() {
                played.exchanges.push((*number, at, exchange));
            }
        }
        Ok(played)
    }

    fn id(&self, exchange: &Exchange) -> Option<String> {
        id(self.subject, exchange)
    }

    fn request(
        &self,
        step: &Step,
        secrets: &Secrets,
        ids: &BTreeMap<Thing, String>,
    ) -> Option<Request> {
        let subject = self.subject;
        let about = |sample: &Sample, thing: Option<Thing>| {
            let id = thing.and_then(|thing| ids.get(&thing));
            let id = id.map_or(NOBODY, String::as_str);
            let mut existing = self.existing.clone();
            if let Some((variable, _)) = &subject.id {
                existing.push((variable.clone(), id.to_owned()));
            }
            sample.bare(&existing)
        };
        let post = || about(&subject.create, None);
        let of = |template, slot| secrets.body(subject, template, slot, self.name);
        let body = |slot| of(&subject.body, slot);
        let other = |slot| {
            let template = subject.update_body.as_ref().unwrap_or(&subject.body);
            of(template, slot)
        };
        Some(match step {
            Step::Create(_, slot) => post().json(body(*slot)),
            Step::CreateBare(_, slot) => {
                let mut template = subject.body.clone();
                if let Some(at) = dispensable(&body(*slot), subject) {
                    super::secrets::remove(&mut template, &at);
                }
                // A secret that the public member asked for may be absent now.
                post().json(of(&template, *slot))
            }
            Step::Read(thing) => about(subject.read.as_ref()?, Some(*thing)),
            Step::Update(thing, slot) => {
                about(subject.update.as_ref()?, Some(*thing)).json(other(*slot))
            }
            Step::Delete(thing) => about(subject.delete.as_ref()?, Some(*thing)),
            Step::List(listing) => self.list(*listing)?,
            Step::Refused(refusal) => {
                let whole = body(Slot::Updated);
                let text = whole.to_string();
                let json = Some("application/json");
                match refusal {
                    Refusal::Create(breakage) => post().json(broken(&whole, breakage)),
                    Refusal::Update(breakage) => {
                        let other = broken(&other(Slot::Updated), breakage);
                        about(subject.update.as_ref()?, Some(Thing::First)).json(other)
                    }
                    Refusal::UnknownId => {
                        about(subject.update.as_ref()?, None).json(other(Slot::Updated))
                    }
                    Refusal::NoKey => post().json(whole).auth(Auth::None),
                    Refusal::WrongKey => post().json(whole).auth(Auth::Instead(Credential::Wrong)),
                    Refusal::WrongMethod => {
                        let mut odd = post().json(whole);
                        "PUT".clone_into(&mut odd.method);
                        odd
                    }
                    Refusal::NoRoute => {
                        let mut odd = post().json(whole);
                        odd.path.push_str("/conformance/none");
                        odd.template.push_str("/conformance/none");
                        odd
                    }
                    Refusal::MalformedBefore => post().bytes(json, format!("{{,{}", &text[1..])),
                    Refusal::PlainText => post().bytes(Some("text/plain"), text),
                    Refusal::InList => post().bytes(json, format!("[{text}]")),
                    Refusal::MalformedAfter => {
                        post().bytes(json, text[..text.len() - 1].to_owned())
                    }
                    Refusal::Trailing => post().bytes(json, format!("{text}}}")),
                    Refusal::Untyped => post().bytes(None, text),
                    Refusal::TooLarge => {
                        let text = format!("{text}{}", " ".repeat(TOO_LARGE));
                        post().bytes(json, text)
                    }
                }
            }
        })
    }

    /// Lists of this run's things only, where the list can be asked for them.
    fn list(&self, listing: Listing) -> Option<Request> {
        let subject = self.subject;
        let list = subject.list.as_ref()?.bare(self.existing);
        let named = if subject.is_searchable() {
            list.clone().query("search", self.name)
        } else {
            list.clone()
        };
        Some(match listing {
            Listing::Whole => named,
            Listing::Page(number) => named
                .query("page", &number.to_string())
                .query("page_size", "1"),
            Listing::Filtered => {
                let (name, value) = subject.filter.as_ref()?;
                named.query(name, value)
            }
            Listing::SearchedForSecret => list.query("search", &self.search),
            Listing::SearchedForBeginning => {
                let beginning: String = self.search.chars().take(10).collect();
                list.query("search", &beginning)
            }
        })
    }
}

/// What came of one play.
#[derive(Default)]
pub(super) struct Played {
    ids: BTreeMap<Thing, String>,
    /// The number of the step, and the exchange with its number among those of the input.
    pub(super) exchanges: Vec<(usize, usize, Arc<Exchange>)>,
}

impl Played {
    /// The names of what was created, and the ids.
    pub(super) fn ids(&self) -> Vec<(String, String)> {
        let named = self
            .ids
            .iter()
            .map(|(thing, id)| (thing.name().to_owned(), id.clone()));
        named.collect()
    }

    /// The same from what was recorded.
    pub(super) fn recorded(
        subject: &Subject,
        steps: &[Step],
        exchanges: Vec<(usize, usize, Arc<Exchange>)>,
    ) -> Self {
        let created = exchanges.iter().filter_map(|(step, _, exchange)| {
            let (Step::Create(thing, _) | Step::CreateBare(thing, _)) = steps.get(*step)? else {
                return None;
            };
            Some((*thing, id(subject, exchange)?))
        });
        Self {
            ids: created.collect(),
            exchanges,
        }
    }
}

fn id(subject: &Subject, exchange: &Exchange) -> Option<String> {
    let (_, at) = subject.id.as_ref()?;
    let id = exchange.json()?.pointer(at.as_str())?;
    path_id(id).map(std::borrow::Cow::into_owned)
}

/// The last public member that `body` may lack.
fn dispensable(body: &Value, subject: &Subject) -> Option<Pointer> {
    let mut public = Vec::new();
    texts(&subject.body, &Pointer::root(), &mut public);
    public.retain(|at| subject.fields.iter().all(|field| field.pointer != *at));
    public.into_iter().rev().find(|at| {
        let mut without = body.clone();
        super::secrets::remove(&mut without, at);
        subject.accepts(&without)
    })
}

/// The request of `exchange`, for a person.
pub(super) fn described(exchange: &Exchange) -> String {
    let request = &exchange.request;
    match &request.query {
        Some(_) => format!("{} {} with a query", request.method, request.template),
        None => format!("{} {}", request.method, request.template),
    }
}
