//! The state of a comparison: what was found so far, which pairs of components were met, and who leads to whom.
//!
//! A component is compared once, however many operations use it. Whom a change in it concerns is
//! found afterwards, along the edges that are noted here.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Map, Value};

use super::kind::{Direction, Kind};
use crate::{document::Document, location::Location};

/// Something that changes are noted under: an operation, or two components that stand for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NodeId(usize);

/// In messages of which directions something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Uses {
    to_server: bool,
    to_client: bool,
}

impl Uses {
    pub(super) const BOTH: Self = Self {
        to_server: true,
        to_client: true,
    };

    pub(super) fn of(direction: Direction) -> Self {
        Self {
            to_server: direction == Direction::ToServer,
            to_client: direction == Direction::ToClient,
        }
    }

    #[must_use]
    pub(super) fn without(mut self, direction: Direction) -> Self {
        match direction {
            Direction::ToServer => self.to_server = false,
            Direction::ToClient => self.to_client = false,
        }
        self
    }

    pub(super) fn has(self, direction: Direction) -> bool {
        match direction {
            Direction::ToServer => self.to_server,
            Direction::ToClient => self.to_client,
        }
    }
}

/// Where the walk is: under which node, in messages of which directions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) node: NodeId,
    pub(super) uses: Uses,
}

impl Frame {
    #[must_use]
    pub(super) fn sent(self, direction: Direction) -> Self {
        Self {
            uses: Uses::of(direction),
            ..self
        }
    }

    #[must_use]
    pub(super) fn without(self, direction: Direction) -> Self {
        Self {
            uses: self.uses.without(direction),
            ..self
        }
    }
}

/// A change before it is known whom it reaches.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) frame: Frame,
    pub(super) old: Option<Location>,
    pub(super) new: Option<Location>,
    pub(super) detail: String,
}

/// Whether null was already compared where a pair of schemas was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Null {
    Open,
    Compared,
}

/// Two schemas to compare, one of which at least is referred to by others too.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) node: NodeId,
    pub(super) old: Location,
    pub(super) new: Location,
    pub(super) null: Null,
}

struct Node {
    operation: Option<String>,
    parents: Vec<(NodeId, Uses)>,
}

pub(super) struct Walk<'d> {
    pub(super) old: &'d Document,
    pub(super) new: &'d Document,
    pub(super) found: Vec<Found>,
    /// Members of no meaning on the wire that differ, by where they stand.
    documentation: HashSet<(Option<Location>, Option<Location>)>,
    nodes: Vec<Node>,
    pairs: HashMap<(Location, Location, Null), NodeId>,
    /// The pairs in the order in which they were met.
    pub(super) met: Vec<(Location, Location)>,
    queue: VecDeque<Task>,
}

impl<'d> Walk<'d> {
    pub(super) fn new(old: &'d Document, new: &'d Document) -> Self {
        Self {
            old,
            new,
            found: Vec::new(),
            documentation: HashSet::new(),
            nodes: Vec::new(),
            pairs: HashMap::new(),
            met: Vec::new(),
            queue: VecDeque::new(),
        }
    }

    /// A node that nothing leads to; `operation` is its name if it is one.
    pub(super) fn root(&mut self, operation: Option<String>) -> NodeId {
        self.nodes.push(Node {
            operation,
            parents: Vec::new(),
        });
        NodeId(self.nodes.len() - 1)
    }

    /// Has two schemas compared once, and notes that `frame` leads to them.
    pub(super) fn later(&mut self, frame: Frame, old: Location, new: Location, null: Null) {
        let key = (old, new, null);
        let node = if let Some(node) = self.pairs.get(&key) {
            *node
        } else {
            let node = self.root(None);
            let (old, new, null) = key.clone();
            self.met.push((old.clone(), new.clone()));
            self.queue.push_back(Task {
                node,
                old,
                new,
                null,
            });
            self.pairs.insert(key, node);
            node
        };
        let parents = &mut self.nodes[node.0].parents;
        let edge = (frame.node, frame.uses);
        if !parents.contains(&edge) {
            parents.push(edge);
        }
    }

    /// The next schemas to compare.
    pub(super) fn next(&mut self) -> Option<Task> {
        self.queue.pop_front()
    }

    pub(super) fn note(
        &mut self,
        frame: Frame,
        kind: Kind,
        old: Option<Location>,
        new: Option<Location>,
        detail: impl Into<String>,
    ) {
        self.found.push(Found {
            kind,
            frame,
            old,
            new,
            detail: detail.into(),
        });
    }

    /// Counts the members of two objects that differ, but for those that `known` says are compared by themselves.
    pub(super) fn rest(
        &mut self,
        (old_at, old): (&Location, &Map<String, Value>),
        (new_at, new): (&Location, &Map<String, Value>),
        known: impl Fn(&str) -> bool,
    ) {
        for (name, value) in old.iter().filter(|(name, _)| !known(name)) {
            if new.get(name) != Some(value) {
                let other = new.contains_key(name).then(|| new_at.child(name));
                self.documentation.insert((Some(old_at.child(name)), other));
            }
        }
        for name in new.keys().filter(|name| !known(name)) {
            if !old.contains_key(name) {
                self.documentation.insert((None, Some(new_at.child(name))));
            }
        }
    }

    /// Counts one member without a meaning on the wire that differs.
    pub(super) fn prose(&mut self, old: Option<Location>, new: Option<Location>) {
        self.documentation.insert((old, new));
    }

    pub(super) fn documentation(&self) -> usize {
        self.documentation.len()
    }

    /// The operations that lead to `frame`, and in messages of which direction.
    pub(super) fn reach(&self, frame: Frame) -> Vec<(&str, NodeId, Direction)> {
        let mut reached = Vec::new();
        for direction in [Direction::ToServer, Direction::ToClient] {
            if !frame.uses.has(direction) {
                continue;
            }
            let mut seen = HashSet::from([frame.node]);
            let mut open = vec![frame.node];
            while let Some(node) = open.pop() {
                let Node { operation, parents } = &self.nodes[node.0];
                if let Some(operation) = operation {
                    reached.push((operation.as_str(), node, direction));
                }
                let through = parents.iter().filter(|(_, uses)| uses.has(direction));
                for (parent, _) in through {
                    if seen.insert(*parent) {
                        open.push(*parent);
                    }
                }
            }
        }
        reached.sort_by_key(|&(_, node, direction)| (node, direction));
        reached
    }
}
