//! A finding on the page: request and answer side by side, the decisive node marked.

use maud::{Markup, html};
use serde_json::Value;

use super::case_anchor;
use crate::{
    redact::{Finding, Transcript},
    report::{
        cause::Cause,
        curl::curl,
        difference::differences,
        layout::{Piece, layout},
        page::{accepted, weight},
        text::{counted, printable, shortened},
    },
};

/// Most characters of a body.
const MAX_BODY: usize = 6_000;
/// Most characters of a header, an address or a line of evidence.
const MAX_LINE: usize = 1_000;
/// Most headers of a message.
const MAX_HEADERS: usize = 60;
/// Most earlier exchanges that are told.
const MAX_STEPS: usize = 12;
/// Most findings of the same cause that are named.
const MAX_FOLLOWERS: usize = 24;
/// Most differences to the nearest passing input.
const MAX_DIFFERENCES: usize = 12;

/// Where the page tells of it.
pub(super) fn anchor(finding: &Finding) -> String {
    format!("finding-{}", finding.replay)
}

fn operation(finding: &Finding) -> &str {
    finding
        .operation
        .as_deref()
        .unwrap_or(finding.case.subject())
}

/// One line, for findings that are not told in full.
pub(super) fn line(cause: &Cause<'_>) -> Markup {
    let finding = cause.finding;
    html! {
        li id=(anchor(finding)) {
            code { (operation(finding)) } " " (shortened(&printable(&finding.summary), 300))
            " " small { "at " code { (shortened(&printable(&finding.location), 200)) } }
            " " a href=(format!("#{}", case_anchor(finding.case.as_str()))) { "case" }
        }
    }
}

/// The whole of it.
pub(super) fn block(cause: &Cause<'_>, open: bool) -> Markup {
    let finding = cause.finding;
    let part = Part::of(&finding.location);
    html! {
        details.finding.known[finding.is_known()] id=(anchor(finding)) open[open] {
            summary {
                code.operation { (operation(finding)) } " "
                span.what { (shortened(&printable(&finding.summary), 400)) }
                @if finding.is_known() { " " span.chip.known { "known" } }
                @if finding.count > 1 { " " span.count title="times found" { "×" (finding.count) } }
            }
            (about(finding))
            (exchanges(finding, &part))
            (inputs(finding))
            @if let Some(spec) = &finding.spec {
                figure.spec {
                    figcaption { "Promised in " code { (printable(&spec.file)) ":" (spec.line) } }
                    pre { code { (printable(spec.text.trim())) } }
                }
            }
            @if !cause.followers.is_empty() { (followers(cause)) }
            (again(finding))
        }
    }
}

fn about(finding: &Finding) -> Markup {
    html! {
        dl.about {
            div { dt { "At" } dd { code { (shortened(&printable(&finding.location), MAX_LINE)) } } }
            @if !finding.evidence.is_empty() {
                div { dt { "Found" } dd {
                    @for line in finding.evidence.lines().take(24) {
                        p { (shortened(&printable(line), MAX_LINE)) }
                    }
                } }
            }
            @if let Some(secret) = &finding.secret {
                div { dt { "Secret" } dd { code { (printable(secret)) } } }
            }
            @if let Some(accepted) = accepted(finding) {
                div { dt { "Baseline" } dd { (printable(&accepted)) } }
            }
            div { dt { "Case" } dd {
                a href=(format!("#{}", case_anchor(finding.case.as_str()))) { (finding.case) }
                ", level " (weight(finding)) ", " (finding.phase.name()) " input, " (counted(finding.tried as u64, "input")) " tried"
                @if finding.again == Some(false) { strong { ". Not every time: the same input passed when it was sent again" } }
            } }
        }
    }
}

fn exchanges(finding: &Finding, part: &Part<'_>) -> Markup {
    let Some(decisive) = finding.exchanges.get(finding.exchange) else {
        return html! {};
    };
    let before = &finding.exchanges[..finding.exchange];
    let hidden = before.len().saturating_sub(MAX_STEPS);
    html! {
        @if !before.is_empty() {
            details.before {
                summary { (counted(before.len() as u64, "exchange")) " before" }
                @if hidden > 0 { p.note { (hidden) " more, in the JSON report" } }
                @for exchange in &before[hidden..] {
                    (side_by_side(exchange, &Part::Nothing, MAX_BODY / 4))
                }
            }
        }
        (side_by_side(decisive, part, MAX_BODY))
    }
}

