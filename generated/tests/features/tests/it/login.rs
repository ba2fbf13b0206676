//! How a caller shows who it is, and what stays hidden.

use std::collections::BTreeMap;

use features_client::models::Account;
use features_client::{Check, Secret};
use serde_json::{from_value, json};

use crate::answering;
use crate::server::run;

#[test]
fn a_credential_travels_as_its_scheme_says_and_only_where_it_is_asked_for() {
    run(async {
        let server = answering(204, "text/plain", "").await;
        let client = server
            .builder()
            .basic_auth("me.é", "p:w")
            .bearer_token("b3arer")
            .header_key("h3ader")
            .query_key("q&ry")
            .cookie_key("c;kie")
            .build()
            .unwrap();
        client.with_basic().await.unwrap();
        client.with_bearer().await.unwrap();
        client.with_header().await.unwrap();
        client.with_query().await.unwrap();
        client.with_cookie().await.unwrap();
        let seen: Vec<_> = server
            .seen()
            .into_iter()
            .map(|request| {
                let sent = ["authorization", "x-key", "cookie"]
                    .iter()
                    .filter_map(|name| Some(format!("{name}: {}", request.header(name)?)))
                    .collect::<Vec<_>>();
                (request.target, sent.join(", "))
            })
            .collect();
        let expected = [
            // RFC 7617, with the user and password as UTF-8.
            ("/login/basic", "authorization: Basic bWUuw6k6cDp3"),
            ("/login/bearer", "authorization: Bearer b3arer"),
            ("/login/header", "x-key: h3ader"),
            ("/login/query?key=q%26ry", ""),
            ("/login/cookie", "cookie: sid=c%3Bkie"),
        ]
        .map(|(target, sent)| (target.to_owned(), sent.to_owned()));
        assert_eq!(seen, expected);
        let shown = format!("{client:?}");
        for secret in ["p:w", "b3arer", "h3ader", "q&ry", "c;kie"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    });
}

#[test]
fn read_only_members_are_read_and_never_sent() {
    run(async {
        let answer = json!({"id": "a1", "name": "n"}).to_string();
        let server = answering(200, "application/json", &answer).await;
        let client = server.client();
        let mut account = Account::new("n").with_password("s3cret");
        account.id = Some("mine".to_owned());
        let made = client.create_account(&account).await.unwrap();
        assert_eq!(made.id.as_deref(), Some("a1"));
        assert!(made.password.is_none());
        assert_eq!(
            server.only().json(),
            json!({"name": "n", "password": "s3cret"})
        );
    });
}

#[test]
fn free_values_and_names_beside_secrets_do_not_show() {
    let account: Account = from_value(json!({
        "name": "n", "notes": "hunter2", "more": [{"hunter2": 1}], "recovery": {"hunter2": "hunter2"}
    }))
    .unwrap();
    let text = format!("{account:?} {account:#?}");
    assert!(!text.contains("hunter2"), "{text}");
    let short = BTreeMap::from([("hunter2".to_owned(), Secret::from("x"))]);
    let violations = Account::new("n").with_recovery(short).check().unwrap_err();
    assert_eq!(violations[0].pointer, "/recovery/*");
}

#[test]
fn errors_name_no_member_of_a_map() {
    run(async {
        let answer = json!({"name": "n", "recovery": {"hunter2": 7}}).to_string();
        let server = answering(200, "application/json", &answer).await;
        let sent = Account::new("n");
        let error = server.client().create_account(&sent).await.unwrap_err();
        let text = error.to_string();
        assert!(
            text.ends_with("recovery.*: invalid type: integer, expected a string"),
            "{text}"
        );
    });
}
