//! One case: its inputs in their phases, each executed and judged; failing ones made smaller.
//!
//! Of each kind of failure (a check, at a place) the smallest input is kept; the rest is counted.

use std::{collections::BTreeSet, sync::Arc};

use futures_util::future::{FutureExt, LocalBoxFuture};
use proptest::strategy::{Strategy, ValueTree};
use serde_json::Value;

use super::{
    Context,
    failure::{Failure, key},
    nearest::nearest,
};
use crate::{
    case::{Case, Phase, Property, choose},
    check::{Check, contract, redaction},
    exchange::{Exchange, TransportError},
    finding::{Judgement, Masked, Place, Violation},
    ledger::Scope,
    secret::watch::Caught,
    session::{InputNumber, Session, Stop, StopReason},
    target::TargetKind,
};

/// More things than this are not left on the server between two inputs of a case.
const MAX_OPEN: usize = 48;
/// Most kinds of failure that a case reports; further ones have the same cause, nearly always.
const MAX_KINDS: usize = 8;
/// Random inputs are numbered from here, so that a longer list of examples does not shift them.
const FIRST_RANDOM: usize = 1 << 32;
/// What failed in earlier runs is numbered from here.
const FIRST_REGRESSION: usize = 1 << 33;
/// The number of an input that is sent once more.
const CONFIRMING: usize = usize::MAX;
/// After so many attempts that do not fail, the failing input itself is sent again: what does not fail
/// every time is not made smaller for long.
const MOST_IN_VAIN: usize = 24;
/// Attempts to make the input of one failure smaller are numbered apart from those of the next.
const ATTEMPTS: usize = 1 << 20;
/// Strategies that reject so many draws are given up.
const MAX_REJECTS: usize = 8;

/// What a case came to.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// Checks that were tested; those that failed are in `failures` too.
    pub(crate) judged: Vec<&'static Check>,
    pub(crate) failures: Vec<Failure>,
    pub(crate) inputs: usize,
    pub(crate) problems: Vec<String>,
    /// Places that varied by themselves.
    pub(crate) masked: BTreeSet<Masked>,
    pub(crate) stopped: Option<Stop>,
}

/// What one input came to.
pub(crate) struct Trial {
    pub(crate) exchanges: Vec<Arc<Exchange>>,
    pub(crate) judgement: Judgement,
}

/// A [`Property`] whose type of input is known inside only.
pub(crate) trait Erased: Send + Sync {
    /// Tries all inputs that the budget allows.
    fn run<'a>(
        &'a self,
        case: &'a Case,
        scope: Scope,
        context: &'a Arc<Context>,
    ) -> LocalBoxFuture<'a, Verdict>;

    /// Tries one recorded input. `None` if it is not an input of this property.
    fn replay<'a>(
        &'a self,
        case: &'a Case,
        context: &'a Arc<Context>,
        input: &Value,
    ) -> Option<LocalBoxFuture<'a, Result<Trial, Stop>>>;

    /// A recorded input as a person is told of it; unchanged if it is no input of this property.
    fn told(&self, input: &Value) -> Value;
}

impl<P: Property> Erased for P {
    fn run<'a>(
        &'a self,
        case: &'a Case,
        scope: Scope,
        context: &'a Arc<Context>,
    ) -> LocalBoxFuture<'a, Verdict> {
        let mut runner = Runner {
            property: self,
            case,
            scope,
            context,
            verdict: Verdict::default(),
        };
        async move {
            if let Err(stop) = runner.all().await {
                runner.verdict.stopped = Some(stop);
            }
            for failure in &mut runner.verdict.failures {
                failure.told = Erased::told(self, &failure.input);
                let nearest = failure.nearest.as_ref();
                failure.nearest_told = nearest.map(|input| Erased::told(self, input));
            }
            runner.verdict
        }
        .boxed_local()
    }

    fn replay<'a>(
        &'a self,
        case: &'a Case,
        context: &'a Arc<Context>,
        input: &Value,
    ) -> Option<LocalBoxFuture<'a, Result<Trial, Stop>>> {
        let input: P::Input = serde_json::from_value(input.clone()).ok()?;
        let runner = Runner {
            property: self,
            case,
            scope: Scope(0),
            context,
            verdict: Verdict::default(),
        };
        let number = InputNumber {
            input: 0,
            attempt: 0,
        };
        Some(async move { runner.attempt(number, &input).await }.boxed_local())
    }

    fn told(&self, input: &Value) -> Value {
        match serde_json::from_value(input.clone()) {
            Ok(input) => Property::told(self, &input),
            Err(_) => input.clone(),
        }
    }
}

