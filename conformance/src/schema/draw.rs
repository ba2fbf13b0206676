//! Draws values that meet a goal.

use std::sync::Arc;

use proptest::{prelude::RngExt, test_runner::TestRng};
use serde_json::{Map, Value};

use super::{
    demand::{Atom, Rule},
    graph::{Choice, DEAD, Form, GoalId, Graph},
    judge,
    node::{Node, Types},
    number,
    shape::{MOST_ITEMS, Shape},
    text,
};

/// How often a part that its schemas refuse is drawn again before the whole value is.
const TRIES: usize = 24;

/// How many parts of one value are drawn again, all in all: parts in parts multiply.
const FUEL: u32 = 200;

/// How many nodes a value has before optional members and items are left away.
const SIZE: i64 = 96;

/// How much of what is optional is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Nothing, and the simplest of what is required.
    Small,
    /// Some of it.
    Mixed,
    /// All members, one item.
    Full,
}

/// A part of a drawn value, and the shape it was drawn from.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    pub(crate) path: Vec<Step>,
    /// The goal of the part, unions decided.
    pub(crate) goal: GoalId,
}

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Member(String),
    Item(usize),
}

/// Draws from a graph with one random generator.
pub(crate) struct Drawer<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) nodes: &'a [Arc<Node>],
    pub(crate) rng: &'a mut TestRng,
    pub(crate) style: Style,
    budget: i64,
    /// How many parts may still be drawn again.
    fuel: u32,
    /// The object that is drawn next is a branch of a `oneOf`: members with one value tell which.
    tagged: bool,
    path: Vec<Step>,
    /// Where the parts of the value came from.
    pub(crate) spots: Vec<Spot>,
}

impl<'a> Drawer<'a> {
    pub(crate) fn new(
        graph: &'a Graph,
        nodes: &'a [Arc<Node>],
        rng: &'a mut TestRng,
        style: Style,
    ) -> Self {
        Self {
            graph,
            nodes,
            rng,
            style,
            budget: SIZE,
            fuel: FUEL,
            tagged: false,
            path: Vec::new(),
            spots: Vec::new(),
        }
    }

    /// A value for the goal, as far as shapes can say; `None` if none came up.
    pub(crate) fn draw(&mut self, goal: GoalId) -> Option<Value> {
        if !self.graph.is_alive(goal) {
            return None;
        }
        let form = self.graph.form(goal)?;
        match form.as_ref() {
            Form::Choice(choice) => self.choose(goal, choice),
            Form::Shape(shape) => {
                let tries = if shape.unsure { TRIES } else { 1 };
                let (budget, spots) = (self.budget, self.spots.len());
                for _ in 0..tries {
                    self.budget = budget;
                    self.spots.truncate(spots);
                    self.spots.push(Spot {
                        path: self.path.clone(),
                        goal,
                    });
                    if let Some(value) = self.shape(shape)
                        && (!shape.unsure || self.holds(goal, &value))
                    {
                        return Some(value);
                    }
                    if self.spend().is_none() {
                        break;
                    }
                }
                None
            }
        }
    }

    fn choose(&mut self, goal: GoalId, choice: &Choice) -> Option<Value> {
        let alive: Vec<GoalId> = choice
            .branches
            .iter()
            .copied()
            .filter(|branch| self.graph.is_alive(*branch))
            .collect();
        let (budget, spots) = (self.budget, self.spots.len());
        // Every branch is tried before the choice is given up, beginning with one at random.
        let first = if self.is_tight() {
            let lowest = alive
                .iter()
                .map(|branch| self.graph.height(*branch))
                .min()?;
            alive
                .iter()
                .position(|branch| self.graph.height(*branch) == lowest)?
        } else {
            self.rng.random_range(0..alive.len())
        };
        let judged = matches!(choice.rule, Rule::OneOf);
        for turn in 0..alive.len() {
            let branch = alive[(first + turn) % alive.len()];
            let tries = if judged { TRIES } else { 1 };
            for attempt in 0..tries {
                self.budget = budget;
                self.spots.truncate(spots);
                let style = self.style;
                if judged && attempt > 2 && style == Style::Mixed {
                    // More members tell branches apart better.
                    self.style = Style::Full;
                }
                self.tagged |= judged;
                let value = self.draw(branch);
                self.tagged = false;
                self.style = style;
                if let Some(value) = value
                    && (!judged || self.holds(goal, &value))
                {
                    return Some(value);
                }
                self.spend()?;
            }
        }
        None
    }

