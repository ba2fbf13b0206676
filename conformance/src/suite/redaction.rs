//! The cases of the suite `redaction`: the whole credentials API, again and again, with secrets that
//! differ in one property, for each type of credential.

use std::{collections::BTreeMap, rc::Rc};

use futures_util::future::{FutureExt, LocalBoxFuture};
use serde::{Deserialize, Serialize};
use spec::Pointer;

use crate::{
    case::{Case, Property},
    check::{
        RED006,
        redaction::{self, Comparison, Difference, Fields, Run, compare},
    },
    exchange::Exchange,
    finding::{Judgement, Violation},
    plan::Budget,
    session::{Session, Stop},
    suite::credentials::{Credentials, Role},
    target::Target,
};

mod scenario;
mod secrets;

use scenario::{Kind, Player};
use secrets::{Property as Differing, Secrets};

/// Runs with the usual secrets before a difference counts. A value that is one of two by chance
/// passes for a difference once in 250 places.
const CONFIRMING: usize = 5;

/// One property for each of so many inputs that a case of another suite may try: a quick run tries
/// the four that show most.
const FEWER: usize = 8;

/// The cases of this suite: none for a target without a credentials API or without secrets.
pub(super) fn cases(target: &Rc<Target>, budget: &Budget) -> Vec<Case> {
    let Some(api) = Credentials::of(target).map(Rc::new) else {
        return Vec::new();
    };
    let create = api.operation(Role::Create).name.clone();
    let fields: BTreeMap<String, Fields> = target
        .operations
        .iter()
        .map(|operation| (operation.name.clone(), Fields::of(target, operation)))
        .filter(|(_, fields)| !fields.is_empty())
        .collect();
    let fields = Rc::new(fields);
    let mut cases = Vec::new();
    for kind in Kind::ALL {
        for differing in Differing::ALL.into_iter().take(budget.listed / FEWER) {
            let family = Family {
                api: Rc::clone(&api),
                fields: Rc::clone(&fields),
                trial: Trial { kind, differing },
            };
            if family.differing().is_empty() {
                continue;
            }
            let subject = format!("{}_{}", kind.name(), differing.name());
            let case = Case::new(&RED006, &subject, family)
                .operation(&create)
                .also(&redaction::SEARCHED);
            cases.push(case);
        }
    }
    cases
}

/// Which credentials, and in what their secrets differ.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Trial {
    kind: Kind,
    differing: Differing,
}

/// Runs of one scenario.
struct Family {
    api: Rc<Credentials>,
    /// The secrets of every operation, by its name.
    fields: Rc<BTreeMap<String, Fields>>,
    trial: Trial,
}

impl Family {
    fn create_fields(&self) -> Option<&Fields> {
        self.fields.get(&self.api.operation(Role::Create).name)
    }

    /// The fields whose values differ between the runs.
    fn differing(&self) -> Vec<Pointer> {
        let body = self.trial.kind.body("name");
        let Some(fields) = self.create_fields() else {
            return Vec::new();
        };
        let usual = Secrets::usual(&fields.within(&body), "any");
        let other = usual.differing(self.trial.differing, &usual.fields(), "name");
        usual.differences(&other)
    }

    async fn play(&self, session: &Session) -> Result<(), Stop> {
        let name = session.unique_name();
        let Some(fields) = self.create_fields() else {
            return Ok(());
        };
        let usual = Secrets::usual(&fields.within(&self.trial.kind.body(&name)), &name);
        let usual = usual.prepared(self.trial.differing);
        let other = usual.differing(self.trial.differing, &usual.fields(), &name);
        let player = Player {
            api: &self.api,
            session,
            kind: self.trial.kind,
            name: &name,
            search: usual.searched(),
        };
        let mut usuals = vec![player.play("usual", &usual).await?];
        let mut others = Vec::new();
        let mut comparison = Comparison::default();
        // A run with other secrets stands between two with the usual ones, so that clocks and
        // counters cannot pass for a difference.
        while usuals.len() < 2 || !comparison.differences.is_empty() && usuals.len() < CONFIRMING {
            others.push(player.play("other", &other).await?);
            usuals.push(player.play("usual", &usual).await?);
            comparison = compare(&usuals, &others);
        }
        if let Some(difference) = comparison.differences.first() {
            self.isolate(&player, &usual, &usuals, difference).await?;
        }
        Ok(())
    }

