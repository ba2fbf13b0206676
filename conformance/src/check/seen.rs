//! An exchange together with its number among those of an input, which a violation refers to.

use std::sync::Arc;

use crate::exchange::{Exchange, Response};

/// An exchange as a judge sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'a> {
    /// Its number among those of the input.
    pub(crate) number: usize,
    /// What was sent and what came back.
    pub(crate) exchange: &'a Exchange,
}

impl<'a> Seen<'a> {
    /// The answer, if there is one.
    pub(crate) fn response(self) -> Option<&'a Response> {
        self.exchange.response()
    }
}

/// All exchanges of an input, in their order.
pub(crate) fn all(exchanges: &[Arc<Exchange>]) -> impl Iterator<Item = Seen<'_>> {
    exchanges
        .iter()
        .enumerate()
        .map(|(number, exchange)| Seen { number, exchange })
}

/// The first exchange of that tag.
pub(crate) fn tagged<'a>(exchanges: &'a [Arc<Exchange>], tag: &str) -> Option<Seen<'a>> {
    all(exchanges).find(|seen| seen.exchange.request.tag == tag)
}
