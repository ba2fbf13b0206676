//! The suites: each makes its cases from a target. Nothing is sent here.

use std::rc::Rc;

use crate::{case::Case, check::Suite, plan::Budget, target::Target};

mod auth;
mod bridge;
mod canonical;
pub(crate) mod credentials;
mod lifecycle;
mod redaction;
mod robustness;
mod sample;
mod schema;

pub(crate) use sample::Sample;

/// The cases of `suite` for `target`, in the order in which they are reported. The same target and
/// budget give the same cases.
pub(crate) fn cases(suite: Suite, target: &Rc<Target>, budget: &Budget) -> Vec<Case> {
    match suite {
        Suite::Schema => schema::cases(target, budget),
        Suite::Lifecycle => lifecycle::cases(target, budget),
        Suite::Auth => auth::cases(target, budget),
        Suite::Robustness => robustness::cases(target, budget),
        Suite::Redaction => redaction::cases(target, budget),
        Suite::Bridge => bridge::cases(target, budget),
    }
}
