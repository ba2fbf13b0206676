//! How a reader tells the variants of a union apart.
//!
//! The ladder: discriminator, implicit constant, JSON type, members that only one variant
//! knows (or of a JSON type or text that only one allows), members that a variant requires,
//! and at last the declared order, which is told.

use std::collections::BTreeSet;

use super::{
    features::Features,
    unions::{Branch, Discriminator, texts},
};
use crate::{
    ir::{ArrayRule, Decision, KeyFallback, KeyRule, ObjectRule, StringRule},
    schema::JsonType,
};

/// A decision, and the pairs of variants that it cannot tell apart.
pub(super) struct Decided {
    pub(super) decision: Decision,
    pub(super) overlaps: Vec<(usize, usize, String)>,
}

/// Decides among `branches`. `tags` are values that were given to single branches before.
pub(super) fn decide(
    branches: &[Branch<'_>],
    discriminator: Option<&Discriminator<'_>>,
    tags: &[Option<&str>],
) -> Decided {
    let of = |kind: JsonType| -> Vec<usize> {
        (0..branches.len())
            .filter(|&index| branches[index].features.types.has(kind))
            .collect()
    };
    let mut overlaps = Vec::new();
    let mut one = |found: &[usize], kind: JsonType| {
        if let [first, second, ..] = found {
            overlaps.push((*first, *second, both(kind)));
        }
        found.first().copied()
    };
    let boolean = one(&of(JsonType::Boolean), JsonType::Boolean);
    let number = one(&of(JsonType::Number), JsonType::Number);
    let integer = one(&of(JsonType::Integer), JsonType::Integer).or(number);
    let lists = of(JsonType::Array);
    let array = match lists.as_slice() {
        [] => None,
        [only] => Some(ArrayRule::One(*only)),
        [first, second, ..] => {
            overlaps.push((*first, *second, both(JsonType::Array)));
            Some(ArrayRule::Try(lists))
        }
    };
    let string = strings(branches, &of(JsonType::String), &mut overlaps);
    let object = objects(
        branches,
        &of(JsonType::Object),
        discriminator,
        tags,
        &mut overlaps,
    );
    Decided {
        decision: Decision {
            boolean,
            integer,
            number,
            string,
            array,
            object,
        },
        overlaps,
    }
}

fn both(kind: JsonType) -> String {
    format!("nothing tells two branches of type {} apart", kind.name())
}

/// The values of a discriminator that name `branch`, as its mapping says.
pub(super) fn mapped<'d>(branch: &Branch<'_>, discriminator: &Discriminator<'d>) -> Vec<&'d str> {
    let targets = [branch.peeled.anchor.as_ref(), Some(&branch.key.at)];
    discriminator
        .mapping
        .iter()
        .filter(|(_, target)| target.is_some() && targets.contains(&target.as_ref()))
        .map(|(value, _)| *value)
        .collect()
}

fn strings(
    branches: &[Branch<'_>],
    found: &[usize],
    overlaps: &mut Vec<(usize, usize, String)>,
) -> Vec<StringRule> {
    if let [only] = found {
        return vec![StringRule {
            only: Vec::new(),
            variant: *only,
        }];
    }
    let (listed, plain): (Vec<usize>, Vec<usize>) = found
        .iter()
        .copied()
        .partition(|&index| !texts(&branches[index]).is_empty());
    let mut rules: Vec<StringRule> = listed
        .iter()
        .map(|&variant| StringRule {
            only: texts(&branches[variant]),
            variant,
        })
        .collect();
    if let [first, second, ..] = plain.as_slice() {
        overlaps.push((*first, *second, both(JsonType::String)));
    }
    // A text that nobody lists: plain text, or tomorrow's value of the last list.
    if let Some(&variant) = plain.first().or(listed.last()) {
        rules.push(StringRule {
            only: Vec::new(),
            variant,
        });
    }
    rules
}

fn objects(
    branches: &[Branch<'_>],
    found: &[usize],
    discriminator: Option<&Discriminator<'_>>,
    tags: &[Option<&str>],
    overlaps: &mut Vec<(usize, usize, String)>,
) -> Option<ObjectRule> {
    match found {
        [] => return None,
        [only] if discriminator.is_none() => return Some(ObjectRule::One(*only)),
        _ => {}
    }
    if let Some(discriminator) = discriminator
        && let Some((rule, shared)) = by_discriminator(branches, found, discriminator, tags)
    {
        let Some((first, second)) = shared else {
            return Some(rule);
        };
        if let Some(rule) = by_texts(branches, found, discriminator.property) {
            return Some(rule);
        }
        let what = format!("`{}` has the same value in both", discriminator.property);
        overlaps.push((first, second, what));
        return Some(rule);
    }
    if let Some(rule) = by_constant(branches, found) {
        return Some(rule);
    }
    Some(by_members(branches, found, overlaps))
}

/// The rule, and two branches that it cannot tell apart because no value is the second's alone.
fn by_discriminator(
    branches: &[Branch<'_>],
    found: &[usize],
    discriminator: &Discriminator<'_>,
    tags: &[Option<&str>],
) -> Option<(ObjectRule, Option<(usize, usize)>)> {
    let wire = discriminator.property;
    let mut values: Vec<(String, usize)> = Vec::new();
    let mut shared = None;
    for &index in found {
        let branch = &branches[index];
        let mut named: Vec<String> = match tags.get(index) {
            Some(Some(tag)) => vec![(*tag).to_owned()],
            _ => mapped(branch, discriminator)
                .into_iter()
                .map(str::to_owned)
                .collect(),
        };
        if named.is_empty() {
            named = implicit(branch, wire);
        }
        let before = values.len();
        let mut other = None;
        for value in named {
            match values.iter().find(|(known, _)| *known == value) {
                Some((_, first)) => other = Some(*first),
                None => values.push((value, index)),
            }
        }
        if values.len() == before {
            shared = shared.or(other
                .filter(|first| *first != index)
                .map(|first| (first, index)));
        }
    }
    if values.is_empty() {
        return None;
    }
    Some((by_tag(branches, found, wire, values), shared))
}

/// Where branches share a value of the tag: by its other values, and by the texts that a required member of
/// these branches is fixed to. What has none of them is a shape of tomorrow.
fn by_texts(branches: &[Branch<'_>], found: &[usize], tag: &str) -> Option<ObjectRule> {
    let mut rules = decisive(branches, found, false);
    rules.retain(|rule| {
        rule.value.is_some()
            && branches[rule.variant]
                .features
                .required
                .contains(&rule.wire.as_str())
    });
    let by_tag: BTreeSet<usize> = rules
        .iter()
        .filter(|rule| rule.wire == tag)
        .map(|rule| rule.variant)
        .collect();
    rules.retain(|rule| rule.wire == tag || !by_tag.contains(&rule.variant));
    let told = |index: &usize| rules.iter().any(|rule| rule.variant == *index);
    found.iter().all(told).then_some(ObjectRule::Keys {
        decisive: rules,
        otherwise: Vec::new(),
    })
}

fn by_tag(
    branches: &[Branch<'_>],
    found: &[usize],
    wire: &str,
    values: Vec<(String, usize)>,
) -> ObjectRule {
    let holds_tag = |index: &usize| branches[*index].features.members.contains_key(wire);
    ObjectRule::Tag {
        wire: wire.to_owned(),
        values,
        missing: without_tag(branches, found, wire),
        bare: found
            .iter()
            .copied()
            .filter(|index| !holds_tag(index))
            .collect(),
    }
}

/// What an object without its tag is: a branch that knows the tag but does not require it, and
/// requires a member that each other branch without a required tag does not know.
fn without_tag(branches: &[Branch<'_>], found: &[usize], wire: &str) -> Option<Vec<KeyFallback>> {
    let requires = |index: usize| branches[index].features.required.contains(&wire);
    let knows = |index: usize| branches[index].features.members.contains_key(wire);
    let open: Vec<usize> = found
        .iter()
        .copied()
        .filter(|&index| !requires(index))
        .collect();
    if open.is_empty() {
        return None;
    }
    let knowing = open.iter().filter(|&&index| knows(index));
    let fallbacks = knowing.filter_map(|&variant| {
        let mut others: Vec<usize> = open
            .iter()
            .copied()
            .filter(|&other| other != variant)
            .collect();
        let mut required = Vec::new();
        while !others.is_empty() {
            let unknown_to = |wire: &str| {
                others
                    .iter()
                    .filter(|&&other| !branches[other].features.members.contains_key(wire))
                    .count()
            };
            let mut best: Option<(usize, &str)> = None;
            for &member in &branches[variant].features.required {
                let count = unknown_to(member);
                if count > best.map_or(0, |(most, _)| most) {
                    best = Some((count, member));
                }
            }
            let (_, member) = best?;
            required.push(member.to_owned());
            others.retain(|&other| branches[other].features.members.contains_key(member));
        }
        Some(KeyFallback { required, variant })
    });
    Some(fallbacks.collect())
}

/// The values that name a branch without a mapping: its constants, or the name of its component.
fn implicit(branch: &Branch<'_>, wire: &str) -> Vec<String> {
    let constants = branch
        .features
        .members
        .get(wire)
        .and_then(|member| member.texts.as_ref());
    match constants {
        Some(texts) => texts.iter().map(|&text| text.to_owned()).collect(),
        None => branch
            .peeled
            .anchor
            .as_ref()
            .and_then(|anchor| anchor.pointer.last())
            .into_iter()
            .collect(),
    }
}

/// A member that every branch fixes to texts of its own.
fn by_constant(branches: &[Branch<'_>], found: &[usize]) -> Option<ObjectRule> {
    let (first, _) = found.split_first()?;
    let candidates = branches[*first].features.members.keys();
    let mut best: Option<(usize, ObjectRule)> = None;
    for &wire in candidates {
        let mut values: Vec<(String, usize)> = Vec::new();
        let mut required = 0;
        let apart = found.iter().all(|&index| {
            let features = &branches[index].features;
            required += usize::from(features.required.contains(&wire));
            let Some(texts) = features
                .members
                .get(wire)
                .and_then(|member| member.texts.as_ref())
            else {
                return false;
            };
            let free = texts
                .iter()
                .all(|text| values.iter().all(|(known, _)| known != text));
            values.extend(texts.iter().map(|&text| (text.to_owned(), index)));
            free
        });
        if apart && best.as_ref().is_none_or(|(most, _)| required > *most) {
            best = Some((required, by_tag(branches, found, wire, values)));
        }
    }
    best.map(|(_, rule)| rule)
}

fn by_members(
    branches: &[Branch<'_>],
    found: &[usize],
    overlaps: &mut Vec<(usize, usize, String)>,
) -> ObjectRule {
    let features = |index: usize| &branches[index].features;
    // A branch that takes any member says nothing by one.
    let is_open = |index: usize| features(index).free && features(index).members.is_empty();
    let open: Vec<usize> = found
        .iter()
        .copied()
        .filter(|&index| is_open(index))
        .collect();
    let closed: Vec<usize> = found
        .iter()
        .copied()
        .filter(|&index| !is_open(index))
        .collect();
    let decisive = decisive(branches, &closed, !open.is_empty());
    let mut otherwise: Vec<KeyFallback> = closed
        .iter()
        .filter(|&&index| !is_decided(features(index), index, &decisive))
        .map(|&index| KeyFallback {
            required: features(index)
                .required
                .iter()
                .map(|&wire| wire.to_owned())
                .collect(),
            variant: index,
        })
        .collect();
    // The most demanding first; the order of the document decides between equals.
    otherwise.sort_by_key(|fallback| std::cmp::Reverse(fallback.required.len()));
    otherwise.extend(open.iter().map(|&variant| KeyFallback {
        required: Vec::new(),
        variant,
    }));
    let mut ambiguous = false;
    for &index in &closed {
        let reached = route(features(index), &decisive, &otherwise);
        if let Some(other) = reached.filter(|&other| other != index) {
            ambiguous = true;
            overlaps.push((
                other,
                index,
                "an object with only the required members of one branch is one of the other, too"
                    .to_owned(),
            ));
        }
    }
    if let [first, second, ..] = open.as_slice() {
        ambiguous = true;
        overlaps.push((*first, *second, both(JsonType::Object)));
    }
    if ambiguous {
        let mut order = closed;
        order.sort_by_key(|&index| std::cmp::Reverse(features(index).required.len()));
        order.extend(open);
        return ObjectRule::Try(order);
    }
    ObjectRule::Keys {
        decisive,
        otherwise,
    }
}

/// Members that tell branches apart. Beside an open branch only required ones do, and only of the right type.
fn decisive(branches: &[Branch<'_>], closed: &[usize], beside_open: bool) -> Vec<KeyRule> {
    let mut rules = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for &index in closed {
        for &wire in branches[index].features.members.keys() {
            if !seen.insert(wire) {
                continue;
            }
            let holders: Vec<usize> = closed
                .iter()
                .copied()
                .filter(|&other| branches[other].features.members.contains_key(wire))
                .collect();
            match holders.as_slice() {
                [only] if beside_open => {
                    let features = &branches[*only].features;
                    // With more than one required member, all of them together decide.
                    if features.required == [wire] || features.required.is_empty() {
                        rules.extend(by_type(branches, &[*only], wire));
                    }
                }
                [only] => rules.push(KeyRule {
                    wire: wire.to_owned(),
                    json_type: None,
                    value: None,
                    variant: *only,
                }),
                _ if beside_open => {}
                several => {
                    rules.extend(by_type(branches, several, wire));
                    rules.extend(by_text(branches, several, wire));
                }
            }
        }
    }
    rules
}

/// Types of the member that only one of `holders` allows.
fn by_type(branches: &[Branch<'_>], holders: &[usize], wire: &str) -> Vec<KeyRule> {
    let types = |index: usize| {
        branches[index]
            .features
            .members
            .get(wire)
            .map(|member| member.types)
            .unwrap_or_default()
    };
    let allows = |index: usize, kind: JsonType| {
        let types = types(index);
        types.has(kind) || (kind == JsonType::Integer && types.has(JsonType::Number))
    };
    let mut rules = Vec::new();
    for kind in JsonType::ALL {
        if kind == JsonType::Null {
            continue;
        }
        let mut allowing = holders.iter().copied().filter(|&index| allows(index, kind));
        if let (Some(variant), None) = (allowing.next(), allowing.next()) {
            rules.push(KeyRule {
                wire: wire.to_owned(),
                json_type: Some(kind.name()),
                value: None,
                variant,
            });
        }
    }
    rules
}

/// Texts of the member that only one of `holders` allows, where all of them list theirs.
fn by_text(branches: &[Branch<'_>], holders: &[usize], wire: &str) -> Vec<KeyRule> {
    let listed: Option<Vec<(usize, &Vec<&str>)>> = holders
        .iter()
        .map(|&index| {
            let member = branches[index].features.members.get(wire)?;
            Some((index, member.texts.as_ref()?))
        })
        .collect();
    let Some(listed) = listed else {
        return Vec::new();
    };
    let mut rules = Vec::new();
    for (variant, texts) in &listed {
        for text in *texts {
            let alone = listed
                .iter()
                .all(|(other, texts)| other == variant || !texts.contains(text));
            if alone {
                rules.push(KeyRule {
                    wire: wire.to_owned(),
                    json_type: None,
                    value: Some((*text).to_owned()),
                    variant: *variant,
                });
            }
        }
    }
    rules
}

/// Whether some required member, being there as it must be, has decided for the branch already.
fn is_decided(features: &Features<'_>, index: usize, decisive: &[KeyRule]) -> bool {
    features.required.iter().any(|wire| {
        let rules = || {
            decisive
                .iter()
                .filter(|rule| rule.variant == index && rule.wire == *wire && rule.value.is_none())
        };
        let types = features.members.get(wire).map(|member| member.types);
        rules().any(|rule| rule.json_type.is_none())
            || types.is_some_and(|types| {
                types
                    .iter()
                    .all(|kind| rules().any(|rule| rule.json_type == Some(kind.name())))
            })
    })
}

/// Where an object with only its required members ends up.
fn route(
    features: &Features<'_>,
    decisive: &[KeyRule],
    otherwise: &[KeyFallback],
) -> Option<usize> {
    for &wire in &features.required {
        let Some(member) = features.members.get(wire) else {
            continue;
        };
        let rule = decisive.iter().find(|rule| {
            rule.wire == wire
                && rule
                    .json_type
                    .is_none_or(|name| member.types.iter().any(|kind| kind.name() == name))
                && rule.value.as_deref().is_none_or(|value| {
                    member
                        .texts
                        .as_ref()
                        .is_some_and(|texts| texts.contains(&value))
                })
        });
        if let Some(rule) = rule {
            return Some(rule.variant);
        }
    }
    otherwise
        .iter()
        .find(|fallback| {
            fallback
                .required
                .iter()
                .all(|wire| features.required.contains(&wire.as_str()))
        })
        .map(|fallback| fallback.variant)
}
