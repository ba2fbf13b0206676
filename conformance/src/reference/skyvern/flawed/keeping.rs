//! Defects of the store: it is meddled with around each operation on it.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::answer::Answer;
use super::super::model::{CredentialRequest, Shown};
use super::super::store::{Credential, Store};
use super::super::{Server, credential_response};
use super::{Flaw, Flaws, Instead, Memory, broken, record, respond};

/// How long creates wait for each other.
const OVERLAP: Duration = Duration::from_millis(3);

/// Meets other creates on the way to the store. Says whether this one is to get lost.
pub(in super::super) async fn overlap(server: &Server, request: &mut CredentialRequest) -> Fate {
    let mixes = server.flaws.has(Flaw::CreatesMixed);
    let loses = server.flaws.has(Flaw::CreatesLost);
    if !mixes && !loses {
        return Fate::Stored;
    }
    let ticket = {
        let mut memory = server.memory();
        memory.slot.clone_from(&request.name);
        memory.tickets += 1;
        memory.tickets
    };
    tokio::time::sleep(OVERLAP).await;
    let memory = server.memory();
    if mixes {
        request.name.clone_from(&memory.slot);
    }
    if loses && memory.tickets != ticket {
        Fate::Lost
    } else {
        Fate::Stored
    }
}

/// What becomes of a create among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Fate {
    Stored,
    Lost,
}

/// Looks at the store before a create; may answer in its place.
pub(in super::super) fn before_create(
    server: &Server,
    store: &mut Store,
    request: &CredentialRequest,
) -> Result<(), Instead> {
    let flaws = &server.flaws;
    remember_list(server, store);
    let namesake = store
        .newest_first()
        .find(|credential| credential.name == request.name)
        .map(|credential| credential.id.clone());
    let Some(namesake) = namesake else {
        return Ok(());
    };
    if flaws.has(Flaw::SameNameRefused) {
        let body = json!({"detail": "this name is taken"});
        return Err(respond(Answer::json(StatusCode::CONFLICT, body)));
    }
    if flaws.has(Flaw::SameNameMerged)
        && let Some(merged) = store.update(&namesake, request.clone())
    {
        let body = credential_response(merged);
        return Err(respond(Answer::json(StatusCode::CREATED, body)));
    }
    Ok(())
}

/// Meddles with what was created, and gives the id that it has then.
pub(in super::super) fn after_create(server: &Server, store: &mut Store, id: String) -> String {
    let flaws = &server.flaws;
    let mut memory = server.memory();
    let mut id = id;
    if flaws.has(Flaw::IdsReused)
        && let Some(deleted) = memory.deleted.pop()
    {
        renumber(store, &id, deleted.id.clone());
        id = deleted.id;
    }
    if flaws.has(Flaw::HexadecimalIds) {
        let digits: u64 = id.trim_start_matches("cred_").parse().unwrap_or_default();
        let new = format!("cred_{digits:016x}");
        renumber(store, &id, new.clone());
        id = new;
    }
    if flaws.has(Flaw::EntriesCapped) && store.newest_first().nth(20).is_some() {
        let oldest = store.newest_first().last().map(|oldest| oldest.id.clone());
        store.delete(&oldest.unwrap_or_default());
    }
    if let Some(created) = store.get(&id) {
        if flaws.has(Flaw::UpdateNotListed) {
            memory
                .created
                .insert(id.clone(), credential_response(created));
        }
        if flaws.has(Flaw::FilterKnowsFirstType) {
            let credential_type = created.shown.credential_type();
            memory.first_types.insert(id.clone(), credential_type);
        }
    }
    id
}

/// Whether a create that is answered is forgotten at once.
pub(in super::super) fn forgets(flaws: &Flaws, fate: Fate) -> bool {
    fate == Fate::Lost || flaws.has(Flaw::NotStored)
}

pub(super) fn renumber(store: &mut Store, id: &str, new: String) {
    if let Some(mut credential) = store.delete(id) {
        credential.id = new;
        store.put(credential);
    }
}

