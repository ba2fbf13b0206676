//! Every defect shows on the wire, and the benign ones change nothing that matters: a script of
//! requests for each suite is played to a clean server and to one with each defect.

use std::collections::BTreeSet;

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use skyvern_conformance::check::{self, Suite};
use skyvern_conformance::reference::skyvern::DEFECTS;
use skyvern_conformance::reference::{Defect, Kind, Running};

use super::wire::{Ask, KEY, Reply, ask, card, exchange, get, password, post, secret, start};

const ALL: &str = "/v1/credentials";

#[test]
fn the_table_is_well_formed() {
    let mut names = BTreeSet::new();
    for defect in DEFECTS {
        assert!(names.insert(defect.name), "{} stands twice", defect.name);
        let is_kebab =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        assert!(defect.name.bytes().all(is_kebab), "{}", defect.name);
        assert_eq!(check::find(defect.check).unwrap().suite, defect.suite);
    }
    let count = |kind| DEFECTS.iter().filter(|defect| defect.kind == kind).count();
    assert!(count(Kind::Fault) >= 70 && count(Kind::Benign) >= 10);
}

#[test]
fn every_check_of_this_server_has_a_fault() {
    for check in check::CHECKS.iter() {
        // The document requires no header.
        let has_fault = DEFECTS
            .iter()
            .any(|defect| defect.check == check.id && defect.kind == Kind::Fault);
        let none_possible = ["SCH004", "ROB011"].contains(&check.id);
        // Their faults are those of other tables.
        let is_elsewhere = matches!(check.suite, Suite::Bridge | Suite::Contract);
        assert!(
            has_fault || none_possible || is_elsewhere,
            "{}: {}",
            check.id,
            check.sentence
        );
    }
}

#[tokio::test]
async fn a_defect_of_another_server_is_refused() {
    use skyvern_conformance::reference::skyvern::{self, Config, StartError};
    static FOREIGN: Defect = Defect {
        name: "foreign",
        suite: Suite::Schema,
        kind: Kind::Fault,
        summary: "",
        check: "SCH001",
        also: &[],
    };
    let mut config = Config::new();
    config.defects.push(&FOREIGN);
    let error = skyvern::start(config).await.unwrap_err();
    assert!(matches!(error, StartError::UnknownDefect(_)), "{error}");
}

