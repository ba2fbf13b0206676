//! The engine against the embedded server, with properties made up for the purpose.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use futures_util::future::{FutureExt, LocalBoxFuture};
use parking_lot::Mutex;
use proptest::{collection::vec, prelude::*, strategy::SBoxedStrategy};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::*;
use crate::{
    baseline::Baseline,
    case::{InputTree, Phase, Property, tree},
    check::{Check, LIF001, LIF002, LIF003, SCH003, SCH008},
    embedded::{Config, Embedded},
    event::{CaseOutcome, Tested},
    exchange::{Exchange, Request},
    finding::{Judgement, Place, Violation},
    plan::{Budget, Selection},
    redact::Shown,
    reference::Server,
    seed::Seed,
    session::{Session, Stop},
    settings::ServerSettings,
    setup,
};

type Judge<I> = fn(&I, &[Arc<Exchange>], &mut Judgement);

/// Draws from `strategy`, sends what `requests` makes of it, and judges with `judge`.
struct Made<I> {
    strategy: SBoxedStrategy<I>,
    requests: fn(&I) -> Vec<Request>,
    judge: Judge<I>,
    /// Told of each input before it is sent.
    told: Arc<dyn Fn(&I) + Send + Sync>,
}

impl<I> Property for Made<I>
where
    I: Clone + std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned + 'static,
{
    type Input = I;

    fn random(&self) -> Option<SBoxedStrategy<I>> {
        Some(self.strategy.clone())
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a I,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        (self.told)(input);
        async move {
            for request in (self.requests)(input) {
                session.send(request).await?;
            }
            Ok(())
        }
        .boxed_local()
    }

    fn judge(&self, input: &I, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        (self.judge)(input, exchanges, judgement);
    }
}

fn made<I: std::fmt::Debug + 'static>(
    strategy: impl Strategy<Value = I, Tree: 'static> + Send + Sync + 'static,
    requests: fn(&I) -> Vec<Request>,
    judge: Judge<I>,
) -> Made<I> {
    Made {
        strategy: strategy.sboxed(),
        requests,
        judge,
        told: Arc::new(|_| ()),
    }
}

fn search(text: &impl ToString) -> Vec<Request> {
    vec![Request::new("GET", "/v1/credentials").query("search", &text.to_string())]
}

fn create<I>(_: &I) -> Vec<Request> {
    let body = json!({
        "name": "n",
        "credential_type": "secret",
        "credential": {"secret_value": "v"},
    });
    vec![Request::new("POST", "/v1/credentials").json(body)]
}

fn holds<I>(_: &I, _: &[Arc<Exchange>], judgement: &mut Judgement) {
    judgement.pass(&LIF001);
}

fn fails<I>(_: &I, _: &[Arc<Exchange>], judgement: &mut Judgement) {
    judgement.fail(Violation::new(&LIF001, 0, Place::Status, "made up"));
}

/// Interrupts whenever it is told to.
struct Keyboard {
    press: UnboundedSender<()>,
    pressed: UnboundedReceiver<()>,
}

impl Default for Keyboard {
    fn default() -> Self {
        let (press, pressed) = unbounded_channel();
        Self { press, pressed }
    }
}

impl Interrupts for Keyboard {
    fn next(&mut self) -> LocalBoxFuture<'_, ()> {
        async { self.pressed.recv().await.unwrap() }.boxed_local()
    }
}

struct Ran {
    summary: Summary,
    outcomes: Vec<(String, CaseOutcome)>,
    stopping: Vec<Ending>,
}

struct Engine {
    limits: Limits,
    budget: Budget,
    seed: u64,
    keyboard: Keyboard,
    settings: ServerSettings,
}

impl Engine {
    fn new() -> Self {
        Self {
            limits: Limits {
                jobs: 4,
                max_failures: None,
                max_time: None,
            },
            budget: Budget {
                listed: 10,
                random: 20,
                steps: 10,
                shrink: 200,
            },
            seed: 1,
            keyboard: Keyboard::default(),
            settings: ServerSettings::embedded(),
        }
    }

    fn run(self, plan: Vec<Case>) -> Ran {
        self.run_parts([plan])
    }

