//! Sequences of requests to a credential service as data, and how they are sent. A step names a
//! credential by its number of creation, so that shortened sequences still make sense.

use proptest::{
    collection::vec,
    prelude::{Strategy, any},
    prop_oneof,
    strategy::SBoxedStrategy,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    api::{Api, Writing},
    draft::{Draft, any_draft},
};
use crate::{
    check::contract::{answered_id, is_safe, mark},
    exchange::{Exchange, Request},
    session::{Session, Stop},
};

/// How many requests of a step are under way at once.
const AT_ONCE: usize = 16;

/// One step of a sequence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Step {
    /// Stores a credential.
    Create(Draft),
    /// Stores one as another client writes it.
    CreateAs(Draft, Writing),
    /// Stores once more exactly what was stored.
    Twin(usize),
    /// Stores some at the same time.
    Together(Vec<Draft>),
    /// Stores so many, and reads them all from the last to the first, twice.
    Many(usize),
    /// Reads one.
    Read(usize),
    /// Reads all that are there, the last one first.
    ReadAll,
    /// Deletes one, also if it is gone.
    Delete(usize),
    /// Reads an id that nobody gave out.
    Unknown(String),
    /// Reads an id that is nearly that of a credential.
    Near(usize, Near),
}

/// How an id is near another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Near {
    WithoutLast,
    WithoutFirst,
    Half,
    Lengthened,
    /// As a pattern of SQL.
    Pattern,
    /// As a pattern of shells and of many stores.
    Glob,
}

impl Near {
    pub(super) const ALL: [Self; 6] = [
        Self::WithoutLast,
        Self::WithoutFirst,
        Self::Half,
        Self::Lengthened,
        Self::Pattern,
        Self::Glob,
    ];

    /// `None` if nothing would be left.
    fn of(self, id: &str) -> Option<String> {
        let count = id.chars().count();
        if count < 2 {
            return None;
        }
        Some(match self {
            Self::WithoutLast => id.chars().take(count - 1).collect(),
            Self::WithoutFirst => id.chars().skip(1).collect(),
            Self::Half => id.chars().take(count / 2).collect(),
            Self::Lengthened => format!("{id}0"),
            Self::Pattern => {
                let first: String = id.chars().take(count - 1).collect();
                format!("{first}_")
            }
            Self::Glob => {
                let first: String = id.chars().take(count - 1).collect();
                format!("{first}*")
            }
        })
    }
}

/// What was stored so far.
struct Credentials<'a> {
    api: &'a Api,
    session: &'a Session,
    records: Vec<Record>,
}

struct Record {
    body: Value,
    id: Option<String>,
}

/// Sends a sequence. The tags say what each request is for.
pub(super) async fn send(api: &Api, session: &Session, steps: &[Step]) -> Result<(), Stop> {
    let mut credentials = Credentials {
        api,
        session,
        records: Vec::new(),
    };
    for step in steps {
        credentials.step(step).await?;
    }
    Ok(())
}

