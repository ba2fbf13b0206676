//! Breaks a valid value in exactly one place, by one keyword, and proves it broken.

use std::sync::Arc;

use proptest::test_runner::TestRng;
use serde_json::Value;
use spec::{Location, Pointer};

use super::{
    State,
    demand::{Atom, Keyword},
    draw::{Drawer, Step, Style},
    graph::{Form, GoalId, own_failures},
    judge,
    node::{Keywords, Kind, Node, NodeId, Types},
    shape::Shape,
    shrink, text,
};

/// A value that its schema refuses, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// The value: proved invalid.
    pub value: Value,
    /// The same value before it was broken: proved valid, the nearest passing neighbour.
    pub valid: Value,
    /// The part of the value that its schema refuses. For a missing or forbidden member this is
    /// the object.
    pub instance: Pointer,
    /// The schema that refuses it.
    pub schema: Location,
    /// The keyword of it that is not met.
    pub keyword: String,
    /// The member that is missing, or that is too many.
    pub member: Option<String>,
    /// What was broken, in words: never quotes a value.
    pub what: String,
    /// How it was broken, so that a simpler value can be broken alike.
    pub(super) breakage: Breakage,
}

impl Broken {
    /// Where a server is expected to point: the member at fault if there is one, else the part.
    pub fn at_fault(&self) -> Pointer {
        match &self.member {
            Some(member) => self.instance.child(member),
            None => self.instance.clone(),
        }
    }
}

/// How a part of a valid value is broken.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Breakage {
    pub(crate) path: Vec<Step>,
    pub(crate) node: NodeId,
    pub(crate) keyword: Keyword,
    pub(crate) fix: Fix,
}

/// What is done to the part.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fix {
    Put(Value),
    Remove(String),
    Insert(String, Value),
    /// The first item once more, at the end.
    Repeat,
}

impl Breakage {
    /// The broken value.
    pub(crate) fn apply(&self, base: &Value) -> Option<Value> {
        match &self.fix {
            Fix::Put(part) => {
                shrink::part(base, &self.path)?;
                shrink::with_part(base, &self.path, part.clone())
            }
            Fix::Remove(name) => {
                shrink::part(base, &self.path)?.get(name)?;
                shrink::without(base, &self.path, &[Step::Member(name.clone())])
            }
            Fix::Insert(name, value) => {
                let object = shrink::part(base, &self.path)?.as_object()?;
                if object.contains_key(name) {
                    return None;
                }
                let mut object = object.clone();
                object.insert(name.clone(), value.clone());
                shrink::with_part(base, &self.path, Value::Object(object))
            }
            Fix::Repeat => {
                let mut items = shrink::part(base, &self.path)?.as_array()?.clone();
                items.push(items.first()?.clone());
                shrink::with_part(base, &self.path, Value::Array(items))
            }
        }
    }

    /// What of the valid value has to stay for the breakage to be possible.
    pub(crate) fn kept(&self) -> Vec<Step> {
        let mut path = self.path.clone();
        match &self.fix {
            Fix::Put(_) => {}
            Fix::Remove(name) | Fix::Insert(name, _) => path.push(Step::Member(name.clone())),
            Fix::Repeat => path.push(Step::Item(0)),
        }
        path
    }

    /// The broken value with its reason, if `root` refuses it and `self.node` does for the reason given.
    pub(crate) fn prove(&self, nodes: &[Arc<Node>], root: NodeId, base: &Value) -> Option<Broken> {
        let value = self.apply(base)?;
        if judge::is_valid(nodes, root, &value) {
            return None;
        }
        let part = shrink::part(&value, &self.path)?;
        let schema = &nodes[self.node.index()].at;
        let name = self.keyword.name();
        let violation =
            judge::violations(nodes, self.node, part)
                .into_iter()
                .find(|violation| {
                    violation.keyword == name
                        && &violation.schema == schema
                        && violation.instance.is_root()
                })?;
        let what = match (&self.fix, self.keyword) {
            (_, Keyword::Type) => {
                format!("{} where {} is asked", kind(part), asked(nodes, self.node))
            }
            (Fix::Remove(name), _) => format!("the member `{name}` is missing"),
            (Fix::Insert(name, _), _) => format!("the member `{name}` is not allowed"),
            _ => violation.message,
        };
        Some(Broken {
            value,
            valid: base.clone(),
            instance: pointer(&self.path),
            schema: schema.clone(),
            keyword: name.to_owned(),
            member: match &self.fix {
                Fix::Remove(name) | Fix::Insert(name, _) => Some(name.clone()),
                _ => None,
            },
            what,
            breakage: self.clone(),
        })
    }
}

/// The pointer of a path.
pub(crate) fn pointer(path: &[Step]) -> Pointer {
    path.iter().fold(Pointer::root(), |at, step| match step {
        Step::Member(name) => at.child(name),
        Step::Item(index) => at.index(*index),
    })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) if Types::of(value) == Types::INTEGER => "an integer",
        Value::Number(_) => "a number with a fraction",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn asked(nodes: &[Arc<Node>], id: NodeId) -> String {
    match &nodes[id.index()].kind {
        Kind::Keywords(k) => k.types.unwrap_or(Types::ALL).names().join(" or "),
        _ => String::new(),
    }
}

/// The ways in which a value of the shape can be broken itself, each with the schema it offends.
pub(crate) fn ways(nodes: &[Arc<Node>], shape: &Shape) -> Vec<(NodeId, Keyword)> {
    shape
        .nodes
        .iter()
        .filter_map(|id| Some((*id, keywords(nodes, *id)?)))
        .flat_map(|(id, k)| {
            own_failures(k)
                .into_iter()
                .map(move |keyword| (id, keyword))
        })
        .collect()
}

