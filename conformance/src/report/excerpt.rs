//! The block below a failing case: what was sent and received, the smallest input, its nearest
//! passing neighbour, the line of the document, and what to do next.

use std::io::{self, Write};

use serde_json::Value;

use super::{
    difference::{Difference, differences},
    page::accepted,
    style::{BAD, BOLD, DIM, LABEL, WARNING},
    text::{counted, printable, shortened},
};
use crate::{
    check::Level,
    redact::{Excerpt, Finding, Transcript},
};

/// Most lines of an input.
const MAX_LINES: usize = 24;
/// Most characters of a line of an input or of evidence.
const MAX_LINE: usize = 160;
/// Most exchanges of a sequence that are listed.
const MAX_STEPS: usize = 12;
/// Most differences to the nearest passing input.
const MAX_DIFFERENCES: usize = 3;
/// Most findings that are named with the one that they follow from.
const MAX_FOLDED: usize = 12;

/// The block of `finding`, with the names of those in the same case that follow from it.
pub(super) fn finding(
    out: &mut dyn Write,
    finding: &Finding,
    followers: &[&Finding],
) -> io::Result<()> {
    let style = match finding.check.level {
        Level::Must => BAD,
        Level::Should | Level::May => WARNING,
    };
    let summary = printable(&finding.summary);
    writeln!(
        out,
        "\n  {style}{}{style:#} {BOLD}{summary}{BOLD:#}\n",
        finding.check.id
    )?;
    exchanges(out, finding)?;
    label(out, "at", &printable(&finding.location))?;
    for line in names(followers) {
        label(out, "also", &line)?;
    }
    for (number, line) in finding.evidence.lines().take(MAX_LINES).enumerate() {
        let line = shortened(&printable(line), MAX_LINE);
        label(out, if number == 0 { "found" } else { "" }, &line)?;
    }
    writeln!(out)?;
    input(out, finding)?;
    if let Some(excerpt) = &finding.spec {
        source(out, excerpt)?;
    }
    let check = finding.check;
    if let Some(accepted) = accepted(finding) {
        note(out, &printable(&accepted))?;
    }
    note(out, &format!("{}: {}", check.level, check.sentence))?;
    for source in check.sources {
        note(out, &format!("source: {source}"))?;
    }
    if finding.count > 1 {
        let times = finding.count;
        note(
            out,
            &format!("the same was found {times} times; this is the smallest input"),
        )?;
    }
    note(
        out,
        &format!(
            "replay: skyvern-conformance replay {}",
            printable(&finding.replay)
        ),
    )?;
    note(
        out,
        &format!("explain: skyvern-conformance explain {}", check.id),
    )?;
    writeln!(out)
}

/// Findings that follow from one of an earlier case, a line for each.
pub(super) fn folded(out: &mut dyn Write, findings: &[&Finding]) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    for line in names(findings) {
        label(out, "as above", &line)?;
    }
    writeln!(out)
}

/// What each of `findings` is about, and the name that `replay` knows it by.
fn names(findings: &[&Finding]) -> Vec<String> {
    let shown = findings.len().min(MAX_FOLDED);
    let mut lines: Vec<String> = findings[..shown]
        .iter()
        .map(|one| {
            let operation = one.operation.as_deref().unwrap_or(one.case.subject());
            let place = shortened(&printable(&one.location), MAX_LINE);
            format!(
                "{} {operation} {place} {DIM}replay {}{DIM:#}",
                one.check.id,
                printable(&one.replay)
            )
        })
        .collect();
    if findings.len() > shown {
        let more = findings.len() - shown;
        lines.push(format!("and {more} more, in the JSON report"));
    }
    lines
}

fn label(out: &mut dyn Write, label: &str, text: &str) -> io::Result<()> {
    writeln!(out, "  {LABEL}{label:>8}{LABEL:#}  {text}")
}

fn note(out: &mut dyn Write, text: &str) -> io::Result<()> {
    writeln!(out, "       {LABEL}={LABEL:#} {text}")
}

fn exchanges(out: &mut dyn Write, finding: &Finding) -> io::Result<()> {
    let Some(decisive) = finding.exchanges.get(finding.exchange) else {
        return Ok(());
    };
    let before = &finding.exchanges[..finding.exchange];
    let hidden = before.len().saturating_sub(MAX_STEPS);
    if hidden > 0 {
        label(out, "before", &format!("{hidden} more, in the JSON report"))?;
    }
    for exchange in &before[hidden..] {
        let line = format!("{}  {}", request_line(exchange), answer_line(exchange));
        label(out, "before", &format!("{DIM}{line}{DIM:#}"))?;
    }
    label(out, "sent", &request_line(decisive))?;
    for (name, value) in &decisive.request_headers {
        let line = printable(&format!("{name}: {value}"));
        label(
            out,
            "",
            &format!("{DIM}{}{DIM:#}", shortened(&line, MAX_LINE)),
        )?;
    }
    if !decisive.request_body.is_empty() {
        let body = shortened(&printable(&decisive.request_body), MAX_LINE);
        label(out, "", &body)?;
    }
    label(out, "received", &answer_line(decisive))?;
    if !decisive.response_body.is_empty() {
        let body = shortened(&printable(&decisive.response_body), MAX_LINE);
        label(out, "", &body)?;
    }
    Ok(())
}

