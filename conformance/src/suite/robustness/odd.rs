//! An odd request as data, how it is sent, and what its answer must be.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::{FutureExt, LocalBoxFuture};
use proptest::{prelude::Strategy, strategy::SBoxedStrategy};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use spec::Pointer;

use crate::{
    case::Property,
    check::{
        Check, ROB019,
        answer::excerpt,
        resilience,
        resilience::Method,
        seen::{self, Seen},
    },
    exchange::{Exchange, Request, Response},
    finding::{Judgement, Place, Violation},
    session::{Session, Stop},
    suite::sample::{Existing, Sample, create_existing},
};

/// Stands for the unique name in texts.
pub(super) const NAME: &str = "@NAME@";
/// The tag of an odd request; the unique name follows.
const ODD: &str = "odd ";

/// The tag of the same request without anything odd.
const USUAL: &str = "usual";

/// What the answer must be, if there is one and it is no 5xx.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Expected {
    /// A 4xx.
    Refused,
    /// A 2xx.
    Accepted,
    /// Anything but a 2xx.
    NotDone,
    /// Anything.
    Answered,
    /// A 4xx, or a 2xx that shows this text at the pointer.
    RefusedOrKept { at: String, text: String },
    /// A 4xx, or a 2xx that shows one of these values at the pointer.
    RefusedOrOneOf { at: String, values: Vec<Value> },
    /// What an unknown method gets.
    NoSuchMethod,
}

/// The bytes of a body.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Content {
    Text(String),
    /// With bytes that are no UTF-8 between two texts.
    Bytes {
        before: String,
        bytes: Vec<u8>,
        after: String,
    },
    /// A text that is repeated between two others.
    Repeated {
        before: String,
        unit: String,
        times: usize,
        after: String,
    },
    /// In UTF-16, with a byte order mark.
    Utf16(String),
}

impl Content {
    fn bytes(&self, name: &str) -> Bytes {
        let filled = |text: &str| text.replace(NAME, name).into_bytes();
        Bytes::from(match self {
            Self::Text(text) => filled(text),
            Self::Bytes {
                before,
                bytes,
                after,
            } => [filled(before), bytes.clone(), filled(after)].concat(),
            Self::Repeated {
                before,
                unit,
                times,
                after,
            } => [
                filled(before),
                unit.repeat(*times).into_bytes(),
                filled(after),
            ]
            .concat(),
            Self::Utf16(text) => std::iter::once(0xfeff)
                .chain(text.replace(NAME, name).encode_utf16())
                .flat_map(u16::to_be_bytes)
                .collect(),
        })
    }
}

/// What is odd about a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Odd {
    /// In words that follow "after" and precede "is answered".
    pub(super) what: String,
    pub(super) expected: Expected,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<String>,
    /// The path as it goes out; its variables are filled as usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<String>,
    /// The query as it goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) query: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<Content>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) content_type: Option<String>,
}

impl Odd {
    /// An odd body, sent as JSON.
    pub(super) fn json(what: &str, body: Content, expected: Expected) -> Self {
        Self {
            body: Some(body),
            content_type: Some("application/json".to_owned()),
            ..Self::plain(what, expected)
        }
    }

    /// Nothing odd yet.
    pub(super) fn plain(what: &str, expected: Expected) -> Self {
        Self {
            what: what.to_owned(),
            expected,
            method: None,
            path: None,
            query: None,
            body: None,
            content_type: None,
        }
    }

    fn request(&self, sample: &Sample, existing: &Existing, name: &str) -> Request {
        let mut request = sample.bare(existing);
        if let Some(method) = &self.method {
            method.clone_into(&mut request.method);
        }
        if let Some(path) = &self.path {
            request = request.raw_path(path);
            for (variable, id) in existing {
                request = request.path_param(variable, id);
            }
        }
        if let Some(query) = &self.query {
            request = request.raw_query(query);
        }
        if let Some(body) = &self.body {
            request = request.bytes(self.content_type.as_deref(), body.bytes(name));
        }
        request
    }

    /// What is wrong with the answer to a request that was sent under `name`.
    fn fault(&self, response: &Response, name: &str) -> Option<String> {
        let status = response.status;
        let is = |summary: &str| Some(format!("{} is answered {status}{summary}", self.what));
        match &self.expected {
            Expected::Answered => None,
            Expected::Refused if response.is_refusal() => None,
            Expected::Accepted if response.is_success() => None,
            Expected::NotDone if !response.is_success() => None,
            Expected::NoSuchMethod if matches!(status, 400 | 404 | 405 | 501) => None,
            Expected::RefusedOrKept { .. } | Expected::RefusedOrOneOf { .. }
                if response.is_refusal() =>
            {
                None
            }
            Expected::RefusedOrKept { at, .. } | Expected::RefusedOrOneOf { at, .. }
                if shows_nothing(response, at) =>
            {
                None
            }
            Expected::RefusedOrKept { at, text } if response.is_success() => {
                let text = text.replace(NAME, name);
                let shown = response.json().and_then(|body| body.pointer(at)?.as_str());
                let kept = match shown {
                    Some(shown) => shown == text,
                    // Some texts can be kept and still not be read by a strict parser.
                    None => contains(&response.body, text.as_bytes()),
                };
                if kept {
                    None
                } else {
                    is(", and the text is another one")
                }
            }
            Expected::RefusedOrOneOf { at, values } if response.is_success() => {
                let shown = response.json().and_then(|body| body.pointer(at));
                let is_one = |shown: &Value| {
                    values.iter().any(|value| match value {
                        Value::String(text) => *shown == text.replace(NAME, name),
                        other => shown == other,
                    })
                };
                if shown.is_some_and(is_one) {
                    None
                } else {
                    is(", and what is stored was not validated")
                }
            }
            _ => is(""),
        }
    }

