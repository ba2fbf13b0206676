//! Leaks: what was submitted as secret comes back, or shows in how an answer is made.
//!
//! The stages of the server drop secrets as soon as they are validated. So a leak listens to the
//! request before them, keeps what it heard beside the store, and changes the answer after them.
//! [`table`] has the leaks that are a matter of whose secret, in which form, at which place; the
//! others are functions: [`judged`] compares secrets, [`covert`] hides them in how an answer is
//! written, [`quoted`] repeats what came.

mod benign;
mod covert;
mod digest;
mod form;
mod judged;
mod kept;
mod part;
mod place;
mod quoted;
mod table;

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method};
use axum::response::Response;
use futures_util::TryStreamExt as _;
use hyper::ext::ReasonPhrase;
use serde_json::Value;

use super::super::answer::Answer;
use super::super::route::{self, Operation};
use super::super::{Server, locked};
use super::Flaws;
pub(in super::super) use judged::refuse;
pub(super) use judged::{listed, reorder};
pub(super) use kept::Kept;

/// How much of a body is listened to.
const HEARD: usize = 64 << 10;

/// A request as it is overheard: complete once the stages have read it.
pub(in super::super) struct Asked {
    method: Method,
    path: String,
    query: String,
    accepts_gzip: bool,
    body: Arc<Mutex<Vec<u8>>>,
}

impl Asked {
    pub(in super::super) fn method(&self) -> &Method {
        &self.method
    }

    pub(in super::super) fn path(&self) -> &str {
        &self.path
    }

    /// What was heard of the body so far.
    pub(in super::super) fn heard(&self) -> Vec<u8> {
        locked(&self.body).clone()
    }
}

/// Listens to a body while the stages read it.
pub(in super::super) fn overhear(flaws: &Flaws, head: &Parts, body: Body) -> (Asked, Body) {
    let accepts = head.headers.get("accept-encoding");
    let asked = Asked {
        method: head.method.clone(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        accepts_gzip: accepts
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains("gzip")),
        body: Arc::default(),
    };
    if !flaws.any() {
        return (asked, body);
    }
    let heard = Arc::clone(&asked.body);
    let chunks = body.into_data_stream().inspect_ok(move |chunk| {
        let mut heard = locked(&heard);
        let room = HEARD.saturating_sub(heard.len());
        heard.extend(chunk.iter().take(room));
    });
    (asked, Body::from_stream(chunks))
}

/// A request, its outcome, and the secrets that have to do with it.
struct Story<'a> {
    flaws: &'a Flaws,
    /// Not known when there was no route.
    operation: Option<Operation>,
    /// Of the path, or of what was created.
    id: String,
    page: usize,
    body: &'a [u8],
    /// The body as JSON; null when it is none.
    sent: Value,
    /// The object of the body that has secrets; null when there is none.
    secrets: Value,
    /// What was stored under the id before this request.
    old: Value,
    /// What the request before this one submitted.
    previous: Value,
}

/// What an answer needs beside its value.
#[derive(Default)]
pub(in super::super) struct Finish {
    /// The body as it is to be written.
    text: Option<Vec<u8>>,
    content_type: Option<&'static str>,
    reason: Option<String>,
    is_chunked: bool,
}

/// Puts secrets into an answer, and remembers those that the request brought.
pub(in super::super) fn tell(server: &Server, asked: &Asked, answer: &mut Answer) -> Finish {
    let mut finish = Finish::default();
    if !server.flaws.any() {
        return finish;
    }
    let body = std::mem::take(&mut *locked(&asked.body));
    judged::renumber(server, &body, answer);
    let mut memory = server.memory();
    let kept = &mut memory.kept;
    let story = kept.learn(&server.flaws, asked, &body, answer);
    table::tell(&story, kept, answer);
    quoted::tell(&story, answer, &mut finish);
    judged::tell(&story, kept, answer);
    benign::alter(&story, kept, answer);
    covert::tell(&story, kept, answer, &mut finish);
    benign::finish(&story, asked, answer, &mut finish);
    kept.forget(&story, answer);
    finish
}

/// Writes what is not a matter of the answer's value.
pub(in super::super) fn seal(finish: Finish, mut response: Response) -> Response {
    if let Some(text) = finish.text {
        *response.body_mut() = Body::from(text);
    }
    if let Some(content_type) = finish.content_type {
        let content_type = HeaderValue::from_static(content_type);
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    if let Some(reason) = finish.reason
        && let Ok(reason) = ReasonPhrase::try_from(reason.into_bytes())
    {
        response.extensions_mut().insert(reason);
    }
    if finish.is_chunked {
        response = response.map(|body| Body::from_stream(body.into_data_stream()));
    }
    response
}

/// The route of a request, if it has one.
fn route_of(asked: &Asked) -> Option<route::Route> {
    route::find(&asked.method, &asked.path).ok()
}