fn remember_list(server: &Server, store: &Store) {
    if server.flaws.has(Flaw::ListLags) {
        server.memory().before = Some(store.newest_first().cloned().collect());
    }
}

/// Changes an update by what is stored.
pub(in super::super) fn before_update(
    server: &Server,
    store: &mut Store,
    id: &str,
    request: &mut CredentialRequest,
) {
    let flaws = &server.flaws;
    remember_list(server, store);
    if flaws.has(Flaw::DeletedUpdatable) && store.get(id).is_none() {
        let mut memory = server.memory();
        if let Some(at) = memory.deleted.iter().position(|deleted| deleted.id == id) {
            let revived = memory.deleted.remove(at);
            store.put(revived);
        }
    }
    if flaws.has(Flaw::UnknownUpdateCreates) && store.get(id).is_none() {
        let created = store.create(request.clone()).id.clone();
        renumber(store, &created, id.to_owned());
    }
    let Some(stored) = store.get(id) else {
        return;
    };
    let before = stored.shown.clone();
    if flaws.has(Flaw::UpdateKeepsName) {
        request.name.clone_from(&stored.name);
    }
    let same_type = before.credential_type() == request.shown.credential_type();
    if flaws.has(Flaw::UpdateKeepsType) && !same_type {
        request.shown = before.clone();
    }
    match (&mut request.shown, before) {
        (
            Shown::Password {
                username,
                totp_type,
                ..
            },
            Shown::Password {
                username: old_username,
                totp_type: old_type,
                ..
            },
        ) => {
            if flaws.has(Flaw::UpdateKeepsUsername) {
                *username = old_username;
            }
            if flaws.has(Flaw::UpdateKeepsTotpType) && *totp_type == "none" {
                *totp_type = old_type;
            }
        }
        (Shown::Secret { label }, Shown::Secret { label: old })
            if flaws.has(Flaw::UpdateKeepsLabel) =>
        {
            *label = label.take().or(old);
        }
        _ => {}
    }
    if flaws.has(Flaw::UpdateTouchesNeighbour) {
        let neighbour = neighbour(store, id);
        if let Some(neighbour) = store.get_mut(&neighbour) {
            neighbour.name.clone_from(&request.name);
        }
    }
    if flaws.has(Flaw::UpdateTouchesNamesake) {
        for namesake in namesakes(store, id) {
            store.update(&namesake, request.clone());
        }
    }
}

/// The id of the credential created before; empty if there is none.
fn neighbour(store: &Store, id: &str) -> String {
    let mut older = store.newest_first().skip_while(|stored| stored.id != id);
    let older = older.nth(1);
    older.map(|older| older.id.clone()).unwrap_or_default()
}

/// The ids of the other credentials of the same name.
fn namesakes(store: &Store, id: &str) -> Vec<String> {
    let name = store.get(id).map(|stored| stored.name.clone());
    store
        .newest_first()
        .filter(|stored| Some(&stored.name) == name.as_ref() && stored.id != id)
        .map(|stored| stored.id.clone())
        .collect()
}

/// Meddles with what was updated; `before` is what was stored, `body` the answer.
pub(in super::super) fn after_update(
    server: &Server,
    store: &mut Store,
    before: Option<Credential>,
    body: &mut Value,
) {
    let flaws = &server.flaws;
    let Some(before) = before else {
        return;
    };
    if flaws.has(Flaw::UpdateNotStored)
        && let Some(stored) = store.get_mut(&before.id)
    {
        *stored = before;
    } else if flaws.has(Flaw::UpdateRenumbers) || flaws.has(Flaw::UpdateCreates) {
        let new = store.numbers.id("cred");
        body["credential_id"] = json!(new);
        renumber(store, &before.id, new);
        if flaws.has(Flaw::UpdateCreates) {
            store.put(before);
        }
    }
}

