//! Simpler values: what a value can be replaced by on the way to the smallest one that still shows
//! a failure.
//!
//! Shrinking works on the value, not on the choices it was drawn from, so it can never get stuck in
//! them: a candidate is any edit that makes the value simpler and that the caller's test lets through.

use serde_json::{Map, Value};

use super::{draw::Step, node::Types};

/// How simple a value is: how many nodes, then how much is written in them. Less is simpler.
pub(crate) fn weight(value: &Value) -> (usize, u128) {
    match value {
        Value::Null => (1, 0),
        Value::Bool(flag) => (1, 1 + u128::from(*flag)),
        Value::Number(number) => {
            let size = match number.as_i64() {
                // Below zero is a little less plain than above.
                Some(whole) => 2 * u128::from(whole.unsigned_abs()) + u128::from(whole < 0),
                None => number.as_u64().map_or_else(
                    || fraction_size(number.as_f64().unwrap_or_default()),
                    |whole| 2 * u128::from(whole),
                ),
            };
            (1, 1 + size)
        }
        Value::String(text) => {
            let odd = |one: char| match one {
                'a' | '0' => 0,
                one if one.is_ascii_alphanumeric() => 1,
                one if one.is_ascii_graphic() => 2,
                _ => 3,
            };
            (1, text.chars().map(|one| 4 + odd(one)).sum::<u128>() + 1)
        }
        Value::Array(items) => items.iter().map(weight).fold((1, 1), add),
        Value::Object(members) => members.values().map(weight).fold((1, 1), add),
    }
}

/// Fractions are less plain than the integers around them, long ones less than short ones.
fn fraction_size(float: f64) -> u128 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates, and is only compared"
    )]
    let whole = float.abs().ceil() as u128;
    2 * whole.min(u128::from(u64::MAX)) + 2 + float.to_string().len() as u128
}

fn add(a: (usize, u128), b: (usize, u128)) -> (usize, u128) {
    (a.0 + b.0, a.1 + b.1)
}

/// One way to make a value simpler.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Edit {
    /// The part that is edited.
    pub(crate) path: Vec<Step>,
    pub(crate) change: Change,
}

/// What is done to the part.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Change {
    /// Something else in its place.
    Replace(Value),
    /// Members or items of it left out: as many of these as the test lets go.
    Leave(Vec<Step>),
}

/// All edits of the value: the ones that promise most first, the parts in the order of the value.
/// Nothing on the way to `keep`, or within it, is touched.
pub(crate) fn edits(value: &Value, keep: Option<&[Step]>) -> Vec<Edit> {
    let mut removals = Vec::new();
    let mut scalars = Vec::new();
    collect(value, &mut Vec::new(), keep, &mut removals, &mut scalars);
    removals.append(&mut scalars);
    removals
}

fn collect(
    value: &Value,
    path: &mut Vec<Step>,
    keep: Option<&[Step]>,
    removals: &mut Vec<Edit>,
    scalars: &mut Vec<Edit>,
) {
    if keep == Some(path.as_slice()) {
        return;
    }
    let kept = keep
        .filter(|keep| keep.starts_with(path))
        .and_then(|keep| keep.get(path.len()));
    if kept.is_none() {
        for replacement in plainer(value) {
            scalars.push(Edit {
                path: path.clone(),
                change: Change::Replace(replacement),
            });
        }
    }
    let steps: Vec<Step> = match value {
        Value::Object(members) => members.keys().cloned().map(Step::Member).collect(),
        Value::Array(items) => (0..items.len()).map(Step::Item).collect(),
        _ => return,
    };
    let removable: Vec<Step> = steps
        .iter()
        .filter(|step| match (kept, step) {
            (None, _) => true,
            // Items after the one that is kept can go, items before it would move it.
            (Some(Step::Item(kept)), Step::Item(index)) => index > kept,
            (Some(kept), step) => kept != *step,
        })
        .cloned()
        .collect();
    let mut size = removable.len();
    while size > 0 {
        for chunk in removable.chunks(size) {
            removals.push(Edit {
                path: path.clone(),
                change: Change::Leave(chunk.to_vec()),
            });
        }
        size /= 2;
    }
    for step in steps {
        if let Some(part) = part(value, std::slice::from_ref(&step)) {
            path.push(step);
            collect(part, path, keep, removals, scalars);
            path.pop();
        }
    }
}

