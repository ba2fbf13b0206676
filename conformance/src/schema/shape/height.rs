//! How deep the smallest value is, and whether there is one.

use serde_json::Value;

use super::{MOST_ITEMS, Shape};
use crate::schema::{
    graph::{DEAD, Graph, Height},
    node::Types,
    number, text,
};

impl Shape {
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
}
