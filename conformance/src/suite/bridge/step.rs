//! Sequences of requests, and how the service behind the server answers meanwhile: data that
//! shrinks by leaving steps out, and how they are sent. See [`crate::check::bridge`] for the tags.

use std::cell::Cell;

use proptest::{
    collection::vec, prelude::Strategy, prop_oneof, sample::select, strategy::SBoxedStrategy,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::draft::{self, Draft};
use crate::{
    bridge::{Answer, Bridge, Echo, IdForm, RightForm, Script, Silence, WrongForm},
    exchange::{Auth, Credential, Exchange, Request},
    session::{Session, Stop},
    suite::credentials::Credentials,
};

/// One step. `of` numbers the credentials of the sequence in the order of their creation, counted
/// round, so that every shortened sequence still means something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    Create {
        draft: Draft,
        service: Answer,
    },
    /// All at the same time.
    CreateTogether(Vec<Draft>),
    /// What the API is to refuse.
    Refused {
        draft: Draft,
        how: Broken,
    },
    /// The new credential is answered by `service`, the delete of the old one by `old`.
    Update {
        of: usize,
        draft: Draft,
        service: Answer,
        old: Answer,
    },
    Delete {
        of: usize,
        service: Answer,
    },
    Read(usize),
    /// Searches the list for the name.
    List(usize),
}

/// Why a request is to be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Broken {
    NoKey,
    WrongKey,
    /// The type is a number.
    MistypedMember,
    /// An unknown type.
    UnknownType,
    /// The name is missing.
    NoName,
    /// The text ends too early.
    Truncated,
    /// Declared as text.
    Foreign,
    /// An update of an id that there never was.
    UnknownId,
}

impl Broken {
    pub(super) const ALL: [Self; 8] = [
        Self::NoKey,
        Self::WrongKey,
        Self::MistypedMember,
        Self::UnknownType,
        Self::NoName,
        Self::Truncated,
        Self::Foreign,
        Self::UnknownId,
    ];
}

/// An id that no server gives out.
const NOBODY: &str = "cred_000000000000000";

/// Something that was created, or not.
struct Known {
    name: String,
    id: Option<String>,
}

/// The credential service, and the vault that it is to the server.
#[derive(Clone, Copy)]
pub(super) struct Service<'a> {
    pub(super) bridge: &'a Bridge,
    pub(super) vault: Option<&'static str>,
}

struct Sender<'a> {
    api: &'a Credentials,
    session: &'a Session,
    service: Service<'a>,
    known: Vec<Known>,
    /// Counts bodies, so that no two have the same secrets.
    bodies: Cell<usize>,
}

/// Sends `steps`. Calls of the service are recorded behind the exchange that caused them.
pub(super) async fn send(
    api: &Credentials,
    session: &Session,
    service: Service<'_>,
    steps: &[Step],
) -> Result<(), Stop> {
    let mut sender = Sender {
        api,
        session,
        service,
        known: Vec::new(),
        bodies: Cell::new(0),
    };
    let mut sent = Ok(());
    for (number, step) in steps.iter().enumerate() {
        sent = sender.step(number, step).await;
        if sent.is_err() {
            break;
        }
    }
    // What is left is deleted with a service that works.
    for known in &sender.known {
        service.bridge.forget(&known.name);
    }
    sent
}

