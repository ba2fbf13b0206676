//! `--report markdown`: a page for issues, wikis and step summaries. What a server said stands in code
//! blocks and cannot end them.

use std::fmt::Write as _;

use super::{
    cause::{Cause, causes},
    page::{accepted, outcomes, time, verdict, waited, weight},
    text::{counted, printable, shortened},
};
use crate::{
    event::{Outcome, Summary},
    redact::{Finding, Transcript},
};

/// Most findings that are told in full.
const MAX_FINDINGS: usize = 200;
/// Most lines for the rest.
const MAX_LINES: usize = 1_000;
/// Most characters of a body.
const MAX_BODY: usize = 2_000;

/// The page, of at most `limit` bytes.
pub(super) fn render(summary: &Summary, limit: usize) -> String {
    let causes = causes(summary);
    let mut page = head(summary);
    let mut told = 0;
    // Room for the sentence that says what was left out.
    let room = limit.saturating_sub(400);
    for cause in causes.iter().take(MAX_FINDINGS) {
        let block = block(cause);
        if page.len() + block.len() > room {
            break;
        }
        page.push_str(&block);
        told += 1;
    }
    let mut listed = told;
    if told < causes.len() {
        page.push_str("\n### More\n\n");
        for cause in causes.iter().skip(told).take(MAX_LINES) {
            let line = format!("- {}\n", title(cause.finding));
            if page.len() + line.len() > room {
                break;
            }
            page.push_str(&line);
            listed += 1;
        }
    }
    if listed < causes.len() {
        let more = counted((causes.len() - listed) as u64, "finding");
        // Writing to a string does not fail.
        let _ = writeln!(
            page,
            "\n{more} more did not fit here; the JSON report has them all."
        );
    }
    page
}

fn head(summary: &Summary) -> String {
    let header = &summary.header;
    let mark = match summary.outcome() {
        Outcome::Conforms => "✅",
        Outcome::DoesNotConform => "❌",
        Outcome::Unknown => "⚠️",
    };
    let mut page = format!("## {mark} {}\n\n", verdict(summary));
    let cases = outcomes(summary)
        .into_iter()
        .map(|(outcome, count)| format!("{count} {}", outcome.name()))
        .collect::<Vec<_>>();
    let servers = header.servers().flat_map(|tested| {
        // Code by its element: in a cell a bar would end a code span of backticks.
        let target = format!(
            "{} at <code>{}</code>{}",
            inline(&tested.name()),
            inline(&tested.url),
            inline(&tested.defects())
        );
        [("Target", target), ("Document", inline(&tested.document))]
    });
    let rows = [
        ("Cases", cases.join(", ")),
        (
            "Requests",
            format!(
                "{} in {}, p50 {}, p99 {}",
                summary.requests,
                time(summary.duration),
                time(summary.median),
                time(summary.p99)
            ),
        ),
        (
            "Run",
            format!(
                "profile {}, seed {}, {}",
                inline(&header.profile),
                header.seed,
                summary.started()
            ),
        ),
    ];
    page.push_str("| | |\n|---|---|\n");
    for (name, value) in servers.chain(rows) {
        let _ = writeln!(page, "| {name} | {value} |");
    }
    if let Some(text) = waited(summary) {
        let _ = writeln!(page, "\nWaited {text}.");
    }
    if !summary.left.is_empty() {
        let left = counted(summary.left.len() as u64, "thing");
        let _ = writeln!(page, "\n{left} could not be deleted.");
    }
    for known in summary.told_stale() {
        let _ = writeln!(
            page,
            "\nThe baseline knows of {}, which did not show: {}",
            inline(&known.check),
            inline(&known.reason)
        );
    }
    page
}

fn title(finding: &Finding) -> String {
    let operation = finding
        .operation
        .as_deref()
        .unwrap_or(finding.case.subject());
    format!(
        "**{}** ({}) {}: {}",
        finding.check.id,
        weight(finding),
        code(operation),
        inline(&shortened(&printable(&finding.summary), 300))
    )
}