    fn method_kind(&self) -> Method {
        match self.expected {
            Expected::NoSuchMethod => Method::Unknown,
            _ => Method::Known,
        }
    }

    /// Whether the request may have hurt the server, so that others should be asked about it too.
    fn is_heavy(&self) -> bool {
        matches!(&self.body, Some(Content::Repeated { .. }))
    }
}

/// Whether a good answer can be read and has nothing at `at`: then what is stored does not show.
fn shows_nothing(response: &Response, at: &str) -> bool {
    let body = response.json().filter(|_| response.is_success());
    body.is_some_and(|body| body.pointer(at).is_none())
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && bytes.windows(part.len()).any(|window| window == part)
}

/// Odd requests to one operation, each followed by a plain one.
pub(super) struct Oddities {
    pub(super) check: &'static Check,
    pub(super) sample: Arc<Sample>,
    pub(super) probe: Option<Arc<Sample>>,
    pub(super) listed: Vec<Odd>,
    /// Whether random inputs are bodies cut somewhere.
    pub(super) truncated: bool,
}

impl Property for Oddities {
    type Input = Odd;

    fn coverage(&self) -> Vec<Odd> {
        self.listed.clone()
    }

    fn told(&self, input: &Odd) -> Value {
        let mut told = json!(input);
        if let Some(members) = told.as_object_mut() {
            members.remove("expected");
        }
        told
    }

    fn random(&self) -> Option<SBoxedStrategy<Odd>> {
        let text = self.sample.named_body(NAME)?.to_string();
        let text = text.is_ascii().then_some(text).filter(|_| self.truncated)?;
        let cut = (0..text.len()).prop_map(move |end| {
            let body = Content::Text(text[..end].to_owned());
            Odd::json("truncated JSON", body, Expected::Refused)
        });
        Some(cut.sboxed())
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a Odd,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        async move {
            let needs_ids = match &input.path {
                Some(path) => path.contains('{'),
                None => true,
            };
            let existing = if needs_ids {
                create_existing(session, &self.sample.operation).await?
            } else {
                Some(Existing::new())
            };
            let Some(existing) = existing else {
                return Ok(());
            };
            if input.expected == Expected::Accepted {
                let usual = self.sample.request(&existing, &session.unique_name());
                session.send(usual.tag(USUAL)).await?;
            }
            let name = session.unique_name();
            let request = input.request(&self.sample, &existing, &name);
            session.send(request.tag(format!("{ODD}{name}"))).await?;
            if let Some(probe) = &self.probe {
                let plain = probe.request(&Existing::new(), &name);
                session.send(plain.clone().tag("probe")).await?;
                if input.is_heavy() {
                    session.send(plain.fresh_connection().tag("fresh")).await?;
                }
            }
            Ok(())
        }
        .boxed_local()
    }

    fn judge(&self, input: &Odd, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        let odd = seen::all(exchanges)
            .find_map(|seen| Some((seen, seen.exchange.request.tag.strip_prefix(ODD)?)));
        let Some((odd, name)) = odd else {
            return;
        };
        let what = input.what.as_str();
        let response = resilience::survived(odd, input.method_kind(), what, judgement);
        let answered = odd.exchange.outcome.is_ok();
        // Where not even the usual request is accepted, as nothing has its id, no other need be.
        let is_refused = |seen: Seen<'_>| !seen.exchange.is_success();
        let is_hopeless = seen::tagged(exchanges, USUAL).is_some_and(is_refused);
        if let Some(response) = response.filter(|_| !is_hopeless) {
            let violation = input.fault(response, name).map(|summary| {
                Violation::new(self.check, odd.number, place(input), summary)
                    .evidence(excerpt(response))
            });
            judgement.settle(self.check, violation);
        }
        let probes: Vec<Seen<'_>> = ["probe", "fresh"]
            .into_iter()
            .filter_map(|tag| seen::tagged(exchanges, tag))
            .collect();
        if probes.is_empty() || !answered {
            return;
        }
        let violation = probes
            .into_iter()
            .find_map(|probe| resilience::answers_afterwards(probe, what));
        judgement.settle(&ROB019, violation);
    }
}

/// What is odd about the request, as a place.
fn place(input: &Odd) -> Place {
    let part = if input.query.is_some() {
        "query"
    } else if input.body.is_some() {
        "body"
    } else {
        "path"
    };
    Place::Request(part, Pointer::root())
}
