//! What each kind of call says of a server.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::{
    bridge,
    check::sketch,
    exchange::{Request, Response, TransportError},
    python_json,
};

const NAME: &str = "conformance-0123456789";

fn api() -> Credentials {
    Credentials::of(&sketch::target()).unwrap()
}

fn submitted() -> Value {
    json!({"name": NAME, "credential_type": "password",
        "credential": {"username": "u", "password": "pa ss"}})
}

/// The body that `submitted` becomes, with `change`.
fn sent(change: impl Fn(&mut Value)) -> String {
    let mut body = bridge::body::of(&submitted());
    change(&mut body);
    python_json::text(&body)
}

fn call(step: usize, method: &str, path: &str, body: &str, status: u16, answer: &str) -> Exchange {
    let mut request = Request::new(method, path)
        .header("authorization", format!("Bearer {}", bridge::TOKEN))
        .header("accept", "*/*")
        .header("accept-encoding", "gzip, deflate")
        .header("content-type", "application/json")
        .tag(format!("{step}/{NAME}/service"));
    if method == "DELETE" {
        request = request.header("content-length", "0");
    }
    let headers = vec![(
        "content-type".to_owned(),
        Bytes::from_static(b"application/json"),
    )];
    let answer = Bytes::from(answer.to_owned());
    Exchange {
        request: request.bytes(None, body.to_owned()),
        outcome: Ok(Response::new(status, "HTTP/1.1", headers, answer, false)),
        began: None,
        elapsed: Duration::ZERO,
    }
}

fn post(step: usize, body: &str) -> Exchange {
    let answer = format!("{{\"id\": \"cs-{step}\"}}");
    call(step, "POST", bridge::PATH, body, 201, &answer)
}

fn delete(step: usize, id: &str, status: u16) -> Exchange {
    let path = format!("{}/{id}", bridge::PATH);
    call(step, "DELETE", &path, "", status, "{}")
}

fn create(status: u16) -> Arc<Exchange> {
    let request = api().create(submitted()).tag(format!("0/{NAME}/alone"));
    let body = match status {
        201 => json!({"credential_id": "cred_1"}),
        _ => json!({"detail": "the service failed"}),
    };
    sketch::answered(request, status, &body)
}

fn remove(status: u16) -> Arc<Exchange> {
    let request = api().delete("cred_1").tag(format!("1/{NAME}/alone"));
    sketch::answered(request, status, &json!({"detail": "the service failed"}))
}

fn failed(exchanges: &[Arc<Exchange>]) -> Vec<&'static str> {
    let mut judgement = Judgement::default();
    judge(&api(), Some("t0ken"), exchanges, &mut judgement);
    sketch::failed(&judgement)
}

fn as_sent() -> String {
    sent(|_| {})
}

#[test]
fn a_server_that_keeps_its_side_fails_nothing() {
    let exchanges = [
        create(201),
        Arc::new(post(0, &as_sent())),
        remove(204),
        Arc::new(delete(1, "cs-0", 200)),
    ];
    assert!(failed(&exchanges).is_empty(), "{:?}", failed(&exchanges));
}

#[test]
fn a_create_arrives_once_and_unchanged() {
    assert_eq!(failed(&[create(201)]), ["BRI001"]);
    let once = Arc::new(post(0, &as_sent()));
    assert_eq!(failed(&[create(201), Arc::clone(&once), once]), ["BRI002"]);
    type Change = fn(&mut Value);
    let changes: [(Change, &str); 5] = [
        (|body| body["password"] = json!("pass"), "BRI004"),
        (|body| body["owner"] = json!("me"), "BRI005"),
        (|body| body["totp"] = json!("null"), "BRI006"),
        (|body| body["totp_type"] = Value::Null, "BRI006"),
        (
            |body| drop(body.as_object_mut().unwrap().shift_remove("username")),
            "BRI005",
        ),
    ];
    for (change, check) in changes {
        let exchanges = [create(201), Arc::new(post(0, &sent(change)))];
        assert_eq!(failed(&exchanges), [check]);
    }
    let compact = bridge::body::of(&submitted()).to_string();
    assert_eq!(
        failed(&[create(201), Arc::new(post(0, &compact))]),
        ["BRI010"]
    );
}

#[test]
fn a_failure_is_no_success() {
    let answered = |status, answer: &str| {
        let call = call(0, "POST", bridge::PATH, &as_sent(), status, answer);
        failed(&[create(201), Arc::new(call)])
    };
    assert_eq!(answered(500, "{}"), ["BRI020"]);
    assert_eq!(answered(201, "{}"), ["BRI021"]);
    assert_eq!(answered(201, "{\"id\": \"\"}"), ["BRI021"]);
    assert_eq!(answered(307, ""), ["BRI023"]);
    let mut silent = post(0, &as_sent());
    silent.outcome = Err(TransportError::Closed);
    assert_eq!(failed(&[create(201), Arc::new(silent.clone())]), ["BRI022"]);
    assert!(failed(&[create(502), Arc::new(silent.clone())]).is_empty());
    // A server that had no patience with a busy machine.
    silent.outcome = Err(TransportError::Timeout(Duration::ZERO));
    assert!(failed(&[create(502), Arc::new(silent)]).is_empty());
}

#[test]
fn a_delete_names_the_credential_and_takes_404_for_done() {
    let created = || [create(201), Arc::new(post(0, &as_sent()))];
    let then = |answer: Arc<Exchange>, call: Option<Exchange>| {
        let more = [answer].into_iter().chain(call.map(Arc::new));
        failed(&created().into_iter().chain(more).collect::<Vec<_>>())
    };
    assert_eq!(then(remove(204), None), ["BRI015"]);
    assert!(then(remove(204), Some(delete(1, "cs-0", 404))).is_empty());
    assert_eq!(then(remove(502), Some(delete(1, "cs-0", 404))), ["BRI028"]);
    assert_eq!(then(remove(204), Some(delete(1, "cs-0", 500))), ["BRI020"]);
    assert!(then(remove(502), Some(delete(1, "cs-0", 500))).is_empty());
    let other = then(remove(204), Some(delete(1, "cs-7", 200)));
    assert!(other.contains(&"BRI016"), "{other:?}");
}

#[test]
fn the_token_does_not_come_back() {
    let request = api().create(submitted()).tag(format!("0/{NAME}/alone"));
    let leak = sketch::answered(request, 502, &json!({"detail": "not with Bearer t0ken"}));
    assert_eq!(failed(&[leak]), ["BRI027"]);
}