#[tokio::test]
async fn connections_stay_open_unless_the_variation_closes_them() {
    let request = format!("GET {ALL} HTTP/1.1\r\nhost: test\r\nx-api-key: {KEY}\r\n\r\n");
    let closes: Vec<&Defect> = DEFECTS
        .iter()
        .filter(|defect| defect.name == "connection-closes")
        .collect();
    let closing = start(closes).await;
    assert_eq!(
        exchange(closing.address(), request.as_bytes()).await.status,
        200
    );
    let keeping = start(Vec::new()).await;
    assert_eq!(
        exchange(keeping.address(), request.as_bytes()).await.text,
        "hangs"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_defect_shows_and_the_benign_do_no_harm() {
    let mut clean = Vec::new();
    for suite in Suite::ALL {
        let server = start(Vec::new()).await;
        clean.push((suite, play(suite, server, &[], Until::End).await));
    }
    for (suite, steps) in &clean {
        let again = play(*suite, start(Vec::new()).await, steps, Until::End).await;
        let mut pairs = steps.iter().zip(&again);
        let differs = pairs.find(|(step, again)| step.reply != again.reply);
        assert!(
            differs.is_none(),
            "a script is not repeatable: {differs:#?}"
        );
    }
    let clean = &clean;
    // How leaks show is another test's business.
    let defects = DEFECTS
        .iter()
        .filter(|defect| defect.suite != Suite::Redaction);
    let judged: Vec<Result<(), String>> = stream::iter(defects)
        .map(async |defect| {
            let (_, clean) = clean
                .iter()
                .find(|(suite, _)| *suite == defect.suite)
                .unwrap();
            let until = match defect.kind {
                Kind::Fault => Until::Difference,
                Kind::Benign => Until::End,
            };
            let server = start(vec![defect]).await;
            let flawed = play(defect.suite, server, clean, until).await;
            judge(defect, clean, &flawed)
        })
        .buffer_unordered(8)
        .collect()
        .await;
    let wrong: Vec<String> = judged.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn judge(defect: &Defect, clean: &[Step], flawed: &[Step]) -> Result<(), String> {
    // A handler that panics closes its connection, too.
    let unanswered = |text: &str| flawed.iter().any(|step| step.reply.text == text);
    if (unanswered("closed") && !defect.name.ends_with("-drops"))
        || (unanswered("hangs") && !defect.name.ends_with("-hangs"))
    {
        return Err(format!(
            "{} leaves a request without an answer",
            defect.name
        ));
    }
    let mut pairs = clean.iter().zip(flawed);
    match defect.kind {
        Kind::Fault if pairs.all(|(clean, flawed)| clean.reply == flawed.reply) => {
            Err(format!("{} does not show", defect.name))
        }
        Kind::Fault => Ok(()),
        Kind::Benign => {
            // Time and the state of connections are not written down.
            if !["some-milliseconds", "connection-closes"].contains(&defect.name)
                && pairs
                    .clone()
                    .all(|(clean, flawed)| clean.reply == flawed.reply)
            {
                return Err(format!("{} does not show", defect.name));
            }
            match pairs.find(|(clean, flawed)| !is_harmless(defect, clean, flawed)) {
                Some((clean, flawed)) => Err(format!("{}: {clean:#?}\n{flawed:#?}", defect.name)),
                None => Ok(()),
            }
        }
    }
}

/// Whether a client could not care less.
fn is_harmless(defect: &Defect, clean: &Step, flawed: &Step) -> bool {
    let (before, after) = (&clean.reply, &flawed.reply);
    if before.status >= 400 {
        let may_become = match defect.name {
            "slash-redirected" => 307,
            "duplicates-last-wins" => 201,
            _ => 400,
        };
        return after.status / 100 == 4 || after.status == may_become;
    }
    before.status == after.status && covers(&after.json(), &before.json())
}

/// Whether `whole` has all that is in `part` and is not null.
pub(super) fn covers(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (_, Value::Null) => true,
        (Value::Object(whole), Value::Object(part)) => part
            .iter()
            .all(|(name, value)| covers(whole.get(name).unwrap_or(&Value::Null), value)),
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len()
                && whole
                    .iter()
                    .zip(part)
                    .all(|(whole, part)| covers(whole, part))
        }
        _ => whole == part,
    }
}

/// A request, for a person, and what came back, without what differs each time.
#[derive(Debug)]
struct Step {
    #[expect(dead_code, reason = "printed when a comparison fails")]
    request: String,
    reply: Reply,
}

/// How long a script goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    End,
    /// From there on, nothing is sent.
    Difference,
}

/// Plays to one server and writes down what it answers.
struct Script<'a> {
    server: Running,
    /// What the clean server answers; empty when this is the clean one.
    usual: &'a [Step],
    until: Until,
    differs: bool,
    /// Ids, in the order in which they first appeared.
    ids: Vec<String>,
    steps: Vec<Step>,
}

impl Script<'_> {
    async fn send(&mut self, ask: Ask) -> Reply {
        if self.differs {
            return Reply::default();
        }
        let reply = ask.send(&self.server).await;
        self.note(&ask, reply.clone());
        reply
    }

    fn note(&mut self, ask: &Ask, reply: Reply) {
        if self.differs {
            return;
        }
        let mut shown = reply;
        if shown.status == 201
            && let Some(id) = shown.json()["credential_id"].as_str()
        {
            let length = ("id-length".to_owned(), id.len().to_string());
            shown.headers.push(length);
            self.ids.push(id.to_owned());
        }
        shown
            .headers
            .retain(|(name, _)| name != "date" && name != "content-length");
        if let Ok(mut body) = serde_json::from_str::<Value>(&shown.text) {
            // How a value is written shows beside it.
            let compact = body.to_string();
            if compact != shown.text {
                let header = ("written".to_owned(), "otherwise".to_owned());
                shown.headers.push(header);
            }
            mask(&mut body);
            shown.text = body.to_string();
            for (at, id) in self.ids.iter().enumerate() {
                shown.text = shown.text.replace(id, &format!("id-{at}"));
            }
        }
        let usual = self.usual.get(self.steps.len());
        self.differs =
            self.until == Until::Difference && usual.is_some_and(|usual| usual.reply != shown);
        self.steps.push(Step {
            request: ask.label(),
            reply: shown,
        });
    }

    /// Creates one and gives its path.
    async fn create(&mut self, body: &Value) -> String {
        let reply = self.send(post(ALL, body)).await;
        let id = reply.json()["credential_id"]
            .as_str()
            .unwrap_or("none")
            .to_owned();
        format!("{ALL}/{id}")
    }

    async fn update(&mut self, path: &str, body: &Value) {
        self.send(post(&format!("{path}/update"), body)).await;
    }

    async fn delete(&mut self, path: &str) {
        self.send(ask("POST", &format!("{path}/delete"))).await;
    }

    async fn list(&mut self, query: &str) {
        self.send(get(&format!("{ALL}{query}"))).await;
    }
}

