//! The example, end to end: its function in this process, and the program itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::example;
use crate::server::{Recorded, Reply, Server, run};

/// Keeps credentials as Skyvern does, newest first.
#[derive(Default)]
struct Store {
    credentials: Mutex<BTreeMap<String, Value>>,
}

impl Store {
    fn answer(&self, request: &Recorded) -> Reply {
        if request.header("x-api-key") != Some("test-key") {
            return Reply::json(403, &json!({"detail": "Invalid credentials"}));
        }
        let mut credentials = self.credentials.lock().unwrap();
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((&request.target, ""));
        let pieces: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (request.method.as_str(), &pieces[..]) {
            ("POST", ["v1", "credentials"]) => {
                let id = format!("cred_{}", credentials.len() + 1);
                let credential = public(&id, &request.json());
                credentials.insert(id, credential.clone());
                Reply::json(201, &credential)
            }
            ("GET", ["v1", "credentials"]) => {
                let number = |name: &str| {
                    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
                    let found = pairs.find(|(key, _)| *key == name);
                    found
                        .and_then(|(_, value)| value.parse::<usize>().ok())
                        .unwrap()
                };
                let (page, size) = (number("page"), number("page_size"));
                let all: Vec<_> = credentials.values().rev().cloned().collect();
                let page: Vec<_> = all.into_iter().skip((page - 1) * size).take(size).collect();
                Reply::json(200, &Value::Array(page))
            }
            ("POST", ["v1", "credentials", id, "update"]) => {
                let credential = public(id, &request.json());
                credentials.insert((*id).to_owned(), credential.clone());
                Reply::json(200, &credential)
            }
            ("POST", ["v1", "credentials", id, "delete"]) => match credentials.remove(*id) {
                Some(_) => Reply::new(204, ""),
                None => Reply::json(404, &json!({"detail": "Credential not found"})),
            },
            _ => Reply::json(404, &json!({"detail": "Not Found"})),
        }
    }
}

fn public(id: &str, request: &Value) -> Value {
    json!({
        "credential_id": id,
        "credential": {"username": request["credential"]["username"], "totp_type": "none"},
        "credential_type": request["credential_type"],
        "name": request["name"],
    })
}

async fn store() -> (Server, Arc<Store>) {
    let store = Arc::new(Store::default());
    let shared = Arc::clone(&store);
    let server = Server::start(move |request| shared.answer(request)).await;
    (server, store)
}

const TOUR: [&str; 4] = [
    "created cred_1 (Example): the login of ada@example.com",
    "listed cred_1 (Example): the login of ada@example.com",
    "updated cred_1 (Renamed): the login of ada@example.com",
    "deleted cred_1",
];

#[test]
fn the_example_creates_lists_updates_and_deletes() {
    run(async {
        let (server, store) = store().await;
        let lines = example::tour(&server.client()).await.unwrap();
        assert_eq!(lines, TOUR);
        assert!(store.credentials.lock().unwrap().is_empty());
        let sent: Vec<_> = server.seen().iter().map(Recorded::line).collect();
        assert_eq!(
            sent,
            [
                "POST /v1/credentials",
                "GET /v1/credentials?page=1&page_size=2&credential_type=password",
                "POST /v1/credentials/cred_1/update",
                "POST /v1/credentials/cred_1/delete",
            ]
        );
    });
}

#[test]
fn the_program_prints_the_same_and_no_secret() {
    // `cargo test` builds examples beside the tests; a run of this test alone may find none.
    let tests = std::env::current_exe().unwrap();
    let program = tests
        .parent()
        .and_then(|deps| deps.parent())
        .map(|profile| profile.join("examples").join("credentials"));
    let Some(program) = program.filter(|program| program.exists()) else {
        eprintln!("skipped: the example was not built");
        return;
    };
    run(async {
        let (server, _) = store().await;
        let url = server.url.clone();
        let output = tokio::task::spawn_blocking(move || {
            std::process::Command::new(program)
                .env("SKYVERN_BASE_URL", url)
                .env("SKYVERN_API_KEY", "test-key")
                .output()
                .unwrap()
        });
        let output = output.await.unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success());
        assert_eq!(text.lines().collect::<Vec<_>>(), TOUR);
    });
}

#[test]
fn the_example_says_that_the_key_was_refused() {
    run(async {
        let (server, _) = store().await;
        let client = crate::builder(&server.url)
            .api_key("wrong")
            .build()
            .unwrap();
        let error = example::tour(&client).await.unwrap_err();
        assert_eq!(error.to_string(), "the API key was refused");
    });
}
