//! Regular expressions of ECMA-262: whether a text matches, and texts of a given length that do.
//!
//! Matching is the validator's own. Drawing walks the syntax tree with a range of lengths to
//! keep; anchors and what looks around are passed over, so a drawn text is a proposal that the
//! caller has to match.

use jsonschema::{Draft, Validator};
use proptest::{prelude::RngExt, test_runner::TestRng};
use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::{Value, json};

/// Repetitions without an end are drawn at most this much longer than they have to be.
const SPARE: u64 = 12;

/// A compiled expression.
pub(crate) struct Pattern {
    text: String,
    validator: Option<Validator>,
    tree: Option<Part>,
}

impl std::fmt::Debug for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Pattern").field(&self.text).finish()
    }
}

/// Whether the validator can read the expression.
pub(crate) fn is_readable(pattern: &str) -> bool {
    compile(pattern).is_some()
}

fn compile(pattern: &str) -> Option<Validator> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .build(&json!({"pattern": pattern}))
        .ok()
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            validator: compile(text),
            tree: parse(text).map(|tree| Part::new(&tree)),
        }
    }

    /// Whether the expression is found in the text.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.validator
            .as_ref()
            .is_none_or(|validator| validator.is_valid(&Value::from(text)))
    }

    /// A text that may match, of `min` to `max` characters if that can be had.
    pub(crate) fn draw(&self, min: u64, max: u64, rng: &mut TestRng) -> Option<String> {
        let tree = self.tree.as_ref()?;
        let low = min.max(tree.min);
        let high = max.min(tree.max).min(low.saturating_add(SPARE));
        if low > high {
            return None;
        }
        let length = match rng.random_range(0..4_u8) {
            0 => low,
            1 => high,
            _ => rng.random_range(low..=high),
        };
        let mut text = String::new();
        tree.draw(length, length, rng, &mut text);
        Some(text)
    }
}

fn parse(text: &str) -> Option<Hir> {
    let plain = without_lookaround(text);
    let translated = jsonschema_regex::to_rust_regex(&plain).ok()?;
    regex_syntax::Parser::new().parse(&translated).ok()
}

/// The expression without groups that look ahead or behind: they consume nothing.
fn without_lookaround(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    let mut in_class = false;
    while let Some(first) = rest.chars().next() {
        if first == '\\' {
            let len = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            plain.push_str(&rest[..len]);
            rest = &rest[len..];
            continue;
        }
        in_class = (in_class || first == '[') && first != ']';
        let looks = ["(?=", "(?!", "(?<=", "(?<!"]
            .iter()
            .any(|open| rest.starts_with(open));
        if looks && !in_class {
            rest = &rest[group_length(rest)..];
            continue;
        }
        plain.push(first);
        rest = &rest[first.len_utf8()..];
    }
    plain
}