    fn spend(&mut self) -> Option<()> {
        self.fuel = self.fuel.checked_sub(1)?;
        Some(())
    }

    /// Whether the schemas of the goal take the value; broken ones are not asked.
    fn holds(&self, goal: GoalId, value: &Value) -> bool {
        let atoms = self.graph.goal(goal);
        atoms.iter().all(|atom| match atom {
            Atom::Is(id) => {
                let broken = atoms.iter().any(|other| matches!(other, Atom::Break(..)));
                broken || judge::is_valid(self.nodes, *id, value)
            }
            Atom::Not(id) => !judge::is_valid(self.nodes, *id, value),
            _ => true,
        })
    }

    fn is_tight(&self) -> bool {
        self.style == Style::Small || self.budget <= 0
    }

    fn shape(&mut self, shape: &Shape) -> Option<Value> {
        self.budget -= 1;
        if let Some(only) = &shape.only {
            let index = if self.style == Style::Small {
                0
            } else {
                self.rng.random_range(0..only.len().max(1))
            };
            return only.get(index).cloned();
        }
        let alive: Vec<Types> = shape
            .types
            .each()
            .filter(|one| shape.height(self.graph, *one) != DEAD)
            .collect();
        let one = self.pick_type(shape, &alive)?;
        let value = self.of_type(shape, one)?;
        let excepted = shape
            .except
            .iter()
            .any(|other| number::equal(&value, other));
        (!excepted).then_some(value)
    }

    /// Free values are mostly plain ones; null comes up less often than the type it stands beside.
    fn pick_type(&mut self, shape: &Shape, alive: &[Types]) -> Option<Types> {
        if self.is_tight() {
            let height = |one: &Types| shape.height(self.graph, *one);
            let rank = |one: &Types| (height(one), *one == Types::NULL, *one != Types::STRING);
            return alive.iter().copied().min_by_key(rank);
        }
        let many = alive.len() > 1;
        for _ in 0..8 {
            let one = *alive.get(self.rng.random_range(0..alive.len().max(1)))?;
            let rare = one == Types::NULL || one == Types::FRACTION;
            if !(many && rare && self.rng.random_bool(0.5)) {
                return Some(one);
            }
        }
        alive.last().copied()
    }

    /// A value of one type.
    pub(crate) fn of_type(&mut self, shape: &Shape, one: Types) -> Option<Value> {
        match one {
            Types::NULL => Some(Value::Null),
            Types::BOOLEAN => Some(Value::Bool(
                self.style != Style::Small && self.rng.random_bool(0.5),
            )),
            Types::INTEGER => {
                let format = shape.formats.first().map(String::as_str);
                if self.style == Style::Small {
                    return shape.bounds.simplest_integer();
                }
                shape.bounds.integer(format, self.rng)
            }
            Types::FRACTION => shape.bounds.fraction(self.rng),
            Types::STRING => {
                if self.style == Style::Small
                    && shape.formats.is_empty()
                    && let Some(text) = text::of_length(shape, shape.min_length.max(1), self.rng)
                    && text::fits(shape, &text)
                {
                    return Some(Value::String(text));
                }
                text::draw(shape, self.rng).map(Value::String)
            }
            Types::ARRAY => self.array(shape),
            _ => self.object(shape),
        }
    }

