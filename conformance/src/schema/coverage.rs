//! The values that a schema names: at each bound and next to it, each listed value, each branch,
//! each optional member there and not there; and each way to break them, one at a time.
//!
//! The list is the same on every run. Each value is the smallest valid one that shows the point.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use proptest::test_runner::TestRng;
use serde_json::{Map, Value};
use spec::Pointer;

use super::{
    State, Unsupported,
    breakage::{Breakage, Broken, Distance, Fix, keywords, pointer, ways},
    demand::{Keyword, Rule},
    draw::{Drawer, Step, Style},
    fixed_rng,
    graph::{Form, GoalId},
    judge,
    node::{NodeId, Types},
    shape::{MOST_ITEMS, Shape},
    shrink, text,
};

/// A valid value and what it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    /// The value: proved valid.
    pub value: Value,
    /// The part of the value that shows it.
    pub instance: Pointer,
    /// What it shows: never quotes a value.
    pub what: String,
    /// Whether the value stands in the document: an example or a default.
    pub from_document: bool,
}

/// What there is to try about a schema.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Values that the schema takes, in the order of the document.
    pub valid: Vec<Labelled>,
    /// Values that it refuses, in the order of the document.
    pub invalid: Vec<Broken>,
    /// What could not be shown.
    pub unsupported: Vec<Unsupported>,
}

/// The lists end here if nothing else is said; a document can unfold to any size.
pub(super) const MOST: usize = 4_000;

/// How deep parts are looked into.
const DEPTH: usize = 12;

impl State {
    /// Covers the schema; `small` is a valid value of it.
    pub(super) fn cover(
        &mut self,
        root: NodeId,
        goal: GoalId,
        small: &Value,
        most: usize,
    ) -> Coverage {
        let mut cover = Cover {
            state: self,
            root,
            most,
            open: VecDeque::new(),
            rng: fixed_rng(),
            found: Coverage::default(),
            seen_valid: HashSet::new(),
            seen_invalid: HashSet::new(),
            above: Vec::new(),
            full: false,
        };
        cover.valid(small, &[], "the smallest value", false);
        cover.goal(goal, &[], small);
        while let Some(task) = cover.open.pop_front() {
            cover.above = task.above;
            cover.goal(task.goal, &task.path, &task.base);
        }
        let mut found = cover.found;
        if cover.full {
            let at = self.list[root.index()].at.clone();
            found.unsupported.push(Unsupported {
                schema: at,
                reason: format!("more than {most} values to try: the list was cut"),
            });
        }
        found
    }
}

struct Cover<'a> {
    state: &'a mut State,
    root: NodeId,
    rng: TestRng,
    found: Coverage,
    seen_valid: HashSet<String>,
    seen_invalid: HashSet<String>,
    /// The goals that the part is within, and those of the part itself.
    above: Vec<GoalId>,
    full: bool,
    most: usize,
    /// Parts that are covered next: the nearest to the root first, so that a list that is cut has them.
    open: VecDeque<Task>,
}

struct Task {
    goal: GoalId,
    path: Vec<Step>,
    base: Value,
    above: Vec<GoalId>,
}

