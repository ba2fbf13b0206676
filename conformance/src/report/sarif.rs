//! `--report sarif`: SARIF 2.1.0 (OASIS). Rules come from the table of checks; a result points at the
//! line of the document that promises what was broken, or else at the operation.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};

use super::{page, text::printable};
use crate::{
    check::{Check, Level},
    event::{Ending, Summary, rfc3339},
    redact::{Excerpt, Finding, Transcript},
};

/// GitHub shows no more of a run, and takes at most 25,000.
/// <https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning>
const MAX_RESULTS: usize = 5_000;
/// What RFC 3986 does not allow in a path.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

pub(super) fn render(summary: &Summary) -> Value {
    let rules: Vec<&Check> = summary.checks.iter().map(|totals| totals.check).collect();
    let told = &summary.findings[..summary.findings.len().min(MAX_RESULTS)];
    let results: Vec<Value> = told.iter().map(|finding| result(finding, &rules)).collect();
    let mut notices = Vec::new();
    if summary.findings.len() > told.len() {
        let text = format!(
            "{} of {} findings are told here; the JSON report has them all",
            told.len(),
            summary.findings.len()
        );
        notices.push(json!({"level": "warning", "message": {"text": text}}));
    }
    if summary.ending != Ending::Complete {
        let text = format!("the plan is not done: {}", summary.ending.name());
        notices.push(json!({"level": "warning", "message": {"text": text}}));
    }
    let ended = summary.header.started + summary.duration;
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|check| rule(check)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": summary.ending == Ending::Complete,
                "startTimeUtc": summary.started(),
                "endTimeUtc": rfc3339(ended),
                "toolExecutionNotifications": notices,
            }],
            "results": results,
            "properties": {
                "seed": summary.header.seed.0,
                "url": summary.header.server.url,
                "target": summary.header.server.target,
                "document": summary.header.server.document,
                "further": summary.header.further,
            },
        }],
    })
}

fn rule(check: &Check) -> Value {
    let sources: Vec<String> = check.sources.iter().map(ToString::to_string).collect();
    json!({
        "id": check.id,
        "name": camel(check.name),
        "shortDescription": {"text": sentence(check.sentence)},
        "fullDescription": {"text": check.explain},
        "help": {"text": format!("{}\n\nWritten in: {}", check.explain, sources.join("; "))},
        "defaultConfiguration": {"level": level(check.level)},
        "properties": {"tags": [check.suite.name(), check.level.name()]},
    })
}

fn result(finding: &Finding, rules: &[&Check]) -> Value {
    let mut text = sentence(&printable(&finding.summary));
    if !finding.evidence.is_empty() {
        text = format!("{text} {}", printable(&finding.evidence));
    }
    let mut result = json!({
        "ruleId": finding.check.id,
        "level": level(finding.check.level),
        "message": {"text": text},
        "locations": [{
            "logicalLocations": [{
                "name": finding.operation.as_deref().unwrap_or(finding.case.subject()),
                "fullyQualifiedName": finding.case.as_str(),
                "kind": "function",
            }],
            "message": {"text": format!("shows at {}", printable(&finding.location))},
        }],
        "partialFingerprints": {"conformanceFinding/v1": finding.replay},
        "occurrenceCount": finding.count,
        "properties": {
            "case": finding.case.as_str(),
            "location": printable(&finding.location),
            "input": finding.input,
            "replay": format!("skyvern-conformance replay {}", finding.replay),
        },
    });
    if let Some(place) = rules.iter().position(|check| *check == finding.check) {
        result["ruleIndex"] = place.into();
    }
    // Code scanning shows no result that has no line.
    if let Some(spec) = finding.spec.as_ref().or(finding.asked.as_ref()) {
        result["locations"][0]["physicalLocation"] = physical(spec);
    }
    if let Some(exchange) = finding.exchanges.get(finding.exchange) {
        result["webRequest"] = request(exchange);
        result["webResponse"] = response(exchange);
    }
    if let (true, Some(reason)) = (finding.is_known(), page::accepted(finding)) {
        result["suppressions"] = json!([
            {"kind": "external", "status": "accepted", "justification": reason}
        ]);
    }
    result
}

fn physical(spec: &Excerpt) -> Value {
    let file = spec.file.replace('\\', "/");
    let path = utf8_percent_encode(&file, PATH);
    // A colon in the first segment would make a scheme of it.
    let uri = match file.as_bytes() {
        [b'/', ..] => format!("file://{path}"),
        [_, b':', ..] => format!("file:///{path}"),
        _ => path.to_string().replace(':', "%3A"),
    };
    json!({
        "artifactLocation": {"uri": uri},
        "region": {
            "startLine": spec.line,
            "startColumn": spec.column,
            "snippet": {"text": spec.text},
        },
    })
}

fn request(exchange: &Transcript) -> Value {
    json!({
        "protocol": "http",
        "method": exchange.method,
        "target": exchange.url,
        "headers": headers(&exchange.request_headers),
        "body": {"text": exchange.request_body},
    })
}

fn response(exchange: &Transcript) -> Value {
    let Some(status) = exchange.status else {
        return json!({"noResponseReceived": true});
    };
    json!({
        "protocol": "http",
        "statusCode": status,
        "headers": headers(&exchange.response_headers),
        "body": {"text": exchange.response_body},
    })
}

/// By name; the values of one that stands there twice, one after the other.
fn headers(headers: &[(String, String)]) -> Value {
    let mut all = serde_json::Map::new();
    for (name, value) in headers {
        match all.get_mut(name) {
            Some(Value::String(text)) => *text = format!("{text}, {value}"),
            _ => {
                all.insert(name.clone(), value.as_str().into());
            }
        }
    }
    all.into()
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "error",
        Level::Should => "warning",
        Level::May => "note",
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

fn camel(name: &str) -> String {
    let upper = |word: &str| {
        let (first, rest) = word.split_at(1);
        first.to_ascii_uppercase() + rest
    };
    name.split('_')
        .filter(|word| !word.is_empty())
        .map(upper)
        .collect()
}
