//! Diagnostics to text: for a person in the manner of rustc, and for GitHub Actions.
//!
//! What a document says reaches the terminal only with its control characters made visible.

mod excerpt;

use std::{collections::BTreeMap, fmt::Write as _, ops::Range};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::{
    diagnostic::{Diagnostic, Severity},
    location::{Location, SourceId},
    overlay::NO_MATCH,
    source::{Sources, Span},
};
use excerpt::Mark;

/// Whether rendered text carries terminal colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// No escape sequences.
    Plain,
    /// Colours and emphasis by ANSI escape sequences.
    Ansi,
}

/// How many warnings of one kind are written out before the rest is counted.
const WARNINGS_OF_A_KIND: usize = 3;
/// How many errors of one kind are written out before the rest is counted.
const ERRORS_OF_A_KIND: usize = 20;

/// How many characters of a message or hint are shown.
const LONGEST: usize = 1_000;

/// Renders diagnostics for a person: title, place, source line, label, hint.
///
/// Of many diagnostics of one code the first are shown and the rest is counted.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Ansi => Renderer::styled(),
    };
    let mut shown: BTreeMap<(Severity, &str, String), usize> = BTreeMap::new();
    let mut text = String::new();
    for diagnostic in diagnostics {
        let kind = (
            diagnostic.severity,
            diagnostic.code,
            gist(&diagnostic.message),
        );
        let count = shown.entry(kind).or_default();
        *count += 1;
        if *count <= limit(diagnostic.severity, diagnostic.code) {
            text.push_str(&one(diagnostic, sources, &renderer));
            text.push_str("\n\n");
        }
    }
    for ((severity, code, _), count) in shown {
        let hidden = count.saturating_sub(limit(severity, code));
        if hidden > 0 {
            let _ = writeln!(
                text,
                "{}[{code}]: {hidden} more like this\n",
                word(severity)
            );
        }
    }
    text
}

/// Renders diagnostics as workflow commands of GitHub Actions, one line each: `::error file=…,line=…,col=…,title=…::…`.
///
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message>
pub fn render_github(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let command = word(diagnostic.severity);
        let place = match span(diagnostic, sources) {
            Some(span) => format!(
                "file={},line={},col={}",
                property(&span.file),
                span.line,
                span.column
            ),
            None => format!(
                "file={}",
                property(sources.name(diagnostic.location.source))
            ),
        };
        let mut message = diagnostic.message.clone();
        if let Some(hint) = &diagnostic.hint {
            let _ = write!(message, "\nhelp: {hint}");
        }
        if let Some(rule) = diagnostic.rule() {
            let _ = write!(message, "\nnote: the rule is in {rule}");
        }
        let _ = writeln!(
            text,
            "::{command} {place},title={}::{}",
            property(diagnostic.code),
            data(&message)
        );
    }
    text
}

/// Where a diagnostic points: its bytes, or else its node. `None` if it is about a file as a whole.
pub fn span(diagnostic: &Diagnostic, sources: &Sources) -> Option<Span> {
    let (source, range) = place(diagnostic, sources)?;
    sources.span_of(source, range)
}

/// Puts diagnostics into the order of the files and of the text in each.
pub(crate) fn sort(diagnostics: &mut [Diagnostic], sources: &Sources) {
    diagnostics.sort_by_cached_key(|diagnostic| {
        let place = place(diagnostic, sources);
        place.map_or((diagnostic.location.source, 0), |(source, range)| {
            (source, range.start)
        })
    });
}

fn place(diagnostic: &Diagnostic, sources: &Sources) -> Option<(SourceId, Range<usize>)> {
    match &diagnostic.range {
        Some(range) => Some((diagnostic.location.source, range.clone())),
        None => node_place(&diagnostic.location, diagnostic.at_key, sources),
    }
}

/// A value of several lines is marked by its key: nobody wants a whole schema underlined.
fn node_place(
    location: &Location,
    at_key: bool,
    sources: &Sources,
) -> Option<(SourceId, Range<usize>)> {
    let (source, mut range) = sources.place(location, at_key)?;
    let value = sources.text(source).get(range.clone())?;
    if let Some(first) = value.lines().next()
        && first.len() < value.trim_end().len()
    {
        let key = sources.place(location, true);
        if let Some(key) = key.filter(|(_, key)| *key != range) {
            return Some(key);
        }
        range.end = range.start + first.trim_end().len();
    }
    Some((source, range))
}

fn one(diagnostic: &Diagnostic, sources: &Sources, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(visible(&diagnostic.message))
        .id(diagnostic.code);
    let mut files: Vec<(SourceId, Vec<Mark>)> = Vec::new();
    let mut mark = |span: Option<Span>, label: &str, kind| {
        let Some(span) = span else { return };
        let mark = (kind, span.range, visible(label));
        match files.iter_mut().find(|(source, _)| *source == span.source) {
            Some((_, marks)) => marks.push(mark),
            None => files.push((span.source, vec![mark])),
        }
    };
    mark(span(diagnostic, sources), "", AnnotationKind::Primary);
    for (range, label) in &diagnostic.related_ranges {
        let span = sources.span_of(diagnostic.location.source, range.clone());
        mark(span, label, AnnotationKind::Context);
    }
    for (location, label) in &diagnostic.related {
        let span = node_place(location, false, sources)
            .and_then(|(source, range)| sources.span_of(source, range));
        mark(span, label, AnnotationKind::Context);
    }
    let mut group = Group::with_title(title);
    for (source, marks) in files {
        for excerpt in excerpt::excerpts(sources.text(source), marks) {
            let mut snippet = Snippet::source(excerpt.text).line_start(excerpt.line);
            let path = visible(sources.name(source));
            if excerpt.cut {
                // The renderer counts columns in what it is given, so the true one is told apart.
                let place = sources.span_of(source, excerpt.first..excerpt.first);
                let (line, column) = place.map_or((1, 1), |place| (place.line, place.column));
                group = group.element(Origin::path(path).line(line).char_column(column));
            } else {
                snippet = snippet.path(path);
            }
            for (kind, range, label) in excerpt.marks {
                let label = (!label.is_empty()).then_some(label);
                snippet = snippet.annotation(kind.span(range).label(label));
            }
            group = group.element(snippet);
        }
    }
    if let Some(hint) = &diagnostic.hint {
        group = group.element(Level::HELP.message(visible(hint)));
    }
    if let Some(rule) = diagnostic.rule() {
        group = group.element(Level::NOTE.message(format!("the rule is in {rule}")));
    }
    renderer.render(&[group])
}

fn limit(severity: Severity, code: &str) -> usize {
    match severity {
        Severity::Warning if code != NO_MATCH => WARNINGS_OF_A_KIND,
        // Each miss of an overlay may be a secret that is not marked as one.
        _ => ERRORS_OF_A_KIND,
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// A message without what it quotes and counts: equal for diagnostics of one kind.
fn gist(message: &str) -> String {
    let plain = message.split('`').step_by(2).flat_map(str::chars);
    plain.filter(|one| !one.is_ascii_digit()).collect()
}

/// A text of the document for a terminal: control and direction characters are shown, not obeyed, and what
/// quotes a megabyte is cut.
fn visible(text: &str) -> String {
    let mut characters = text.chars().map(excerpt::visible);
    let mut shown: String = characters.by_ref().take(LONGEST).collect();
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// <https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
