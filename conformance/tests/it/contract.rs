//! The contract suite against the embedded credential service: correct, with each benign variation,
//! and with each named defect.

use skyvern_conformance::{
    reference::Server,
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