/// How many bytes the group takes that `text` begins with.
fn group_length(text: &str) -> usize {
    let (mut depth, mut in_class, mut escaped) = (0_usize, false, false);
    for (at, one) in text.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match one {
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// A part of the syntax tree with the lengths, in characters, that its texts can have.
#[derive(Debug)]
struct Part {
    min: u64,
    max: u64,
    kind: PartKind,
}

#[derive(Debug)]
enum PartKind {
    Text(String),
    Class(Vec<(char, char)>),
    Repeat(Box<Part>, u64, u64),
    Sequence(Vec<Part>),
    Either(Vec<Part>),
}

impl Part {
    fn new(tree: &Hir) -> Self {
        match tree.kind() {
            HirKind::Empty | HirKind::Look(_) => Self::text(String::new()),
            HirKind::Literal(literal) => Self::text(String::from_utf8_lossy(&literal.0).into()),
            HirKind::Class(class) => Self {
                min: 1,
                max: 1,
                kind: PartKind::Class(ranges(class)),
            },
            HirKind::Repetition(repetition) => {
                let part = Self::new(&repetition.sub);
                let least = u64::from(repetition.min);
                let most = repetition.max.map_or(u64::MAX, u64::from);
                Self {
                    min: part.min.saturating_mul(least),
                    max: part.max.saturating_mul(most),
                    kind: PartKind::Repeat(Box::new(part), least, most),
                }
            }
            HirKind::Capture(capture) => Self::new(&capture.sub),
            HirKind::Concat(parts) => {
                let parts: Vec<Self> = parts.iter().map(Self::new).collect();
                let sum = |length: fn(&Self) -> u64| {
                    parts.iter().map(length).fold(0, u64::saturating_add)
                };
                Self {
                    min: sum(|part| part.min),
                    max: sum(|part| part.max),
                    kind: PartKind::Sequence(parts),
                }
            }
            HirKind::Alternation(parts) => {
                let parts: Vec<Self> = parts.iter().map(Self::new).collect();
                Self {
                    min: parts.iter().map(|part| part.min).min().unwrap_or(0),
                    max: parts.iter().map(|part| part.max).max().unwrap_or(0),
                    kind: PartKind::Either(parts),
                }
            }
        }
    }

    fn text(text: String) -> Self {
        let length = text.chars().count() as u64;
        Self {
            min: length,
            max: length,
            kind: PartKind::Text(text),
        }
    }

    /// Appends a text of `low` to `high` characters, as far as the part can; says how many.
    fn draw(&self, low: u64, high: u64, rng: &mut TestRng, out: &mut String) -> u64 {
        match &self.kind {
            PartKind::Text(text) => {
                out.push_str(text);
                self.min
            }
            PartKind::Class(ranges) => {
                out.extend(character(ranges, rng));
                1
            }
            PartKind::Either(parts) => {
                let fits: Vec<&Self> = parts
                    .iter()
                    .filter(|part| part.min <= high && part.max >= low)
                    .collect();
                let part = if fits.is_empty() {
                    parts.get(rng.random_range(0..parts.len()))
                } else {
                    fits.get(rng.random_range(0..fits.len())).copied()
                };
                part.map_or(0, |part| {
                    part.draw(
                        low.max(part.min),
                        high.min(part.max).max(part.min),
                        rng,
                        out,
                    )
                })
            }
            PartKind::Repeat(part, least, most) => {
                let fewest = if part.max == 0 {
                    *least
                } else {
                    low.div_ceil(part.max)
                };
                let fewest = fewest.max(*least);
                let bound = high.checked_div(part.min).unwrap_or(fewest + SPARE);
                let most = bound
                    .min(*most)
                    .min(fewest.saturating_add(SPARE.max(high.saturating_sub(low))))
                    .max(fewest);
                let count = if fewest < most {
                    rng.random_range(fewest..=most)
                } else {
                    fewest
                };
                let parts = std::iter::repeat_n(part.as_ref(), usize::try_from(count).unwrap_or(0));
                sequence(parts, count, low, high, rng, out)
            }
            PartKind::Sequence(parts) => {
                sequence(parts.iter(), parts.len() as u64, low, high, rng, out)
            }
        }
    }
}

/// Appends the parts one after the other so that they have `low` to `high` characters together.
fn sequence<'a>(
    parts: impl Iterator<Item = &'a Part> + Clone,
    count: u64,
    low: u64,
    high: u64,
    rng: &mut TestRng,
    out: &mut String,
) -> u64 {
    let mut least: u64 = parts
        .clone()
        .map(|part| part.min)
        .fold(0, u64::saturating_add);
    // Summed from the rear, so that saturation cannot be taken for a length.
    let mut most: Vec<u64> = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
    let mut behind = 0_u64;
    let all: Vec<&Part> = parts.collect();
    for part in all.iter().rev() {
        most.push(behind);
        behind = behind.saturating_add(part.max);
    }
    let mut drawn = 0_u64;
    for part in all {
        least -= part.min;
        let after = most.pop().unwrap_or(0);
        let lowest = low
            .saturating_sub(drawn)
            .saturating_sub(after)
            .max(part.min);
        let highest = high
            .saturating_sub(drawn)
            .saturating_sub(least)
            .min(part.max)
            .max(lowest);
        drawn += part.draw(lowest, highest, rng, out);
    }
    drawn
}

fn ranges(class: &Class) -> Vec<(char, char)> {
    match class {
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .map(|range| (range.start(), range.end()))
            .collect(),
        Class::Bytes(class) => class
            .ranges()
            .iter()
            .map(|range| (char::from(range.start()), char::from(range.end())))
            .collect(),
    }
}

/// A character of the class: printable ASCII nearly always, if there is some.
fn character(ranges: &[(char, char)], rng: &mut TestRng) -> Option<char> {
    let printable: Vec<(char, char)> = ranges
        .iter()
        .map(|(from, to)| ((*from).max(' '), (*to).min('~')))
        .filter(|(from, to)| from <= to)
        .collect();
    let ranges = if printable.is_empty() || rng.random_bool(0.02) {
        ranges
    } else {
        &printable
    };
    let (from, to) = *ranges.get(rng.random_range(0..ranges.len().max(1)))?;
    let code = rng.random_range(u32::from(from)..=u32::from(to));
    char::from_u32(code).or(Some(from))
}
