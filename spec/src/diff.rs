//! What changed between two documents, and whom it breaks.
//!
//! Two [`Document`]s come in; a [`Difference`] goes out: each [`Change`] once, with its places on both
//! sides, the operations that it reaches, and what it does to callers and to servers written for the old
//! document. Nothing is printed here, and nothing is read.
//!
//! - Schemas are compared as they are meant, through references, wrappers and `allOf`, so that
//!   another spelling of the same (a component moved, renamed or written in place; OpenAPI 3.0
//!   against 3.1) is no change. A change in a component is told once, with every operation that leads to it.
//! - Operations are the same by method and path, whatever the parameters of the path are called, or else by
//!   `operationId`. Branches of unions are matched by what they are, not by their order.
//! - What has no meaning on the wire (prose, examples, tags, links, extensions) is counted.
//! - `compare(a, a)` is empty, and `compare(b, a)` has the [mirror](Kind::mirror) of each change of `compare(a, b)`.

mod components;
mod exchange;
mod gather;
mod kind;
mod limit;
mod operation;
mod place;
mod schema;
mod security;
mod union;
mod view;
mod walk;

pub use kind::{Direction, Effect, Impact, Kind, Need, Openness, Outcome};

use std::fmt;

use crate::{document::Document, location::Location};
use walk::Walk;

/// What separates two documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// What changed, the worst for clients first, then the worst for servers, each in the order of the new document.
    pub changes: Vec<Change>,
    /// How many members without a meaning on the wire differ: prose, examples, tags, links, extensions.
    pub documentation: usize,
}

impl Difference {
    /// Whether nothing at all differs but the version of the specification.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.documentation == 0
    }

    /// The worst for either side.
    pub fn effect(&self) -> Effect {
        let effects = self.changes.iter().map(|change| change.effect);
        effects.fold(Effect::default(), Effect::worse)
    }
}

/// One change, wherever it shows.
///
/// Displays as one line: `Pet.name: property became required`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changed.
    pub kind: Kind,
    /// The worst it does in the messages that it reaches; nothing if it reaches none.
    pub effect: Effect,
    /// Where, for a person; several operations as one.
    pub place: String,
    /// From what to what, where that says more than the kind.
    pub detail: String,
    /// Where in the old document; `None` if it has nothing of the kind.
    pub old: Option<Location>,
    /// Where in the new document; `None` if it has nothing of the kind.
    pub new: Option<Location>,
    /// The same change in further operations, each with its places.
    pub also: Vec<(Option<Location>, Option<Location>)>,
    /// The operations that it reaches, in order.
    pub reached: Vec<Reached>,
}

/// A message that a change reaches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reached {
    /// Method and path in the new document, or in the old one if it went: `POST /v1/credentials`.
    pub operation: String,
    /// In what is sent to the server, or in what comes from it.
    pub direction: Direction,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(self.kind.phrase())?;
        match (self.detail.as_str(), self.kind) {
            ("", _) => Ok(()),
            (detail, Kind::SecurityAdded | Kind::SecurityRemoved) => write!(f, " {detail}"),
            (detail, _) => write!(f, ": {detail}"),
        }
    }
}

/// Compares two documents, overlays applied.
pub fn compare(old: &Document, new: &Document) -> Difference {
    let mut walk = Walk::new(old, new);
    components::document(&mut walk);
    operation::compare(&mut walk);
    drain(&mut walk);
    components::by_key(&mut walk);
    drain(&mut walk);
    components::schemas(&mut walk);
    gather::gather(&walk)
}

fn drain(walk: &mut Walk<'_>) {
    while let Some(task) = walk.next() {
        schema::task(walk, &task);
    }
}
