//! Leaks of comparison: answers that depend on what a secret is like, or on which others it equals,
//! though no part of it shows.

use std::cmp::Reverse;

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::super::super::Server;
use super::super::super::answer::{Answer, Fault, Problem, Refusal};
use super::super::super::model::ListRequest;
use super::super::super::request::Content;
use super::super::super::route::Operation;
use super::super::super::store::Credential;
use super::super::{Flaw, Flaws, Instead, keeping, respond};
use super::kept::{self, Kept};
use super::{Story, digest};

/// Refuses a valid create or update for its secrets.
pub(in super::super::super) fn refuse(server: &Server, content: &Content) -> Result<(), Instead> {
    let flaws = &server.flaws;
    let Content::Json(body) = content else {
        return Ok(());
    };
    let secrets = kept::secrets_of(body);
    let conflict = |detail: &str| {
        let body = json!({ "detail": detail });
        Err(respond(Answer::json(StatusCode::CONFLICT, body)))
    };
    if let Some(password) = secrets["password"].as_str() {
        if flaws.has(Flaw::WeakRefused) && !password.contains(|one: char| one.is_ascii_digit()) {
            let loc = vec![
                "body",
                "credential",
                "NonEmptyPasswordCredential",
                "password",
            ];
            let fault = Fault::TooShort;
            return Err(Refusal::Invalid(vec![Problem { loc, fault }]).into());
        }
        if flaws.has(Flaw::NameInPasswordRefused)
            && body["name"]
                .as_str()
                .is_some_and(|name| !name.is_empty() && password.contains(name))
        {
            return conflict("this is easy to guess");
        }
    }
    if flaws.has(Flaw::ReuseRefused)
        && let Some(main) = kept::main(&secrets)
        && server.memory().kept.submitted(main) > 0
    {
        return conflict("this credential is known already");
    }
    Ok(())
}

/// Gives what was created an id that is made of its secret.
pub(super) fn renumber(server: &Server, body: &[u8], answer: &mut Answer) {
    let flaws = &server.flaws;
    let whole = flaws.has(Flaw::IdOfSecret);
    if answer.status != StatusCode::CREATED || !(whole || flaws.has(Flaw::IdEndsBySecret)) {
        return;
    }
    let secrets = kept::secrets_of(&serde_json::from_slice(body).unwrap_or_default());
    let Some(shown) = answer.body.as_mut() else {
        return;
    };
    let (Some(id), Some(main)) = (shown["credential_id"].as_str(), kept::main(&secrets)) else {
        return;
    };
    let mut store = server.store();
    let new = if whole {
        let digest = digest::sha256(main);
        let digest = digest.as_str().unwrap_or_default();
        // Equal secrets are told apart by a number.
        (0..10_000)
            .map(|number| format!("cred_{}{number:04}", &digest[..16]))
            .find(|new| store.get(new).is_none())
            .unwrap_or_default()
    } else {
        format!(
            "{}{:08}",
            &id[..id.len() - 8],
            digest::number(main) % 100_000_000
        )
    };
    keeping::renumber(&mut store, id, new.clone());
    shown["credential_id"] = json!(new);
}

/// Whether the list shows an entry: for its secrets, or none of them.
pub(in super::super) fn listed(
    flaws: &Flaws,
    kept: &Kept,
    request: &ListRequest,
    entry: &Credential,
    fits: bool,
) -> bool {
    let secrets = kept.of(&entry.id);
    let found = flaws.has(Flaw::SearchFindsSecrets)
        && request
            .search
            .as_deref()
            .is_some_and(|search| kept::main(secrets).is_some_and(|main| main.contains(search)));
    let hidden = (flaws.has(Flaw::ListDropsRepeats) && kept.is_repeated(&entry.id))
        || (flaws.has(Flaw::ListDropsShort)
            && kept::main(secrets).is_some_and(|main| main.chars().count() < 10));
    (fits || found) && !hidden
}

/// Sorts the list by what it does not show.
pub(in super::super) fn reorder(flaws: &Flaws, kept: &Kept, entries: &mut [&Credential]) {
    let main = |entry: &Credential| kept::main(kept.of(&entry.id)).unwrap_or_default();
    if flaws.has(Flaw::SortedBySecret) {
        entries.sort_by(|one, other| main(one).cmp(main(other)));
    }
    if flaws.has(Flaw::SortedByLength) {
        entries.sort_by_key(|entry| Reverse(main(entry).len()));
    }
}