impl Sender<'_> {
    async fn step(&mut self, number: usize, step: &Step) -> Result<(), Stop> {
        let api = self.api;
        match step {
            Step::Create { draft, service } => {
                self.create(number, vec![draft], service).await?;
            }
            Step::CreateTogether(drafts) => {
                let drafts = drafts.iter().collect();
                self.create(number, drafts, &Answer::Right).await?;
            }
            Step::Refused { draft, how } => self.refused(number, draft, *how).await?,
            Step::Update {
                of,
                draft,
                service,
                old,
            } => {
                if let Some((name, id)) = self.of(*of) {
                    self.expect(&name, service, old);
                    let request = api.update(&id, self.body(draft, &name));
                    self.ask(number, &name, kept_back(request, service)).await?;
                }
            }
            Step::Delete { of, service } => {
                if let Some((name, id)) = self.of(*of) {
                    self.expect(&name, &Answer::Right, service);
                    let request = kept_back(api.delete(&id), service);
                    self.ask(number, &name, request).await?;
                }
            }
            Step::Read(of) => {
                if let Some((name, id)) = self.of(*of) {
                    self.ask(number, &name, api.read(&id)).await?;
                }
            }
            Step::List(of) => {
                let count = self.known.len().max(1);
                if let Some(known) = self.known.get(of % count) {
                    let name = known.name.clone();
                    let request = api.list().query("search", &name).query("page_size", "100");
                    self.ask(number, &name, request).await?;
                }
            }
        }
        Ok(())
    }

    /// The credential that `of` names, if it was created.
    fn of(&self, of: usize) -> Option<(String, String)> {
        let known = self.known.get(of % self.known.len().max(1))?;
        Some((known.name.clone(), known.id.clone()?))
    }

    fn expect(&self, name: &str, post: &Answer, delete: &Answer) {
        let script = Script {
            post: post.clone(),
            delete: delete.clone(),
        };
        self.service.bridge.expect(name, script);
    }

    fn body(&self, draft: &Draft, name: &str) -> serde_json::Value {
        self.bodies.set(self.bodies.get() + 1);
        let mut body = draft.body(name, self.bodies.get());
        if let Some(vault) = self.service.vault {
            body["vault_type"] = json!(vault);
        }
        body
    }

    async fn create(
        &mut self,
        number: usize,
        drafts: Vec<&Draft>,
        service: &Answer,
    ) -> Result<(), Stop> {
        let mut requests = Vec::new();
        let first = self.known.len();
        let together = if drafts.len() > 1 {
            "together"
        } else {
            "alone"
        };
        for draft in drafts {
            let name = self.session.unique_name();
            self.expect(&name, service, &Answer::Right);
            let request = self.api.create(self.body(draft, &name));
            let request = kept_back(request, service);
            requests.push(request.tag(format!("{number}/{name}/{together}")));
            self.known.push(Known { name, id: None });
        }
        let answers = self.session.send_all(requests).await?;
        for (known, answer) in self.known[first..].iter_mut().zip(&answers) {
            known.id = self.api.id_in_answer(answer);
        }
        self.record(number);
        Ok(())
    }

    async fn refused(&mut self, number: usize, draft: &Draft, how: Broken) -> Result<(), Stop> {
        let name = self.session.unique_name();
        self.expect(&name, &Answer::Right, &Answer::Right);
        self.known.push(Known {
            name: name.clone(),
            id: None,
        });
        let mut body = self.body(draft, &name);
        let request = match how {
            Broken::NoKey => self.api.create(body).auth(Auth::None),
            Broken::WrongKey => {
                let request = self.api.create(body);
                request.auth(Auth::Instead(Credential::Wrong))
            }
            Broken::MistypedMember => {
                body["credential_type"] = json!(7);
                self.api.create(body)
            }
            Broken::UnknownType => {
                body["credential_type"] = json!("passport");
                self.api.create(body)
            }
            Broken::NoName => {
                // The secrets still hold the name, so that a call can be told.
                let members = body.as_object_mut();
                members.map(|members| members.remove("name"));
                body["tested_url"] = json!(5);
                body["credential"]["username"] = json!(name);
                body["credential"]["secret_label"] = json!(name);
                self.api.create(body)
            }
            Broken::Truncated => {
                let text = body.to_string();
                let request = self.api.create(body);
                request.bytes(Some("application/json"), text[..text.len() - 1].to_owned())
            }
            Broken::Foreign => {
                let text = body.to_string();
                self.api.create(body).bytes(Some("text/plain"), text)
            }
            Broken::UnknownId => self.api.update(NOBODY, body),
        };
        let request = request.tag(format!("{number}/{name}/refused"));
        let answer = self.session.send(request).await?;
        if let Some(known) = self.known.last_mut() {
            known.id = self.api.id_in_answer(&answer);
        }
        self.record(number);
        Ok(())
    }

    async fn ask(&self, number: usize, name: &str, request: Request) -> Result<(), Stop> {
        let request = request.tag(format!("{number}/{name}/alone"));
        self.session.send(request).await?;
        self.record(number);
        Ok(())
    }

    /// Records the calls that came meanwhile, whichever of the names they are about.
    fn record(&self, number: usize) {
        for known in &self.known {
            let calls = self.service.bridge.take(&known.name);
            let tagged = calls.into_iter().map(|call| {
                let tag = format!("{number}/{}/{}", known.name, call.request.tag);
                Exchange {
                    request: call.request.tag(tag),
                    ..call
                }
            });
            self.session.record(tagged);
            // Clean-up, and whatever comes late, gets the right answer.
            self.expect(&known.name, &Answer::Right, &Answer::Right);
        }
    }
}

