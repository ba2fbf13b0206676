//! What holds of every answer of a credential service.

use std::sync::Arc;

use crate::{
    check::{CON056, CON057, Check, answer::excerpt, seen},
    exchange::{Exchange, TransportError},
    finding::{Judgement, Place, Violation},
};

/// What every case of the suite judges by the way.
pub(crate) const BY_THE_WAY: [&Check; 2] = [&CON056, &CON057];

/// Judges that every request is answered, neither with a failure nor with a redirect.
pub(crate) fn judge(exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
    let mut answered = false;
    let mut failed = false;
    for one in seen::all(exchanges) {
        let what = described(&one.exchange.request.method, &one.exchange.request.template);
        match &one.exchange.outcome {
            Ok(response) => {
                answered = true;
                if response.is_server_error() {
                    failed = true;
                    let summary = format!("{what} is answered {}", response.status);
                    let violation = Violation::new(&CON056, one.number, Place::Status, summary);
                    judgement.fail(violation.evidence(excerpt(response)));
                }
                if matches!(response.status, 301 | 302 | 303 | 307 | 308) {
                    let summary = format!("{what} is redirected with {}", response.status);
                    let place = Place::Status;
                    judgement.fail(Violation::new(&CON057, one.number, place, summary));
                }
            }
            Err(TransportError::Unsendable(_)) => {}
            Err(error) => {
                failed = true;
                let summary = format!("{what} gets no answer");
                let violation = Violation::new(&CON056, one.number, Place::Connection, summary);
                judgement.fail(violation.evidence(error.to_string()));
            }
        }
    }
    if answered && !failed {
        judgement.pass(&CON056);
    }
    if answered {
        judgement.pass(&CON057);
    }
}

/// An operation in words: `/credentials` is what the document calls the base URL.
pub(super) fn described(method: &str, template: &str) -> String {
    match (method, template) {
        ("POST", "/credentials") => "a create".to_owned(),
        ("GET", "/credentials") => "the connection test".to_owned(),
        ("GET", "/credentials/{id}") => "a read".to_owned(),
        ("DELETE", "/credentials/{id}") => "a delete".to_owned(),
        _ => format!("{method} {template}"),
    }
}
