//! The suites: each makes its cases from a target. Nothing is sent here.

use std::sync::Arc;

use crate::{
    case::Case,
    check::{
        AUT007, Check, ROB001, ROB002, ROB003, ROB008, ROB009, ROB010, ROB011, SCH008, SCH010,
        Suite,
    },
    plan::Budget,
    target::{Target, TargetKind},
};

mod auth;
mod bridge;
mod canonical;
mod contract;
pub(crate) mod credentials;
mod lifecycle;
mod redaction;
mod robustness;
mod sample;
mod schema;

pub(crate) use sample::Sample;

/// The cases of `suite` for `target`, in the order in which they are reported. The same target and
/// budget give the same cases.
pub(crate) fn cases(suite: Suite, target: &Arc<Target>, budget: &Budget) -> Vec<Case> {
    let mut cases = match suite {
        Suite::Schema => schema::cases(target, budget),
        Suite::Lifecycle => lifecycle::cases(target, budget),
        Suite::Auth => auth::cases(target, budget),
        Suite::Robustness => robustness::cases(target, budget),
        Suite::Redaction => redaction::cases(target, budget),
        Suite::Bridge => bridge::cases(target, budget),
        Suite::Contract => contract::cases(target, budget),
    };
    if target.kind == TargetKind::CredentialService {
        // What the contract says of secrets is judged in all of its cases, too.
        let is_of_contract =
            |case: &Case| suite == Suite::Redaction || OF_CONTRACT.contains(&case.check);
        cases.retain(|case| !is_of_contract(case));
    }
    cases
}

/// Checks that the contract has of its own for a credential service, at the level that Skyvern
/// gives them: it never sends what is refused there.
static OF_CONTRACT: [&Check; 10] = [
    &SCH008, &SCH010, &AUT007, &ROB001, &ROB002, &ROB003, &ROB008, &ROB009, &ROB010, &ROB011,
];
