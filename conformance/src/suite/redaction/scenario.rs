//! The scenario: every operation on credentials, with successes and refusals of each kind. What is
//! sent depends on nothing but the secrets and the ids that were answered.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::secrets::{Secrets, fill};
use crate::{
    check::redaction::Run,
    exchange::{Auth, Exchange, Request},
    session::{Session, Stop},
    suite::credentials::{Credentials, Role},
};

/// A type of credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Password,
    CreditCard,
    Secret,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Password, Self::CreditCard, Self::Secret];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::CreditCard => "credit_card",
            Self::Secret => "secret",
        }
    }

    /// A whole request body; its secrets are to be filled in.
    pub(super) fn body(self, name: &str) -> Value {
        let credential = match self {
            Self::Password => json!({"username": "somebody", "password": "-", "totp": "-",
                "totp_type": "authenticator", "metadata": {"note": "-"}}),
            Self::CreditCard => json!({"card_number": "-", "card_cvv": "-", "card_exp_month": "-",
                "card_exp_year": "-", "card_brand": "visa", "card_holder_name": "-",
                "billing_address": {"line1": "-", "line2": "-", "city": "-", "state": "-",
                    "state_code": "-", "postal_code": "-", "country": "-", "country_code": "-"},
                "billing_email": "-", "billing_phone": "-", "metadata": {"note": "-"}}),
            Self::Secret => json!({"secret_value": "-", "secret_label": "label"}),
        };
        json!({"name": name, "credential_type": self.name(), "credential": credential})
    }
}

/// What the scenario is played with.
#[derive(Clone)]
pub(super) struct Player<'a> {
    pub(super) api: &'a Credentials,
    pub(super) session: &'a Session,
    pub(super) kind: Kind,
    /// The name of all credentials, by which the list is searched.
    pub(super) name: &'a str,
    /// A text that the list is searched for too.
    pub(super) search: String,
}

/// The number of an id that no credential has.
const NOBODY: &str = "cred_0";

impl Player<'_> {
    /// Plays it once; every request is tagged `label/number`.
    pub(super) async fn play(&self, label: &str, secrets: &Secrets) -> Result<Run, Stop> {
        let api = self.api;
        let body = |values| {
            let mut body = self.kind.body(self.name);
            fill(&mut body, values);
            body
        };
        let (first, updated, second) = (
            body(&secrets.first),
            body(&secrets.updated),
            body(&secrets.second),
        );
        let mut scene = Scene {
            player: self,
            label,
            run: Run::default(),
        };
        let a = scene.create(first.clone()).await?;
        let b = scene.create(second).await?;
        scene.send(api.read(&a)).await?;
        scene.send(api.read(&a)).await?;
        scene.send(api.read(&b)).await?;
        scene.lists().await?;
        // The same secrets again, then others.
        scene.send(api.update(&a, first.clone())).await?;
        scene.send(api.update(&a, updated.clone())).await?;
        scene.send(api.read(&a)).await?;
        scene.refusals(&a, &updated).await?;
        scene.lists().await?;
        scene.send(api.read(&a)).await?;
        // A third one with secrets that the server has seen before, and without a label.
        let mut unlabelled = first.clone();
        if let Some(Value::Object(credential)) = unlabelled.get_mut("credential") {
            credential.remove("secret_label");
        }
        let c = scene.create(unlabelled).await?;
        scene.send(api.read(&c)).await?;
        scene.send(api.delete(&c)).await?;
        scene.send(api.delete(&a)).await?;
        scene.send(api.read(&a)).await?;
        scene.send(api.update(&a, updated)).await?;
        scene.send(api.delete(&a)).await?;
        scene.send(api.read(&b)).await?;
        // Gone, and the same again.
        let d = scene.create(first).await?;
        scene.send(api.read(&d)).await?;
        scene.lists().await?;
        scene.send(api.delete(&d)).await?;
        scene.send(api.delete(&b)).await?;
        Ok(scene.run)
    }
}

/// A play under way.
struct Scene<'a> {
    player: &'a Player<'a>,
    label: &'a str,
    run: Run,
}

