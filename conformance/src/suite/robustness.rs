//! The cases of the suite `robustness`: requests that no polite client sends. Each must be answered
//! in time and without a 5xx, and the server must go on answering.

use std::sync::Arc;

use crate::{
    case::Case,
    check::{
        Check, ROB001, ROB002, ROB003, ROB004, ROB005, ROB006, ROB007, ROB008, ROB009, ROB010,
        ROB011, ROB012, ROB013, ROB014, ROB015, ROB016, ROB017, ROB018, ROB019,
    },
    plan::Budget,
    suite::sample::Sample,
    target::{Operation, ParameterPlace, Target},
};

mod bodies;
mod odd;
mod paths;

use odd::{Odd, Oddities};

/// What every case of this suite judges by the way.
const BY_THE_WAY: [&Check; 4] = [&ROB016, &ROB017, &ROB018, &ROB019];

/// The cases of this suite.
pub(super) fn cases(target: &Arc<Target>, _budget: &Budget) -> Vec<Case> {
    let probe = probe(target).map(Arc::new);
    let samples: Vec<Arc<Sample>> = target
        .operations
        .iter()
        .filter_map(|operation| Sample::of(target, operation).map(Arc::new))
        .collect();
    let case = |check: &'static Check, subject: &str, sample: &Arc<Sample>, listed: Vec<Odd>| {
        let first = samples.iter().find(|one| one.body.is_some());
        let property = Oddities {
            check,
            sample: Arc::clone(sample),
            probe: probe.clone(),
            listed,
            // The parser is the same for all operations, nearly always.
            truncated: check == &ROB001 && first.is_some_and(|first| Arc::ptr_eq(first, sample)),
        };
        Case::new(check, subject, property)
            .operation(&sample.operation.name)
            .also(&BY_THE_WAY)
    };
    let mut cases = Vec::new();
    let mut taking_bodies: Vec<&Arc<Sample>> =
        samples.iter().filter(|one| one.body.is_some()).collect();
    // Most is tried with the first, and some of that is done.
    taking_bodies.sort_by_key(|one| target.withheld.contains_key(&one.operation.name));
    for (number, sample) in taking_bodies.into_iter().enumerate() {
        let Some(template) = bodies::Template::of(sample) else {
            continue;
        };
        let name = &sample.operation.name;
        let malformed = template.malformed();
        if number > 0 {
            let some = malformed.into_iter().step_by(4).collect();
            cases.push(case(&ROB001, name, sample, some));
            cases.push(case(&ROB008, name, sample, template.wrong_roots()));
            continue;
        }
        let groups: [(&'static Check, Vec<Odd>); 12] = [
            (&ROB001, malformed),
            (&ROB002, template.trailing()),
            (&ROB003, template.duplicates()),
            (&ROB004, template.numbers()),
            (&ROB005, template.nested()),
            (&ROB006, template.broken_unicode()),
            (&ROB007, template.nul()),
            (&ROB008, template.wrong_roots()),
            (&ROB009, template.content_types()),
            (&ROB010, template.charsets()),
            (&ROB011, template.oversized()),
            (&ROB012, template.long()),
        ];
        cases.extend(
            groups
                .into_iter()
                .filter(|(_, listed)| !listed.is_empty())
                .map(|(check, listed)| case(check, name, sample, listed).performs(name)),
        );
    }
    for sample in samples.iter().filter(|one| one.operation.is_safe()) {
        let operation = &sample.operation;
        let name = &operation.name;
        let mut long = Vec::new();
        if let Some(variable) = operation.path_variables().next() {
            cases.push(case(
                &ROB007,
                name,
                sample,
                paths::nul_ids(operation, variable),
            ));
            long = paths::long_ids(operation, variable);
        }
        if operation
            .parameters_in(ParameterPlace::Query)
            .next()
            .is_some()
        {
            cases.push(case(
                &ROB014,
                name,
                sample,
                paths::queries(target, operation),
            ));
            long = paths::long_queries(operation);
        }
        if !long.is_empty() {
            cases.push(case(&ROB012, name, sample, long));
        }
    }
    if let Some(sample) = samples.first() {
        cases.push(case(
            &ROB013,
            paths::subject(target),
            sample,
            paths::tricks(target),
        ));
    }
    let mut paths: Vec<&str> = Vec::new();
    for sample in &samples {
        let path = sample.operation.path.as_str();
        if paths.contains(&path) {
            continue;
        }
        paths.push(path);
        let listed = paths::methods(target, path);
        cases.push(case(&ROB015, &sample.operation.name, sample, listed));
    }
    cases
}

/// A plain read that a server in good health answers.
fn probe(target: &Target) -> Option<Sample> {
    target
        .operations
        .iter()
        .filter(|one| one.is_safe() && one.path_variables().next().is_none())
        .find_map(|operation: &Operation| Sample::of(target, operation))
}
