use std::{fmt::Debug, hint::black_box, time::Instant};

use serde::{Deserialize, de::DeserializeOwned};
use subject::models::{CreateCredentialRequest, CredentialResponse};

mod untagged {
    use super::{Debug, Deserialize};

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    pub struct CredentialResponse {
        pub credential_id: String,
        pub credential: Credential,
        pub credential_type: String,
        pub name: String,
    }

    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code)]
    pub enum Credential {
        Password { username: String, totp_type: Option<Totp>, totp_identifier: Option<String> },
        Card { last_four: String, brand: String },
        Secret { secret_label: Option<String> },
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Totp { Authenticator, Email, Text, None }
}

const KINDS: [(&str, &str, &str); 3] = [
    ("password", "password", r#"{"username": "ada@example.com", "totp_type": "none"}"#),
    ("card", "credit_card", r#"{"last_four": "4242", "brand": "Visa"}"#),
    ("secret", "secret", r#"{"secret_label": "API key"}"#),
];

const WRONG: [(&str, &str); 5] = [
    ("a number for the user name", r#"{"username": 5, "totp_type": "none"}"#),
    ("a number for the last four", r#"{"last_four": 4242, "brand": "Visa"}"#),
    ("a card without its brand", r#"{"last_four": "4242"}"#),
    ("a text for the object", r#""hunter2""#),
    ("an unknown way of codes", r#"{"username": "ada@example.com", "totp_type": "carrier pigeon"}"#),
];

fn answer(kind: &str, credential: &str) -> String {
    format!(r#"{{"credential_id": "cred_1", "credential": {credential}, "credential_type": "{kind}", "name": "Example"}}"#)
}

fn nanoseconds<T: DeserializeOwned>(text: &str) -> u128 {
    const ROUNDS: u32 = 20_000;
    let mut best = u128::MAX;
    for _ in 0..15 {
        let start = Instant::now();
        for _ in 0..ROUNDS {
            black_box(serde_json::from_str::<T>(black_box(text)).is_ok());
        }
        best = best.min(start.elapsed().as_nanos() / u128::from(ROUNDS));
    }
    best
}

fn shown<T: DeserializeOwned + Debug>(text: &str) -> String {
    match serde_json::from_str::<T>(text) {
        Ok(value) => {
            let text = format!("{value:?}");
            let start = text.find("credential:").unwrap_or(0);
            let text: String = text[start..].chars().take(70).collect();
            format!("**taken**: `{text}…`")
        }
        Err(error) => format!("`{}`", error.to_string().replace('`', "'").replace('|', "/")),
    }
}

fn main() {
    println!("| | generated, ns | `untagged`, ns |\n|---|--:|--:|");
    for (name, kind, credential) in KINDS {
        let text = answer(kind, credential);
        println!(
            "| {name} | {} | {} |",
            nanoseconds::<CredentialResponse>(&text),
            nanoseconds::<untagged::CredentialResponse>(&text)
        );
    }
    println!("\n| wrong answer | generated | `untagged` |\n|---|---|---|");
    for (name, credential) in WRONG {
        let text = answer("password", credential);
        println!("| {name} | {} | {} |", shown::<CredentialResponse>(&text), shown::<untagged::CredentialResponse>(&text));
    }
    let request = r#"{"name": "Example", "credential_type": "password", "credential": {"username": "ada", "password": "hunter2-hunter2"}}"#;
    let printed = match serde_json::from_str::<CreateCredentialRequest>(request) {
        Ok(value) if format!("{value:?}").contains("hunter2") => "is printed by `{:?}`",
        Ok(_) => "is not printed by `{:?}`",
        Err(_) => "was not taken",
    };
    println!("\nThe password of a request {printed}.");
}
