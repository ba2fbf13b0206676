//! A Skyvern server for its credentials API, written from `spec/openapi/skyvern.yaml`: requests in,
//! answers out, everything in memory.
//!
//! Refusals come in the order in which Skyvern makes them: no such route (404, 405), a body that is
//! too large (413), malformed JSON (422), the API key (403), the schema (422), an unknown id (404).

mod answer;
mod clock;
mod fields;
mod request;
mod route;
mod service;
mod store;
mod totp;
mod validate;

use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use self::answer::{Answer, Refusal};
use self::request::Content;
use self::route::{Operation, Route};
use self::store::{Credential, Store};
use self::validate::Shown;
use super::Running;
use super::server;

/// How a server is to be started. Holds a secret, so it has no `Debug`.
pub struct Config {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The one key that is let in; an empty one lets nobody in.
    pub api_key: String,
}

impl Config {
    /// A free port, a new random key, no defect.
    pub fn new() -> Self {
        let word = || RandomState::new().hash_one(());
        Self {
            port: 0,
            api_key: format!("sk-{:016x}{:016x}", word(), word()),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

/// Starts a server on the current runtime; it answers from the return of this call on.
pub async fn start(config: Config) -> io::Result<Running> {
    let Config { port, api_key } = config;
    server::start(port, |_stopping| {
        let mut store = Store::new();
        let organization_id = store.numbers.id("o");
        let server = Server {
            api_key,
            organization_id,
            store: Mutex::new(store),
            service: Mutex::new(None),
        };
        Router::new().fallback(answer).with_state(Arc::new(server))
    })
    .await
}

struct Server {
    api_key: String,
    organization_id: String,
    store: Mutex<Store>,
    /// The setting of the custom credential service, as it is answered.
    service: Mutex<Option<Value>>,
}

impl Server {
    fn store(&self) -> MutexGuard<'_, Store> {
        // Nothing that holds the lock can panic half-way through a change.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn service(&self) -> MutexGuard<'_, Option<Value>> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response {
    let answer = match handle(&server, request).await {
        Ok(answer) => answer,
        Err(refusal) => refusal.into(),
    };
    answer.into_response()
}

async fn handle(server: &Server, request: Request) -> Result<Answer, Refusal> {
    let (head, body) = request.into_parts();
    let route = route::find(&head.method, head.uri.path())?;
    let body = request::read(body).await?;
    let content = if route.operation.takes_body() {
        request::parse(&head.headers, &body)?
    } else {
        Content::Absent
    };
    request::authenticate(&head.headers, &server.api_key)?;
    operate(
        server,
        &route,
        head.uri.query().unwrap_or_default(),
        &content,
    )
    .await
}

async fn operate(
    server: &Server,
    route: &Route,
    query: &str,
    content: &Content,
) -> Result<Answer, Refusal> {
    let id = &route.credential_id;
    let ok = |body| Ok(Answer::json(StatusCode::OK, body));
    match route.operation {
        Operation::Create => {
            let request = validate::credential(content)?;
            let body = credential_response(server.store().create(request));
            Ok(Answer::json(StatusCode::CREATED, body))
        }
        Operation::List => {
            let request = validate::list(query)?;
            ok(server
                .store()
                .list(&request)
                .map(credential_response)
                .collect())
        }
        Operation::Get => match server.store().get(id) {
            Some(credential) => ok(credential_response(credential)),
            None => Err(Refusal::UnknownCredential),
        },
        Operation::Update => {
            let request = validate::credential(content)?;
            match server.store().update(id, request) {
                Some(credential) => ok(credential_response(credential)),
                None => Err(Refusal::UnknownCredential),
            }
        }
        Operation::Delete => match server.store().delete(id) {
            Some(_) => Ok(Answer::no_content()),
            None => Err(Refusal::UnknownCredential),
        },
        Operation::SendTotpCode => {
            let request = validate::totp_code(content)?;
            let id = server.store().numbers.id("totp");
            ok(totp::stored(request, id, &server.organization_id))
        }
        Operation::GetService => match &*server.service() {
            Some(setting) => ok(json!({ "token": setting })),
            None => Err(Refusal::NoService),
        },
        Operation::SetService => {
            let request = validate::service(content)?;
            let id = server.store().numbers.id("oat");
            let setting = service::stored(&request, id, &server.organization_id);
            *server.service() = Some(setting.clone());
            ok(json!({ "token": setting }))
        }
        Operation::TestService => {
            let request = validate::service(content)?;
            if service::answers(&request).await {
                ok(json!({"success": true}))
            } else {
                Err(Refusal::ServiceFailed)
            }
        }
    }
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
