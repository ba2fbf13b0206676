//! `--report junit`: a test suite for each suite, a test case for each case.

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::{
    page,
    text::{printable, shortened},
};
use crate::{
    event::{CaseLine, CaseOutcome, Summary},
    redact::Finding,
};

/// Most findings that a test case tells.
const MAX_FINDINGS: usize = 20;
/// Most characters of what was sent or received.
const MAX_TEXT: usize = 4096;

pub(super) fn render(summary: &Summary) -> Result<Vec<u8>, SerializeError> {
    let mut report = Report::new("skyvern-conformance");
    report.set_time(summary.duration);
    for (suite, _) in &summary.suites {
        let cases = summary.cases.iter().filter(|case| case.suite == *suite);
        let mut tests = TestSuite::new(suite.name());
        tests.set_time(cases.clone().map(|case| case.elapsed).sum());
        tests.add_property(("seed", summary.header.seed.to_string().as_str()));
        for tested in summary.header.servers() {
            tests.add_property(("url", printable(&tested.url).as_str()));
            tests.add_property(("document", printable(&tested.document).as_str()));
        }
        for case in cases {
            tests.add_test_case(test(summary, case));
        }
        report.add_test_suite(tests);
    }
    let mut bytes = Vec::new();
    report.serialize(&mut bytes)?;
    Ok(bytes)
}

fn test(summary: &Summary, case: &CaseLine) -> TestCase {
    let findings: Vec<&Finding> = case
        .findings
        .iter()
        .filter_map(|place| summary.findings.get(*place))
        .collect();
    let id = printable(case.id.as_str());
    let (class, name) = id.rsplit_once("::").unwrap_or(("", &id));
    let skipped = |why: &str| {
        let mut status = TestCaseStatus::skipped();
        status.set_message(why);
        status
    };
    let status = match case.outcome {
        CaseOutcome::Vacuous => skipped("tested nothing, for want of an answer to judge"),
        CaseOutcome::NotRun => skipped("the run ended before"),
        CaseOutcome::Warned if findings.iter().any(|one| one.is_known()) => {
            let known = findings.iter().filter_map(|one| page::accepted(one));
            skipped(&printable(&known.collect::<Vec<_>>().join("; ")))
        }
        CaseOutcome::Passed | CaseOutcome::Warned => TestCaseStatus::success(),
        CaseOutcome::Failed => failure(&findings),
    };
    let mut test = TestCase::new(name, status);
    test.set_classname(class).set_time(case.elapsed);
    if case.outcome == CaseOutcome::Warned {
        test.set_system_out(told(&findings));
    }
    test
}

fn failure(findings: &[&Finding]) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    if let Some(first) = findings.iter().find(|one| !one.is_known()) {
        status.set_message(printable(&first.summary));
        status.set_type(first.check.id);
    }
    status.set_description(told(findings));
    status
}

/// Control characters are written out: the library would take them away, and so join what they part.
fn told(findings: &[&Finding]) -> String {
    let shown = findings
        .iter()
        .take(MAX_FINDINGS)
        .map(|finding| text(finding));
    let text = shown.collect::<Vec<_>>().join("\n\n");
    if findings.len() > MAX_FINDINGS {
        let more = findings.len() - MAX_FINDINGS;
        return format!("{text}\n\nand {more} more, in the JSON report");
    }
    text
}

fn text(finding: &Finding) -> String {
    let mut lines = vec![format!(
        "{} {}",
        finding.check.id,
        printable(&finding.summary)
    )];
    lines.extend(page::accepted(finding).map(|text| printable(&text)));
    if let Some(exchange) = finding.exchanges.get(finding.exchange) {
        lines.push(format!(
            "sent: {} {}",
            printable(&exchange.method),
            printable(&exchange.url)
        ));
        lines.push(shortened(&printable(&exchange.request_body), MAX_TEXT));
        let status = exchange.status.map_or_else(
            || printable(exchange.error.as_deref().unwrap_or("no answer")),
            |status| status.to_string(),
        );
        lines.push(format!("received: {status}"));
        lines.push(shortened(&printable(&exchange.response_body), MAX_TEXT));
    }
    lines.push(format!("at: {}", printable(&finding.location)));
    lines.extend(
        finding
            .evidence
            .lines()
            .map(|line| format!("found: {}", printable(line))),
    );
    if let Some(spec) = &finding.spec {
        lines.push(format!("document: {}:{}", printable(&spec.file), spec.line));
    }
    lines.push(format!(
        "replay: skyvern-conformance replay {}",
        printable(&finding.replay)
    ));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}
