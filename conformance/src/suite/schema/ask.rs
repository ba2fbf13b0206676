//! A request to an operation as data: what is varied about a sample, and how it is sent.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::{
    exchange::{Exchange, Request},
    ledger::path_id,
    session::{Session, Stop},
    suite::{
        credentials,
        sample::{Existing, Sample, create_existing, resource},
    },
    target::{Operation, Target},
};

/// What is varied.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Ask {
    /// Query parameters beside the required ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) query: Vec<(String, String)>,
    /// The body.
    #[serde(
        default,
        deserialize_with = "there",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) body: Option<Value>,
    /// The body from which the thing was created that the operation is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) existing: Option<Value>,
}

/// A member that is there, `null` as well.
fn there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Ask {
    /// The request, and nothing else, to what exists.
    pub(super) fn request(&self, sample: &Sample, existing: &Existing) -> Request {
        let mut request = sample.bare(existing);
        for (name, text) in &self.query {
            request = request.query(name, text);
        }
        match &self.body {
            Some(body) => request.json(body.clone()),
            None => request,
        }
    }

    /// As a person is told of it: the parts of the request, the query by name.
    pub(super) fn told(&self) -> Value {
        let mut told = Map::new();
        if !self.query.is_empty() {
            let pairs = self.query.iter();
            let query = pairs.map(|(name, text)| (name.clone(), Value::from(text.as_str())));
            told.insert("query".to_owned(), query.collect());
        }
        let parts = [("body", &self.body), ("created from", &self.existing)];
        for (name, value) in parts {
            // What is only there to make the request whole says nothing beside a query.
            if let Some(value) = value.as_ref().filter(|_| self.query.is_empty()) {
                told.insert(name.to_owned(), value.clone());
            }
        }
        Value::Object(told)
    }

    /// Creates what is needed and sends the request, tagged `asked`.
    pub(super) async fn send(&self, session: &Session, sample: &Sample) -> Result<(), Stop> {
        if let Some(existing) = self.set_up(session, &sample.operation).await? {
            let request = self.request(sample, &existing).tag("asked");
            session.send(request).await?;
        }
        Ok(())
    }

    async fn set_up(
        &self,
        session: &Session,
        operation: &Operation,
    ) -> Result<Option<Existing>, Stop> {
        let Some(body) = &self.existing else {
            return create_existing(session, operation).await;
        };
        let target = session.target();
        let listed = target
            .resources
            .iter()
            .find(|one| one.list.as_deref() == Some(&operation.name));
        let named = operation
            .path_variables()
            .find_map(|variable| resource(target, operation, variable));
        let Some(create) = named
            .or(listed)
            .and_then(|one| target.operation(&one.create))
        else {
            return Ok(Some(Existing::new()));
        };
        let request = credentials::request(create).json(body.clone()).tag("setup");
        let exchange: Arc<Exchange> = session.send(request).await?;
        let Some(resource) = named else {
            return Ok(Some(Existing::new()));
        };
        let answer = exchange.json().filter(|_| exchange.is_success());
        let id = answer
            .and_then(|answer| answer.pointer(resource.id.as_str()))
            .and_then(path_id);
        Ok(id.map(|id| vec![(resource.variable.clone(), id.into_owned())]))
    }
}

/// The operation that creates what `operation` is about, from a body alone; none if it takes a body
/// itself, concerns nothing that can be created, or that depends on more.
pub(super) fn existing_by<'a>(
    target: &'a Target,
    operation: &'a Operation,
) -> Option<&'a Operation> {
    if operation.body.is_some() {
        return None;
    }
    let listed = target
        .resources
        .iter()
        .find(|one| one.list.as_deref() == Some(&operation.name));
    operation
        .path_variables()
        .find_map(|variable| resource(target, operation, variable))
        .or(listed)
        .and_then(|resource| target.operation(&resource.create))
        .filter(|create| {
            create.path_variables().next().is_none() && !target.withheld.contains_key(&create.name)
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_of_null_is_recorded_as_one() {
        for body in [None, Some(Value::Null), Some(json!({}))] {
            let ask = Ask {
                body,
                ..Ask::default()
            };
            let read: Ask = serde_json::from_value(json!(ask)).unwrap();
            assert_eq!(read.body, ask.body);
        }
    }
}
