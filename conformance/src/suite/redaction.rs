//! The cases of the suite `redaction`: everything that can be asked about what is created with
//! secrets, again and again, with secrets that differ in one property.
//!
//! What comes back is searched for secrets by the session, as in every suite; here it is compared.
//!
//! [`theatre`] plays the runs of a case; what was recorded of them is judged here. A difference counts
//! with [`CONFIRMING`] runs of either kind: a value that is random passes for one at most once in
//! C(28, 14), forty million places.

use std::{collections::BTreeSet, sync::Arc};

use futures_util::future::{FutureExt, LocalBoxFuture};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec::Pointer;

use crate::{
    case::{Case, InputTree, Property},
    check::{
        RED006,
        redaction::{self, Comparison, Difference, Run, compare, side_by_side},
    },
    exchange::Exchange,
    finding::{Judgement, Masked, Place, Violation},
    plan::Budget,
    session::{Session, Stop},
    suite::sample::create_existing,
    target::Target,
};

mod scenario;
mod secrets;
mod simpler;
mod subject;
mod theatre;

use scenario::{Played, Player, Step};
use secrets::{Property as Differing, Secrets};
use subject::Subject;
use theatre::{Theatre, USUAL, label_of_usual};

/// Runs of either kind before a difference counts.
const CONFIRMING: usize = 14;
/// The same for a part of the scenario: it is tried only once the whole has shown a difference.
const CONFIRMING_PART: usize = 3;
/// One property for each of so many inputs that a case of another suite may try: a quick run tries
/// the five that show most.
const FEWER: usize = 22;

/// The cases of this suite: one for each kind of body with secrets.
pub(super) fn cases(target: &Arc<Target>, budget: &Budget) -> Vec<Case> {
    let mut cases = Vec::new();
    for subject in Subject::all(target) {
        let family = Family {
            steps: scenario::steps(&subject),
            most: budget.listed / FEWER,
            subject,
        };
        if family.properties().is_empty() {
            continue;
        }
        let create = family.subject.create.operation.name.clone();
        let name = family.subject.name.clone();
        let case = Case::new(&RED006, &name, family)
            .operation(&create)
            .performs(&create)
            .also(&redaction::SEARCHED);
        cases.push(case);
    }
    cases
}

/// What is compared: in which properties the secrets differ, in which fields, and in which steps of
/// the scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Trial {
    properties: Vec<Differing>,
    /// Pointers into the body.
    fields: Vec<String>,
    /// Numbers of steps.
    steps: Vec<usize>,
}

/// Runs of one scenario.
struct Family {
    subject: Subject,
    steps: Vec<Step>,
    /// Most properties.
    most: usize,
}

impl Family {
    /// The properties that a value of some field can have.
    fn properties(&self) -> Vec<Differing> {
        let usual = Secrets::usual(&self.subject, "any");
        let differs = |property: &Differing| {
            let other = usual.differing(&self.subject, *property, &usual.fields(), ("name", 0));
            !usual.differences(&other).is_empty()
        };
        Differing::ALL
            .into_iter()
            .take(self.most)
            .filter(differs)
            .collect()
    }

    /// Everything that there is to compare.
    fn whole(&self) -> Trial {
        let fields = self.subject.fields.iter();
        Trial {
            properties: self.properties(),
            fields: fields.map(|field| field.pointer.to_string()).collect(),
            steps: (0..self.steps.len()).collect(),
        }
    }

    /// Runs of either kind before a difference counts in `trial`.
    fn confirming(&self, trial: &Trial) -> usize {
        if *trial == self.whole() {
            CONFIRMING
        } else {
            CONFIRMING_PART
        }
    }

    /// The steps of `trial` with their numbers.
    fn steps(&self, trial: &Trial) -> Vec<(usize, Step)> {
        let all = self.steps.iter().cloned().enumerate();
        all.filter(|(number, _)| trial.steps.contains(number))
            .collect()
    }

    async fn play(&self, session: &Session, trial: &Trial) -> Result<(), Stop> {
        let Some(existing) = create_existing(session, &self.subject.create.operation).await? else {
            return Ok(());
        };
        // Where the list cannot be asked for one's own things, nobody else may change it.
        let _quiet = match &self.subject.list {
            Some(_) if !self.subject.is_searchable() => Some(session.quiet().await),
            _ => None,
        };
        let name = session.unique_name();
        let usual = Secrets::usual(&self.subject, &name);
        let steps = self.steps(trial);
        let player = Player {
            session,
            subject: &self.subject,
            existing: &existing,
            name: &name,
            search: usual.searched(),
            steps: &steps,
        };
        Theatre::new(self, trial, player, usual).perform_all().await
    }

    /// The fields of `trial`.
    fn fields(trial: &Trial) -> Vec<Pointer> {
        let named = trial.fields.iter();
        named.filter_map(|field| Pointer::parse(field)).collect()
    }

    /// Whether an answer to `step` may show secrets, so that it depends on them by right.
    fn may_differ(&self, step: usize) -> bool {
        let sample = match self.steps.get(step) {
            Some(Step::Create(..) | Step::CreateBare(..)) => Some(&self.subject.create),
            Some(Step::Read(_)) => self.subject.read.as_ref(),
            Some(Step::Update(..)) => self.subject.update.as_ref(),
            Some(Step::List(_)) => self.subject.list.as_ref(),
            _ => None,
        };
        sample.is_some_and(|sample| {
            let operation = &sample.operation;
            let name = format!("{} {}", operation.method, operation.path);
            self.subject.may_show(&name)
        })
    }

    fn compare(&self, usual: &[&Run], others: &[&Run]) -> Comparison {
        compare(usual, others, &|step| self.may_differ(step))
    }

