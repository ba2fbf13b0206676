//! Leaving an optional query parameter out is the same as sending its default.

use std::sync::Arc;

use futures_util::future::{FutureExt, LocalBoxFuture};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec::Pointer;

use crate::{
    case::Property,
    check::{SCH013, seen},
    exchange::Exchange,
    finding::{Judgement, Place, Violation},
    schema::Schemas,
    session::{Session, Stop},
    suite::{credentials, sample::Sample},
    target::{Operation, Parameter, ParameterPlace, Target},
};

/// So many things are created before they are listed: more than a page usually holds.
const THINGS: usize = 12;
/// The parameter that narrows a list to what has a text in its name.
const SEARCH: &str = "search";
/// How often a read is repeated because what it reads changed meanwhile.
const ROUNDS: usize = 3;

/// A parameter and its default, as it is sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Default {
    name: String,
    text: String,
}

/// The defaults of one safe operation.
pub(super) struct Defaults {
    sample: Arc<Sample>,
    /// Creates what the operation lists.
    create: Option<Arc<Sample>>,
    listed: Vec<Default>,
}

impl Defaults {
    /// `None` if the operation is not safe or has no defaults.
    pub(super) fn of(target: &Target, sample: &Arc<Sample>) -> Option<Self> {
        let operation: &Operation = &sample.operation;
        if !operation.is_safe() {
            return None;
        }
        let listed: Vec<Default> = operation
            .parameters_in(ParameterPlace::Query)
            .filter(|parameter| !parameter.required)
            .filter_map(|parameter| {
                let (_, schema) = target.document.follow(parameter.schema.as_ref()?)?;
                let texts = Schemas::to_texts(schema.get("default").filter(|one| !one.is_null())?)?;
                Some(Default {
                    name: parameter.name.clone(),
                    text: texts.into_iter().next()?,
                })
            })
            .collect();
        let create = target
            .resources
            .iter()
            .find(|one| one.list.as_deref() == Some(&operation.name))
            .filter(|one| !target.withheld.contains_key(&one.create))
            .and_then(|one| Sample::of(target, target.operation(&one.create)?))
            .filter(|one| one.operation.path_variables().next().is_none());
        (!listed.is_empty()).then(|| Self {
            sample: Arc::clone(sample),
            create: create.map(Arc::new),
            listed,
        })
    }
}

impl Property for Defaults {
    type Input = Default;

    fn coverage(&self) -> Vec<Default> {
        self.listed.clone()
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a Default,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        async move {
            let word = session.unique_name();
            if let Some(create) = &self.create {
                let named = |number| create.request(&Vec::new(), &format!("{word}-{number}"));
                let requests = (0..THINGS).map(|number| named(number).tag("setup"));
                session.send_all(requests.collect()).await?;
            }
            let mut request = credentials::request(&self.sample.operation);
            let searches = |one: &Parameter| one.name == SEARCH;
            if self
                .sample
                .operation
                .parameters_in(ParameterPlace::Query)
                .any(searches)
            {
                // What others do to the list meanwhile then matters less.
                request = request.query(SEARCH, &word);
            }
            let with = request.clone().query(&input.name, &input.text);
            let _quiet = session.quiet().await;
            for round in 0..ROUNDS {
                let before = request.clone().tag(format!("before-{round}"));
                let before = session.send(before).await?;
                session
                    .send(with.clone().tag(format!("with-{round}")))
                    .await?;
                let after = request.clone().tag(format!("after-{round}"));
                let after = session.send(after).await?;
                if before.json() == after.json() {
                    break;
                }
            }
            Ok(())
        }
        .boxed_local()
    }

    fn judge(&self, input: &Default, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        for round in 0..ROUNDS {
            let tagged = |word: &str| seen::tagged(exchanges, &format!("{word}-{round}"));
            let (Some(before), Some(with), Some(after)) =
                (tagged("before"), tagged("with"), tagged("after"))
            else {
                return;
            };
            let all_answered = [before, with, after]
                .iter()
                .all(|one| one.exchange.is_success());
            // What is not the same twice cannot be compared with anything.
            if !all_answered || before.exchange.json() != after.exchange.json() {
                continue;
            }
            let violation = (before.exchange.json() != with.exchange.json()).then(|| {
                let pointer = Pointer::root().child(&input.name);
                let count = |seen: seen::Seen<'_>| {
                    seen.exchange.json().and_then(Value::as_array).map(Vec::len)
                };
                let evidence = match (count(before), count(with)) {
                    (Some(without), Some(with)) => {
                        format!("{without} entries without it, {with} with it")
                    }
                    _ => String::new(),
                };
                let place = Place::Request("query", pointer);
                let summary = format!(
                    "leaving out {} is not the same as sending its default {}",
                    input.name, input.text
                );
                Violation::new(&SCH013, with.number, place, summary).evidence(evidence)
            });
            judgement.settle(&SCH013, violation);
        }
    }
}
