//! Compares runs of one scenario: some with the same secrets, some with others.
//!
//! What varies among runs with the same secrets is noise and masked at its place, and told as masked.
//! Of a value that varies, its form, its beginning and its end are compared still. Ids that a run was
//! given are replaced by which thing they name first; as they came, only their form, beginning and
//! end count. Nothing else is masked.

mod features;
mod side;

use std::{
    borrow::Borrow,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{exchange::Exchange, finding::Place};
use features::{ABSENT, Features, features};

pub(crate) use side::side_by_side;

/// One run: what was seen at each step of the scenario.
#[derive(Clone, Debug, Default)]
pub(crate) struct Run {
    steps: BTreeMap<usize, Seen>,
}

/// The exchange of one step, by its number among those of the input.
#[derive(Clone, Debug)]
struct Seen {
    number: usize,
    features: Features,
}

impl Run {
    /// The run of these steps, each with its exchange and the number of that. `ids` name the things
    /// of the run.
    pub(crate) fn of(
        steps: impl IntoIterator<Item = (usize, usize, Arc<Exchange>)>,
        ids: &[(String, String)],
    ) -> Self {
        let seen = |(step, number, exchange): (usize, usize, Arc<Exchange>)| {
            let features = features(&exchange, ids);
            (step, Seen { number, features })
        };
        Self {
            steps: steps.into_iter().map(seen).collect(),
        }
    }

    /// The number of the exchange of `step`.
    pub(crate) fn number(&self, step: usize) -> Option<usize> {
        self.steps.get(&step).map(|seen| seen.number)
    }
}

/// What is compared at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Aspect {
    /// Its value, or that it is there.
    Value,
    /// An id as it came: never its value.
    Id,
    /// The form of a value that varies.
    Form,
    /// How values begin that vary.
    Beginning,
    /// How they end.
    End,
    /// Names of headers or members, and their order.
    Order,
    /// White space of the body.
    Layout,
    /// How its texts are escaped and its numbers written.
    Spelling,
}

impl Aspect {
    /// In words that precede "of" a place; nothing for the value itself.
    pub(crate) fn described(self) -> &'static str {
        match self {
            Self::Value | Self::Id => "",
            Self::Form => "the form of ",
            Self::Beginning => "the beginning of ",
            Self::End => "the end of ",
            Self::Order => "the order and number of members of ",
            Self::Layout => "the white space of ",
            Self::Spelling => "the way of writing of ",
        }
    }
}

/// A place where runs with other secrets differ from all runs with the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// The number of the step in the scenario.
    pub(crate) step: usize,
    pub(crate) place: Place,
    pub(crate) aspect: Aspect,
    /// What stands there with the usual secrets.
    pub(crate) usual: String,
    /// What stands there with others.
    pub(crate) other: String,
}

/// What [`compare`] found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) differences: Vec<Difference>,
    /// Places that vary by themselves, with their step, and how many values were seen there.
    pub(crate) masked: BTreeMap<(usize, Place), usize>,
}

/// Values that vary and are shorter than this may vary in length too: counters and durations.
const LONG: usize = 10;
/// Beginnings and ends that differ in fewer characters are not told from chance.
const TELLING: usize = 3;

/// Differences between `usual` runs, at least two of them, and `others`, at least one. Steps for
/// which `may_differ` are left out: there a secret is permitted to show.
pub(crate) fn compare<R: Borrow<Run>>(
    usual: &[R],
    others: &[R],
    may_differ: &dyn Fn(usize) -> bool,
) -> Comparison {
    let mut comparison = Comparison::default();
    let Some(first) = usual.first() else {
        return comparison;
    };
    for step in first
        .borrow()
        .steps
        .keys()
        .copied()
        .filter(|step| !may_differ(*step))
    {
        let (Some(usual), Some(others)) = (at(usual, step), at(others, step)) else {
            continue;
        };
        let keys = usual.iter().chain(&others).flat_map(|one| one.keys());
        let places: BTreeSet<&(Place, Aspect)> = keys.collect();
        for key in places {
            let (same, different) = (values(&usual, key), values(&others, key));
            let (place, aspect) = key;
            if same.len() > 1 && *aspect != Aspect::Id {
                comparison.masked.insert((step, place.clone()), same.len());
            }
            let found = differing(*aspect, &same, &different);
            comparison
                .differences
                .extend(found.map(|(aspect, usual, other)| Difference {
                    step,
                    place: place.clone(),
                    aspect,
                    usual,
                    other,
                }));
        }
    }
    comparison
}

