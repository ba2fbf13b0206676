//! A request that is refused for want of a key has no effect.

use std::sync::Arc;

use futures_util::future::{FutureExt, LocalBoxFuture};
use serde_json::Value;
use spec::Pointer;

use crate::{
    case::Property,
    check::{AUT011, access, credential, seen},
    exchange::{Auth, Body, Exchange},
    finding::{Judgement, Place, Violation},
    session::{Session, Stop},
    suite::{
        credentials,
        sample::{Sample, create_existing, resource},
    },
    target::{Operation, ParameterPlace, Target},
};

/// How many entries of a list are looked at.
const NEWEST: &str = "100";

/// How an effect would show.
enum Trace {
    /// What exists reads as before.
    Read {
        operation: Operation,
        variable: String,
    },
    /// The list has no entry of that name.
    List(Operation),
}

/// One operation that changes something.
pub(super) struct Effect {
    sample: Arc<Sample>,
    trace: Trace,
}

impl Effect {
    /// `None` if the operation changes nothing, or nothing shows that it did.
    pub(super) fn of(target: &Target, sample: &Arc<Sample>) -> Option<Self> {
        let operation = &sample.operation;
        if operation.is_safe() {
            return None;
        }
        let creates = target
            .resources
            .iter()
            .find(|resource| resource.create == operation.name);
        let trace = if let Some(resource) = creates {
            sample.body.as_ref()?.get("name")?.as_str()?;
            Trace::List(target.operation(resource.list.as_deref()?)?.clone())
        } else {
            let (variable, resource) = operation
                .path_variables()
                .find_map(|one| Some((one, resource(target, operation, one)?)))?;
            Trace::Read {
                operation: target.operation(resource.read.as_deref()?)?.clone(),
                variable: variable.to_owned(),
            }
        };
        Some(Self {
            sample: Arc::clone(sample),
            trace,
        })
    }
}

impl Property for Effect {
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
            let request = self.sample.request(&existing, &session.unique_name());
            let asked = request.auth(Auth::None).tag("asked");
            match &self.trace {
                Trace::Read {
                    operation,
                    variable,
                } => {
                    let id = existing.iter().find(|(name, _)| name == variable);
                    let Some((_, id)) = id else {
                        return Ok(());
                    };
                    let read = credentials::request(operation).path_param(variable, id);
                    session.send(read.clone().tag("before")).await?;
                    session.send(asked).await?;
                    session.send(read.tag("after")).await?;
                }
                Trace::List(operation) => {
                    session.send(asked).await?;
                    let mut list = credentials::request(operation);
                    let pages = |one: &crate::target::Parameter| one.name == "page_size";
                    if operation.parameters_in(ParameterPlace::Query).any(pages) {
                        list = list.query("page_size", NEWEST);
                    }
                    session.send(list.tag("after")).await?;
                }
            }
            Ok(())
        }
        .boxed_local()
    }

    fn judge(&self, _input: &(), exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        let (Some(asked), Some(after)) = (
            seen::tagged(exchanges, "asked"),
            seen::tagged(exchanges, "after"),
        ) else {
            return;
        };
        if access::let_in(asked, None) != Some(false) {
            return;
        }
        let done = match &self.trace {
            Trace::Read { .. } => {
                let before = seen::tagged(exchanges, "before");
                let Some(before) = before.filter(|seen| seen.exchange.is_success()) else {
                    return;
                };
                let (old, new) = (before.exchange.json(), after.exchange.json());
                let unchanged = match (old, new) {
                    (Some(old), Some(new)) => credential::differences(old, new).is_empty(),
                    (old, new) => old == new,
                };
                !(after.exchange.is_success() && unchanged)
            }
            Trace::List(_) => {
                let Body::Json(body) = &asked.exchange.request.body else {
                    return;
                };
                let Some(entries) = after
                    .exchange
                    .json()
                    .filter(|_| after.exchange.is_success())
                else {
                    return;
                };
                shows_name(entries, &body["name"])
            }
        };
        let violation = done.then(|| {
            let place = Place::Body(Pointer::root());
            Violation::new(
                &AUT011,
                after.number,
                place,
                "a request that was refused for want of a key was done",
            )
        });
        judgement.settle(&AUT011, violation);
    }
}

fn shows_name(value: &Value, name: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| shows_name(item, name)),
        Value::Object(members) => {
            members.get("name") == Some(name)
                || members.values().any(|member| shows_name(member, name))
        }
        _ => false,
    }
}
