//! The cases of the suite `bridge`: credentials that the server under test keeps in a credential
//! service, which is the runner. A directed case for each check, and random sequences for all.

use std::sync::Arc;

use futures_util::future::{FutureExt, LocalBoxFuture};
use parking_lot::Mutex;
use proptest::strategy::SBoxedStrategy;

use crate::{
    case::{Case, InputTree, Property, tree},
    check::{self, BRI001, CHECKS, Check, Suite},
    exchange::Exchange,
    finding::Judgement,
    plan::Budget,
    session::{Session, Stop},
    suite::credentials::Credentials,
    target::{Bridged, Target},
    transport::Secret,
};

mod directed;
mod draft;
mod step;

use step::{Service, Step};

/// The cases of this suite: none for a server that does not keep its credentials in the runner.
pub(super) fn cases(target: &Arc<Target>, budget: &Budget) -> Vec<Case> {
    let api = Credentials::of(target).filter(|_| target.bridged != Bridged::No);
    let Some(api) = api.map(Arc::new) else {
        return Vec::new();
    };
    let property = |judged: Vec<&'static Check>, company| Sequences {
        api: Arc::clone(&api),
        vault: (target.bridged == Bridged::ByName).then_some("custom"),
        judged,
        company,
        listed: Vec::new(),
        random: None,
        token: Mutex::default(),
    };
    let mut cases: Vec<Case> = directed::all()
        .into_iter()
        .map(|directed| {
            let operation = api.operation(directed.role).name.clone();
            let property = Sequences {
                listed: directed.sequences,
                ..property(vec![directed.check], directed.company)
            };
            Case::new(directed.check, directed.subject, property).operation(&operation)
        })
        .collect();
    let judged: Vec<&'static Check> = CHECKS
        .iter()
        .copied()
        .filter(|check| check.suite == Suite::Bridge)
        .collect();
    let random = Sequences {
        random: Some(step::sequences(budget.steps)),
        ..property(judged.clone(), Company::Welcome)
    };
    cases.push(Case::new(&BRI001, "random_sequences", random).also(&judged[1..]));
    cases
}

/// Whether other cases may change something while a sequence runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Company {
    Welcome,
    /// What was created before and after is this sequence's own.
    Alone,
}

/// Sequences of steps, judged by a model.
struct Sequences {
    api: Arc<Credentials>,
    /// The vault that credentials have to name.
    vault: Option<&'static str>,
    judged: Vec<&'static Check>,
    company: Company,
    listed: Vec<Vec<Step>>,
    random: Option<SBoxedStrategy<Vec<Step>>>,
    /// That of the service, once it is known.
    token: Mutex<Option<Secret>>,
}

impl Property for Sequences {
    type Input = Vec<Step>;

    fn coverage(&self) -> Vec<Self::Input> {
        self.listed.clone()
    }

    fn simpler(&self, input: &Self::Input) -> Option<InputTree<Self::Input>> {
        Some(tree::fewer(input.clone()))
    }

    fn random(&self) -> Option<SBoxedStrategy<Self::Input>> {
        self.random.clone()
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a Self::Input,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        async move {
            let Some(bridge) = session.bridge() else {
                return Ok(());
            };
            *self.token.lock() = Some(bridge.token().clone());
            let _quiet = match self.company {
                Company::Alone => Some(session.quiet().await),
                Company::Welcome => None,
            };
            let service = Service {
                bridge,
                vault: self.vault,
            };
            step::send(&self.api, session, service, input).await
        }
        .boxed_local()
    }

    fn judge(&self, _input: &Self::Input, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        let token = self.token.lock();
        let token = token.as_ref().map(Secret::expose);
        check::bridge::judge(&self.api, token, exchanges, judgement);
        let judged: Vec<&str> = self.judged.iter().map(|check| check.id).collect();
        judgement.fold(|check| judged.contains(&check.id));
    }
}
