//! Defects around the token.

use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::super::answer::{Answer, Refusal};
use super::super::route::{self, Route};
use super::super::{Service, access};
use super::{Flaw, Instead, keeping};

/// Lets in whom [`access::authenticate`] lets in, or more, or fewer, and refuses the others.
pub(in super::super) async fn authenticate(
    service: &Service,
    head: &Parts,
    body: &[u8],
) -> Result<(), Instead> {
    let flaws = &service.flaws;
    let usual = access::authenticate(&head.headers, service.token.as_ref());
    let header = header(&head.headers).unwrap_or_default();
    let exact = flaws.has(Flaw::SchemeExact) || flaws.has(Flaw::DocSample);
    let refusal = match usual {
        Ok(()) if exact && !header.starts_with("Bearer ") => Refusal::Unauthorized,
        Ok(()) => return Ok(()),
        Err(refusal) => refusal,
    };
    if is_open(service, head) || is_near_enough(service, &header) || is_elsewhere(service, head) {
        return Ok(());
    }
    let done = done_all_the_same(service, head, body).await?;
    Err(reworded(service, &header, refusal, body, done))
}

fn header(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn is_open(service: &Service, head: &Parts) -> bool {
    let open = match route::find(&head.method, head.uri.path()) {
        Ok(Route::Create) => Flaw::OpenCreate,
        Ok(Route::Read(_)) => Flaw::OpenRead,
        Ok(Route::Delete(_)) => Flaw::OpenDelete,
        Ok(Route::TestConnection) => Flaw::OpenTest,
        Err(_) => return false,
    };
    service.flaws.has(open)
}

fn is_near_enough(service: &Service, header: &str) -> bool {
    let has = |flaw| service.flaws.has(flaw);
    let token = service.plain.as_str();
    if has(Flaw::BareToken) && header == token {
        return true;
    }
    if has(Flaw::AnyScheme)
        && header
            .split_once(' ')
            .is_some_and(|(_, sent)| sent == token)
    {
        return true;
    }
    let Some(sent) = header.strip_prefix("Bearer") else {
        return false;
    };
    let sent = sent.strip_prefix(' ').unwrap_or(sent);
    let before = |mark: &str| sent.split(mark).next() == Some(token) && sent.contains(mark);
    if sent.trim().is_empty() {
        return has(Flaw::EmptyToken);
    }
    has(Flaw::AnyToken)
        || has(Flaw::TokenShortened) && token.starts_with(sent)
        || has(Flaw::TokenLengthened) && sent.len() == token.len() + 1 && sent.starts_with(token)
        || has(Flaw::TokenCaseIgnored) && sent.eq_ignore_ascii_case(token)
        || (has(Flaw::BearerTwice) || has(Flaw::DocSample)) && before("Bearer ")
        || has(Flaw::TokenThenMore) && before(" ")
        || has(Flaw::TokenListed) && before(",")
}

fn is_elsewhere(service: &Service, head: &Parts) -> bool {
    let has = |flaw| service.flaws.has(flaw);
    let token = service.plain.as_str();
    let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    let in_query = || {
        let query = head.uri.query().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes()).any(|(_, value)| value == token)
    };
    let in_cookie = || {
        header(COOKIE.as_str()).is_some_and(|cookies| {
            let mut cookies = cookies.split("; ");
            cookies.any(|one| one.split_once('=').is_some_and(|(_, value)| value == token))
        })
    };
    has(Flaw::TokenInQuery) && in_query()
        || has(Flaw::TokenInCookie) && in_cookie()
        || has(Flaw::TokenAsKey) && header("x-api-key") == Some(token)
}