fn block(cause: &Cause<'_>) -> String {
    let finding = cause.finding;
    let mut text = format!("\n<details><summary>{}</summary>\n\n", html_title(finding));
    let mut line = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    line(format!("{}.\n", inline(finding.check.sentence)));
    if let Some(known) = accepted(finding) {
        line(format!("- {}", inline(&known)));
    }
    line(format!(
        "- at {} in {}",
        code(&finding.location),
        code(finding.case.as_str())
    ));
    for evidence in finding.evidence.lines().take(8) {
        line(format!(
            "- found {}",
            code(&shortened(&printable(evidence), 400))
        ));
    }
    if let Some(spec) = &finding.spec {
        line(format!(
            "- promised in {}",
            code(&format!("{}:{}", spec.file, spec.line))
        ));
    }
    if !cause.followers.is_empty() {
        let names: Vec<String> = cause
            .followers
            .iter()
            .take(12)
            .map(|one| {
                let operation = one.operation.as_deref().unwrap_or(one.case.subject());
                format!("{} {}", one.check.id, code(operation))
            })
            .collect();
        let more = match cause.followers.len() - names.len() {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        line(format!("- the same cause: {}{more}", names.join(", ")));
    }
    if let Some(exchange) = finding.exchanges.get(finding.exchange) {
        line(format!("\n{}", fenced("http", &http(exchange))));
    }
    line("Smallest input:\n".to_owned());
    line(fenced(
        "json",
        &shortened(&format!("{:#}", *finding.told), MAX_BODY),
    ));
    if let Some(passing) = &finding.nearest_told {
        line("Nearest that passes:\n".to_owned());
        line(fenced(
            "json",
            &shortened(&format!("{:#}", **passing), MAX_BODY),
        ));
    }
    let replay = format!("skyvern-conformance replay {}", finding.replay);
    line(format!("{}\n", code(&replay)));
    text.push_str("</details>\n");
    text
}

fn html_title(finding: &Finding) -> String {
    let operation = finding
        .operation
        .as_deref()
        .unwrap_or(finding.case.subject());
    format!(
        "<b>{}</b> ({}) <code>{}</code>: {}",
        finding.check.id,
        weight(finding),
        escaped(&printable(operation)),
        escaped(&shortened(&printable(&finding.summary), 300))
    )
}

/// As it went over the wire, as far as it can be read.
fn http(exchange: &Transcript) -> String {
    let mut lines = vec![format!("{} {}", exchange.method, exchange.url)];
    let header = |(name, value): &(String, String)| format!("{name}: {value}");
    lines.extend(exchange.request_headers.iter().map(header));
    if !exchange.request_body.is_empty() {
        lines.extend([String::new(), shortened(&exchange.request_body, MAX_BODY)]);
    }
    lines.push(String::new());
    match exchange.status {
        Some(status) => {
            lines.push(format!("HTTP {status}"));
            lines.extend(exchange.response_headers.iter().map(header));
            lines.extend([String::new(), shortened(&exchange.response_body, MAX_BODY)]);
        }
        None => lines.push(
            exchange
                .error
                .clone()
                .unwrap_or_else(|| "no answer".to_owned()),
        ),
    }
    let lines: Vec<String> = lines.iter().map(|line| printable(line)).collect();
    lines.join("\n")
}

/// A code block that its text cannot end.
fn fenced(language: &str, text: &str) -> String {
    let longest = longest_run(text).max(2);
    let fence = "`".repeat(longest + 1);
    format!("{fence}{language}\n{text}\n{fence}")
}

/// Code within a line, which is not in a table: there a bar ends the cell even within code.
fn code(text: &str) -> String {
    let text = printable(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    format!("{fence} {text} {fence}")
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or_default()
}

/// Text within a line, of which nothing is markup.
fn inline(text: &str) -> String {
    let mut safe = String::new();
    for letter in printable(text).chars() {
        if "\\`*_{}[]<>#+-!|~&@:".contains(letter) {
            match letter {
                '<' => safe.push_str("&lt;"),
                '>' => safe.push_str("&gt;"),
                '&' => safe.push_str("&amp;"),
                // Neither mentions nor links.
                '@' => safe.push_str("&#64;"),
                ':' => safe.push_str("&#58;"),
                '|' => safe.push_str("&#124;"),
                _ => safe.extend(['\\', letter]),
            }
        } else {
            safe.push(letter);
        }
    }
    safe
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('@', "&#64;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_cannot_be_ended_from_within() {
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(fenced("", "````"), "`````\n````\n`````");
        assert_eq!(code("\u{1b}[31m"), "` \\u{1b}[31m `");
        assert_eq!(code("a|b"), "` a|b `");
    }

    #[test]
    fn text_is_no_markup() {
        assert_eq!(inline("<b> *x* @you"), "&lt;b&gt; \\*x\\* &#64;you");
        // However many backslashes stand before it, it ends no cell.
        assert_eq!(inline("a\\|b"), "a\\\\&#124;b");
    }
}