impl Cover<'_> {
    /// Covers the part at `path` of `base`, a valid value, which is to meet `goal`.
    fn goal(&mut self, goal: GoalId, path: &[Step], base: &Value) {
        if self.above.contains(&goal) || path.len() > DEPTH || !self.state.graph.is_alive(goal) {
            return;
        }
        if self.found.valid.len() >= self.most && self.found.invalid.len() >= self.most {
            self.full = true;
            return;
        }
        let Some(form) = self.state.graph.form(goal) else {
            return;
        };
        self.above.push(goal);
        match form.as_ref() {
            Form::Choice(choice) => {
                let name = match choice.rule {
                    Rule::AnyOf => "anyOf",
                    Rule::OneOf => "oneOf",
                    Rule::If => "if",
                    Rule::OrNull => "nullable",
                    Rule::Dependent(_) => "dependentSchemas",
                    Rule::Negation => "not",
                };
                for (index, branch) in choice.branches.iter().enumerate() {
                    let what = format!("branch {index} of {name}");
                    if let Some(base) = self.drawn(*branch, path, base) {
                        self.valid(&base, path, &what, false);
                        self.goal(*branch, path, &base);
                    }
                }
            }
            Form::Shape(shape) => {
                self.documented(shape, path, base);
                self.values(shape, goal, path, base);
                self.broken(shape, goal, path, base);
                self.parts(shape, path, base);
            }
        }
        self.above.pop();
    }

    /// The base with a value for the goal at the path, valid as a whole.
    fn drawn(&mut self, goal: GoalId, path: &[Step], base: &Value) -> Option<Value> {
        [
            Style::Small,
            Style::Small,
            Style::Full,
            Style::Mixed,
            Style::Mixed,
        ]
        .into_iter()
        .find_map(|style| {
            let list = Arc::clone(&self.state.list);
            let mut drawer = Drawer::new(&self.state.graph, &list, &mut self.rng, style);
            let part = drawer.draw(goal)?;
            self.placed(base, path, part)
        })
    }

    fn placed(&self, base: &Value, path: &[Step], part: Value) -> Option<Value> {
        let value = match (path.split_last(), shrink::part(base, path)) {
            (Some((Step::Item(_), holder)), None) => {
                let mut items = shrink::part(base, holder)?.as_array()?.clone();
                items.push(part);
                shrink::with_part(base, holder, Value::Array(items))?
            }
            _ => shrink::with_part(base, path, part)?,
        };
        judge::is_valid(&self.state.list, self.root, &value).then_some(value)
    }

    fn valid(&mut self, value: &Value, path: &[Step], what: &str, from_document: bool) {
        let text = value.to_string();
        if self.seen_valid.contains(&text) {
            return;
        }
        if self.found.valid.len() >= self.most {
            self.full = true;
            return;
        }
        self.seen_valid.insert(text);
        self.found.valid.push(Labelled {
            value: value.clone(),
            instance: pointer(path),
            what: what.to_owned(),
            from_document,
        });
    }

    fn show(&mut self, base: &Value, path: &[Step], part: Value, what: &str) {
        if let Some(value) = self.placed(base, path, part) {
            self.valid(&value, path, what, false);
        }
    }

    fn documented(&mut self, shape: &Shape, path: &[Step], base: &Value) {
        for id in &shape.nodes {
            let list = Arc::clone(&self.state.list);
            let Some(k) = keywords(&list, *id) else {
                continue;
            };
            let examples = k
                .examples
                .iter()
                .map(|value| (value, "an example of the document"));
            let defaults = k.default.iter().map(|value| (value, "the default"));
            for (value, what) in examples.chain(defaults) {
                if let Some(value) = self.placed(base, path, value.clone()) {
                    self.valid(&value, path, what, true);
                }
            }
        }
    }

    /// What the part itself can be.
    fn values(&mut self, shape: &Shape, goal: GoalId, path: &[Step], base: &Value) {
        if let Some(only) = &shape.only {
            for (index, value) in only.iter().enumerate() {
                let what = format!("listed value {}", index + 1);
                self.show(base, path, value.clone(), &what);
            }
            return;
        }
        for one in shape.types.each() {
            match one {
                Types::NULL => self.show(base, path, Value::Null, "null"),
                Types::BOOLEAN => {
                    self.show(base, path, Value::Bool(false), "false");
                    self.show(base, path, Value::Bool(true), "true");
                }
                Types::INTEGER => {
                    for (value, what) in shape.bounds.integer_ends() {
                        self.show(base, path, value, &format!("the {what} integer"));
                    }
                }
                Types::FRACTION => {
                    if let Some(value) = shape.bounds.fraction(&mut self.rng) {
                        self.show(base, path, value, "a number with a fraction");
                    }
                }
                Types::STRING => self.texts(shape, path, base),
                Types::ARRAY => self.arrays(shape, path, base),
                _ => self.objects(shape, goal, path, base),
            }
        }
    }

    fn texts(&mut self, shape: &Shape, path: &[Step], base: &Value) {
        let formats: Vec<&str> = shape.formats.iter().map(String::as_str).collect();
        if formats.iter().any(|format| super::format::is_known(format)) {
            if let Some(text) = text::draw(shape, &mut self.rng) {
                let what = format!("a text of format {}", formats.join(" and "));
                self.show(base, path, Value::String(text), &what);
            }
            return;
        }
        let min = shape.min_length;
        let mut lengths = vec![
            (min, "the shortest text"),
            (min + 1, "next to the shortest text"),
        ];
        if let Some(max) = shape.max_length {
            lengths.push((max.saturating_sub(1), "next to the longest text"));
            lengths.push((max, "the longest text"));
        }
        for (length, what) in lengths {
            if let Some(text) = text::of_length(shape, length, &mut self.rng) {
                self.show(base, path, Value::String(text), what);
            }
        }
        if shape.patterns.is_empty() && shape.max_length.is_none_or(|max| max >= 4) {
            let odd = "é漢😀\"".to_owned() + &"a".repeat(usize::try_from(min).unwrap_or(0));
            self.show(base, path, Value::String(odd), "a text outside ASCII");
        }
        if let Some(text) = text::draw(shape, &mut self.rng) {
            self.show(base, path, Value::String(text), "a text");
        }
    }

    fn arrays(&mut self, shape: &Shape, path: &[Step], base: &Value) {
        let min = shape.min_items;
        let mut counts = vec![
            (min, "the fewest items"),
            (min + 1, "next to the fewest items"),
        ];
        if let Some(max) = shape.max_items {
            counts.push((max.saturating_sub(1), "next to the most items"));
            counts.push((max, "the most items"));
        }
        for (count, what) in counts {
            if count > MOST_ITEMS || shape.max_items.is_some_and(|max| count > max) {
                continue;
            }
            if let Some(items) = self.items(shape, count) {
                self.show(base, path, items, what);
            }
        }
    }

    fn items(&mut self, shape: &Shape, count: u64) -> Option<Value> {
        let list = Arc::clone(&self.state.list);
        let mut drawer = Drawer::new(&self.state.graph, &list, &mut self.rng, Style::Small);
        drawer.array_of(shape, count)
    }

    fn objects(&mut self, shape: &Shape, goal: GoalId, path: &[Step], base: &Value) {
        let list = Arc::clone(&self.state.list);
        let full = Drawer::new(&self.state.graph, &list, &mut self.rng, Style::Full).draw(goal);
        let Some(full) = full.and_then(|part| self.placed(base, path, part)) else {
            return;
        };
        self.valid(&full, path, "all members", false);
        for name in shape.members.keys() {
            if shape.required.contains(name) {
                continue;
            }
            if let Some(value) = shrink::without(&full, path, &[Step::Member(name.clone())])
                && judge::is_valid(&self.state.list, self.root, &value)
            {
                let what = format!("all members but `{name}`");
                self.valid(&value, path, &what, false);
            }
        }
    }

    /// Each way to break the part itself.
    fn broken(&mut self, shape: &Shape, goal: GoalId, path: &[Step], base: &Value) {
        for (node, keyword) in ways(&self.state.list, shape) {
            if keyword == Keyword::Type {
                self.wrong_types(shape, node, path, base);
                continue;
            }
            let found = (0..4).find_map(|_| {
                let breakage = self.state.breakage(
                    base,
                    path,
                    goal,
                    (node, keyword),
                    Distance::Next,
                    &mut self.rng,
                )?;
                breakage.prove(&self.state.list, self.root, base)
            });
            self.invalid(found);
        }
    }

    fn wrong_types(&mut self, shape: &Shape, node: NodeId, path: &[Step], base: &Value) {
        // What is taken for one another most easily: texts and numbers, numbers and booleans,
        // integers and fractions, objects and arrays; and null.
        let asked = |types: Types| shape.types.has(types);
        let containers = Types::ARRAY.with(Types::OBJECT);
        let wrong = [
            (Value::Null, true),
            (Value::Bool(true), asked(Types::NUMBER)),
            (Value::from(7), !asked(Types::NUMBER)),
            (Value::from(7.5), asked(Types::INTEGER)),
            (Value::from("a"), true),
            (Value::Array(Vec::new()), asked(Types::OBJECT)),
            (
                Value::Object(Map::new()),
                asked(Types::ALL.without(containers)),
            ),
        ];
        for (part, confusable) in wrong {
            if !confusable || asked(Types::of(&part)) {
                continue;
            }
            let breakage = Breakage {
                path: path.to_vec(),
                node,
                keyword: Keyword::Type,
                fix: Fix::Put(part),
            };
            let found = breakage.prove(&self.state.list, self.root, base);
            self.invalid(found);
        }
    }

    fn invalid(&mut self, found: Option<Broken>) {
        let Some(broken) = found else { return };
        let text = broken.value.to_string();
        if self.seen_invalid.contains(&text) {
            return;
        }
        if self.found.invalid.len() >= self.most {
            self.full = true;
            return;
        }
        self.seen_invalid.insert(text);
        self.found.invalid.push(broken);
    }

    /// The members and items of the part.
    fn parts(&mut self, shape: &Shape, path: &[Step], base: &Value) {
        if shape.only.is_some() {
            return;
        }
        if shape.types.has(Types::OBJECT) && shrink::part(base, path).is_some_and(Value::is_object)
        {
            for (name, goal) in &shape.members {
                if shape.forbidden.contains(name) {
                    continue;
                }
                let what = format!("the member `{name}` is there");
                self.part(Step::Member(name.clone()), *goal, path, base, &what);
            }
            if let (Some(extra), None) = (shape.extra, shape.names)
                && !self.state.graph.goal(extra).is_empty()
            {
                let name = Step::Member("key".to_owned());
                self.part(name, extra, path, base, "a member that no schema names");
            }
        }
        if shape.types.has(Types::ARRAY) && shrink::part(base, path).is_some_and(Value::is_array) {
            let len = shape.prefix.len();
            for (index, goal) in shape.prefix.iter().enumerate() {
                self.part(
                    Step::Item(index),
                    *goal,
                    path,
                    base,
                    "the items of the prefix",
                );
            }
            if let Some(rest) = shape.rest {
                self.part(Step::Item(len), rest, path, base, "an item");
            }
        }
    }

    fn part(&mut self, step: Step, goal: GoalId, path: &[Step], base: &Value, what: &str) {
        if !self.state.graph.is_alive(goal) {
            return;
        }
        let mut path = path.to_vec();
        path.push(step);
        let there = if shrink::part(base, &path).is_some() {
            Some(base.clone())
        } else {
            self.drawn(goal, &path, base)
        };
        if let Some(base) = there {
            self.valid(&base, &path, what, false);
            self.open.push_back(Task {
                goal,
                path,
                base,
                above: self.above.clone(),
            });
        }
    }
}
