//! The server without a defect, against the facts of the document.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::wire::{Ask, KEY, ask, card, create, exchange, get, password, post, secret, start};

const ALL: &str = "/v1/credentials";

/// What the whole file submits as secret and must never see again.
const SECRETS: [&str; 2] = ["not-shown", "4111111111"];

async fn status(server: &skyvern_conformance::reference::Running, ask: Ask) -> u16 {
    let reply = ask.send(server).await;
    for secret in SECRETS {
        assert!(!format!("{reply:?}").contains(secret), "{reply:?}");
    }
    reply.status
}

#[tokio::test]
async fn a_credential_lives_from_create_to_delete() {
    let server = start(Vec::new()).await;
    let created = post(ALL, &card("  Card ü😀\0", "4111111111110042"))
        .send(&server)
        .await;
    assert_eq!(created.status, 201);
    assert_eq!(created.header("content-type"), Some("application/json"));
    let body = created.json();
    let id = body["credential_id"].as_str().unwrap();
    assert_eq!(
        body,
        json!({
            "credential_id": id, "credential_type": "credit_card", "name": "  Card ü😀\0",
            "credential": {"last_four": "0042", "brand": "Visa"},
            "vault_type": "skyvern", "browser_profile_id": null, "auto_profile_disabled": false,
            "pin_saved_session_ip": false, "tested_url": null, "user_context": null,
            "save_browser_session_intent": null, "run_sequentially": false, "folder_id": null,
            "proxy_location": null, "proxy_session_id": null,
        })
    );
    let one = format!("{ALL}/{id}");
    assert_eq!(get(&one).send(&server).await.json(), body);
    assert_eq!(get(ALL).send(&server).await.json(), json!([body]));

    let mut new = password("New");
    new["credential"]["totp_type"] = json!("email");
    new["credential"]["totp_identifier"] = json!("+44");
    new["vault_type"] = json!("gcp");
    new["proxy_location"] = json!({"country": "GB", "x": 1.5});
    new["pin_saved_session_ip"] = json!(true);
    let updated = post(&format!("{one}/update"), &new).send(&server).await;
    assert_eq!(updated.status, 200);
    let body = updated.json();
    assert_eq!(body["credential_id"], id);
    assert_eq!(
        body["credential"],
        json!({"username": "New@example.org", "totp_type": "email", "totp_identifier": "+44"})
    );
    assert_eq!(body["credential_type"], "password");
    assert_eq!(body["vault_type"], "gcp");
    assert_eq!(body["proxy_location"], new["proxy_location"]);
    assert_eq!(get(&one).send(&server).await.json(), body);

    // What this update leaves out is gone, except where absent and null differ.
    let updated = post(&format!("{one}/update"), &secret("Third", None))
        .send(&server)
        .await
        .json();
    assert_eq!(updated["credential"], json!({"secret_label": null}));
    assert_eq!(updated["vault_type"], "skyvern");
    assert_eq!(updated["pin_saved_session_ip"], false);
    assert_eq!(updated["proxy_location"], new["proxy_location"]);

    let deleted = ask("POST", &format!("{one}/delete")).send(&server).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    assert_eq!(deleted.header("content-type"), None);
    for ask in [
        ask("POST", &format!("{one}/delete")),
        get(&one),
        post(&format!("{one}/update"), &password("Late")),
    ] {
        let reply = ask.send(&server).await;
        assert_eq!(reply.status, 404);
        assert_eq!(reply.json(), json!({"detail": "credential not found"}));
    }
    assert_eq!(get(ALL).send(&server).await.json(), json!([]));
}

