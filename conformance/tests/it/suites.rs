//! The suites against the embedded server: correct, with each benign variation, and with each named
//! defect.

use std::collections::BTreeSet;

use skyvern_conformance::{
    check::Suite,
    reference::Kind,
    seed::Seed,
    selftest::{Bench, Extent, Outcome, Verdict, defects},
    settings::Profile,
};

/// Cases at the same time.
const JOBS: usize = 4;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("an event loop")
        .block_on(future)
}

/// What went wrong, for a person.
fn complaint(outcome: &Outcome) -> Option<String> {
    let name = outcome.defect.map_or("the correct server", |one| one.name);
    let expected = outcome.defect.map_or("", |one| one.check);
    match outcome.verdict() {
        Verdict::Right => None,
        Verdict::Missed => Some(format!("{name}: {expected} did not find it")),
        Verdict::FalseAlarm => Some(format!(
            "{name}: {expected} expected, found {:?} {:?}",
            outcome.found, outcome.problems
        )),
    }
}

/// Tries the defects of one suite by themselves, each with the cases that judge its check and until
/// that check has found it: of every check the first defect, of the others one in three, which ones
/// depends on the seed. All of them with the whole plan take an optimised build.
fn are_found(suite: &str, seed: u64, share: u64) {
    let bench = Bench::new(Profile::Ci, JOBS).expect("the built-in document");
    let faults = defects()
        .into_iter()
        .filter(|one| one.kind == Kind::Fault && one.suite.name() == suite);
    let mut complaints = Vec::new();
    let mut checks = BTreeSet::new();
    for (number, defect) in faults.enumerate() {
        if checks.insert(defect.check) || number as u64 % share == seed % share {
            let trial = bench.trial(Some(defect), Seed(seed), Extent::UntilFound);
            complaints.extend(complaint(&block_on(trial).expect("a server")));
        }
    }
    assert!(!checks.is_empty(), "{suite} has no defects");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn defects_of_answers_and_refusals_are_found() {
    are_found("schema", 1, 12);
}

#[test]
fn defects_of_what_is_kept_are_found() {
    are_found("lifecycle", 2, 3);
}

#[test]
fn defects_of_keys_are_found() {
    are_found("auth", 3, 3);
}

#[test]
fn defects_of_odd_requests_are_found() {
    are_found("robustness", 1, 6);
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    let bench = Bench::new(Profile::Quick, JOBS).expect("the built-in document");
    let outcome = block_on(bench.trial(None, Seed(1), Extent::Everything)).expect("a server");
    assert_eq!(outcome.left, 0);
    assert_eq!(complaint(&outcome), None);
}

/// Each by the suite that would report it first; by the whole plan takes an optimised build.
#[test]
fn no_benign_variation_is_reported() {
    let mut complaints = Vec::new();
    for suite in Suite::ALL {
        let bench = Bench::new(Profile::Quick, JOBS).expect("the built-in document");
        let bench = bench.of_suites(&[suite]);
        let benign = defects().into_iter();
        let benign = benign.filter(|one| one.kind == Kind::Benign && one.suite == suite);
        for (number, variation) in benign.enumerate() {
            let seed = Seed(number as u64 % 3);
            let trial = bench.trial(Some(variation), seed, Extent::UntilFound);
            complaints.extend(complaint(&block_on(trial).expect("a server")));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