pub(crate) fn keywords(nodes: &[Arc<Node>], id: NodeId) -> Option<&Keywords> {
    match &nodes[id.index()].kind {
        Kind::Keywords(k) => Some(k),
        _ => None,
    }
}

/// How near to what is allowed a broken value is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Distance {
    /// Right next to it.
    Next,
    /// Anywhere.
    Any,
}

impl State {
    /// A way to break the part of `base` at `path`, which meets `goal`, by one keyword. Not proved yet.
    pub(crate) fn breakage(
        &mut self,
        base: &Value,
        path: &[Step],
        goal: GoalId,
        way: (NodeId, Keyword),
        distance: Distance,
        rng: &mut TestRng,
    ) -> Option<Breakage> {
        let (node, keyword) = way;
        let list = Arc::clone(&self.list);
        let k = keywords(&list, node)?;
        let part = shrink::part(base, path)?;
        let form = self.graph.form(goal)?;
        let Form::Shape(shape) = form.as_ref() else {
            return None;
        };
        let fix = match keyword {
            Keyword::Required(index) => {
                let name = k.required.get(index as usize)?;
                part.get(name)?;
                Fix::Remove(name.clone())
            }
            Keyword::DependentRequired(index) => {
                let (name, names) = k.dependent_required.get_index(index as usize)?;
                part.get(name)?;
                Fix::Remove(
                    names
                        .iter()
                        .find(|name| part.get(name.as_str()).is_some())?
                        .clone(),
                )
            }
            Keyword::AdditionalProperties if is_never(&list, k.additional_properties) => {
                Fix::Insert(fresh_name(shape, part)?, Value::from("a"))
            }
            Keyword::UnevaluatedProperties if is_never(&list, k.unevaluated_properties) => {
                Fix::Insert(fresh_name(shape, part)?, Value::from("a"))
            }
            Keyword::UniqueItems if part.as_array().is_some_and(|items| !items.is_empty()) => {
                Fix::Repeat
            }
            _ => {
                let broken = self.broken_part(goal, way, distance, rng);
                Fix::Put(broken.or_else(|| unlisted(keyword, part))?)
            }
        };
        Some(Breakage {
            path: path.to_vec(),
            node,
            keyword,
            fix,
        })
    }

    fn broken_part(
        &mut self,
        goal: GoalId,
        (node, keyword): (NodeId, Keyword),
        distance: Distance,
        rng: &mut TestRng,
    ) -> Option<Value> {
        let mut broken = self.graph.goal(goal).clone();
        broken.push(Atom::Break(node, keyword));
        let list = Arc::clone(&self.list);
        let goal = self.graph.ensure(&list, broken);
        if distance == Distance::Next
            && let Some(form) = self.graph.form(goal)
            && let Form::Shape(shape) = form.as_ref()
        {
            let count = match keyword {
                Keyword::MinItems => shape.max_items,
                Keyword::MaxItems => Some(shape.min_items),
                _ => None,
            };
            let value = match count {
                Some(count) => {
                    Drawer::new(&self.graph, &list, rng, Style::Small).array_of(shape, count)
                }
                None => next_to_bound(shape, keyword, keywords(&list, node)?, rng),
            };
            if value.is_some() {
                return value;
            }
        }
        let style = match distance {
            Distance::Next => Style::Small,
            Distance::Any => Style::Mixed,
        };
        Drawer::new(&self.graph, &list, rng, style).draw(goal)
    }
}

/// A value for a part that is to be none of the listed ones, where a rule elsewhere that depends on
/// the part (`if`) leaves none to be drawn: whether it is one is still to be proved.
fn unlisted(keyword: Keyword, part: &Value) -> Option<Value> {
    let text = part.as_str()?;
    matches!(keyword, Keyword::Enum | Keyword::Const)
        .then(|| Value::from(if text == "a" { "b" } else { "a" }))
}

/// The value of a broken shape that is nearest to the bound that it breaks.
fn next_to_bound(
    shape: &Shape,
    keyword: Keyword,
    k: &Keywords,
    rng: &mut TestRng,
) -> Option<Value> {
    if shape.only.is_some() {
        return None;
    }
    match keyword {
        Keyword::Minimum | Keyword::ExclusiveMinimum => shape.bounds.greatest_integer(),
        Keyword::Maximum | Keyword::ExclusiveMaximum => shape.bounds.least_integer(),
        Keyword::MultipleOf => shape.bounds.beside(k.multiple_of.as_ref()?, shape.types),
        Keyword::MinLength => text::of_length(shape, shape.max_length?, rng).map(Value::String),
        Keyword::MaxLength => text::of_length(shape, shape.min_length, rng).map(Value::String),
        _ => None,
    }
}

fn is_never(nodes: &[Arc<Node>], id: Option<NodeId>) -> bool {
    id.is_some_and(|id| matches!(nodes[id.index()].kind, Kind::Never))
}

/// A name that no schema of the shape speaks of.
fn fresh_name(shape: &Shape, part: &Value) -> Option<String> {
    let object = part.as_object()?;
    ["x_extra", "unexpected", "x_extra_2", "-", "0"]
        .into_iter()
        .find(|name| {
            !object.contains_key(*name)
                && !shape.members.contains_key(*name)
                && !shape
                    .patterned
                    .iter()
                    .any(|(pattern, _)| pattern.matches(name))
        })
        .map(str::to_owned)
}
