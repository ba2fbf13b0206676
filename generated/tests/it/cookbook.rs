//! The cookbook: its page holds the code that is compiled, and the code does what the page says.

use std::collections::BTreeSet;

use serde_json::json;
use skyvern_client::models::{
    CreateCredentialRequest, CredentialResponse, CredentialType, SecretCredential,
};

use crate::recipes;
use crate::server::{Recorded, Reply, Server, run};

const PAGE: &str = include_str!("../../docs/cookbook.md");
const RECIPES: &str = include_str!("../../examples/cookbook.rs");
const UPLOAD: &str = include_str!("../features/examples/upload.rs");

/// The functions of an example, as the page shows them: all but `main`.
fn functions(text: &str) -> BTreeSet<String> {
    let starts = text.match_indices("\npub(crate) ");
    starts
        .map(|(start, mark)| {
            let rest = &text[start + mark.len()..];
            let end = rest.find("\n}\n").unwrap();
            rest[..end + 3].to_owned()
        })
        .collect()
}

#[test]
fn the_page_shows_the_code_that_is_compiled() {
    let blocks: BTreeSet<String> = PAGE
        .split("```rust\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect();
    let mut expected = functions(RECIPES);
    expected.append(&mut functions(UPLOAD));
    assert!(expected.len() >= 10, "{expected:?}");
    for code in &expected {
        assert!(
            blocks.contains(code),
            "the page lacks this, or shows something else:\n{code}"
        );
    }
    for block in &blocks {
        assert!(expected.contains(block), "no example has this:\n{block}");
    }
}

fn public(id: usize) -> serde_json::Value {
    json!({
        "credential_id": format!("cred_{id}"), "credential": {"username": "ada@example.com"},
        "credential_type": "password", "name": format!("n{id}")
    })
}

#[test]
fn recipes_create_list_find_and_clear() {
    run(async {
        let server = Server::start(|request: &Recorded| match request.line().as_str() {
            "POST /v1/credentials" => Reply::json(201, &public(1)),
            line if line.starts_with("GET /v1/credentials?page=1&") => {
                Reply::json(200, &(0..50).map(public).collect())
            }
            line if line.starts_with("GET /v1/credentials?") => {
                Reply::json(200, &json!([public(50)]))
            }
            "GET /v1/credentials/gone" => Reply::json(404, &json!({"detail": "no"})),
            "GET /v1/credentials/closed" => Reply::json(403, &json!({"detail": "no"})),
            "GET /v1/credentials/odd" => Reply::new(418, "hunter2"),
            _ => Reply::json(200, &public(7)),
        })
        .await;
        let client = server.client();
        assert_eq!(recipes::create(&client).await.unwrap().name, "n1");
        assert_eq!(
            server.seen()[0].json()["credential"]["totp_identifier"],
            "ada@example.com"
        );
        assert_eq!(
            recipes::names_of_all_logins(&client).await.unwrap().len(),
            51
        );
        assert_eq!(
            recipes::find(&client, "there").await.unwrap().unwrap().name,
            "n7"
        );
        assert!(recipes::find(&client, "gone").await.unwrap().is_none());
        assert_eq!(
            recipes::find(&client, "closed").await.unwrap_err(),
            "the API key was refused"
        );
        let odd = recipes::find(&client, "odd").await.unwrap_err();
        assert!(
            odd.starts_with("unexpected status 418") && !odd.contains("hunter2"),
            "{odd}"
        );

        let credential = SecretCredential::new("s3cret".into());
        let request = CreateCredentialRequest::new("n", CredentialType::Secret, credential);
        let log = recipes::what_a_log_sees(&request);
        assert!(
            log.contains("[redacted]") && !log.contains("s3cret"),
            "{log}"
        );
        recipes::forget_the_proxy(&client, "cred_1", request)
            .await
            .unwrap();
        let sent = server.seen().last().unwrap().json();
        assert_eq!(sent.get("proxy_session_id"), Some(&json!(null)));
        assert_eq!(sent.get("proxy_location"), None);
    });
}

#[test]
fn recipes_build_clients_and_check() {
    // As in every test: a provider is named before the first client.
    crate::builder("http://localhost").build().unwrap();
    recipes::connect("http://localhost:8000", "key".to_owned()).unwrap();
    recipes::patient("http://localhost:8000", "key".to_owned()).unwrap();
    let violations = recipes::check_first();
    assert!(
        violations.len() == 1 && violations[0].contains("card_brand"),
        "{violations:?}"
    );
}

#[test]
fn what_is_new_is_described_and_written_back() {
    let describe = |value: &serde_json::Value| {
        let read: CredentialResponse = serde_json::from_value(value.clone()).unwrap();
        let written = serde_json::to_value(&read).unwrap();
        assert_eq!(written["credential"], value["credential"]);
        assert_eq!(written["credential_type"], value["credential_type"]);
        recipes::describe(&read)
    };
    assert_eq!(describe(&public(1)), "a login: ada@example.com");
    let mut new = public(1);
    new["credential"] = json!({"passkey": "id", "device": "phone"});
    new["credential_type"] = json!("passkey");
    assert_eq!(describe(&new), "something new, passkey: 2 members");
}
