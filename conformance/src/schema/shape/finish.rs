//! From demands to goals: what was gathered of members and items, put together for each of them.

use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use super::{Position, Shape};
use crate::schema::{
    demand::Atom,
    graph::{Goal, GoalId, Graph},
    node::{Keywords, Kind, Node, NodeId, Types},
    number,
    pattern::Pattern,
};

impl Shape {
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
}
