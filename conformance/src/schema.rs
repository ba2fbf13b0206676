//! Values of the schemas of a document: makes valid ones, makes broken ones with the reason
//! attached, and judges values that others made.
//!
//! In comes a [`Document`] and the [`Location`] of a schema (or of a reference to one) in it; out
//! go JSON values. Nothing here knows of operations, requests or servers. The validator has the
//! last word: what it refuses is never given out as valid, what it takes never as invalid.
//! `format` is an annotation: valid values keep it, and nothing is called invalid for it.

mod breakage;
mod coverage;
mod demand;
mod draw;
mod format;
mod graph;
mod invalid;
mod judge;
mod node;
mod number;
mod pattern;
mod read;
mod secret;
mod shape;
mod shrink;
mod text;
mod valid;
mod wire;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::Value;
use spec::{Document, Location, Pointer};

use breakage::Breakage;
use demand::Atom;
use draw::{Drawer, Spot, Style};
use graph::{GoalId, Graph};
use node::{Node, NodeId};
use read::Nodes;

pub use breakage::Broken;
pub use coverage::{Coverage, Labelled};
pub use invalid::{Invalid, InvalidTree};
pub(crate) use secret::is_secret_name;
pub use secret::{PathStep, SecretPath, SecretReason};
pub use valid::{Valid, ValidTree};
pub use wire::BrokenText;

/// Which way a value travels: what is `readOnly` is not sent in a request, what is `writeOnly` not
/// in an answer, and neither is required there (OpenAPI 3.0.4, "Fixed Fields" of the Schema Object).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The schema is taken by its word.
    #[default]
    Either,
    /// From client to server.
    Request,
    /// From server to client.
    Response,
}

/// The schemas of a document, compiled as they are asked for. Clones share what is compiled.
#[derive(Clone)]
pub struct Schemas {
    document: Arc<Document>,
    direction: Direction,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    nodes: Nodes,
    list: Arc<Vec<Arc<Node>>>,
    ids: HashMap<Location, NodeId>,
    graph: Graph,
    /// A small valid value for each schema that was asked for, or why there is none.
    small: HashMap<NodeId, Result<Value, Vec<Unsupported>>>,
    /// Examples of each schema that was asked for some, or why there are none.
    examples: HashMap<NodeId, Result<Arc<[Value]>, Vec<Unsupported>>>,
    /// A broken value for each schema that was asked for one, if it has any.
    broken: HashMap<NodeId, Option<(Value, Breakage)>>,
}

/// Valid values among which examples are looked for.
const EXAMPLES: usize = 64;
/// How often a value that its schema refuses is drawn again.
const DRAWS: usize = 24;

/// What a schema holds against a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The part of the value at fault.
    pub instance: Pointer,
    /// The schema that is not met.
    pub schema: Location,
    /// The keyword of it that is not met.
    pub keyword: String,
    /// What is wrong, in the words of the schema: never quotes the value.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} ({}/{})",
            self.instance, self.message, self.schema, self.keyword
        )
    }
}

/// What the generator cannot do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// The schema or keyword in the way.
    pub schema: Location,
    /// Why it is in the way: a sentence fragment, lowercase.
    pub reason: String,
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.schema, self.reason)
    }
}

impl Schemas {
    /// The schemas of `document`, taken by their word: see [`Schemas::in_direction`].
    pub fn new(document: Arc<Document>) -> Self {
        Self {
            document,
            direction: Direction::Either,
            state: Arc::default(),
        }
    }

    /// The same schemas for values that travel in one direction. Compiles anew: keep the result.
    #[must_use]
    pub fn in_direction(&self, direction: Direction) -> Self {
        Self {
            document: Arc::clone(&self.document),
            direction,
            state: Arc::default(),
        }
    }

    /// The document.
    pub fn document(&self) -> &Arc<Document> {
        &self.document
    }

    /// What the schema at `at` holds against `value`: empty if the value is valid.
    pub fn violations(&self, at: &Location, value: &Value) -> Vec<Violation> {
        let (nodes, id) = self.compiled(at);
        judge::violations(&nodes, id, value)
    }

