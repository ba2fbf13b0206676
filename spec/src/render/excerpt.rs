//! The few lines of a text that marks stand in, fit for a terminal: long lines are cut around the
//! marks, control characters are shown instead of obeyed.

use std::ops::Range;

use annotate_snippets::AnnotationKind;

/// A stretch of a text with what to say about it.
pub(super) type Mark = (AnnotationKind, Range<usize>, String);

/// Marks further apart than this many lines get an excerpt each.
const NEAR: usize = 12;
/// A line with more characters than this is cut.
const LONG_LINE: usize = 200;
/// How many characters of a cut line are kept on each side of a mark.
const CONTEXT: usize = 50;
/// How many characters of a mark itself are kept in a cut line.
const MARKED: usize = 60;

/// Consecutive lines of a text.
pub(super) struct Excerpt {
    pub(super) text: String,
    /// Number of the first line, from 1.
    pub(super) line: usize,
    /// The byte in the whole text that the excerpt is about: its primary mark, or else its first.
    pub(super) first: usize,
    /// Whether columns of the excerpt are not those of the text.
    pub(super) cut: bool,
    /// The marks, with ranges in the text of the excerpt.
    pub(super) marks: Vec<Mark>,
}

/// Cuts out what the marks stand in; the excerpt with the primary mark comes first.
pub(super) fn excerpts(text: &str, mut marks: Vec<Mark>) -> Vec<Excerpt> {
    marks.sort_by_key(|(_, range, _)| range.start);
    let mut groups: Vec<Vec<Mark>> = Vec::new();
    for mark in marks {
        let near = groups
            .last()
            .and_then(|group| group.last())
            .is_some_and(|(_, last, _)| {
                let between = text.get(last.start..mark.1.start).unwrap_or_default();
                between.matches('\n').take(NEAR + 1).count() <= NEAR
            });
        match groups.last_mut() {
            Some(group) if near => group.push(mark),
            _ => groups.push(vec![mark]),
        }
    }
    let mut excerpts: Vec<Excerpt> = groups
        .into_iter()
        .map(|group| excerpt(text, group))
        .collect();
    excerpts.sort_by_key(|excerpt| !excerpt.marks.iter().any(is_primary));
    excerpts
}

fn is_primary((kind, ..): &Mark) -> bool {
    *kind == AnnotationKind::Primary
}

fn excerpt(text: &str, mut marks: Vec<Mark>) -> Excerpt {
    let primary = marks.iter().find(|mark| is_primary(mark)).or(marks.first());
    let first = primary.map_or(0, |(_, range, _)| range.start);
    let from = marks
        .iter()
        .map(|(_, range, _)| range.start)
        .min()
        .unwrap_or(0);
    let to = marks
        .iter()
        .map(|(_, range, _)| range.end)
        .max()
        .unwrap_or(0);
    let start = text[..from].rfind('\n').map_or(0, |at| at + 1);
    let end = text[to..].find('\n').map_or(text.len(), |at| to + at);

    let mut excerpt = Excerpt {
        text: String::new(),
        line: text[..start].matches('\n').count() + 1,
        first,
        cut: false,
        marks: Vec::new(),
    };
    let mut mapped: Vec<Range<usize>> = vec![0..0; marks.len()];
    let mut at = start;
    for (number, line) in text[start..end].split('\n').enumerate() {
        if number > 0 {
            excerpt.text.push('\n');
            at += 1;
        }
        let keep = kept(line, at, &marks);
        let mut skipping = false;
        for (offset, character) in line.char_indices() {
            let byte = at + offset;
            if keep.iter().any(|range| range.contains(&byte)) {
                skipping = false;
            } else {
                if !skipping {
                    excerpt.text.push('…');
                }
                skipping = true;
                excerpt.cut = true;
            }
            for ((_, range, _), mapped) in marks.iter().zip(&mut mapped) {
                if range.start == byte {
                    *mapped = excerpt.text.len()..excerpt.text.len();
                }
            }
            if !skipping && character != '\r' {
                excerpt.text.push(visible(character));
            }
            for ((_, range, _), mapped) in marks.iter().zip(&mut mapped) {
                if range.start <= byte && byte < range.end {
                    mapped.end = excerpt.text.len();
                }
            }
        }
        at += line.len();
        for ((_, range, _), mapped) in marks.iter().zip(&mut mapped) {
            if range.start == at {
                *mapped = excerpt.text.len()..excerpt.text.len();
            }
        }
    }
    for ((_, range, _), mapped) in marks.iter_mut().zip(mapped) {
        *range = mapped;
    }
    excerpt.marks = marks;
    excerpt
}

/// The parts of a line to keep, as bytes of the whole text. `at` is where the line begins.
fn kept(line: &str, at: usize, marks: &[Mark]) -> Vec<Range<usize>> {
    let whole = at..at + line.len();
    if line.chars().nth(LONG_LINE).is_none() {
        return vec![whole];
    }
    let characters = |from: usize, count: usize| {
        line[from..]
            .char_indices()
            .nth(count)
            .map_or(line.len(), |(offset, _)| from + offset)
    };
    let mut keep: Vec<Range<usize>> = Vec::new();
    for (_, mark, _) in marks {
        if mark.start > whole.end || mark.end < whole.start {
            continue;
        }
        let start = mark.start.saturating_sub(at).min(line.len());
        let end = (mark.end.max(at) - at).min(line.len());
        let before = line[..start]
            .char_indices()
            .rev()
            .nth(CONTEXT)
            .map_or(0, |(offset, _)| offset);
        let inside = characters(start, MARKED).min(end);
        let after = characters(end, CONTEXT);
        if inside == end {
            keep.push(at + before..at + after);
        } else {
            keep.push(at + before..at + inside);
        }
    }
    if keep.is_empty() {
        keep.push(at..at + characters(0, CONTEXT));
    }
    keep
}

/// The character itself, or what stands for it where it would steer the terminal.
pub(super) fn visible(character: char) -> char {
    match character {
        '\t' | '\n' => character,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        other => other,
    }
}
