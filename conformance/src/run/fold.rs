//! Findings that follow from another: they are told with it, not each in a block of its own.

use std::collections::HashMap;

use crate::redact::Finding;

/// The findings that others can be told with, by what makes two findings have the same cause: a look
/// at each, however many there are.
#[derive(Debug, Default)]
pub(crate) struct Heads {
    /// Their names, in the order in which they were found.
    names: Vec<String>,
    /// The first of each check and its words.
    by_words: HashMap<(&'static str, String), usize>,
    /// The first of each check and place.
    by_place: HashMap<(&'static str, String), usize>,
}

impl Heads {
    /// Adds a finding, unless it is told with another itself.
    pub(crate) fn add(&mut self, finding: &Finding) {
        if finding.folded_into.is_some() {
            return;
        }
        let number = self.names.len();
        self.names.push(finding.replay.clone());
        let id = finding.check.id;
        let words = (id, finding.summary.get().clone());
        self.by_words.entry(words).or_insert(number);
        let place = (id, without_positions(&finding.location));
        self.by_place.entry(place).or_insert(number);
    }

    /// The name of the finding that `finding` is told with: the first here that has the same cause, or
    /// else the first such among `beside`, the findings of its own case. Nothing is ever hidden behind
    /// a milder finding.
    pub(crate) fn of(&self, finding: &Finding, beside: &[Finding]) -> Option<String> {
        let words = (finding.check.id, finding.summary.get().clone());
        let again = self.by_words.get(&words).copied();
        let place = without_positions(&finding.location);
        let causes = finding.check.follows.iter().filter_map(|cause| {
            let check = crate::check::find(cause)?;
            let number = self.by_place.get(&(check.id, place.clone()))?;
            (check.level <= finding.check.level).then_some(*number)
        });
        let first = again.into_iter().chain(causes).min();
        let first = first
            .map(|number| &self.names[number])
            .filter(|name| **name != finding.replay);
        first.cloned().or_else(|| {
            let heads = beside.iter().find(|other| {
                other.folded_into.is_none()
                    && other.replay != finding.replay
                    && other.check.level <= finding.check.level
                    && same_cause(finding, other)
            });
            heads.map(|other| other.replay.clone())
        })
    }
}

/// Whether what `other` tells is told again by `finding`: by the same check in the same words for
/// another place or operation, or at the same place by a check that follows from it.
fn same_cause(finding: &Finding, other: &Finding) -> bool {
    let again = finding.check == other.check && finding.summary == other.summary;
    let follows = finding.check.follows.contains(&other.check.id)
        && without_positions(&finding.location) == without_positions(&other.location);
    again || follows
}

/// A place without positions in lists.
fn without_positions(place: &str) -> String {
    let is_position = |token: &&str| token.bytes().all(|byte| byte.is_ascii_digit());
    let tokens: Vec<&str> = place
        .split('/')
        .filter(|token| !is_position(token))
        .collect();
    tokens.join("/")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// A finding of `check` with these words at this place.
    fn finding(number: usize, check: &str, words: u8, place: u8) -> Finding {
        let text = json!({
            "check": check,
            "case": "schema::status_documented::a",
            "summary": format!("words {words}"),
            "location": format!("response.body:/{place}/x{place}"),
            "place": "",
            "evidence": "",
            "phase": "random",
            "input": null,
            "told": null,
            "nearest_told": null,
            "tried": 0,
            "exchanges": [],
            "exchange": 0,
            "replay": format!("{number}"),
            "count": 1,
        });
        serde_json::from_value(text).unwrap()
    }

    /// The first of all findings before that has the same cause.
    fn looked_for(finding: &Finding, before: &[Finding]) -> Option<String> {
        let heads = before.iter().find(|other| {
            other.folded_into.is_none()
                && other.check.level <= finding.check.level
                && same_cause(finding, other)
        });
        heads.map(|other| other.replay.clone())
    }

    proptest! {
        #[test]
        fn the_head_is_the_first_that_a_search_of_all_would_find(
            parts in prop::collection::vec((0usize..4, 0u8..3, 0u8..3), 0..40)
        ) {
            // SCH002 and SCH003 follow from SCH001 and SCH005.
            let checks = ["SCH001", "SCH002", "SCH003", "SCH005"];
            let mut heads = Heads::default();
            let mut before: Vec<Finding> = Vec::new();
            for (number, (check, words, place)) in parts.into_iter().enumerate() {
                let mut one = finding(number, checks[check], words, place);
                let expected = looked_for(&one, &before);
                one.folded_into = heads.of(&one, &[]);
                prop_assert_eq!(&one.folded_into, &expected);
                heads.add(&one);
                before.push(one);
            }
        }
    }
}
