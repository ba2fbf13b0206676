//! What has nothing to do with a secret is not reported, however much of it there is.
//!
//! The number of answers is small here so that the tests stay quick; `REDACTION_ANSWERS=100000`
//! asks for more.

use std::fmt::Write as _;

use proptest::{
    prelude::RngExt,
    test_runner::{RngAlgorithm, TestRng},
};
use serde_json::{Value, json};
use skyvern_conformance::secret::{
    canary::{Class, Draw},
    registry::Group,
    scan::{Received, Scanner, Sighting},
};

use super::submission;

/// Answers between two creates; each create submits a secret of every class.
const ANSWERS_PER_GROUP: u64 = 10;

fn answers() -> u64 {
    let asked = std::env::var("REDACTION_ANSWERS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(300)
}

fn hexadecimal(length: usize, rng: &mut TestRng) -> String {
    (0..length).fold(String::new(), |mut text, _| {
        write!(text, "{:x}", rng.random_range(0..16)).unwrap();
        text
    })
}

fn digits(length: usize, rng: &mut TestRng) -> String {
    (0..length)
        .map(|_| char::from(b'0' + rng.random_range(0..10_u8)))
        .collect()
}

fn word(length: usize, rng: &mut TestRng) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    (0..length)
        .map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())]))
        .collect()
}

fn uuid(rng: &mut TestRng) -> String {
    let parts = [8, 4, 4, 4, 12].map(|length| hexadecimal(length, rng));
    parts.join("-")
}

/// An answer full of what varies by itself.
fn answer(rng: &mut TestRng) -> (Vec<(String, bytes::Bytes)>, Value) {
    let clock = |rng: &mut TestRng| {
        format!(
            "2026-11-{:02}T{:02}:{:02}:{:02}.{}",
            rng.random_range(1..=30),
            rng.random_range(0..24),
            rng.random_range(0..60),
            rng.random_range(0..60),
            digits(6, rng)
        )
    };
    let headers = vec![
        ("x-request-id".to_owned(), uuid(rng).into()),
        (
            "etag".to_owned(),
            format!("\"{}\"", hexadecimal(8, rng)).into(),
        ),
        ("x-trace".to_owned(), hexadecimal(32, rng).into()),
        (
            "content-length".to_owned(),
            rng.random_range(100..9999).to_string().into(),
        ),
        (
            "set-cookie".to_owned(),
            format!("session={}; Path=/", word(43, rng)).into(),
        ),
    ];
    let items: Vec<Value> = (0..3)
        .map(|_| {
            json!({"credential_id": format!("cred_{}", digits(18, rng)), "organization_id": format!("o_{}", digits(18, rng)),
                "name": format!("conformance-{}", hexadecimal(10, rng)), "created_at": clock(rng), "modified_at": clock(rng),
                "code": digits(6, rng), "short": hexadecimal(8, rng), "last_four": digits(4, rng), "ms": rng.random_range(0..1000),
                "epoch": 1_700_000_000 + rng.random_range(0..100_000_000_u64), "digits": digits(16, rng),
                "token": word(40, rng)})
        })
        .collect();
    (
        headers,
        json!({"items": items, "total": rng.random_range(0..100), "detail": format!("no {} here", uuid(rng))}),
    )
}

#[test]
fn answers_of_random_ids_clocks_and_digits_report_nothing() {
    let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut scanner = Scanner::default();
    let mut bytes = 0;
    for number in 0..answers() {
        let group = Group(number / ANSWERS_PER_GROUP);
        if number % ANSWERS_PER_GROUP == 0 {
            for class in Class::ALL {
                let draw = Draw::of(&[&number.to_be_bytes(), format!("{class:?}").as_bytes()]);
                let field = match class {
                    Class::Base32 | Class::OtpAuth => "/credential/totp",
                    Class::Card | Class::CardSeparated => "/credential/card_number",
                    Class::VerificationCode => "/credential/card_cvv",
                    Class::Month => "/credential/card_exp_month",
                    Class::Year => "/credential/card_exp_year",
                    _ => "/credential/password",
                };
                let mut one = submission(field, &draw.value(class, &[]));
                one.group = group;
                scanner.submit(one);
            }
        }
        let (headers, body) = answer(&mut rng);
        let body = body.to_string();
        bytes += body.len();
        let found = scanner.scan(&Received {
            group: Some(group),
            operation: "GET /things",
            path: "/things",
            status: 200,
            reason: b"OK",
            headers: &headers,
            trailers: &[],
            body: body.as_bytes(),
            during: (1_700_000_000 + number, 1_700_000_000 + number),
        });
        let shown: Vec<(&Sighting, &str)> = found
            .iter()
            .filter_map(|one| Some((one, scanner.submission(one.secret)?.value.as_str())))
            .collect();
        assert!(
            shown.is_empty(),
            "answer {number}: {shown:?} in {headers:?} {body}"
        );
    }
    assert!(bytes > 1000);
}

#[test]
fn public_documents_report_nothing() {
    let mut scanner = Scanner::default();
    for number in 0..200_u64 {
        for class in Class::ALL {
            let draw = Draw::of(&[&number.to_be_bytes(), format!("{class:?}").as_bytes()]);
            scanner.submit(submission("/credential/password", &draw.value(class, &[])));
        }
    }
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec");
    for file in ["openapi/skyvern.yaml", "overlays/skyvern.yaml"] {
        let text = std::fs::read(format!("{root}/{file}")).unwrap();
        for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
            let found = scanner.scan_line(file, number as u64 + 1, line);
            assert!(found.is_empty(), "{found:?}");
        }
    }
}
