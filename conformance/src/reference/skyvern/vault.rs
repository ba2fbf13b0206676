//! The custom vault: the secrets of credentials go to a credential service over HTTP, and only the
//! ids under which it keeps them stay here.
//!
//! An answer is a success only if the service did its part. A failure tells what kind it was and
//! nothing that the service said: an error of the service may hold what it was asked with.

mod call;
mod defects;
mod flawed;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use serde_json::Value;

pub(super) use self::call::Why;
use self::call::{Failure, Line, Reply};
pub use self::defects::DEFECTS;
use self::defects::Flaw;
pub(super) use self::flawed::{Refused, refused};
use super::answer::{Answer, Refusal};
use super::flawed::Instead;
use super::model::CredentialRequest;
use super::request::Content;
use super::{Server, locked};
use crate::bridge::body;
use crate::reference::StartError;
use crate::reference::defect::{self, Defect};

type Flaws = defect::Flaws<Flaw>;

/// The vault of a credential that names none, where there is a service.
const CUSTOM: &str = "custom";

/// The credential service that a server keeps secrets in. Holds a secret, so it has no `Debug`.
#[derive(Clone)]
pub struct Config {
    /// Its base URL; slashes at the end do not count.
    pub url: String,
    /// The token that it asks for.
    pub token: String,
    /// Whether credentials that name no vault go there, too.
    pub is_default: bool,
    /// How long a call may take. Skyvern waits for 30 seconds.
    pub time_limit: Duration,
}

/// The service as seen from here, and what it keeps.
pub(super) struct Vault {
    line: Line,
    is_default: bool,
    /// By credential id.
    records: Mutex<HashMap<String, Record>>,
    memory: Mutex<flawed::Memory>,
}

/// The ids under which the service keeps a credential: the last one is the credential as it is,
/// those before it are old and could not be deleted yet.
#[derive(Clone, Debug, Default)]
struct Record {
    ids: Vec<String>,
}

/// Why something is brought to the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Occasion {
    Create,
    Update,
}

/// What a create or an update brought to the service.
pub(super) enum Stored {
    /// Nothing: the credential is in another vault.
    Elsewhere,
    Under(String),
}

impl Vault {
    pub(super) fn new(config: Config, defects: &[&Defect]) -> Result<Self, StartError> {
        let flaws = Flaws::of(DEFECTS, defects)?;
        let Config {
            url,
            token,
            is_default,
            time_limit,
        } = config;
        let line = Line::new(&url, token, time_limit, flaws)
            .map_err(|error| StartError::Client(error.to_string()))?;
        Ok(Self {
            line,
            is_default,
            records: Mutex::default(),
            memory: Mutex::default(),
        })
    }

    /// Whether `defect` is one of the table of vaults.
    pub(super) fn has_defect(defect: &Defect) -> bool {
        DEFECTS.iter().any(|row| row.name == defect.name)
    }

    fn records(&self) -> MutexGuard<'_, HashMap<String, Record>> {
        locked(&self.records)
    }

    fn memory(&self) -> MutexGuard<'_, flawed::Memory> {
        locked(&self.memory)
    }

    fn flaws(&self) -> &Flaws {
        &self.line.flaws
    }

    /// Brings a credential to the service; the id that it gave.
    async fn store(&self, occasion: Occasion, request: &Value) -> Result<String, Failure> {
        let body = flawed::body(self.flaws(), request, body::of(request));
        let sent = flawed::text(self.flaws(), &body);
        let reply = flawed::post(self, &sent).await;
        let id = match &reply {
            Ok(reply) => id_in(self.flaws(), reply),
            Err(why) => Err(*why),
        };
        let id = flawed::id(self, occasion, &reply, id);
        id.map_err(|why| Failure {
            why,
            reply: reply.ok().map(Box::new),
            sent,
        })
    }

    /// Deletes what the service keeps under `id`. What is gone is deleted.
    async fn discard(&self, id: &str) -> Result<(), Failure> {
        let reply = flawed::discard(self, id).await;
        let done = match &reply {
            Ok(reply) if reply.is_success() || reply.status == 404 => Ok(()),
            Ok(reply) => Err(Why::Status(reply.status)),
            Err(why) => Err(*why),
        };
        flawed::discarded(self.flaws(), &reply, done).map_err(|why| Failure {
            why,
            reply: reply.ok().map(Box::new),
            sent: Vec::new(),
        })
    }
}

/// The id in the answer to a create: a text that is not empty, or a number but 0.
fn id_in(flaws: &Flaws, reply: &Reply) -> Result<String, Why> {
    if !reply.is_success() {
        return Err(Why::Status(reply.status));
    }
    let media_type = reply.media_type();
    let is_json = media_type == "application/json"
        || media_type.starts_with("application/") && media_type.ends_with("+json");
    let Some(Value::Object(members)) = reply.json().filter(|_| is_json) else {
        return Err(Why::NotJson);
    };
    let id = match members.get("id") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) if number.as_f64() != Some(0.0) => number.to_string(),
        _ => return Err(Why::NoId),
    };
    // A URL cannot name these: dot segments are resolved also where they are encoded.
    let is_named = !matches!(id.as_str(), "" | "." | "..");
    if is_named || flaws.has(Flaw::PastesId) && !id.is_empty() {
        Ok(id)
    } else {
        Err(Why::NoId)
    }
}

