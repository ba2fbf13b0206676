//! Whether a call has the documented form: method and path, token, content type, and the bytes.

use spec::Pointer;

use super::call::{Call, Place as Origin};
use crate::{
    bridge::{ODD_QUERY, TOKEN},
    check::{BRI007, BRI008, BRI009, BRI010, BRI023, Check},
    exchange::Exchange,
    finding::{Judgement, Place, Violation},
    reference::strict_json,
};

/// Judges one call. Whether its path names the right id, and its body the right values, is judged
/// elsewhere.
pub(super) fn judge(call: &Call<'_>, judgement: &mut Judgement) {
    if call.place == Origin::Elsewhere {
        let violation = elsewhere(call);
        judgement.settle(&BRI023, violation);
        return;
    }
    judgement.settle(&BRI007, documented(call));
    judgement.settle(&BRI008, token(call));
    if call.is("POST") {
        judgement.settle(&BRI009, declared(call));
    }
    judgement.settle(&BRI010, headers(call));
}

/// A violation at a part of the call.
pub(super) fn at(
    check: &'static Check,
    call: &Call<'_>,
    part: &'static str,
    member: &str,
    summary: impl Into<String>,
) -> Violation {
    let pointer = if member.is_empty() {
        Pointer::root()
    } else {
        Pointer::root().child(member)
    };
    Violation::new(check, call.number, Place::Request(part, pointer), summary)
}

fn documented(call: &Call<'_>) -> Option<Violation> {
    let request = &call.exchange.request;
    let rest = call.rest()?;
    let fits = match (request.method.as_str(), rest) {
        ("POST" | "GET", "") => true,
        ("GET" | "DELETE", id) => id.len() > 1 && id.starts_with('/'),
        _ => false,
    };
    if !fits {
        let summary = format!("the service is asked {} {}", request.method, request.path);
        return Some(at(&BRI007, call, "path", "", summary));
    }
    // The query that an odd id makes is another matter.
    let query = request.query.as_deref().filter(|query| *query != ODD_QUERY);
    query.map(|_| {
        let summary = format!("a {} carries a query", request.method);
        at(&BRI007, call, "query", "", summary)
    })
}

fn token(call: &Call<'_>) -> Option<Violation> {
    let given = call.header("authorization");
    let expected = format!("Bearer {TOKEN}");
    let method = &call.exchange.request.method;
    let summary = match given.as_slice() {
        [] => format!("a {method} carries no token"),
        [one] if *one == expected => {
            let query = call.exchange.request.query.as_deref().unwrap_or_default();
            if !query.contains(TOKEN) {
                return None;
            }
            format!("the token stands in the query of a {method} as well")
        }
        [_] => format!("a {method} carries something else than the token as a bearer token"),
        _ => format!("a {method} carries several tokens"),
    };
    let evidence = format!("expected {expected}, found {}", given.join(", "));
    let violation = at(&BRI008, call, "header", "authorization", summary);
    Some(violation.evidence(evidence))
}

fn declared(call: &Call<'_>) -> Option<Violation> {
    let types = call.header("content-type");
    let essence = |value: &String| {
        let essence = value.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case("application/json")
    };
    if types.len() != 1 || !types.iter().all(essence) {
        let summary = "a body is not declared as application/json";
        let violation = at(&BRI009, call, "header", "content-type", summary);
        return Some(violation.evidence(format!("found {}", types.join(", "))));
    }
    let body = call.exchange.request.body_bytes();
    let read = strict_json::parse(&body);
    if read.as_ref().is_ok_and(serde_json::Value::is_object) {
        return None;
    }
    let summary = match read {
        Ok(_) => "a body is no object".to_owned(),
        Err(malformed) => format!(
            "a body is no JSON in UTF-8 from byte {} on",
            malformed.offset
        ),
    };
    Some(at(&BRI009, call, "body", "", summary))
}

/// Headers that every call is known to carry.
fn headers(call: &Call<'_>) -> Option<Violation> {
    let mut expected = vec![
        ("accept", "*/*"),
        ("accept-encoding", "gzip, deflate"),
        ("content-type", "application/json"),
    ];
    if call.is("DELETE") {
        expected.push(("content-length", "0"));
    }
    let (name, value) = expected.into_iter().find(|(name, value)| {
        let given = call.header(name);
        // BRI009 says so of a body.
        let judged = *name == "content-type" && call.is("POST");
        !judged && given != [*value]
    })?;
    let found = call.header(name);
    let found = if found.is_empty() {
        "nothing".to_owned()
    } else {
        found.join(", ")
    };
    let summary = format!(
        "a {} is sent with another {name}",
        call.exchange.request.method
    );
    let violation = at(&BRI010, call, "header", name, summary);
    Some(violation.evidence(format!("expected {value}, found {found}")))
}

/// What must not go to another origin.
fn elsewhere(call: &Call<'_>) -> Option<Violation> {
    let what = match (
        has_body(call.exchange),
        call.header("authorization").is_empty(),
    ) {
        (false, true) => return None,
        (true, true) => "the secret",
        (false, false) => "the token",
        (true, false) => "secret and token",
    };
    let summary = format!("a redirect takes {what} to another origin");
    Some(at(&BRI023, call, "body", "", summary))
}

fn has_body(exchange: &Exchange) -> bool {
    !exchange.request.body_bytes().is_empty()
}
