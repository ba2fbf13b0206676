//! One-time codes: what was posted is what is answered.

use std::sync::Arc;

use futures_util::future::{FutureExt, LocalBoxFuture};
use proptest::{option, prelude::Strategy, sample::select, strategy::SBoxedStrategy};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use spec::Pointer;

use crate::{
    case::{Case, Property},
    check::{LIF022, credential, seen},
    exchange::{Body, Exchange},
    finding::{Judgement, Place, Violation},
    session::{Session, Stop},
    suite::credentials::{self, Credentials},
    target::Operation,
};

/// The case, if the document has the operation.
pub(super) fn case(api: &Credentials) -> Option<Case> {
    let operation = api.totp.clone()?;
    let name = operation.name.clone();
    let case = Case::new(&LIF022, "send_totp_code", Codes { operation });
    Some(case.operation(&name).performs(&name))
}

/// A message with a code in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Message {
    identifier: String,
    code: String,
    before: String,
    source: Option<String>,
    /// Ids of a task, a workflow and a run. A server that knows none of that name may refuse them.
    ids: Option<String>,
}

impl Message {
    fn new(identifier: &str, code: &str, before: &str) -> Self {
        Self {
            identifier: identifier.to_owned(),
            code: code.to_owned(),
            before: before.to_owned(),
            source: None,
            ids: None,
        }
    }

    fn body(&self, run: &str) -> Value {
        let mut body = json!({
            "totp_identifier": format!("{run}{}", self.identifier),
            "content": format!("{}{}", self.before, self.code),
        });
        if let Some(source) = &self.source {
            body["source"] = json!(source);
        }
        if let Some(id) = &self.ids {
            body["task_id"] = json!(format!("tsk_{id}"));
            body["workflow_id"] = json!(format!("wpid_{id}"));
            body["workflow_run_id"] = json!(format!("wr_{id}"));
        }
        body
    }
}

struct Codes {
    operation: Operation,
}

impl Property for Codes {
    type Input = Message;

    fn coverage(&self) -> Vec<Message> {
        let plain = Message::new("@Example.org", "204816", "Web shop: your login code is ");
        vec![
            plain.clone(),
            Message {
                source: Some("sms".to_owned()),
                ids: Some("412903557".to_owned()),
                ..plain
            },
            Message::new(" +44 20", "004217", ""),
            Message::new("Zoë", "83112096", "Код: "),
        ]
    }

    fn random(&self) -> Option<SBoxedStrategy<Message>> {
        let before = select(vec!["", "Code ", "Ihr Code lautet: ", "G-"]);
        let source = option::of(select(vec!["sms", "email"]));
        let parts = ("[A-Za-z@. ]{0,12}", "[0-9]{6}", before, source);
        let message = parts.prop_map(|(identifier, code, before, source)| Message {
            source: source.map(str::to_owned),
            ..Message::new(&identifier, &code, before)
        });
        Some(message.sboxed())
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a Message,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        let body = input.body(&session.unique_name());
        let request = credentials::request(&self.operation).json(body);
        async move { session.send(request).await.map(drop) }.boxed_local()
    }

    fn judge(&self, input: &Message, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        for seen in seen::all(exchanges) {
            let Some(answer) = seen.exchange.json().filter(|_| seen.exchange.is_success()) else {
                continue;
            };
            let Body::Json(sent) = &seen.exchange.request.body else {
                continue;
            };
            let mut expected = sent.clone();
            expected["code"] = json!(input.code);
            let found = credential::differences(&expected, answer);
            if found.is_empty() {
                judgement.pass(&LIF022);
            }
            for difference in found {
                let place = Place::Body(difference.pointer.clone());
                let summary = format!("{} is not as it was posted", member(&difference.pointer));
                judgement.fail(
                    Violation::new(&LIF022, seen.number, place, summary)
                        .evidence(format!(
                            "expected {}, found {}",
                            difference.expected, difference.actual
                        ))
                        .values(difference.expected, difference.actual),
                );
            }
        }
    }
}

fn member(pointer: &Pointer) -> String {
    pointer.last().unwrap_or_default()
}
