//! Findings by their cause: the ones that are told, each with those that are told with it.

use std::collections::BTreeMap;

use crate::{check::CHECKS, event::Summary, redact::Finding};

/// A finding and those that follow from it, in the order of the plan.
pub(super) struct Cause<'a> {
    pub(super) finding: &'a Finding,
    pub(super) followers: Vec<&'a Finding>,
}

/// All causes, by check in the order of the table, and within a check in the order of the plan.
pub(super) fn causes(summary: &Summary) -> Vec<Cause<'_>> {
    let mut followers: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &summary.findings {
        if let Some(head) = &finding.folded_into {
            followers.entry(head).or_default().push(finding);
        }
    }
    let place: BTreeMap<&str, usize> = CHECKS
        .iter()
        .enumerate()
        .map(|(place, check)| (check.id, place))
        .collect();
    let mut causes: Vec<Cause<'_>> = summary
        .findings
        .iter()
        .filter(|finding| finding.folded_into.is_none())
        .map(|finding| Cause {
            finding,
            followers: followers
                .remove(finding.replay.as_str())
                .unwrap_or_default(),
        })
        .collect();
    // Stable: within a check the order of the plan stays.
    causes.sort_by_key(|cause| {
        let known = cause.finding.is_known();
        (
            known,
            cause.finding.check.level,
            place.get(cause.finding.check.id).copied(),
        )
    });
    causes
}