fn side_by_side(exchange: &Transcript, part: &Part<'_>, most: usize) -> Markup {
    let pointer = |wanted: &str| match part {
        Part::RequestBody(pointer) if wanted == "request" => Some(*pointer),
        Part::ResponseBody(pointer) if wanted == "response" => Some(*pointer),
        _ => None,
    };
    html! {
        div.exchange {
            section aria-label="Request" {
                h4 { "Request" }
                pre {
                    b { (printable(&exchange.method)) } " "
                    @if matches!(part, Part::RequestLine) { mark { (address(exchange)) } } @else { (address(exchange)) }
                    (headers(&exchange.request_headers, match part { Part::RequestHeader(name) => Some(name), _ => None }))
                }
                (body(&exchange.request_body, pointer("request"), most))
            }
            section aria-label="Answer" {
                h4 { "Answer " small { (format!("{:.1} ms", exchange.elapsed_ms)) } }
                pre {
                    @match exchange.status {
                        Some(status) if matches!(part, Part::Status) => mark { b { (status) } },
                        Some(status) => b { (status) },
                        None => mark { (printable(exchange.error.as_deref().unwrap_or("no answer"))) },
                    }
                    (headers(&exchange.response_headers, match part { Part::ResponseHeader(name) => Some(name), _ => None }))
                }
                (body(&exchange.response_body, pointer("response"), most))
                @if exchange.truncated { p.note { "A body was cut off." } }
            }
        }
    }
}

fn address(exchange: &Transcript) -> String {
    shortened(&printable(&exchange.url), MAX_LINE)
}

fn headers(headers: &[(String, String)], wanted: Option<&str>) -> Markup {
    html! {
        @for (name, value) in headers.iter().take(MAX_HEADERS) {
            @let line = shortened(&printable(&format!("{name}: {value}")), MAX_LINE);
            "\n"
            @if wanted.is_some_and(|wanted| wanted.eq_ignore_ascii_case(name)) { mark { (line) } }
            @else { span.header { (line) } }
        }
        @if headers.len() > MAX_HEADERS { "\n" (headers.len() - MAX_HEADERS) " more headers" }
    }
}

/// A body, laid out if it is JSON, with the node at `pointer` marked.
fn body(text: &str, pointer: Option<&str>, most: usize) -> Markup {
    if text.is_empty() {
        return html! {};
    }
    let plain = || {
        vec![Piece {
            text: printable_lines(text),
            marked: pointer == Some(""),
        }]
    };
    let pieces = layout(text, pointer).unwrap_or_else(plain);
    let (pieces, hidden) = cut(pieces, most);
    html! {
        pre.body tabindex="0" {
            @for piece in pieces {
                @if piece.marked { mark { (piece.text) } } @else { (piece.text) }
            }
        }
        @if hidden > 0 { p.note { (counted(hidden as u64, "more character")) ", in the JSON report" } }
    }
}

/// Control characters are written out, but for the ends of lines.
fn printable_lines(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(printable).collect();
    lines.join("\n")
}

/// At most so many characters, those around what is marked; how many are left out.
fn cut(pieces: Vec<Piece>, most: usize) -> (Vec<Piece>, usize) {
    let count = |piece: &Piece| piece.text.chars().count();
    let total: usize = pieces.iter().map(count).sum();
    if total <= most {
        return (pieces, 0);
    }
    let before: usize = pieces
        .iter()
        .take_while(|piece| !piece.marked)
        .map(count)
        .sum();
    // Where nothing is marked, the beginning matters.
    let from = if before == total {
        0
    } else {
        before.saturating_sub(most / 2)
    };
    let mut skip = from;
    let mut room = most;
    let mut kept = Vec::new();
    if from > 0 {
        kept.push(Piece {
            text: "… ".to_owned(),
            marked: false,
        });
    }
    for piece in pieces {
        let length = count(&piece);
        let text: String = piece.text.chars().skip(skip).take(room).collect();
        skip = skip.saturating_sub(length);
        room -= text.chars().count();
        if !text.is_empty() {
            kept.push(Piece { text, ..piece });
        }
    }
    kept.push(Piece {
        text: " …".to_owned(),
        marked: false,
    });
    (kept, total - most)
}

