//! Defects of ids, and of what is stored, found and forgotten under them.

use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use data_encoding::{BASE64, HEXLOWER};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::super::answer::{Answer, Refusal};
use super::super::credential::Credential;
use super::super::{Service, unguessable};
use super::{Flaw, Instead, broken, content};

/// More credentials than these are not kept.
const CAP: usize = 150;

/// The id of a new credential.
pub(in super::super) fn id(service: &Service, credential: &Credential) -> String {
    let flaws = &service.flaws;
    let fresh = unguessable();
    if !flaws.any() {
        return fresh;
    }
    let body = credential.to_value();
    let digest = |text: &str| HEXLOWER.encode(&Sha256::digest(text)[..16]);
    let secret = secret(&body);
    let mut memory = service.memory();
    memory.numbers += 1;
    if flaws.has(Flaw::IdReused)
        && let Some(id) = memory.deleted_last.take()
    {
        return id;
    }
    if flaws.has(Flaw::IdIsNumber) {
        return memory.numbers.to_string();
    }
    if flaws.has(Flaw::IdZero) {
        return (memory.numbers - 1).to_string();
    }
    if flaws.has(Flaw::IdHasSlash) {
        format!("vault/{fresh}")
    } else if flaws.has(Flaw::IdHasPlus) {
        BASE64.encode(&Sha256::digest(&fresh)[..16])
    } else if flaws.has(Flaw::IdIsPath) {
        format!("{fresh}?v=1")
    } else if flaws.has(Flaw::IdOfContent) {
        // Without the name, which is another one each time.
        let mut body = body;
        body["name"] = Value::Null;
        digest(&body.to_string())
    } else if flaws.has(Flaw::IdHoldsDigest) {
        format!("{}-{}", digest(&secret), &fresh[..8])
    } else if flaws.has(Flaw::IdHoldsPart) {
        let part: String = secret
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(8)
            .collect();
        format!("{part}-{}", &fresh[..8])
    } else if flaws.has(Flaw::ShortKeys) {
        format!("{}{fresh}", &fresh[..2])
    } else {
        fresh
    }
}

/// The main secret of a credential.
fn secret(body: &Value) -> String {
    ["password", "secret_value", "card_number"]
        .into_iter()
        .find_map(|name| body.get(name)?.as_str())
        .unwrap_or_default()
        .to_owned()
}

/// Stores a credential and answers its id.
pub(in super::super) async fn create(
    service: &Service,
    credential: Credential,
) -> Result<Answer, Instead> {
    let flaws = &service.flaws;
    let sent = credential.to_value();
    let id = id(service, &credential);
    let mut credential = content::kept(flaws, credential);
    if flaws.has(Flaw::CreatesMixed) {
        service.memory().slot = Some(credential.clone());
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let slot = service.memory().slot.clone();
        credential = slot.unwrap_or(credential);
    }
    let mut dropped = Vec::new();
    let mut is_known = false;
    if flaws.any() {
        let mut memory = service.memory();
        is_known = !memory.secrets.insert(secret(&sent));
        if flaws.has(Flaw::NamesReplace) {
            let name = sent["name"].clone();
            let same = |(_, one): &(String, Credential)| one.to_value()["name"] == name;
            let replaced = memory.live.iter().filter(|one| same(one));
            dropped.extend(replaced.map(|(id, _)| id.clone()));
        }
        memory.live.push((id.clone(), credential.clone()));
        if flaws.has(Flaw::Capped) && memory.live.len() > CAP {
            dropped.push(memory.live[0].0.clone());
        }
        memory.live.retain(|(id, _)| !dropped.contains(id));
    }
    for id in dropped {
        service.store.delete(&id).await?;
    }
    service.store.create(key(service, &id), credential).await?;
    Ok(created(service, &id, &sent, is_known))
}

/// Under what a credential is stored.
fn key<'a>(service: &Service, id: &'a str) -> &'a str {
    if service.flaws.has(Flaw::ShortKeys) {
        id.get(..2).unwrap_or(id)
    } else {
        id
    }
}

