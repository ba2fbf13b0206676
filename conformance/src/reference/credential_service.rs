//! A credential service, written from `spec/openapi/credential-service.yaml`: what a service that
//! Skyvern can keep its credentials in looks like when everything is right.
//!
//! Refusals come in this order: the token (401), no such route (404, 405), a body that is too large
//! (413), not declared as JSON (415), malformed (400) or no credential (422), an unknown id (404).
//! Whoever has no token learns nothing else, and no refusal holds anything of the request.

mod access;
mod answer;
mod credential;
mod defects;
mod flawed;
mod route;
pub mod store;

use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use zeroize::Zeroizing;

use self::access::Token;
use self::answer::{Answer, Refusal};
pub use self::credential::Credential;
pub use self::defects::DEFECTS;
use self::flawed::{Flaws, Instead, Memory as Remembered, access as entry, arrival, keeping, wire};
use self::route::Route;
use self::store::{Memory, Store, StoreError};
use super::answer::dropped;
use super::body;
use super::defect::Defect;
use super::server::{self, Running, StartError};

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
        plain: Zeroizing::new(config.token),
        store: config.store,
        flaws: Flaws::of(DEFECTS, &config.defects)?,
        memory: Mutex::default(),
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
    /// The token itself, for defects that compare it badly.
    plain: Zeroizing<String>,
    store: Box<dyn Store>,
    flaws: Flaws,
    memory: Mutex<Remembered>,
}

impl Service {
    fn memory(&self) -> MutexGuard<'_, Remembered> {
        // Nothing that holds the lock can panic half-way through a change.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<StoreError> for Refusal {
    fn from(_: StoreError) -> Self {
        Self::StoreFailed
    }
}

async fn answer(State(service): State<Arc<Service>>, request: Request) -> Response {
    let method = request.method().clone();
    let answer = match handle(&service, request).await {
        Ok(answer) => answer,
        Err(Instead::Refuse(refusal)) => refusal.into(),
        Err(Instead::Answer(answer)) => *answer,
        Err(Instead::Drop) => return dropped(),
    };
    wire::write(&service.flaws, &method, answer)
}

async fn handle(service: &Service, request: Request) -> Result<Answer, Instead> {
    let (head, body) = request.into_parts();
    // Read also when nobody looks at it: a client that still writes would not see the answer.
    let body = body::read(body).await;
    let bytes = body.as_deref().unwrap_or_default();
    entry::before(service, &head, bytes).await?;
    entry::authenticate(service, &head, bytes).await?;
    let path = head.uri.path();
    match route::find(&head.method, path)? {
        Route::TestConnection => keeping::test(service, path),
        Route::Create => {
            let body = arrival::bytes(&service.flaws, body)?;
            let value = arrival::parse(&service.flaws, &head.headers, &body)?;
            let credential = arrival::judge(&service.flaws, &value)?;
            keeping::create(service, credential).await
        }
        Route::Read(id) => keeping::read(service, id, &head.headers).await,
        // Gone already is as good: Skyvern could not drop its own record otherwise.
        Route::Delete(id) => keeping::delete(service, id, &head.headers).await,
    }
}

/// 128 bits that depend on nothing: the standard library draws keys from the system, and no two
/// hashers of a process have the same.
fn unguessable() -> String {
    let word = || RandomState::new().hash_one(());
    format!("{:016x}{:016x}", word(), word())
}
