//! Plays the runs of one trial: which secrets next, and how often.
//!
//! A property is screened with one run. Where that differs from all runs with the usual secrets, runs
//! of both kinds follow in random order until there are enough of each.

use std::collections::BTreeSet;

use super::{
    Family, Trial,
    scenario::Player,
    secrets::{Property as Differing, Secrets},
};
use crate::{check::redaction::Run, digest, finding::Place, session::Stop};

/// Runs with the usual secrets while properties are screened.
const SCREENING: usize = 3;
/// The label of runs with the usual secrets.
pub(super) const USUAL: &str = "usual";
/// That of runs with secrets that were never sent before.
const FRESH: &str = "fresh";

/// The runs with which those of a property are compared.
pub(super) fn label_of_usual(property: Differing) -> &'static str {
    match property {
        Differing::Repeated => FRESH,
        _ => USUAL,
    }
}

/// Plays under way.
pub(super) struct Theatre<'a> {
    family: &'a Family,
    trial: &'a Trial,
    player: Player<'a>,
    usual: Secrets,
    plays: usize,
    runs: Vec<(&'static str, Run)>,
    /// How many secrets there were that are fresh.
    turn: u64,
}

impl<'a> Theatre<'a> {
    /// Plays of `trial` by `player`, with `usual` secrets and others.
    pub(super) fn new(
        family: &'a Family,
        trial: &'a Trial,
        player: Player<'a>,
        usual: Secrets,
    ) -> Self {
        Self {
            family,
            trial,
            player,
            usual,
            plays: 0,
            runs: Vec::new(),
            turn: 0,
        }
    }

    /// Every property of the trial, as often as is needed.
    pub(super) async fn perform_all(mut self) -> Result<(), Stop> {
        self.screen().await?;
        self.confirm().await
    }

    async fn usual(&mut self) -> Result<(), Stop> {
        let usual = self.usual.clone();
        self.perform(USUAL, &usual).await
    }

    async fn other(&mut self, property: Differing) -> Result<(), Stop> {
        if property == Differing::Repeated {
            let again = self.secrets(property, self.turn);
            return self.perform(property.name(), &again).await;
        }
        let other = self.secrets(property, 0);
        self.perform(property.name(), &other).await
    }

    async fn counterpart(&mut self, property: Differing) -> Result<(), Stop> {
        if property == Differing::Repeated {
            self.turn += 1;
            let fresh = self.secrets(property, self.turn);
            return self.perform(FRESH, &fresh).await;
        }
        self.usual().await
    }

    fn secrets(&self, property: Differing, turn: u64) -> Secrets {
        let family = self.family;
        let fields = Family::fields(self.trial);
        let by = (self.player.name, turn);
        self.usual.differing(&family.subject, property, &fields, by)
    }

    async fn perform(&mut self, label: &'static str, secrets: &Secrets) -> Result<(), Stop> {
        let played = self.player.play(self.plays, label, secrets).await?;
        self.plays += 1;
        let ids = played.ids();
        self.runs.push((label, Run::of(played.exchanges, &ids)));
        Ok(())
    }

    /// Each property once, with runs of the usual secrets before, between and behind.
    async fn screen(&mut self) -> Result<(), Stop> {
        let properties = &self.trial.properties;
        let between = properties.len().div_ceil(SCREENING - 1).max(1);
        self.usual().await?;
        for (number, property) in properties.iter().enumerate() {
            if *property == Differing::Repeated {
                self.counterpart(*property).await?;
                self.other(*property).await?;
                self.counterpart(*property).await?;
            } else {
                self.other(*property).await?;
            }
            if (number + 1) % between == 0 || number + 1 == properties.len() {
                self.usual().await?;
            }
        }
        if properties.len() == 1 {
            self.usual().await?;
        }
        Ok(())
    }

    /// Plays on while a property makes a difference that no other one has made, and none of whose
    /// answers shows the secret itself.
    async fn confirm(&mut self) -> Result<(), Stop> {
        let enough = self.family.confirming(self.trial);
        let mut claimed: BTreeSet<(usize, Place)> = BTreeSet::new();
        for property in self.trial.properties.clone() {
            let mut found = self.differences(property, &claimed);
            let mut number = 0;
            while !found.is_empty() {
                let usual = self.count(label_of_usual(property));
                let others = self.count(property.name());
                if usual >= enough && others >= enough {
                    break;
                }
                number += 1;
                let draw = digest::number(&[self.player.name.as_bytes(), &[number]]);
                let is_other = usual >= enough || others < enough && draw.is_multiple_of(2);
                if is_other {
                    self.other(property).await?;
                } else {
                    self.counterpart(property).await?;
                }
                found = self.differences(property, &claimed);
            }
            claimed.extend(found);
        }
        Ok(())
    }

    fn count(&self, label: &str) -> usize {
        self.runs.iter().filter(|(one, _)| *one == label).count()
    }

    fn differences(
        &self,
        property: Differing,
        claimed: &BTreeSet<(usize, Place)>,
    ) -> BTreeSet<(usize, Place)> {
        let of = |label: &str| -> Vec<&Run> {
            let runs = self.runs.iter().filter(|(one, _)| *one == label);
            runs.map(|(_, run)| run).collect()
        };
        let others = of(property.name());
        let found = self.family.compare(&of(label_of_usual(property)), &others);
        let is_caught = |step: usize| {
            let numbers = self.runs.iter().filter_map(|(_, run)| run.number(step));
            let mut numbers = numbers.into_iter();
            numbers.any(|number| self.player.session.caught_in(number))
        };
        let places = found.differences.into_iter();
        places
            .map(|one| (one.step, one.place))
            .filter(|key| !claimed.contains(key) && !is_caught(key.0))
            .collect()
    }
}