    /// Each plan against a server of its own.
    fn run_parts(mut self, plans: impl IntoIterator<Item = Vec<Case>>) -> Ran {
        let directory = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let seed = Seed(self.seed);
            let started = SystemTime::UNIX_EPOCH;
            let mut recorder = Recorder::new(directory.path(), started, seed, 10);
            let (parts, _servers): (Vec<Part>, Vec<_>) = plans
                .into_iter()
                .map(|cases| {
                    let ready = setup::prepare(&self.settings, &|_| None).unwrap();
                    let (target, budget) = (Arc::clone(&ready.target), self.budget);
                    let selection = Selection::default();
                    let context = Context::new(target, ready.transport, seed, budget, selection);
                    let part = Part {
                        context: Arc::new(context),
                        cases: cases.into(),
                        redactor: ready.redactor,
                        settings: self.settings.clone(),
                    };
                    (part, ready.embedded)
                })
                .unzip();
            let header = Header {
                secrets: Vec::new(),
                notes: Vec::new(),
                server: Tested::default(),
                further: Vec::new(),
                cases: parts.iter().map(|part| part.cases.len()).sum(),
                withheld: Vec::new(),
                profile: String::new(),
                selected: Vec::new(),
                shard: None,
                seed,
                started,
            };
            let (mut outcomes, mut stopping) = (Vec::new(), Vec::new());
            let telling = Telling {
                header,
                recorder: &mut recorder,
                baseline: &Baseline::empty(),
                report: &mut |event| match event {
                    Event::CaseFinished(report) => {
                        outcomes.push((report.id.to_string(), report.outcome));
                    }
                    Event::Stopping(ending) => stopping.push(*ending),
                    _ => {}
                },
            };
            let summary = run(&parts, self.limits, telling, &mut self.keyboard);
            let summary = summary.await.unwrap();
            Ran {
                summary,
                outcomes,
                stopping,
            }
        })
    }
}

#[test]
fn what_ends_one_part_ends_all() {
    let plans = |judge| {
        [
            vec![Case::new(&LIF001, "a", made(0..9u8, create, judge))],
            vec![Case::new(&LIF001, "b", made(0..9u8, create, holds))],
        ]
    };
    let outcomes = |ran: &Ran| -> Vec<CaseOutcome> {
        ran.outcomes.iter().map(|(_, outcome)| *outcome).collect()
    };
    let mut engine = Engine::new();
    engine.limits.max_failures = Some(1);
    engine.limits.jobs = 1;
    let ran = engine.run_parts(plans(fails));
    assert_eq!(outcomes(&ran), [CaseOutcome::Failed, CaseOutcome::NotRun]);
    assert_eq!(ran.summary.ending, Ending::EnoughFailures);
    assert_eq!(ran.stopping, [Ending::EnoughFailures]);
    assert_eq!(ran.summary.created, ran.summary.deleted);

    let one = Engine::new().run_parts(plans(holds).into_iter().take(1));
    let both = Engine::new().run_parts(plans(holds));
    assert_eq!(outcomes(&both), [CaseOutcome::Passed, CaseOutcome::Passed]);
    assert_eq!(both.summary.created, 2 * one.summary.created);
    assert_eq!(both.summary.requests, 2 * one.summary.requests);
    assert_eq!(both.summary.created, both.summary.deleted);
}

#[test]
fn what_is_sent_depends_on_the_seed_and_not_on_the_rest() {
    let sent = |seed: u64, jobs: usize, subjects: &[&str]| {
        let log: Arc<Mutex<BTreeMap<String, Vec<String>>>> = Arc::default();
        let case = |subject: &&str| {
            let (log, name) = (Arc::clone(&log), (*subject).to_owned());
            let property = Made {
                told: Arc::new(move |input: &String| {
                    log.lock()
                        .entry(name.clone())
                        .or_default()
                        .push(input.clone());
                }),
                ..made(".{0,20}", search, holds)
            };
            Case::new(&LIF001, subject, property)
        };
        let plan: Vec<Case> = subjects.iter().map(case).collect();
        let mut engine = Engine::new();
        engine.seed = seed;
        engine.limits.jobs = jobs;
        engine.run(plan);
        std::mem::take(&mut *log.lock())
    };
    let all = sent(1, 1, &["a", "b", "c"]);
    assert_eq!(all["a"].len(), 20);
    assert_eq!(all, sent(1, 8, &["a", "b", "c"]));
    assert_eq!(all["b"], sent(1, 2, &["b"])["b"]);
    assert_ne!(all["a"], all["b"]);
    assert_ne!(all["a"], sent(2, 1, &["a"])["a"]);
}

