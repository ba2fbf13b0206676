//! Judges what a request with a missing or wrong key is answered.

use serde_json::Value;
use spec::Pointer;

use super::{AUT007, AUT010, Check, answer::excerpt, seen::Seen};
use crate::{
    exchange::Response,
    finding::{Place, Violation},
    target::{Operation, Target, TargetKind},
};

/// Whether `seen` was let in: answered with success, or just as `baseline`, the same request with
/// the right key, was.
pub(crate) fn let_in(seen: Seen<'_>, baseline: Option<Seen<'_>>) -> Option<bool> {
    let response = seen.response()?;
    if response.is_success() {
        return Some(true);
    }
    if matches!(response.status, 300..=399 | 401 | 403) {
        return Some(false);
    }
    let usual = baseline.and_then(Seen::response)?;
    Some(usual.status == response.status)
}

/// Fails `check` if the request was let in.
pub(crate) fn refused(
    check: &'static Check,
    seen: Seen<'_>,
    baseline: Option<Seen<'_>>,
    what: &str,
) -> Option<Result<(), Violation>> {
    let let_in = let_in(seen, baseline)?;
    let status = seen.exchange.status().unwrap_or_default();
    if !let_in {
        return Some(Ok(()));
    }
    let summary = format!("a request with {what} is answered {status}");
    let violation = Violation::new(check, seen.number, Place::Status, summary);
    Some(Err(violation))
}

/// Whether a refusal for want of a key is as documented, or as known.
pub(crate) fn documented(
    target: &Target,
    operation: &Operation,
    seen: Seen<'_>,
    response: &Response,
) -> Option<Violation> {
    let listed: Vec<u16> = [401, 403]
        .into_iter()
        .filter(|status| {
            let exact = |one: &crate::target::ResponseSpec| {
                one.status == crate::target::StatusRange::Exact(*status)
            };
            operation.responses.iter().any(exact)
        })
        .collect();
    let expected = match (target.kind, listed.as_slice()) {
        (TargetKind::Skyvern, _) => vec![403],
        (TargetKind::CredentialService, _) => vec![401],
        (TargetKind::OpenApi, []) => vec![401, 403],
        (TargetKind::OpenApi, listed) => listed.to_vec(),
    };
    if !expected.contains(&response.status) {
        let listed: Vec<String> = expected.iter().map(u16::to_string).collect();
        let summary = format!(
            "a request without the right key is answered {}",
            response.status
        );
        return Some(
            Violation::new(&AUT007, seen.number, Place::Status, summary)
                .evidence(format!("expected {}", listed.join(" or "))),
        );
    }
    let media = response.media_type();
    let fault = if target.kind == TargetKind::Skyvern {
        if media.as_deref() != Some("application/json") {
            let place = Place::Header("content-type".to_owned());
            Some((place, "the refusal is not JSON"))
        } else if !response
            .json()
            .and_then(|body| body.get("detail"))
            .is_some_and(Value::is_string)
        {
            let place = Place::Body(Pointer::root().child("detail"));
            Some((place, "the refusal has no text in detail"))
        } else {
            None
        }
    } else {
        None
    };
    fault.map(|(place, summary)| {
        Violation::new(&AUT007, seen.number, place, summary).evidence(excerpt(response))
    })
}

/// Whether an answer quotes `key`.
pub(crate) fn quoted(seen: Seen<'_>, response: &Response, key: &str) -> Option<Violation> {
    let holds = |bytes: &[u8]| {
        bytes
            .windows(key.len())
            .any(|window| window == key.as_bytes())
    };
    let header = response.headers.iter().find(|(_, value)| holds(value));
    let place = match header {
        Some((name, _)) => Place::Header(name.clone()),
        None if holds(&response.body) => Place::Body(Pointer::root()),
        None => return None,
    };
    Some(Violation::new(
        &AUT010,
        seen.number,
        place,
        "the refusal quotes the key that was sent",
    ))
}

/// Whether two refusals are the same as far as a stranger can see.
pub(crate) fn same(a: &Response, b: &Response) -> bool {
    a.status == b.status && a.body == b.body
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::check::{seen, sketch};
    use crate::exchange::Request;

    fn answers(statuses: &[u16]) -> Vec<std::sync::Arc<crate::exchange::Exchange>> {
        statuses
            .iter()
            .map(|status| {
                let request = Request::new("GET", "/v1/credentials");
                sketch::answered(request, *status, &json!({"detail": "no"}))
            })
            .collect()
    }

    #[test]
    fn who_is_answered_as_with_the_key_is_let_in() {
        let judged = |status, usual| {
            let exchanges = answers(&[status, usual]);
            let all: Vec<Seen<'_>> = seen::all(&exchanges).collect();
            let_in(all[0], Some(all[1]))
        };
        assert_eq!(judged(200, 200), Some(true));
        assert_eq!(judged(403, 403), Some(false));
        assert_eq!(judged(302, 200), Some(false));
        assert_eq!(judged(400, 400), Some(true));
        assert_eq!(judged(400, 200), Some(false));
    }

    #[test]
    fn a_key_is_found_in_headers_and_body() {
        let exchanges = answers(&[403]);
        let seen = seen::all(&exchanges).next().unwrap();
        let response = seen.response().unwrap();
        assert!(quoted(seen, response, "no").is_some());
        assert!(quoted(seen, response, "application").is_some());
        assert!(quoted(seen, response, "sk-1").is_none());
    }
}