    /// Whether `value` is valid against the schema at `at`.
    pub fn is_valid(&self, at: &Location, value: &Value) -> bool {
        let (nodes, id) = self.compiled(at);
        judge::is_valid(&nodes, id, value)
    }

    /// Draws values that the schema at `at` takes and whose texts keep their formats. Shrinking
    /// goes to small, plain values, valid all along.
    ///
    /// # Errors
    /// What stands in the way, if no valid value could be made.
    pub fn valid(&self, at: &Location) -> Result<Valid, Vec<Unsupported>> {
        let mut state = self.state();
        let node = state.node(&self.document, self.direction, at);
        let goal = state.goal(node);
        let small = state.small(node, goal, at)?;
        drop(state);
        Ok(Valid {
            schemas: self.clone(),
            node,
            goal,
            small,
        })
    }

    /// Draws values that the schema at `at` refuses: a valid one, broken in one place by one
    /// keyword. Shrinking keeps the place and the keyword, and everything else valid.
    ///
    /// # Errors
    /// Why there is none: the schema takes everything, or no valid value could be made to break.
    pub fn invalid(&self, at: &Location) -> Result<Invalid, Vec<Unsupported>> {
        let Valid { node, goal, .. } = self.valid(at)?;
        let mut state = self.state();
        let known = state.known_broken(node, goal);
        drop(state);
        let known = known.ok_or_else(|| {
            vec![Unsupported {
                schema: at.clone(),
                reason: "no value was found that the schema refuses".to_owned(),
            }]
        })?;
        Ok(Invalid {
            schemas: self.clone(),
            node,
            goal,
            known,
        })
    }

    /// `value` and the simpler values around it, valid all along. `None` if the schema at `at`
    /// refuses it.
    pub fn simpler(&self, at: &Location, value: Value) -> Option<ValidTree> {
        let strategy = self.valid(at).ok()?;
        self.takes(strategy.node, &value)
            .then(|| ValidTree::new(strategy, value))
    }

    /// `broken`, a value that the schema at `at` refuses, and the simpler ones around it, refused
    /// at the same place for the same keyword all along.
    pub fn simpler_broken(&self, at: &Location, broken: Broken) -> InvalidTree {
        let (_, node) = self.compiled(at);
        InvalidTree::new(self, node, broken)
    }

    /// What there is to try about the schema at `at`, the same list every time: each constraint at
    /// and next to its bound, each listed value, each branch of a union, each optional member
    /// there, absent and null, examples and defaults of the document; and each of them broken, one
    /// at a time. Empty but for the reason if no valid value could be made.
    pub fn coverage(&self, at: &Location) -> Coverage {
        self.coverage_up_to(at, coverage::MOST)
    }

    /// As [`Schemas::coverage`], with at most that many values in each list: those nearest to the
    /// root are kept, and a list that was cut says so.
    pub fn coverage_up_to(&self, at: &Location, most: usize) -> Coverage {
        let Valid {
            node, goal, small, ..
        } = match self.valid(at) {
            Ok(valid) => valid,
            Err(unsupported) => {
                return Coverage {
                    unsupported,
                    ..Coverage::default()
                };
            }
        };
        self.state().cover(node, goal, &small, most)
    }

    /// An example of the document if there is one, else the smallest valid value.
    ///
    /// # Errors
    /// Why there is none.
    pub fn plain(&self, at: &Location) -> Result<Value, Vec<Unsupported>> {
        // There is one at least.
        self.examples(at).map(|examples| examples[0].clone())
    }

    /// The examples of the document that are valid and not null; if there are none, the smallest valid
    /// value. Looked for once and kept.
    ///
    /// # Errors
    /// Why there is not even that.
    pub fn examples(&self, at: &Location) -> Result<Arc<[Value]>, Vec<Unsupported>> {
        let (_, node) = self.compiled(at);
        if let Some(known) = self.state().examples.get(&node) {
            return known.clone();
        }
        let coverage = self.coverage_up_to(at, EXAMPLES);
        let is_example =
            |one: &&Labelled| one.from_document && one.instance.is_root() && !one.value.is_null();
        let value = |one: &Labelled| one.value.clone();
        let mut made: Vec<Value> = coverage
            .valid
            .iter()
            .filter(is_example)
            .map(value)
            .collect();
        if made.is_empty() {
            made.extend(coverage.valid.first().map(value));
        }
        let made = if made.is_empty() {
            Err(coverage.unsupported)
        } else {
            Ok(made.into())
        };
        self.state().examples.insert(node, made.clone());
        made
    }