/// Puts a star for the ids and times that the server draws, if they look like such.
fn mask(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Object(members) => {
            for (name, value) in members {
                let looks_right = match name.as_str() {
                    "totp_code_id" | "organization_id" | "id" => {
                        value.as_str().is_some_and(|id| id.contains('_'))
                    }
                    "created_at" | "modified_at" => value
                        .as_str()
                        .is_some_and(|time| time.len() == 26 && time.starts_with("20")),
                    _ => false,
                };
                if looks_right {
                    *value = json!("*");
                } else {
                    mask(value);
                }
            }
        }
        _ => {}
    }
}

async fn play(suite: Suite, server: Running, usual: &[Step], until: Until) -> Vec<Step> {
    let mut script = Script {
        server,
        usual,
        until,
        differs: false,
        ids: Vec::new(),
        steps: Vec::new(),
    };
    match suite {
        Suite::Schema => schema(&mut script).await,
        Suite::Lifecycle => lifecycle(&mut script).await,
        Suite::Auth => auth(&mut script).await,
        Suite::Robustness => robustness(&mut script).await,
        Suite::Redaction | Suite::Bridge | Suite::Contract => {}
    }
    script.server.shutdown().await;
    script.steps
}

/// A password credential with that member in its credential.
fn with_credential(member: &str, value: Value) -> Value {
    let mut body = password("Shop");
    body["credential"][member] = value;
    body
}

fn with(member: &str, value: Value) -> Value {
    let mut body = password("Shop");
    body[member] = value;
    body
}

fn without(mut body: Value, member: &str) -> Value {
    if let Some(credential) = body["credential"].as_object_mut() {
        credential.remove(member);
    }
    body
}

fn config(url: &str) -> Value {
    json!({"config": {"api_base_url": url, "api_token": "token"}})
}

async fn schema(script: &mut Script<'_>) {
    script.list("").await;
    script.list("?page=3").await;
    let one = script
        .create(&with_credential("totp_type", json!("text")))
        .await;
    let two = script.create(&card("Card", "4111111111112345")).await;
    let three = script.create(&secret("Secret", None)).await;
    for path in [&one, &two, &three, &format!("{ALL}/cred_unknown")] {
        script.send(get(path)).await;
    }
    let mut address = card("Card", "4111111111110042");
    address["credential"]["billing_address"] = json!({"city": null});
    let mut keyless = with_credential("totp_type", json!("authenticator"));
    for body in [
        address,
        without(secret("Secret", None), "secret_label"),
        with("name", json!("")),
        with("name", json!("a 😀 b")),
        with("unknown", json!(1)),
        with("proxy_location", json!({})),
        with("proxy_location", json!({"country": "GB"})),
        with("vault_type", json!("azure_vault")),
        with("pin_saved_session_ip", json!(true)),
        with_credential("totp_identifier", json!("")),
        with_credential("totp_identifier", Value::Null),
        with_credential("totp_type", json!("passkey")),
        with_credential("password", json!("x")),
        with_credential("username", json!("ü")),
        with_credential("metadata", json!({})),
        // From here on, invalid.
        json!({"name": "x", "credential_type": "password"}),
        with("name", json!(5)),
        with("name", Value::Null),
        with("credential_type", json!("oauth")),
        with("credential_type", json!("secret")),
        with("auto_profile_disabled", Value::Null),
        with("auto_profile_disabled", json!("true")),
        with("proxy_location", json!("MOON")),
        with_credential("password", json!("")),
        with_credential("totp_type", json!("sms")),
        with_credential("metadata", json!({"a": 1})),
        without(password("Shop"), "username"),
        keyless.take(),
        with_credential("totp_type", json!("authenticator")),
    ] {
        script.create(&body).await;
    }
    let mut cvv = card("Card", "4111111111110042");
    cvv["credential"]["card_cvv"] = json!("");
    script.create(&cvv).await;
    let mut empty = secret("Secret", Some("label"));
    empty["credential"]["secret_value"] = json!("");
    script.create(&empty).await;
    script.update(&one, &password("Other")).await;
    for query in [
        "?page=0".to_owned(),
        "?page_size=-1".to_owned(),
        "?page_size=abc".to_owned(),
        "?page_size=1".to_owned(),
        "?vault_type=gcp".to_owned(),
        "?vault_type=none".to_owned(),
        "?credential_type=none".to_owned(),
        "?search=%25".to_owned(),
        format!("?search={}", "x".repeat(200)),
        format!("?search={}", "x".repeat(201)),
        String::new(),
    ] {
        script.list(&query).await;
    }
    let code = json!({"totp_identifier": "a", "content": "123456"});
    script.send(post(&format!("{ALL}/totp"), &code)).await;
    let code = json!({"totp_identifier": "a"});
    script.send(post(&format!("{ALL}/totp"), &code)).await;
    let custom = format!("{ALL}/custom_credential");
    let tokenless = json!({"config": {"api_base_url": "http://127.0.0.1:1"}});
    script
        .send(post(&format!("{custom}/create"), &tokenless))
        .await;
    script
        .send(post(
            &format!("{custom}/create"),
            &config("http://127.0.0.1:1"),
        ))
        .await;
    script.send(get(&format!("{custom}/get"))).await;
    script.delete(&two).await;
    script.delete(&two).await;
}

