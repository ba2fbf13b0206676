//! What a value has to be, all schemas that apply to it taken together.
//!
//! A [`Goal`] is a conjunction of schemas, and of their negations. It is resolved into a choice of
//! narrower goals (the branches of a union) or into one [`Shape`], whose members and items are
//! goals again. A goal is alive if some value of finite size meets it, as far as can be told
//! without asking the validator.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use super::{
    demand::{Atom, Keyword, Rule},
    node::{Keywords, Kind, Node, NodeId, Types},
    pattern::Pattern,
    shape::Shape,
};

/// The index of a goal in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct GoalId(u32);

impl GoalId {
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// A conjunction of demands on one value.
pub(crate) type Goal = Vec<Atom>;

/// What a goal comes to.
#[derive(Debug)]
pub(crate) enum Form {
    /// One of several narrower goals.
    Choice(Choice),
    /// Demands that can be read off.
    Shape(Box<Shape>),
}

/// A union of goals.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) rule: Rule,
    pub(crate) branches: Vec<GoalId>,
}

/// How many levels a value needs at least; `DEAD` if no value is known to meet the goal.
pub(crate) type Height = u32;
pub(crate) const DEAD: Height = Height::MAX;

/// A union of more goals than this is not spread out any further.
const MAX_GOALS: usize = 60_000;

/// All goals that were asked for, resolved.
#[derive(Default)]
pub(crate) struct Graph {
    goals: Vec<Goal>,
    ids: HashMap<Goal, GoalId>,
    forms: Vec<Option<Arc<Form>>>,
    heights: Vec<Height>,
    patterns: HashMap<String, Arc<Pattern>>,
}

impl Graph {
    /// The goal, resolved along with all that it leads to.
    pub(crate) fn ensure(&mut self, nodes: &[Arc<Node>], goal: Goal) -> GoalId {
        let root = self.intern(goal);
        let mut open = vec![root];
        let mut fresh = BTreeSet::new();
        while let Some(id) = open.pop() {
            if self.forms[id.index()].is_some() {
                continue;
            }
            let form = self.resolve(nodes, id);
            open.extend(children(&form));
            self.forms[id.index()] = Some(Arc::new(form));
            fresh.insert(id);
        }
        self.settle(&fresh);
        root
    }

    pub(crate) fn goal(&self, id: GoalId) -> &Goal {
        &self.goals[id.index()]
    }

    /// What the goal comes to; a goal that was never ensured has no form, and takes nothing.
    pub(crate) fn form(&self, id: GoalId) -> Option<Arc<Form>> {
        self.forms[id.index()].clone()
    }

    pub(crate) fn height(&self, id: GoalId) -> Height {
        self.heights[id.index()]
    }

    pub(crate) fn is_alive(&self, id: GoalId) -> bool {
        self.height(id) != DEAD
    }

    pub(crate) fn pattern(&mut self, pattern: &str) -> Arc<Pattern> {
        if let Some(known) = self.patterns.get(pattern) {
            return Arc::clone(known);
        }
        let compiled = Arc::new(Pattern::new(pattern));
        self.patterns
            .insert(pattern.to_owned(), Arc::clone(&compiled));
        compiled
    }

    pub(crate) fn intern(&mut self, mut goal: Goal) -> GoalId {
        let mut seen = BTreeSet::new();
        goal.retain(|atom| seen.insert(*atom));
        if let Some(id) = self.ids.get(&goal) {
            return *id;
        }
        let id = GoalId(u32::try_from(self.goals.len()).unwrap_or(u32::MAX));
        self.ids.insert(goal.clone(), id);
        self.goals.push(goal);
        self.forms.push(None);
        self.heights.push(DEAD);
        id
    }

