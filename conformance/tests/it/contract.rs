//! The contract suite against the embedded credential service: correct, with each benign variation,
//! and with each named defect.

use std::collections::BTreeSet;

use skyvern_conformance::{
    check::{CHECKS, Suite},
    reference::{Kind, Server},
    seed::Seed,
    selftest::{Bench, Extent, Outcome, Verdict},
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

fn bench(profile: Profile) -> Bench {
    let bench = Bench::new(profile, JOBS).expect("the built-in documents");
    bench.of_server(Server::CredentialService)
}

/// What went wrong, for a person.
fn complaint(outcome: &Outcome) -> Option<String> {
    let name = outcome.defect.map_or("the correct service", |one| one.name);
    match outcome.verdict() {
        Verdict::Right => None,
        verdict => Some(format!(
            "{name}: {verdict:?}: found {:?} {:?}",
            outcome.found, outcome.problems
        )),
    }
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    let trial = bench(Profile::Quick);
    let outcome = block_on(trial.trial(None, Seed(1), Extent::Everything)).expect("a service");
    assert_eq!(outcome.left, 0);
    assert_eq!(complaint(&outcome), None);
}

/// The defects of the service, each until it is found by its check; of each check the first, of the
/// others one in `share`.
fn are_found(share: usize) {
    let bench = bench(Profile::Ci);
    let faults = Server::CredentialService.defects().iter();
    let faults = faults.filter(|one| one.kind == Kind::Fault);
    let mut checks = BTreeSet::new();
    let mut complaints = Vec::new();
    for (number, defect) in faults.enumerate() {
        if checks.insert(defect.check) || number % share == 0 {
            let trial = bench.trial(Some(defect), Seed(2), Extent::UntilFound);
            complaints.extend(complaint(&block_on(trial).expect("a service")));
        }
    }
    assert!(checks.len() > 45, "only {} checks", checks.len());
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn defects_are_found_by_their_checks() {
    are_found(12);
}

#[test]
fn no_benign_variation_is_reported() {
    let bench = bench(Profile::Quick);
    let benign = Server::CredentialService.defects().iter();
    let mut complaints = Vec::new();
    for variation in benign.filter(|one| one.kind == Kind::Benign) {
        let trial = bench.trial(Some(variation), Seed(3), Extent::UntilFound);
        complaints.extend(complaint(&block_on(trial).expect("a service")));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn each_check_but_that_of_the_url_has_a_defect_and_names_are_unique() {
    let found: BTreeSet<&str> = Server::CredentialService
        .defects()
        .iter()
        .map(|one| one.check)
        .collect();
    for check in CHECKS.iter().filter(|one| one.suite == Suite::Contract) {
        // The host of a test is this machine.
        assert!(
            found.contains(check.id) || check.id == "CON065",
            "{}",
            check.id
        );
    }
    let mut names = BTreeSet::new();
    for defect in Server::ALL.into_iter().flat_map(Server::defects) {
        assert!(names.insert(defect.name), "{} stands twice", defect.name);
    }
}