#[test]
fn a_failing_input_shrinks_to_the_smallest_beside_one_that_passes() {
    let judge: Judge<u32> = |input, _, judgement| {
        let broken = *input >= 37;
        let violation = || Violation::new(&LIF001, 0, Place::Status, "made up");
        judgement.settle(&LIF001, broken.then(violation));
    };
    let plan = vec![Case::new(&LIF001, "x", made(0..100_000u32, search, judge))];
    let ran = Engine::new().run(plan);
    let [finding] = &ran.summary.findings[..] else {
        panic!("{:?}", ran.summary.findings);
    };
    assert_eq!(*finding.input.get(), json!(37));
    assert_eq!(
        finding.nearest_pass.as_ref().map(Shown::get),
        Some(&json!(36))
    );
    assert_eq!(finding.count, 20);
}

#[test]
fn a_sequence_loses_the_steps_that_do_not_matter() {
    // Two threes are needed, whatever stands between them.
    let judge: Judge<Vec<u8>> = |input, _, judgement| {
        let broken = input
            .iter()
            .copied()
            .filter(|step| *step == 3)
            .nth(1)
            .is_some();
        let violation = || Violation::new(&LIF001, 0, Place::Status, "made up");
        judgement.settle(&LIF001, broken.then(violation));
    };
    let requests = |input: &Vec<u8>| input.iter().flat_map(search).collect();
    let strategy = vec(0..6u8, 0..30);
    let plan = vec![Case::new(&LIF001, "x", made(strategy, requests, judge))];
    let ran = Engine::new().run(plan);
    assert_eq!(*ran.summary.findings[0].input.get(), json!([3, 3]));
}

#[test]
fn what_was_created_is_deleted_also_when_cases_fail() {
    let plan = vec![
        Case::new(&LIF001, "x", made(0..9u8, create, holds)),
        Case::new(&LIF002, "x", made(0..9u8, create, fails)),
    ];
    let ran = Engine::new().run(plan);
    let summary = &ran.summary;
    assert!(summary.created >= 40, "{}", summary.created);
    assert_eq!(summary.created, summary.deleted);
    assert_eq!(summary.left, []);
}

/// Creates, and presses a key before the fifth input.
fn pressing(engine: &Engine) -> Made<u8> {
    let key = engine.keyboard.press.clone();
    let inputs = AtomicUsize::new(0);
    Made {
        told: Arc::new(move |_| {
            if inputs.fetch_add(1, Ordering::Relaxed) == 4 {
                key.send(()).unwrap();
            }
        }),
        ..made(any::<u8>(), create, holds)
    }
}

#[test]
fn an_interrupt_ends_the_run_after_cleaning_up() {
    let mut engine = Engine::new();
    let property = pressing(&engine);
    engine.budget.random = 10_000;
    let plan = vec![
        Case::new(&LIF001, "x", property),
        Case::new(&LIF002, "x", made(0..9u8, create, holds)),
    ];
    engine.limits.jobs = 1;
    let ran = engine.run(plan);
    assert_eq!(ran.summary.ending, Ending::Interrupted);
    assert_eq!(ran.stopping, [Ending::Interrupted]);
    assert_eq!(ran.summary.left, []);
    assert!(ran.summary.created > 0);
    assert_eq!(ran.outcomes.len(), 2);
    assert_eq!(ran.outcomes[1].1, CaseOutcome::NotRun);
}

#[test]
fn a_second_interrupt_leaves_at_once_and_says_what_is_left() {
    let mut engine = Engine::new();
    engine.limits.jobs = 2;
    engine.budget.random = 10_000;
    let key = engine.keyboard.press.clone();
    let inputs = AtomicUsize::new(0);
    // The first key ends the run; the second comes while a request is under way.
    let slow = Made {
        told: Arc::new(move |_: &u8| {
            if inputs.fetch_add(1, Ordering::Relaxed) == 4 {
                key.send(()).unwrap();
                key.send(()).unwrap();
            }
        }),
        ..made(any::<u8>(), create, holds)
    };
    let ran = engine.run(vec![Case::new(&LIF001, "x", slow)]);
    let summary = &ran.summary;
    assert_eq!(summary.ending, Ending::Interrupted);
    assert_eq!(summary.left.len() as u64, summary.created - summary.deleted);
    assert!(!summary.left.is_empty());
}

