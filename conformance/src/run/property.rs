//! One case: its inputs in their phases, each executed and judged; failing ones made smaller.
//!
//! Of each kind of failure (a check, at a place) the smallest input is kept; the rest is counted.

use std::{collections::BTreeSet, rc::Rc};

use futures_util::future::{FutureExt, LocalBoxFuture};
use proptest::strategy::{Strategy, ValueTree};
use serde_json::Value;

use super::{Context, nearest::nearest};
use crate::{
    case::{Case, Phase, Property},
    check::Check,
    exchange::{Exchange, TransportError},
    finding::{Judgement, Place, Violation},
    ledger::Scope,
    session::{InputNumber, Session, Stop, StopReason},
};

/// More things than this are not left on the server between two inputs of a case.
const MAX_OPEN: usize = 48;
/// Most kinds of failure that a case reports; further ones have the same cause, nearly always.
const MAX_KINDS: usize = 8;
/// Random inputs are numbered from here, so that a longer list of examples does not shift them.
const FIRST_RANDOM: usize = 1 << 32;
/// The number of an input that is sent once more.
const CONFIRMING: usize = usize::MAX;
/// Strategies that reject so many draws are given up.
const MAX_REJECTS: usize = 8;

/// Violations of one check at one place, with the smallest input that shows them.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) violation: Violation,
    pub(crate) phase: Phase,
    pub(crate) input: Value,
    pub(crate) exchanges: Vec<Rc<Exchange>>,
    pub(crate) nearest: Option<Value>,
    pub(crate) tried: usize,
    pub(crate) count: u64,
    /// Whether the same input showed it when it was sent once more; `None` if that was not tried.
    pub(crate) again: Option<bool>,
    number: usize,
    shrunk: bool,
}

/// What a case came to.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// Checks that were tested; those that failed are in `failures` too.
    pub(crate) judged: Vec<&'static Check>,
    pub(crate) failures: Vec<Failure>,
    pub(crate) inputs: usize,
    pub(crate) problems: Vec<String>,
    pub(crate) stopped: Option<Stop>,
}

/// What one input came to.
pub(crate) struct Trial {
    pub(crate) exchanges: Vec<Rc<Exchange>>,
    pub(crate) judgement: Judgement,
}

/// A [`Property`] whose type of input is known inside only.
pub(crate) trait Erased {
    /// Tries all inputs that the budget allows.
    fn run<'a>(
        &'a self,
        case: &'a Case,
        scope: Scope,
        context: &'a Rc<Context>,
    ) -> LocalBoxFuture<'a, Verdict>;

    /// Tries one recorded input. `None` if it is not an input of this property.
    fn replay<'a>(
        &'a self,
        case: &'a Case,
        context: &'a Rc<Context>,
        input: &Value,
    ) -> Option<LocalBoxFuture<'a, Result<Trial, Stop>>>;
}

impl<P: Property> Erased for P {
    fn run<'a>(
        &'a self,
        case: &'a Case,
        scope: Scope,
        context: &'a Rc<Context>,
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
            runner.verdict
        }
        .boxed_local()
    }

    fn replay<'a>(
        &'a self,
        case: &'a Case,
        context: &'a Rc<Context>,
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
}

struct Runner<'a, P> {
    property: &'a P,
    case: &'a Case,
    scope: Scope,
    context: &'a Rc<Context>,
    verdict: Verdict,
}

