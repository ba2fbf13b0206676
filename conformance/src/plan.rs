//! The plan: every case that a run makes, in the order in which it is reported.

mod about;

use std::sync::Arc;

use globset::{Glob, GlobMatcher};

use crate::{
    case::{Case, CaseId},
    check::{CHECKS, Check, Suite},
    seed, suite,
    target::Target,
};

pub use about::{About, SecretMember};

/// How much a case may try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Most examples and coverage inputs of a case. With more of them an evenly spread choice is
    /// taken that does not depend on the seed.
    pub listed: usize,
    /// Random inputs of a case.
    pub random: usize,
    /// Longest sequence of steps.
    pub steps: usize,
    /// Most inputs that are tried to make a failing one smaller.
    pub shrink: usize,
}

/// A number of one's own and of all shards: `--shard 2/5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Shard {
    /// From 1.
    pub number: u64,
    /// At least [`Self::number`].
    pub of: u64,
}

impl Shard {
    fn takes(self, case: &CaseId) -> bool {
        seed::shard_hash(case) % self.of == self.number - 1
    }
}

/// Which cases are wanted.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// These suites; all if empty.
    pub suites: Vec<Suite>,
    /// Cases, or checks by id, that match one of these; all if empty.
    pub only: Vec<Pattern>,
    /// Not those that match one of these.
    pub skip: Vec<Pattern>,
    /// This part of them.
    pub shard: Option<Shard>,
}

/// A pattern over case ids and check ids with `*`, `?` and `[…]`.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    glob: GlobMatcher,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it, as a lowercase fragment.
    pub fn new(text: &str) -> Result<Self, String> {
        let glob = Glob::new(text).map_err(|error| error.kind().to_string())?;
        Ok(Self {
            text: text.to_owned(),
            glob: glob.compile_matcher(),
        })
    }

    /// The pattern as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn names_check(&self, check: &Check) -> bool {
        self.glob.is_match(check.id)
    }

    fn is_for_checks(&self) -> bool {
        CHECKS.iter().any(|check| self.names_check(check)) && !self.glob.is_match("a::b::c")
    }
}

/// A case that is not run, as nothing could take back what an operation in it does.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Withheld {
    /// Its place in the plan of all shards, from 0.
    pub number: usize,
    /// The case.
    pub case: CaseId,
    /// The operation.
    pub operation: String,
    /// Why its effect would stay, as a lowercase fragment.
    pub why: String,
}

impl Selection {
    /// Whether a pattern asks for this case by the name of its subject, not with a wildcard.
    fn names(&self, case: &CaseId) -> bool {
        self.only.iter().any(|pattern| {
            let last = pattern.text.rsplit("::").next();
            pattern.glob.is_match(case.as_str()) && last == Some(case.subject())
        })
    }

    fn takes_case(&self, case: &Case) -> bool {
        let matches = |pattern: &Pattern| {
            pattern.glob.is_match(case.id.as_str())
                || pattern.is_for_checks()
                    && case.judges.iter().any(|check| pattern.names_check(check))
        };
        // A skipped check leaves the case as long as it judges another.
        let skipped = |pattern: &Pattern| {
            pattern.glob.is_match(case.id.as_str())
                || case.judges.iter().all(|check| pattern.names_check(check))
        };
        (self.only.is_empty() || self.only.iter().any(matches)) && !self.skip.iter().any(skipped)
    }

    /// Whether nothing but a shard is left out.
    pub fn is_whole(&self) -> bool {
        self.suites.is_empty() && self.only.is_empty() && self.skip.is_empty()
    }

    /// Whether findings of `check` are wanted in a case that is.
    pub fn takes_check(&self, check: &Check, case: &CaseId) -> bool {
        let by_check: Vec<&Pattern> = self.only.iter().filter(|one| one.is_for_checks()).collect();
        let by_case = self
            .only
            .iter()
            .any(|pattern| pattern.glob.is_match(case.as_str()));
        let wanted =
            by_case || by_check.is_empty() || by_check.iter().any(|one| one.names_check(check));
        wanted && !self.skip.iter().any(|pattern| pattern.names_check(check))
    }

    /// The suites that are wanted, in the order of [`Suite::ALL`].
    pub fn suites(&self) -> impl Iterator<Item = Suite> {
        Suite::ALL
            .into_iter()
            .filter(|suite| match &self.suites[..] {
                [] => true,
                named => named.contains(suite),
            })
    }
}

/// All cases of the suites wanted, in the order of suites and of each suite's own, without those
/// that `selection` leaves out.
pub fn make(target: &Arc<Target>, budget: &Budget, selection: &Selection) -> Vec<Case> {
    make_from(&mut 0, target, budget, selection)
}

/// As [`make`], for a plan that has `first` cases already, counting those of other shards. They are
/// more then.
pub fn make_from(
    first: &mut usize,
    target: &Arc<Target>,
    budget: &Budget,
    selection: &Selection,
) -> Vec<Case> {
    let mut cases: Vec<Case> = selection
        .suites()
        .flat_map(|suite| suite::cases(suite, target, budget))
        .filter(|case| selection.takes_case(case))
        .zip(*first..)
        .map(|(case, number)| Case { number, ..case })
        .collect();
    *first += cases.len();
    cases.retain(|case| selection.shard.is_none_or(|shard| shard.takes(&case.id)));
    cases
}

/// The cases to be run and the ones to be withheld: those that perform what `target` withholds,
/// unless `selection` asks for them by name.
pub fn withhold(
    cases: Vec<Case>,
    target: &Target,
    selection: &Selection,
) -> (Vec<Case>, Vec<Withheld>) {
    let mut kept = Vec::new();
    let mut withheld = Vec::new();
    for case in cases {
        let lasting = case
            .performs
            .iter()
            .find_map(|name| target.withheld.get_key_value(name));
        match lasting {
            Some((operation, why)) if !selection.names(&case.id) => withheld.push(Withheld {
                number: case.number,
                operation: operation.clone(),
                why: why.clone(),
                case: case.id,
            }),
            _ => kept.push(case),
        }
    }
    (kept, withheld)
}
