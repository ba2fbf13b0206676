//! Nothing that holds a secret shows it.

use std::collections::BTreeMap;

use serde_json::{from_value, json, to_value};
use skyvern_client::models::{
    CreateCredentialRequest, CreateCredentialRequestCredential,
    CreateCustomCredentialServiceConfigRequest, CredentialType, CreditCardBillingAddress,
    CustomCredentialServiceConfig, HttpValidationError, NonEmptyCreditCardCredential,
    NonEmptyPasswordCredential, SecretCredential, TotpCode, TotpCodeCreate,
};
use skyvern_client::{Check, Secret};

use crate::server::{Reply, Server, run};

/// In every secret of this file.
const CANARY: &str = "hunter2";

fn requests() -> Vec<CreateCredentialRequest> {
    let secret = |tail: &str| Secret::from(format!("{CANARY}-{tail}"));
    let password = NonEmptyPasswordCredential::new(secret("password"), "ada")
        .with_totp(secret("totp"))
        .with_metadata(BTreeMap::from([("pin".to_owned(), secret("pin"))]));
    let address = CreditCardBillingAddress::new()
        .with_line1(secret("line"))
        .with_city(secret("city"));
    let card = NonEmptyCreditCardCredential::new(
        secret("number"),
        secret("cvv"),
        secret("month"),
        secret("year"),
        "visa",
        secret("holder"),
    )
    .with_billing_address(address);
    let note = SecretCredential::new(secret("value"));
    vec![
        CreateCredentialRequest::new("n", CredentialType::Password, password),
        CreateCredentialRequest::new("n", CredentialType::CreditCard, card),
        CreateCredentialRequest::new("n", CredentialType::Secret, note),
    ]
}

#[test]
fn requests_do_not_show_their_secrets() {
    for request in requests() {
        let text = format!("{request:?} {request:#?}");
        assert!(!text.contains(CANARY), "{text}");
        assert!(text.contains("[redacted]"));
        // Sent it is, or this test would prove nothing.
        assert!(to_value(&request).unwrap().to_string().contains(CANARY));
    }
    let config = CustomCredentialServiceConfig::new("http://a", CANARY.into());
    let config = CreateCustomCredentialServiceConfigRequest::new(config);
    let code = TotpCodeCreate::new("i", CANARY.into());
    assert!(!format!("{config:?} {code:?}").contains(CANARY));
}

/// `new(password, username)` must not compile with the two swapped: a secret is no text.
#[test]
fn a_secret_is_not_taken_for_a_text() {
    trait IsText<Marker> {
        fn holds() {}
    }
    struct Text;
    impl<T> IsText<()> for T {}
    impl<T: Into<String>> IsText<Text> for T {}
    // Would be ambiguous, and so not compile, if `Secret: Into<String>`.
    <Secret as IsText<_>>::holds();
    // Would be ambiguous if the argument were `impl Into<Secret>`.
    let login = NonEmptyPasswordCredential::new("p".into(), "u");
    assert_eq!(login.username, "u");
}

#[test]
fn free_values_beside_secrets_do_not_show() {
    let fault: HttpValidationError = from_value(json!({"detail": [{
        "loc": ["body", "credential"], "msg": "too short", "type": "t",
        "input": {"password": CANARY}, "ctx": {CANARY: CANARY}
    }]}))
    .unwrap();
    let text = format!("{fault:?} {fault:#?}");
    assert!(!text.contains(CANARY), "{text}");
    assert!(text.contains("too short") && text.contains("input: [redacted]"));
    let names = BTreeMap::from([(CANARY.to_owned(), Secret::from("x"))]);
    let login = NonEmptyPasswordCredential::new("p".into(), "u").with_metadata(names);
    assert!(!format!("{login:?}").contains(CANARY));
    let unknown: CreateCredentialRequestCredential = from_value(json!({"new": CANARY})).unwrap();
    assert!(!format!("{unknown:?}").contains(CANARY));
}

#[test]
fn answers_that_hold_a_secret_by_design_do_not_show_it() {
    let code: TotpCode = from_value(json!({
        "totp_identifier": "i", "content": CANARY, "totp_code_id": "t", "code": CANARY,
        "organization_id": "o", "created_at": "2026-11-21T05:17:39", "modified_at": "2026-11-21T05:17:39Z"
    }))
    .unwrap();
    assert!(!format!("{code:?}").contains(CANARY));
    assert_eq!(code.content.expose(), CANARY);
}

#[test]
fn violations_do_not_show_the_value() {
    let blank = NonEmptyPasswordCredential::new("".into(), "");
    let request = CreateCredentialRequest::new("n", CredentialType::Password, blank);
    let violations = request.check().unwrap_err();
    let shown: Vec<_> = violations.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "/credential/password: must have at least 1 characters",
            "/credential/username: must have at least 1 characters",
        ]
    );
    for request in requests() {
        assert_eq!(request.check(), Ok(()));
    }
}

#[test]
fn a_client_does_not_show_its_key() {
    let builder = crate::builder("http://127.0.0.1:1").api_key(CANARY);
    assert!(!format!("{builder:?}").contains(CANARY));
    let client = builder.build().unwrap();
    assert!(!format!("{client:?} {client:#?}").contains(CANARY));
    let refused = crate::builder("http://a").api_key("hunter2\n").build();
    let error = refused.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(CANARY));
}

#[test]
fn errors_do_not_show_what_the_server_repeats() {
    run(async {
        let echo =
            json!({"detail": [{"loc": ["body"], "msg": CANARY, "type": "t", "input": CANARY}]});
        let wrong = json!({"credential_id": {"a": CANARY}, "credential_type": CANARY});
        let numbers = json!({"credential_id": 48_151_623, "credential": CANARY});
        let replies = [
            Reply::json(422, &echo),
            Reply::json(403, &json!({"detail": CANARY})),
            Reply::new(500, CANARY),
            Reply::new(201, CANARY),
            Reply::json(201, &wrong),
            Reply::json(201, &numbers),
            Reply::json(201, &json!(CANARY)),
        ];
        let count = replies.len();
        let server = Server::script(replies).await;
        let client = server.client();
        for _ in 0..count {
            let error = client.create_credential(&requests()[0]).await.unwrap_err();
            let mut text = format!("{error} {error:?} {error:#?}");
            let mut source = std::error::Error::source(&error);
            while let Some(inner) = source {
                text = format!("{text} {inner} {inner:?}");
                source = inner.source();
            }
            assert!(!text.contains(CANARY), "{text}");
            assert!(!text.contains("48151623"), "{text}");
            // Asked for, it is all there.
            assert!(!error.body().unwrap().is_empty());
        }
    });
}

#[test]
fn a_failed_connection_does_not_show_the_url() {
    run(async {
        let client = crate::builder("http://127.0.0.1:1/hunter2")
            .api_key(CANARY)
            .build()
            .unwrap();
        let error = client.create_credential(&requests()[0]).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains(CANARY), "{error:?}");
    });
}