#[test]
fn the_time_ends_the_run() {
    let mut engine = Engine::new();
    engine.budget.random = 1_000_000;
    engine.limits.max_time = Some(Duration::from_millis(50));
    let ran = engine.run(vec![Case::new(&LIF001, "x", made(0..9u8, create, holds))]);
    assert_eq!(ran.summary.ending, Ending::OutOfTime);
    assert_eq!(ran.summary.left, []);
}

#[test]
fn enough_failures_end_the_run() {
    let mut engine = Engine::new();
    engine.limits.max_failures = Some(1);
    engine.limits.jobs = 1;
    let plan = vec![
        Case::new(&LIF001, "x", made(0..9u8, search, fails)),
        Case::new(&LIF002, "x", made(0..9u8, search, fails)),
        Case::new(&LIF003, "x", made(0..9u8, search, holds)),
    ];
    let ran = engine.run(plan);
    assert_eq!(ran.summary.ending, Ending::EnoughFailures);
    assert_eq!(ran.outcomes.last().unwrap().1, CaseOutcome::NotRun);
}

#[test]
fn findings_of_one_check_operation_and_place_are_one() {
    let plan = vec![
        Case::new(&LIF001, "x", made(0..9u8, search, fails)).operation("get_credentials"),
        Case::new(&LIF001, "y", made(0..9u8, search, fails)).operation("get_credentials"),
        Case::new(&LIF001, "z", made(0..9u8, search, fails)).operation("get_credential"),
    ];
    let ran = Engine::new().run(plan);
    let told: Vec<_> = ran
        .summary
        .findings
        .iter()
        .map(|finding| (finding.case.as_str(), finding.count))
        .collect();
    assert_eq!(
        told,
        [
            ("lifecycle::read_back::x", 40),
            ("lifecycle::read_back::z", 20)
        ]
    );
    let names: BTreeSet<_> = ran.summary.findings.iter().map(|one| &one.replay).collect();
    assert_eq!(names.len(), 2);
}

#[test]
fn cases_are_told_in_the_order_of_the_plan() {
    let plan: Vec<Case> = (0..20)
        .map(|number| {
            // The first take longest.
            let steps = 20 - number;
            let property = made(
                vec(0..9u8, steps),
                |input| input.iter().flat_map(search).collect(),
                holds,
            );
            Case::new(&LIF001, &format!("{number:02}"), property)
        })
        .collect();
    let mut engine = Engine::new();
    engine.limits.jobs = 8;
    let planned: Vec<String> = plan.iter().map(|case| case.id.to_string()).collect();
    let ran = engine.run(plan);
    let told: Vec<&str> = ran.outcomes.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(told, planned);
}

#[test]
fn a_case_that_judged_nothing_has_not_passed() {
    let plan = vec![Case::new(&LIF001, "x", made(0..9u8, search, |_, _, _| ()))];
    let id = plan[0].id.clone();
    let ran = Engine::new().run(plan);
    assert_eq!(ran.outcomes[0].1, CaseOutcome::Vacuous);
    assert_eq!(ran.summary.vacuous, [id]);
    let totals = &ran.summary.checks[0];
    assert_eq!((totals.passed, totals.failed, totals.skipped), (0, 0, 1));
}

#[test]
fn a_failure_that_another_explains_is_not_told() {
    let judge: Judge<u8> = |_, _, judgement| {
        judgement.fail(Violation::new(
            &SCH003,
            0,
            Place::Status,
            "follows from the next",
        ));
        judgement.fail(Violation::new(
            &crate::check::SCH005,
            0,
            Place::Status,
            "the cause",
        ));
        judgement.fail(Violation::new(
            &SCH008,
            1,
            Place::Status,
            "of another exchange",
        ));
    };
    let plan = vec![Case::new(&SCH003, "x", made(0..9u8, search, judge))];
    let ran = Engine::new().run(plan);
    let told: Vec<&str> = ran
        .summary
        .findings
        .iter()
        .map(|one| one.check.id)
        .collect();
    assert_eq!(told, ["SCH005", "SCH008"]);
}