fn inputs(finding: &Finding) -> Markup {
    let passing = finding.nearest_told.as_ref();
    let found = passing.map(|passing| differences(&finding.told, passing));
    html! {
        div.exchange {
            section aria-label="Smallest input that fails" {
                h4 { "Smallest input that fails" }
                (value(&finding.told))
            }
            @if let Some(passing) = passing {
                section aria-label="Nearest input that passes" {
                    h4 { "Nearest input that passes" }
                    (value(passing))
                }
            }
        }
        @if let Some(found) = found.filter(|found| !found.is_empty()) {
            div.scroll tabindex="0" role="region" aria-label="Differences" {
                table.differences {
                    thead { tr { th scope="col" { "Where they differ" } th scope="col" { "Fails" } th scope="col" { "Passes" } } }
                    tbody {
                        @for difference in found.iter().take(MAX_DIFFERENCES) {
                            tr {
                                th scope="row" { code { @if difference.pointer.is_empty() { "the whole" } @else { (printable(&difference.pointer)) } } }
                                td { (leaf(difference.failing)) }
                                td { (leaf(difference.passing)) }
                            }
                        }
                    }
                }
            }
            @if found.len() > MAX_DIFFERENCES { p.note { (found.len() - MAX_DIFFERENCES) " more differences" } }
        }
    }
}

fn leaf(value: Option<&Value>) -> Markup {
    html! {
        @match value {
            Some(value) => code { (shortened(&printable(&value.to_string()), 300)) },
            None => em { "nothing" },
        }
    }
}

fn value(value: &Value) -> Markup {
    let text = printable_lines(&format!("{value:#}"));
    html! { pre.body tabindex="0" { (shortened(&text, MAX_BODY)) } }
}

fn followers(cause: &Cause<'_>) -> Markup {
    let shown = cause.followers.len().min(MAX_FOLLOWERS);
    html! {
        details.more {
            summary { (counted(cause.followers.len() as u64, "more finding")) " of the same cause" }
            ul {
                @for one in &cause.followers[..shown] {
                    li id=(anchor(one)) {
                        (one.check.id) " " code { (operation(one)) } " at "
                        code { (shortened(&printable(&one.location), 200)) }
                        " " a href=(format!("#{}", case_anchor(one.case.as_str()))) { "case" }
                    }
                }
            }
            @if shown < cause.followers.len() { p.note { (cause.followers.len() - shown) " more, in the JSON report" } }
        }
    }
}

fn again(finding: &Finding) -> Markup {
    let decisive = finding.exchanges.get(finding.exchange);
    html! {
        dl.about {
            div { dt { "Again" } dd { code { "skyvern-conformance replay " (finding.replay) } } }
            @if let Some(exchange) = decisive {
                div { dt { "By hand" } dd { code.long { (shortened(&printable(&curl(exchange)), 4 * MAX_LINE)) } } }
            }
        }
    }
}

/// The part of the decisive exchange that a location names.
enum Part<'a> {
    Status,
    ResponseHeader(&'a str),
    ResponseBody(&'a str),
    RequestLine,
    RequestHeader(&'a str),
    RequestBody(&'a str),
    Nothing,
}

impl<'a> Part<'a> {
    fn of(location: &'a str) -> Self {
        let (place, pointer) = location.split_once(':').unwrap_or((location, ""));
        match place {
            "response.status" => Self::Status,
            "response.header" => Self::ResponseHeader(pointer),
            "response.body" => Self::ResponseBody(pointer),
            "request.body" => Self::RequestBody(pointer),
            "request.header" => Self::RequestHeader(pointer.trim_start_matches('/')),
            "request.path" | "request.query" => Self::RequestLine,
            _ => Self::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_marked_is_in_what_is_kept() {
        let piece = |text: &str, marked| Piece {
            text: text.repeat(100),
            marked,
        };
        let (kept, hidden) = cut(
            vec![piece("a", false), piece("b", true), piece("c", false)],
            60,
        );
        assert_eq!(hidden, 240);
        let text: String = kept.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(text, format!("… {}{} …", "a".repeat(30), "b".repeat(30)));
        let (kept, _) = cut(vec![piece("a", false)], 10);
        assert_eq!(kept[0].text, "a".repeat(10));
    }
}
