//! Leaks in how an answer is written: its length, its spaces, its order, its headers. As a JSON
//! value it is often what it would be without them.

use axum::http::header::{CONNECTION, VARY};
use axum::http::{HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::super::super::answer::Answer;
use super::super::super::route::Operation;
use super::super::Flaw;
use super::kept::{self, Kept};
use super::{Finish, Story, digest};

pub(super) fn tell(story: &Story, kept: &Kept, answer: &mut Answer, finish: &mut Finish) {
    let flaws = story.flaws;
    if !answer.status.is_success() {
        return;
    }
    pieces(story, kept, answer);
    let stored = kept.of(&story.id);
    let secrets = if story.secrets.is_null() {
        stored
    } else {
        &story.secrets
    };
    let Some(main) = kept::main(secrets) else {
        return;
    };
    let number = digest::number(main);
    headers(story, main, number, answer);
    if flaws.has(Flaw::ChunkedForForeign) {
        finish.is_chunked = !main.is_ascii();
    }
    let Some(body) = &mut answer.body else {
        return;
    };
    if flaws.has(Flaw::MembersRotated)
        && let Value::Object(members) = body
    {
        let turn = number as usize % members.len().max(1);
        let mut turned: Vec<(String, Value)> = std::mem::take(members).into_iter().collect();
        turned.rotate_left(turn);
        *members = turned.into_iter().collect();
    }
    if flaws.has(Flaw::NumberBySecret) && body.is_object() {
        let revision = if number % 2 == 1 {
            json!(1.0)
        } else {
            json!(1)
        };
        body["revision"] = revision;
    }
    let text = body.to_string();
    let written = if flaws.has(Flaw::PaddedBySecret) {
        format!("{text}{}", " ".repeat(main.len() % 97))
    } else if flaws.has(Flaw::BlankLines) {
        format!(
            "{}{text}",
            "\n".repeat(main.matches(char::is_uppercase).count())
        )
    } else if flaws.has(Flaw::SpacesEncode) {
        spaced(&text, number)
    } else if flaws.has(Flaw::EscapesEncode) {
        escaped(&text, number)
    } else {
        return;
    };
    finish.text = Some(written.into_bytes());
}

fn headers(story: &Story, main: &str, number: u32, answer: &mut Answer) {
    let flaws = story.flaws;
    let mut append = |name: HeaderName, value: &'static str| {
        answer.headers.append(name, HeaderValue::from_static(value));
    };
    if flaws.has(Flaw::HeadersCounted) {
        for _ in 0..number % 5 {
            append(HeaderName::from_static("x-hop"), "cache");
        }
    }
    if flaws.has(Flaw::HeadersOrdered) {
        let pair = [
            (VARY, "accept"),
            (HeaderName::from_static("x-frame-options"), "deny"),
        ];
        let turned = number as usize % 2;
        for (name, value) in pair.iter().cycle().skip(turned).take(2) {
            append(name.clone(), value);
        }
    }
    if flaws.has(Flaw::ClosesForLong) && main.len() >= 100 {
        append(CONNECTION, "close");
    }
}

/// Secrets a bit at a time.
fn pieces(story: &Story, kept: &Kept, answer: &mut Answer) {
    match (story.operation, &mut answer.body) {
        // Each read shows another character.
        (Some(Operation::Get), Some(body)) if story.flaws.has(Flaw::CharacterPerRead) => {
            let main = kept::main(kept.of(&story.id)).unwrap_or_default();
            let at = kept.reads(&story.id).saturating_sub(1);
            let character = main.chars().nth(at % main.chars().count().max(1));
            body["tick"] = json!(character);
        }
        // Each entry shows a part of the newest one's.
        (Some(Operation::List), Some(Value::Array(entries)))
            if story.flaws.has(Flaw::PiecesInEntries) =>
        {
            let newest = entries
                .first()
                .and_then(|entry| entry["credential_id"].as_str());
            let main = kept::main(kept.of(newest.unwrap_or_default())).unwrap_or_default();
            let characters: Vec<char> = main.chars().collect();
            let length = characters.len().div_ceil(entries.len().max(1)).max(1);
            for (entry, piece) in entries.iter_mut().zip(characters.chunks(length)) {
                entry["shard"] = json!(piece.iter().collect::<String>());
            }
        }
        _ => {}
    }
}

/// A space behind those commas between members whose bit is set.
fn spaced(text: &str, bits: u32) -> String {
    let mut seen = 0;
    let mut spaced = String::new();
    for part in text.split_inclusive(",\"") {
        spaced.push_str(part);
        if let Some(before) = part
            .strip_suffix('"')
            .filter(|before| before.ends_with(','))
        {
            if bits >> (seen % 32) & 1 == 1 {
                spaced.truncate(spaced.len() - part.len());
                spaced.push_str(before);
                spaced.push_str(" \"");
            }
            seen += 1;
        }
    }
    spaced
}

/// Escapes those letters of member names whose bit is set.
fn escaped(text: &str, bits: u32) -> String {
    let names = [
        "credential_id",
        "credential_type",
        "name",
        "vault_type",
        "tested_url",
    ];
    let mut escaped = text.to_owned();
    for (at, name) in names.iter().enumerate() {
        if bits >> at & 1 == 1 {
            let first = u32::from(name.as_bytes()[0]);
            let written = format!("\"\\u{first:04x}{}\":", &name[1..]);
            escaped = escaped.replacen(&format!("\"{name}\":"), &written, 1);
        }
    }
    escaped
}
