//! The service answers as its script says, and keeps what came, without the token.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::*;
use crate::{exchange::TransportError, transport::client_for};

const NAME: &str = "conformance-0123456789";

fn bridge() -> Bridge {
    Bridge::start(Config {
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        token: Secret::new("t0ken-of-the-test".to_owned()),
        patience: Duration::from_millis(1),
    })
    .unwrap()
}

/// Status and body; `None` without an answer.
fn call(bridge: &Bridge, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = client_for(bridge.url())
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        let request = client
            .build()
            .unwrap()
            .request(method.parse().unwrap(), format!("{}{path}", bridge.url()))
            .bearer_auth("t0ken-of-the-test")
            .body(body.to_owned());
        let answer = request.send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    })
}

fn submitted() -> String {
    json!({"name": NAME, "type": "secret", "secret_value": "v"}).to_string()
}

fn id_of(answer: &str) -> String {
    let answer: Value = serde_json::from_str(answer).unwrap();
    answer["id"].as_str().unwrap().to_owned()
}

#[test]
fn without_a_script_it_is_a_right_service() {
    let bridge = bridge();
    let (status, answer) = call(&bridge, "POST", "", &submitted()).unwrap();
    assert_eq!(status, 201);
    let path = format!("/{}", id_of(&answer));
    let kept = call(&bridge, "GET", &path, "").unwrap();
    assert_eq!(kept, (200, submitted()));
    assert_eq!(call(&bridge, "DELETE", &path, "").unwrap().0, 200);
    assert_eq!(call(&bridge, "DELETE", &path, "").unwrap().0, 404);
    assert_eq!(call(&bridge, "GET", &path, "").unwrap().0, 404);
    assert_eq!(call(&bridge, "GET", "", "").unwrap().0, 200);
    assert_eq!(call(&bridge, "PUT", &path, "").unwrap().0, 405);
    assert_eq!(bridge.calls(), 7);
    assert!(bridge.take(NAME).is_empty(), "nobody expected it");
}

#[test]
fn calls_about_a_name_are_kept_without_the_token() {
    let bridge = bridge();
    bridge.expect(NAME, Script::default());
    let (_, answer) = call(&bridge, "POST", "", &submitted()).unwrap();
    call(&bridge, "DELETE", &format!("/{}", id_of(&answer)), "").unwrap();
    let calls = bridge.take(NAME);
    let told: Vec<String> = calls.iter().map(ToString::to_string).collect();
    let path = format!("(service) {PATH}");
    assert_eq!(
        told,
        [
            format!("POST {path} → 201"),
            format!("DELETE {path}/{} → 200", id_of(&answer)),
        ]
    );
    assert!(!format!("{calls:?}").contains("t0ken"));
    assert_eq!(calls[0].request.body_bytes(), submitted().as_bytes());
    assert!(bridge.take(NAME).is_empty());
}

#[test]
fn a_script_says_what_is_answered() {
    let bridge = bridge();
    let answered = |post: Answer| {
        let delete = Answer::Right;
        bridge.expect(NAME, Script { post, delete });
        call(&bridge, "POST", "", &submitted())
    };
    let echo = Echo::Problems;
    let (status, body) = answered(Answer::Error { status: 422, echo }).unwrap();
    assert_eq!(status, 422);
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["detail"][0]["input"]["secret_value"], "v");
    let (status, _) = answered(Answer::Wrong(WrongForm::NoContent)).unwrap();
    assert_eq!(status, 204);
    let (status, _) = answered(Answer::Elsewhere(307)).unwrap();
    assert_eq!(status, 307);
    for silence in [Silence::Dropped, Silence::Cut, Silence::Held] {
        assert_eq!(answered(Answer::Silence(silence)), None, "{silence:?}");
    }
    let outcomes = bridge.take(NAME);
    let dropped = |call: &&Exchange| matches!(call.outcome, Err(TransportError::Closed));
    assert_eq!(outcomes.iter().filter(dropped).count(), 3);
}

#[test]
fn ids_lead_back_to_their_name() {
    let bridge = bridge();
    for form in [
        IdForm::Number,
        IdForm::Slash,
        IdForm::NonAscii,
        IdForm::Long,
    ] {
        let post = Answer::Id(form);
        let delete = Answer::Right;
        bridge.expect(NAME, Script { post, delete });
        let (_, answer) = call(&bridge, "POST", "", &submitted()).unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let id = match &answer["id"] {
            Value::String(id) => id.clone(),
            other => other.to_string(),
        };
        let path = format!("/{}", crate::exchange::encode_component(&id));
        assert_eq!(call(&bridge, "DELETE", &path, "").unwrap().0, 200, "{id}");
        assert_eq!(bridge.take(NAME).len(), 2, "{id}");
    }
}
