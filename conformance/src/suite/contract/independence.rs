//! The same creates, errors and deletes again and again, with equal names and other secrets.

use std::sync::Arc;

use futures_util::future::{FutureExt, LocalBoxFuture};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{api::Api, draft::Draft};
use crate::{
    case::{Case, Property},
    check::{
        CON058, CON059, CON060, CON061,
        contract::{self, answered_id, is_safe},
        redaction::{Run, compare},
    },
    exchange::{Auth, Exchange, Request},
    finding::{Judgement, Violation},
    python_json,
    secret::canary::{Class, Draw},
    session::{Session, Stop},
};

/// Runs with the usual secrets before a difference counts: what is one of two values by chance
/// passes for a difference once in so many.
const CONFIRMING: usize = 5;

/// In what secrets differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Differing {
    Content,
    Length,
    Alphabet,
    /// Whether the second credential has the secrets of the first.
    Equality,
}

impl Differing {
    const ALL: [Self; 4] = [Self::Content, Self::Length, Self::Alphabet, Self::Equality];

    fn name(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Length => "length",
            Self::Alphabet => "alphabet",
            Self::Equality => "equality",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Equality => "equality with an earlier one",
            other => other.name(),
        }
    }
}

/// The types of credentials, each with its secret members and what they usually hold.
const KINDS: [(&str, &[(&str, Class)]); 3] = [
    (
        "password",
        &[
            ("password", Class::Plain),
            ("totp", Class::Base32),
            ("metadata", Class::Plain),
        ],
    ),
    (
        "credit_card",
        &[
            ("card_holder_name", Class::Plain),
            ("card_number", Class::Card),
            ("billing_email", Class::EmailLike),
            ("metadata", Class::Plain),
        ],
    ),
    ("secret", &[("secret_value", Class::Plain)]),
];

/// Which credentials, and in what their secrets differ.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Trial {
    kind: usize,
    differing: Differing,
}

/// Runs of the scenario.
struct Runs {
    api: Arc<Api>,
    trial: Trial,
}

/// The cases about what answers tell of secrets.
pub(super) fn cases(api: &Arc<Api>) -> Vec<Case> {
    let mut cases = Vec::new();
    for (kind, (name, _)) in KINDS.iter().enumerate() {
        for differing in Differing::ALL {
            let property = Runs {
                api: Arc::clone(api),
                trial: Trial { kind, differing },
            };
            let subject = format!("{name}_{}", differing.name());
            let also = [&CON058, &CON059, &CON060];
            let case = Case::new(&CON061, &subject, property).also(&also);
            cases.push(case.also(&contract::BY_THE_WAY));
        }
    }
    cases
}

impl Trial {
    /// A credential whose secrets depend on `parts` alone.
    fn draft(self, parts: &[&str], other: Option<Differing>) -> Draft {
        let (_, fields) = KINDS[self.kind.min(KINDS.len() - 1)];
        let mut draft = Draft::whole()[self.kind.min(2)].clone();
        for (name, class) in fields {
            let class = match other {
                Some(Differing::Length) => Class::Long,
                Some(Differing::Alphabet) => Class::Digits,
                _ => *class,
            };
            let mut seeds: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
            seeds.push(name.as_bytes());
            let value = Draw::of(&seeds).value(class, &[]);
            let value = match *name {
                "metadata" => json!({ "note": value }),
                _ => Value::from(value),
            };
            draft = draft.with(name, value);
        }
        draft
    }

    /// The two credentials of a run.
    fn drafts(self, name: &str, turn: usize, is_other: bool) -> [Draft; 2] {
        // What was stored in an earlier run would be equal to an earlier one anyway.
        let turn = match self.differing {
            Differing::Equality => turn.to_string(),
            _ => String::new(),
        };
        let first = self.draft(&[name, "first", &turn], None);
        let second = self.draft(&[name, "second", &turn], None);
        if !is_other {
            return [first, second];
        }
        match self.differing {
            Differing::Equality => [first.clone(), first],
            differing => {
                ["first", "second"].map(|part| self.draft(&[name, part, "other"], Some(differing)))
            }
        }
    }
}

/// What was sent of one run: each step with the number of its exchange, and things with their ids.
#[derive(Clone, Debug, Default)]
struct Played {
    steps: Vec<(usize, usize, Arc<Exchange>)>,
    ids: Vec<(String, String)>,
}

impl Played {
    /// Adds the next step.
    fn add(&mut self, number: usize, exchange: &Arc<Exchange>) {
        let step = self.steps.len();
        self.steps.push((step, number, Arc::clone(exchange)));
        if exchange.request.method == "POST"
            && exchange.is_success()
            && let Ok(id) = answered_id(exchange)
        {
            self.ids.push((format!("credential {step}"), id));
        }
    }

