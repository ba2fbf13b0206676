//! Creates that are wrong, each with secrets that stand nowhere else.

use std::sync::Arc;

use futures_util::future::{FutureExt, LocalBoxFuture};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    api::Api,
    draft::{CARD, Draft},
};
use crate::{
    case::{Case, Property},
    check::{
        CON049, CON050, CON051, CON052, CON053, CON054, CON055, CON058, Check,
        answer::excerpt,
        contract::{self, answered_id, is_safe},
        seen,
    },
    exchange::{Auth, Exchange},
    finding::{Judgement, Place, Violation},
    python_json,
    secret::canary::{Class, Draw},
    session::{Session, Stop},
};

/// How large an oversized body is.
const LARGE: usize = 4 << 20;

/// A create that is wrong in one way.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Broken {
    /// In words that precede "is answered".
    what: String,
    /// The credential that it is made from.
    draft: Draft,
    how: How,
    /// Whether the token is left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    without_token: bool,
}

/// What is wrong.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum How {
    /// Nothing: the draft itself is no credential.
    Draft,
    /// The JSON text is wrapped, cut or otherwise spoilt.
    Text(Spoilt),
    /// It is declared as something else, or not at all.
    ContentType(Option<String>),
    /// So many bytes in one member.
    Large(String),
}

/// What becomes of the JSON text.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Spoilt {
    /// So many bytes are cut off at the end.
    Cut(usize),
    /// This stands behind it.
    Followed(String),
    /// This stands before it, and that behind it.
    Between(String, String),
    /// With single quotes.
    SingleQuotes,
    /// This byte, which is no UTF-8, stands at its middle.
    Byte(u8),
    /// This is sent in its place.
    Nothing,
    /// Its first member stands in it once more, with another value.
    Twice(String, String),
}

impl Broken {
    fn new(what: impl Into<String>, draft: Draft, how: How) -> Self {
        Self {
            what: what.into(),
            draft,
            how,
            without_token: false,
        }
    }

    fn body(&self, unique: &str) -> (Vec<u8>, Option<&str>) {
        let json = Some("application/json");
        let text = python_json::text(&self.draft.body(unique));
        match &self.how {
            How::Draft => (text.into_bytes(), json),
            How::ContentType(other) => (text.into_bytes(), other.as_deref()),
            How::Large(member) => {
                let draft = self.draft.clone().with(member, "x".repeat(LARGE).into());
                let text = python_json::text(&draft.body(unique));
                (text.into_bytes(), json)
            }
            How::Text(spoilt) => (spoilt.of(text), json),
        }
    }
}

impl Spoilt {
    fn of(&self, mut text: String) -> Vec<u8> {
        match self {
            Self::Cut(count) => {
                text.truncate(text.len().saturating_sub(*count));
                text.into_bytes()
            }
            Self::Followed(more) => (text + more).into_bytes(),
            Self::Between(before, after) => format!("{before}{text}{after}").into_bytes(),
            Self::SingleQuotes => text.replace('"', "'").into_bytes(),
            Self::Byte(byte) => {
                let mut bytes = text.into_bytes();
                // Within the last text, before its closing quote and the brace.
                let place = bytes.len().saturating_sub(2);
                bytes.insert(place, *byte);
                bytes
            }
            Self::Nothing => Vec::new(),
            Self::Twice(name, value) => {
                let more = python_json::text(&json!({ name: value }));
                let whole = text.trim_end_matches('}').to_owned();
                format!("{whole}, {}", &more[1..]).into_bytes()
            }
        }
    }
}

/// One of each type, with secrets of their own in every secret member.
fn drafts(salt: &str) -> [Draft; 3] {
    let word = |field: &str, class: Class| {
        Value::from(Draw::of(&[salt.as_bytes(), field.as_bytes()]).value(class, &[]))
    };
    let [password, card, secret] = Draft::whole();
    let mut card = card;
    for name in CARD {
        let class = match name {
            "card_holder_name" => Class::Plain,
            "card_number" => Class::Card,
            _ => continue,
        };
        card = card.with(name, word(name, class));
    }
    [
        password
            .with("password", word("password", Class::Plain))
            .with("totp", word("totp", Class::Base32))
            .with("metadata", json!({"note": word("metadata", Class::Plain)})),
        card.with("billing_email", word("billing_email", Class::EmailLike))
            .with("metadata", json!({"note": word("card note", Class::Plain)})),
        secret.with("secret_value", word("secret_value", Class::Plain)),
    ]
}

