//! The bytes of each operation, and what becomes of its answers.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::json;
use skyvern_client::models::{
    CreateCredentialRequest, CreateCustomCredentialServiceConfigRequest, CredentialType,
    CredentialVaultType, CustomCredentialServiceConfig, ErrorResponseDetail, SecretCredential,
    TotpCodeCreate,
};
use skyvern_client::operations::credentials::{
    GetCredentialError, GetCredentialsParams, UpdateCredentialError,
};
use skyvern_client::{BuildError, Error, RetryPolicy, TransportError};

use crate::server::{Recorded, Reply, Server, run};

fn secret() -> CreateCredentialRequest {
    let credential = SecretCredential::new("s3cret".into()).with_secret_label("label");
    CreateCredentialRequest::new("n", CredentialType::Secret, credential)
}

fn public(id: &str) -> serde_json::Value {
    json!({"credential_id": id, "credential": {"secret_label": "label"}, "credential_type": "secret", "name": "n"})
}

fn page(ids: std::ops::Range<usize>) -> Reply {
    let list: Vec<_> = ids.map(|id| public(&format!("cred_{id}"))).collect();
    Reply::json(200, &json!(list))
}

#[test]
fn each_operation_sends_what_the_document_says() {
    run(async {
        let server = Server::start(|request| match request.target.as_str() {
            target if target.contains('?') => Reply::json(200, &json!([])),
            target if target.ends_with("/delete") => Reply::new(204, ""),
            target if target.ends_with("/totp") => Reply::json(
                200,
                &json!({
                    "totp_identifier": "i", "content": "c", "totp_code_id": "t", "code": "123456",
                    "organization_id": "o", "created_at": "2026-11-21T05:17:39.434043",
                    "modified_at": "2026-11-21T05:17:39.434043"
                }),
            ),
            "/v1/credentials" => Reply::json(201, &public("cred_1")),
            _ => Reply::json(200, &public("cred_1")),
        })
        .await;
        let client = server.client();
        client.create_credential(&secret()).await.unwrap();
        let params = GetCredentialsParams::new()
            .with_page(2)
            .with_vault_type(CredentialVaultType::AzureVault)
            .with_search("a b&c/é");
        client.get_credentials(&params).await.unwrap();
        client.get_credential("cred/1 ?#%").await.unwrap();
        client.update_credential("cred_1", &secret()).await.unwrap();
        client.delete_credential("cred_1").await.unwrap();
        let code = client
            .send_totp_code(&TotpCodeCreate::new("i", "c".into()))
            .await
            .unwrap();
        assert_eq!(code.created_at.unix_seconds(), 1_795_238_259);
        assert_eq!(code.created_at.offset_minutes(), None);
        let config = CustomCredentialServiceConfig::new("http://127.0.0.1:1", "t0ken".into());
        let config = CreateCustomCredentialServiceConfigRequest::new(config);
        // The answers are not of their types: it is the requests that count here.
        drop(client.get_custom_credential_service_config().await);
        drop(
            client
                .update_custom_credential_service_config(&config)
                .await,
        );
        drop(
            client
                .test_custom_credential_service_connection(&config)
                .await,
        );

        let seen = server.seen();
        let lines: Vec<_> = seen.iter().map(Recorded::line).collect();
        assert_eq!(
            lines,
            [
                "POST /v1/credentials",
                "GET /v1/credentials?page=2&vault_type=azure_vault&search=a%20b%26c%2F%C3%A9",
                "GET /v1/credentials/cred%2F1%20%3F%23%25",
                "POST /v1/credentials/cred_1/update",
                "POST /v1/credentials/cred_1/delete",
                "POST /v1/credentials/totp",
                "GET /v1/credentials/custom_credential/get",
                "POST /v1/credentials/custom_credential/create",
                "POST /v1/credentials/custom_credential/test_connection",
            ]
        );
        for request in &seen {
            assert_eq!(request.header("x-api-key"), Some("test-key"));
            assert_eq!(request.header("accept"), Some("application/json"));
            let has_body = !request.body.is_empty();
            let json = request.header("content-type") == Some("application/json");
            assert_eq!(has_body, json, "{}", request.line());
        }
        assert_eq!(
            seen[0].json(),
            json!({
                "name": "n", "credential_type": "secret",
                "credential": {"secret_value": "s3cret", "secret_label": "label"}
            })
        );
        assert_eq!(seen[0].body, seen[3].body);
        assert!(seen[4].body.is_empty());
        assert_eq!(
            seen[5].json(),
            json!({"totp_identifier": "i", "content": "c"})
        );
        assert_eq!(
            seen[7].json(),
            json!({"config": {"api_base_url": "http://127.0.0.1:1", "api_token": "t0ken"}})
        );
    });
}

#[test]
fn a_base_url_may_have_a_path_and_a_slash() {
    run(async {
        let server = Server::script([Reply::json(200, &public("cred_1"))]).await;
        for tail in ["/api", "/api/"] {
            let client = crate::builder(&format!("{}{tail}", server.url))
                .build()
                .unwrap();
            client.get_credential("x").await.unwrap();
        }
        let targets: Vec<_> = server.seen().into_iter().map(|seen| seen.target).collect();
        assert_eq!(targets, ["/api/v1/credentials/x", "/api/v1/credentials/x"]);
        assert_eq!(server.seen()[0].header("x-api-key"), None);
    });
}

#[test]
fn what_cannot_be_a_base_url_is_refused() {
    for url in [
        "",
        "localhost",
        "ftp://a",
        "http://a?x=1",
        "http://a#x",
        "data:x",
    ] {
        assert!(
            matches!(crate::builder(url).build(), Err(BuildError::BaseUrl)),
            "{url}"
        );
    }
    let refused = crate::builder("http://a").api_key("line\nbreak").build();
    assert!(matches!(refused, Err(BuildError::Credential("api_key"))));
}