impl<P: Property> Runner<'_, P> {
    async fn all(&mut self) -> Result<(), Stop> {
        self.listed().await?;
        self.random().await?;
        self.confirm().await
    }

    /// Sends the input of each failure once more: what does not show every time is told so.
    async fn confirm(&mut self) -> Result<(), Stop> {
        for kind in 0..self.verdict.failures.len() {
            let failure = &self.verdict.failures[kind];
            let wanted = key(&failure.violation);
            let Ok(input) = serde_json::from_value(failure.input.clone()) else {
                continue;
            };
            let number = InputNumber {
                input: CONFIRMING,
                attempt: kind,
            };
            let trial = self.attempt(number, &input).await?;
            let shown = |violation: &Violation| key(violation) == wanted;
            self.verdict.failures[kind].again = Some(trial.judgement.violations.iter().any(shown));
            self.tidy().await;
        }
        Ok(())
    }

    async fn listed(&mut self) -> Result<(), Stop> {
        let examples = self.property.examples();
        let coverage = self.property.coverage();
        let room = self.context.budget.listed.saturating_sub(examples.len());
        let chosen = spread(coverage.len(), room);
        let inputs: Vec<(Phase, usize, &P::Input)> = examples
            .iter()
            .enumerate()
            .map(|(index, input)| (Phase::Example, index, input))
            .chain(chosen.map(|index| (Phase::Coverage, examples.len() + index, &coverage[index])))
            .collect();
        let mut passed: Vec<(usize, &'static Check)> = Vec::new();
        for (place, &(phase, number, input)) in inputs.iter().enumerate() {
            let number = InputNumber {
                input: number,
                attempt: 0,
            };
            let trial = self.attempt(number, input).await?;
            self.verdict.inputs += 1;
            passed.extend(trial.judgement.passed().iter().map(|check| (place, *check)));
            self.take(trial, phase, number.input, input);
            self.tidy().await;
        }
        for failure in &mut self.verdict.failures {
            let candidates = passed
                .iter()
                .filter(|(_, check)| *check == failure.violation.check)
                .filter_map(|(place, _)| serde_json::to_value(inputs[*place].2).ok());
            failure.nearest = nearest(&failure.input, candidates);
            failure.tried = inputs.len();
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
            let fresh = kinds
                .into_iter()
                .find(|kind| !self.verdict.failures[*kind].shrunk);
            if let Some(kind) = fresh {
                self.shrink(kind, number, &mut tree).await?;
            }
            self.tidy().await;
        }
        Ok(())
    }

    /// Makes the input of failure `kind` smaller, by the value tree that it was drawn with.
    async fn shrink(
        &mut self,
        kind: usize,
        number: usize,
        tree: &mut impl ValueTree<Value = P::Input>,
    ) -> Result<(), Stop> {
        let failure = &mut self.verdict.failures[kind];
        failure.shrunk = true;
        let wanted = key(&failure.violation);
        let mut smallest = None;
        let mut nearest = None;
        let mut attempt = 0;
        let mut going = tree.simplify();
        while going && attempt < self.context.budget.shrink {
            attempt += 1;
            let input = tree.current();
            let trial = self
                .attempt(
                    InputNumber {
                        input: number,
                        attempt,
                    },
                    &input,
                )
                .await?;
            let Trial {
                exchanges,
                mut judgement,
            } = trial;
            let same = judgement
                .violations
                .iter()
                .position(|violation| key(violation) == wanted);
            if let Some(place) = same {
                let violation = judgement.violations.swap_remove(place);
                smallest = Some((violation, exchanges, input));
                going = tree.simplify();
            } else {
                if judgement.passed.iter().any(|check| check.id == wanted.0) {
                    nearest = Some(input);
                }
                going = tree.complicate();
            }
            self.tidy().await;
        }
        let failure = &mut self.verdict.failures[kind];
        failure.tried += attempt;
        let replaced = smallest.is_some_and(|(violation, exchanges, input)| {
            failure.become_smaller(violation, &exchanges, &input, Phase::Random)
        });
        if (replaced || failure.number == number)
            && let Some(nearest) = nearest.and_then(|input| serde_json::to_value(input).ok())
        {
            failure.nearest = Some(nearest);
        }
        Ok(())
    }

    /// Executes and judges one input.
    async fn attempt(&self, number: InputNumber, input: &P::Input) -> Result<Trial, Stop> {
        let session = Session::new(
            Rc::clone(self.context),
            self.scope,
            self.case.id.clone(),
            number,
        );
        let executed = self.property.execute(&session, input).await;
        let exchanges = session.into_exchanges();
        let gone = match executed {
            Ok(()) => None,
            Err(stop) if stop.0 == StopReason::ServerGone && died(&exchanges) => Some(stop),
            Err(stop) => return Err(stop),
        };
        let mut judgement = Judgement::default();
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
                verdict.failures.push(Failure {
                    violation,
                    phase,
                    input,
                    exchanges: exchanges.clone(),
                    nearest: None,
                    tried: 1,
                    count: 1,
                    again: None,
                    number,
                    shrunk: false,
                });
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

impl Failure {
    /// What a replay showed.
    pub(crate) fn replayed(violation: Violation, input: Value, exchanges: &[Rc<Exchange>]) -> Self {
        Self {
            violation,
            phase: Phase::Example,
            input,
            exchanges: exchanges.to_vec(),
            nearest: None,
            tried: 1,
            count: 1,
            again: None,
            number: 0,
            shrunk: true,
        }
    }

    /// Takes over another input that shows the same, unless it is larger. Whether it did.
    fn become_smaller(
        &mut self,
        violation: Violation,
        exchanges: &[Rc<Exchange>],
        input: &impl serde::Serialize,
        phase: Phase,
    ) -> bool {
        let Ok(input) = serde_json::to_value(input) else {
            return false;
        };
        let smaller = input.to_string().len() <= self.input.to_string().len();
        if smaller {
            self.violation = violation;
            self.exchanges = exchanges.to_vec();
            self.input = input;
            self.phase = phase;
        }
        smaller
    }
}

/// What makes two violations the same: check, operation and place, without positions in lists.
pub(super) fn key(violation: &Violation) -> (&'static str, String) {
    (violation.check.id, normal(&violation.place))
}

/// A place without positions in lists.
pub(super) fn normal(place: &Place) -> String {
    let Place::Body(pointer) = place else {
        return place.to_string();
    };
    let tokens = pointer.tokens().map(|token| {
        if token.parse::<usize>().is_ok() {
            "*".to_owned()
        } else {
            token
        }
    });
    tokens.fold("response.body:".to_owned(), |text, token| {
        text + "/" + &token
    })
}

/// Whether the server broke a connection off, or let it hang, before it was gone.
fn died(exchanges: &[Rc<Exchange>]) -> bool {
    exchanges.iter().any(|exchange| {
        matches!(
            exchange.outcome,
            Err(TransportError::Closed | TransportError::Timeout(_) | TransportError::Malformed(_))
        )
    })
}

/// `room` of `count` indices, evenly spread, first and last among them.
fn spread(count: usize, room: usize) -> impl Iterator<Item = usize> {
    let taken = count.min(room);
    (0..taken).map(move |index| match taken {
        0 | 1 => 0,
        _ => index * (count - 1) / (taken - 1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_spread_and_has_no_index_twice() {
        let chosen = |count, room| spread(count, room).collect::<Vec<_>>();
        assert_eq!(chosen(3, 10), [0, 1, 2]);
        assert_eq!(chosen(10, 4), [0, 3, 6, 9]);
        assert_eq!(chosen(10, 0), [0; 0]);
        assert_eq!(chosen(10, 1), [0]);
        for room in 1..100 {
            let distinct: BTreeSet<usize> = spread(99, room).collect();
            assert_eq!(distinct.len(), room.min(99));
        }
    }

    #[test]
    fn positions_in_lists_do_not_count() {
        let place = |text| Place::Body(spec::Pointer::parse(text).unwrap());
        assert_eq!(normal(&place("/0/name")), normal(&place("/12/name")));
        assert_ne!(normal(&place("/0/name")), normal(&place("/0/id")));
    }
}
