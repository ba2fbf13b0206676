//! Defects around the API key.

use axum::http::header::{AUTHORIZATION, COOKIE, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json;
use url::form_urlencoded;

use super::super::answer::{Answer, Refusal};
use super::super::request::{self, Content};
use super::super::route::{Operation, Route};
use super::super::{Server, validate};
use super::{Flaw, Flaws, Instead, respond, respond_text};

/// Lets in whom [`request::authenticate`] lets in, or more, and refuses the others.
pub(in super::super) fn authenticate(
    server: &Server,
    route: &Route,
    head: &Parts,
    content: &Content,
) -> Result<(), Instead> {
    let Err(refusal) = request::authenticate(&head.headers, &server.api_key) else {
        return Ok(());
    };
    let flaws = &server.flaws;
    before_the_key(server, route, head, content)?;
    let sent = sent_key(&head.headers);
    let query = head.uri.query().unwrap_or_default();
    if is_open(flaws, route.operation)
        || sent.is_some_and(|sent| is_near_enough(flaws, sent, &server.api_key))
        || is_elsewhere(flaws, &head.headers, query, &server.api_key)
    {
        return Ok(());
    }
    done_all_the_same(server, route, content);
    Err(reworded(flaws, sent, refusal))
}

fn sent_key(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-api-key")?.to_str().ok()
}

/// What is judged before the key is.
fn before_the_key(
    server: &Server,
    route: &Route,
    head: &Parts,
    content: &Content,
) -> Result<(), Instead> {
    let flaws = &server.flaws;
    let operation = route.operation;
    let looks_up = match operation {
        Operation::Get => flaws.has(Flaw::GetLooksUpFirst),
        Operation::Update => flaws.has(Flaw::UpdateLooksUpFirst),
        _ => false,
    };
    if looks_up && server.store().get(&route.credential_id).is_none() {
        return Err(Refusal::UnknownCredential.into());
    }
    if flaws.has(Flaw::QueryValidatedFirst) && operation == Operation::List {
        validate::list(head.uri.query().unwrap_or_default())?;
    }
    if flaws.has(Flaw::ValidatedFirst) {
        match operation {
            Operation::Create | Operation::Update => drop(validate::credential(content)?),
            Operation::SendTotpCode => drop(validate::totp_code(content)?),
            Operation::SetService | Operation::TestService => drop(validate::service(content)?),
            _ => {}
        }
    }
    Ok(())
}

fn is_open(flaws: &Flaws, operation: Operation) -> bool {
    flaws.has(match operation {
        Operation::Create => Flaw::OpenCreate,
        Operation::List => Flaw::OpenList,
        Operation::Get => Flaw::OpenGet,
        Operation::Update => Flaw::OpenUpdate,
        Operation::Delete => Flaw::OpenDelete,
        Operation::SendTotpCode => Flaw::OpenTotp,
        Operation::GetService => Flaw::OpenServiceGet,
        Operation::SetService => Flaw::OpenServiceSet,
        Operation::TestService => Flaw::OpenServiceTest,
    })
}

fn is_near_enough(flaws: &Flaws, sent: &str, key: &str) -> bool {
    let eight_of = |text: &str, from_end: bool| -> Option<Vec<u8>> {
        let bytes = text.as_bytes();
        let eight = if from_end {
            bytes.get(bytes.len().checked_sub(8)?..)
        } else {
            bytes.get(..8)
        };
        eight.map(<[u8]>::to_vec)
    };
    let same_eight = |from_end| eight_of(sent, from_end) == eight_of(key, from_end);
    if sent.is_empty() {
        return flaws.has(Flaw::EmptyKey);
    }
    flaws.has(Flaw::AnyKey)
        || (flaws.has(Flaw::KeyLengthOnly) && sent.len() == key.len())
        || (flaws.has(Flaw::KeyShortened) && key.starts_with(sent))
        || (flaws.has(Flaw::KeyLengthened) && sent.starts_with(key))
        || (flaws.has(Flaw::KeyTailIgnored) && same_eight(false))
        || (flaws.has(Flaw::KeyHeadIgnored) && same_eight(true))
        || (flaws.has(Flaw::KeyCaseIgnored) && sent.eq_ignore_ascii_case(key))
}

fn is_elsewhere(flaws: &Flaws, headers: &HeaderMap, query: &str, key: &str) -> bool {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = header(AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let in_query = || {
        form_urlencoded::parse(query.as_bytes())
            .any(|(name, value)| is_key_name(&name) && value == key)
    };
    let in_cookie = || {
        header(COOKIE).is_some_and(|cookies| {
            cookies
                .split("; ")
                .filter_map(|cookie| cookie.split_once('='))
                .any(|(name, value)| is_key_name(name) && value == key)
        })
    };
    (flaws.has(Flaw::KeyAsBearer) && bearer == Some(key))
        || (flaws.has(Flaw::KeyInQuery) && in_query())
        || (flaws.has(Flaw::KeyInCookie) && in_cookie())
}

fn is_key_name(name: &str) -> bool {
    name.eq_ignore_ascii_case("x-api-key") || name.eq_ignore_ascii_case("api_key")
}

/// Acts first and refuses later.
fn done_all_the_same(server: &Server, route: &Route, content: &Content) {
    match route.operation {
        Operation::Create if server.flaws.has(Flaw::RefusedCreateDone) => {
            if let Ok(request) = validate::credential(content) {
                server.store().create(request);
            }
        }
        Operation::Delete if server.flaws.has(Flaw::RefusedDeleteDone) => {
            server.store().delete(&route.credential_id);
        }
        _ => {}
    }
}

fn reworded(flaws: &Flaws, sent: Option<&str>, refusal: Refusal) -> Instead {
    let detail = "invalid credentials";
    if flaws.has(Flaw::RefusedAsText) {
        return respond_text(StatusCode::FORBIDDEN, "text/plain", detail);
    }
    let mut answer = Answer::from(refusal);
    if flaws.has(Flaw::RefusedWith200) && sent.is_none() {
        answer.status = StatusCode::OK;
    }
    if flaws.has(Flaw::Refused401) {
        answer.status = StatusCode::UNAUTHORIZED;
    }
    if flaws.has(Flaw::RefusedWithError) {
        answer.body = Some(json!({ "error": detail }));
    }
    if flaws.has(Flaw::RefusedByRedirect) {
        answer = Answer::no_content();
        answer.status = StatusCode::TEMPORARY_REDIRECT;
        answer
            .headers
            .insert(LOCATION, HeaderValue::from_static("/login"));
    }
    if let Some(sent) = sent.filter(|sent| !sent.is_empty()) {
        if flaws.has(Flaw::KeyQuoted) {
            answer.body = Some(json!({"detail": format!("{detail}: {sent}")}));
        }
        if flaws.has(Flaw::KeyInHeader)
            && let Ok(value) = HeaderValue::from_str(sent)
        {
            answer.headers.insert("x-refused-key", value);
        }
    }
    respond(answer)
}
