//! How fast unions decode, beside the same types under `#[serde(untagged)]`.
//!
//! `cargo bench -p skyvern-client --bench unions` prints nanoseconds a value, the best of several rounds that
//! take turns, and how many times as fast the union is.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use skyvern_client::models::{
    CreateCredentialRequestCredential, CredentialResponseCredential, CreditCardCredentialResponse,
    NonEmptyCreditCardCredential, NonEmptyPasswordCredential, PasswordCredentialResponse,
    SecretCredential, SecretCredentialResponse,
};

/// What a derive gives: each branch is tried in turn, on a copy of the value.
#[derive(Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "decoded, and not looked at")]
enum UntaggedResponse {
    Password(PasswordCredentialResponse),
    CreditCard(CreditCardCredentialResponse),
    Secret(SecretCredentialResponse),
}

#[derive(Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "decoded, and not looked at")]
#[expect(clippy::large_enum_variant, reason = "as somebody would write it")]
enum UntaggedRequest {
    Password(NonEmptyPasswordCredential),
    CreditCard(NonEmptyCreditCardCredential),
    Secret(SecretCredential),
}

const ANSWERS: [(&str, &str); 3] = [
    (
        "password",
        r#"{"username":"ada@example.com","totp_type":"authenticator","totp_identifier":null}"#,
    ),
    ("credit card", r#"{"last_four":"4242","brand":"visa"}"#),
    ("secret", r#"{"secret_label":"API key"}"#),
];

const REQUESTS: [(&str, &str); 3] = [
    (
        "password",
        r#"{"password":"correct horse","username":"ada@example.com","totp":"JBSWY3DPEHPK3PXP"}"#,
    ),
    (
        "credit card",
        r#"{"card_number":"4242424242424242","card_cvv":"123","card_exp_month":"12","card_exp_year":"30","card_brand":"visa","card_holder_name":"Ada Lovelace"}"#,
    ),
    (
        "secret",
        r#"{"secret_value":"s3cr3t","secret_label":"API key"}"#,
    ),
];

fn main() {
    println!(
        "{:34} {:>9} {:>9} {:>9} {:>6}",
        "ns a value", "union", "untagged", "branch", "ratio"
    );
    answered::<PasswordCredentialResponse>(ANSWERS[0]);
    answered::<CreditCardCredentialResponse>(ANSWERS[1]);
    answered::<SecretCredentialResponse>(ANSWERS[2]);
    sent::<NonEmptyPasswordCredential>(REQUESTS[0]);
    sent::<NonEmptyCreditCardCredential>(REQUESTS[1]);
    sent::<SecretCredential>(REQUESTS[2]);
}

fn answered<Branch: DeserializeOwned>((name, text): (&str, &str)) {
    compare::<CredentialResponseCredential, UntaggedResponse, Branch>("answered", name, text);
}

fn sent<Branch: DeserializeOwned>((name, text): (&str, &str)) {
    compare::<CreateCredentialRequestCredential, UntaggedRequest, Branch>("sent", name, text);
}

/// `Branch` is the struct itself: what a union cannot be faster than.
fn compare<Own, Untagged, Branch>(way: &str, name: &str, text: &str)
where
    Own: DeserializeOwned,
    Untagged: DeserializeOwned,
    Branch: DeserializeOwned,
{
    let (mut own, mut untagged, mut branch) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        own = own.min(nanoseconds::<Own>(text));
        untagged = untagged.min(nanoseconds::<Untagged>(text));
        branch = branch.min(nanoseconds::<Branch>(text));
    }
    let name = format!("credential, {way}: {name}");
    println!(
        "{name:34} {own:9.0} {untagged:9.0} {branch:9.0} {:6.2}",
        untagged / own
    );
}

const ROUNDS: usize = 100;

/// Of one decoding, measured over a millisecond: short enough to be left alone by other processes now and then.
fn nanoseconds<T: DeserializeOwned>(text: &str) -> f64 {
    let mut count = 0_u32;
    let start = Instant::now();
    loop {
        for _ in 0..1_000 {
            black_box(serde_json::from_str::<T>(black_box(text)).is_ok());
        }
        count += 1_000;
        let passed = start.elapsed();
        if passed > Duration::from_millis(1) {
            return passed.as_secs_f64() * 1e9 / f64::from(count);
        }
    }
}