async fn lifecycle(script: &mut Script<'_>) {
    let mut first = password("  First <b> Über \"x\" ");
    first["credential"]["totp_type"] = json!("email");
    first["credential"]["totp_identifier"] = json!("+44");
    first["vault_type"] = json!("gcp");
    let one = script.create(&first).await;
    let two = script.create(&card("Card", "4111111111110042")).await;
    let three = script.create(&secret("Secret", Some("Label"))).await;
    let four = script.create(&secret("Secret", Some(""))).await;
    let five = script.create(&password(&"long".repeat(30))).await;
    for path in [&one, &two, &three, &four, &one, &one] {
        script.send(get(path)).await;
    }
    script.list("").await;
    script.list("").await;
    for size in [2, 4] {
        for page in 1..4 {
            script.list(&format!("?page={page}&page_size={size}")).await;
        }
    }
    for query in [
        "credential_type=password",
        "credential_type=credit_card",
        "credential_type=secret&page_size=2",
        "vault_type=gcp",
        "search=FIRST",
        "search=label",
        "search=ecret",
        "search=%C3%BC",
        "search=nowhere",
    ] {
        script.list(&format!("?{query}")).await;
    }
    // Refused for their credential.
    script
        .update(
            &two,
            &json!({"name": "Refused", "credential_type": "password", "credential": {}}),
        )
        .await;
    script
        .create(&json!({"name": "Refused", "credential_type": "password", "credential": {}}))
        .await;
    script.list("").await;
    // The members that an update leaves out, the type, the neighbours.
    script.update(&one, &password("Updated")).await;
    script.update(&three, &secret("Renamed", None)).await;
    script.update(&two, &password("No card")).await;
    for path in [&one, &two, &three, &four, &five] {
        script.send(get(path)).await;
    }
    script.list("").await;
    script.list("?credential_type=password").await;
    // Unknown ids, and near ones.
    let unknown = format!("{ALL}/cred_00000000000000000000");
    script.send(get(&unknown)).await;
    script.send(get(&one[..one.len() - 1])).await;
    script.delete(&unknown).await;
    script.update(&unknown, &password("Unknown")).await;
    script.send(get(&unknown)).await;
    // Deletes, and what follows.
    let twin = script.create(&password("Twin")).await;
    let other_twin = script.create(&password("Twin")).await;
    script.update(&twin, &password("Twin of old")).await;
    script.send(get(&other_twin)).await;
    let sixth = script.create(&password("Twin")).await;
    script.delete(&sixth).await;
    script.send(get(&other_twin)).await;
    script.delete(&four).await;
    script.send(get(&four)).await;
    script.send(get(&three)).await;
    script.list("").await;
    script.list("?credential_type=secret").await;
    script.delete(&four).await;
    script.update(&four, &password("Revived")).await;
    script.send(get(&four)).await;
    script.create(&password("New")).await;
    script.list("?page_size=100").await;
    // At the same time.
    let bodies: Vec<Ask> = (0..4)
        .map(|number| post(ALL, &password(&format!("c{number}"))))
        .collect();
    let server = &script.server;
    let replies = stream::iter(&bodies)
        .map(|ask| ask.send(server))
        .buffered(4);
    let replies: Vec<Reply> = replies.collect().await;
    for (ask, reply) in bodies.iter().zip(replies) {
        script.note(ask, reply);
    }
    let last: Vec<String> = script.ids.iter().rev().take(4).cloned().collect();
    for id in last {
        script.send(get(&format!("{ALL}/{id}"))).await;
    }
    for number in 0..20 {
        script.create(&password(&format!("many {number}"))).await;
    }
    script.send(get(&one)).await;
    let code = json!({"totp_identifier": "Ada", "content": "123456", "workflow_id": "wpid_1"});
    script.send(post(&format!("{ALL}/totp"), &code)).await;
}

