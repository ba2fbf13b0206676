//! Judges one answer by what the document says of its operation: status, headers and body.
//!
//! Whether the request should have been accepted is not asked here.

use serde_json::{Value, json};
use spec::{Location, Pointer};

use super::{SCH001, SCH002, SCH003, SCH004, SCH005, SCH007, seen::Seen};
use crate::{
    exchange::{Response, TransportError},
    finding::{Judgement, Place, Violation},
    target::{HeaderSpec, Operation, ResponseSpec, StatusRange, Target, TargetKind},
};

/// Refusals that Skyvern is known to answer though its document does not list them.
const KNOWN_REFUSALS: [u16; 6] = [400, 403, 404, 405, 409, 422];

/// Judges status, content type, body and headers of an answer to `operation`.
pub(crate) fn judge(
    target: &Target,
    operation: &Operation,
    seen: Seen<'_>,
    judgement: &mut Judgement,
) {
    let Some(response) = seen.response() else {
        return judgement.settle(&SCH005, no_answer(seen));
    };
    let failed = server_error(operation, seen, response);
    if failed.is_some() {
        // Everything else about such an answer follows from it.
        return judgement.settle(&SCH005, failed);
    }
    judgement.pass(&SCH005);
    judgement.settle(&SCH001, status(target, operation, seen, response));
    if response.status == 204 {
        judgement.settle(&SCH007, no_content(seen, response));
        return;
    }
    let Some(documented) = operation.response(response.status) else {
        return;
    };
    if !documented.content.is_empty() && !response.body.is_empty() {
        judgement.settle(&SCH002, content_type(documented, seen, response));
    }
    if !documented.headers.is_empty() {
        let violations = headers(target, documented, seen, response);
        if violations.is_empty() {
            judgement.pass(&SCH004);
        }
        for violation in violations {
            judgement.fail(violation);
        }
    }
    if response.is_success() && !response.truncated {
        for violation in body(target, documented, seen, response) {
            judgement.settle(&SCH003, violation);
        }
    }
}

fn no_answer(seen: Seen<'_>) -> Option<Violation> {
    let error = seen.exchange.outcome.as_ref().err()?;
    let died = matches!(
        error,
        TransportError::Closed | TransportError::Timeout(_) | TransportError::Malformed(_)
    );
    died.then(|| {
        Violation::new(
            &SCH005,
            seen.number,
            Place::Connection,
            "no answer came back",
        )
        .evidence(error.to_string())
    })
}

fn server_error(operation: &Operation, seen: Seen<'_>, response: &Response) -> Option<Violation> {
    (response.is_server_error() && !vault_failed(operation, seen, response)).then(|| {
        Violation::new(
            &SCH005,
            seen.number,
            Place::Status,
            format!("the answer is {}", response.status),
        )
        .evidence(excerpt(response))
        .spec(operation.location.clone())
    })
}

/// Whether a vault that the request chose failed: the document lists 502 for that.
fn vault_failed(operation: &Operation, seen: Seen<'_>, response: &Response) -> bool {
    let chose = match &seen.exchange.request.body {
        crate::exchange::Body::Json(body) => {
            body.get("vault_type").is_some_and(|vault| !vault.is_null())
        }
        _ => false,
    };
    chose && response.status == 502 && operation.response(502).is_some()
}

/// Whether an answer of `status` to `operation` is one that clients have to reckon with.
fn status(
    target: &Target,
    operation: &Operation,
    seen: Seen<'_>,
    response: &Response,
) -> Option<Violation> {
    let status = response.status;
    let known = match target.kind {
        TargetKind::Skyvern => KNOWN_REFUSALS.contains(&status),
        // A document that lists no refusal leaves them open.
        TargetKind::OpenApi => (400..500).contains(&status) && !operation.lists_refusal(),
        TargetKind::CredentialService => (400..500).contains(&status),
    };
    // RFC 6585: a limit on requests belongs to no operation.
    if operation.response(status).is_some() || known || status == 429 {
        return None;
    }
    let listed: Vec<String> = operation
        .responses
        .iter()
        .map(|one| listed(one.status))
        .collect();
    Some(
        Violation::new(
            &SCH001,
            seen.number,
            Place::Status,
            format!("status {status} is not documented"),
        )
        .evidence(format!("the document lists {}", listed.join(", ")))
        .spec(operation.location.child("responses")),
    )
}

