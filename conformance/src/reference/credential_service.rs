//! A credential service, written from `spec/openapi/credential-service.yaml`: what a service that
//! Skyvern can keep its credentials in looks like when everything is right.
//!
//! Refusals come in this order: the token (401), no such route (404, 405), a body that is too large
//! (413), not declared as JSON (415), malformed (400) or no credential (422), an unknown id (404).
//! Whoever has no token learns nothing else, and no refusal holds anything of the request.

mod access;
mod answer;
mod credential;
mod route;
pub mod store;

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::json;

use self::access::Token;
use self::answer::{Answer, Refusal};
pub use self::credential::Credential;
use self::route::Route;
use self::store::{Memory, Store, StoreError};
use super::body::{self, Unread};
use super::defect::Defect;
use super::server::{self, Running, StartError};
use super::strict_json;

/// How a service is to be started. Holds a secret, so it has no `Debug`.
pub struct Config {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The one token that is let in; an empty one lets nobody in.
    pub token: String,
    /// Where credentials are kept.
    pub store: Box<dyn Store>,
    /// Which of [`DEFECTS`] it has.
    pub defects: Vec<&'static Defect>,
}

/// All named defects of this server.
pub static DEFECTS: &[Defect] = &[];

impl Config {
    /// A free port, a new random token, a store in memory, no defect.
    pub fn new() -> Self {
        Self {
            port: 0,
            token: format!("cs-{}", unguessable()),
            store: Box::new(Memory::default()),
            defects: Vec::new(),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

/// Starts a service on the current runtime; it answers from the return of this call on. Its base
/// URL is that of [`Running`] followed by `/credentials`.
pub async fn start(config: Config) -> Result<Running, StartError> {
    let service = Service {
        token: Token::new(&config.token),
        store: config.store,
    };
    let port = config.port;
    server::start(port, |_stopping| {
        Router::new().fallback(answer).with_state(Arc::new(service))
    })
    .await
    .map(|running| running.below(route::BASE))
    .map_err(|source| StartError::Listen { port, source })
}

struct Service {
    token: Option<Token>,
    store: Box<dyn Store>,
}

impl From<StoreError> for Refusal {
    fn from(_: StoreError) -> Self {
        Self::StoreFailed
    }
}

async fn answer(State(service): State<Arc<Service>>, request: Request) -> Response {
    let answer = handle(&service, request).await;
    let mut response = answer.unwrap_or_else(Answer::from).into_response();
    // Nothing that comes from here may be kept on the way (RFC 9111 section 5.2.2.5).
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn handle(service: &Service, request: Request) -> Result<Answer, Refusal> {
    let (head, body) = request.into_parts();
    let authenticated = access::authenticate(&head.headers, service.token.as_ref());
    // Read also when nobody looks at it: a client that still writes would not see the answer.
    let body = body::read(body).await;
    authenticated?;
    match route::find(&head.method, head.uri.path())? {
        Route::TestConnection => Ok(Answer::json(StatusCode::OK, json!({"status": "ok"}))),
        Route::Create => {
            let body = body.map_err(|unread| match unread {
                Unread::TooLarge => Refusal::TooLarge,
                Unread::Broken(_) => Refusal::Malformed,
            })?;
            if !body::is_json(&head.headers) {
                return Err(Refusal::Foreign);
            }
            let value = strict_json::parse(&body).map_err(|_| Refusal::Malformed)?;
            let credential = Credential::read(value).map_err(Refusal::Invalid)?;
            let id = unguessable();
            service.store.create(&id, credential).await?;
            Ok(Answer::json(StatusCode::CREATED, json!({ "id": id })))
        }
        Route::Read(id) => {
            let found = service.store.read(id).await?.ok_or(Refusal::Unknown)?;
            Ok(Answer::json(StatusCode::OK, found.to_value()))
        }
        Route::Delete(id) => {
            // Gone already is as good: Skyvern could not drop its own record otherwise.
            service.store.delete(id).await?;
            Ok(Answer::no_content())
        }
    }
}

/// 128 bits that depend on nothing: the standard library draws keys from the system, and no two
/// hashers of a process have the same.
fn unguessable() -> String {
    let word = || RandomState::new().hash_one(());
    format!("{:016x}{:016x}", word(), word())
}