    fn array(&mut self, shape: &Shape) -> Option<Value> {
        let contained: u64 = shape.contained.iter().map(|(_, min)| *min).sum();
        let least = shape.min_items.max(contained);
        let most = shape.max_items.unwrap_or(u64::MAX);
        let natural = least.max(shape.prefix.len() as u64);
        let length = match self.style {
            _ if self.is_tight() => least,
            Style::Full => natural.max(1),
            _ => match self.rng.random_range(0..8_u8) {
                0 => least,
                1..=3 => natural.max(1),
                _ => natural.max(1) + self.rng.random_range(0..=3_u64),
            },
        }
        .min(most)
        .max(least);
        self.array_of(shape, length)
    }

    /// An array of that many items; fewer if no more came up and that is enough. None if it had to be too long.
    pub(crate) fn array_of(&mut self, shape: &Shape, length: u64) -> Option<Value> {
        if length > MOST_ITEMS {
            return None;
        }
        let least = shape.min_items;
        let mut items: Vec<Value> = Vec::new();
        let mut wanted: Vec<GoalId> = Vec::new();
        for (goal, min) in &shape.contained {
            wanted.extend((0..*min).map(|_| *goal));
        }
        for index in 0..length {
            // Items that have to be contained stand at the end, behind the prefix.
            let left = length - index;
            let goal = if left <= wanted.len() as u64 {
                wanted.pop()?
            } else {
                shape.item(index)?
            };
            let at = items.len();
            if shape.duplicate_items && index == 1 {
                items.push(items[0].clone());
                continue;
            }
            match self.item(goal, at, shape, &items) {
                Some(item) => items.push(item),
                None if at as u64 >= least => break,
                None => return None,
            }
        }
        Some(Value::Array(items))
    }

    fn item(&mut self, goal: GoalId, at: usize, shape: &Shape, others: &[Value]) -> Option<Value> {
        let spots = self.spots.len();
        let tries = if shape.unique_items { TRIES } else { 1 };
        for attempt in 0..tries {
            self.spots.truncate(spots);
            let style = self.style;
            if attempt > 0 && style == Style::Small {
                self.style = Style::Mixed;
            }
            let item = self.within(Step::Item(at), |drawer| drawer.draw(goal));
            self.style = style;
            let item = item?;
            if !shape.unique_items || !others.iter().any(|other| number::equal(other, &item)) {
                return Some(item);
            }
        }
        None
    }

    fn within<T>(&mut self, step: Step, run: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let result = run(self);
        self.path.pop();
        result
    }

    fn object(&mut self, shape: &Shape) -> Option<Value> {
        let chosen = self.members(shape);
        let mut object = Map::new();
        for (name, goal) in &shape.members {
            if !chosen.contains(&name.as_str()) {
                continue;
            }
            match self.within(Step::Member(name.clone()), |drawer| drawer.draw(*goal)) {
                Some(value) => drop(object.insert(name.clone(), value)),
                None if shape.required.contains(name) => return None,
                None => {}
            }
        }
        self.extras(shape, &mut object)?;
        Some(Value::Object(object))
    }