struct Runner<'a, P> {
    property: &'a P,
    case: &'a Case,
    scope: Scope,
    context: &'a Arc<Context>,
    verdict: Verdict,
}

impl<P: Property> Runner<'_, P> {
    async fn all(&mut self) -> Result<(), Stop> {
        self.regressions().await?;
        self.listed().await?;
        self.random().await?;
        self.confirm().await
    }

    /// Tries what failed in earlier runs first.
    async fn regressions(&mut self) -> Result<(), Stop> {
        let context = Arc::clone(self.context);
        let inputs = context.regressions.of(&self.case.id);
        // What is no input of this case any more is left out.
        let inputs = inputs.filter_map(|input| serde_json::from_value(input.clone()).ok());
        for (place, input) in inputs.enumerate() {
            let number = InputNumber {
                input: FIRST_REGRESSION + place,
                attempt: 0,
            };
            let trial = self.attempt(number, &input).await?;
            self.verdict.inputs += 1;
            self.take(trial, Phase::Regression, number.input, &input);
            self.tidy().await;
        }
        Ok(())
    }

    /// Sends the input of each failure once more: what does not show every time is told so.
    async fn confirm(&mut self) -> Result<(), Stop> {
        for kind in 0..self.verdict.failures.len() {
            self.again(kind).await?;
        }
        Ok(())
    }

    /// Sends the smallest input of failure `kind` once more. Whether it shows again.
    async fn again(&mut self, kind: usize) -> Result<bool, Stop> {
        let failure = &mut self.verdict.failures[kind];
        if failure.again == Some(false) {
            return Ok(false);
        }
        let wanted = key(&failure.violation);
        let Ok(input) = serde_json::from_value(failure.input.clone()) else {
            return Ok(true);
        };
        let number = InputNumber {
            input: CONFIRMING,
            attempt: match failure.again {
                None => kind,
                Some(_) => kind + MAX_KINDS,
            },
        };
        let trial = self.attempt(number, &input).await?;
        let shown = |violation: &Violation| key(violation) == wanted;
        let again = trial.judgement.violations.iter().any(shown);
        self.verdict.failures[kind].again = Some(again);
        self.tidy().await;
        Ok(again)
    }

    async fn listed(&mut self) -> Result<(), Stop> {
        let examples = self.property.examples();
        let listed = self.property.listed();
        let room = self.context.budget.listed.saturating_sub(examples.len());
        let chosen = choose(&listed, room).into_iter();
        let inputs: Vec<(Phase, usize, &P::Input)> = examples
            .iter()
            .enumerate()
            .map(|(index, input)| (Phase::Example, index, input))
            .chain(chosen.map(|index| {
                let number = examples.len() + index;
                (Phase::Coverage, number, &listed[index].input)
            }))
            .collect();
        let mut passed: Vec<(usize, &'static Check)> = Vec::new();
        for (place, &(phase, number, input)) in inputs.iter().enumerate() {
            let first = InputNumber {
                input: number,
                attempt: 0,
            };
            let trial = self.attempt(first, input).await?;
            self.verdict.inputs += 1;
            passed.extend(trial.judgement.passed().iter().map(|check| (place, *check)));
            let kinds = self.take(trial, phase, number, input);
            while let Some(kind) = self.fresh(&kinds) {
                self.verdict.failures[kind].shrunk = true;
                // It may be smaller already than what was sent, by what showed another kind.
                let smallest = self.verdict.failures[kind].input.clone();
                if let Ok(smallest) = serde_json::from_value(smallest)
                    && let Some(mut tree) = self.property.simpler(&smallest)
                {
                    self.shrink(kind, (phase, number), &mut tree).await?;
                }
            }
            self.tidy().await;
        }
        for failure in &mut self.verdict.failures {
            let others = passed
                .iter()
                .filter(|(_, check)| *check == failure.violation.check)
                .filter_map(|(place, _)| serde_json::to_value(inputs[*place].2).ok());
            let candidates = failure.nearest.take().into_iter().chain(others);
            failure.nearest = nearest(&failure.input, candidates);
            failure.tried += inputs.len().saturating_sub(1);
        }
        Ok(())
    }

    async fn random(&mut self) -> Result<(), Stop> {
        let count = self.context.budget.random;
        let Some(strategy) = self.property.random().filter(|_| count > 0) else {
            return Ok(());
        };
        let mut rejects = 0;
        for number in FIRST_RANDOM..FIRST_RANDOM + count {
            let mut runner = self.context.seed.runner(&self.case.id, number);
            let mut tree = match strategy.new_tree(&mut runner) {
                Ok(tree) => tree,
                Err(reason) => {
                    rejects += 1;
                    if rejects == MAX_REJECTS {
                        let problem = format!("random inputs could not be drawn: {reason}");
                        self.verdict.problems.push(problem);
                        return Ok(());
                    }
                    continue;
                }
            };
            let input = tree.current();
            let first = InputNumber {
                input: number,
                attempt: 0,
            };
            let trial = self.attempt(first, &input).await?;
            self.verdict.inputs += 1;
            let kinds = self.take(trial, Phase::Random, number, &input);
            if let Some(kind) = self.fresh(&kinds) {
                let origin = (Phase::Random, number);
                self.shrink(kind, origin, &mut tree).await?;
            }
            self.tidy().await;
        }
        Ok(())
    }

    /// The first of `kinds` whose input was not made smaller yet.
    fn fresh(&self, kinds: &BTreeSet<usize>) -> Option<usize> {
        let failures = &self.verdict.failures;
        kinds.iter().copied().find(|kind| !failures[*kind].shrunk)
    }

    /// Makes the input of failure `kind`, which `tree` begins with, smaller.
    async fn shrink(
        &mut self,
        kind: usize,
        (phase, number): (Phase, usize),
        tree: &mut impl ValueTree<Value = P::Input>,
    ) -> Result<(), Stop> {
        let failure = &mut self.verdict.failures[kind];
        failure.shrunk = true;
        let wanted = key(&failure.violation);
        let mut passing = Vec::new();
        let mut replaced = failure.number == number;
        let mut attempt = 0;
        let mut in_vain = 0;
        let mut going = tree.simplify();
        while going && attempt < self.context.budget.shrink {
            attempt += 1;
            let input = tree.current();
            let tried = InputNumber {
                input: number,
                attempt: kind * ATTEMPTS + attempt,
            };
            let Trial {
                exchanges,
                mut judgement,
            } = self.attempt(tried, &input).await?;
            let same = judgement
                .violations
                .iter()
                .position(|violation| key(violation) == wanted);
            if let Some(place) = same {
                let violation = judgement.violations.swap_remove(place);
                let failure = &mut self.verdict.failures[kind];
                replaced |= failure.become_smaller(violation, &exchanges, &input, phase);
                in_vain = 0;
                going = tree.simplify();
            } else {
                in_vain += 1;
                if judgement.passed.iter().any(|check| check.id == wanted.0) {
                    passing.extend(serde_json::to_value(&input));
                }
                going = tree.complicate();
            }
            for violation in judgement.violations {
                let found = key(&violation);
                let failures = self.verdict.failures.iter_mut();
                for failure in failures.filter(|one| key(&one.violation) == found) {
                    failure.become_smaller(violation.clone(), &exchanges, &input, phase);
                }
            }
            self.tidy().await;
            if in_vain == MOST_IN_VAIN && !self.again(kind).await? {
                break;
            }
        }
        let failure = &mut self.verdict.failures[kind];
        failure.tried += attempt;
        if replaced {
            // The latest were tried beside the smallest.
            let candidates = passing.into_iter().rev().chain(failure.nearest.take());
            failure.nearest = nearest(&failure.input, candidates);
        }
        Ok(())
    }

    /// Executes and judges one input.
    async fn attempt(&self, number: InputNumber, input: &P::Input) -> Result<Trial, Stop> {
        let session = Session::new(
            Arc::clone(self.context),
            self.scope,
            self.case.id.clone(),
            number,
        );
        let executed = self.property.execute(&session, input).await;
        let caught = session.take_caught();
        let exchanges = session.into_exchanges();
        let gone = match executed {
            Ok(()) => None,
            Err(stop) if stop.0 == StopReason::ServerGone && died(&exchanges) => Some(stop),
            Err(stop) => return Err(stop),
        };
        let mut judgement = Judgement::default();
        if self.context.rehearsal.is_some() {
            // What another server answers says nothing of the one that is meant.
            return Ok(Trial {
                exchanges,
                judgement,
            });
        }
        // What came back is told first, and the judge knows of it.
        self.tell(&caught, &exchanges, &mut judgement);
        self.property.judge(input, &exchanges, &mut judgement);
        if gone.is_some() {
            // The input is not done: only the death of the server can be judged.
            judgement.passed.clear();
            judgement
                .violations
                .retain(|violation| violation.place == Place::Connection);
        }
        judgement.fold(|check| self.context.selection.takes_check(check, &self.case.id));
        if let Some(stop) = gone
            && judgement.violations.is_empty()
        {
            return Err(stop);
        }
        Ok(Trial {
            exchanges,
            judgement,
        })
    }

    /// Adds the secrets that came back.
    fn tell(
        &self,
        caught: &[(usize, Caught)],
        exchanges: &[Arc<Exchange>],
        judgement: &mut Judgement,
    ) {
        for (number, one) in caught {
            let kind = self.context.target.kind;
            judgement.fail(match (kind, exchanges.get(*number)) {
                (TargetKind::CredentialService, Some(exchange)) => {
                    contract::violation(exchange, *number, one)
                }
                _ => redaction::violation(*number, one).in_suite(self.case.suite()),
            });
        }
    }

    /// Counts what a trial showed. The kinds of failure in it, by their number.
    fn take(
        &mut self,
        trial: Trial,
        phase: Phase,
        number: usize,
        input: &P::Input,
    ) -> BTreeSet<usize> {
        let Trial {
            exchanges,
            judgement,
        } = trial;
        let verdict = &mut self.verdict;
        verdict.masked.extend(judgement.masked);
        let violated = judgement.violations.iter().map(|violation| violation.check);
        for check in judgement.passed.iter().copied().chain(violated) {
            if !verdict.judged.contains(&check) {
                verdict.judged.push(check);
            }
        }
        let mut kinds = BTreeSet::new();
        for violation in judgement.violations {
            let wanted = key(&violation);
            let known = verdict
                .failures
                .iter()
                .position(|failure| key(&failure.violation) == wanted);
            if let Some(kind) = known {
                let failure = &mut verdict.failures[kind];
                if failure.number != number {
                    failure.count += 1;
                    failure.number = number;
                }
                failure.become_smaller(violation, &exchanges, input, phase);
                kinds.insert(kind);
            } else if verdict.failures.len() < MAX_KINDS
                && let Ok(input) = serde_json::to_value(input)
            {
                kinds.insert(verdict.failures.len());
                let failure = Failure::new(violation, phase, number, input, &exchanges);
                verdict.failures.push(failure);
            }
        }
        kinds
    }

    async fn tidy(&self) {
        if self.context.ledger.count(self.scope) > MAX_OPEN {
            self.context.clean(Some(self.scope)).await;
        }
    }
}

/// Whether the server broke a connection off, or let it hang, before it was gone.
fn died(exchanges: &[Arc<Exchange>]) -> bool {
    exchanges.iter().any(|exchange| {
        matches!(
            exchange.outcome,
            Err(TransportError::Closed | TransportError::Timeout(_) | TransportError::Malformed(_))
        )
    })
}