pub(super) fn tell(story: &Story, kept: &Kept, answer: &mut Answer) {
    let flaws = story.flaws;
    let stored = kept.of(&story.id);
    let secrets = if story.secrets.is_null() {
        stored
    } else {
        &story.secrets
    };
    let main = kept::main(secrets).unwrap_or_default().to_owned();
    let number = digest::number(&main);
    let status = answer.status;
    if flaws.has(Flaw::RetryAfterSecret) && !status.is_success() && !main.is_empty() {
        answer
            .headers
            .insert(RETRY_AFTER, HeaderValue::from(number % 600));
    }
    let Some(body) = &mut answer.body else {
        return;
    };
    if status == StatusCode::UNPROCESSABLE_ENTITY {
        if flaws.has(Flaw::WordsBySecret) && number % 2 == 1 && body["detail"][0].is_object() {
            body["detail"][0]["msg"] = json!("this value is not allowed");
        }
        return;
    }
    match (story.operation, status.is_success()) {
        (Some(Operation::Create | Operation::Update), true) => compared(story, kept, body, &main),
        (Some(Operation::Get), true) => {
            if flaws.has(Flaw::FlagBySecret) {
                body["run_sequentially"] = json!(number & 8 == 8);
            }
            if flaws.has(Flaw::AbsentBySecret)
                && main.len() % 2 == 1
                && let Some(members) = body.as_object_mut()
            {
                members.shift_remove("folder_id");
            }
            if flaws.has(Flaw::RankShown) {
                let before = kept
                    .others(&story.id)
                    .filter(|(_, other)| kept::main(other) < Some(&main));
                body["rank"] = json!(before.count());
            }
        }
        (Some(Operation::List), true) => {
            for entry in body.as_array_mut().into_iter().flatten() {
                shared(flaws, kept, entry);
            }
        }
        _ => {}
    }
    if flaws.has(Flaw::UnchangedIs202)
        && story.operation == Some(Operation::Update)
        && status.is_success()
        && story.old == story.secrets
    {
        answer.status = StatusCode::ACCEPTED;
    }
    if flaws.has(Flaw::UnlabelledShows)
        && let Some(body) = &mut answer.body
    {
        label(kept, body);
    }
}

/// What a create or an update says of other secrets.
fn compared(story: &Story, kept: &Kept, body: &mut Value, main: &str) {
    let flaws = story.flaws;
    if flaws.has(Flaw::ReuseCounted) {
        body["seen"] = json!(kept.submitted(main));
    }
    if flaws.has(Flaw::SameAsBefore) && story.operation == Some(Operation::Update) {
        body["unchanged"] = json!(kept::main(&story.old) == Some(main));
    }
    if flaws.has(Flaw::SameAsPrevious) {
        body["repeated"] = json!(kept::main(&story.previous) == Some(main));
    }
    if flaws.has(Flaw::PasswordIsUsername) {
        let secrets = &story.secrets;
        body["same"] = json!(secrets["password"] == secrets["username"]);
    }
    if flaws.has(Flaw::TwinNamed) {
        let twin = kept
            .others(&story.id)
            .find(|(_, other)| kept::main(other) == Some(main));
        body["twin"] = json!(twin.map(|(id, _)| id));
    }
}

/// What the list says of an entry and others.
fn shared(flaws: &Flaws, kept: &Kept, entry: &mut Value) {
    let id = entry["credential_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    if flaws.has(Flaw::SharingCounted) {
        let main = kept::main(kept.of(&id));
        let others = kept
            .others(&id)
            .filter(|(_, other)| kept::main(other) == main);
        entry["shared_by"] = json!(others.count());
    }
}

/// Falls back to the secret where a secret has no label.
fn label(kept: &Kept, body: &mut Value) {
    let each = match body {
        Value::Array(entries) => entries.as_mut_slice(),
        other => std::slice::from_mut(other),
    };
    for shown in each {
        let id = shown["credential_id"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        if let Some(label) = shown
            .get_mut("credential")
            .and_then(|shown| shown.get_mut("secret_label"))
            && label.as_str().unwrap_or_default().is_empty()
        {
            *label = kept.of(&id)["secret_value"].clone();
        }
    }
}