#[test]
fn an_id_that_would_reach_another_url_is_not_sent() {
    run(async {
        let server = Server::script([Reply::json(200, &public("cred_1"))]).await;
        for id in ["", ".", ".."] {
            let error = server.client().delete_credential(id).await.unwrap_err();
            let Error::Argument(argument) = &error else {
                panic!("{error}");
            };
            assert_eq!(argument.name, "credential_id");
        }
        assert!(server.seen().is_empty());
    });
}

#[test]
fn documented_errors_are_typed_and_keep_the_answer() {
    run(async {
        let mut missing = Reply::json(404, &json!({"detail": "no such thing"}));
        missing.headers.push(("x-request-id", "r-1".to_owned()));
        let invalid = json!({"detail": [{"loc": ["body", 0, "name"], "msg": "m", "type": "t"}]});
        let server = Server::script([
            missing,
            Reply::json(422, &invalid),
            Reply::new(418, "teapot"),
            Reply::new(404, "not JSON"),
        ])
        .await;
        let client = server.client();

        let error = client.get_credential("x").await.unwrap_err();
        let Some(GetCredentialError::NotFound(response)) = error.documented() else {
            panic!("{error}");
        };
        let detail = ErrorResponseDetail::String("no such thing".to_owned());
        assert_eq!(response.detail, detail);
        assert_eq!(error.status().unwrap(), 404);
        assert_eq!(error.headers().unwrap()["x-request-id"], "r-1");
        assert_eq!(&error.body().unwrap()[..], br#"{"detail":"no such thing"}"#);

        let error = client.update_credential("x", &secret()).await.unwrap_err();
        let Some(UpdateCredentialError::UnprocessableContent(response)) = error.documented() else {
            panic!("{error}");
        };
        assert_eq!(serde_json::to_value(response).unwrap(), invalid);

        let error = client.get_credential("x").await.unwrap_err();
        assert!(matches!(error, Error::Unexpected(_)));
        assert_eq!(&error.body().unwrap()[..], b"teapot");

        let error = client.get_credential("x").await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{error}");
        assert_eq!(error.status().unwrap(), 404);
        assert_eq!(&error.body().unwrap()[..], b"not JSON");
    });
}

#[test]
fn a_body_that_is_not_as_documented_is_an_error_that_names_the_member() {
    run(async {
        let mut wrong = public("cred_1");
        wrong["credential"] = json!({"username": ["hunter2"]});
        let server = Server::script([Reply::json(200, &wrong)]).await;
        let error = server.client().get_credential("x").await.unwrap_err();
        let Error::Decode(failure) = &error else {
            panic!("{error}");
        };
        assert_eq!(failure.error.path(), "credential.username");
        assert_eq!(
            failure.error.to_string(),
            "credential.username: invalid type: sequence, expected a string"
        );
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    });
}

#[test]
fn a_body_is_bounded() {
    run(async {
        let server = Server::script([Reply::new(200, vec![b' '; 4096])]).await;
        let client = crate::builder(&server.url).max_body(1024).build().unwrap();
        let error = client.get_credential("x").await.unwrap_err();
        assert!(matches!(
            error,
            Error::Transport(TransportError::TooLong(1024))
        ));
    });
}

#[test]
fn a_server_that_does_not_answer_is_given_up() {
    run(async {
        let server = Server::script([Reply::never()]).await;
        let client = crate::builder(&server.url)
            .timeout(Duration::from_millis(50))
            .retry(RetryPolicy::NEVER)
            .build()
            .unwrap();
        let error = client.get_credential("x").await.unwrap_err();
        assert!(error.is_timeout(), "{error}");
    });
}

#[test]
fn a_redirect_is_not_followed() {
    run(async {
        let mut redirect = Reply::new(307, "");
        redirect.headers.push(("location", "/elsewhere".to_owned()));
        let server = Server::script([redirect]).await;
        let error = server
            .client()
            .create_credential(&secret())
            .await
            .unwrap_err();
        assert_eq!(error.status().unwrap(), 307);
        assert_eq!(server.seen().len(), 1);
    });
}

#[test]
fn pages_are_walked_until_one_is_short() {
    run(async {
        let server = Server::script([page(0..2), page(2..4), page(4..5)]).await;
        let client = server.client();
        let params = GetCredentialsParams::new().with_page_size(2);
        let all: Vec<_> = client.get_credentials_pages(&params).collect().await;
        let ids: Vec<_> = all
            .into_iter()
            .map(|one| one.unwrap().credential_id)
            .collect();
        assert_eq!(ids, ["cred_0", "cred_1", "cred_2", "cred_3", "cred_4"]);
        let targets: Vec<_> = server.seen().into_iter().map(|seen| seen.target).collect();
        let expected = [1, 2, 3].map(|page| format!("/v1/credentials?page={page}&page_size=2"));
        assert_eq!(targets, expected);
    });
}

#[test]
fn pages_end_with_an_error_and_fetch_no_more_than_asked() {
    run(async {
        let server = Server::script([page(0..2), Reply::new(500, "")]).await;
        let client = server.client();
        let params = GetCredentialsParams::new().with_page_size(2).with_page(7);
        let mut pages = client.get_credentials_pages(&params);
        assert!(pages.next().await.unwrap().is_ok());
        assert!(pages.next().await.unwrap().is_ok());
        assert_eq!(server.seen().len(), 1);
        assert!(pages.next().await.unwrap().is_err());
        assert!(pages.next().await.is_none());
        assert_eq!(
            server.seen()[1].target,
            "/v1/credentials?page=8&page_size=2"
        );
    });
}
