//! Exchanges made by hand, for the tests of judges.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use serde_json::Value;

use crate::{
    document,
    exchange::{Exchange, Request, Response},
    finding::Judgement,
    settings::ServerSettings,
    target::{Target, TargetKind},
};

/// The built-in document at no server in particular.
pub(crate) fn target() -> Target {
    let document = document::load(&ServerSettings::embedded()).unwrap();
    let base = "http://127.0.0.1".parse().unwrap();
    Target::new(TargetKind::Skyvern, document, base, true)
}

/// `request`, answered with JSON.
pub(crate) fn answered(request: Request, status: u16, body: &Value) -> Arc<Exchange> {
    let headers = vec![(
        "content-type".to_owned(),
        Bytes::from_static(b"application/json"),
    )];
    raw(request, status, headers, body.to_string())
}

/// `request`, answered with these headers and this text.
pub(crate) fn raw(
    request: Request,
    status: u16,
    headers: Vec<(String, Bytes)>,
    body: String,
) -> Arc<Exchange> {
    Arc::new(Exchange {
        request,
        outcome: Ok(Response::new(
            status,
            "HTTP/1.1",
            headers,
            Bytes::from(body),
            false,
        )),
        began: None,
        elapsed: Duration::ZERO,
    })
}

/// Ids of the checks that failed.
pub(crate) fn failed(judgement: &Judgement) -> Vec<&'static str> {
    let mut ids: Vec<&str> = judgement
        .violations()
        .iter()
        .map(|violation| violation.check.id)
        .collect();
    ids.dedup();
    ids
}

/// Ids of the checks that held.
pub(crate) fn held(judgement: &Judgement) -> Vec<&'static str> {
    judgement.passed().iter().map(|check| check.id).collect()
}
