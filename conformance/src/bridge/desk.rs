//! What the service knows: credentials that it keeps, what cases want it to answer, and the calls
//! that came about each of them.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{
    PATH, TOKEN,
    answer::{self, Answer, Reply, Silence},
};
use crate::{
    exchange::{Auth, Exchange, Request, Response, TransportError, encode_component},
    given,
    transport::Secret,
};

/// Most calls about a name that are kept: a server may go on and on.
const MOST_CALLS: usize = 64;

/// How calls about a name are answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) post: Answer,
    pub(crate) delete: Answer,
}

/// Where a call came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Service,
    /// Where redirects point to.
    Elsewhere,
}

/// A call as it came.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) place: Place,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Bytes,
}

/// A call that is kept: of which name, and its number among those.
pub(super) struct Receipt {
    name: String,
    number: u64,
}

/// What is known of a name.
#[derive(Default)]
struct Matter {
    script: Script,
    /// By number.
    calls: BTreeMap<u64, Exchange>,
}

pub(super) struct Desk {
    pub(super) token: Secret,
    pub(super) patience: Duration,
    pub(super) elsewhere: String,
    pub(super) calls: u64,
    matters: HashMap<String, Matter>,
    /// What is kept, by id.
    kept: HashMap<String, Value>,
    /// Names by ids that do not hold them.
    numbered: HashMap<String, String>,
}

impl Desk {
    pub(super) fn new(token: Secret, patience: Duration) -> Self {
        Self {
            token,
            patience,
            elsewhere: String::new(),
            calls: 0,
            matters: HashMap::new(),
            kept: HashMap::new(),
            numbered: HashMap::new(),
        }
    }

    pub(super) fn expect(&mut self, name: &str, script: Script) {
        self.matters.entry(name.to_owned()).or_default().script = script;
    }

    pub(super) fn take(&mut self, name: &str) -> Vec<Exchange> {
        let calls = self
            .matters
            .get_mut(name)
            .map(|matter| std::mem::take(&mut matter.calls));
        calls.unwrap_or_default().into_values().collect()
    }

    pub(super) fn forget(&mut self, name: &str) {
        self.matters.remove(name);
    }

    /// Keeps a call, and says how it is answered; `None` for not at all.
    pub(super) fn receive(&mut self, call: Call) -> (Option<Receipt>, Option<Reply>) {
        self.calls += 1;
        let number = self.calls;
        let name = self.name_in(&call);
        let script = name
            .as_ref()
            .map(|name| self.matters[name].script.clone())
            .unwrap_or_default();
        let reply = self.reply(&call, number, name.as_deref(), &script);
        let receipt = name.map(|name| {
            if let Some(matter) = self.matters.get_mut(&name)
                && matter.calls.len() < MOST_CALLS
            {
                let mut call = exchange(call.without(self.token.expose()));
                if reply.is_none() {
                    call.outcome = Err(TransportError::Closed);
                }
                matter.calls.insert(number, call);
            }
            Receipt { name, number }
        });
        (receipt, reply)
    }