impl Credentials<'_> {
    async fn step(&mut self, step: &Step) -> Result<(), Stop> {
        match step {
            Step::Create(draft) => {
                let body = draft.body(&self.session.unique_name());
                let request = self.api.create(&body);
                self.create(vec![(body, request)], mark::CREATE).await
            }
            Step::CreateAs(draft, writing) => {
                let body = draft.body(&self.session.unique_name());
                let request = self.api.create_as(&body, *writing);
                self.create(vec![(body, request)], mark::OTHER_CREATE).await
            }
            Step::Twin(of) => {
                let Some(number) = self.number(*of) else {
                    return Ok(());
                };
                let body = self.records[number].body.clone();
                let request = self.api.create(&body);
                self.create(vec![(body, request)], mark::CREATE).await
            }
            Step::Together(drafts) => {
                let bodies = drafts.iter().map(|draft| {
                    let body = draft.body(&self.session.unique_name());
                    let request = self.api.create(&body);
                    (body, request)
                });
                let bodies = bodies.collect();
                self.create(bodies, mark::TOGETHER).await
            }
            Step::Many(count) => {
                for first in (0..*count).step_by(AT_ONCE) {
                    let numbers = first..(first + AT_ONCE).min(*count);
                    let bodies = numbers.map(|number| {
                        let draft = Draft::numbered(number);
                        let body = draft.body(&self.session.unique_name());
                        let request = self.api.create(&body);
                        (body, request)
                    });
                    let bodies = bodies.collect();
                    self.create(bodies, mark::MANY).await?;
                }
                self.read_all().await?;
                self.read_all().await
            }
            Step::Read(of) => match self.number(*of) {
                Some(number) => self.read(vec![number]).await,
                None => Ok(()),
            },
            Step::ReadAll => self.read_all().await,
            Step::Delete(of) => {
                let found = self.number(*of).and_then(|number| {
                    let id = self.id(number)?;
                    Some(
                        self.api
                            .delete(id)
                            .tag(format!("{} {number}", mark::DELETE)),
                    )
                });
                self.send_if(found).await
            }
            Step::Unknown(id) => {
                let request = self.api.read(id).tag(mark::UNKNOWN);
                self.send_if(Some(request)).await
            }
            Step::Near(of, near) => {
                let found = self.number(*of).and_then(|number| {
                    let id = near.of(self.id(number)?)?;
                    Some(self.api.read(&id).tag(format!("{} {number}", mark::NEAR)))
                });
                self.send_if(found).await
            }
        }
    }

    async fn send_if(&self, request: Option<Request>) -> Result<(), Stop> {
        if let Some(request) = request {
            self.session.send(request).await?;
        }
        Ok(())
    }

    async fn create(&mut self, bodies: Vec<(Value, Request)>, word: &str) -> Result<(), Stop> {
        let (bodies, requests): (Vec<Value>, Vec<Request>) = bodies.into_iter().unzip();
        let requests = requests
            .into_iter()
            .map(|request| request.tag(word.to_owned()))
            .collect();
        let exchanges = self.session.send_all(requests).await?;
        for (body, exchange) in bodies.into_iter().zip(exchanges) {
            let id = usable_id(&exchange);
            self.records.push(Record { body, id });
        }
        Ok(())
    }

    async fn read_all(&self) -> Result<(), Stop> {
        let numbers: Vec<usize> = (0..self.records.len()).rev().collect();
        for some in numbers.chunks(AT_ONCE) {
            self.read(some.to_vec()).await?;
        }
        Ok(())
    }

    async fn read(&self, numbers: Vec<usize>) -> Result<(), Stop> {
        let requests = numbers.into_iter().filter_map(|number| {
            let request = self.api.read(self.id(number)?);
            Some(request.tag(format!("{} {number}", mark::READ)))
        });
        let requests = requests.collect();
        self.session.send_all(requests).await.map(drop)
    }

    fn number(&self, of: usize) -> Option<usize> {
        of.checked_rem(self.records.len())
    }

    fn id(&self, number: usize) -> Option<&str> {
        self.records.get(number)?.id.as_deref()
    }
}

/// The id of a create, if it can be put into a URL.
fn usable_id(exchange: &Exchange) -> Option<String> {
    let id = answered_id(exchange).ok()?;
    (exchange.is_success() && is_safe(&id)).then_some(id)
}

/// Random sequences of at most so many steps.
pub(super) fn sequences(longest: usize) -> SBoxedStrategy<Vec<Step>> {
    let writing = proptest::sample::select(&Writing::OTHER[..]);
    let near = proptest::sample::select(&Near::ALL[..]);
    let of = || any::<u8>().prop_map(usize::from);
    let step = prop_oneof![
        4 => any_draft().prop_map(Step::Create),
        1 => (any_draft(), writing).prop_map(|(draft, writing)| Step::CreateAs(draft, writing)),
        1 => of().prop_map(Step::Twin),
        1 => vec(any_draft(), 2..5).prop_map(Step::Together),
        4 => of().prop_map(Step::Read),
        2 => proptest::strategy::Just(Step::ReadAll),
        3 => of().prop_map(Step::Delete),
        // A short one could be that of something: some services count.
        1 => "[a-z][a-z0-9]{7,23}".prop_map(Step::Unknown),
        1 => (of(), near).prop_map(|(of, near)| Step::Near(of, near)),
    ];
    vec(step, 1..=longest.max(1)).sboxed()
}