fn created(service: &Service, id: &str, sent: &Value, is_known: bool) -> Answer {
    let flaws = &service.flaws;
    let secret = secret(sent);
    let mut body = json!({ "id": id });
    if flaws.has(Flaw::IdMissing) {
        body = json!({"credential_id": id});
    }
    if flaws.has(Flaw::IdNull) {
        body["id"] = Value::Null;
    }
    if (flaws.has(Flaw::IdZero) || flaws.has(Flaw::IdIsNumber))
        && let Ok(number) = id.parse::<u64>()
    {
        body["id"] = number.into();
    }
    if flaws.has(Flaw::IdWrapped) {
        body = json!({ "data": body });
    }
    if flaws.has(Flaw::CreateEchoes) {
        body["credential"] = sent.clone();
    }
    if flaws.has(Flaw::CreateTellsLength) {
        body["length"] = secret.chars().count().into();
    }
    if flaws.has(Flaw::CreateTellsStrength) {
        let letters = secret.chars().any(char::is_alphabetic);
        body["strength"] = if letters { "good" } else { "weak" }.into();
    }
    if flaws.has(Flaw::CreateTellsReuse) {
        body["known"] = is_known.into();
    }
    if flaws.has(Flaw::MoreMembers) {
        body["created"] = true.into();
    }
    let mut answer = Answer::json(StatusCode::CREATED, body);
    if flaws.has(Flaw::CreateAnswers200) {
        answer.status = StatusCode::OK;
    }
    let mut put = |name, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.headers.insert(name, value);
        }
    };
    if flaws.has(Flaw::CreateTellsDigest) {
        put(
            ETAG,
            format!("\"{}\"", HEXLOWER.encode(&Sha256::digest(&secret))),
        );
    }
    if flaws.has(Flaw::IdInBodyOfText) {
        put(LOCATION, format!("/credentials/{id}"));
        answer.body = None;
    }
    answer
}

/// Reads a credential.
pub(in super::super) async fn read(
    service: &Service,
    id: &str,
    headers: &HeaderMap,
) -> Result<Answer, Instead> {
    let flaws = &service.flaws;
    if flaws.has(Flaw::ReadNeedsNoType) && headers.contains_key(CONTENT_TYPE) {
        return Err(Refusal::Foreign.into());
    }
    let mut found = service.store.read(key(service, id)).await?;
    if flaws.any() {
        found = instead(service, id, found);
    }
    let Some(credential) = found else {
        return Err(unknown(service, id));
    };
    Ok(Answer::json(
        StatusCode::OK,
        content::shown(flaws, &credential),
    ))
}

/// What is shown in the place of what is stored.
fn instead(service: &Service, id: &str, found: Option<Credential>) -> Option<Credential> {
    let flaws = &service.flaws;
    let mut memory = service.memory();
    memory.reads += 1;
    if flaws.has(Flaw::ReadOnce) && !memory.read.insert(id.to_owned()) {
        return None;
    }
    if flaws.has(Flaw::ReadsLatest) && memory.reads.is_multiple_of(2) && found.is_some() {
        return memory.live.last().map(|(_, credential)| credential.clone());
    }
    if flaws.has(Flaw::DeletedStays) && found.is_none() {
        return memory.deleted.get(id).cloned();
    }
    let by = |fits: &dyn Fn(&str) -> bool| {
        let mut live = memory.live.iter();
        let one = live.find(|(known, _)| fits(known))?;
        Some(one.1.clone())
    };
    if found.is_none() && flaws.has(Flaw::PrefixReads) && id.len() > 8 {
        return by(&|known| known.starts_with(id));
    }
    if found.is_none() && flaws.has(Flaw::SuffixIgnored) {
        return by(&|known| id.starts_with(known));
    }
    found
}

