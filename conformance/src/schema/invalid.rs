//! Invalid values as a proptest strategy: each a valid one that is broken in one place, and proved so.

use proptest::{
    prelude::RngExt,
    strategy::{NewTree, Strategy, ValueTree},
    test_runner::{Reason, TestRng, TestRunner},
};
use serde_json::Value;

use super::{
    Schemas, State,
    breakage::{Breakage, Broken, Distance, Fix, ways},
    draw::{Spot, Style},
    graph::{Form, GoalId},
    node::NodeId,
    valid::Search,
};

/// How many values are drawn, and how many ways tried for each, before the schema is said to have no invalid value.
const BASES: usize = 12;
const WAYS: usize = 24;

/// Draws values that a schema refuses: see [`Schemas::invalid`].
#[derive(Clone)]
pub struct Invalid {
    pub(super) schemas: Schemas,
    pub(super) node: NodeId,
    pub(super) goal: GoalId,
    /// A broken value known to be one.
    pub(super) known: (Value, Breakage),
}

impl std::fmt::Debug for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invalid").finish_non_exhaustive()
    }
}

impl Strategy for Invalid {
    type Tree = InvalidTree;
    type Value = Broken;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let drawn = self
            .schemas
            .state()
            .draw_broken(self.node, self.goal, runner.rng());
        let (base, breakage) = drawn.unwrap_or_else(|| self.known.clone());
        let nodes = self.schemas.nodes();
        let broken = breakage
            .prove(&nodes, self.node, &base)
            .ok_or_else(|| Reason::from("no invalid value came up"))?;
        Ok(InvalidTree::new(&self.schemas, self.node, broken))
    }
}

/// An invalid value and the simpler ones that are invalid for the same reason.
pub struct InvalidTree {
    schemas: Schemas,
    node: NodeId,
    keep_formats: bool,
    /// Over the valid value that is broken.
    search: Search,
    /// Over what is put in, when the former is done.
    part: Option<Search>,
    breakage: Breakage,
    current: Broken,
}

impl std::fmt::Debug for InvalidTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InvalidTree").finish_non_exhaustive()
    }
}

impl InvalidTree {
    /// A tree that begins at `broken`, a value of the schema at `node`.
    pub(super) fn new(schemas: &Schemas, node: NodeId, broken: Broken) -> Self {
        Self {
            schemas: schemas.clone(),
            node,
            keep_formats: schemas.takes_with_formats(node, &broken.valid),
            search: Search::new(broken.valid.clone()),
            part: None,
            breakage: broken.breakage.clone(),
            current: broken,
        }
    }

    fn advance(&mut self) -> bool {
        let nodes = self.schemas.nodes();
        let (schemas, node, keep_formats) = (&self.schemas, self.node, self.keep_formats);
        let mut found = false;
        if self.part.is_none() {
            let breakage = &self.breakage;
            let kept = breakage.kept();
            found = self.search.next(Some(&kept), None, |base| {
                let valid = if keep_formats {
                    schemas.takes_with_formats(node, base)
                } else {
                    schemas.takes(node, base)
                };
                valid && breakage.prove(&nodes, node, base).is_some()
            });
            if !found && let Fix::Put(part) = &breakage.fix {
                self.part = Some(Search::new(part.clone()));
            }
        }
        if let Some(part) = &mut self.part {
            let (base, breakage) = (&self.search.best, &self.breakage);
            found = part.next(None, None, |part| {
                breakage
                    .with_part(part.clone())
                    .prove(&nodes, node, base)
                    .is_some()
            });
            self.breakage = self.breakage.with_part(part.current.clone());
        }
        if let Some(broken) = self.breakage.prove(&nodes, node, &self.search.current) {
            self.current = broken;
        }
        found
    }
}

impl ValueTree for InvalidTree {
    type Value = Broken;

    fn current(&self) -> Broken {
        self.current.clone()
    }

    fn simplify(&mut self) -> bool {
        match &mut self.part {
            None => self.search.accept(),
            Some(part) => part.accept(),
        }
        self.advance()
    }

    fn complicate(&mut self) -> bool {
        self.advance()
    }
}

impl Breakage {
    fn with_part(&self, part: Value) -> Self {
        Self {
            fix: Fix::Put(part),
            ..self.clone()
        }
    }
}

impl State {
    /// A valid value and a proved way to break it.
    pub(super) fn draw_broken(
        &mut self,
        node: NodeId,
        goal: GoalId,
        rng: &mut TestRng,
    ) -> Option<(Value, Breakage)> {
        for turn in 0..BASES {
            let style = if turn < 8 { Style::Mixed } else { Style::Full };
            let Some((base, spots)) = self.draw_valid(node, goal, rng, style) else {
                continue;
            };
            for _ in 0..WAYS {
                let spot = &spots[rng.random_range(0..spots.len())];
                if let Some(breakage) = self.break_spot(&base, spot, rng)
                    && breakage.prove(&self.list, node, &base).is_some()
                {
                    return Some((base, breakage));
                }
            }
        }
        None
    }

    fn break_spot(&mut self, base: &Value, spot: &Spot, rng: &mut TestRng) -> Option<Breakage> {
        let form = self.graph.form(spot.goal)?;
        let Form::Shape(shape) = form.as_ref() else {
            return None;
        };
        let ways = ways(&self.list, shape);
        let way = *ways.get(rng.random_range(0..ways.len().max(1)))?;
        let distance = if rng.random_bool(0.5) {
            Distance::Next
        } else {
            Distance::Any
        };
        self.breakage(base, &spot.path, spot.goal, way, distance, rng)
    }
}
