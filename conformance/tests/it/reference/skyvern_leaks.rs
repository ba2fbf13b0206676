//! Every leak lets secrets through: a script of requests is played with two sets of secrets and
//! nothing else different. Without a leak its answers are the same. With one they differ, and with
//! equal secrets they do not.

mod secrets;

use std::collections::BTreeSet;

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use skyvern_conformance::check::Suite;
use skyvern_conformance::reference::skyvern::{DEFECTS, log};
use skyvern_conformance::reference::{Defect, Kind, Running};

use self::secrets::{FIRST, SECOND, Secrets};
use super::skyvern_defects::covers;
use super::wire::{Ask, Reply, ask, get, post, start};

const ALL: &str = "/v1/credentials";

/// Ids differ in each run, so this is another test's business.
const IN_IDS: [&str; 2] = ["id-of-secret", "id-ends-by-secret"];

/// Shows only to those who ask for it, which is another test's business.
const ON_REQUEST: &str = "gzipped";

fn leaks(kind: Kind) -> impl Iterator<Item = &'static Defect> {
    DEFECTS
        .iter()
        .filter(move |defect| defect.suite == Suite::Redaction && defect.kind == kind)
}

fn named(name: &str) -> &'static Defect {
    let mut defects = DEFECTS.iter();
    let found = defects.find(|defect| defect.name == name);
    found.expect("a name of the table")
}

#[test]
fn there_are_many_ways_to_leak() {
    assert!(leaks(Kind::Fault).count() >= 65 && leaks(Kind::Benign).count() >= 10);
}