fn unknown(service: &Service, id: &str) -> Instead {
    let flaws = &service.flaws;
    let ok = |body| Answer::json(StatusCode::OK, body).into();
    let was_deleted = service.memory().deleted.contains_key(id);
    if flaws.has(Flaw::DeletedStaysEmpty) && was_deleted {
        return ok(json!({"note": "deleted"}));
    }
    if flaws.has(Flaw::UnknownIsEmpty) && !was_deleted {
        return ok(json!({}));
    }
    if flaws.has(Flaw::UnknownIsNote) && !was_deleted {
        return ok(json!({"error": "not found"}));
    }
    if flaws.has(Flaw::UnknownFails) {
        return broken();
    }
    let mut answer = Answer::from(Refusal::Unknown);
    if flaws.has(Flaw::UnknownIs410) {
        answer.status = StatusCode::GONE;
    }
    answer.into()
}

/// Deletes a credential.
pub(in super::super) async fn delete(
    service: &Service,
    id: &str,
    headers: &HeaderMap,
) -> Result<Answer, Instead> {
    let flaws = &service.flaws;
    if flaws.has(Flaw::DeleteNeedsNoType) && headers.contains_key(CONTENT_TYPE) {
        return Err(Refusal::Foreign.into());
    }
    let found = service.store.read(key(service, id)).await?;
    let mut gone = vec![key(service, id).to_owned()];
    if flaws.any() {
        gone.extend(also_deleted(service, id, found.as_ref()));
    }
    for id in &gone {
        service.store.delete(id).await?;
    }
    let mut answer = Answer::no_content();
    if flaws.has(Flaw::DeleteAnswers200) {
        answer = Answer::json(StatusCode::OK, json!({"deleted": true}));
    }
    match found {
        Some(credential) if flaws.has(Flaw::DeleteEchoes) => {
            answer = Answer::json(StatusCode::OK, credential.to_value());
        }
        Some(_) if flaws.has(Flaw::DeleteIs404) => answer = Refusal::Unknown.into(),
        None if flaws.has(Flaw::DeleteAgain404) => answer = Refusal::Unknown.into(),
        None if flaws.has(Flaw::DeleteAgain410) => {
            answer = Refusal::Unknown.into();
            answer.status = StatusCode::GONE;
        }
        _ => {}
    }
    Ok(answer)
}

/// What goes with it, and what is remembered of it.
fn also_deleted(service: &Service, id: &str, found: Option<&Credential>) -> Vec<String> {
    let flaws = &service.flaws;
    let mut memory = service.memory();
    let Some(credential) = found else {
        return Vec::new();
    };
    memory.deleted.insert(id.to_owned(), credential.clone());
    memory.deleted_last = Some(id.to_owned());
    let mut gone = Vec::new();
    memory.live.retain(|(known, _)| known != id);
    if flaws.has(Flaw::DeleteTakesTwins) {
        let twins = memory.live.iter().filter(|(_, one)| one == credential);
        gone.extend(twins.map(|(id, _)| id.clone()));
    }
    if flaws.has(Flaw::DeleteTakesOldest) {
        gone.extend(memory.live.first().map(|(id, _)| id.clone()));
    }
    memory.live.retain(|(known, _)| !gone.contains(known));
    gone
}

/// The connection test; `path` has a slash at its end, or not.
pub(in super::super) fn test(service: &Service, path: &str) -> Result<Answer, Instead> {
    let flaws = &service.flaws;
    let has_slash = path.ends_with('/');
    if flaws.has(Flaw::NoTest) || has_slash && flaws.has(Flaw::TestSlash404) {
        return Err(Refusal::NoRoute.into());
    }
    if flaws.has(Flaw::Test405) || flaws.has(Flaw::DocSample) {
        return Err(Refusal::Method("POST").into());
    }
    if flaws.has(Flaw::TestIs204) {
        return Ok(Answer::no_content());
    }
    let mut body = json!({"status": "ok"});
    if flaws.has(Flaw::TestLists) {
        let memory = service.memory();
        body = memory.live.iter().map(|(_, one)| one.to_value()).collect();
    }
    Ok(Answer::json(StatusCode::OK, body))
}
