//! A goal without unions: the bounds, members and items that a value has to have.

use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use serde_json::{Number, Value};

use super::{
    demand::{Atom, Keyword},
    graph::{DEAD, Goal, GoalId, Graph, Height},
    node::{Keywords, Kind, Node, NodeId, Types},
    number::{self, Bounds},
    pattern::Pattern,
    text,
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

    /// Adds the plain keywords of a schema, all but those that are to be broken.
    pub(crate) fn take(&mut self, id: NodeId, k: &Keywords, broken: impl Fn(Keyword) -> bool) {
        self.nodes.push(id);
        if let Some(types) = k.types {
            self.types = self.types.and(types);
        }
        if let Some(values) = &k.enumeration
            && !broken(Keyword::Enum)
        {
            self.keep(values);
        }
        if let Some(value) = &k.constant
            && !broken(Keyword::Const)
        {
            self.keep(std::slice::from_ref(value));
        }
        for (limit, keyword) in [
            (&k.minimum, Keyword::Minimum),
            (&k.exclusive_minimum, Keyword::ExclusiveMinimum),
            (&k.maximum, Keyword::Maximum),
            (&k.exclusive_maximum, Keyword::ExclusiveMaximum),
        ] {
            if let Some(limit) = limit
                && !broken(keyword)
            {
                self.limit(limit, keyword);
            }
        }
        if let Some(step) = &k.multiple_of
            && !broken(Keyword::MultipleOf)
        {
            self.bounds.steps.push(step.clone());
        }
        if let Some(min) = k.min_length
            && !broken(Keyword::MinLength)
        {
            self.min_length = self.min_length.max(min);
        }
        if let Some(max) = k.max_length
            && !broken(Keyword::MaxLength)
        {
            tighten(&mut self.max_length, max);
        }
        if let Some(pattern) = &k.pattern
            && !broken(Keyword::Pattern)
        {
            self.pattern_texts.push(pattern.clone());
        }
        self.formats.extend(k.format.clone());
        self.take_array(k, &broken);
        self.take_object(id, k, &broken);
    }

    fn take_array(&mut self, k: &Keywords, broken: &impl Fn(Keyword) -> bool) {
        if let Some(min) = k.min_items
            && !broken(Keyword::MinItems)
        {
            self.min_items = self.min_items.max(min);
        }
        if let Some(max) = k.max_items
            && !broken(Keyword::MaxItems)
        {
            tighten(&mut self.max_items, max);
        }
        self.unique_items |= k.unique_items && !broken(Keyword::UniqueItems);
        for (index, id) in k.prefix_items.iter().enumerate() {
            self.item_demands.push((Position::At(index), Atom::Is(*id)));
        }
        if let Some(items) = k.items {
            self.item_demands
                .push((Position::AfterPrefix(k.prefix_items.len()), Atom::Is(items)));
        }
        if let Some(contains) = k.contains
            && !broken(Keyword::Contains)
        {
            let min = k.min_contains.unwrap_or(1);
            self.contain_demands.push((Atom::Is(contains), min));
            self.unsure |= k.max_contains.is_some();
        }
        if k.unevaluated_items.is_some() {
            self.unsure = true;
        }
    }

    fn take_object(&mut self, id: NodeId, k: &Keywords, broken: &impl Fn(Keyword) -> bool) {
        for (index, name) in k.required.iter().enumerate() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            if !broken(Keyword::Required(index)) {
                self.required.insert(name.clone());
            }
        }
        for name in &k.omitted {
            self.forbidden.insert(name.clone());
        }
        for (index, (name, names)) in k.dependent_required.iter().enumerate() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            if !broken(Keyword::DependentRequired(index)) {
                self.dependents.push((name.clone(), names.clone()));
            }
        }
        if let Some(min) = k.min_properties
            && !broken(Keyword::MinProperties)
        {
            self.min_properties = self.min_properties.max(min);
        }
        if let Some(max) = k.max_properties
            && !broken(Keyword::MaxProperties)
        {
            tighten(&mut self.max_properties, max);
        }
        if let Some(names) = k.property_names
            && !broken(Keyword::PropertyNames)
        {
            self.name_demands.push(Atom::Is(names));
        }
        if broken(Keyword::AdditionalProperties) || broken(Keyword::UnevaluatedProperties) {
            self.open_nodes.push(id);
        }
    }

    fn keep(&mut self, values: &[Value]) {
        let equal = |a: &Value, b: &Value| number::equal(a, b);
        self.only = Some(match self.only.take() {
            None => values.to_vec(),
            Some(mut only) => {
                only.retain(|one| values.iter().any(|value| equal(one, value)));
                only
            }
        });
    }

    fn limit(&mut self, limit: &Number, keyword: Keyword) {
        match keyword {
            Keyword::Minimum => self.bounds.at_least(limit, false),
            Keyword::ExclusiveMinimum => self.bounds.at_least(limit, true),
            Keyword::Maximum => self.bounds.at_most(limit, false),
            _ => self.bounds.at_most(limit, true),
        }
    }

    /// Adds the demand that a plain keyword refuses the value.
    pub(crate) fn fail(&mut self, id: NodeId, k: &Keywords, keyword: Keyword) {
        let only = |shape: &mut Self, types: Types| shape.types = shape.types.and(types);
        match keyword {
            Keyword::Type => {
                if self.nodes.contains(&id) {
                    self.retype = true;
                } else if let Some(types) = k.types {
                    self.types = self.types.without(types);
                }
            }
            Keyword::Enum => self.except.extend(k.enumeration.iter().flatten().cloned()),
            Keyword::Const => self.except.extend(k.constant.clone()),
            Keyword::Minimum => {
                only(self, Types::NUMBER);
                if let Some(limit) = &k.minimum {
                    self.bounds.at_most(limit, true);
                }
            }
            Keyword::ExclusiveMinimum => {
                only(self, Types::NUMBER);
                if let Some(limit) = &k.exclusive_minimum {
                    self.bounds.at_most(limit, false);
                }
            }
            Keyword::Maximum => {
                only(self, Types::NUMBER);
                if let Some(limit) = &k.maximum {
                    self.bounds.at_least(limit, true);
                }
            }
            Keyword::ExclusiveMaximum => {
                only(self, Types::NUMBER);
                if let Some(limit) = &k.exclusive_maximum {
                    self.bounds.at_least(limit, false);
                }
            }
            Keyword::MultipleOf => only(self, Types::NUMBER),
            Keyword::MinLength => {
                only(self, Types::STRING);
                tighten(
                    &mut self.max_length,
                    k.min_length.unwrap_or(1).saturating_sub(1),
                );
                // A text that is too short need not match: the reason given would still hold.
                self.pattern_texts.clear();
            }
            Keyword::MaxLength => {
                only(self, Types::STRING);
                let max = k.max_length.unwrap_or(0);
                self.min_length = self.min_length.max(max.saturating_add(1));
                self.max_length.get_or_insert(max.saturating_add(1));
                self.pattern_texts.clear();
            }
            Keyword::Pattern => only(self, Types::STRING),
            Keyword::MinItems => {
                only(self, Types::ARRAY);
                tighten(
                    &mut self.max_items,
                    k.min_items.unwrap_or(1).saturating_sub(1),
                );
            }
            Keyword::MaxItems => {
                only(self, Types::ARRAY);
                let min = k.max_items.unwrap_or(0).saturating_add(1);
                self.min_items = self.min_items.max(min);
                self.max_items.get_or_insert(min);
            }
            Keyword::UniqueItems => {
                only(self, Types::ARRAY);
                self.duplicate_items = true;
                self.min_items = self.min_items.max(2);
            }
            Keyword::Contains => {
                only(self, Types::ARRAY);
                if let Some(contains) = k.contains {
                    self.item_demands.push((Position::All, Atom::Not(contains)));
                }
            }
            Keyword::MinProperties => {
                only(self, Types::OBJECT);
                let max = k.min_properties.unwrap_or(1).saturating_sub(1);
                tighten(&mut self.max_properties, max);
            }
            Keyword::MaxProperties => {
                only(self, Types::OBJECT);
                let min = k.max_properties.unwrap_or(0).saturating_add(1);
                self.min_properties = self.min_properties.max(min);
            }
            Keyword::Required(index) => {
                only(self, Types::OBJECT);
                if let Some(name) = k.required.get(index as usize) {
                    self.forbid(name);
                }
            }
            Keyword::DependentRequired(index) => {
                if let Some((name, names)) = k.dependent_required.get_index(index as usize) {
                    self.require(name);
                    if let Some(missing) = names.first() {
                        self.forbid(missing);
                    }
                }
            }
            Keyword::Property(index) => {
                if let Some((name, id)) = k.properties.get_index(index as usize) {
                    self.require(name);
                    self.member_demands.push((name.clone(), Atom::Not(*id)));
                }
            }
            Keyword::AdditionalProperties => {
                only(self, Types::OBJECT);
                self.min_extra = self.min_extra.max(1);
                self.extra_demands
                    .extend(k.additional_properties.map(Atom::Not));
            }
            Keyword::UnevaluatedProperties => {
                only(self, Types::OBJECT);
                self.min_extra = self.min_extra.max(1);
                self.extra_demands
                    .extend(k.unevaluated_properties.map(Atom::Not));
            }
            Keyword::PropertyNames => {
                only(self, Types::OBJECT);
                self.min_extra = self.min_extra.max(1);
                self.name_demands.extend(k.property_names.map(Atom::Not));
            }
            Keyword::Items => {
                only(self, Types::ARRAY);
                let index = k.prefix_items.len();
                self.min_items = self.min_items.max(index as u64 + 1);
                self.item_demands
                    .extend(k.items.map(|items| (Position::At(index), Atom::Not(items))));
            }
            Keyword::PrefixItem(index) => {
                only(self, Types::ARRAY);
                self.min_items = self.min_items.max(u64::from(index) + 1);
                if let Some(item) = k.prefix_items.get(index as usize) {
                    self.item_demands
                        .push((Position::At(index as usize), Atom::Not(*item)));
                }
            }
            _ => {}
        }
    }

    /// Turns what was gathered into goals of members and items.
    pub(crate) fn finish(&mut self, graph: &mut Graph, nodes: &[Arc<Node>]) {
        if self.retype {
            self.types = Types::ALL.without(self.types);
            self.only = None;
        }
        if let Some(only) = &mut self.only {
            only.retain(|value| self.types.has(Types::of(value)));
            only.retain(|value| !self.except.iter().any(|other| number::equal(value, other)));
            let types = only
                .iter()
                .fold(Types::NONE, |types, value| types.with(Types::of(value)));
            self.types = self.types.and(types);
        }
        self.patterns = std::mem::take(&mut self.pattern_texts)
            .iter()
            .map(|text| graph.pattern(text))
            .collect();
        self.unsure |= self.patterns.len() > 1 || !self.except.is_empty();
        if self.types.has(Types::ARRAY) {
            self.finish_array(graph);
        }
        if self.types.has(Types::OBJECT) {
            self.finish_object(graph, nodes);
        }
    }

    fn finish_array(&mut self, graph: &mut Graph) {
        let prefix = self
            .item_demands
            .iter()
            .map(|(position, _)| match position {
                Position::At(index) => index + 1,
                Position::AfterPrefix(len) => *len,
                Position::All => 0,
            })
            .max()
            .unwrap_or(0);
        let goal_at = |index: usize| -> Goal {
            self.item_demands
                .iter()
                .filter(|(position, _)| match position {
                    Position::At(at) => *at == index,
                    Position::AfterPrefix(len) => index >= *len,
                    Position::All => true,
                })
                .map(|(_, atom)| *atom)
                .collect()
        };
        let goals: Vec<Goal> = (0..=prefix).map(goal_at).collect();
        let mut ids: Vec<GoalId> = goals
            .iter()
            .cloned()
            .map(|goal| graph.intern(goal))
            .collect();
        self.rest = ids.pop();
        self.prefix = ids;
        let rest = goals.last().cloned().unwrap_or_default();
        for (atom, min) in std::mem::take(&mut self.contain_demands) {
            let mut goal = vec![atom];
            goal.extend(&rest);
            let id = graph.intern(goal);
            self.contained.push((id, min));
        }
    }

    fn finish_object(&mut self, graph: &mut Graph, nodes: &[Arc<Node>]) {
        let keywords: Vec<(NodeId, &Keywords)> = self
            .nodes
            .iter()
            .filter_map(|id| match &nodes[id.index()].kind {
                Kind::Keywords(k) => Some((*id, k.as_ref())),
                _ => None,
            })
            .collect();
        let mut names: IndexSet<&str> = IndexSet::new();
        for (_, k) in &keywords {
            names.extend(k.properties.keys().map(String::as_str));
        }
        names.extend(self.required.iter().map(String::as_str));
        let mut patterns: IndexMap<&str, Arc<Pattern>> = IndexMap::new();
        for (_, k) in &keywords {
            for text in k.pattern_properties.keys() {
                patterns.insert(text, graph.pattern(text));
            }
        }
        // In-place applicators were all flattened into `nodes`, so what any of them names is
        // evaluated; that is a little too much where `unevaluatedProperties` stands deeper, which the validator settles.
        let evaluated = |name: &str| {
            keywords.iter().any(|(_, k)| {
                k.properties.contains_key(name)
                    || k.additional_properties.is_some()
                    || k.pattern_properties
                        .keys()
                        .any(|text| patterns[text.as_str()].matches(name))
            })
        };
        let open = &self.open_nodes;
        let member = |name: &str, demands: &[(String, Atom)]| -> Goal {
            let mut goal = Goal::new();
            for (id, k) in &keywords {
                let mut named = false;
                if let Some(property) = k.properties.get(name) {
                    goal.push(Atom::Is(*property));
                    named = true;
                }
                for (text, schema) in &k.pattern_properties {
                    if patterns[text.as_str()].matches(name) {
                        goal.push(Atom::Is(*schema));
                        named = true;
                    }
                }
                if !named && !open.contains(id) {
                    goal.extend(k.additional_properties.map(Atom::Is));
                }
                if !open.contains(id) && k.unevaluated_properties.is_some() && !evaluated(name) {
                    goal.extend(k.unevaluated_properties.map(Atom::Is));
                }
            }
            let demanded = demands.iter().filter(|(other, _)| other == name);
            goal.extend(demanded.map(|(_, atom)| *atom));
            goal
        };
        let members: Vec<(String, Goal)> = names
            .iter()
            .map(|name| ((*name).to_owned(), member(name, &self.member_demands)))
            .collect();
        let mut extra = Goal::new();
        for (id, k) in &keywords {
            if open.contains(id) {
                continue;
            }
            extra.extend(k.additional_properties.map(Atom::Is));
            if k.additional_properties.is_none() {
                extra.extend(k.unevaluated_properties.map(Atom::Is));
            }
        }
        extra.extend(&self.extra_demands);
        let patterned: Vec<(Arc<Pattern>, Goal)> = patterns
            .into_iter()
            .map(|(text, pattern)| {
                let goal = keywords
                    .iter()
                    .filter_map(|(_, k)| k.pattern_properties.get(text))
                    .map(|id| Atom::Is(*id))
                    .collect();
                (pattern, goal)
            })
            .collect();
        self.members = members
            .into_iter()
            .map(|(name, goal)| (name, graph.intern(goal)))
            .collect();
        self.unsure |= patterned.len() > 1;
        self.patterned = patterned
            .into_iter()
            .map(|(pattern, goal)| (pattern, graph.intern(goal)))
            .collect();
        self.extra = Some(graph.intern(extra));
        if !self.name_demands.is_empty() {
            let mut goal = vec![Atom::Types(Types::STRING)];
            goal.extend(&self.name_demands);
            self.names = Some(graph.intern(goal));
        }
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

    /// How many levels a value of the type needs.
    pub(crate) fn height(&self, graph: &Graph, one: Types) -> Height {
        if !self.types.has(one) {
            return DEAD;
        }
        if let Some(only) = &self.only {
            return if only.iter().any(|value| Types::of(value) == one) {
                1
            } else {
                DEAD
            };
        }
        match one {
            Types::STRING
                if self.min_length > text::LONGEST
                    || self.max_length.is_some_and(|max| max < self.min_length) =>
            {
                DEAD
            }
            Types::INTEGER if self.bounds.integers().is_none() => DEAD,
            Types::FRACTION if self.bounds.fractions().is_none() => DEAD,
            Types::BOOLEAN
                if [true, false]
                    .iter()
                    .all(|b| self.excludes(&Value::Bool(*b))) =>
            {
                DEAD
            }
            Types::NULL if self.excludes(&Value::Null) => DEAD,
            Types::ARRAY => self.array_height(graph),
            Types::OBJECT => self.object_height(graph),
            _ => 1,
        }
    }

    fn excludes(&self, value: &Value) -> bool {
        self.except.iter().any(|other| number::equal(value, other))
    }

    fn array_height(&self, graph: &Graph) -> Height {
        if self.min_items > MOST_ITEMS || self.max_items.is_some_and(|max| max < self.min_items) {
            return DEAD;
        }
        let mut height = 0;
        for index in 0..self.min_items.min(self.prefix.len() as u64 + 1) {
            height = height.max(self.item(index).map_or(DEAD, |goal| graph.height(goal)));
        }
        for (goal, min) in &self.contained {
            if *min > 0 {
                height = height.max(graph.height(*goal));
            }
        }
        height.saturating_add(1)
    }

    fn object_height(&self, graph: &Graph) -> Height {
        if self
            .required
            .iter()
            .any(|name| self.forbidden.contains(name))
            || self
                .max_properties
                .is_some_and(|max| max < self.min_properties.max(self.required.len() as u64))
        {
            return DEAD;
        }
        let mut height = 0;
        for name in &self.required {
            let member = self
                .members
                .get(name)
                .map_or(DEAD, |goal| graph.height(*goal));
            height = height.max(member);
        }
        if self.min_extra > 0 {
            height = height.max(self.extra.map_or(DEAD, |goal| graph.height(goal)));
        }
        height.saturating_add(1)
    }

    /// The goal of the item at the index.
    pub(crate) fn item(&self, index: u64) -> Option<GoalId> {
        usize::try_from(index)
            .ok()
            .and_then(|index| self.prefix.get(index).copied())
            .or(self.rest)
    }
}

fn tighten(max: &mut Option<u64>, limit: u64) {
    *max = Some(max.map_or(limit, |max| max.min(limit)));
}