fn listed(status: StatusRange) -> String {
    match status {
        StatusRange::Exact(status) => status.to_string(),
        StatusRange::Class(class) => format!("{class}XX"),
        StatusRange::Default => "default".to_owned(),
    }
}

fn no_content(seen: Seen<'_>, response: &Response) -> Option<Violation> {
    let length = response
        .header("content-length")
        .filter(|length| *length != "0");
    let fault = if !response.body.is_empty() {
        (Place::Body(Pointer::root()), "the answer 204 has a body")
    } else if response.header("content-type").is_some() {
        let place = Place::Header("content-type".to_owned());
        (place, "the answer 204 has a content type")
    } else if length.is_some() {
        let place = Place::Header("content-length".to_owned());
        (place, "the answer 204 announces a body")
    } else {
        return None;
    };
    Some(Violation::new(&SCH007, seen.number, fault.0, fault.1))
}

fn content_type(
    documented: &ResponseSpec,
    seen: Seen<'_>,
    response: &Response,
) -> Option<Violation> {
    let place = Place::Header("content-type".to_owned());
    let listed: Vec<&str> = documented
        .content
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let Some(actual) = response.media_type() else {
        let summary = "the answer has a body and no content type";
        return Some(
            Violation::new(&SCH002, seen.number, place, summary)
                .evidence(format!("the document lists {}", listed.join(", ")))
                .spec(documented.location.child("content")),
        );
    };
    let fits = listed.iter().any(|range| in_range(range, &actual));
    (!fits).then(|| {
        let summary = format!("the content type {actual} is not documented");
        Violation::new(&SCH002, seen.number, place, summary)
            .evidence(format!("the document lists {}", listed.join(", ")))
            .spec(documented.location.child("content"))
    })
}

/// Whether `actual` is in a media range such as `application/*` (RFC 9110 section 12.5.1).
fn in_range(range: &str, actual: &str) -> bool {
    let range = range.split(';').next().unwrap_or_default().trim();
    match range.split_once('/') {
        Some(("*", "*")) => true,
        Some((kind, "*")) => actual
            .split_once('/')
            .is_some_and(|(actual, _)| actual.eq_ignore_ascii_case(kind)),
        _ => actual.eq_ignore_ascii_case(range),
    }
}

fn headers(
    target: &Target,
    documented: &ResponseSpec,
    seen: Seen<'_>,
    response: &Response,
) -> Vec<Violation> {
    documented
        .headers
        .iter()
        .filter_map(|spec| {
            let fault = match response.header(&spec.name) {
                None => spec
                    .required
                    .then(|| format!("the header {} is missing", spec.name)),
                Some(text) => (!header_fits(target, spec, text))
                    .then(|| format!("the header {} breaks its schema", spec.name)),
            }?;
            let place = Place::Header(spec.name.clone());
            let location = documented.location.child("headers").child(&spec.name);
            Some(Violation::new(&SCH004, seen.number, place, fault).spec(location))
        })
        .collect()
}

/// A header is text; its schema may see a number or boolean in it.
fn header_fits(target: &Target, spec: &HeaderSpec, text: &str) -> bool {
    let Some(schema) = &spec.schema else {
        return true;
    };
    let read: Option<Value> = serde_json::from_str(text).ok();
    let candidates = [Some(json!(text)), read];
    candidates
        .iter()
        .flatten()
        .any(|value| target.answers.is_valid(schema, value))
}

