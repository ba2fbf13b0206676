//! The cases of the suite `lifecycle`: sequences of requests about credentials, a directed one for
//! each check and random ones for all together, judged by one model.

use std::sync::Arc;

use futures_util::future::{FutureExt, LocalBoxFuture};
use proptest::strategy::{SBoxedStrategy, Strategy};
use serde_json::Value;

use crate::{
    case::{Case, InputTree, Property, tree},
    check::{self, CHECKS, Check, Suite, history},
    exchange::Exchange,
    finding::Judgement,
    plan::Budget,
    session::{Session, Stop},
    suite::credentials::{Credentials, Role},
    target::Target,
};

mod code;
mod directed;
mod draft;
mod step;
mod words;

use step::Step;

/// The cases of this suite: none for a target without a credentials API.
pub(super) fn cases(target: &Arc<Target>, budget: &Budget) -> Vec<Case> {
    let Some(api) = Credentials::of(target).map(Arc::new) else {
        return Vec::new();
    };
    let mut cases: Vec<Case> = directed::all()
        .into_iter()
        .map(|directed| {
            let operation = api.operation(directed.role).name.clone();
            let random = directed
                .with_drafts
                .map(|sequence| draft::any().prop_map(sequence).sboxed());
            let property = Sequences {
                target: Arc::clone(target),
                api: Arc::clone(&api),
                judged: vec![directed.check],
                listed: directed.sequences,
                random,
                company: company(directed.check),
            };
            Case::new(directed.check, directed.subject, property).operation(&operation)
        })
        .collect();
    cases.extend(code::case(&api));
    let judged: Vec<&'static Check> = CHECKS
        .iter()
        .copied()
        .filter(|check| check.suite == Suite::Lifecycle && *check != &check::LIF022)
        .collect();
    let random = Sequences {
        target: Arc::clone(target),
        api,
        judged: judged.clone(),
        listed: Vec::new(),
        random: Some(step::sequences(budget.steps)),
        company: Company::Welcome,
    };
    cases.push(Case::new(&check::LIF001, "random_sequences", random).also(&judged[1..]));
    cases
}

/// Sequences of steps, judged by the model.
struct Sequences {
    target: Arc<Target>,
    api: Arc<Credentials>,
    judged: Vec<&'static Check>,
    listed: Vec<Vec<Step>>,
    random: Option<SBoxedStrategy<Vec<Step>>>,
    company: Company,
}

/// Whether other cases may change something while a sequence runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Company {
    Welcome,
    /// What was created before and after is this sequence's own.
    Alone,
}

/// The company in which `check` shows: not in that of others where the last change, the newest
/// credential or the last id must be this sequence's own.
fn company(check: &'static Check) -> Company {
    let alone = [
        &check::LIF004,
        &check::LIF008,
        &check::LIF011,
        &check::LIF012,
    ];
    if alone.contains(&check) {
        Company::Alone
    } else {
        Company::Welcome
    }
}

impl Property for Sequences {
    type Input = Vec<Step>;

    fn coverage(&self) -> Vec<Self::Input> {
        self.listed.clone()
    }

    fn random(&self) -> Option<SBoxedStrategy<Self::Input>> {
        self.random.clone()
    }

    fn simpler(&self, input: &Self::Input) -> Option<InputTree<Self::Input>> {
        Some(tree::fewer(input.clone()))
    }

    fn told(&self, input: &Self::Input) -> Value {
        input.iter().map(ToString::to_string).collect()
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a Self::Input,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        async move {
            let _quiet = match self.company {
                Company::Alone => Some(session.quiet().await),
                Company::Welcome => None,
            };
            step::send(&self.api, session, input).await
        }
        .boxed_local()
    }

    fn judge(&self, _input: &Self::Input, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        let mut all = Judgement::default();
        history::judge(&self.target, &self.api, exchanges, &mut all);
        let judged: Vec<&str> = self.judged.iter().map(|check| check.id).collect();
        all.fold(|check| judged.contains(&check.id));
        *judgement = all;
    }
}

/// A directed case.
struct Directed {
    check: &'static Check,
    subject: &'static str,
    role: Role,
    sequences: Vec<Vec<Step>>,
    /// Makes a sequence around any draft, for random inputs.
    with_drafts: Option<fn(draft::Draft) -> Vec<Step>>,
}