/// Whether `request` is for the service: it names no other vault. Without a service none is.
fn vault_of<'a>(server: &'a Server, request: &mut CredentialRequest) -> Option<&'a Vault> {
    let vault = server.vault.as_ref()?;
    if vault.is_default {
        request.vault_type.get_or_insert(CUSTOM);
    }
    (request.vault_type == Some(CUSTOM)).then_some(vault)
}

/// Brings the secrets of a create to the service.
pub(super) async fn create(
    server: &Server,
    content: &Content,
    request: &mut CredentialRequest,
) -> Result<Stored, Instead> {
    let (Some(vault), Content::Json(content)) = (vault_of(server, request), content) else {
        return Ok(Stored::Elsewhere);
    };
    if vault.flaws().has(Flaw::CardNotSent) && content["credential_type"] == "credit_card" {
        return Ok(Stored::Under(String::new()));
    }
    match vault.store(Occasion::Create, content).await {
        Ok(id) => Ok(Stored::Under(flawed::settled(vault, id).await)),
        Err(failure) => {
            if vault.flaws().has(Flaw::FailedCreateStays) {
                server.store().create(request.clone());
            }
            Err(flawed::failed(vault, &failure))
        }
    }
}

/// Notes under which id the service keeps the credential that `answer` shows.
pub(super) fn created(server: &Server, stored: Stored, answer: &mut Answer) {
    if let (Some(vault), Stored::Under(id)) = (&server.vault, stored)
        && let Some(credential_id) = answer.body.as_ref().and_then(id_of)
    {
        flawed::add(vault, &id, answer);
        flawed::first(vault, &credential_id, &id);
        vault
            .records()
            .insert(credential_id, Record { ids: vec![id] });
    }
}

fn id_of(body: &Value) -> Option<String> {
    body["credential_id"].as_str().map(str::to_owned)
}

/// Brings the secrets of an update to the service, beside the old ones.
pub(super) async fn replace(
    server: &Server,
    credential_id: &str,
    content: &Content,
    request: &mut CredentialRequest,
) -> Result<Stored, Instead> {
    let known = server.vault.is_none() || server.store().get(credential_id).is_some();
    if !known {
        flawed::refused(server, Refused::Unknown, content).await;
        return Err(Refusal::UnknownCredential.into());
    }
    let (Some(vault), Content::Json(content)) = (vault_of(server, request), content) else {
        return Ok(Stored::Elsewhere);
    };
    if let Some(stored) = flawed::replace(vault, credential_id, content).await {
        return stored;
    }
    match vault.store(Occasion::Update, content).await {
        Ok(id) => Ok(Stored::Under(id)),
        Err(failure) => {
            flawed::not_replaced(server, vault, credential_id, &request.name).await;
            Err(flawed::failed(vault, &failure))
        }
    }
}

/// Deletes at the service what an update replaced. What cannot be deleted now is deleted with the
/// credential.
pub(super) async fn replaced(
    server: &Server,
    credential_id: &str,
    stored: Stored,
) -> Result<(), Instead> {
    let Some(vault) = &server.vault else {
        return Ok(());
    };
    let old = vault.records().remove(credential_id).unwrap_or_default();
    let mut left = Vec::new();
    let mut failed = None;
    for id in flawed::to_discard(vault.flaws(), &old.ids, &stored) {
        if let Err(failure) = vault.discard(&id).await {
            failed = Some(failure);
            left.push(id);
        }
    }
    if vault.flaws().has(Flaw::LeavesOrphans) {
        left.clear();
    }
    if let Stored::Under(id) = stored {
        left.push(id);
    }
    if !left.is_empty() {
        vault
            .records()
            .insert(credential_id.to_owned(), Record { ids: left });
    }
    match failed {
        Some(failure) if vault.flaws().has(Flaw::OrphanIsFailure) => {
            Err(flawed::failed(vault, &failure))
        }
        _ => Ok(()),
    }
}

/// Deletes a credential at the service. What could not be deleted stays, so that it can be tried
/// again.
pub(super) async fn delete(server: &Server, credential_id: &str) -> Result<(), Instead> {
    let Some(vault) = &server.vault else {
        return Ok(());
    };
    let Some(record) = vault.records().get(credential_id).cloned() else {
        return Ok(());
    };
    let mut left = Vec::new();
    let mut failed = None;
    for id in flawed::to_delete(vault, credential_id, &record.ids)? {
        if let Err(failure) = vault.discard(&id).await {
            failed = Some(failure);
            left.push(id);
        }
    }
    let mut records = vault.records();
    match failed {
        None => {
            records.remove(credential_id);
            Ok(())
        }
        Some(failure) => {
            records.insert(credential_id.to_owned(), Record { ids: left });
            drop(records);
            flawed::not_deleted(server, vault, credential_id, &failure)?;
            Err(flawed::failed(vault, &failure))
        }
    }
}
