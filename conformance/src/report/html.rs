//! `--report html`: one file that needs nothing else, no network and no script. It is bounded, and
//! says what it left out.

mod chart;
mod finding;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    cause::{Cause, causes},
    page::{outcomes, time, verdict, waited, weight},
    text::{counted, printable, shortened},
};
use crate::{
    check::Check,
    event::{CaseLine, CaseOutcome, Outcome, Summary},
};

const STYLE: &str = include_str!("html/style.css");
/// Nothing is loaded and nothing is run, even if an escape were missing somewhere.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
/// Most findings that are told in full.
const MAX_FINDINGS: usize = 300;
/// Most of them of one check.
const MAX_OF_CHECK: usize = 40;
/// How many of them are open at first.
const MAX_OPEN: usize = 3;
/// Most findings that have a line.
const MAX_LINES: usize = 3_000;
/// Most cases that have a line.
const MAX_CASES: usize = 5_000;

pub(super) fn render(summary: &Summary) -> String {
    let causes = causes(summary);
    let verdict = verdict(summary);
    let class = match summary.outcome() {
        Outcome::Conforms => "good",
        Outcome::DoesNotConform => "bad",
        Outcome::Unknown => "odd",
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (verdict) " · skyvern-conformance" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#findings" { "Skip to the findings" }
                header class=(class) {
                    h1 { (verdict) }
                    (facts(summary))
                    nav aria-label="On this page" {
                        a href="#findings" { "Findings" }
                        a href="#checks" { "Checks" }
                        a href="#traffic" { "Traffic" }
                        a href="#cases" { "Cases" }
                    }
                }
                main {
                    (overview(summary))
                    (findings(&causes))
                    (checks(summary))
                    (traffic(summary))
                    (cases(summary))
                }
                footer {
                    (concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")))
                    ". Every answer passed the redaction before it came here; passwords and cards in it are made up by the run."
                }
            }
        }
    };
    page.into_string()
}

fn facts(summary: &Summary) -> Markup {
    let header = &summary.header;
    html! {
        dl.facts {
            @for tested in header.servers() {
                div { dt { "Server" } dd { (printable(&tested.name())) " " code { (printable(&tested.url)) } (tested.defects()) } }
                div { dt { "Document" } dd { (printable(&tested.document)) } }
            }
            div { dt { "Run" } dd {
                time datetime=(summary.started()) { (summary.started().replace('T', " ")) }
                ", " (time(summary.duration)) ", profile " (header.profile) ", seed " (header.seed)
                @if let Some(shard) = header.shard { ", shard " (shard.number) "/" (shard.of) }
            } }
        }
    }
}

fn overview(summary: &Summary) -> Markup {
    let count = |word: &str| {
        summary
            .findings
            .iter()
            .filter(|one| weight(one) == word)
            .count()
    };
    let tiles = [
        ("must", "fail the run", count("must")),
        ("should", "reported", count("should")),
        ("known", "in the baseline", count("known")),
    ];
    html! {
        section aria-label="Overview" {
            div.tiles {
                @for (word, what, count) in tiles {
                    div.tile.(word).none[count == 0] { b { (count) } span { (word) } small { (what) } }
                }
                div.tile { b { (summary.cases.len()) } span { "cases" } small {
                    @for (place, (outcome, count)) in outcomes(summary).into_iter().enumerate() {
                        @if place > 0 { ", " }
                        (count) " " (outcome.name())
                    }
                } }
                div.tile { b { (summary.requests) } span { "requests" } small { "p50 " (time(summary.median)) ", p99 " (time(summary.p99)) } }
                div.tile { b { (summary.created) } span { "created" } small { (summary.deleted) " deleted" } }
            }
            @for remark in remarks(summary) { p.remark { (remark) } }
            (chart::suites(summary))
        }
    }
}

/// What a reader must not overlook.
fn remarks(summary: &Summary) -> Vec<String> {
    let mut remarks = Vec::new();
    if summary.ending != crate::event::Ending::Complete {
        remarks.push(format!("The plan is not done: {}.", summary.ending.name()));
    }
    remarks.extend(waited(summary).map(|text| format!("Waited {text}.")));
    if !summary.left.is_empty() {
        let names = summary.left.iter().take(20);
        let names: Vec<String> = names
            .map(|left| format!("{} {}", left.kind, shortened(&printable(&left.id), 60)))
            .collect();
        let count = counted(summary.left.len() as u64, "thing");
        remarks.push(format!(
            "{count} could not be deleted: {}.",
            names.join(", ")
        ));
    }
    for known in summary.told_stale().iter().take(20) {
        remarks.push(format!(
            "The baseline knows of {}, which did not show ({}): take it out.",
            printable(&known.check),
            printable(&known.reason)
        ));
    }
    if !summary.header.withheld.is_empty() {
        let count = counted(summary.header.withheld.len() as u64, "case");
        remarks.push(format!(
            "{count} withheld, as nothing could take back what they do."
        ));
    }
    remarks
}