    fn draw_valid(
        &self,
        node: NodeId,
        goal: GoalId,
        rng: &mut TestRng,
    ) -> Option<(Value, Vec<Spot>)> {
        self.state().draw_valid(node, goal, rng, Style::Mixed)
    }

    fn takes(&self, node: NodeId, value: &Value) -> bool {
        judge::is_valid(&self.nodes(), node, value)
    }

    fn takes_with_formats(&self, node: NodeId, value: &Value) -> bool {
        judge::is_valid_with_formats(&self.nodes(), node, value)
    }

    fn nodes(&self) -> Arc<Vec<Arc<Node>>> {
        Arc::clone(&self.state().list)
    }

    fn compiled(&self, at: &Location) -> (Arc<Vec<Arc<Node>>>, NodeId) {
        let mut state = self.state();
        let id = state.node(&self.document, self.direction, at);
        (Arc::clone(&state.list), id)
    }

    /// A panic elsewhere leaves nothing half-written that a later reader could trip over.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn node(&mut self, document: &Document, direction: Direction, at: &Location) -> NodeId {
        if let Some(id) = self.ids.get(at) {
            return *id;
        }
        let id = self.nodes.read(document, direction, at);
        if self.nodes.len() != self.list.len() {
            self.list = Arc::new(self.nodes.snapshot());
        }
        self.ids.insert(at.clone(), id);
        id
    }

    fn goal(&mut self, node: NodeId) -> GoalId {
        self.graph.ensure(&self.list, vec![Atom::Is(node)])
    }

    fn draw_valid(
        &self,
        node: NodeId,
        goal: GoalId,
        rng: &mut TestRng,
        style: Style,
    ) -> Option<(Value, Vec<Spot>)> {
        (0..DRAWS).find_map(|_| {
            let mut drawer = Drawer::new(&self.graph, &self.list, rng, style);
            let value = drawer.draw(goal)?;
            let spots = drawer.spots;
            judge::is_valid(&self.list, node, &value).then_some((value, spots))
        })
    }

    fn small(
        &mut self,
        node: NodeId,
        goal: GoalId,
        at: &Location,
    ) -> Result<Value, Vec<Unsupported>> {
        if let Some(known) = self.small.get(&node) {
            return known.clone();
        }
        let mut rng = fixed_rng();
        let drawn = [Style::Small, Style::Mixed, Style::Full]
            .into_iter()
            .find_map(|style| self.draw_valid(node, goal, &mut rng, style));
        let small = drawn
            .map(|(value, _)| value)
            .ok_or_else(|| self.obstacles(goal, at));
        self.small.insert(node, small.clone());
        small
    }

    fn known_broken(&mut self, node: NodeId, goal: GoalId) -> Option<(Value, Breakage)> {
        if let Some(known) = self.broken.get(&node) {
            return known.clone();
        }
        let known = self.draw_broken(node, goal, &mut fixed_rng());
        self.broken.insert(node, known.clone());
        known
    }

    /// Why no value for the goal was found.
    fn obstacles(&self, goal: GoalId, at: &Location) -> Vec<Unsupported> {
        let within = |note: &&Unsupported| {
            note.schema.source == at.source && note.schema.pointer.starts_with(&at.pointer)
        };
        let mut all: Vec<Unsupported> = self.nodes.notes.iter().filter(within).cloned().collect();
        let reason = if self.graph.is_alive(goal) {
            "every value that was drawn is refused by the schema"
        } else {
            "no value can meet all of its keywords"
        };
        all.push(Unsupported {
            schema: at.clone(),
            reason: reason.to_owned(),
        });
        all
    }
}

/// The same numbers on every run.
fn fixed_rng() -> TestRng {
    TestRng::deterministic_rng(RngAlgorithm::XorShift)
}