/// Looks at the store before a delete; may answer in its place.
pub(in super::super) fn before_delete(
    server: &Server,
    store: &mut Store,
    id: &str,
) -> Result<(), Instead> {
    let flaws = &server.flaws;
    remember_list(server, store);
    if store.get(id).is_none() {
        let was_deleted = server.memory().deleted.iter().any(|old| old.id == id);
        if was_deleted && flaws.has(Flaw::DeleteTwice500) {
            return Err(broken());
        }
        if (was_deleted && flaws.has(Flaw::DeleteTwice204))
            || (!was_deleted && flaws.has(Flaw::UnknownDelete204))
        {
            return Err(respond(Answer::no_content()));
        }
        return Ok(());
    }
    if flaws.has(Flaw::DeleteKeeps) {
        return Err(respond(Answer::no_content()));
    }
    if flaws.has(Flaw::DeleteTakesNeighbour) {
        let neighbour = neighbour(store, id);
        store.delete(&neighbour);
    }
    if flaws.has(Flaw::SameNameDeleted) {
        for namesake in namesakes(store, id) {
            store.delete(&namesake);
        }
    }
    Ok(())
}

pub(in super::super) fn after_delete(server: &Server, deleted: Credential) {
    let remembers = [
        Flaw::DeletedListed,
        Flaw::DeletedListedByType,
        Flaw::DeletedReadable,
        Flaw::DeletedUpdatable,
        Flaw::DeleteTwice204,
        Flaw::DeleteTwice500,
        Flaw::UnknownDelete204,
        Flaw::IdsReused,
    ];
    let mut memory = server.memory();
    memory.reads.remove(&deleted.id);
    memory.first_reads.remove(&deleted.id);
    memory.created.remove(&deleted.id);
    if remembers.into_iter().any(|flaw| server.flaws.has(flaw)) {
        memory.deleted.push(deleted);
    }
}

/// Finds what a read shows where the store has nothing, and meddles with what it has.
pub(in super::super) fn read(server: &Server, store: &mut Store, id: &str) -> Result<(), Instead> {
    let flaws = &server.flaws;
    let mut memory = server.memory();
    let shown = match store.get(id) {
        Some(_) => None,
        None => instead_of_nothing(flaws, &memory, store, id),
    };
    if let Some(shown) = shown {
        return Err(respond(Answer::json(StatusCode::OK, shown)));
    }
    let Some(stored) = store.get_mut(id) else {
        return Ok(());
    };
    if flaws.has(Flaw::StaleRead) {
        let current = credential_response(stored);
        let first = memory.first_reads.entry(id.to_owned()).or_insert(current);
        return Err(respond(Answer::json(StatusCode::OK, first.clone())));
    }
    if flaws.has(Flaw::ReadFlips) {
        stored.pin_saved_session_ip = !stored.pin_saved_session_ip;
    }
    if flaws.has(Flaw::ReadsExpire) {
        let reads = memory.reads.entry(id.to_owned()).or_default();
        *reads += 1;
        if *reads > 2 {
            store.delete(id);
        }
    }
    if flaws.has(Flaw::ReadReorders)
        && let Some(read) = store.delete(id)
    {
        store.put(read);
    }
    Ok(())
}

fn instead_of_nothing(flaws: &Flaws, memory: &Memory, store: &Store, id: &str) -> Option<Value> {
    if flaws.has(Flaw::DeletedReadable)
        && let Some(deleted) = memory.deleted.iter().find(|deleted| deleted.id == id)
    {
        return Some(credential_response(deleted));
    }
    if flaws.has(Flaw::IdPrefixReads) {
        let whole = store
            .newest_first()
            .find(|stored| stored.id.len() == id.len() + 1 && stored.id.starts_with(id));
        return whole.map(credential_response);
    }
    if flaws.has(Flaw::UnknownReads200) {
        let mut nothing = Store::new();
        let mut shown = credential_response(nothing.create(record::bare("")));
        shown["credential_id"] = json!(id);
        return Some(shown);
    }
    None
}
