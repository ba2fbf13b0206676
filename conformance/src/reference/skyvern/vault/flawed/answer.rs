//! Defects in what is made of an answer: ids that are none are taken, right answers are refused.

use serde_json::{Value, json};

use super::super::call::{Reply, Why};
use super::super::{Flaw, Flaws, Occasion, Vault};

/// How many characters of an id are kept by [`Flaw::CutsId`].
const CUT: usize = 36;

/// The id that is made of the answer to a POST, which is `id` where nothing is wrong.
pub(in super::super) fn id(
    vault: &Vault,
    occasion: Occasion,
    reply: &Result<Reply, Why>,
    id: Result<String, Why>,
) -> Result<String, Why> {
    let flaws = vault.flaws();
    if !flaws.any() {
        return id;
    }
    let id = match (reply, id) {
        (Ok(reply), Ok(id)) => picky(flaws, reply, id),
        (Ok(reply), Err(why)) => lenient(flaws, occasion, reply).ok_or(why),
        (Err(Why::Dropped), _) if flaws.has(Flaw::IgnoresDropped) => Ok("dropped".to_owned()),
        (Err(Why::NotInTime), _) if flaws.has(Flaw::IgnoresTimeout) => Ok("late".to_owned()),
        (Err(why), _) => Err(*why),
    };
    let mut memory = vault.memory();
    match (&id, reply) {
        (Ok(id), reply) => {
            memory.stored.push(id.clone());
            if let Some(answer) = reply.as_ref().ok().and_then(Reply::json) {
                memory.answers.insert(id.clone(), answer);
            }
        }
        (Err(_), _) => memory.failures += 1,
    }
    id
}

/// Refuses or changes an id that is right.
fn picky(flaws: &Flaws, reply: &Reply, id: String) -> Result<String, Why> {
    let number = reply.json().and_then(|body| body["id"].as_f64());
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-._~".contains(character);
    if flaws.has(Flaw::Wants201) && reply.status != 201 {
        return Err(Why::Status(reply.status));
    }
    if flaws.has(Flaw::WantsBareType) && reply.content_type.contains(';')
        || flaws.has(Flaw::WantsPlainJson) && reply.media_type() != "application/json"
        || flaws.has(Flaw::RefusesCoding) && reply.is_coded
    {
        return Err(Why::NotJson);
    }
    if flaws.has(Flaw::RefusesNumber) && number.is_some()
        || flaws.has(Flaw::RefusesOddIds) && !id.chars().all(is_plain)
    {
        return Err(Why::NoId);
    }
    Ok(match number {
        Some(number) if flaws.has(Flaw::NumberAsDouble) => format!("{number:.0}"),
        _ if flaws.has(Flaw::LowersId) => id.to_lowercase(),
        _ if flaws.has(Flaw::CutsId) => id.chars().take(CUT).collect(),
        _ => id,
    })
}

/// An id out of an answer that has none.
fn lenient(flaws: &Flaws, occasion: Occasion, reply: &Reply) -> Option<String> {
    let ignored = match occasion {
        Occasion::Create => match reply.status {
            400..=499 => flaws.has(Flaw::IgnoresRefusals),
            500..=599 => flaws.has(Flaw::IgnoresErrors),
            _ => false,
        },
        Occasion::Update => reply.status >= 400 && flaws.has(Flaw::UpdateIgnoresErrors),
    };
    if ignored {
        return Some("ignored".to_owned());
    }
    if !reply.is_success() {
        return None;
    }
    if reply.body.is_empty() {
        return flaws.has(Flaw::Takes204).then(|| "empty".to_owned());
    }
    let body = reply.json()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    if reply.media_type() == "text/plain" {
        return text(&body["id"]).filter(|_| flaws.has(Flaw::TakesText));
    }
    match body.get("id") {
        Some(id) if *id == json!("") => flaws.has(Flaw::TakesEmptyId).then(String::new),
        Some(id) if *id == json!(0) => flaws.has(Flaw::TakesZero).then(|| "0".to_owned()),
        Some(Value::Null) => flaws.has(Flaw::TakesNullId).then(|| "None".to_owned()),
        None if flaws.has(Flaw::Unwraps) => {
            let inner = match &body {
                Value::Array(items) => items.first(),
                Value::Object(members) => members.values().find(|value| value.is_object()),
                _ => None,
            };
            inner.and_then(|inner| text(&inner["id"]))
        }
        None if flaws.has(Flaw::MakesUpId) && body.is_object() => Some("made-up".to_owned()),
        _ => None,
    }
}

/// What becomes of the answer to a DELETE, which is `done` where nothing is wrong.
pub(in super::super) fn discarded(
    flaws: &Flaws,
    reply: &Result<Reply, Why>,
    done: Result<(), Why>,
) -> Result<(), Why> {
    if !flaws.any() {
        return done;
    }
    match reply {
        Ok(reply) => {
            let status = reply.status;
            let ignored = match status {
                404 => {
                    let stays = flaws.has(Flaw::GoneUndeletable) || flaws.has(Flaw::GoneStays);
                    return if stays { Err(Why::Status(404)) } else { done };
                }
                410 => flaws.has(Flaw::Gone410) || flaws.has(Flaw::DeleteIgnoresErrors),
                400..=599 => flaws.has(Flaw::DeleteIgnoresErrors),
                _ => false,
            };
            let refused = reply.is_success()
                && (flaws.has(Flaw::DeleteWants200) && status != 200
                    || flaws.has(Flaw::DeleteReadsBody) && reply.json().is_none());
            match done {
                _ if ignored => Ok(()),
                _ if refused => Err(Why::Status(status)),
                done => done,
            }
        }
        Err(Why::Dropped) if flaws.has(Flaw::IgnoresDropped) => Ok(()),
        Err(Why::NotInTime) if flaws.has(Flaw::IgnoresTimeout) => Ok(()),
        Err(_) => done,
    }
}