fn request_line(exchange: &Transcript) -> String {
    let url = shortened(&printable(&exchange.url), MAX_LINE);
    format!("{} {url}", printable(&exchange.method))
}

fn answer_line(exchange: &Transcript) -> String {
    let Some(status) = exchange.status else {
        return printable(exchange.error.as_deref().unwrap_or("no answer"));
    };
    let content_type = exchange
        .response_headers
        .iter()
        .find(|(name, _)| name == "content-type")
        .map_or("no content type", |(_, value)| value);
    format!("{status} {}", printable(content_type))
}

fn input(out: &mut dyn Write, finding: &Finding) -> io::Result<()> {
    for (number, line) in input_lines(&finding.told).iter().enumerate() {
        label(out, if number == 0 { "input" } else { "" }, line)?;
    }
    if let Some(passing) = &finding.nearest_told {
        let found = differences(&finding.told, passing);
        for difference in found.iter().take(MAX_DIFFERENCES) {
            let line = shortened(&printable(&instead(difference)), MAX_LINE);
            label(out, "passes", &line)?;
        }
        if found.len() > MAX_DIFFERENCES {
            let more = found.len() - MAX_DIFFERENCES;
            let more = counted(more as u64, "more difference");
            label(out, "", &format!("and {more}, in the JSON report"))?;
        }
    }
    let (tried, phase) = (finding.tried, finding.phase.name());
    let line = format!("{DIM}smallest of {tried} inputs tried, {phase}{DIM:#}");
    label(out, "", &line)?;
    if finding.again == Some(false) {
        let line = format!(
            "{WARNING}not every time: the same input passed when it was sent again{WARNING:#}"
        );
        label(out, "", &line)?;
    }
    Ok(())
}

/// What makes the failing input pass, in words.
fn instead(difference: &Difference<'_>) -> String {
    let text = |value: &Value| shortened(&value.to_string(), 60);
    // A position at the root is a step of a sequence, which is told in words.
    let step = difference.pointer[..]
        .strip_prefix('/')
        .and_then(|token| token.parse::<usize>().ok())
        .map(|index| index + 1);
    let words = |value: &Value| value.as_str().map_or_else(|| text(value), str::to_owned);
    let at = &difference.pointer;
    match (difference.failing, difference.passing, step) {
        (Some(failing), None, Some(step)) => format!("without step {step}, {}", words(failing)),
        (Some(failing), None, None) => format!("without {at} {}", text(failing)),
        (None, Some(passing), Some(step)) => format!("with {} before step {step}", words(passing)),
        (None, Some(passing), None) => format!("with {at} {}", text(passing)),
        (_, Some(passing), Some(step)) => format!("with {} as step {step}", words(passing)),
        (failing, passing, _) => {
            let text = |value: Option<&Value>| value.map(text).unwrap_or_default();
            let (failing, passing) = (text(failing), text(passing));
            format!("with {at} {passing} instead of {failing}")
        }
    }
}

/// An input on one line if it is short, else on several; a sequence with a line for each step.
fn input_lines(input: &Value) -> Vec<String> {
    if let Value::Array(steps) = input
        && steps.len() > 1
        && steps.iter().all(Value::is_string)
    {
        let numbered = steps.iter().filter_map(Value::as_str).enumerate();
        return numbered
            .map(|(index, step)| {
                let line = printable(&format!("{}. {step}", index + 1));
                shortened(&line, MAX_LINE)
            })
            .collect();
    }
    lines(input)
}

fn lines(input: &Value) -> Vec<String> {
    let compact = input.to_string();
    if compact.chars().count() <= 100 {
        return vec![printable(&compact)];
    }
    let pretty = format!("{input:#}");
    let mut lines: Vec<String> = pretty
        .lines()
        .take(MAX_LINES)
        .map(|line| shortened(&printable(line), MAX_LINE))
        .collect();
    let hidden = pretty.lines().count() - lines.len();
    if hidden > 0 {
        lines.push(format!("… {hidden} more lines, in the JSON report"));
    }
    lines
}

fn source(out: &mut dyn Write, excerpt: &Excerpt) -> io::Result<()> {
    let number = excerpt.line.to_string();
    let gap = " ".repeat(number.len());
    let file = printable(&excerpt.file);
    let (line, column) = (excerpt.line, excerpt.column);
    writeln!(out, "\n  {gap} {LABEL}┌─{LABEL:#} {file}:{line}:{column}")?;
    writeln!(
        out,
        "  {LABEL}{number} │{LABEL:#} {}",
        printable(&excerpt.text)
    )?;
    writeln!(out, "  {gap} {LABEL}│{LABEL:#}")
}
