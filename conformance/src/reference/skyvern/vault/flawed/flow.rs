//! Defects in which calls are made, and when.

use std::time::Duration;

use axum::http::Method;
use serde_json::Value;

use super::super::call::{Failure, Line, Reply, Why, unsent};
use super::super::{Flaw, Flaws, Occasion, Stored, Vault};
use super::failed;
use crate::reference::skyvern::Server;
use crate::reference::skyvern::answer::Answer;
use crate::reference::skyvern::flawed::Instead;
use crate::reference::skyvern::request::Content;

/// How long creates wait for each other.
const OVERLAP: Duration = Duration::from_millis(3);
/// Failures after which [`Flaw::GivesUp`] does.
const PATIENCE: usize = 3;
/// Redirects that [`Flaw::TakesTokenAlong`] follows.
const REDIRECTS: usize = 10;

/// Before a call.
pub(in super::super) async fn wait(flaws: &Flaws) {
    if flaws.has(Flaw::TakesItsTime) {
        tokio::time::sleep(OVERLAP).await;
    }
}

/// Follows a redirect to another origin as if it were the same.
pub(in super::super) async fn redirected(
    line: &Line,
    mut answer: reqwest::Response,
    body: Option<&[u8]>,
) -> Result<reqwest::Response, Why> {
    if !line.flaws.has(Flaw::TakesTokenAlong) {
        return Ok(answer);
    }
    for _ in 0..REDIRECTS {
        let location = answer.headers().get("location");
        let location = location.and_then(|location| location.to_str().ok());
        let Some(url) = location.and_then(|location| answer.url().join(location).ok()) else {
            break;
        };
        let repeated = matches!(answer.status().as_u16(), 307 | 308);
        let method = if repeated { Method::POST } else { Method::GET };
        let mut request = line.client().request(method, url).bearer_auth(line.token());
        if let Some(body) = body.filter(|_| repeated) {
            request = request
                .header("content-type", "application/json")
                .body(body.to_vec());
        }
        answer = request.send().await.map_err(|error| unsent(&error))?;
    }
    Ok(answer)
}

/// Sends a body to the service.
pub(in super::super) async fn post(vault: &Vault, sent: &[u8]) -> Result<Reply, Why> {
    let flaws = vault.flaws();
    if flaws.has(Flaw::GivesUp) && vault.memory().failures >= PATIENCE {
        return Err(Why::Dropped);
    }
    let once = || vault.line.call(Method::POST, None, Some(sent));
    let reply = once().await;
    let again = match &reply {
        Ok(reply) if reply.is_success() => flaws.has(Flaw::PostsTwice),
        Ok(reply) => reply.status >= 500 && flaws.has(Flaw::RetriesErrors),
        Err(Why::Dropped) => flaws.has(Flaw::RetriesDropped),
        Err(_) => false,
    };
    if again { once().await } else { reply }
}

/// After a create was stored under `id`: the id that is kept.
pub(in super::super) async fn settled(vault: &Vault, id: String) -> String {
    let flaws = vault.flaws();
    if flaws.has(Flaw::ReadsBack) {
        // What it says is of no consequence.
        let _ = vault.line.call(Method::GET, Some(&id), None).await;
    }
    if !flaws.has(Flaw::MixesIds) {
        return id;
    }
    vault.memory().slot.clone_from(&id);
    tokio::time::sleep(OVERLAP).await;
    vault.memory().slot.clone()
}

/// Remembers the first id of a credential.
pub(in super::super) fn first(vault: &Vault, credential_id: &str, id: &str) {
    if vault.flaws().any() {
        let first = (credential_id.to_owned(), id.to_owned());
        vault.memory().first.extend([first]);
    }
}

/// What an update does in place of a POST.
pub(in super::super) async fn replace(
    vault: &Vault,
    credential_id: &str,
    content: &Value,
) -> Option<Result<Stored, Instead>> {
    let flaws = vault.flaws();
    if !flaws.any() {
        return None;
    }
    let current = vault.records().get(credential_id)?.ids.last()?.clone();
    if flaws.has(Flaw::ReadsBefore) {
        let _ = vault.line.call(Method::GET, Some(&current), None).await;
    }
    if flaws.has(Flaw::UpdateNotSent) {
        return Some(Ok(Stored::Under(current)));
    }
    if flaws.has(Flaw::UpdatesByPut) {
        let sent = super::text(flaws, &crate::bridge::body::of(content));
        let put = vault.line.call(Method::PUT, Some(&current), Some(&sent));
        let _ = put.await;
        return Some(Ok(Stored::Under(current)));
    }
    if flaws.has(Flaw::UpdateDeletesFirst) {
        vault.records().remove(credential_id);
        let _ = discard(vault, &current).await;
    }
    None
}

