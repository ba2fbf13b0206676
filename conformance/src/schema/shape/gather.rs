//! From keywords to demands: what each asks of a value, and what a value that it refuses is like.

use serde_json::{Number, Value};

use super::{Position, Shape};
use crate::schema::{
    demand::{Atom, Keyword},
    node::{Keywords, NodeId, Types},
    number,
};

impl Shape {
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
}

fn tighten(max: &mut Option<u64>, limit: u64) {
    *max = Some(max.map_or(limit, |max| max.min(limit)));
}