    /// Halves the fields that differ until one is left that makes `difference` alone, and plays
    /// with that one.
    async fn isolate(
        &self,
        player: &Player<'_>,
        usual: &Secrets,
        usuals: &[Run],
        difference: &Difference,
    ) -> Result<(), Stop> {
        let fields = self.differing();
        let mut left = 0..fields.len();
        while left.len() > 1 {
            let half = left.start..left.start + left.len() / 2;
            let other = usual.differing(self.trial.differing, &fields[half.clone()], player.name);
            let run = player.play("half", &other).await?;
            let found = compare(usuals, &[run]).differences;
            left = if found.iter().any(|one| one.is_at(difference)) {
                half
            } else {
                half.end..left.end
            };
        }
        if let (Some(field), true) = (fields.get(left.start), fields.len() > 1) {
            let field = std::slice::from_ref(field);
            let alone = usual.differing(self.trial.differing, field, player.name);
            player
                .play(&format!("field {}", left.start), &alone)
                .await?;
        }
        Ok(())
    }

    /// The runs under `label`, in their order.
    fn runs(&self, exchanges: &[Rc<Exchange>], label: &str) -> Vec<(Vec<usize>, Run)> {
        let mut runs: Vec<(Vec<usize>, Run)> = Vec::new();
        for (number, exchange) in exchanges.iter().enumerate() {
            let Some((tag, step)) = exchange.request.tag.split_once('/') else {
                continue;
            };
            if tag != label {
                continue;
            }
            if step == "0" {
                runs.push(<_>::default());
            }
            if let Some((numbers, run)) = runs.last_mut() {
                numbers.push(number);
                run.exchanges.push(Rc::clone(exchange));
                let id = exchange.json().and_then(|answer| self.api.id_of(answer));
                let is_new = self.api.role(&exchange.request) == Some(Role::Create);
                run.ids.extend(id.filter(|_| is_new).map(str::to_owned));
            }
        }
        runs
    }

    /// For each field that differs, where the answers depend on it alone.
    fn by_field(&self, exchanges: &[Rc<Exchange>], usuals: &[Run]) -> Vec<(Pointer, Comparison)> {
        let fields = self.differing().into_iter().enumerate();
        fields
            .map(|(number, field)| {
                let runs = self.runs(exchanges, &format!("field {number}"));
                let runs: Vec<Run> = runs.into_iter().map(|(_, run)| run).collect();
                (field, compare(usuals, &runs))
            })
            .collect()
    }

    fn violation(
        &self,
        difference: &Difference,
        exchange: &Exchange,
        by_field: &[(Pointer, Comparison)],
    ) -> Violation {
        let alone: Vec<&Pointer> = by_field
            .iter()
            .filter(|(_, comparison)| {
                comparison
                    .differences
                    .iter()
                    .any(|one| one.is_at(difference))
            })
            .map(|(field, _)| field)
            .collect();
        let named: Vec<&Pointer> = if alone.is_empty() {
            by_field.iter().map(|(field, _)| field).collect()
        } else {
            alone
        };
        let names: Vec<String> = named.iter().filter_map(|field| field.last()).collect();
        let summary = format!(
            "the answer to {} depends on the {} of {}",
            scenario::described(exchange),
            self.trial.differing.described(),
            names.join(", ")
        );
        let evidence = format!(
            "with the usual secrets: {}\nwith others: {}",
            short(&difference.usual),
            short(&difference.other)
        );
        let mut violation =
            Violation::new(&RED006, 0, difference.place.clone(), summary).evidence(evidence);
        violation.secret = named.first().map(|field| (*field).clone());
        violation
    }
}

/// Most characters of a value that are quoted.
const QUOTED: usize = 200;

fn short(text: &str) -> String {
    let mut short: String = text.chars().take(QUOTED).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

impl Property for Family {
    type Input = Trial;

    fn coverage(&self) -> Vec<Trial> {
        vec![self.trial]
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        _input: &'a Trial,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        self.play(session).boxed_local()
    }

    fn judge(&self, _input: &Trial, exchanges: &[Rc<Exchange>], judgement: &mut Judgement) {
        // The session searched every answer: what it caught comes on top.
        for check in redaction::SEARCHED {
            judgement.pass(check);
        }
        let usuals = self.runs(exchanges, "usual");
        let others = self.runs(exchanges, "other");
        let usuals: Vec<Run> = usuals.into_iter().map(|(_, run)| run).collect();
        if usuals.len() < 2 || others.is_empty() {
            return;
        }
        let runs: Vec<Run> = others.iter().map(|(_, run)| run.clone()).collect();
        let differences = compare(&usuals, &runs).differences;
        if differences.is_empty() {
            judgement.pass(&RED006);
            return;
        }
        let by_field = self.by_field(exchanges, &usuals);
        for difference in &differences {
            let number = others
                .first()
                .and_then(|(numbers, _)| numbers.get(difference.step));
            let Some((number, exchange)) =
                number.and_then(|number| Some((*number, exchanges.get(*number)?)))
            else {
                continue;
            };
            let mut violation = self.violation(difference, exchange, &by_field);
            violation.exchange = number;
            judgement.fail(violation);
        }
    }
}
