//! A call that the server under test made, and what it was answered.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::{
    bridge,
    exchange::{Exchange, TransportError, encode_component},
};

/// Where a call came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Service,
    /// Where a redirect pointed to.
    Elsewhere,
}

/// What a call was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A create: under this id.
    Kept(String),
    /// A delete.
    Gone,
    /// A delete of what there is not.
    Unknown,
    /// An error of this status.
    Error(u16),
    /// Success without an id.
    Wrong,
    Redirect,
    /// No answer, or not a whole one.
    Silence,
    /// The server did not wait for an answer that was under way.
    Abandoned,
    /// Neither create nor delete.
    Other,
}

impl Outcome {
    /// Whether the service did its part.
    pub(super) fn is_right(&self) -> bool {
        matches!(self, Self::Kept(_) | Self::Gone)
    }
}

/// A call as a judge sees it.
#[derive(Clone, Debug)]
pub(super) struct Call<'a> {
    pub(super) number: usize,
    pub(super) exchange: &'a Exchange,
    /// Of the credential that it is about.
    pub(super) name: &'a str,
    pub(super) place: Place,
    pub(super) outcome: Outcome,
}

impl<'a> Call<'a> {
    pub(super) fn new(number: usize, exchange: &'a Exchange, name: &'a str, place: Place) -> Self {
        Self {
            number,
            exchange,
            name,
            place,
            outcome: outcome(exchange),
        }
    }

    pub(super) fn is(&self, method: &str) -> bool {
        self.place == Place::Service && self.exchange.request.method == method
    }

    /// What follows the path of the service, with its slash.
    pub(super) fn rest(&self) -> Option<&'a str> {
        self.exchange.request.path.strip_prefix(bridge::PATH)
    }

    /// Whether it names `id`, pasted or encoded.
    pub(super) fn names(&self, id: &str) -> bool {
        let rest = self.rest().and_then(|rest| rest.strip_prefix('/'));
        rest.is_some_and(|rest| percent_decode_str(rest).decode_utf8_lossy() == id || rest == id)
    }

    /// Whether its URL is that of `id` and of nothing else.
    pub(super) fn addresses(&self, id: &str) -> bool {
        let is_encoded = |rest: &str| {
            let encoded = encode_component(id);
            rest == encoded
                || !rest.contains('/') && percent_decode_str(rest).decode_utf8_lossy() == id
        };
        let rest = self.rest().and_then(|rest| rest.strip_prefix('/'));
        self.exchange.request.query.is_none() && rest.is_some_and(is_encoded)
    }

    pub(super) fn header(&self, name: &str) -> Vec<String> {
        let headers = self.exchange.request.headers.iter();
        headers
            .filter(|(other, _)| other == name)
            .map(|(_, value)| String::from_utf8_lossy(value).into_owned())
            .collect()
    }
}

fn outcome(exchange: &Exchange) -> Outcome {
    let response = match &exchange.outcome {
        Ok(response) => response,
        Err(TransportError::Timeout(_)) => return Outcome::Abandoned,
        Err(_) => return Outcome::Silence,
    };
    let method = exchange.request.method.as_str();
    match (method, response.status) {
        (_, 300..=399) => Outcome::Redirect,
        ("DELETE", 404) => Outcome::Unknown,
        (_, 400..) => Outcome::Error(response.status),
        ("DELETE", _) => Outcome::Gone,
        ("POST", _) => id_of(response).map_or(Outcome::Wrong, Outcome::Kept),
        _ => Outcome::Other,
    }
}

/// The id that the runner gave. What it answers without one is not declared as JSON, or no object
/// with an id; codings are its own.
fn id_of(response: &crate::exchange::Response) -> Option<String> {
    if response.media_type()? == "text/plain" {
        return None;
    }
    let coded = response.header("content-encoding").is_some();
    let body: Value = if coded {
        serde_json::from_reader(flate2::read::GzDecoder::new(&response.body[..])).ok()?
    } else {
        response.json()?.clone()
    };
    match body.get("id")? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) if id.as_u64() != Some(0) => Some(id.to_string()),
        _ => None,
    }
}