/// Acts first and refuses later. The id of what was made.
async fn done_all_the_same(
    service: &Service,
    head: &Parts,
    body: &[u8],
) -> Result<Option<String>, Instead> {
    let flaws = &service.flaws;
    match route::find(&head.method, head.uri.path()) {
        Ok(Route::Delete(id)) if flaws.has(Flaw::RefusedDeleteDone) => {
            service.store.delete(id).await?;
        }
        Ok(Route::Create) if flaws.has(Flaw::RefusedCreateDone) => {
            let value: Option<Value> = serde_json::from_slice(body).ok();
            let credential = value.and_then(|value| super::super::Credential::read(value).ok());
            if let Some(credential) = credential {
                let id = keeping::id(service, &credential);
                service.store.create(&id, credential).await?;
                return Ok(Some(id));
            }
        }
        _ => {}
    }
    Ok(None)
}

fn reworded(
    service: &Service,
    header: &str,
    refusal: Refusal,
    body: &[u8],
    done: Option<String>,
) -> Instead {
    let flaws = &service.flaws;
    let mut answer = Answer::from(refusal);
    if flaws.has(Flaw::Refuses403) {
        answer.status = StatusCode::FORBIDDEN;
    }
    if header.is_empty() && (flaws.has(Flaw::Refuses422) || flaws.has(Flaw::DocSample)) {
        answer.status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    if flaws.has(Flaw::NoChallenge) || flaws.has(Flaw::DocSample) {
        answer.headers.clear();
    }
    if flaws.has(Flaw::ManyChallenges) {
        let both = axum::http::HeaderValue::from_static("Basic realm=\"x\", Bearer realm=\"x\"");
        answer.headers.insert("www-authenticate", both);
    }
    let sent = header.strip_prefix("Bearer ").unwrap_or(header);
    if flaws.has(Flaw::TokenQuoted) {
        answer.body = Some(json!({"error": format!("wrong token: {sent}")}));
    }
    if flaws.has(Flaw::TokenInHeader)
        && let Ok(value) = axum::http::HeaderValue::from_str(sent)
    {
        answer.headers.insert("x-refused-token", value);
    }
    if flaws.has(Flaw::RefusalsQuote) {
        let text = String::from_utf8_lossy(body).into_owned();
        answer.body = Some(json!({"error": "the token is missing or wrong", "request": text}));
    }
    if let Some(id) = done {
        answer.body = Some(json!({"error": "the token is missing or wrong", "id": id}));
    }
    answer.into()
}

/// What is answered before the token is looked at.
pub(in super::super) async fn before(
    service: &Service,
    head: &Parts,
    body: &[u8],
) -> Result<(), Instead> {
    let flaws = &service.flaws;
    let path = head.uri.path();
    let redirected = |status, to| {
        let mut answer = Answer::no_content();
        answer.status = status;
        let to = axum::http::HeaderValue::from_static(to);
        answer.headers.insert("location", to);
        Err(answer.into())
    };
    if flaws.has(Flaw::RedirectsSlash) && path == route::BASE && head.method == Method::POST {
        return redirected(StatusCode::TEMPORARY_REDIRECT, "/credentials/");
    }
    if flaws.has(Flaw::RedirectsRead) && path == route::BASE && head.method == Method::GET {
        return redirected(StatusCode::FOUND, "/credentials/");
    }
    let is_page = matches!(path, "/docs" | "/redoc" | "/openapi.json");
    if is_page && (flaws.has(Flaw::DocsOpen) || flaws.has(Flaw::DocSample)) {
        return Err(Answer::json(StatusCode::OK, json!({"openapi": "3.1.0"})).into());
    }
    let route = route::find(&head.method, path);
    if flaws.has(Flaw::BodyFirst)
        && route == Ok(Route::Create)
        && serde_json::from_slice::<Value>(body).is_err()
    {
        return Err(Refusal::Malformed.into());
    }
    if flaws.has(Flaw::LookupFirst)
        && let Ok(Route::Read(id) | Route::Delete(id)) = route
        && service.store.read(id).await?.is_none()
    {
        return Err(Refusal::Unknown.into());
    }
    if flaws.has(Flaw::DocSample) && route == Ok(Route::Create) {
        super::arrival::sample(body)?;
    }
    Ok(())
}
