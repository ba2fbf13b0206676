//! `--report json`: one document with everything, for programs. Its core is fixed; members may be
//! added.

use std::time::Duration;

use serde_json::{Value, json};

use super::curl::curl;
use crate::{
    case::CaseId,
    event::{Ending, Summary},
    redact::Finding,
};

/// The report, with a line feed at its end.
pub(super) fn render(summary: &Summary) -> String {
    let mut text = format!("{:#}", report(summary));
    text.push('\n');
    text
}

fn report(summary: &Summary) -> Value {
    let header = &summary.header;
    let checks: Vec<Value> = summary
        .checks
        .iter()
        .map(|totals| {
            json!({
                "id": totals.check.id,
                "level": totals.check.level.name(),
                "passed": totals.passed,
                "failed": totals.failed,
                "skipped": totals.skipped,
            })
        })
        .collect();
    let suites: serde_json::Map<String, Value> = summary
        .suites
        .iter()
        .map(|(suite, totals)| {
            let totals = json!({
                "passed": totals.passed,
                "failed": totals.failed,
                "warned": totals.warned,
                "tested_nothing": totals.vacuous,
                "not_run": totals.not_run,
            });
            (suite.name().to_owned(), totals)
        })
        .collect();
    let left: Vec<Value> = summary
        .left
        .iter()
        .map(|entry| json!({"kind": entry.kind, "id": entry.id}))
        .collect();
    let withheld: Vec<Value> = header
        .withheld
        .iter()
        .map(|one| json!({"case": one.case.as_str(), "operation": one.operation, "why": one.why}))
        .collect();
    let tested_nothing: Vec<&str> = summary.vacuous.iter().map(CaseId::as_str).collect();
    json!({
        "schema": 1,
        "tool": concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
        "seed": header.seed.0,
        "profile": header.profile,
        "target": header.server.target,
        "url": header.server.url,
        "document": header.server.document,
        "further": header.further,
        "started": summary.started(),
        "duration_ms": millis(summary.duration),
        "requests": summary.requests,
        "latency_ms": {"p50": millis(summary.median), "p99": millis(summary.p99)},
        "cases": header.cases,
        "withheld": withheld,
        "secrets": header.secrets,
        "notes": header.notes,
        "suites": suites,
        "checks": checks,
        "findings": summary.findings.iter().map(finding).collect::<Vec<_>>(),
        "tested_nothing": tested_nothing,
        "searched": {
            "secrets": summary.searched.secrets,
            "answers": summary.searched.answers,
            "bytes": summary.searched.bytes,
            "unread": summary.searched.unread,
            "log_lines": summary.searched.log_lines,
        },
        "masked": {"places": summary.searched.masked.len(), "list": summary.searched.masked},
        "rate_limited": {
            "answers": summary.waited.refusals,
            "waited_ms": millis(summary.waited.time),
        },
        "created": summary.created,
        "deleted": summary.deleted,
        "left": left,
        "ending": summary.ending.name(),
        "complete": summary.ending == Ending::Complete,
    })
}

fn finding(finding: &Finding) -> Value {
    let spec = finding
        .spec
        .as_ref()
        .map(|excerpt| format!("{}:{}", excerpt.file, excerpt.line));
    let decisive = finding.exchanges.get(finding.exchange);
    json!({
        "check": finding.check.id,
        "level": finding.check.level.name(),
        "case": finding.case.as_str(),
        "operation": finding.operation,
        "summary": finding.summary,
        "location": finding.location,
        "secret": finding.secret,
        "evidence": finding.evidence,
        "spec": spec,
        "phase": finding.phase.name(),
        "input": finding.input,
        "nearest_pass": finding.nearest_pass,
        "inputs_tried": finding.tried,
        "every_time": finding.again,
        "count": finding.count,
        "name": finding.replay,
        "replay": format!("skyvern-conformance replay {}", finding.replay),
        "folded_into": finding.folded_into,
        "curl": decisive.map(|exchange| curl(exchange)),
        "exchanges": finding.exchanges,
        "decisive": finding.exchange,
        "known": finding.is_known(),
    })
}

fn millis(duration: Duration) -> f64 {
    // Three decimals: microseconds.
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
