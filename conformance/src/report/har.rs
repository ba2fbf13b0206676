//! `--report har`: the exchanges of all findings as an HTTP Archive 1.2, for browsers' developer tools
//! and proxies. <http://www.softwareishard.com/blog/har-12-spec/>

use serde_json::{Value, json};

use crate::{
    event::Summary,
    redact::{Finding, Transcript},
};

/// Most exchanges that are written.
const MAX_ENTRIES: usize = 20_000;

pub(super) fn render(summary: &Summary) -> Value {
    let started = summary.started();
    let all = summary.findings.iter().flat_map(|finding| {
        finding
            .exchanges
            .iter()
            .enumerate()
            .map(move |one| (finding, one))
    });
    let count = all.clone().count();
    let entries: Vec<Value> = all
        .take(MAX_ENTRIES)
        .map(|(finding, (place, exchange))| entry(&started, finding, place, exchange))
        .collect();
    let mut comment = format!(
        "the exchanges of {} findings; what was not sent by the runner bears the time at which the run began",
        summary.findings.len()
    );
    if count > entries.len() {
        comment = format!(
            "{comment}; {} more exchanges are left out",
            count - entries.len()
        );
    }
    json!({"log": {
        "version": "1.2",
        "creator": {"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")},
        "entries": entries,
        "comment": comment,
    }})
}

fn entry(started: &str, finding: &Finding, place: usize, exchange: &Transcript) -> Value {
    let decisive = if place == finding.exchange {
        ", decisive"
    } else {
        ""
    };
    json!({
        "startedDateTime": exchange.began.as_deref().unwrap_or(started),
        "time": exchange.elapsed_ms,
        "request": request(exchange),
        "response": response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": exchange.elapsed_ms, "receive": 0},
        "comment": format!(
            "{} {}, exchange {}{decisive}; skyvern-conformance replay {}",
            finding.check.id, finding.case, place + 1, finding.replay
        ),
    })
}

fn request(exchange: &Transcript) -> Value {
    let query = exchange.url.split_once('?').map_or("", |(_, query)| query);
    let query = url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| json!({"name": name, "value": value}));
    let mut request = json!({
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(&exchange.request_headers),
        "queryString": query.collect::<Vec<_>>(),
        "headersSize": -1,
        "bodySize": exchange.request_body.len(),
    });
    if !exchange.request_body.is_empty() {
        request["postData"] = json!({
            "mimeType": content_type(&exchange.request_headers),
            "text": exchange.request_body,
        });
    }
    request
}

/// Status 0 where there was no answer, as browsers write it.
fn response(exchange: &Transcript) -> Value {
    let location = exchange
        .response_headers
        .iter()
        .find(|(name, _)| name == "location");
    json!({
        "status": exchange.status.unwrap_or(0),
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(&exchange.response_headers),
        "content": {
            "size": exchange.response_body.len(),
            "mimeType": content_type(&exchange.response_headers),
            "text": exchange.response_body,
        },
        "redirectURL": location.map_or("", |(_, value)| value),
        "headersSize": -1,
        "bodySize": -1,
        "comment": exchange.error,
    })
}

fn headers(headers: &[(String, String)]) -> Vec<Value> {
    headers
        .iter()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect()
}

fn content_type(headers: &[(String, String)]) -> &str {
    let found = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    found.map_or("x-unknown", |(_, value)| value)
}