#[test]
fn a_server_that_goes_away_ends_the_run() {
    let embedded = Mutex::new(Some(
        Embedded::start(Config::new(Server::Skyvern, 0, None, &[])).unwrap(),
    ));
    let url = embedded.lock().as_ref().unwrap().url().to_owned();
    let property = Made {
        told: Arc::new(move |_: &u8| drop(embedded.lock().take())),
        ..made(0..9u8, search, holds)
    };
    let mut engine = Engine::new();
    engine.settings.url = Some(url);
    engine.settings.retries = 0;
    let plan = vec![
        Case::new(&LIF001, "x", property),
        Case::new(&LIF002, "x", made(0..9u8, search, holds)),
    ];
    let ran = engine.run(plan);
    assert_eq!(ran.summary.ending, Ending::ServerGone);
    assert!(
        ran.outcomes
            .iter()
            .all(|(_, outcome)| *outcome == CaseOutcome::NotRun)
    );
}

#[test]
fn names_of_what_is_created_are_the_same_in_every_run() {
    let names = |seed| {
        let log: Arc<Mutex<Vec<String>>> = Arc::default();
        struct Named(Arc<Mutex<Vec<String>>>);
        impl Property for Named {
            type Input = u8;

            fn examples(&self) -> Vec<u8> {
                vec![0, 1]
            }

            fn execute<'a>(
                &'a self,
                session: &'a Session,
                _: &'a u8,
            ) -> LocalBoxFuture<'a, Result<(), Stop>> {
                let names = [session.unique_name(), session.unique_name()];
                self.0.lock().extend(names);
                async { Ok(()) }.boxed_local()
            }

            fn judge(&self, _: &u8, _: &[Arc<Exchange>], _: &mut Judgement) {}
        }
        let mut engine = Engine::new();
        engine.seed = seed;
        engine.run(vec![Case::new(&LIF001, "x", Named(Arc::clone(&log)))]);
        std::mem::take(&mut *log.lock())
    };
    let first = names(1);
    assert_eq!(first, names(1));
    assert_ne!(first, names(2));
    assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), 4);
}

#[test]
fn nothing_changes_while_a_session_is_quiet() {
    struct Counts;
    impl Property for Counts {
        type Input = u8;

        fn coverage(&self) -> Vec<u8> {
            vec![0; 10]
        }

        fn execute<'a>(
            &'a self,
            session: &'a Session,
            input: &'a u8,
        ) -> LocalBoxFuture<'a, Result<(), Stop>> {
            async move {
                let _quiet = session.quiet().await;
                // Its own changes are not held up.
                for request in search(&"")
                    .into_iter()
                    .chain(create(input))
                    .chain(search(&""))
                {
                    session.send(request.query("page_size", "10000")).await?;
                }
                Ok(())
            }
            .boxed_local()
        }

        fn judge(&self, _: &u8, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
            let count = |index: usize| {
                let list = exchanges[index].json().and_then(|list| list.as_array());
                list.map(Vec::len)
            };
            let steady = count(2) == count(0).map(|before| before + 1);
            let violation = || Violation::new(&LIF001, 2, Place::Status, "it changed");
            judgement.settle(&LIF001, (!steady).then(violation));
        }
    }
    let plan = vec![
        Case::new(&LIF001, "x", Counts),
        Case::new(
            &LIF002,
            "x",
            made(0..9u8, create, |_, _, judgement| judgement.pass(&LIF002)),
        ),
        Case::new(
            &LIF003,
            "x",
            made(0..9u8, create, |_, _, judgement| judgement.pass(&LIF003)),
        ),
    ];
    let ran = Engine::new().run(plan);
    assert_eq!(ran.summary.findings.len(), 0, "{:?}", ran.summary.findings);
}

type JudgeOfList = Box<dyn Fn(&[u8], &mut Judgement) + Send + Sync>;

/// Lists inputs that are made smaller by leaving items out.
struct Lists {
    inputs: Vec<Vec<u8>>,
    judge: JudgeOfList,
}

impl Property for Lists {
    type Input = Vec<u8>;

    fn coverage(&self) -> Vec<Vec<u8>> {
        self.inputs.clone()
    }