impl Scene<'_> {
    async fn send(&mut self, request: Request) -> Result<std::rc::Rc<Exchange>, Stop> {
        let step = self.run.exchanges.len();
        let request = request.tag(format!("{}/{step}", self.label));
        let exchange = self.player.session.send(request).await?;
        self.run.exchanges.push(std::rc::Rc::clone(&exchange));
        Ok(exchange)
    }

    /// Sends what is searched for secrets and not compared: its answer may tell of the form of the
    /// request itself, such as where its JSON breaks off.
    async fn send_aside(&self, request: Request) -> Result<(), Stop> {
        let request = request.tag(format!("{}, aside", self.label));
        self.player.session.send(request).await.map(|_| ())
    }

    async fn create(&mut self, body: Value) -> Result<String, Stop> {
        let exchange = self.send(self.player.api.create(body)).await?;
        let id = exchange
            .json()
            .and_then(|answer| self.player.api.id_of(answer))
            .unwrap_or(NOBODY)
            .to_owned();
        self.run.ids.push(id.clone());
        Ok(id)
    }

    /// Lists of this run's credentials only: others may come and go meanwhile.
    async fn lists(&mut self) -> Result<(), Stop> {
        let Player {
            api, name, kind, ..
        } = *self.player;
        if !api.lists_by("search") {
            return Ok(());
        }
        let named = || api.list().query("search", name);
        self.send(named()).await?;
        if api.lists_by("page") && api.lists_by("page_size") {
            for page in ["1", "2"] {
                let request = named().query("page", page).query("page_size", "1");
                self.send(request).await?;
            }
        }
        if api.lists_by("credential_type") {
            let request = named().query("credential_type", kind.name());
            self.send(request).await?;
        }
        let search = &self.player.search;
        self.send(api.list().query("search", search)).await?;
        let beginning: String = search.chars().take(10).collect();
        self.send(api.list().query("search", &beginning)).await?;
        Ok(())
    }

    /// Refusals of each kind, all with secrets in the body.
    async fn refusals(&mut self, id: &str, body: &Value) -> Result<(), Stop> {
        let api = self.player.api;
        let path = |request: &Request| request.path.clone();
        for broken in broken(body) {
            self.send(api.create(broken.clone())).await?;
            self.send(api.update(id, broken)).await?;
        }
        self.send(api.update(NOBODY, body.clone())).await?;
        self.send(api.create(body.clone()).auth(Auth::None)).await?;
        let text = body.to_string();
        let create = path(&api.create(Value::Null));
        let post = || Request::new("POST", &create).operation(&api.operation(Role::Create).name);
        let json = Some("application/json");
        // The fault comes before the secrets, so that its position is the same.
        self.send(post().bytes(json, format!("{{,{}", &text[1..])))
            .await?;
        self.send(post().bytes(Some("text/plain"), text.clone()))
            .await?;
        let mut odd = Request::new("PUT", &create).bytes(json, text.clone());
        odd.operation.clone_from(&post().operation);
        self.send(odd).await?;
        self.send(post().bytes(json, format!("[{text}]"))).await?;
        self.send_aside(post().bytes(json, text[..text.len() - 1].to_owned()))
            .await?;
        self.send_aside(post().bytes(json, format!("{text}}}")))
            .await?;
        self.send_aside(post().bytes(None, text.clone())).await
    }
}

/// `body` broken beside its secrets, and in the form of a secret.
fn broken(body: &Value) -> Vec<Value> {
    let with = |change: &dyn Fn(&mut Value)| {
        let mut broken = body.clone();
        change(&mut broken);
        broken
    };
    let mut all = vec![
        with(&|body| {
            body.as_object_mut().map(|members| members.remove("name"));
        }),
        with(&|body| body["name"] = json!(5)),
        with(&|body| body["credential_type"] = json!("nothing")),
        with(&|body| body["credential"]["username"] = json!({"a": 1})),
        with(&|body| {
            body["credential"]["card_brand"] = Value::Null;
            body["credential"]["secret_label"] = json!([1]);
        }),
    ];
    for secret in [
        "password",
        "totp",
        "card_number",
        "card_cvv",
        "secret_value",
    ] {
        if let Some(value) = body["credential"].get(secret).cloned() {
            all.push(with(&|body| body["credential"][secret] = json!([value])));
            all.push(with(&|body| {
                body["credential"][secret] = json!({"value": value});
            }));
        }
    }
    all
}

/// The request of `exchange`, for a person.
pub(super) fn described(exchange: &Exchange) -> String {
    let request = &exchange.request;
    match &request.query {
        Some(_) => format!("{} {} with a query", request.method, request.template),
        None => format!("{} {}", request.method, request.template),
    }
}
