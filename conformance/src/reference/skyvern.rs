//! A Skyvern server for its credentials API, written from `spec/openapi/skyvern.yaml`: requests in,
//! answers out, everything in memory.
//!
//! Refusals come in the order in which Skyvern makes them: no such route (404, 405), a body that is
//! too large (413), malformed JSON (422), the API key (403), the schema (422), an unknown id (404).

mod answer;
mod clock;
mod defects;
mod fields;
mod flawed;
pub mod log;
mod model;
mod request;
mod route;
mod service;
mod store;
mod totp;
mod validate;
pub mod vault;

use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use futures_util::stream;
use serde_json::{Value, json};

use self::answer::{Answer, Refusal};
pub use self::defects::DEFECTS;
use self::flawed::keeping::{self, Fate};
use self::flawed::{
    Flaw, Flaws, Instead, Memory, access, arrival, content, leak, listing, record, reply, wire,
};
use self::log::Log;
use self::model::{CredentialRequest, Shown};
use self::request::Content;
use self::route::{Operation, Route};
use self::store::{Credential, Store};
use self::vault::{Refused, Vault};
use super::defect::Defect;
pub use super::server::StartError;
use super::server::{self, Running, Stopping};

/// How a server is to be started. Holds a secret, so it has no `Debug`.
pub struct Config {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The one key that is let in; an empty one lets nobody in.
    pub api_key: String,
    /// Where it keeps secrets; without one it checks and drops them.
    pub vault: Option<vault::Config>,
    /// Where it writes a line for each request; without one it writes none.
    pub log: Option<PathBuf>,
    /// Which of [`DEFECTS`] it has, and with a vault of [`vault::DEFECTS`].
    pub defects: Vec<&'static Defect>,
}

impl Config {
    /// A free port, a new random key, no defect.
    pub fn new() -> Self {
        let word = || RandomState::new().hash_one(());
        Self {
            port: 0,
            api_key: format!("sk-{:016x}{:016x}", word(), word()),
            vault: None,
            log: None,
            defects: Vec::new(),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

/// Starts a server on the current runtime; it answers from the return of this call on.
pub async fn start(config: Config) -> Result<Running, StartError> {
    let Config {
        port,
        api_key,
        vault,
        log,
        defects,
    } = config;
    let (of_vault, others): (Vec<_>, Vec<_>) = defects
        .into_iter()
        .partition(|defect| vault.is_some() && Vault::has_defect(defect));
    let flaws = Flaws::of(DEFECTS, &others)?;
    let vault = vault
        .map(|vault| Vault::new(vault, &of_vault))
        .transpose()?;
    let log = log.map(|path| Log::open(&path).map_err(|source| StartError::Log { path, source }));
    let log = log.transpose()?;
    let mut store = Store::new();
    let organization_id = store.numbers.id("o");
    server::start(port, |stopping| {
        let server = Server {
            api_key,
            organization_id,
            store: Mutex::new(store),
            service: Mutex::new(None),
            vault,
            log,
            flaws,
            memory: Mutex::new(Memory::default()),
            stopping,
        };
        Router::new().fallback(answer).with_state(Arc::new(server))
    })
    .await
    .map_err(|source| StartError::Listen { port, source })
}

struct Server {
    api_key: String,
    organization_id: String,
    store: Mutex<Store>,
    /// The setting of the custom credential service, as it is answered.
    service: Mutex<Option<Value>>,
    /// Where secrets are kept.
    vault: Option<Vault>,
    log: Option<Log>,
    flaws: Flaws,
    /// Locked after the store, if both are.
    memory: Mutex<Memory>,
    stopping: Stopping,
}

impl Server {
    fn store(&self) -> MutexGuard<'_, Store> {
        locked(&self.store)
    }

    fn service(&self) -> MutexGuard<'_, Option<Value>> {
        locked(&self.service)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        locked(&self.memory)
    }
}

/// Nothing that holds a lock can panic half-way through a change.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let (asked, body) = leak::overhear(&server.flaws, &head, body);
    let (operation, outcome) = match find_route(&server, &head).await {
        Ok(route) => (
            Some(route.operation),
            handle(&server, &route, head, body).await,
        ),
        Err(refusal) => {
            // A client that is still writing would see its connection reset instead of the answer.
            let _ = request::read(body).await;
            (None, Err(refusal))
        }
    };
    let mut answer = match outcome {
        Ok(answer) => answer,
        Err(Instead::Refuse(refusal)) => refusal.into(),
        Err(Instead::Answer(answer)) => *answer,
        Err(Instead::Respond(response)) => return *response,
        Err(Instead::Hang) => {
            server.stopping.clone().wait().await;
            Answer::no_content()
        }
        Err(Instead::Drop) => return dropped(),
    };
    reply::alter(&server.flaws, operation, &mut answer);
    if let Some(log) = &server.log {
        log.write(&server.flaws, &asked, answer.status);
    }
    let finish = leak::tell(&server, &asked, &mut answer);
    leak::seal(finish, wire::write(&server.flaws, operation, answer))
}

/// A body that fails closes the connection before the head is sent.
fn dropped() -> Response {
    let failure = io::Error::from(io::ErrorKind::ConnectionReset);
    Response::new(Body::from_stream(stream::iter([Err::<Bytes, _>(failure)])))
}

async fn find_route(server: &Server, head: &Parts) -> Result<Route, Instead> {
    arrival::begin(server).await?;
    let (method, path) = arrival::target(&server.flaws, head)?;
    route::find(&method, &path).map_err(|refusal| arrival::missed(&server.flaws, refusal))
}