/// One entry for each schema that the body was held against: `None` if it fits.
fn body(
    target: &Target,
    documented: &ResponseSpec,
    seen: Seen<'_>,
    response: &Response,
) -> Vec<Option<Violation>> {
    let media = documented
        .content
        .iter()
        .find(|media| media.is_json() && media.schema.is_some());
    let Some(schema) = media.and_then(|media| media.schema.as_ref()) else {
        return Vec::new();
    };
    let Some(value) = response.json() else {
        let place = Place::Body(Pointer::root());
        let violation = Violation::new(&SCH003, seen.number, place, "the body is not JSON")
            .evidence(excerpt(response))
            .spec(schema.clone());
        return vec![Some(violation)];
    };
    let violations = target.answers.violations(schema, value);
    let Some(first) = violations.first() else {
        return vec![None];
    };
    let place = Place::Body(without_indexes(value, &first.instance));
    let actual = value.pointer(first.instance.as_str());
    let evidence = match actual {
        Some(actual) => format!("{} breaks {}: {actual}", first.instance, first.keyword),
        None => format!("{} breaks {}", first.instance, first.keyword),
    };
    let violation = Violation::new(&SCH003, seen.number, place, first.message.clone())
        .evidence(evidence)
        .spec(keyword(target, first));
    vec![Some(violation)]
}

fn keyword(target: &Target, violation: &crate::schema::Violation) -> Location {
    let at = violation.schema.child(&violation.keyword);
    if target.schema(&at).is_some() {
        at
    } else {
        violation.schema.clone()
    }
}

/// The pointer with every array index as 0, so that the same fault in two entries is one finding.
fn without_indexes(value: &Value, pointer: &Pointer) -> Pointer {
    let mut node = Some(value);
    let mut cleaned = Pointer::root();
    for token in pointer.tokens() {
        let is_array = node.is_some_and(Value::is_array);
        cleaned = cleaned.child(if is_array { "0" } else { &token });
        node = node.and_then(|node| match node {
            Value::Array(items) => items.get(token.parse::<usize>().ok()?),
            other => other.get(&token),
        });
    }
    cleaned
}

/// The beginning of the body, for evidence.
pub(crate) fn excerpt(response: &Response) -> String {
    let text = String::from_utf8_lossy(&response.body);
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::check::{
        seen,
        sketch::{answered, failed, raw, target},
    };
    use crate::exchange::Request;

    fn judged(operation: &str, status: u16, content_type: &str, body: &str) -> Vec<&'static str> {
        let target = target();
        let operation = target.operation(operation).unwrap();
        let headers = vec![(
            "content-type".to_owned(),
            Bytes::from(content_type.to_owned()),
        )];
        let request = Request::new(&operation.method, &operation.path);
        let exchanges = [raw(request, status, headers, body.to_owned())];
        let mut judgement = Judgement::default();
        for seen in seen::all(&exchanges) {
            judge(&target, operation, seen, &mut judgement);
        }
        failed(&judgement)
    }

    #[test]
    fn an_answer_is_held_to_its_document() {
        let json = "application/json";
        assert!(
            judged(
                "get_credentials",
                200,
                "application/json; charset=utf-8",
                "[]"
            )
            .is_empty()
        );
        assert_eq!(judged("get_credentials", 202, json, "[]"), ["SCH001"]);
        assert_eq!(
            judged("get_credentials", 200, "text/plain", "[]"),
            ["SCH002"]
        );
        assert_eq!(judged("get_credentials", 200, json, "{}"), ["SCH003"]);
        assert_eq!(judged("get_credentials", 200, json, "[{}]"), ["SCH003"]);
        assert_eq!(judged("get_credentials", 200, json, "<html>"), ["SCH003"]);
        assert_eq!(judged("get_credentials", 500, json, "{}"), ["SCH005"]);
        assert_eq!(judged("delete_credential", 204, json, ""), ["SCH007"]);
    }

    #[test]
    fn a_vault_that_the_request_chose_may_fail() {
        let target = target();
        let operation = target.operation("create_credential").unwrap();
        let fails = |body: Value| {
            let request = Request::new("POST", &operation.path).json(body);
            let exchanges = [answered(request, 502, &json!({"detail": "it is down"}))];
            let mut judgement = Judgement::default();
            for seen in seen::all(&exchanges) {
                judge(&target, operation, seen, &mut judgement);
            }
            failed(&judgement)
        };
        assert_eq!(fails(json!({"vault_type": null})), ["SCH005"]);
        assert!(fails(json!({"vault_type": "custom"})).is_empty());
    }
}
