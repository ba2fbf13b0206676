//! What failed in a case: of each kind of failure (a check, at a place) the smallest input that shows it.

use std::sync::Arc;

use serde_json::Value;

use crate::{case::Phase, exchange::Exchange, finding::Violation};

/// Most bytes of the body of an answer that are kept for telling a failure: several times what is told,
/// as what is masked in it may be long.
const MAX_BODY: usize = 128 * 1024;

/// Violations of one check at one place, with the smallest input that shows them.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) violation: Violation,
    pub(crate) phase: Phase,
    pub(crate) input: Value,
    pub(crate) exchanges: Vec<Arc<Exchange>>,
    pub(crate) nearest: Option<Value>,
    /// The input as a person is told of it, and the nearest passing one.
    pub(crate) told: Value,
    pub(crate) nearest_told: Option<Value>,
    pub(crate) tried: usize,
    pub(crate) count: u64,
    /// Whether the same input showed it when it was sent once more; `None` if that was not tried.
    pub(crate) again: Option<bool>,
    pub(super) number: usize,
    pub(super) shrunk: bool,
}

impl Failure {
    /// What the first input of its kind showed.
    pub(super) fn new(
        violation: Violation,
        phase: Phase,
        number: usize,
        input: Value,
        exchanges: &[Arc<Exchange>],
    ) -> Self {
        Self {
            violation,
            phase,
            told: input.clone(),
            input,
            exchanges: kept(exchanges),
            nearest: None,
            nearest_told: None,
            tried: 1,
            count: 1,
            again: None,
            number,
            shrunk: false,
        }
    }

    /// What a replay showed of `input`, which a person is told of as `told`.
    pub(crate) fn replayed(
        violation: Violation,
        input: Value,
        told: Value,
        exchanges: &[Arc<Exchange>],
    ) -> Self {
        Self {
            told,
            shrunk: true,
            ..Self::new(violation, Phase::Example, 0, input, exchanges)
        }
    }

    /// Takes over another input that shows the same, unless it is larger. Whether it did.
    pub(super) fn become_smaller(
        &mut self,
        violation: Violation,
        exchanges: &[Arc<Exchange>],
        input: &impl serde::Serialize,
        phase: Phase,
    ) -> bool {
        let Ok(input) = serde_json::to_value(input) else {
            return false;
        };
        let smaller = input.to_string().len() <= self.input.to_string().len();
        if smaller {
            self.violation = violation;
            self.exchanges = kept(exchanges);
            self.input = input;
            self.phase = phase;
        }
        smaller
    }
}

/// The exchanges without what nobody is told of: the answers of a run are many, and each may be large.
fn kept(exchanges: &[Arc<Exchange>]) -> Vec<Arc<Exchange>> {
    exchanges.iter().map(without_excess).collect()
}

fn without_excess(exchange: &Arc<Exchange>) -> Arc<Exchange> {
    match exchange.response() {
        Some(response) if response.body.len() > MAX_BODY => Arc::new(Exchange {
            request: exchange.request.clone(),
            outcome: Ok(response.beginning(MAX_BODY)),
            began: exchange.began,
            elapsed: exchange.elapsed,
        }),
        _ => Arc::clone(exchange),
    }
}

/// What makes two violations the same: check, operation and place, without positions in lists.
pub(super) fn key(violation: &Violation) -> (&'static str, String) {
    (violation.check.id, violation.place.normal())
}
