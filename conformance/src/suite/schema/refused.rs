//! Invalid input: refused, with an error of the right shape that points at the member at fault.

use std::sync::Arc;

use futures_util::future::{FutureExt, LocalBoxFuture};
use proptest::{prelude::Strategy, strategy::SBoxedStrategy};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec::{Location, Pointer};

use super::{Thoroughness, ask::Ask, query_parameters};
use crate::{
    case::{InputTree, Listed, Property, tree},
    check::{Check, SCH008, SCH009, SCH010, SCH011, answer, refusal, refusal::Names, seen},
    exchange::Exchange,
    finding::Judgement,
    schema::{Broken, BrokenText},
    session::{Session, Stop},
    suite::sample::Sample,
    target::{Target, TargetKind},
};

/// An invalid request, and why it is invalid.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Invalid {
    #[serde(flatten)]
    ask: Ask,
    /// What was broken.
    why: String,
    /// Where.
    at: String,
    /// The schema that is broken, as a pointer into the document.
    schema: String,
}

impl Invalid {
    fn judge(
        &self,
        target: &Target,
        names: &Names,
        sample: &Sample,
        part: (&'static str, &'static Check),
        exchanges: &[Arc<Exchange>],
        judgement: &mut Judgement,
    ) {
        let Some(asked) = seen::tagged(exchanges, "asked") else {
            return;
        };
        let operation = &sample.operation;
        answer::judge(target, operation, asked, judgement);
        let Some(response) = asked.response().filter(|one| !one.is_server_error()) else {
            return;
        };
        let pointer = Pointer::parse(&self.at).unwrap_or_default();
        let schema = Pointer::parse(&self.schema).map(Location::root);
        let (part, check) = part;
        let broken = refusal::Broken {
            part,
            pointer: &pointer,
            reason: &self.why,
            schema: schema.as_ref(),
        };
        let violation = refusal::refused(check, asked, response, broken);
        let refused = violation.is_none();
        judgement.settle(check, violation);
        if !refused {
            return;
        }
        let shape = refusal::shape(target, operation, asked, response);
        let well_formed = shape.is_none();
        judgement.settle(&SCH010, shape);
        if !well_formed || !matches!(response.status, 400 | 422) {
            return;
        }
        let body = operation.body.as_ref().and_then(|body| body.json());
        let certain = match body.and_then(|body| body.schema.as_ref()) {
            // The overlays of the APIs that this tool is for say which branch is meant.
            Some(schema) if part == "body" && target.kind == TargetKind::OpenApi => {
                refusal::certain(target, schema, &pointer)
            }
            _ => pointer.clone(),
        };
        let broken = refusal::Broken {
            pointer: &certain,
            ..broken
        };
        match refusal::location(names, asked, response, broken) {
            Some(Ok(())) => judgement.pass(&SCH011),
            Some(Err(violation)) => judgement.fail(violation),
            None => {}
        }
    }
}

/// Bodies that break their schema.
pub(super) struct Bodies {
    target: Arc<Target>,
    names: Arc<Names>,
    sample: Arc<Sample>,
    schema: Location,
    listed: Vec<Listed<Broken>>,
}

impl Bodies {
    /// `None` if no body of the operation is invalid.
    pub(super) fn of(
        target: &Arc<Target>,
        names: &Arc<Names>,
        sample: &Arc<Sample>,
        thoroughness: Thoroughness,
    ) -> Option<Self> {
        let body = sample.operation.body.as_ref()?;
        let schema = body.json()?.schema.clone()?;
        let broken = target.requests.coverage(&schema).invalid.into_iter();
        let broken = broken.map(|one| {
            let (at, what) = (one.at_fault(), one.what.clone());
            Listed::new(one, "body", &at, &what)
        });
        let listed = thoroughness.thin(broken.collect());
        (!listed.is_empty()).then(|| Self {
            target: Arc::clone(target),
            names: Arc::clone(names),
            sample: Arc::clone(sample),
            schema,
            listed,
        })
    }
}

fn invalid_body(broken: Broken) -> Invalid {
    Invalid {
        at: broken.at_fault().to_string(),
        schema: broken.schema.pointer.to_string(),
        why: broken.what,
        ask: Ask {
            body: Some(broken.value),
            ..Ask::default()
        },
    }
}

impl Property for Bodies {
    type Input = Invalid;

    fn listed(&self) -> Vec<Listed<Invalid>> {
        let listed = self.listed.iter().cloned();
        listed
            .map(|one| Listed {
                input: invalid_body(one.input),
                place: one.place,
                point: one.point,
            })
            .collect()
    }

    fn random(&self) -> Option<SBoxedStrategy<Invalid>> {
        let broken = self.target.requests.invalid(&self.schema).ok()?;
        Some(broken.prop_map(invalid_body).sboxed())
    }

    fn simpler(&self, input: &Invalid) -> Option<InputTree<Invalid>> {
        let body = input.ask.body.as_ref()?;
        let mut listed = self.listed.iter().map(|one| &one.input);
        let broken = listed.find(|one| one.value == *body)?.clone();
        let tree = self.target.requests.simpler_broken(&self.schema, broken);
        Some(tree::mapped(tree, invalid_body))
    }

    fn told(&self, input: &Invalid) -> Value {
        input.ask.told()
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a Invalid,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        input.ask.send(session, &self.sample).boxed_local()
    }

    fn judge(&self, input: &Invalid, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        let part = ("body", &SCH008);
        input.judge(
            &self.target,
            &self.names,
            &self.sample,
            part,
            exchanges,
            judgement,
        );
    }
}

/// Query parameters that break their schema.
pub(super) struct Parameters {
    target: Arc<Target>,
    names: Arc<Names>,
    sample: Arc<Sample>,
    listed: Vec<Listed<Invalid>>,
}

impl Parameters {
    /// `None` if no query parameter of the operation can be invalid.
    pub(super) fn of(
        target: &Arc<Target>,
        names: &Arc<Names>,
        sample: &Arc<Sample>,
    ) -> Option<Self> {
        let invalid = |name: &str, broken: BrokenText| {
            let pointer = Pointer::root().child(name);
            let texts = broken.texts.into_iter();
            let ask = Ask {
                query: texts.map(|text| (name.to_owned(), text)).collect(),
                body: sample.body.clone(),
                existing: None::<Value>,
            };
            let what = broken.what;
            let input = Invalid {
                at: pointer.to_string(),
                schema: broken.schema.pointer.to_string(),
                why: what.clone(),
                ask,
            };
            Listed::new(input, "query", &pointer, &what)
        };
        let listed: Vec<Listed<Invalid>> = query_parameters(&sample.operation)
            .flat_map(|(name, schema)| {
                let texts = target.requests.invalid_texts(schema).into_iter();
                texts.map(move |broken| invalid(name, broken))
            })
            .collect();
        (!listed.is_empty()).then(|| Self {
            target: Arc::clone(target),
            names: Arc::clone(names),
            sample: Arc::clone(sample),
            listed,
        })
    }
}

impl Property for Parameters {
    type Input = Invalid;

    fn listed(&self) -> Vec<Listed<Invalid>> {
        self.listed.clone()
    }

    fn told(&self, input: &Invalid) -> Value {
        input.ask.told()
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a Invalid,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        input.ask.send(session, &self.sample).boxed_local()
    }

    fn judge(&self, input: &Invalid, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        let part = ("query", &SCH009);
        input.judge(
            &self.target,
            &self.names,
            &self.sample,
            part,
            exchanges,
            judgement,
        );
    }
}