fn findings(causes: &[Cause<'_>]) -> Markup {
    let mut groups: Vec<(&Check, Vec<&Cause<'_>>)> = Vec::new();
    for cause in causes {
        match groups
            .iter_mut()
            .find(|(check, _)| *check == cause.finding.check)
        {
            Some((_, group)) => group.push(cause),
            None => groups.push((cause.finding.check, vec![cause])),
        }
    }
    let mut room = MAX_FINDINGS;
    let mut lines = MAX_LINES;
    let mut hidden = 0;
    let sections: Vec<Markup> = groups
        .iter()
        .map(|(check, group)| {
            let full = group.len().min(MAX_OF_CHECK).min(room);
            let listed = (group.len() - full).min(lines);
            // The first ones are open: a page or two.
            let open = MAX_OPEN.saturating_sub(MAX_FINDINGS - room);
            room -= full;
            lines -= listed;
            hidden += group.len() - full - listed;
            section_of(check, group, open, full, listed)
        })
        .collect();
    html! {
        section id="findings" tabindex="-1" {
            h2 { "Findings" }
            @if causes.is_empty() { p { "None." } }
            @for section in &sections { (section) }
            @if hidden > 0 {
                p.remark { (counted(hidden as u64, "more finding")) " did not fit here; the JSON report has them all." }
            }
        }
    }
}

fn section_of(
    check: &Check,
    group: &[&Cause<'_>],
    open: usize,
    full: usize,
    listed: usize,
) -> Markup {
    html! {
        section.check id=(format!("check-{}", check.id)) {
            h3 {
                span.chip.(check.level.name()) { (check.level.name()) }
                " " (check.id) " " span.sentence { (check.sentence) }
                " " span.count { (group.len()) }
            }
            details.why {
                summary { "Why, and where that is written" }
                p { (check.explain) }
                ul { @for source in check.sources { li { (source.to_string()) } } }
            }
            @for (number, cause) in group[..full].iter().enumerate() {
                (finding::block(cause, number < open))
            }
            @if full < group.len() {
                details.more {
                    summary { (counted((group.len() - full) as u64, "more finding")) }
                    ul {
                        @for cause in &group[full..full + listed] { (finding::line(cause)) }
                    }
                }
            }
        }
    }
}

fn checks(summary: &Summary) -> Markup {
    html! {
        section id="checks" {
            h2 { "Checks" }
            div.scroll tabindex="0" role="region" aria-label="Table of checks" {
                table {
                    thead { tr {
                        th scope="col" { "Check" } th scope="col" { "Level" } th scope="col" { "Asserts" }
                        th.n scope="col" { "Held" } th.n scope="col" { "Failed" } th.n scope="col" { "Not tested" }
                    } }
                    tbody {
                        @for totals in &summary.checks {
                            tr.bad[totals.failed > 0].idle[totals.passed + totals.failed == 0] {
                                th scope="row" {
                                    @if totals.failed > 0 { a href=(format!("#check-{}", totals.check.id)) { (totals.check.id) } }
                                    @else { (totals.check.id) }
                                }
                                td { (totals.check.level.name()) }
                                td { (totals.check.sentence) }
                                td.n { (totals.passed) } td.n { (totals.failed) } td.n { (totals.skipped) }
                            }
                        }
                    }
                }
            }
            p.note { "Counted in cases. A check that was tested nowhere has not passed." }
        }
    }
}

fn traffic(summary: &Summary) -> Markup {
    html! {
        section id="traffic" {
            h2 { "Traffic" }
            div.charts {
                (chart::latency(summary))
                (chart::statuses(summary))
            }
        }
    }
}

fn cases(summary: &Summary) -> Markup {
    let shown = summary.cases.len().min(MAX_CASES);
    html! {
        section id="cases" {
            h2 { "Cases" }
            @for (suite, totals) in &summary.suites {
                @let of_suite: Vec<&CaseLine> = summary.cases[..shown].iter().filter(|case| case.suite == *suite).collect();
                details open[totals.failed > 0] {
                    summary { b { (suite.name()) } " " (counted(of_suite.len() as u64, "case")) }
                    div.scroll tabindex="0" role="region" aria-label=(format!("Cases of {}", suite.name())) {
                        table.cases {
                            thead { tr {
                                th scope="col" { "Case" } th scope="col" { "Outcome" } th scope="col" { "Findings" }
                                th.n scope="col" { "Inputs" } th.n scope="col" { "Time" }
                            } }
                            tbody { @for case in of_suite { (case_line(summary, case)) } }
                        }
                    }
                }
            }
            @if shown < summary.cases.len() {
                p.remark { (counted((summary.cases.len() - shown) as u64, "more case")) " did not fit here; the JSON report has the totals." }
            }
        }
    }
}

fn case_line(summary: &Summary, case: &CaseLine) -> Markup {
    let class = match case.outcome {
        CaseOutcome::Passed => "good",
        CaseOutcome::Failed => "bad",
        CaseOutcome::Warned | CaseOutcome::Vacuous => "odd",
        CaseOutcome::NotRun => "idle",
    };
    html! {
        tr id=(case_anchor(case.id.as_str())) {
            th scope="row" { a href=(format!("#{}", case_anchor(case.id.as_str()))) { (case.id) } }
            td class=(class) { (case.outcome.name()) }
            td {
                @for place in case.findings.iter().take(6) {
                    @if let Some(finding) = summary.findings.get(*place) {
                        a href=(format!("#{}", finding::anchor(finding))) { (finding.check.id) } " "
                    }
                }
                @if case.findings.len() > 6 { "and " (case.findings.len() - 6) " more" }
                @for problem in case.problems.iter().take(2) { small { (printable(problem)) } " " }
            }
            td.n { (case.inputs) }
            td.n { (time(case.elapsed)) }
        }
    }
}

/// The anchor of a case; ids are of letters, digits, `_` and `:`.
pub(super) fn case_anchor(case: &str) -> String {
    format!("case-{}", case.replace("::", "-"))
}