    /// The members that are drawn: what is required, some of the others, and what these depend on.
    fn members<'s>(&mut self, shape: &'s Shape) -> Vec<&'s str> {
        let share = match self.style {
            _ if self.is_tight() => 0.0,
            Style::Full => 1.0,
            _ => [0.0, 0.2, 0.5, 0.5, 0.8, 1.0][self.rng.random_range(0..6_usize)],
        };
        let most = usize::try_from(shape.max_properties.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        let mut chosen: Vec<&str> = shape.required.iter().map(String::as_str).collect();
        let tagged = std::mem::take(&mut self.tagged);
        let mut optional: Vec<&str> = Vec::new();
        for (name, goal) in &shape.members {
            if shape.required.contains(name)
                || shape.forbidden.contains(name)
                || !self.graph.is_alive(*goal)
            {
                continue;
            }
            optional.push(name);
            if chosen.len() < most
                && ((tagged && self.is_tag(*goal)) || self.rng.random_bool(share))
            {
                chosen.push(name);
            }
        }
        let least = usize::try_from(shape.min_properties).unwrap_or(usize::MAX);
        for name in optional {
            if chosen.len() >= least {
                break;
            }
            if !chosen.contains(&name) {
                chosen.push(name);
            }
        }
        let mut index = 0;
        while let Some(name) = chosen.get(index).copied() {
            for (_, names) in shape.dependents.iter().filter(|(of, _)| of == name) {
                for dependent in names {
                    if let Some((known, _)) = shape.members.get_key_value(dependent)
                        && !chosen.contains(&known.as_str())
                    {
                        chosen.push(known);
                    }
                }
            }
            index += 1;
        }
        chosen
    }

    fn is_tag(&self, goal: GoalId) -> bool {
        let form = self.graph.form(goal);
        let Some(Form::Shape(shape)) = form.as_deref() else {
            return false;
        };
        shape.only.as_ref().is_some_and(|only| only.len() == 1)
    }

    /// Members that no schema names: as many as are needed, and now and then one more.
    fn extras(&mut self, shape: &Shape, object: &mut Map<String, Value>) -> Option<()> {
        let needed = shape
            .min_extra
            .max(shape.min_properties.saturating_sub(object.len() as u64));
        let room = shape
            .max_properties
            .unwrap_or(u64::MAX)
            .saturating_sub(object.len() as u64);
        // Objects that name no member are maps: an empty one shows little.
        let is_map = shape.members.is_empty();
        let wanted = match self.style {
            _ if self.is_tight() => 0,
            Style::Full => u64::from(is_map),
            _ if is_map => self.rng.random_range(0..=3_u64),
            _ => 0,
        };
        let count = needed.max(wanted).min(room.max(needed));
        for index in 0..count {
            let drawn = self.extra(shape, object);
            match drawn {
                Some((name, value)) => drop(object.insert(name, value)),
                None if index < needed => return None,
                None => break,
            }
        }
        Some(())
    }

    fn extra(&mut self, shape: &Shape, object: &Map<String, Value>) -> Option<(String, Value)> {
        for attempt in 0..TRIES {
            let (name, goal) = self.name(shape, attempt)?;
            if object.contains_key(&name)
                || shape.members.contains_key(&name)
                || shape.forbidden.contains(&name)
            {
                continue;
            }
            let spots = self.spots.len();
            match self.within(Step::Member(name.clone()), |drawer| drawer.draw(goal)) {
                Some(value) => return Some((name, value)),
                None => self.spots.truncate(spots),
            }
        }
        None
    }

    fn name(&mut self, shape: &Shape, attempt: usize) -> Option<(String, GoalId)> {
        let patterned = shape.patterned.len();
        let extra = shape.extra.filter(|goal| self.graph.is_alive(*goal));
        let from_pattern =
            patterned > 0 && shape.min_extra == 0 && (extra.is_none() || self.rng.random_bool(0.7));
        if from_pattern {
            let (pattern, goal) = &shape.patterned[self.rng.random_range(0..patterned)];
            let name = (0..TRIES)
                .filter_map(|_| pattern.draw(1, 24, self.rng))
                .find(|name| pattern.matches(name))?;
            return Some((name, *goal));
        }
        let goal = extra?;
        let name = match shape.names {
            Some(names) => {
                let spots = self.spots.len();
                let name = self.draw(names);
                self.spots.truncate(spots);
                match name {
                    Some(Value::String(name)) => name,
                    _ => return None,
                }
            }
            None if attempt < 4 => {
                const NAMES: [&str; 6] = ["a", "b", "key", "x_extra", "other", "name2"];
                NAMES[self.rng.random_range(0..NAMES.len())].to_owned()
            }
            None => format!("extra_{}", self.rng.random_range(0..10_000_u16)),
        };
        if shape
            .patterned
            .iter()
            .any(|(pattern, _)| pattern.matches(&name))
        {
            return Some((name, goal)).filter(|_| !shape.unsure && shape.min_extra == 0);
        }
        Some((name, goal))
    }
}
