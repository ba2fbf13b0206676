//! The cases of the suite `contract`: whether Skyvern can keep its credentials in a service, and
//! whether they are safe there.

use std::sync::Arc;

use futures_util::future::{FutureExt, LocalBoxFuture};
use proptest::strategy::{SBoxedStrategy, Strategy};

use crate::{
    case::{Case, Property},
    check::{Check, contract},
    exchange::Exchange,
    finding::Judgement,
    plan::Budget,
    session::{Session, Stop},
    target::Target,
};

mod access;
mod api;
mod broken;
mod directed;
mod draft;
mod independence;
mod step;
mod way;

use api::Api;
use step::Step;

/// The cases of this suite: none for a target that is no credential service.
pub(super) fn cases(target: &Arc<Target>, budget: &Budget) -> Vec<Case> {
    let Some(api) = Api::of(target).map(Arc::new) else {
        return Vec::new();
    };
    let mut cases: Vec<Case> = directed::all(budget)
        .into_iter()
        .map(|(check, subject, listed)| {
            let property = Sequences {
                api: Arc::clone(&api),
                judged: vec![check],
                listed,
                random: None,
            };
            Case::new(check, subject, property).also(&contract::BY_THE_WAY)
        })
        .collect();
    let all = contract::ROUND_TRIP;
    let each = draft::any_draft().prop_map(|draft| vec![Step::Create(draft), Step::Read(0)]);
    let random: [(&str, SBoxedStrategy<Vec<Step>>); 2] = [
        ("random_credentials", each.sboxed()),
        ("random_sequences", step::sequences(budget.steps)),
    ];
    for (subject, random) in random {
        let property = Sequences {
            api: Arc::clone(&api),
            judged: all.to_vec(),
            listed: Vec::new(),
            random: Some(random),
        };
        let case = Case::new(all[0], subject, property).also(&all[1..]);
        cases.push(case.also(&contract::BY_THE_WAY));
    }
    if target.has_key {
        cases.extend(access::cases(&api));
    }
    cases.extend(broken::cases(&api));
    cases.extend(independence::cases(&api));
    cases.extend(way::cases(target, &api));
    cases.sort_by_key(|case| case.check.id);
    cases
}

/// Sequences of steps, judged by the model.
struct Sequences {
    api: Arc<Api>,
    judged: Vec<&'static Check>,
    listed: Vec<Vec<Step>>,
    random: Option<SBoxedStrategy<Vec<Step>>>,
}

impl Property for Sequences {
    type Input = Vec<Step>;

    fn coverage(&self) -> Vec<Self::Input> {
        self.listed.clone()
    }

    fn random(&self) -> Option<SBoxedStrategy<Self::Input>> {
        self.random.clone()
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a Self::Input,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        step::send(&self.api, session, input).boxed_local()
    }

    fn judge(&self, _input: &Self::Input, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        contract::judge_wire(exchanges, judgement);
        contract::judge_history(exchanges, judgement);
        keep(judgement, &self.judged);
    }
}

/// Leaves what `judged` and the checks by the way say.
fn keep(judgement: &mut Judgement, judged: &[&'static Check]) {
    let mut kept = judged.iter().chain(&contract::BY_THE_WAY);
    let ids: Vec<&str> = kept.by_ref().map(|check| check.id).collect();
    judgement.fold(|check| ids.contains(&check.id));
}