    /// Notes that a call is answered.
    pub(super) fn answered(&mut self, receipt: Option<Receipt>, reply: &Reply) {
        let call = receipt.and_then(|Receipt { name, number }| {
            self.matters.get_mut(&name)?.calls.get_mut(&number)
        });
        let Some(call) = call else {
            return;
        };
        if reply.is_cut {
            call.outcome = Err(TransportError::Closed);
        } else {
            let headers = reply
                .headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Bytes::from(value.clone())))
                .collect();
            let body = Bytes::from(reply.body.clone());
            call.outcome = Ok(Response::new(
                reply.status,
                "HTTP/1.1",
                headers,
                body,
                false,
            ));
        }
    }

    /// The name, of those that are expected, that `call` is about.
    fn name_in(&self, call: &Call) -> Option<String> {
        let target = percent_decode_str(&call.path).decode_utf8_lossy();
        let id = target.rsplit('/').next().unwrap_or_default();
        let body = String::from_utf8_lossy(&call.body);
        let numbered = self.numbered.get(id).map(String::as_str).into_iter();
        let mut names = numbered
            .chain(given::all_in(&target))
            .chain(given::all_in(&body));
        names
            .find(|name| self.matters.contains_key(*name))
            .map(str::to_owned)
    }

    fn reply(
        &mut self,
        call: &Call,
        number: u64,
        name: Option<&str>,
        script: &Script,
    ) -> Option<Reply> {
        if call.place == Place::Elsewhere {
            let id = Value::from(format!("elsewhere-{}", name.unwrap_or_default()));
            return Some(match call.method.as_str() {
                "POST" => answer::right(None, Some(&id), &Value::Null),
                _ => Reply::empty(404),
            });
        }
        let id = id_in(call);
        match (call.method.as_str(), &id) {
            ("POST", None) => self.create(call, number, name, &script.post),
            ("DELETE", Some(id)) => self.delete(call, id, &script.delete),
            ("GET", Some(id)) => Some(match self.kept.get(id) {
                Some(kept) => Reply::json(200, kept),
                None => Reply::empty(404),
            }),
            // The test of the connection.
            ("GET", None) => Some(Reply::json(200, &Value::Object(<_>::default()))),
            _ => Some(Reply::empty(405)),
        }
    }

    fn create(
        &mut self,
        call: &Call,
        number: u64,
        name: Option<&str>,
        wanted: &Answer,
    ) -> Option<Reply> {
        let plain = format!("cs-{}-{number}", name.unwrap_or("anybody"));
        let submitted: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        let text = String::from_utf8_lossy(&call.body);
        let mut keep = |id: &Value| {
            let key = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            if let Some(name) = name.filter(|name| !key.contains(name)) {
                self.numbered.insert(key.clone(), name.to_owned());
            }
            self.kept.insert(key, submitted.clone());
        };
        let reply = match wanted {
            Answer::Right | Answer::Also(_) | Answer::Id(_) => {
                let (form, id) = match wanted {
                    Answer::Also(form) => (Some(*form), Value::from(plain)),
                    Answer::Id(form) => (None, form.of(&plain, number)),
                    _ => (None, Value::from(plain)),
                };
                keep(&id);
                answer::right(form, Some(&id), &submitted)
            }
            Answer::Wrong(form) => answer::wrong(*form, &plain, &text),
            other => return self.failing(other, call, &text),
        };
        Some(reply)
    }

    fn delete(&mut self, call: &Call, id: &str, wanted: &Answer) -> Option<Reply> {
        let form = match wanted {
            Answer::Also(form) => Some(*form),
            Answer::Right | Answer::Id(_) | Answer::Wrong(_) => None,
            other => return self.failing(other, call, id),
        };
        Some(match self.kept.remove(id) {
            Some(kept) => answer::right(form, None, &kept),
            None => Reply::json(404, &serde_json::json!({"message": "not found"})),
        })
    }

    /// An answer that does nothing.
    fn failing(&self, wanted: &Answer, call: &Call, text: &str) -> Option<Reply> {
        match wanted {
            Answer::Error { status, echo } => {
                let authorization = call.header("authorization").unwrap_or_default();
                Some(answer::error(*status, *echo, text, &authorization))
            }
            Answer::Elsewhere(status) => {
                let rest = call.path.strip_prefix(PATH).unwrap_or(&call.path);
                // What a server copies out of the Location is an echo, too.
                let echo = encode_component(text);
                let location = format!("{}{rest}?kept={echo}", self.elsewhere);
                Some(Reply::redirect(*status, &location))
            }
            Answer::Silence(Silence::Held) => None,
            Answer::Silence(Silence::Cut) => Some(Reply {
                is_cut: true,
                ..Reply::text(201, "application/json", "{\"id\": \"cs")
            }),
            _ => Some(Reply::closed()),
        }
    }
}

impl Call {
    /// The call with a mask wherever `token` stands. No judge needs it, and no report may show it.
    fn without(mut self, token: &str) -> Self {
        if token.is_empty() {
            return self;
        }
        self.path = self.path.replace(token, TOKEN);
        self.query = self.query.map(|query| query.replace(token, TOKEN));
        for (_, value) in &mut self.headers {
            let text = String::from_utf8_lossy(value);
            if text.contains(token) {
                *value = text.replace(token, TOKEN).into_bytes();
            }
        }
        self
    }

    fn header(&self, name: &str) -> Option<String> {
        let value = self.headers.iter().find(|(other, _)| other == name);
        value.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    }
}

/// The id that the path names below [`PATH`]: as it was pasted, or decoded.
fn id_in(call: &Call) -> Option<String> {
    let rest = call.path.strip_prefix(PATH)?.strip_prefix('/')?;
    let id = percent_decode_str(rest).decode_utf8_lossy().into_owned();
    (!id.is_empty()).then_some(id)
}

/// A call as an exchange: the server under test asked, the runner answers. It has run out of time
/// until it is answered.
fn exchange(call: Call) -> Exchange {
    let place = match call.place {
        Place::Service => "service",
        Place::Elsewhere => "elsewhere",
    };
    let mut request = Request::new(&call.method, &call.path)
        .auth(Auth::None)
        .tag(place);
    request.template = format!("({place}) {}", call.path);
    request.query = call.query;
    for (name, value) in call.headers {
        request = request.header(&name, value);
    }
    Exchange {
        request: request.bytes(None, call.body),
        outcome: Err(TransportError::Timeout(Duration::ZERO)),
        began: None,
        elapsed: Duration::ZERO,
    }
}