/// The cases about creates that are wrong.
pub(super) fn cases(api: &Arc<Api>) -> Vec<Case> {
    let groups: [(&'static Check, &str, Vec<Broken>); 7] = [
        (&CON049, "types", unknown_types()),
        (&CON050, "members", missing()),
        (&CON051, "members", mistyped()),
        (&CON052, "bodies", malformed()),
        (&CON053, "content_types", foreign()),
        (&CON054, "bodies", duplicates()),
        (&CON055, "bodies", oversized()),
    ];
    let case = |check: &'static Check, subject: &str, listed: Vec<Broken>| {
        let property = Creates {
            check,
            api: Arc::clone(api),
            listed,
        };
        Case::new(check, subject, property).also(&contract::BY_THE_WAY)
    };
    let mut cases: Vec<Case> = Vec::new();
    let mut all = Vec::new();
    for (check, subject, listed) in groups {
        if check != &CON055 {
            all.extend(listed.iter().step_by(3).cloned());
        }
        cases.push(case(check, subject, listed).also(&[&CON058]));
    }
    let without_token = all.iter().step_by(4).map(|broken| Broken {
        without_token: true,
        ..broken.clone()
    });
    let without_token: Vec<Broken> = without_token.collect();
    all.extend(without_token);
    cases.push(case(&CON058, "creates", all));
    cases
}

fn unknown_types() -> Vec<Broken> {
    let words = [
        json!("login"),
        json!("Password"),
        json!("password "),
        json!("credit-card"),
        json!("creditCard"),
        json!("SECRET"),
        json!(""),
        json!(1),
        Value::Null,
        json!(["password"]),
    ];
    words
        .into_iter()
        .enumerate()
        .map(|(number, word)| {
            let [password, card, secret] = drafts("unknown");
            let draft = match &word {
                Value::String(text) if text.starts_with("cred") => card,
                Value::String(text) if text.starts_with('S') => secret,
                _ if number % 4 == 3 => secret,
                _ => password,
            };
            let what = format!("a credential of the type {word}");
            Broken::new(what, draft.with("type", word), How::Draft)
        })
        .collect()
}

/// Members that a credential of each type must have, `totp` and its type aside.
fn required(draft: &Draft) -> Vec<&'static str> {
    match draft.members.get("type").and_then(Value::as_str) {
        Some("password") => vec!["type", "username", "password"],
        Some("credit_card") => [&["type"][..], &CARD].concat(),
        _ => vec!["type", "secret_value"],
    }
}

fn missing() -> Vec<Broken> {
    let mut all: Vec<Broken> = Vec::new();
    for draft in drafts("missing") {
        for name in required(&draft) {
            let what = format!("a credential without {name}");
            all.push(Broken::new(what, draft.clone().without(name), How::Draft));
        }
    }
    all
}

fn mistyped() -> Vec<Broken> {
    let mut all = Vec::new();
    let wrong = [
        json!(4711),
        Value::Null,
        json!(true),
        json!(["x"]),
        json!({"x": "y"}),
    ];
    for draft in drafts("mistyped") {
        for name in required(&draft).into_iter().skip(1) {
            for value in &wrong {
                let what = format!("a credential with {value} as {name}");
                let draft = draft.clone().with(name, value.clone());
                all.push(Broken::new(what, draft, How::Draft));
            }
        }
    }
    let [password, card, _] = drafts("objects");
    for value in [json!("text"), json!(["x"]), json!(1)] {
        let what = |name: &str| format!("a credential with {value} as {name}");
        for (draft, name) in [
            (&password, "metadata"),
            (&card, "metadata"),
            (&card, "billing_address"),
        ] {
            let draft = draft.clone().with(name, value.clone());
            all.push(Broken::new(what(name), draft, How::Draft));
        }
    }
    let nested = password
        .clone()
        .with("metadata", json!({"note": {"deep": 1}}));
    all.push(Broken::new("metadata that is nested", nested, How::Draft));
    let sms = password.with("totp_type", json!(7));
    all.push(Broken::new("a number as totp_type", sms, How::Draft));
    all
}

