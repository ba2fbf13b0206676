//! What is sent again, and when.

use std::time::Duration;

use serde_json::json;
use skyvern_client::models::TotpCodeCreate;
use skyvern_client::{Client, RetryPolicy};

use crate::server::{Reply, Server, run};

fn client(server: &Server, times: u32) -> Client {
    let policy =
        RetryPolicy::new(times).with_pauses(Duration::from_millis(1), Duration::from_secs(1));
    crate::builder(&server.url).retry(policy).build().unwrap()
}

fn credential() -> Reply {
    Reply::json(
        200,
        &json!({"credential_id": "c", "credential": {}, "credential_type": "secret", "name": "n"}),
    )
}

#[test]
fn a_safe_call_is_repeated_after_a_passing_failure() {
    run(async {
        for status in [429, 502, 503, 504] {
            let server = Server::script([Reply::new(status, ""), credential()]).await;
            client(&server, 2).get_credential("x").await.unwrap();
            assert_eq!(server.seen().len(), 2, "{status}");
        }
    });
}

#[test]
fn a_call_that_changes_something_is_never_repeated() {
    run(async {
        let server = Server::script([Reply::new(503, "")]).await;
        let client = client(&server, 5);
        client
            .send_totp_code(&TotpCodeCreate::new("i", "c".into()))
            .await
            .unwrap_err();
        client.delete_credential("x").await.unwrap_err();
        assert_eq!(server.seen().len(), 2);
    });
}

#[test]
fn other_failures_are_not_repeated() {
    run(async {
        for status in [400, 404, 500] {
            let server = Server::script([Reply::new(status, "")]).await;
            client(&server, 5).get_credential("x").await.unwrap_err();
            assert_eq!(server.seen().len(), 1, "{status}");
        }
    });
}

#[test]
fn repetitions_are_bounded_and_the_last_answer_is_told() {
    run(async {
        let server = Server::script([Reply::new(503, "busy")]).await;
        let error = client(&server, 2).get_credential("x").await.unwrap_err();
        assert_eq!(server.seen().len(), 3);
        assert_eq!(&error.body().unwrap()[..], b"busy");
    });
}

#[test]
fn a_server_that_asks_for_too_long_a_pause_is_not_asked_again() {
    run(async {
        let mut busy = Reply::new(503, "");
        busy.headers.push(("retry-after", "3600".to_owned()));
        let server = Server::script([busy]).await;
        client(&server, 5).get_credential("x").await.unwrap_err();
        assert_eq!(server.seen().len(), 1);
    });
}

#[test]
fn the_pause_that_the_server_asks_for_is_kept() {
    run(async {
        let mut busy = Reply::new(503, "");
        busy.headers.push(("retry-after", "1".to_owned()));
        let server = Server::script([busy, credential()]).await;
        let begin = std::time::Instant::now();
        client(&server, 1).get_credential("x").await.unwrap();
        assert!(begin.elapsed() >= Duration::from_secs(1));
    });
}

#[test]
fn a_refused_connection_is_tried_again() {
    run(async {
        // A port that was free a moment ago, and on which nobody listens.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let pauses = Duration::from_millis(20);
        let policy = RetryPolicy::new(2).with_pauses(pauses, pauses);
        let client = crate::builder(&url).retry(policy).build().unwrap();
        let begin = std::time::Instant::now();
        let error = client.get_credential("x").await.unwrap_err();
        // Two pauses of at least half the length.
        assert!(begin.elapsed() >= pauses);
        assert!(error.status().is_none());
        assert!(!format!("{error:?} {error}").contains("127.0.0.1/v1"));
    });
}