/// What the runs saw at `step`; `None` unless each of them came there.
fn at<R: Borrow<Run>>(runs: &[R], step: usize) -> Option<Vec<&Features>> {
    let seen = runs.iter().map(|run| run.borrow().steps.get(&step));
    seen.map(|seen| seen.map(|seen| &seen.features)).collect()
}

fn values<'a>(runs: &[&'a Features], key: &(Place, Aspect)) -> BTreeSet<&'a str> {
    runs.iter()
        .map(|features| features.get(key).map_or(ABSENT, String::as_str))
        .collect()
}

/// In what the two sets differ: one value of each, or the part of it that counts.
fn differing(
    aspect: Aspect,
    same: &BTreeSet<&str>,
    different: &BTreeSet<&str>,
) -> Option<(Aspect, String, String)> {
    let (usual, other) = (*same.first()?, *different.first()?);
    if same.len() == 1 {
        let told = aspect != Aspect::Id && different.is_disjoint(same);
        return told.then(|| (aspect, usual.to_owned(), other.to_owned()));
    }
    if !matches!(aspect, Aspect::Value | Aspect::Id) {
        return None;
    }
    let (one, two) = (forms(same), forms(different));
    if let (Some(one), Some(two)) = (only(&one), only(&two))
        && one != two
        && one.len().min(two.len()) >= LONG
    {
        return Some((Aspect::Form, one.clone(), two.clone()));
    }
    let turned = |values: &BTreeSet<&str>| -> Vec<Vec<char>> {
        values
            .iter()
            .map(|one| one.chars().rev().collect())
            .collect()
    };
    let straight = |values: &BTreeSet<&str>| -> Vec<Vec<char>> {
        values.iter().map(|one| one.chars().collect()).collect()
    };
    if let Some((usual, other)) = beginnings(&straight(same), &straight(different)) {
        return Some((Aspect::Beginning, text(usual), text(other)));
    }
    let (usual, other) = beginnings(&turned(same), &turned(different))?;
    let back = |part: Vec<char>| part.into_iter().rev().collect();
    Some((Aspect::End, back(usual), back(other)))
}

fn text(characters: Vec<char>) -> String {
    characters.into_iter().collect()
}

/// How all of `same` begin, and how all of `different` begin, if that is longer than what they have
/// in common.
fn beginnings(same: &[Vec<char>], different: &[Vec<char>]) -> Option<(Vec<char>, Vec<char>)> {
    let usual = common(same)?;
    let other = common(different)?;
    let shared = usual.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let telling = shared + TELLING;
    (usual.len() >= telling && other.len() >= telling).then(|| {
        let length = usual.len().min(other.len());
        (usual[..length].to_vec(), other[..length].to_vec())
    })
}

fn common(values: &[Vec<char>]) -> Option<Vec<char>> {
    let (first, rest) = values.split_first()?;
    let length = rest.iter().fold(first.len(), |length, one| {
        let alike = first.iter().zip(one).take_while(|(a, b)| a == b);
        length.min(alike.count())
    });
    Some(first[..length].to_vec())
}

fn only(values: &BTreeSet<String>) -> Option<&String> {
    values.first().filter(|_| values.len() == 1)
}

/// Kinds of characters, one for one.
fn forms(values: &BTreeSet<&str>) -> BTreeSet<String> {
    let form = |value: &&str| {
        value
            .chars()
            .map(|one| match one {
                one if one.is_ascii_alphanumeric() => 'x',
                other => other,
            })
            .collect()
    };
    values.iter().map(form).collect()
}

#[cfg(test)]
mod tests;