async fn auth(script: &mut Script<'_>) {
    let id = script.create(&password("Shop")).await;
    let custom = format!("{ALL}/custom_credential");
    let code = json!({"totp_identifier": "a", "content": "123456"});
    for ask in [
        post(ALL, &password("Stranger")),
        get(ALL),
        get(&id),
        post(&format!("{id}/update"), &password("Stranger")),
        post(&format!("{ALL}/totp"), &code),
        get(&format!("{custom}/get")),
        post(&format!("{custom}/create"), &config("http://127.0.0.1:1")),
        post(
            &format!("{custom}/test_connection"),
            &config("http://127.0.0.1:1"),
        ),
        get(&format!("{ALL}/cred_unknown")),
        post(&format!("{ALL}/cred_unknown/update"), &password("x")),
        get(&format!("{ALL}?page=0")),
        post(ALL, &json!({})),
        ask("POST", ALL).raw("{"),
    ] {
        script.send(ask.clone().without("x-api-key")).await;
        script.send(ask.key("wrong-key")).await;
    }
    let random_of_length = "z".repeat(KEY.len());
    let longer = format!("{KEY}x");
    let lower = KEY.to_lowercase();
    for key in [
        "",
        &random_of_length,
        &KEY[..KEY.len() - 1],
        &KEY[1..],
        &longer,
        &lower,
    ] {
        script.send(get(ALL).key(key)).await;
    }
    let bare = get(ALL).without("x-api-key");
    script
        .send(bare.clone().with("authorization", &format!("Bearer {KEY}")))
        .await;
    script
        .send(bare.with("cookie", &format!("a=b; x-api-key={KEY}")))
        .await;
    script
        .send(get(&format!("{ALL}?x-api-key={KEY}")).without("x-api-key"))
        .await;
    script.list("").await;
    script
        .send(ask("POST", &format!("{id}/delete")).without("x-api-key"))
        .await;
    script.list("").await;
}

async fn robustness(script: &mut Script<'_>) {
    let id = script.create(&password("Shop")).await;
    let whole = password("x").to_string();
    let named = |name: &[u8]| -> Vec<u8> {
        let before = br#"{"credential_type":"secret","credential":{"secret_value":"v"},"name":"#;
        [&before[..], name, b"}"].concat()
    };
    let deep = format!(
        "\"deep\", \"unknown\": {}{}",
        "[".repeat(3000),
        "]".repeat(3000)
    );
    for body in [
        whole.as_bytes()[..whole.len() - 1].to_vec(),
        format!("{whole} x").into_bytes(),
        named(b"\"comma\","),
        named(b"\"comment\" /* x */"),
        named(b"\"nan\", \"unknown\": NaN"),
        named(b"\"huge\", \"unknown\": 1e999"),
        named(b"\"bytes \xff\""),
        named(b"\"half \\ud800\""),
        named(b"\"nul \\u0000 after\""),
        named(deep.as_bytes()),
        named(format!("\"{}\"", "long".repeat(500)).as_bytes()),
        format!("[{whole}]").into_bytes(),
        json!(whole).to_string().into_bytes(),
        b"null".to_vec(),
        Vec::new(),
        vec![b' '; 2 << 20],
    ] {
        script.send(ask("POST", ALL).raw(body)).await;
        script.list("?page_size=1").await;
    }
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-8",
    ] {
        let ask = post(ALL, &password("type")).with("content-type", content_type);
        script.send(ask).await;
    }
    script
        .send(post(ALL, &json!({})).without("content-type"))
        .await;
    let number = id.rsplit('/').next().unwrap_or_default().to_owned();
    for path in [
        format!("{ALL}/x/../{number}"),
        format!("{ALL}/x/..%2f{number}"),
        format!("{ALL}%2F{number}"),
        format!("{ALL}/"),
        "/nowhere".to_owned(),
        format!("{ALL}/{}", "9".repeat(300)),
        format!("{ALL}/a%00b"),
        format!("{ALL}?page=1&page=1"),
        format!("{ALL}?search=%ff"),
        format!("{ALL}?page=1.5"),
    ] {
        script.send(get(&path)).await;
    }
    script.send(ask("PUT", ALL)).await;
    script.send(ask("DELETE", &id)).await;
    script.send(ask("PATCH", &id)).await;
    script.send(get(&id)).await;
    // Last, as there are two right answers.
    let duplicates = named(b"\"a\", \"name\": \"b\"");
    script.send(ask("POST", ALL).raw(duplicates)).await;
}
