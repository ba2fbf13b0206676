//! What looks like a leak and is none: everything here is constant, random, or public.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use axum::http::header::{CONTENT_ENCODING, ETAG, EXPIRES, SET_COOKIE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use data_encoding::{BASE64, HEXLOWER};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::super::super::answer::Answer;
use super::super::super::clock;
use super::super::Flaw;
use super::kept::Kept;
use super::{Asked, Finish, Story, form};

/// A random number.
fn draw() -> u64 {
    RandomState::new().hash_one(())
}

fn random_bytes(most: u64) -> Vec<u8> {
    (0..=draw() % most)
        .flat_map(|_| draw().to_be_bytes())
        .collect()
}

/// Adds members and headers.
pub(super) fn alter(story: &Story, kept: &Kept, answer: &mut Answer) {
    let flaws = story.flaws;
    let mut header = |name: HeaderName, text: String| {
        if let Ok(value) = HeaderValue::from_str(&text) {
            answer.headers.append(name, value);
        }
    };
    if flaws.has(Flaw::Nonces) {
        header(
            HeaderName::from_static("x-nonce"),
            BASE64.encode(&random_bytes(4)),
        );
        header(
            HeaderName::from_static("x-trace"),
            HEXLOWER.encode(&random_bytes(3)),
        );
    }
    if flaws.has(Flaw::SessionCookies) {
        let session = HEXLOWER.encode(&random_bytes(5));
        header(SET_COOKIE, format!("session={session}; Path=/; HttpOnly"));
    }
    if flaws.has(Flaw::Durations) {
        let micros = draw() % 90_000;
        let timing = format!(
            "total;dur={}",
            Duration::from_micros(micros).as_secs_f64() * 1e3
        );
        header(HeaderName::from_static("server-timing"), timing);
    }
    if flaws.has(Flaw::RateCounted) {
        let left = 1_000_000_usize.saturating_sub(kept.answers);
        header(
            HeaderName::from_static("x-ratelimit-remaining"),
            left.to_string(),
        );
    }
    if flaws.has(Flaw::BuildNamed) {
        let build = HEXLOWER.encode(&Sha256::digest("reference"));
        header(HeaderName::from_static("x-build"), build);
    }
    if flaws.has(Flaw::Dates) {
        header(EXPIRES, "Thu, 01 Jan 1970 00:00:00 GMT".to_owned());
    }
    if flaws.has(Flaw::EtagOfBody)
        && let Some(body) = &answer.body
    {
        let digest = HEXLOWER.encode(&Sha256::digest(body.to_string()));
        header(ETAG, format!("\"{digest}\""));
    }
    let status = answer.status;
    let Some(Value::Object(body)) = &mut answer.body else {
        return;
    };
    if flaws.has(Flaw::Dates) {
        body.insert("as_of".to_owned(), json!(clock::now()));
        body.insert("as_of_seconds".to_owned(), json!(clock::seconds()));
    }
    if flaws.has(Flaw::TraceIds) {
        let digits = format!("{:016x}{:016x}", draw(), draw());
        let trace = format!(
            "{}-{}-4{}-a{}-{}",
            &digits[..8],
            &digits[8..12],
            &digits[13..16],
            &digits[17..20],
            &digits[20..]
        );
        body.insert("trace_id".to_owned(), json!(trace));
    }
    if flaws.has(Flaw::SupportCodes) {
        body.insert(
            "support_code".to_owned(),
            json!(format!("{:06}", draw() % 1_000_000)),
        );
        body.insert("incident".to_owned(), json!(draw() % 10_000_000_000));
    }
    if status.is_success() {
        if flaws.has(Flaw::ConstantMask)
            && let Some(Value::Object(shown)) = body.get_mut("credential")
        {
            shown.insert("secret".to_owned(), json!("********"));
            shown.insert("has_secret".to_owned(), json!(true));
        }
        return;
    }
    let examples = match status {
        StatusCode::UNPROCESSABLE_ENTITY => Some(json!({
            "password": "correct horse battery staple",
            "card_number": "4111111111111111",
            "card_cvv": "123",
            "totp": "JBSWY3DPEHPK3PXP",
        })),
        _ => None,
    };
    if let Some(examples) = examples.filter(|_| flaws.has(Flaw::Examples)) {
        body.insert("examples".to_owned(), examples);
    }
    if flaws.has(Flaw::NameQuoted)
        && let Some(name) = story.sent["name"].as_str()
    {
        body.insert("name".to_owned(), json!(name));
    }
}

/// Writes the body otherwise.
pub(super) fn finish(story: &Story, asked: &Asked, answer: &mut Answer, finish: &mut Finish) {
    let flaws = story.flaws;
    let Some(body) = &mut answer.body else {
        return;
    };
    if flaws.has(Flaw::MembersShuffled)
        && let Value::Object(members) = body
    {
        let mut shuffled: Vec<(u64, (String, Value))> = std::mem::take(members)
            .into_iter()
            .map(|member| (draw(), member))
            .collect();
        shuffled.sort_by_key(|(place, _)| *place);
        *members = shuffled.into_iter().map(|(_, member)| member).collect();
    }
    if flaws.has(Flaw::RandomPadding) {
        let spaces = usize::try_from(draw() % 200).unwrap_or_default();
        finish.text = Some(format!("{body}{}\n", " ".repeat(spaces)).into_bytes());
    }
    if flaws.has(Flaw::Gzipped) && asked.accepts_gzip {
        finish.text = Some(form::gzip(body.to_string().as_bytes()));
        answer
            .headers
            .insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
}