    fn simpler(&self, input: &Vec<u8>) -> Option<InputTree<Vec<u8>>> {
        Some(tree::fewer(input.clone()))
    }

    fn told(&self, input: &Vec<u8>) -> serde_json::Value {
        input.iter().map(|item| format!("item {item}")).collect()
    }

    fn execute<'a>(
        &'a self,
        _: &'a Session,
        _: &'a Vec<u8>,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        async { Ok(()) }.boxed_local()
    }

    fn judge(&self, input: &Vec<u8>, _: &[Arc<Exchange>], judgement: &mut Judgement) {
        (self.judge)(input, judgement);
    }
}

fn made_up(check: &'static Check) -> Violation {
    Violation::new(check, 0, Place::Status, "made up")
}

#[test]
fn a_listed_input_shrinks_too_and_is_told_in_words() {
    let property = || Lists {
        inputs: vec![vec![1, 2], vec![3, 9, 3, 4, 5]],
        judge: Box::new(|input, judgement| {
            let broken = input.iter().filter(|item| **item == 3).nth(1).is_some();
            judgement.settle(&LIF001, broken.then(|| made_up(&LIF001)));
        }),
    };
    let ran = Engine::new().run(vec![Case::new(&LIF001, "x", property())]);
    let finding = &ran.summary.findings[0];
    assert_eq!(*finding.input.get(), json!([3, 3]));
    assert_eq!(*finding.told.get(), json!(["item 3", "item 3"]));
    let nearest = finding.nearest_pass.as_ref().map(Shown::get);
    assert_eq!(nearest, Some(&json!([3])));
    let told = finding.nearest_told.as_ref().map(Shown::get);
    assert_eq!(told, Some(&json!(["item 3"])));
    assert_eq!((finding.phase, finding.count), (Phase::Coverage, 1));

    let mut engine = Engine::new();
    engine.budget.shrink = 0;
    let ran = engine.run(vec![Case::new(&LIF001, "x", property())]);
    let finding = &ran.summary.findings[0];
    assert_eq!(*finding.input.get(), json!([3, 9, 3, 4, 5]));
    let nearest = finding.nearest_pass.as_ref().map(Shown::get);
    assert_eq!(nearest, Some(&json!([1, 2])));
}

#[test]
fn what_does_not_fail_every_time_is_told_so() {
    let times = |most: usize| {
        let tries = AtomicUsize::new(0);
        let property = Lists {
            inputs: vec![vec![]],
            judge: Box::new(move |_, judgement| {
                let broken = tries.fetch_add(1, Ordering::Relaxed) < most;
                judgement.settle(&LIF001, broken.then(|| made_up(&LIF001)));
            }),
        };
        let ran = Engine::new().run(vec![Case::new(&LIF001, "x", property)]);
        let finding = &ran.summary.findings[0];
        let told = crate::report::finding(finding);
        (finding.again, told.contains("not every time"))
    };
    assert_eq!(times(1), (Some(false), true));
    assert_eq!(times(usize::MAX), (Some(true), false));
}

#[test]
fn findings_of_one_cause_are_told_with_the_first() {
    let fails_at = |check: &'static Check, member: &'static str, summary: &'static str| Lists {
        inputs: vec![vec![]],
        judge: Box::new(move |_, judgement| {
            let place = Place::Body(spec::Pointer::root().child(member));
            judgement.fail(Violation::new(check, 0, place, summary));
        }),
    };
    let case = |subject: &str, check: &'static Check, member, summary| {
        Case::new(check, subject, fails_at(check, member, summary)).operation(subject)
    };
    let plan = vec![
        case("a", &LIF003, "number", "lost"),
        case("b", &LIF003, "number", "lost"),
        case("c", &LIF003, "number", "another fault"),
        // It follows from the first where it shows at the same place.
        case("d", &crate::check::LIF007, "number", "other words"),
        case("e", &crate::check::LIF007, "brand", "other words too"),
    ];
    let ran = Engine::new().run(plan);
    let findings = &ran.summary.findings;
    let heads: Vec<Option<&str>> = findings
        .iter()
        .map(|one| one.folded_into.as_deref())
        .collect();
    let first = Some(findings[0].replay.as_str());
    assert_eq!(heads, [None, first, None, first, None]);
}
