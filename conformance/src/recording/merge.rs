//! Recorded runs made into one again: the shards of a run give the events, and so the reports, that
//! the whole run would have given.

use std::collections::{BTreeMap, BTreeSet};

use super::lines::Recorded;
use crate::event::{CaseReport, Ending, Event, Header, Sum, Summary, Tested, Totals};

/// Why runs are not parts of one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MergeError {
    /// They differ in what would have to be the same.
    #[error("{first} and {second} are not parts of one run: {what} differ")]
    Different {
        first: String,
        second: String,
        what: &'static str,
    },
    /// Two hold the same cases.
    #[error("{first} and {second} hold the same cases, {case} among them")]
    Overlap {
        first: String,
        second: String,
        case: String,
    },
}

/// One run, made of its parts.
#[derive(Debug)]
pub(crate) struct Merged {
    header: Header,
    cases: Vec<CaseReport>,
    totals: Totals,
    /// What a reader should know, each a sentence fragment.
    pub(crate) remarks: Vec<String>,
}

/// Puts `parts` together; there is at least one.
///
/// # Errors
/// If they are not parts of one run.
pub(crate) fn merge(parts: Vec<Recorded>) -> Result<Merged, MergeError> {
    let mut remarks = Vec::new();
    agree(&parts)?;
    let killed = parts.iter().filter(|part| part.totals.is_none());
    remarks.extend(killed.map(|part| format!("{} was killed before its end", part.name)));
    let seeds: BTreeSet<u64> = parts.iter().map(|part| part.header.seed.0).collect();
    if seeds.len() > 1 {
        remarks.push("the runs have different seeds: say --seed for all of them".to_owned());
    }
    let missing = missing(&parts);
    if !missing.is_empty() {
        remarks.push(format!("shard {} is missing", missing.join(", ")));
    }
    let mut header = parts[0].header.clone();
    for part in &parts[1..] {
        header.cases += part.header.cases;
        header.withheld.extend_from_slice(&part.header.withheld);
        header.started = header.started.min(part.header.started);
    }
    header.withheld.sort_by_key(|one| one.number);
    if missing.is_empty() {
        header.shard = None;
    }
    let mut totals = total(&parts);
    if !missing.is_empty() {
        totals.ending = totals.ending.max(Ending::ShardsMissing);
    }
    let mut cases: Vec<CaseReport> = parts.into_iter().flat_map(|part| part.cases).collect();
    cases.sort_by_key(|case| case.number);
    Ok(Merged {
        header,
        cases,
        totals,
        remarks,
    })
}

/// What the parts of one run have in common; no case is in two of them.
fn agree(parts: &[Recorded]) -> Result<(), MergeError> {
    fn of(header: &Header, what: fn(&Tested) -> &String) -> Vec<&String> {
        header.servers().map(what).collect()
    }
    let first = &parts[0];
    for part in &parts[1..] {
        let (one, other) = (&first.header, &part.header);
        let same = [
            (
                "their targets",
                of(one, |tested| &tested.target) == of(other, |tested| &tested.target),
            ),
            (
                "their documents",
                of(one, |tested| &tested.document) == of(other, |tested| &tested.document),
            ),
            ("their profiles", one.profile == other.profile),
            ("their selections", one.selected == other.selected),
            (
                "their numbers of shards",
                one.shard.map(|shard| shard.of) == other.shard.map(|shard| shard.of),
            ),
        ];
        if let Some((what, _)) = same.into_iter().find(|(_, same)| !same) {
            return Err(MergeError::Different {
                first: first.name.clone(),
                second: part.name.clone(),
                what,
            });
        }
    }
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for part in parts {
        for case in &part.cases {
            if let Some(other) = seen.insert(case.id.as_str(), &part.name) {
                return Err(MergeError::Overlap {
                    first: other.to_owned(),
                    second: part.name.clone(),
                    case: case.id.to_string(),
                });
            }
        }
    }
    Ok(())
}

/// The numbers of the shards that are not there.
fn missing(parts: &[Recorded]) -> Vec<String> {
    let of = parts[0].header.shard.map_or(0, |shard| shard.of);
    let there: BTreeSet<u64> = parts
        .iter()
        .filter_map(|part| part.header.shard)
        .map(|shard| shard.number)
        .collect();
    // Nobody splits a run into more.
    (1..=of.min(10_000))
        .filter(|number| !there.contains(number))
        .map(|number| format!("{number}/{of}"))
        .collect()
}

fn total(parts: &[Recorded]) -> Totals {
    let mut total = Totals::none();
    for (number, part) in parts.iter().enumerate() {
        let Some(one) = &part.totals else {
            total.ending = Ending::Interrupted;
            continue;
        };
        // They run beside each other.
        total.duration = total.duration.max(one.duration);
        total.add(one);
        total.ending = total.ending.max(one.ending);
        // What shows in one shard is not stale.
        if number == 0 {
            total.stale.clone_from(&one.stale);
        } else {
            total.stale.retain(|known| one.stale.contains(known));
        }
    }
    total
}

impl Merged {
    /// Tells `report` what the whole run would have told; its summary.
    pub(crate) fn replay(self, report: &mut dyn FnMut(&Event<'_>)) -> Summary {
        report(&Event::Started(&self.header));
        let mut sum = Sum::default();
        for mut case in self.cases {
            sum.add(&mut case);
            report(&Event::CaseFinished(&case));
        }
        let summary = sum.finish(self.header, self.totals);
        report(&Event::Finished(&summary));
        summary
    }
}
