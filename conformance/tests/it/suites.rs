//! The suites against the embedded server: correct, with each benign variation, and with each named
//! defect.

use skyvern_conformance::{
    reference::{Defect, Kind},
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
        .unwrap()
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

/// Tries all of `chosen` by themselves: only the named check's cases, until it is found.
fn each_is_found(chosen: impl Fn(&Defect) -> bool, seed: u64) {
    let bench = Bench::new(Profile::Ci, JOBS).unwrap();
    let mut complaints = Vec::new();
    let mut tried = 0;
    for defect in defects()
        .iter()
        .filter(|one| one.kind == Kind::Fault && chosen(one))
    {
        let trial = bench.trial(Some(defect), Seed(seed), Extent::UntilFound);
        complaints.extend(complaint(&block_on(trial).unwrap()));
        tried += 1;
    }
    assert!(tried > 0, "no defect was chosen");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Every check of the suite, several defects each.
fn of(suite: &str) -> impl Fn(&Defect) -> bool {
    move |defect| defect.suite.name() == suite
}

#[test]
fn each_defect_of_answers_and_refusals_is_found() {
    each_is_found(of("schema"), 1);
}

#[test]
fn each_defect_of_what_is_kept_is_found() {
    each_is_found(of("lifecycle"), 2);
}

#[test]
fn each_defect_of_keys_is_found() {
    each_is_found(of("auth"), 3);
}

#[test]
fn each_defect_of_odd_requests_is_found() {
    each_is_found(of("robustness"), 1);
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    let bench = Bench::new(Profile::Quick, JOBS).unwrap();
    let benign = defects().iter().filter(|one| one.kind == Kind::Benign);
    let mut complaints = Vec::new();
    for (number, variation) in std::iter::once(None).chain(benign.map(Some)).enumerate() {
        let seed = Seed(1 + number as u64 % 3);
        let outcome = block_on(bench.trial(variation, seed, Extent::Everything)).unwrap();
        assert_eq!(outcome.left, 0, "left on {:?}", outcome.defect);
        complaints.extend(complaint(&outcome));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_plan_is_the_same_for_every_seed_and_number_of_jobs() {
    let one = Bench::new(Profile::Quick, 1).unwrap();
    let many = Bench::new(Profile::Quick, 8).unwrap();
    let trial = |bench: &Bench| block_on(bench.trial(None, Seed(7), Extent::Everything)).unwrap();
    let (one, many) = (trial(&one), trial(&many));
    assert_eq!(one.found.len() + many.found.len(), 0);
}
