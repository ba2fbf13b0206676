//! What is looked at first: the key, before the request is validated and before an id is looked up.

use std::sync::Arc;

use futures_util::future::{FutureExt, LocalBoxFuture};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    case::Property,
    check::{AUT008, AUT009, access, answer::excerpt, seen},
    exchange::{Auth, Exchange, Request},
    finding::{Judgement, Place, Violation},
    session::{Session, Stop},
    suite::sample::{Existing, Sample, create_existing, resource},
    target::{ParameterPlace, Target},
};

/// An id of the usual shape that nobody gave out.
const UNKNOWN_ID: &str = "cred_000000000000000000";

/// How a request is made invalid.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Broken {
    /// This well-formed JSON as body.
    Body(Value),
    /// This query parameter.
    Query(String, String),
}

impl Broken {
    fn request(&self, request: Request) -> Request {
        match self {
            Self::Body(body) => request.json(body.clone()),
            Self::Query(name, text) => request.query(name, text),
        }
    }
}

/// Without the key, an invalid request is answered like a valid one.
pub(super) struct Validation {
    sample: Arc<Sample>,
    broken: Vec<Broken>,
}

impl Validation {
    /// `None` if nothing about the operation can be invalid.
    pub(super) fn of(target: &Target, sample: &Arc<Sample>) -> Option<Self> {
        let operation = &sample.operation;
        let schema = operation
            .body
            .as_ref()
            .and_then(|body| body.json()?.schema.as_ref());
        let mut broken = Vec::new();
        if let Some(schema) = schema {
            let without = sample.body.as_ref().and_then(|body| {
                let mut body = body.as_object()?.clone();
                let last = body.keys().next_back()?.clone();
                body.shift_remove(&last);
                Some(Value::Object(body))
            });
            let values = [json!({}), json!([])].into_iter().chain(without);
            broken.extend(
                values
                    .filter(|value| !target.requests.is_valid(schema, value))
                    .map(Broken::Body),
            );
        }
        for parameter in operation.parameters_in(ParameterPlace::Query) {
            let texts = parameter
                .schema
                .as_ref()
                .map(|schema| target.requests.invalid_texts(schema))
                .unwrap_or_default();
            if let Some(text) = texts
                .into_iter()
                .find_map(|one| one.texts.into_iter().next())
            {
                broken.push(Broken::Query(parameter.name.clone(), text));
            }
        }
        (!broken.is_empty()).then(|| Self {
            sample: Arc::clone(sample),
            broken,
        })
    }
}

impl Property for Validation {
    type Input = Broken;

    fn coverage(&self) -> Vec<Broken> {
        self.broken.clone()
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a Broken,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        async move {
            let Some(existing) = create_existing(session, &self.sample.operation).await? else {
                return Ok(());
            };
            let plain = self.sample.request(&existing, &session.unique_name());
            let invalid = input.request(self.sample.request(&existing, &session.unique_name()));
            session.send(plain.auth(Auth::None).tag("plain")).await?;
            session
                .send(invalid.auth(Auth::None).tag("invalid"))
                .await?;
            Ok(())
        }
        .boxed_local()
    }

    fn judge(&self, _input: &Broken, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        let (Some(plain), Some(invalid)) = (
            seen::tagged(exchanges, "plain"),
            seen::tagged(exchanges, "invalid"),
        ) else {
            return;
        };
        // What a valid request without a key is answered is judged elsewhere.
        let (Some(Ok(refusal)), Some(response)) = (
            Some(&plain.exchange.outcome).filter(|_| access::let_in(plain, None) == Some(false)),
            invalid.response(),
        ) else {
            return;
        };
        let violation =
            (response.status != refusal.status && !response.is_server_error()).then(|| {
                let summary = format!(
                    "without a key an invalid request is answered {} and a valid one {}",
                    response.status, refusal.status
                );
                Violation::new(&AUT008, invalid.number, Place::Status, summary)
                    .evidence(excerpt(response))
            });
        judgement.settle(&AUT008, violation);
    }
}

/// Without the key, an id that exists is answered like one that does not.
pub(super) struct Lookup {
    sample: Arc<Sample>,
    variable: String,
}

impl Lookup {
    /// `None` if the operation concerns nothing that can be created.
    pub(super) fn of(target: &Target, sample: &Arc<Sample>) -> Option<Self> {
        let operation = &sample.operation;
        let variable = operation
            .path_variables()
            .find(|variable| resource(target, operation, variable).is_some())?;
        Some(Self {
            variable: variable.to_owned(),
            sample: Arc::clone(sample),
        })
    }
}

impl Property for Lookup {
    type Input = ();

    fn coverage(&self) -> Vec<()> {
        vec![()]
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        _input: &'a (),
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        async move {
            let Some(existing) = create_existing(session, &self.sample.operation).await? else {
                return Ok(());
            };
            let unknown: Existing = existing
                .iter()
                .map(|(name, id)| {
                    let id = if *name == self.variable {
                        UNKNOWN_ID
                    } else {
                        id
                    };
                    (name.clone(), id.to_owned())
                })
                .collect();
            let name = session.unique_name();
            let known = self.sample.request(&existing, &name).auth(Auth::None);
            let unknown = self.sample.request(&unknown, &name).auth(Auth::None);
            session.send(unknown.tag("unknown")).await?;
            session.send(known.tag("known")).await?;
            Ok(())
        }
        .boxed_local()
    }

    fn judge(&self, _input: &(), exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        let (Some(known), Some(unknown)) = (
            seen::tagged(exchanges, "known"),
            seen::tagged(exchanges, "unknown"),
        ) else {
            return;
        };
        let (Some(refusal), Some(response)) = (known.response(), unknown.response()) else {
            return;
        };
        if access::let_in(known, None) != Some(false) || response.is_server_error() {
            return;
        }
        let violation = (!access::same(refusal, response)).then(|| {
            let summary = format!(
                "without a key an id that exists is answered {} and one that does not {}",
                refusal.status, response.status
            );
            Violation::new(&AUT009, unknown.number, Place::Status, summary)
                .evidence(excerpt(response))
        });
        judgement.settle(&AUT009, violation);
    }
}