/// `request`, which the server cannot answer before it has given up on a service that answers like that.
fn kept_back(request: Request, service: &Answer) -> Request {
    match service {
        Answer::Silence(Silence::Held) => request.held(),
        _ => request,
    }
}

/// Any way to fail that takes no time.
pub(super) fn failing() -> SBoxedStrategy<Answer> {
    let status = select(vec![400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503]);
    let echo = select(ECHOES.as_slice());
    let silence = select(vec![Silence::Dropped, Silence::Cut]);
    prop_oneof![
        4 => (status, echo).prop_map(|(status, echo)| Answer::Error { status, echo }),
        2 => select(WRONG.as_slice()).prop_map(Answer::Wrong),
        1 => silence.prop_map(Answer::Silence),
        1 => select(REDIRECTS.as_slice()).prop_map(Answer::Elsewhere),
    ]
    .sboxed()
}

pub(super) const ECHOES: [Echo; 9] = [
    Echo::Nowhere,
    Echo::Message,
    Echo::Error,
    Echo::Detail,
    Echo::ErrorMessage,
    Echo::Problems,
    Echo::Text,
    Echo::Html,
    Echo::Token,
];

pub(super) const WRONG: [WrongForm; 11] = [
    WrongForm::NoContent,
    WrongForm::Empty,
    WrongForm::Text,
    WrongForm::NoId,
    WrongForm::NullId,
    WrongForm::EmptyId,
    WrongForm::ZeroId,
    WrongForm::Array,
    WrongForm::Wrapped,
    WrongForm::NotJson,
    WrongForm::Truncated,
];

pub(super) const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

/// Right answers to a create.
pub(super) const RIGHT: [RightForm; 6] = [
    RightForm::Ok,
    RightForm::Accepted,
    RightForm::Charset,
    RightForm::Suffix,
    RightForm::Echoing,
    RightForm::Coded,
];

pub(super) const PLAIN_IDS: [IdForm; 4] = [
    IdForm::Number,
    IdForm::Capitals,
    IdForm::Unreserved,
    IdForm::Long,
];

pub(super) const ODD_IDS: [IdForm; 7] = [
    IdForm::Slash,
    IdForm::Question,
    IdForm::Hash,
    IdForm::Percent,
    IdForm::Space,
    IdForm::NonAscii,
    IdForm::Dots,
];

/// A right answer to a POST.
fn right() -> SBoxedStrategy<Answer> {
    prop_oneof![
        4 => proptest::prelude::Just(Answer::Right),
        1 => select(RIGHT.as_slice()).prop_map(Answer::Also),
        1 => select(PLAIN_IDS.as_slice()).prop_map(Answer::Id),
    ]
    .sboxed()
}

fn any() -> impl Strategy<Value = Step> {
    let of = || 0_usize..6;
    let answer = || prop_oneof![3 => right(), 1 => failing()];
    let to_delete = || {
        prop_oneof![
            3 => proptest::prelude::Just(Answer::Right),
            1 => select(vec![RightForm::NoContent, RightForm::Text]).prop_map(Answer::Also),
            1 => failing().prop_filter("a success", |answer| !matches!(answer, Answer::Wrong(_))),
        ]
    };
    let how = select(Broken::ALL.as_slice());
    prop_oneof![
        6 => (draft::any(), answer()).prop_map(|(draft, service)| Step::Create { draft, service }),
        1 => vec(draft::any(), 2..=3).prop_map(Step::CreateTogether),
        1 => (draft::any(), how).prop_map(|(draft, how)| Step::Refused { draft, how }),
        4 => (of(), draft::any(), answer(), to_delete()).prop_map(|(of, draft, service, old)| {
            Step::Update { of, draft, service, old }
        }),
        4 => (of(), to_delete()).prop_map(|(of, service)| Step::Delete { of, service }),
        2 => of().prop_map(Step::Read),
        1 => of().prop_map(Step::List),
    ]
}

/// Sequences of at most `most` steps.
pub(super) fn sequences(most: usize) -> SBoxedStrategy<Vec<Step>> {
    vec(any(), 1..=most.max(1)).sboxed()
}