#[tokio::test]
async fn without_a_leak_no_answer_depends_on_a_secret() {
    let one = play(start(Vec::new()).await, &FIRST, Until::End).await;
    let other = play(start(Vec::new()).await, &SECOND, Until::End).await;
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one, other);
    }
    // Each way in which a request can end is there.
    let statuses: BTreeSet<u16> = one.iter().map(|reply| reply.status).collect();
    for status in [200, 201, 204, 403, 404, 405, 413, 422] {
        assert!(statuses.contains(&status), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_leak_makes_answers_depend_on_secrets() {
    let defects =
        leaks(Kind::Fault).filter(|defect| !IN_IDS.contains(&defect.name) && !log::holds(defect));
    let judged: Vec<Result<(), String>> = stream::iter(defects)
        .map(async |defect| {
            let one = play(start(vec![defect]).await, &FIRST, Until::End).await;
            let until = Until::Difference(&one);
            let other = play(start(vec![defect]).await, &SECOND, until).await;
            if one[..other.len()] == other[..] {
                return Err(format!("{} does not show", defect.name));
            }
            let same = &one[..other.len()];
            let until = Until::Step(other.len());
            let again = play(start(vec![defect]).await, &FIRST, until).await;
            // A code may have come to its end between the two.
            if again == same || defect.name == "one-time-code-shown" {
                Ok(())
            } else {
                let (name, last) = (defect.name, same.last());
                Err(format!("{name} differs with equal secrets: {last:#?}"))
            }
        })
        .buffer_unordered(8)
        .collect()
        .await;
    let wrong: Vec<String> = judged.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn ids_that_leak_are_the_same_for_equal_secrets() {
    for name in IN_IDS {
        let mut tails = Vec::new();
        for secrets in [&FIRST, &FIRST, &SECOND] {
            let server = start(vec![named(name)]).await;
            let reply = post(ALL, &secrets.secret(None)).send(&server).await;
            let id = reply.json()["credential_id"].as_str().unwrap().to_owned();
            assert_eq!(get(&format!("{ALL}/{id}")).send(&server).await.status, 200);
            let again = post(ALL, &secrets.secret(None)).send(&server).await;
            assert_ne!(again.json()["credential_id"], json!(id));
            tails.push(id[id.len() - 8..].to_owned());
        }
        assert_eq!(tails[0], tails[1], "{name}");
        assert_ne!(tails[0], tails[2], "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_benign_show_and_say_nothing() {
    let clean = play(start(Vec::new()).await, &FIRST, Until::End).await;
    for defect in leaks(Kind::Benign) {
        let varied = play(start(vec![defect]).await, &FIRST, Until::End).await;
        assert_eq!(clean.len(), varied.len());
        let shows = clean != varied;
        assert_eq!(
            shows,
            defect.name != ON_REQUEST,
            "{} does not show",
            defect.name
        );
        for (clean, varied) in clean.iter().zip(&varied) {
            assert_eq!(clean.status, varied.status, "{}", defect.name);
            let (mut kept, mut clean) = (varied.json(), clean.json());
            if defect.name == "service-token-shown" {
                for setting in [&mut kept, &mut clean] {
                    setting.pointer_mut("/token/token").map(Value::take);
                }
            }
            assert!(covers(&kept, &clean), "{}: {varied:?}", defect.name);
            let whole = format!("{varied:?}");
            // The setting of the service may show its own token: Skyvern's does.
            let may_show =
                |secret: &&str| defect.name == "service-token-shown" && *secret == FIRST.token;
            for secret in FIRST.texts().into_iter().filter(|one| !may_show(one)) {
                assert!(!whole.contains(secret), "{}: {whole}", defect.name);
            }
        }
    }
}

#[tokio::test]
async fn bodies_are_compressed_for_those_who_accept_it() {
    let server = start(vec![named(ON_REQUEST)]).await;
    let reply = get(ALL)
        .with("accept-encoding", "br, gzip")
        .send(&server)
        .await;
    // The bytes are no text, and replies are.
    assert_eq!((reply.status, reply.text.as_str()), (0, "closed"));
    assert_eq!(get(ALL).send(&server).await.json(), json!([]));
}

/// How long a script goes on.
#[derive(Clone, Copy)]
enum Until<'a> {
    End,
    Step(usize),
    /// From these replies.
    Difference(&'a [Reply]),
}

/// Plays and gives what came back, without what differs each time.
async fn play(server: Running, secrets: &Secrets, until: Until<'_>) -> Vec<Reply> {
    let mut script = Script {
        server,
        until,
        ids: Vec::new(),
        replies: Vec::new(),
    };
    script.play(secrets).await;
    script.server.shutdown().await;
    script.replies
}

struct Script<'a> {
    server: Running,
    until: Until<'a>,
    ids: Vec<String>,
    replies: Vec<Reply>,
}

impl Script<'_> {
    async fn send(&mut self, ask: Ask) {
        let is_over = match self.until {
            Until::End => false,
            Until::Step(most) => self.replies.len() >= most,
            Until::Difference(usual) => !usual.starts_with(&self.replies),
        };
        if is_over {
            return;
        }
        let mut reply = ask.send(&self.server).await;
        if reply.status == 201
            && let Some(id) = reply.json()["credential_id"].as_str()
        {
            self.ids.push(id.to_owned());
        }
        reply.headers.retain(|(name, _)| name != "date");
        reply.text = masked(&reply.text);
        for (at, id) in self.ids.iter().enumerate() {
            reply.text = reply.text.replace(id, &format!("id-{at}"));
        }
        self.replies.push(reply);
    }

    async fn create(&mut self, body: &Value) -> String {
        let known = self.ids.len();
        self.send(post(ALL, body)).await;
        let id = self.ids.get(known).map_or("none", |id| id);
        format!("{ALL}/{id}")
    }

    async fn update(&mut self, path: &str, body: &Value) {
        self.send(post(&format!("{path}/update"), body)).await;
    }

    async fn play(&mut self, secrets: &Secrets) {
        let login = self.create(&secrets.login("Login", secrets.password)).await;
        self.create(&secrets.login("Twin", secrets.twin)).await;
        let card = self.create(&secrets.card()).await;
        let secret = self.create(&secrets.secret(None)).await;
        let wide = self.create(&secrets.wide()).await;
        let named = self.create(&secrets.login("Public", secrets.named)).await;
        for path in [&login, &login, &card, &secret, &wide, &named] {
            self.send(get(path)).await;
        }
        for query in ["", "?page=2&page_size=2", "?search=needle"] {
            self.send(get(&format!("{ALL}{query}"))).await;
        }
        self.update(&login, &secrets.login("Login", secrets.changed))
            .await;
        self.update(&card, &secrets.card()).await;
        self.update(&secret, &secrets.secret(Some("label"))).await;
        self.send(get(&login)).await;
        self.refusals(secrets, &login).await;
        let custom = format!("{ALL}/custom_credential");
        let config = json!({"api_base_url": "http://127.0.0.1:1", "api_token": secrets.token});
        let config = json!({ "config": config });
        self.send(post(&format!("{custom}/create"), &config)).await;
        self.send(get(&format!("{custom}/get"))).await;
        self.send(ask("POST", &format!("{login}/delete"))).await;
        self.send(get(&login)).await;
    }

    async fn refusals(&mut self, secrets: &Secrets, login: &str) {
        let mut nameless = secrets.secret(None);
        nameless["name"] = Value::Null;
        let mut numbered = secrets.login("Numbered", secrets.twin);
        numbered["credential"]["metadata"]["n"] = json!(1);
        numbered["credential_type"] = json!("oauth");
        for body in [&nameless, &numbered] {
            self.send(post(ALL, body)).await;
            self.update(login, body).await;
        }
        let good = secrets.wide();
        self.update(&format!("{ALL}/cred_0"), &good).await;
        self.send(post(ALL, &good).key("wrong")).await;
        self.send(ask("PUT", ALL).raw(good.to_string())).await;
        self.send(ask("POST", "/v1/nowhere").raw(good.to_string()))
            .await;
        // The offset of what is wrong must not depend on the secret.
        let broken = format!("{{\"a\": 1,, {}", &secrets.secret(None).to_string()[1..]);
        self.send(ask("POST", ALL).raw(broken)).await;
        self.send(post(ALL, &good).with("content-type", "text/plain"))
            .await;
        let mut oversized = good.to_string().into_bytes();
        oversized.resize((1 << 20) + 1, b' ');
        self.send(ask("POST", ALL).raw(oversized)).await;
    }
}

/// Without the ids and times that the server draws for a setting.
fn masked(text: &str) -> String {
    let mut masked = text.to_owned();
    for name in ["id", "organization_id", "created_at", "modified_at"] {
        let member = format!("\"{name}\":\"");
        if let Some(at) = masked.find(&member) {
            let start = at + member.len();
            let length = masked[start..].find('"').unwrap_or_default();
            masked.replace_range(start..start + length, "*");
        }
    }
    masked
}
