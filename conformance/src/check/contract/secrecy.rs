//! Secrets in answers of a credential service: what the watch over the run caught, as this suite
//! calls it. A read of a credential may show its members, and the watch knows so.

use std::sync::Arc;

use super::wire::described;
use crate::{
    check::{CON058, CON059, CON060, redaction},
    exchange::Exchange,
    finding::{Judgement, Place, Violation},
    secret::watch::Caught,
};

/// The violation that `caught` is, in exchange `number` of its input.
pub(crate) fn violation(exchange: &Exchange, number: usize, caught: &Caught) -> Violation {
    let request = &exchange.request;
    let general = redaction::violation(number, caught);
    let is_id = matches!(&general.place, Place::Body(at) if at.as_str() == "/id");
    let check = match (exchange.is_success(), is_id) {
        (true, true) => &CON060,
        (true, false) => &CON059,
        (false, _) => &CON058,
    };
    let what = described(&request.method, &request.template);
    Violation {
        check,
        summary: format!("in the answer to {what} {}", general.summary),
        ..general
    }
}

/// Passes what answers without a secret show; where one was caught, the violation outweighs it.
pub(crate) fn judge(exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
    for exchange in exchanges {
        if exchange.response().is_none() {
            continue;
        }
        if !exchange.is_success() {
            judgement.pass(&CON058);
            continue;
        }
        judgement.pass(&CON059);
        if exchange.request.method == "POST" {
            judgement.pass(&CON060);
        }
    }
}