/// After an update whose POST failed.
pub(in super::super) async fn not_replaced(
    server: &Server,
    vault: &Vault,
    credential_id: &str,
    name: &str,
) {
    if vault.flaws().has(Flaw::FailedUpdateRenames)
        && let Some(stored) = server.store().get_mut(credential_id)
    {
        name.clone_into(&mut stored.name);
    }
    if vault.flaws().has(Flaw::FailedUpdateDeletes) {
        let current = vault.records().get(credential_id).cloned();
        if let Some(id) = current.and_then(|record| record.ids.last().cloned()) {
            let _ = discard(vault, &id).await;
        }
    }
}

/// Which of the old ids are deleted after an update.
pub(in super::super) fn to_discard(flaws: &Flaws, ids: &[String], stored: &Stored) -> Vec<String> {
    if flaws.has(Flaw::UpdateLeavesOld) {
        return Vec::new();
    }
    let is_old = |id: &&String| !matches!(stored, Stored::Under(new) if new == *id);
    ids.iter().filter(is_old).cloned().collect()
}

/// Which ids are deleted with a credential.
pub(in super::super) fn to_delete(
    vault: &Vault,
    credential_id: &str,
    ids: &[String],
) -> Result<Vec<String>, Instead> {
    let flaws = vault.flaws();
    let mut ids = ids.to_vec();
    if !flaws.any() {
        return Ok(ids);
    }
    let memory = vault.memory();
    if flaws.has(Flaw::FailedDeleteLocks) && memory.locked.contains(credential_id) {
        drop(memory);
        let failure = Failure {
            why: Why::Dropped,
            reply: None,
            sent: Vec::new(),
        };
        return Err(failed(vault, &failure));
    }
    if flaws.has(Flaw::DeleteNotSent) {
        ids.clear();
    }
    if flaws.has(Flaw::DeletesFirstId)
        && let Some(first) = memory.first.get(credential_id)
    {
        ids = vec![first.clone()];
    }
    if flaws.has(Flaw::DeletesNeighbour)
        && let Some(place) = memory.stored.iter().position(|id| ids.contains(id))
        && let Some(before) = place.checked_sub(1)
    {
        ids.push(memory.stored[before].clone());
    }
    Ok(ids)
}

/// Deletes one id at the service.
pub(in super::super) async fn discard(vault: &Vault, id: &str) -> Result<Reply, Why> {
    let once = || vault.line.call(Method::DELETE, Some(id), None);
    let reply = once().await;
    let done = reply.as_ref().is_ok_and(Reply::is_success);
    if done && vault.flaws().has(Flaw::DeletesTwice) {
        let _ = once().await;
    }
    reply
}

/// After a delete that failed.
pub(in super::super) fn not_deleted(
    server: &Server,
    vault: &Vault,
    credential_id: &str,
    failure: &Failure,
) -> Result<(), Instead> {
    let flaws = vault.flaws();
    if flaws.has(Flaw::GoneStays) && failure.why == Why::Status(404) {
        return Err(Instead::Answer(Box::new(Answer::no_content())));
    }
    if flaws.has(Flaw::FailedDeleteForgets) {
        server.store().delete(credential_id);
        vault.records().remove(credential_id);
    }
    if flaws.has(Flaw::FailedDeleteLocks) {
        vault.memory().locked.insert(credential_id.to_owned());
    }
    Ok(())
}

/// Why a request goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super::super) enum Refused {
    /// It comes without the key.
    Stranger,
    /// A member is wrong.
    Invalid,
    /// It names a credential that there is not.
    Unknown,
}

/// What becomes of the secrets of a request that is refused: nothing, where nothing is wrong.
pub(in super::super::super) async fn refused(server: &Server, refused: Refused, content: &Content) {
    let (Some(vault), Content::Json(content)) = (&server.vault, content) else {
        return;
    };
    let flaw = match refused {
        Refused::Stranger => Flaw::SendsStrangers,
        Refused::Invalid => Flaw::SendsRefused,
        Refused::Unknown => Flaw::SendsUnknown,
    };
    if vault.flaws().has(flaw) && content.is_object() {
        let _ = vault.store(Occasion::Create, content).await;
    }
}
