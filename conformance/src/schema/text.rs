//! Texts between lengths (counted in characters, as JSON Schema does), of formats and patterns.

use proptest::{prelude::RngExt, test_runner::TestRng};

use super::{format, shape::Shape};

/// How much longer than it has to be a text without an upper bound is, mostly and rarely.
const SPARE: u64 = 24;
const LONG: u64 = 256;

/// No text is made longer than this: the bound of a schema may be gigabytes away.
pub(crate) const LONGEST: u64 = 1 << 20;

/// Proposals that a text of several patterns and formats is picked from.
const TRIES: usize = 40;

/// A text for the shape; with several patterns the caller still has to judge it. None if it had to be too long.
pub(crate) fn draw(shape: &Shape, rng: &mut TestRng) -> Option<String> {
    let (min, max) = range(shape);
    if min > LONGEST {
        return None;
    }
    if let Some(first) = shape.patterns.first() {
        for format in &shape.formats {
            if let Some(text) = format::draw(format, rng)
                && fits(shape, &text)
            {
                return Some(text);
            }
        }
        for _ in 0..TRIES {
            if let Some(text) = first.draw(min, max, rng)
                && fits(shape, &text)
            {
                return Some(text);
            }
        }
        // Not anchored, or looking around: a plain text may do.
        return (0..TRIES)
            .map(|_| plain(min, max, rng))
            .find(|text| fits(shape, text));
    }
    for format in &shape.formats {
        for _ in 0..4 {
            if let Some(text) = format::draw(format, rng)
                && fits(shape, &text)
            {
                return Some(text);
            }
        }
    }
    Some(plain(min, max, rng))
}

/// The least and the greatest length of a text, the latter bounded.
pub(crate) fn range(shape: &Shape) -> (u64, u64) {
    let max = shape
        .max_length
        .unwrap_or(u64::MAX)
        .min(shape.min_length.saturating_add(LONG));
    (shape.min_length, max)
}

/// Whether lengths and patterns take the text.
pub(crate) fn fits(shape: &Shape, text: &str) -> bool {
    let length = text.chars().count() as u64;
    length >= shape.min_length
        && shape.max_length.is_none_or(|max| length <= max)
        && shape.patterns.iter().all(|pattern| pattern.matches(text))
}

/// A text of exactly that many characters, if the patterns have one.
pub(crate) fn of_length(shape: &Shape, length: u64, rng: &mut TestRng) -> Option<String> {
    if length > LONGEST {
        return None;
    }
    let Some(first) = shape.patterns.first() else {
        return Some("a".repeat(usize::try_from(length).ok()?));
    };
    (0..TRIES)
        .filter_map(|_| first.draw(length, length, rng))
        .find(|text| text.chars().count() as u64 == length && fits(shape, text))
}

/// Texts of any content: mostly short words, sometimes what is easily mangled on the way.
fn plain(min: u64, max: u64, rng: &mut TestRng) -> String {
    const ODD: [char; 16] = [
        '"', '\\', '/', '\'', '<', '&', '%', '+', ' ', '\n', '\t', 'é', 'ß', '漢', '😀', '\u{202e}',
    ];
    let usual = max.min(min.saturating_add(SPARE));
    let length = match rng.random_range(0..32_u8) {
        0 => min,
        1 => max,
        2..=12 => rng.random_range(min..=max.min(min.saturating_add(6))),
        _ => rng.random_range(min..=usual),
    };
    let odd = rng.random_bool(0.2);
    (0..length)
        .map(|_| {
            if odd && rng.random_bool(0.3) {
                ODD[rng.random_range(0..ODD.len())]
            } else {
                match rng.random_range(0..8_u8) {
                    0 => char::from(rng.random_range(b'0'..=b'9')),
                    1 => char::from(rng.random_range(b'A'..=b'Z')),
                    _ => char::from(rng.random_range(b'a'..=b'z')),
                }
            }
        })
        .collect()
}