    /// Heights are a least fixed point: nothing is alive until its parts are.
    fn settle(&mut self, fresh: &BTreeSet<GoalId>) {
        loop {
            let mut changed = false;
            for id in fresh.iter().rev() {
                let Some(form) = self.form(*id) else { continue };
                let height = match form.as_ref() {
                    Form::Choice(choice) => choice
                        .branches
                        .iter()
                        .map(|branch| self.height(*branch))
                        .min()
                        .unwrap_or(DEAD),
                    Form::Shape(shape) => shape
                        .types
                        .each()
                        .map(|one| shape.height(self, one))
                        .min()
                        .unwrap_or(DEAD),
                };
                if height < self.heights[id.index()] {
                    self.heights[id.index()] = height;
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    fn resolve(&mut self, nodes: &[Arc<Node>], id: GoalId) -> Form {
        let goal = self.goals[id.index()].clone();
        let mut gather = Gather {
            nodes,
            picks: goal
                .iter()
                .filter_map(|atom| match atom {
                    Atom::Pick(node, rule, index) => Some(((*node, *rule), *index)),
                    _ => None,
                })
                .collect(),
            breaks: goal
                .iter()
                .filter_map(|atom| match atom {
                    Atom::Break(node, keyword) => Some((*node, *keyword)),
                    _ => None,
                })
                .collect(),
            shape: Shape::default(),
            seen: BTreeSet::new(),
            union: None,
            open: goal.iter().rev().copied().collect(),
        };
        gather.run();
        if let Some((node, rule, count)) = gather.union
            && !gather.shape.types.is_empty()
            && self.goals.len() < MAX_GOALS
        {
            let branches = (0..count)
                .map(|index| {
                    let mut branch = goal.clone();
                    branch.push(Atom::Pick(node, rule, index));
                    self.intern(branch)
                })
                .collect();
            return Form::Choice(Choice { rule, branches });
        }
        let mut shape = gather.shape;
        shape.finish(self, nodes);
        Form::Shape(Box::new(shape))
    }
}

fn children(form: &Form) -> Vec<GoalId> {
    match form {
        Form::Choice(choice) => choice.branches.clone(),
        Form::Shape(shape) => shape.children(),
    }
}

/// Takes the schemas of a goal apart into one shape, and stops at the first union that no pick decides.
struct Gather<'a> {
    nodes: &'a [Arc<Node>],
    picks: HashMap<(NodeId, Rule), u32>,
    breaks: BTreeSet<(NodeId, Keyword)>,
    shape: Shape,
    seen: BTreeSet<Atom>,
    union: Option<(NodeId, Rule, u32)>,
    open: Vec<Atom>,
}

impl Gather<'_> {
    fn run(&mut self) {
        while let Some(atom) = self.open.pop() {
            if !self.seen.insert(atom) {
                continue;
            }
            match atom {
                Atom::Is(id) => self.is(id),
                Atom::Not(id) => self.not(id),
                Atom::Fail(id, keyword) | Atom::Break(id, keyword) => self.fail(id, keyword),
                Atom::Types(types) => self.shape.types = self.shape.types.and(types),
                Atom::Pick(..) => {}
            }
        }
    }

    /// The branch of a union that was picked; if none was, the union is left for a choice.
    fn picked(&mut self, id: NodeId, rule: Rule, count: usize) -> Option<usize> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        if let Some(index) = self.picks.get(&(id, rule)) {
            return Some(*index as usize);
        }
        self.union.get_or_insert((id, rule, count));
        None
    }

    fn is(&mut self, id: NodeId) {
        let nodes = self.nodes;
        let k = match &nodes[id.index()].kind {
            Kind::Always => return,
            Kind::Never => {
                self.shape.types = Types::NONE;
                return;
            }
            Kind::Keywords(k) => k,
        };
        if k.or_null {
            match self.picked(id, Rule::OrNull, 2) {
                Some(0) => {}
                Some(_) => {
                    self.shape.types = self.shape.types.and(Types::NULL);
                    return;
                }
                None => return,
            }
        }
        let breaks = &self.breaks;
        self.shape
            .take(id, k, |keyword| breaks.contains(&(id, keyword)));
        let mut push: Vec<Atom> = Vec::new();
        push.extend(k.reference.map(Atom::Is));
        push.extend(k.all_of.iter().copied().map(Atom::Is));
        if let Some(branches) = &k.any_of
            && let Some(index) = self.picked(id, Rule::AnyOf, branches.len())
        {
            push.extend(branches.get(index).copied().map(Atom::Is));
        }
        if let Some(branches) = &k.one_of {
            self.shape.unsure |= branches.len() > 1;
            if let Some(index) = self.picked(id, Rule::OneOf, branches.len()) {
                push.extend(branches.get(index).copied().map(Atom::Is));
            }
        }
        if let Some(not) = k.not
            && !self.breaks.contains(&(id, Keyword::Not))
        {
            push.push(Atom::Not(not));
        }
        if let Some(if_) = k.if_
            && (k.then.is_some() || k.else_.is_some())
        {
            match self.picked(id, Rule::If, 2) {
                Some(0) => {
                    push.push(Atom::Is(if_));
                    push.extend(k.then.map(Atom::Is));
                }
                Some(_) => {
                    push.push(Atom::Not(if_));
                    push.extend(k.else_.map(Atom::Is));
                }
                None => {}
            }
        }
        for (index, schema) in k.dependent_schemas.values().enumerate() {
            let rule = Rule::Dependent(u32::try_from(index).unwrap_or(u32::MAX));
            let name = k.dependent_schemas.get_index(index).map(|(name, _)| name);
            match (self.picked(id, rule, 2), name) {
                (Some(0), Some(name)) => self.shape.forbid(name),
                (Some(_), Some(name)) => {
                    self.shape.require(name);
                    push.push(Atom::Is(*schema));
                }
                _ => {}
            }
        }
        self.open.extend(push.into_iter().rev());
    }

    fn not(&mut self, id: NodeId) {
        let nodes = self.nodes;
        let k = match &nodes[id.index()].kind {
            Kind::Always => {
                self.shape.types = Types::NONE;
                return;
            }
            Kind::Never => return,
            Kind::Keywords(k) => k,
        };
        if k.or_null {
            self.shape.types = self.shape.types.without(Types::NULL);
        }
        let ways = failures(k);
        self.shape.unsure = true;
        let way = match ways.len() {
            0 => {
                self.shape.types = Types::NONE;
                return;
            }
            1 => Some(0),
            count => self.picked(id, Rule::Negation, count),
        };
        if let Some(keyword) = way.and_then(|way| ways.get(way)) {
            self.open.push(Atom::Fail(id, *keyword));
        }
    }

    fn fail(&mut self, id: NodeId, keyword: Keyword) {
        let nodes = self.nodes;
        let Kind::Keywords(k) = &nodes[id.index()].kind else {
            return;
        };
        self.shape.unsure = true;
        let list = |list: &[NodeId], index: u32| list.get(index as usize).copied();
        let atoms: Vec<Atom> = match keyword {
            Keyword::Reference => k.reference.map(Atom::Not).into_iter().collect(),
            Keyword::AllOf(index) => list(&k.all_of, index).map(Atom::Not).into_iter().collect(),
            Keyword::AnyOf => k.any_of.iter().flatten().copied().map(Atom::Not).collect(),
            Keyword::OneOf => k.one_of.iter().flatten().copied().map(Atom::Not).collect(),
            Keyword::Not => k.not.map(Atom::Is).into_iter().collect(),
            Keyword::Then => k
                .if_
                .map(Atom::Is)
                .into_iter()
                .chain(k.then.map(Atom::Not))
                .collect(),
            Keyword::Else => k
                .if_
                .map(Atom::Not)
                .into_iter()
                .chain(k.else_.map(Atom::Not))
                .collect(),
            plain => {
                self.shape.fail(id, k, plain);
                Vec::new()
            }
        };
        self.open.extend(atoms.into_iter().rev());
    }
}

/// The ways in which a value can fail a schema, one keyword each.
pub(crate) fn failures(k: &Keywords) -> Vec<Keyword> {
    let mut ways = own_failures(k);
    let count = |len: usize| 0..u32::try_from(len).unwrap_or(u32::MAX);
    ways.extend(count(k.properties.len()).map(Keyword::Property));
    ways.extend(count(k.prefix_items.len()).map(Keyword::PrefixItem));
    ways.extend(k.items.map(|_| Keyword::Items));
    ways.extend(k.reference.map(|_| Keyword::Reference));
    ways.extend(count(k.all_of.len()).map(Keyword::AllOf));
    ways.extend(k.any_of.as_ref().map(|_| Keyword::AnyOf));
    ways.extend(k.one_of.as_ref().map(|_| Keyword::OneOf));
    ways.extend(k.if_.and(k.then).map(|_| Keyword::Then));
    ways.extend(k.if_.and(k.else_).map(|_| Keyword::Else));
    ways
}

/// The ways in which a value itself, not a part of it, can fail the keywords of this very schema.
pub(crate) fn own_failures(k: &Keywords) -> Vec<Keyword> {
    let mut ways = Vec::new();
    let count = |len: usize| 0..u32::try_from(len).unwrap_or(u32::MAX);
    let mut add = |present: bool, keyword: Keyword| {
        if present {
            ways.push(keyword);
        }
    };
    add(k.types.is_some(), Keyword::Type);
    add(k.enumeration.is_some(), Keyword::Enum);
    add(k.constant.is_some(), Keyword::Const);
    add(k.minimum.is_some(), Keyword::Minimum);
    add(k.maximum.is_some(), Keyword::Maximum);
    add(k.exclusive_minimum.is_some(), Keyword::ExclusiveMinimum);
    add(k.exclusive_maximum.is_some(), Keyword::ExclusiveMaximum);
    add(k.multiple_of.is_some(), Keyword::MultipleOf);
    add(k.min_length.is_some_and(|min| min > 0), Keyword::MinLength);
    add(k.max_length.is_some(), Keyword::MaxLength);
    add(k.pattern.is_some(), Keyword::Pattern);
    add(k.min_items.is_some_and(|min| min > 0), Keyword::MinItems);
    add(k.max_items.is_some(), Keyword::MaxItems);
    add(k.unique_items, Keyword::UniqueItems);
    add(k.contains.is_some(), Keyword::Contains);
    add(
        k.min_properties.is_some_and(|min| min > 0),
        Keyword::MinProperties,
    );
    add(k.max_properties.is_some(), Keyword::MaxProperties);
    add(
        k.additional_properties.is_some(),
        Keyword::AdditionalProperties,
    );
    add(
        k.unevaluated_properties.is_some(),
        Keyword::UnevaluatedProperties,
    );
    add(k.property_names.is_some(), Keyword::PropertyNames);
    add(k.not.is_some(), Keyword::Not);
    ways.extend(count(k.required.len()).map(Keyword::Required));
    ways.extend(count(k.dependent_required.len()).map(Keyword::DependentRequired));
    ways
}