    fn run(&self) -> Run {
        Run::of(self.steps.iter().cloned(), &self.ids)
    }
}

/// One run under way.
struct Scene<'a> {
    api: &'a Api,
    session: &'a Session,
    label: &'a str,
    played: Played,
}

impl Scene<'_> {
    async fn send(&mut self, request: Request) -> Result<Arc<Exchange>, Stop> {
        let step = self.played.steps.len();
        let request = request.tag(format!("{}/{step}", self.label));
        let exchange = self.session.send(request).await?;
        self.played.add(step, &exchange);
        Ok(exchange)
    }

    async fn create(&mut self, body: &Value) -> Result<String, Stop> {
        let exchange = self.send(self.api.create(body)).await?;
        let id = answered_id(&exchange).ok().filter(|id| is_safe(id));
        Ok(id.unwrap_or_else(|| "conformance-unknown".to_owned()))
    }
}

impl Runs {
    async fn play(
        &self,
        session: &Session,
        name: &str,
        label: &str,
        drafts: &[Draft; 2],
    ) -> Result<Run, Stop> {
        let api = &self.api;
        let mut scene = Scene {
            api,
            session,
            label,
            played: Played::default(),
        };
        let [first, second] = drafts.each_ref().map(|draft| draft.body(name));
        let a = scene.create(&first).await?;
        let b = scene.create(&second).await?;
        let again = scene.create(&first).await?;
        scene.send(api.test()).await?;
        let unknown = drafts[0].clone().with("type", "login".into()).body(name);
        scene.send(api.create(&unknown)).await?;
        let mut cut = python_json::text(&first).into_bytes();
        cut.pop();
        let json = Some("application/json");
        scene.send(api.create_of(cut, json)).await?;
        scene.send(api.create(&first).auth(Auth::None)).await?;
        scene.send(api.delete(&a)).await?;
        scene.send(api.delete(&a)).await?;
        scene.send(api.read(&a)).await?;
        let after = scene.create(&first).await?;
        for id in [again, b, after] {
            scene.send(api.delete(&id)).await?;
        }
        Ok(scene.played.run())
    }

    /// The runs under `label`.
    fn runs(exchanges: &[Arc<Exchange>], label: &str) -> Vec<Run> {
        let mut runs: Vec<Played> = Vec::new();
        for (number, exchange) in exchanges.iter().enumerate() {
            let Some((tag, step)) = exchange.request.tag.split_once('/') else {
                continue;
            };
            if tag != label {
                continue;
            }
            if step == "0" {
                runs.push(Played::default());
            }
            if let Some(run) = runs.last_mut() {
                run.add(number, exchange);
            }
        }
        runs.iter().map(Played::run).collect()
    }
}

impl Property for Runs {
    type Input = Trial;

    fn coverage(&self) -> Vec<Trial> {
        vec![self.trial]
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a Trial,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        async move {
            let name = session.unique_name();
            let mut turn = 0;
            let mut drafts = |is_other| {
                turn += 1;
                input.drafts(&name, turn, is_other)
            };
            let usual = drafts(false);
            let mut usuals = vec![self.play(session, &name, "usual", &usual).await?];
            let mut others = Vec::new();
            let mut differs = false;
            // A run with other secrets stands between two with the usual ones, so that clocks and
            // counters cannot pass for a difference.
            while usuals.len() < 2 || differs && usuals.len() < CONFIRMING {
                let (other, usual) = (drafts(true), drafts(false));
                others.push(self.play(session, &name, "other", &other).await?);
                usuals.push(self.play(session, &name, "usual", &usual).await?);
                differs = !compare(&usuals, &others, &|_| false).differences.is_empty();
            }
            Ok(())
        }
        .boxed_local()
    }

    fn judge(&self, input: &Trial, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        contract::judge_wire(exchanges, judgement);
        contract::judge_secrecy(exchanges, judgement);
        let usuals = Self::runs(exchanges, "usual");
        let others = Self::runs(exchanges, "other");
        let Some(first) = others.first().filter(|_| usuals.len() > 1) else {
            return;
        };
        let differences = compare(&usuals, &others, &|_| false).differences;
        if differences.is_empty() {
            judgement.pass(&CON061);
        }
        for difference in &differences {
            let Some(number) = first.number(difference.step) else {
                continue;
            };
            let request = &exchanges[number].request;
            let summary = format!(
                "the answer to {} {} depends on the {} of secrets",
                request.method,
                request.template,
                input.differing.words()
            );
            let evidence = format!(
                "with the usual secrets: {}\nwith others: {}",
                difference.usual, difference.other
            );
            let violation = Violation::new(&CON061, number, difference.place.clone(), summary);
            judgement.fail(violation.evidence(evidence));
        }
    }
}