fn malformed() -> Vec<Broken> {
    let mut all = Vec::new();
    for draft in drafts("malformed") {
        for (what, spoilt) in [
            ("JSON that is cut off", Spoilt::Cut(1)),
            ("JSON that is cut within a text", Spoilt::Cut(5)),
            (
                "JSON with a word behind it",
                Spoilt::Followed(" x".to_owned()),
            ),
            (
                "JSON with another object behind it",
                Spoilt::Followed("{}".to_owned()),
            ),
            ("JSON with single quotes", Spoilt::SingleQuotes),
            ("JSON with broken UTF-8", Spoilt::Byte(0xff)),
            (
                "a list with the credential in it",
                Spoilt::Between("[".to_owned(), "]".to_owned()),
            ),
            (
                "a credential within another object",
                Spoilt::Between("{\"credential\": ".to_owned(), "}".to_owned()),
            ),
            (
                "a credential with NaN behind it",
                Spoilt::Between("{\"a\": NaN, \"b\": ".to_owned(), "}".to_owned()),
            ),
            ("an empty body", Spoilt::Nothing),
        ] {
            all.push(Broken::new(what, draft.clone(), How::Text(spoilt)));
        }
    }
    all
}

fn foreign() -> Vec<Broken> {
    let types = [
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/xml"),
        Some("multipart/form-data; boundary=x"),
        None,
    ];
    let drafts = drafts("foreign");
    types
        .into_iter()
        .flat_map(|content_type| {
            drafts.iter().map(move |draft| {
                let what = match content_type {
                    Some(content_type) => format!("a create declared as {content_type}"),
                    None => "a create without a content type".to_owned(),
                };
                let how = How::ContentType(content_type.map(str::to_owned));
                Broken::new(what, draft.clone(), how)
            })
        })
        .collect()
}

fn duplicates() -> Vec<Broken> {
    let [password, card, secret] = drafts("twice");
    [
        (password.clone(), "password"),
        (password.clone(), "type"),
        (card, "card_number"),
        (secret, "secret_value"),
        (password, "username"),
    ]
    .into_iter()
    .map(|(draft, name)| {
        let spoilt = Spoilt::Twice(name.to_owned(), "password".to_owned());
        let what = format!("a credential with {name} twice");
        Broken::new(what, draft, How::Text(spoilt))
    })
    .collect()
}

fn oversized() -> Vec<Broken> {
    let [password, _, secret] = drafts("large");
    vec![
        Broken::new(
            "a password of 4 MiB",
            password,
            How::Large("password".to_owned()),
        ),
        Broken::new(
            "a secret of 4 MiB",
            secret,
            How::Large("secret_value".to_owned()),
        ),
    ]
}

/// Creates that are wrong, judged by one check, and by how they are refused.
struct Creates {
    check: &'static Check,
    api: Arc<Api>,
    listed: Vec<Broken>,
}

impl Property for Creates {
    type Input = Broken;

    fn coverage(&self) -> Vec<Broken> {
        self.listed.clone()
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a Broken,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        async move {
            let (body, content_type) = input.body(&session.unique_name());
            let mut request = self.api.create_of(body, content_type).tag("asked");
            if input.without_token {
                request = request.auth(Auth::None);
            }
            let asked = session.send(request).await?;
            if matches!(input.how, How::Large(_)) && asked.is_success() {
                let id = answered_id(&asked).ok().filter(|id| is_safe(id));
                if let Some(id) = id {
                    session.send(self.api.read(&id).tag("after")).await?;
                }
            }
            Ok(())
        }
        .boxed_local()
    }

    fn judge(&self, input: &Broken, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        self.all(input, exchanges, judgement);
        super::keep(judgement, &[self.check, &CON058]);
    }
}

impl Creates {
    fn all(&self, input: &Broken, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        contract::judge_wire(exchanges, judgement);
        contract::judge_secrecy(exchanges, judgement);
        let Some(asked) = seen::tagged(exchanges, "asked") else {
            return;
        };
        let Some(response) = asked.response().filter(|one| !one.is_server_error()) else {
            return;
        };
        if self.check == &CON058 {
            return;
        }
        let violation = match &input.how {
            How::Large(member) => large(input, member, exchanges),
            _ => response.is_success().then(|| {
                let summary = format!("{} is answered {}", input.what, response.status);
                Violation::new(self.check, asked.number, Place::Status, summary)
                    .evidence(excerpt(response))
            }),
        };
        judgement.settle(self.check, violation);
    }
}

/// An oversized create was accepted: it must be whole.
fn large(input: &Broken, member: &str, exchanges: &[Arc<Exchange>]) -> Option<Violation> {
    let after = seen::tagged(exchanges, "after")?;
    let shown = after.response()?.json();
    let shown = shown.and_then(|body| body.get(member)?.as_str());
    let is_whole = shown.is_some_and(|text| text.len() == LARGE);
    (!is_whole).then(|| {
        let summary = format!("{} is accepted and not read back whole", input.what);
        let place = Place::Body(spec::Pointer::root().child(member));
        Violation::new(&CON055, after.number, place, summary)
    })
}
