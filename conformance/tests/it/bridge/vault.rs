//! The suite against the embedded server with a service behind it: correct, with benign variations,
//! and with a defect of each check.

use std::collections::BTreeSet;

use skyvern_conformance::{
    check::Suite,
    reference::{Kind, Server},
    seed::Seed,
    selftest::{Bench, Extent, Verdict},
    settings::Profile,
};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

fn bench() -> Bench {
    Bench::new(Profile::Ci, 4)
        .unwrap()
        .of_server(Server::Bridged)
        .of_suites(&[Suite::Bridge])
}

#[test]
fn the_first_defect_of_each_check_is_found() {
    let bench = bench();
    let mut checks = BTreeSet::new();
    for defect in Server::Bridged.defects() {
        if defect.kind != Kind::Fault || !checks.insert(defect.check) {
            continue;
        }
        let trial = bench.trial(Some(defect), Seed(1), Extent::UntilFound);
        let outcome = block_on(trial).unwrap();
        assert_eq!(outcome.verdict(), Verdict::Right, "{outcome:?}");
    }
    assert_eq!(checks.len(), 32, "every check of the suite has a defect");
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    let outcome = block_on(bench().trial(None, Seed(1), Extent::Everything)).unwrap();
    assert_eq!(outcome.verdict(), Verdict::Right, "{outcome:?}");
    assert_eq!(outcome.left, 0);
}
