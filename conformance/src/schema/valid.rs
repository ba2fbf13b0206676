//! Valid values as a proptest strategy; every value on the way of shrinking is valid too.

use std::collections::{HashSet, VecDeque};

use proptest::{
    strategy::{NewTree, Strategy, ValueTree},
    test_runner::{Reason, TestRunner},
};
use serde_json::Value;

use super::{
    Schemas,
    graph::GoalId,
    node::NodeId,
    shrink::{self, Edit},
};

/// Draws values that a schema takes: see [`Schemas::valid`].
#[derive(Clone)]
pub struct Valid {
    pub(super) schemas: Schemas,
    pub(super) node: NodeId,
    pub(super) goal: GoalId,
    /// A small value that is known to be valid.
    pub(super) small: Value,
}

impl std::fmt::Debug for Valid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Valid").finish_non_exhaustive()
    }
}

impl Strategy for Valid {
    type Tree = ValidTree;
    type Value = Value;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let value = self
            .schemas
            .draw_valid(self.node, self.goal, runner.rng())
            .map_or_else(|| self.small.clone(), |(value, _)| value);
        if !self.schemas.takes(self.node, &value) {
            return Err(Reason::from("no valid value came up"));
        }
        Ok(ValidTree::new(self.clone(), value))
    }
}

/// A valid value and the simpler valid ones around it.
pub struct ValidTree {
    strategy: Valid,
    keep_formats: bool,
    search: Search,
}

impl std::fmt::Debug for ValidTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ValidTree").finish_non_exhaustive()
    }
}

impl ValidTree {
    /// A tree that begins at `value`, which the schema of `strategy` takes.
    pub(super) fn new(strategy: Valid, value: Value) -> Self {
        Self {
            keep_formats: strategy.schemas.takes_with_formats(strategy.node, &value),
            strategy,
            search: Search::new(value),
        }
    }

    fn advance(&mut self) -> bool {
        let Valid {
            schemas,
            node,
            small,
            ..
        } = &self.strategy;
        let keep_formats = self.keep_formats;
        self.search.next(None, Some(small), |candidate| {
            if keep_formats {
                schemas.takes_with_formats(*node, candidate)
            } else {
                schemas.takes(*node, candidate)
            }
        })
    }
}

impl ValueTree for ValidTree {
    type Value = Value;

    fn current(&self) -> Value {
        self.search.current.clone()
    }

    fn simplify(&mut self) -> bool {
        self.search.accept();
        self.advance()
    }

    fn complicate(&mut self) -> bool {
        self.advance()
    }
}

/// A search for the simplest value that still fails, one candidate at a time.
pub(super) struct Search {
    /// The simplest value known to fail.
    pub(super) best: Value,
    /// The value that is being tried.
    pub(super) current: Value,
    edits: VecDeque<Edit>,
    /// The edits of this round that were tried: what did not help a moment ago is left for the next round.
    spent: HashSet<Edit>,
    /// Whether this round over the edits found anything.
    progress: bool,
    started: bool,
    /// Texts of candidates that were tried already.
    tried: HashSet<String>,
}

impl Search {
    pub(super) fn new(value: Value) -> Self {
        Self {
            best: value.clone(),
            current: value,
            edits: VecDeque::new(),
            spent: HashSet::new(),
            progress: false,
            started: false,
            tried: HashSet::new(),
        }
    }

    /// The current value fails: go on from it.
    pub(super) fn accept(&mut self) {
        if self.best != self.current {
            self.best = self.current.clone();
            self.progress = true;
            self.edits.clear();
        }
    }

    /// Makes the next candidate the current value; if there is none, the best value, and says so.
    pub(super) fn next(
        &mut self,
        keep: Option<&[super::draw::Step]>,
        small: Option<&Value>,
        mut takes: impl FnMut(&Value) -> bool,
    ) -> bool {
        if !self.started {
            self.started = true;
            if let Some(small) = small
                && shrink::weight(small) < shrink::weight(&self.best)
                && self.tried.insert(small.to_string())
            {
                self.current = small.clone();
                return true;
            }
        }
        loop {
            if self.edits.is_empty() {
                self.edits = shrink::edits(&self.best, keep)
                    .into_iter()
                    .filter(|edit| !self.spent.contains(edit))
                    .collect();
            }
            while let Some(edit) = self.edits.pop_front() {
                let candidate = shrink::apply(&self.best, &edit, &mut takes);
                self.spent.insert(edit);
                if let Some(candidate) = candidate
                    && self.tried.insert(candidate.to_string())
                {
                    self.current = candidate;
                    return true;
                }
            }
            self.spent.clear();
            if !std::mem::take(&mut self.progress) {
                self.current = self.best.clone();
                return false;
            }
        }
    }
}