async fn handle(
    server: &Server,
    route: &Route,
    head: Parts,
    body: Body,
) -> Result<Answer, Instead> {
    let body = request::read(body)
        .await
        .map_err(|refusal| arrival::unread(&server.flaws, refusal))?;
    if server.flaws.has(Flaw::KeyFirst) {
        access::authenticate(server, route, &head, &Content::Absent)?;
    }
    let content = if route.operation.takes_body() {
        arrival::parse(server, &head.headers, &body)?
    } else {
        Content::Absent
    };
    if let Err(refusal) = access::authenticate(server, route, &head, &content) {
        vault::refused(server, Refused::Stranger, &content).await;
        return Err(refusal);
    }
    let content = content::document(server, route, content)?;
    let query = content::query(&server.flaws, head.uri.query().unwrap_or_default())?;
    operate(server, route, &query, &content).await
}

async fn operate(
    server: &Server,
    route: &Route,
    query: &str,
    content: &Content,
) -> Result<Answer, Instead> {
    let id = &route.credential_id;
    let ok = |body| Ok(Answer::json(StatusCode::OK, body));
    match route.operation {
        Operation::Create => {
            let mut request = judged(server, content, id).await?;
            let stored = vault::create(server, content, &mut request).await?;
            let fate = keeping::overlap(server, &mut request).await;
            let mut answer = create(server, request, fate)?;
            vault::created(server, stored, &mut answer);
            Ok(answer)
        }
        Operation::List => {
            let request = validate::list(query)?;
            ok(listing::list(server, &server.store(), &request)?.into())
        }
        Operation::Get => {
            let mut store = server.store();
            keeping::read(server, &mut store, id)?;
            let found = store.get(id).ok_or(Refusal::UnknownCredential)?;
            ok(credential_response(found))
        }
        Operation::Update => {
            let mut request = judged(server, content, id).await?;
            let stored = vault::replace(server, id, content, &mut request).await?;
            let body = update(server, id, request)?;
            vault::replaced(server, id, stored).await?;
            ok(body)
        }
        Operation::Delete => {
            vault::delete(server, id).await?;
            let mut store = server.store();
            keeping::before_delete(server, &mut store, id)?;
            let deleted = store.delete(id).ok_or(Refusal::UnknownCredential)?;
            keeping::after_delete(server, deleted);
            Ok(Answer::no_content())
        }
        Operation::SendTotpCode => {
            let request = validate::totp_code(content)?;
            let id = server.store().numbers.id("totp");
            ok(totp::stored(&request, &id, &server.organization_id))
        }
        Operation::GetService => match &*server.service() {
            Some(setting) => ok(json!({ "token": setting })),
            None => Err(Refusal::NoService.into()),
        },
        Operation::SetService => {
            let request = validate::service(content)?;
            let id = server.store().numbers.id("oat");
            let setting = service::stored(&request, &id, &server.organization_id);
            *server.service() = Some(setting.clone());
            ok(json!({ "token": setting }))
        }
        Operation::TestService => {
            let request = validate::service(content)?;
            if service::answers(&request).await {
                ok(json!({"success": true}))
            } else {
                Err(Refusal::ServiceFailed.into())
            }
        }
    }
}

async fn judged(
    server: &Server,
    content: &Content,
    id: &str,
) -> Result<CredentialRequest, Instead> {
    let request = credential_request(server, content, id);
    if request.is_err() {
        vault::refused(server, Refused::Invalid, content).await;
    }
    request
}

fn credential_request(
    server: &Server,
    content: &Content,
    id: &str,
) -> Result<CredentialRequest, Instead> {
    let mut request =
        validate::credential(content).inspect_err(|_| record::refused(server, content, id))?;
    leak::refuse(server, content)?;
    record::alter(&server.flaws, content, &mut request);
    Ok(request)
}

fn create(server: &Server, request: CredentialRequest, fate: Fate) -> Result<Answer, Instead> {
    let mut store = server.store();
    keeping::before_create(server, &mut store, &request)?;
    let id = store.create(request).id.clone();
    let id = keeping::after_create(server, &mut store, id);
    let body = store.get(&id).map(credential_response).unwrap_or_default();
    if keeping::forgets(&server.flaws, fate) {
        store.delete(&id);
    }
    Ok(Answer::json(StatusCode::CREATED, body))
}

fn update(server: &Server, id: &str, mut request: CredentialRequest) -> Result<Value, Instead> {
    let mut store = server.store();
    keeping::before_update(server, &mut store, id, &mut request);
    let before = store.get(id).cloned();
    let updated = store
        .update(id, request)
        .ok_or(Refusal::UnknownCredential)?;
    let mut body = credential_response(updated);
    keeping::after_update(server, &mut store, before, &mut body);
    Ok(body)
}

/// A `CredentialResponse`, with every member that the document has.
fn credential_response(credential: &Credential) -> Value {
    let shown = match &credential.shown {
        Shown::Password {
            username,
            totp_type,
            totp_identifier,
        } => json!({
            "username": username,
            "totp_type": totp_type,
            "totp_identifier": totp_identifier,
        }),
        Shown::CreditCard { last_four, brand } => json!({"last_four": last_four, "brand": brand}),
        Shown::Secret { label } => json!({"secret_label": label}),
    };
    json!({
        "credential_id": credential.id,
        "credential": shown,
        "credential_type": credential.shown.credential_type(),
        "name": credential.name,
        "vault_type": credential.vault_type,
        "browser_profile_id": credential.browser_profile_id,
        "auto_profile_disabled": credential.auto_profile_disabled,
        "pin_saved_session_ip": credential.pin_saved_session_ip,
        "tested_url": credential.tested_url,
        "user_context": null,
        "save_browser_session_intent": null,
        "run_sequentially": false,
        "folder_id": null,
        "proxy_location": credential.proxy_location,
        "proxy_session_id": credential.proxy_session_id,
    })
}
