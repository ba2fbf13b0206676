//! What is asserted: one table of checks. The command line, `explain`, the reports, the
//! documentation and the defects of the reference servers all read it.
//!
//! Nothing here sends or judges: a suite makes the cases, the functions below `check/` judge them.

use std::fmt;

pub(crate) mod access;
pub(crate) mod answer;
pub(crate) mod bridge;
pub(crate) mod contract;
pub(crate) mod credential;
pub(crate) mod history;
pub(crate) mod models;
pub(crate) mod redaction;
pub(crate) mod refusal;
mod remedy;
pub(crate) mod resilience;
pub(crate) mod seen;
#[cfg(test)]
pub(crate) mod sketch;
mod table;

pub use remedy::remedy;
pub use table::*;

/// A group of checks that a person would switch on or off together.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Suite {
    /// Answers and refusals are as the document says.
    Schema,
    /// What was created is what is read, until it is deleted.
    Lifecycle,
    /// Nothing without the key.
    Auth,
    /// Requests that no polite client sends.
    Robustness,
    /// No secret comes back.
    Redaction,
    /// What Skyvern asks of the credential service behind it.
    Bridge,
    /// What Skyvern asks of a credential service.
    Contract,
}

impl Suite {
    /// All suites, in the order in which they run and are reported.
    pub const ALL: [Self; 7] = [
        Self::Schema,
        Self::Lifecycle,
        Self::Auth,
        Self::Robustness,
        Self::Redaction,
        Self::Bridge,
        Self::Contract,
    ];

    /// The name on the command line and at the front of a case id.
    pub fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Lifecycle => "lifecycle",
            Self::Auth => "auth",
            Self::Robustness => "robustness",
            Self::Redaction => "redaction",
            Self::Bridge => "bridge",
            Self::Contract => "contract",
        }
    }

    /// The suite of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name() == name)
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How much a failed check weighs, in the words of RFC 2119.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Fails the run.
    Must,
    /// Reported; fails the run with `--strict` only.
    Should,
    /// Told in the verbose output only.
    May,
}

impl Level {
    /// The word of reports and of `explain`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::May => "may",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Where an assertion is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// In the OpenAPI document under test: which part of it.
    Document(&'static str),
    /// In a public standard: number and section.
    Standard(&'static str),
    /// In Skyvern's page "Custom Credential Service": which part of it.
    Page(&'static str),
    /// Nowhere, but Skyvern 1.0.50 and 1.0.56 were seen to do so: what was seen.
    Observed(&'static str),
    /// It follows from the purpose of the API: why.
    Purpose(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(part) => write!(f, "the OpenAPI document, {part}"),
            Self::Standard(section) => f.write_str(section),
            Self::Page(part) => write!(f, "Skyvern's page \"Custom Credential Service\", {part}"),
            Self::Observed(what) => write!(f, "observed on Skyvern 1.0.50 and 1.0.56: {what}"),
            Self::Purpose(why) => f.write_str(why),
        }
    }
}

/// One assertion about a server.
#[derive(Debug)]
pub struct Check {
    /// Stable: three letters of the suite and three digits, `SCH001`.
    pub id: &'static str,
    /// The middle of a case id, in `snake_case`, unique within the suite.
    pub name: &'static str,
    /// The group it belongs to.
    pub suite: Suite,
    /// What a failure costs.
    pub level: Level,
    /// What a conforming server does: one sentence, lowercase, without a full stop.
    pub sentence: &'static str,
    /// Where that is written; at least one.
    pub sources: &'static [Source],
    /// Ids of checks whose failure on the same exchange explains a failure of this one: then only
    /// the cause is reported.
    pub follows: &'static [&'static str],
    /// Why it matters, how it is tested and what to look at in the server: a short paragraph.
    pub explain: &'static str,
}

impl PartialEq for Check {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Check {}

/// By its id.
impl serde::Serialize for Check {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id)
    }
}

impl<'de> serde::Deserialize<'de> for &'static Check {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        find(&id).ok_or_else(|| serde::de::Error::custom(format!("there is no check {id}")))
    }
}

/// The check of that id, in any case of letters.
pub fn find(id: &str) -> Option<&'static Check> {
    CHECKS
        .iter()
        .copied()
        .find(|check| check.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_and_names_are_unique_and_well_formed() {
        let mut ids = BTreeSet::new();
        let mut names = BTreeSet::new();
        for check in CHECKS.iter() {
            assert!(ids.insert(check.id), "{} stands twice", check.id);
            assert!(names.insert((check.suite, check.name)), "{}", check.name);
            let prefix = &check.suite.name()[..3];
            assert!(check.id[..3].eq_ignore_ascii_case(prefix), "{}", check.id);
            assert!(check.id[3..].parse::<u16>().is_ok(), "{}", check.id);
            assert!(!check.sources.is_empty(), "{} has no source", check.id);
            assert!(!check.sentence.ends_with('.'), "{}", check.id);
        }
    }

    #[test]
    fn causes_are_checks() {
        for check in CHECKS.iter() {
            for cause in check.follows {
                assert!(find(cause).is_some(), "{} follows {cause}", check.id);
                assert_ne!(*cause, check.id);
            }
        }
    }
}