    /// The runs that `exchanges` are of, with their labels, in the order in which they were played.
    fn runs(&self, exchanges: &[Arc<Exchange>]) -> Vec<(String, Run)> {
        type Steps = Vec<(usize, usize, Arc<Exchange>)>;
        let mut plays: Vec<(String, Steps)> = Vec::new();
        for (number, exchange) in exchanges.iter().enumerate() {
            let Some((play, step)) = exchange.request.tag.split_once('/') else {
                continue;
            };
            let Ok(step) = step.parse::<usize>() else {
                continue;
            };
            if plays.last().is_none_or(|(known, _)| known != play) {
                plays.push((play.to_owned(), Vec::new()));
            }
            if let Some((_, steps)) = plays.last_mut() {
                steps.push((step, number, Arc::clone(exchange)));
            }
        }
        let runs = plays.into_iter().filter_map(|(play, steps)| {
            let (_, label) = play.split_once(':')?;
            let played = Played::recorded(&self.subject, &self.steps, steps);
            let ids = played.ids();
            Some((label.to_owned(), Run::of(played.exchanges, &ids)))
        });
        runs.collect()
    }

    fn violation(
        trial: &Trial,
        property: Differing,
        difference: &Difference,
        exchange: &Exchange,
    ) -> Violation {
        let fields = Self::fields(trial);
        let names: BTreeSet<String> = match &fields[..] {
            few if few.len() <= 3 => few.iter().filter_map(Pointer::last).collect(),
            _ => BTreeSet::from(["secrets".to_owned()]),
        };
        let names: Vec<String> = names.into_iter().collect();
        let summary = format!(
            "{}the answer to {} depends on the {} of {}",
            difference.aspect.described(),
            scenario::described(exchange),
            property.described(),
            names.join(", ")
        );
        let usual = match property {
            Differing::Repeated => "fresh secrets",
            _ => "usual secrets",
        };
        let side = side_by_side(
            [usual, property.others()],
            [&difference.usual, &difference.other],
        );
        let evidence = format!(
            "{}{}\n{side}\nwhoever reads it {}",
            difference.aspect.described(),
            difference.place,
            property.learned()
        );
        let place = difference.place.clone();
        let mut violation = Violation::new(&RED006, 0, place, summary).evidence(evidence);
        violation.secret = fields.first().cloned();
        violation
    }
}

impl Property for Family {
    type Input = Trial;

    fn coverage(&self) -> Vec<Trial> {
        vec![self.whole()]
    }

    fn simpler(&self, input: &Trial) -> Option<InputTree<Trial>> {
        Some(Box::new(simpler::Tree::new(input.clone())))
    }

    fn told(&self, input: &Trial) -> Value {
        let steps = self.steps(input);
        let described: Vec<String> = steps.iter().map(|(_, step)| step.described()).collect();
        let properties: Vec<&str> = input.properties.iter().map(|one| one.others()).collect();
        let fields = &input.fields;
        if properties.is_empty() {
            return serde_json::json!({"steps": described});
        }
        serde_json::json!({"the same with": properties, "in": fields, "steps": described})
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a Trial,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        self.play(session, input).boxed_local()
    }

    fn judge(&self, input: &Trial, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        let runs = self.runs(exchanges);
        let of = |label: &str| -> Vec<&Run> {
            let runs = runs.iter().filter(|(one, _)| one == label);
            runs.map(|(_, run)| run).collect()
        };
        if of(USUAL).len() < 2 {
            return;
        }
        // The session searched every answer: what it caught comes on top.
        for check in redaction::SEARCHED {
            judgement.pass(check);
        }
        if !input.properties.is_empty() {
            judgement.pass(&RED006);
        }
        // An answer that shows a secret depends on it, which is no second finding.
        let caught: BTreeSet<usize> = judgement
            .violations()
            .iter()
            .map(|one| one.exchange)
            .collect();
        let is_caught = |step: usize| {
            let numbers = runs.iter().filter_map(|(_, run)| run.number(step));
            numbers.into_iter().any(|number| caught.contains(&number))
        };
        let enough = self.confirming(input);
        let mut told: BTreeSet<(usize, Place)> = BTreeSet::new();
        for property in &input.properties {
            let usual = of(label_of_usual(*property));
            let others = of(property.name());
            let compared = self.compare(&usual, &others);
            if label_of_usual(*property) == USUAL {
                Self::tell_masked(&compared, &usual, exchanges, judgement);
            }
            if usual.len().min(others.len()) < enough {
                continue;
            }
            let differences = compared.differences.iter();
            for difference in differences.filter(|one| !is_caught(one.step)) {
                let key = (difference.step, difference.place.clone());
                let number = others.first().and_then(|run| run.number(difference.step));
                let exchange = number.and_then(|number| exchanges.get(number));
                let (Some(number), Some(exchange), true) = (number, exchange, told.insert(key))
                else {
                    continue;
                };
                let mut violation = Self::violation(input, *property, difference, exchange);
                violation.exchange = number;
                judgement.fail(violation);
            }
        }
    }
}

impl Family {
    fn tell_masked(
        compared: &Comparison,
        usual: &[&Run],
        exchanges: &[Arc<Exchange>],
        judgement: &mut Judgement,
    ) {
        let Some(first) = usual.first() else { return };
        for ((step, place), values) in &compared.masked {
            let number = first.number(*step);
            let Some(exchange) = number.and_then(|number| exchanges.get(number)) else {
                continue;
            };
            let request = &exchange.request;
            judgement.mask(Masked {
                operation: format!("{} {}", request.method, request.template),
                place: place.clone(),
                values: *values,
                runs: usual.len(),
            });
        }
    }
}