/// The edited value, if it is simpler and the test takes it.
pub(crate) fn apply(
    value: &Value,
    edit: &Edit,
    takes: &mut impl FnMut(&Value) -> bool,
) -> Option<Value> {
    let candidate = match &edit.change {
        Change::Replace(replacement) => {
            let candidate = with_part(value, &edit.path, replacement.clone())?;
            takes(&candidate).then_some(candidate)?
        }
        Change::Leave(steps) => {
            let mut best = value.clone();
            // Items from the rear, so that the indices in front stay right.
            let mut all = without(&best, &edit.path, steps)?;
            if takes(&all) {
                best = all;
            } else {
                for step in steps.iter().rev() {
                    all = without(&best, &edit.path, std::slice::from_ref(step))?;
                    if takes(&all) {
                        best = all;
                    }
                }
            }
            best
        }
    };
    (weight(&candidate) < weight(value)).then_some(candidate)
}

/// Plainer values of any type that could stand in the place of this one.
fn plainer(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::Null => return all,
        Value::Bool(flag) => {
            if *flag {
                all.push(Value::Bool(false));
            }
        }
        Value::Number(number) => {
            all.push(Value::from(0));
            all.push(Value::from(1));
            if let Some(whole) = number.as_i64() {
                // Nearer and nearer to where it came from, as in a binary search.
                let mut part = whole / 2;
                while part != 0 {
                    all.push(Value::from(whole - part));
                    part /= 2;
                }
            } else if let Some(float) = number.as_f64() {
                all.push(Value::from(float.trunc()));
                all.push(Value::from(0.5));
                all.push(Value::from((float * 8.0).trunc() / 8.0));
            }
        }
        Value::String(text) => all.extend(plainer_texts(text).into_iter().map(Value::String)),
        Value::Array(items) => {
            if !items.is_empty() {
                all.push(Value::Array(Vec::new()));
            }
            all.extend(items.iter().take(1).cloned());
        }
        Value::Object(members) => {
            if !members.is_empty() {
                all.push(Value::Object(Map::new()));
            }
        }
    }
    if Types::of(value) != Types::BOOLEAN {
        all.push(Value::from("a"));
        all.push(Value::from(""));
        all.push(Value::from(0));
    }
    let own = weight(value);
    all.retain(|other| weight(other) < own);
    all
}

fn plainer_texts(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut all: Vec<String> = Vec::new();
    let collect = |chars: &[char]| chars.iter().collect::<String>();
    all.push(String::new());
    all.push("a".to_owned());
    all.push("a".repeat(chars.len()));
    let mut size = chars.len() / 2;
    while size > 0 {
        for start in (0..chars.len()).step_by(size).take(32) {
            let end = (start + size).min(chars.len());
            all.push([collect(&chars[..start]), collect(&chars[end..])].concat());
        }
        size /= 2;
    }
    for (index, one) in chars.iter().enumerate().take(64) {
        for plain in ['a', '0'] {
            if *one != plain {
                let mut other = chars.clone();
                other[index] = plain;
                all.push(collect(&other));
            }
        }
    }
    all
}

/// The part of a value.
pub(crate) fn part<'v>(value: &'v Value, path: &[Step]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Member(name) => value.get(name),
        Step::Item(index) => value.get(index),
    })
}

fn part_mut<'v>(value: &'v mut Value, path: &[Step]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Member(name) => value.get_mut(name),
        Step::Item(index) => value.get_mut(index),
    })
}

/// The value with another part; a member that is not there yet is added.
pub(crate) fn with_part(value: &Value, path: &[Step], part: Value) -> Option<Value> {
    let mut edited = value.clone();
    if let (Some((Step::Member(name), holder)), true) =
        (path.split_last(), self::part(value, path).is_none())
    {
        part_mut(&mut edited, holder)?
            .as_object_mut()?
            .insert(name.clone(), part);
        return Some(edited);
    }
    *part_mut(&mut edited, path)? = part;
    Some(edited)
}

/// The value without some members or items of the part.
pub(crate) fn without(value: &Value, path: &[Step], steps: &[Step]) -> Option<Value> {
    let mut edited = value.clone();
    match part_mut(&mut edited, path)? {
        Value::Object(members) => {
            members.retain(|name, _| {
                !steps
                    .iter()
                    .any(|step| matches!(step, Step::Member(other) if other == name))
            });
        }
        Value::Array(items) => {
            let mut index = 0;
            items.retain(|_| {
                let leave = steps.contains(&Step::Item(index));
                index += 1;
                !leave
            });
        }
        _ => return None,
    }
    Some(edited)
}
