//! A goal without unions: the bounds, members and items that a value has to have.
//!
//! [`gather`] reads them off keywords, [`finish`] makes goals of them, and [`height`] tells whether there is such
//! a value.

mod finish;
mod gather;
mod height;

use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;

use super::{
    demand::Atom,
    graph::GoalId,
    node::{NodeId, Types},
    number::Bounds,
    pattern::Pattern,
};

/// No array is made longer than this: the bound of a schema may be far away.
pub(crate) const MOST_ITEMS: u64 = 10_000;

/// Demands on one value that can be read off.
#[derive(Debug)]
pub(crate) struct Shape {
    /// The schemas that apply, in the order they were met.
    pub(crate) nodes: Vec<NodeId>,
    pub(crate) types: Types,
    /// The only values there are, if they are listed.
    pub(crate) only: Option<Vec<Value>>,
    pub(crate) except: Vec<Value>,
    pub(crate) bounds: Bounds,
    pub(crate) min_length: u64,
    pub(crate) max_length: Option<u64>,
    pub(crate) patterns: Vec<Arc<Pattern>>,
    pub(crate) formats: Vec<String>,
    pub(crate) min_items: u64,
    pub(crate) max_items: Option<u64>,
    pub(crate) unique_items: bool,
    /// Two items have to be equal.
    pub(crate) duplicate_items: bool,
    pub(crate) prefix: Vec<GoalId>,
    pub(crate) rest: Option<GoalId>,
    /// Goals of items of which there have to be some.
    pub(crate) contained: Vec<(GoalId, u64)>,
    pub(crate) members: IndexMap<String, GoalId>,
    pub(crate) required: IndexSet<String>,
    pub(crate) forbidden: IndexSet<String>,
    pub(crate) patterned: Vec<(Arc<Pattern>, GoalId)>,
    /// The goal of members that no schema names.
    pub(crate) extra: Option<GoalId>,
    /// How many members that no schema names there have to be.
    pub(crate) min_extra: u64,
    pub(crate) names: Option<GoalId>,
    pub(crate) min_properties: u64,
    pub(crate) max_properties: Option<u64>,
    pub(crate) dependents: Vec<(String, Vec<String>)>,
    /// Not all demands could be put in the members above: a value has to be judged.
    pub(crate) unsure: bool,

    pattern_texts: Vec<String>,
    item_demands: Vec<(Position, Atom)>,
    member_demands: Vec<(String, Atom)>,
    extra_demands: Vec<Atom>,
    name_demands: Vec<Atom>,
    contain_demands: Vec<(Atom, u64)>,
    /// Nodes whose keyword for unnamed members is not asked.
    open_nodes: Vec<NodeId>,
    /// The types are those that no schema here has.
    retype: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    At(usize),
    AfterPrefix(usize),
    All,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            types: Types::ALL,
            only: None,
            except: Vec::new(),
            bounds: Bounds::default(),
            min_length: 0,
            max_length: None,
            patterns: Vec::new(),
            formats: Vec::new(),
            min_items: 0,
            max_items: None,
            unique_items: false,
            duplicate_items: false,
            prefix: Vec::new(),
            rest: None,
            contained: Vec::new(),
            members: IndexMap::new(),
            required: IndexSet::new(),
            forbidden: IndexSet::new(),
            patterned: Vec::new(),
            extra: None,
            min_extra: 0,
            names: None,
            min_properties: 0,
            max_properties: None,
            dependents: Vec::new(),
            unsure: false,
            pattern_texts: Vec::new(),
            item_demands: Vec::new(),
            member_demands: Vec::new(),
            extra_demands: Vec::new(),
            name_demands: Vec::new(),
            contain_demands: Vec::new(),
            open_nodes: Vec::new(),
            retype: false,
        }
    }
}

impl Shape {
    pub(crate) fn require(&mut self, name: &str) {
        self.types = self.types.and(Types::OBJECT);
        self.required.insert(name.to_owned());
    }

    pub(crate) fn forbid(&mut self, name: &str) {
        self.forbidden.insert(name.to_owned());
    }

    /// The goals of parts.
    pub(crate) fn children(&self) -> Vec<GoalId> {
        let mut all: Vec<GoalId> = self.prefix.clone();
        all.extend(self.rest);
        all.extend(self.contained.iter().map(|(goal, _)| *goal));
        all.extend(self.members.values());
        all.extend(self.patterned.iter().map(|(_, goal)| *goal));
        all.extend(self.extra);
        all.extend(self.names);
        all
    }

    /// The goal of the item at the index.
    pub(crate) fn item(&self, index: u64) -> Option<GoalId> {
        usize::try_from(index)
            .ok()
            .and_then(|index| self.prefix.get(index).copied())
            .or(self.rest)
    }
}
