//! The cases of the suite `schema`: every operation with valid and invalid input.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::Value;
use spec::Location;

use crate::{
    case::{Case, Listed, choose},
    check::{
        Check, SCH001, SCH002, SCH003, SCH004, SCH005, SCH006, SCH007, SCH008, SCH009, SCH010,
        SCH011, SCH012, SCH013, models, refusal::Names,
    },
    plan::Budget,
    suite::sample::Sample,
    target::{Operation, ParameterPlace, StatusRange, Target},
};

mod accepted;
mod ask;
mod defaults;
mod refused;
mod unknown;

/// The cases of this suite.
pub(super) fn cases(target: &Arc<Target>, _budget: &Budget) -> Vec<Case> {
    let samples: Vec<Arc<Sample>> = target
        .operations
        .iter()
        .filter_map(|operation| Sample::of(target, operation).map(Arc::new))
        .collect();
    let names = Arc::new(Names::of(target));
    let mut cases = Vec::new();
    let mut gone_through: BTreeSet<Location> = BTreeSet::new();
    for sample in &samples {
        let operation = &sample.operation;
        let again = body_schema(target, operation).is_some_and(|at| !gone_through.insert(at));
        let property = accepted::Accepted::new(target, &names, sample, thoroughness(again));
        let case = Case::new(&SCH006, &operation.name, property)
            .operation(&operation.name)
            .performs(&operation.name)
            .also(&of_answers(target, operation));
        cases.push(case);
    }
    gone_through.clear();
    for sample in &samples {
        let operation = &sample.operation;
        let judged = [&SCH010, &SCH011, &SCH001, &SCH002, &SCH005];
        let again = body_schema(target, operation).is_some_and(|at| !gone_through.insert(at));
        if let Some(property) = refused::Bodies::of(target, &names, sample, thoroughness(again)) {
            let case = Case::new(&SCH008, &operation.name, property);
            cases.push(case.operation(&operation.name).also(&judged));
        }
        if let Some(property) = refused::Parameters::of(target, &names, sample) {
            let case = Case::new(&SCH009, &operation.name, property);
            cases.push(case.operation(&operation.name).also(&judged));
        }
        if let Some(property) = unknown::Unknown::of(target, sample) {
            let case = Case::new(&SCH010, &operation.name, property);
            let judged = [&SCH001, &SCH002, &SCH005];
            cases.push(case.operation(&operation.name).also(&judged));
        }
        if let Some(property) = defaults::Defaults::of(target, sample) {
            let case = Case::new(&SCH013, &operation.name, property);
            cases.push(case.operation(&operation.name).also(&[&SCH005]));
        }
    }
    cases
}

/// How much of a schema is gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thoroughness {
    Whole,
    /// A few of the values: the same schema was gone through for another operation.
    Again,
}

fn thoroughness(again: bool) -> Thoroughness {
    if again {
        Thoroughness::Again
    } else {
        Thoroughness::Whole
    }
}

impl Thoroughness {
    fn thin<I: Clone>(self, listed: Vec<Listed<I>>) -> Vec<Listed<I>> {
        match self {
            Self::Whole => listed,
            Self::Again => choose(&listed, listed.len().div_ceil(16))
                .into_iter()
                .map(|index| listed[index].clone())
                .collect(),
        }
    }
}

/// The schema of the JSON body, references followed.
fn body_schema(target: &Target, operation: &Operation) -> Option<Location> {
    let schema = operation.body.as_ref()?.json()?.schema.as_ref()?;
    target.document.follow(schema).map(|(location, _)| location)
}

/// The checks of every answer that `operation` can show.
fn of_answers(target: &Target, operation: &Operation) -> Vec<&'static Check> {
    let mut checks: Vec<&'static Check> = vec![&SCH001, &SCH002, &SCH003, &SCH005];
    if models::are_known(target, operation) {
        checks.push(&SCH012);
    }
    // Refusals of the key are for the suite auth.
    let of_key = [StatusRange::Exact(401), StatusRange::Exact(403)];
    let mut others = operation
        .responses
        .iter()
        .filter(|one| !of_key.contains(&one.status));
    if others.any(|one| !one.headers.is_empty()) {
        checks.push(&SCH004);
    }
    let empty = operation
        .responses
        .iter()
        .any(|one| one.status == StatusRange::Exact(204));
    if empty {
        checks.push(&SCH007);
    }
    checks
}

/// The bodies that the document shows as examples, or else a plain one.
fn example_bodies(target: &Target, operation: &Operation) -> Vec<Value> {
    let body = operation.body.as_ref().and_then(|body| body.json());
    let schema = body.and_then(|json| json.schema.as_ref());
    let examples = schema.and_then(|schema| target.requests.examples(schema).ok());
    examples
        .map(|examples| examples.to_vec())
        .unwrap_or_default()
}

/// Query parameters of `operation` that have a schema.
fn query_parameters(operation: &Operation) -> impl Iterator<Item = (&str, &Location)> {
    operation
        .parameters_in(ParameterPlace::Query)
        .filter_map(|one| Some((one.name.as_str(), one.schema.as_ref()?)))
}