#[tokio::test]
async fn pages_are_a_partition_newest_first() {
    let server = start(Vec::new()).await;
    let mut ids = Vec::new();
    for number in 0..23 {
        ids.insert(0, create(&server, &password(&format!("n{number}"))).await);
    }
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 23);
    let listed = async |query: String| -> Vec<String> {
        let list = get(&format!("{ALL}{query}")).send(&server).await.json();
        let ids = list.as_array().unwrap().iter();
        ids.map(|item| item["credential_id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(listed(String::new()).await, ids[..10]);
    for size in [1, 7, 10, 23, 24] {
        let mut all = Vec::new();
        for page in 1.. {
            let items = listed(format!("?page={page}&page_size={size}")).await;
            if items.is_empty() {
                break;
            }
            assert!(items.len() <= size);
            all.extend(items);
        }
        assert_eq!(all, ids, "page_size {size}");
    }
    let huge = "9".repeat(40);
    assert_eq!(listed(format!("?page_size={huge}")).await, ids);
    assert!(
        listed(format!("?page={huge}&page_size={huge}"))
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn filters_and_search() {
    let server = start(Vec::new()).await;
    let mut stored = password("Über%Shop");
    stored["vault_type"] = json!("bitwarden");
    create(&server, &stored).await;
    create(&server, &card("Second", "4111111111117777")).await;
    create(&server, &secret("Third", Some("Stripe Key"))).await;
    let names = async |query: &str| -> Vec<String> {
        let list = get(&format!("{ALL}?{query}")).send(&server).await.json();
        let items = list.as_array().unwrap().iter();
        items
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect()
    };
    for (query, expected) in [
        ("credential_type=password", &["Über%Shop"][..]),
        ("credential_type=credit_card", &["Second"]),
        ("credential_type=secret&unknown=1", &["Third"]),
        ("vault_type=bitwarden", &["Über%Shop"]),
        ("vault_type=skyvern", &["Third", "Second"]),
        ("vault_type=custom", &[]),
        ("search=%C3%9CBER%25", &["Über%Shop"]),
        ("search=SHOP%40EXAMPLE", &["Über%Shop"]),
        ("search=7777", &["Second"]),
        ("search=VISA", &["Second"]),
        ("search=stripe+key", &["Third"]),
        ("search=", &["Third", "Second", "Über%Shop"]),
        // Neither a pattern nor a secret is matched.
        ("search=%25r", &[]),
        ("search=not-shown", &[]),
        ("search=41111", &[]),
    ] {
        assert_eq!(names(query).await, expected, "{query}");
    }
    assert_eq!(names(&format!("search={}", "x".repeat(200))).await, [""; 0]);
}

#[tokio::test]
async fn refusals_name_the_place_and_nothing_else() {
    let server = start(Vec::new()).await;
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut body = password("Shop");
        change(&mut body);
        post(ALL, &body)
    };
    let branch = |member: &str| json!(["body", "credential", "NonEmptyPasswordCredential", member]);
    for (ask, loc, kind) in [
        (ask("POST", ALL), json!(["body"]), "missing"),
        (
            post(ALL, &json!(null)),
            json!(["body"]),
            "model_attributes_type",
        ),
        (
            post(ALL, &json!([])),
            json!(["body"]),
            "model_attributes_type",
        ),
        (
            post(ALL, &password("x")).with("content-type", "text/plain"),
            json!(["body"]),
            "content_type",
        ),
        (
            post(ALL, &password("x")).without("content-type"),
            json!(["body"]),
            "content_type",
        ),
        (
            post(ALL, &password("x")).with("content-type", "application/json; charset=latin1"),
            json!(["body"]),
            "content_type",
        ),
        (
            changed(&|body| body["name"] = json!(5)),
            json!(["body", "name"]),
            "string_type",
        ),
        (
            changed(&|body| body["name"] = json!(null)),
            json!(["body", "name"]),
            "string_type",
        ),
        (
            changed(&|body| body["credential_type"] = json!("PASSWORD")),
            json!(["body", "credential_type"]),
            "enum",
        ),
        (
            changed(&|body| body["vault_type"] = json!("none")),
            json!(["body", "vault_type"]),
            "enum",
        ),
        (
            changed(&|body| body["pin_saved_session_ip"] = json!("true")),
            json!(["body", "pin_saved_session_ip"]),
            "bool_type",
        ),
        (
            changed(&|body| body["proxy_location"] = json!("RESIDENTIAL_XX")),
            json!(["body", "proxy_location"]),
            "enum",
        ),
        (
            changed(&|body| body["credential"] = json!([])),
            json!(["body", "credential", "NonEmptyPasswordCredential"]),
            "model_attributes_type",
        ),
        (
            changed(&|body| body["credential"]["password"] = json!("")),
            branch("password"),
            "string_too_short",
        ),
        (
            changed(&|body| body["credential"] = json!({"password": "pw-not-shown"})),
            branch("username"),
            "missing",
        ),
        (
            changed(&|body| body["credential"]["totp_type"] = json!(null)),
            branch("totp_type"),
            "enum",
        ),
        (
            changed(&|body| body["credential"]["totp_type"] = json!("authenticator")),
            branch("totp"),
            "missing",
        ),
        (
            changed(&|body| body["credential"]["metadata"] = json!({"not-shown": 5})),
            branch("metadata"),
            "string_type",
        ),
        (
            changed(&|body| body["credential_type"] = json!("secret")),
            json!(["body", "credential", "SecretCredential", "secret_value"]),
            "missing",
        ),
        (
            get("/v1/credentials?page=0"),
            json!(["query", "page"]),
            "greater_than_equal",
        ),
        (
            get("/v1/credentials?page_size=-1"),
            json!(["query", "page_size"]),
            "greater_than_equal",
        ),
        (
            get("/v1/credentials?page_size=abc"),
            json!(["query", "page_size"]),
            "int_parsing",
        ),
        (
            get("/v1/credentials?vault_type=null"),
            json!(["query", "vault_type"]),
            "enum",
        ),
        (
            get("/v1/credentials?credential_type="),
            json!(["query", "credential_type"]),
            "enum",
        ),
        (
            get(&format!("{ALL}?search={}", "x".repeat(201))),
            json!(["query", "search"]),
            "string_too_long",
        ),
        (
            post(
                "/v1/credentials/totp",
                &json!({"totp_identifier": "a", "content": "b", "expired_at": "soon"}),
            ),
            json!(["body", "expired_at"]),
            "datetime_parsing",
        ),
        (
            post(
                "/v1/credentials/custom_credential/create",
                &json!({"config": {"api_base_url": "http://127.0.0.1"}}),
            ),
            json!(["body", "config", "api_token"]),
            "missing",
        ),
    ] {
        let reply = ask.send(&server).await;
        assert_eq!(reply.status, 422, "{ask:?}");
        let detail = &reply.json()["detail"];
        assert_eq!(detail.as_array().map(Vec::len), Some(1), "{detail}");
        assert_eq!(detail[0]["loc"], loc);
        assert_eq!(detail[0]["type"], kind, "{ask:?}");
        assert_eq!(detail[0].as_object().unwrap().len(), 3, "loc, msg and type");
        assert!(!reply.text.contains("not-shown"));
    }
    let everything = post(ALL, &json!({"credential": {}})).send(&server).await;
    assert_eq!(everything.json()["detail"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_the_document_allows_is_taken() {
    let server = start(Vec::new()).await;
    for change in [
        json!({}),
        json!({"name": ""}),
        json!({"name": "x".repeat(100_000)}),
        json!({"name": "\u{0}\u{7f}\u{202e}\u{10ffff}\\\"'<>%_"}),
        json!({"unknown": {"a": [1, 2.5, null]}}),
        json!({"vault_type": null, "proxy_location": null, "proxy_session_id": null,
               "browser_profile_id": null, "tested_url": null}),
        json!({"proxy_location": "US-CA", "auto_profile_disabled": true}),
        json!({"proxy_location": {}, "browser_profile_id": ""}),
        json!({"credential": {"username": "u", "password": "p", "totp": null, "metadata": null,
               "totp_identifier": null, "extra": 5}}),
        json!({"credential": {"username": "u", "password": "p", "totp": "", "metadata": {},
               "totp_type": "passkey", "totp_identifier": ""}}),
        json!({"credential": {"username": "u", "password": "p", "metadata": {"a": "b"},
               "totp": "JBSWY3DPEHPK3PXP", "totp_type": "authenticator"}}),
        json!({"credential_type": "secret", "credential": {"secret_value": "v"}}),
        json!({"credential_type": "credit_card", "credential": {
               "card_number": "1", "card_cvv": "1", "card_exp_month": "1", "card_exp_year": "1",
               "card_brand": "b", "card_holder_name": "h", "billing_email": null,
               "billing_address": {"line1": null, "city": "c", "extra": 5}}}),
    ] {
        let mut body = password("Shop");
        let members = change.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(members);
        let reply = post(ALL, &body).send(&server).await;
        assert_eq!(reply.status, 201, "{change} {}", reply.text);
        assert_eq!(reply.json()["name"], body["name"]);
    }
    let polite = post(ALL, &password("x")).with("content-type", "Application/JSON ; Charset=UTF-8");
    assert_eq!(status(&server, polite).await, 201);
}

#[tokio::test]
async fn refusals_come_in_the_order_of_the_facts() {
    let server = start(Vec::new()).await;
    let unknown = format!("{ALL}/cred_1/update");
    let invalid = json!({"name": 1});
    for (ask, expected) in [
        (post("/v1/other", &invalid).key("wrong"), 404),
        (post("/v1/credentials/", &invalid).key("wrong"), 404),
        (ask("DELETE", ALL).key("wrong"), 405),
        (ask("POST", &unknown).raw("{").key("wrong"), 422),
        (post(&unknown, &invalid).key("wrong"), 403),
        (post(&unknown, &invalid), 422),
        (post(&unknown, &password("x")), 404),
        (post(&unknown, &password("x")).key("wrong"), 403),
        // Not parsed, so not malformed.
        (
            ask("POST", ALL)
                .raw("{")
                .with("content-type", "text/plain")
                .key("wrong"),
            403,
        ),
        (get("/v1/credentials?page=0").key("wrong"), 403),
        (get("/v1/credentials/totp"), 405),
    ] {
        assert_eq!(status(&server, ask.clone()).await, expected, "{ask:?}");
    }
    let reply = ask("PUT", ALL).send(&server).await;
    assert_eq!(reply.header("allow"), Some("GET, POST"));
}

#[tokio::test]
async fn only_the_key_opens() {
    let server = start(Vec::new()).await;
    let longer = format!("{KEY}x");
    let quoted = format!("\"{KEY}\"");
    let lower = KEY.to_lowercase();
    let id = create(&server, &password("Shop")).await;
    let config =
        json!({"config": {"api_base_url": "http://127.0.0.1:1", "api_token": "t-not-shown"}});
    let code = json!({"totp_identifier": "a", "content": "123456"});
    for ask in [
        post(ALL, &password("x")),
        get(ALL),
        get(&format!("{ALL}/{id}")),
        post(&format!("{ALL}/{id}/update"), &password("x")),
        ask("POST", &format!("{ALL}/{id}/delete")),
        post(&format!("{ALL}/totp"), &code),
        get(&format!("{ALL}/custom_credential/get")),
        post(&format!("{ALL}/custom_credential/create"), &config),
        post(&format!("{ALL}/custom_credential/test_connection"), &config),
    ] {
        let bare = ask.clone().without("x-api-key");
        let mut refused = vec![
            bare.clone(),
            bare.clone().with("authorization", &format!("Bearer {KEY}")),
            bare.with("cookie", &format!("x-api-key={KEY}")),
        ];
        for key in ["", "wrong", &KEY[..20], &longer, &quoted, &lower] {
            refused.push(ask.clone().key(key));
        }
        for ask in refused {
            let reply = ask.send(&server).await;
            assert_eq!(reply.status, 403, "{ask:?}");
            assert_eq!(reply.json(), json!({"detail": "invalid credentials"}));
        }
    }
    let in_query = get(&format!("{ALL}?x-api-key={KEY}")).without("x-api-key");
    assert_eq!(status(&server, in_query).await, 403);
    // Nothing of this had an effect.
    let list = get(ALL).send(&server).await.json();
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0]["name"], "Shop");
}

#[tokio::test]
async fn what_no_polite_client_sends_is_refused_and_survived() {
    let server = start(Vec::new()).await;
    let whole = password("x").to_string();
    let with_name = |name: &[u8]| -> Vec<u8> {
        [
            &b"{\"credential_type\":\"secret\",\"credential\":{\"secret_value\":\"v\"},\"name\":"[..],
            name,
            b"}",
        ]
        .concat()
    };
    let deep = "[".repeat(100_000);
    for body in [
        whole.as_bytes()[..whole.len() - 1].to_vec(),
        format!("{whole} x").into_bytes(),
        format!("{whole}{whole}").into_bytes(),
        format!("\u{feff}{whole}").into_bytes(),
        whole.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        with_name(b"\"a\", \"name\": \"b\""),
        with_name(b"NaN"),
        with_name(b"-Infinity"),
        with_name(b"1e999"),
        with_name(b"\"\xff\""),
        with_name(b"\"\\ud800\""),
        with_name(b"\"a\nb\""),
        with_name(b"'a'"),
        with_name(b"\"a\" /* */"),
        with_name(deep.as_bytes()),
        b"\"text\"".to_vec(),
    ] {
        let reply = ask("POST", ALL).raw(&body).send(&server).await;
        assert_eq!(reply.status, 422, "{}", String::from_utf8_lossy(&body));
        assert_eq!(reply.json()["detail"][0]["loc"][0], "body");
    }
    let kib = vec![b' '; 1024];
    let mut body = kib.repeat(1023);
    body.extend(whole.bytes());
    assert_eq!(status(&server, ask("POST", ALL).raw(&body)).await, 201);
    let reply = ask("POST", ALL).raw(kib.repeat(4096)).send(&server).await;
    assert_eq!(reply.status, 413);
    assert!(reply.json()["detail"].is_string());

    let lost = ask("PUT", ALL).raw(kib.repeat(4096));
    assert_eq!(status(&server, lost).await, 405);

    let id = create(&server, &password("x")).await;
    for path in [
        format!("{ALL}/..%2f{id}"),
        format!("{ALL}/x/../{id}"),
        format!("{ALL}%2F{id}"),
        format!("{ALL}/./{id}"),
        format!("{ALL}//{id}"),
        format!("{ALL}/{id}%00"),
        format!("{ALL}/%ff"),
        format!("{ALL}/%zz"),
        format!("{ALL}/{}", "9".repeat(10_000)),
        format!("{ALL}/{}", &id[..id.len() - 1]),
    ] {
        assert_eq!(status(&server, get(&path)).await, 404, "{path}");
    }
    let encoded = id.replace('_', "%5f");
    assert_eq!(status(&server, get(&format!("{ALL}/{encoded}"))).await, 200);
    for query in [
        "page=1&page=2",
        "page[]=1",
        "=",
        "&&&",
        "%",
        "%ff=%ff",
        "search=%ff%00",
    ] {
        assert_eq!(
            status(&server, get(&format!("{ALL}?{query}"))).await,
            200,
            "{query}"
        );
    }
    for method in ["PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "FOO"] {
        assert_eq!(status(&server, ask(method, ALL)).await, 405, "{method}");
    }
    let garbage = exchange(server.address(), b"garbage\r\n\r\n").await;
    assert_eq!(garbage.status, 400);
    assert_eq!(status(&server, get(ALL)).await, 200);
}

#[tokio::test]
async fn codes_and_the_custom_service() {
    let server = start(Vec::new()).await;
    let code = json!({
        "totp_identifier": " Ada@example.org ", "content": "Web shop: 204816 is your code",
        "task_id": "tsk_1", "workflow_run_id": null, "source": "sms", "type": "magic_link",
        "expired_at": "2026-11-21T05:22:39Z",
    });
    let reply = post("/v1/credentials/totp", &code).send(&server).await;
    assert_eq!(reply.status, 200);
    let answered = reply.json();
    for (name, value) in code.as_object().unwrap() {
        assert_eq!(&answered[name], value, "{name}");
    }
    assert_eq!(answered["code"], "204816");
    assert_eq!(answered["otp_type"], "totp");
    assert_eq!(answered.as_object().unwrap().len(), 14);

    let custom = |what: &str| format!("{ALL}/custom_credential/{what}");
    assert_eq!(get(&custom("get")).send(&server).await.status, 404);
    let config = |url: &str| json!({"config": {"api_base_url": url, "api_token": "tok-not-shown"}});
    let set = post(&custom("create"), &config("http://127.0.0.1:9/x"))
        .send(&server)
        .await;
    assert_eq!(set.status, 200);
    assert!(set.text.contains("http://127.0.0.1:9/x") && !set.text.contains("not-shown"));
    assert_eq!(get(&custom("get")).send(&server).await.json(), set.json());

    // The server is a service that knows no bearer token: a 403, so no success.
    for url in [
        &format!("{}{ALL}", server.url()),
        "http://127.0.0.1:1",
        "http://192.0.2.1",
        "no",
    ] {
        let tested = post(&custom("test_connection"), &config(url))
            .send(&server)
            .await;
        assert_eq!(tested.status, 400, "{url}");
        assert!(tested.json()["detail"].is_string());
    }
}

#[tokio::test]
async fn a_server_that_was_shut_down_is_gone() {
    let server = start(Vec::new()).await;
    let name = "Kept by the server that is gone";
    assert_eq!(status(&server, post(ALL, &password(name))).await, 201);
    let address = server.address();
    server.shutdown().await;
    // The port may be that of another test's server by now.
    if let Ok(mut stream) = tokio::net::TcpStream::connect(address).await {
        let request = format!("GET {ALL} HTTP/1.0\r\nhost: x\r\nx-api-key: {KEY}\r\n\r\n");
        let mut answer = Vec::new();
        let asked = async {
            stream.write_all(request.as_bytes()).await?;
            stream.read_to_end(&mut answer).await
        };
        let _ = tokio::time::timeout(Duration::from_secs(5), asked).await;
        let text = String::from_utf8_lossy(&answer);
        assert!(!text.contains(name), "{text}");
    }
}
