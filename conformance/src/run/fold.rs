//! Findings that follow from another: they are told with it, not each in a block of its own.

use crate::redact::Finding;

/// The name of the finding among `others` that `finding` is told with: the first that has the same
/// cause and is not told with another itself. Nothing is ever hidden behind a milder finding.
pub(crate) fn head<'a>(
    finding: &Finding,
    mut others: impl Iterator<Item = &'a Finding>,
) -> Option<String> {
    others
        .find(|other| {
            other.folded_into.is_none()
                && other.replay != finding.replay
                && other.check.level <= finding.check.level
                && same_cause(finding, other)
        })
        .map(|other| other.replay.clone())
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
