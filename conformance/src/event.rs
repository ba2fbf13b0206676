//! What happens in a run, in the order of the plan. Reporters and recordings see nothing else, and
//! everything in it is fit to be shown: it can be written down and read back as it stands.

mod latency;
mod searched;
mod sum;
mod summary;

use std::{
    iter,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

use crate::{
    case::CaseId,
    check::{Check, Suite},
    plan::{SecretMember, Shard, Withheld},
    redact::{Finding, Shown},
    seed::Seed,
    transport::Waited,
};

pub use latency::Latency;
pub use searched::Searched;
pub(crate) use sum::Sum;
pub(crate) use summary::rfc3339;
pub use summary::{CaseLine, CheckTotals, Outcome, SuiteTotals, Summary};

/// One thing that happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// The server answers as it should, and the plan begins.
    Started(&'a Header),
    /// A case began: told as it happens, for the progress bar.
    CaseStarted(&'a CaseId),
    /// A case is done, and all before it in the plan were told.
    CaseFinished(&'a CaseReport),
    /// The plan is not finished, and what was created is being deleted.
    Stopping(Ending),
    /// Everything is done.
    Finished(&'a Summary),
}

/// A server under test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tested {
    /// The words `skyvern`, `credential-service` or `openapi`.
    pub target: String,
    /// The base URL.
    pub url: String,
    /// Whether the server was started by this process, and with which defects.
    pub embedded: Option<Vec<String>>,
    /// Title and version of the document, number of operations, digest.
    pub document: String,
}

/// What is known before the first case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    /// The server under test.
    #[serde(flatten)]
    pub server: Tested,
    /// Those that are tested after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<Tested>,
    /// How many cases.
    pub cases: usize,
    /// Cases that are not run, as nothing could take back what they do.
    pub withheld: Vec<Withheld>,
    /// Members of requests that are taken for secrets.
    #[serde(default)]
    pub secrets: Vec<SecretMember>,
    /// What the document leaves unsaid, so that it cannot be asked or judged.
    #[serde(default)]
    pub notes: Vec<String>,
    /// The name of the profile.
    pub profile: String,
    /// What else decides which cases there are, as on the command line; shards of one run agree.
    #[serde(default)]
    pub selected: Vec<String>,
    /// Which part of the plan this is.
    #[serde(default)]
    pub shard: Option<Shard>,
    /// The seed.
    pub seed: Seed,
    /// When the run began.
    #[serde(with = "moment")]
    pub started: SystemTime,
}

impl Tested {
    /// What it is, in words.
    pub fn name(&self) -> String {
        match &self.embedded {
            None => self.target.clone(),
            Some(_) => format!("embedded {} server", self.target),
        }
    }

    /// What it is made to do wrong: `, defect zeros-lost` or nothing.
    pub fn defects(&self) -> String {
        match self.embedded.as_deref() {
            None | Some([]) => String::new(),
            Some([defect]) => format!(", defect {defect}"),
            Some(defects) => format!(", defects {}", defects.join(", ")),
        }
    }
}

impl Header {
    /// All servers under test, in their order.
    pub fn servers(&self) -> impl Iterator<Item = &Tested> {
        iter::once(&self.server).chain(&self.further)
    }
}

/// What became of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseOutcome {
    /// Each check that was tested held.
    Passed,
    /// A check of level must did not hold.
    Failed,
    /// Only checks of level should did not hold, or only findings that are known.
    Warned,
    /// No answer could be judged.
    Vacuous,
    /// The run ended before it did.
    NotRun,
}

impl CaseOutcome {
    /// The word of reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Warned => "warned",
            Self::Vacuous => "tested nothing",
            Self::NotRun => "not run",
        }
    }
}

/// A case that is done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CaseReport {
    /// Its place in the plan of all shards, from 0.
    pub number: usize,
    /// Its name.
    pub id: CaseId,
    /// Its suite.
    pub suite: Suite,
    /// What became of it.
    pub outcome: CaseOutcome,
    /// Checks that it tested, and whether each held.
    pub judged: Vec<(&'static Check, bool)>,
    /// Checks that it would have tested, had there been an answer to judge.
    pub unjudged: Vec<&'static Check>,
    /// Findings that are new in this run.
    pub findings: Vec<Finding>,
    /// Findings of earlier cases that it repeats: they are counted with the first.
    pub repeats: Vec<Repeat>,
    /// How many inputs were tried, shrinking aside.
    pub inputs: usize,
    /// What could not be generated, each as a sentence fragment.
    pub problems: Vec<String>,
    /// From its first input to the last.
    #[serde(with = "seconds")]
    pub elapsed: Duration,
}

/// What makes two findings one: check, operation, and the place without positions in lists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FindingKey {
    /// The id of the check.
    pub check: String,
    /// The operation.
    pub operation: Option<String>,
    /// Where it shows, `*` for each position in a list.
    pub place: Shown<String>,
}

/// A finding that an earlier case told already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// Which.
    pub key: FindingKey,
    /// How many inputs showed it.
    pub count: u64,
}

/// Something that was created and could not be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The variable that names it in paths, e.g. `credential_id`.
    pub kind: String,
    /// Its id.
    pub id: Shown<String>,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The plan is done.
    Complete,
    /// As many failures as were allowed.
    #[serde(rename = "max-failures")]
    EnoughFailures,
    /// The time is up.
    #[serde(rename = "max-time")]
    OutOfTime,
    /// The server accepts no connections any more.
    ServerGone,
    /// The server answers 429 beyond all patience.
    RateLimited,
    /// Not all shards of the run were merged.
    ShardsMissing,
    /// Ctrl-C or a termination signal.
    Interrupted,
}

impl Ending {
    /// The word of reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::EnoughFailures => "max-failures",
            Self::OutOfTime => "max-time",
            Self::ServerGone => "server-gone",
            Self::RateLimited => "rate-limited",
            Self::ShardsMissing => "shards-missing",
            Self::Interrupted => "interrupted",
        }
    }
}

/// What is known after the last case, besides what the cases say.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Totals {
    /// From the first request to the last.
    #[serde(with = "seconds")]
    pub duration: Duration,
    /// How long answers took.
    pub latency: Latency,
    /// How many answers had each status; `none` where there was no answer.
    pub statuses: std::collections::BTreeMap<String, u64>,
    /// How many things were created.
    pub created: u64,
    /// How many of them were deleted.
    pub deleted: u64,
    /// What is left on the server.
    pub left: Vec<Left>,
    /// What was searched for secrets, and what was masked.
    #[serde(default)]
    pub searched: Searched,
    /// What was waited because the server asked for it.
    #[serde(default)]
    pub waited: Waited,
    /// Known findings that did not show.
    #[serde(default)]
    pub stale: Vec<crate::baseline::Known>,
    /// Why the run ended.
    pub ending: Ending,
}

impl Totals {
    /// Those of nothing.
    pub(crate) fn none() -> Self {
        Self {
            duration: Duration::ZERO,
            latency: Latency::default(),
            statuses: std::collections::BTreeMap::new(),
            created: 0,
            deleted: 0,
            left: Vec::new(),
            searched: Searched::default(),
            waited: Waited::default(),
            stale: Vec::new(),
            ending: Ending::Complete,
        }
    }

    /// Adds what another part of the run sent, created and searched; not how long it took, how it
    /// ended, and what did not show in it.
    pub(crate) fn add(&mut self, part: &Self) {
        self.latency.add(&part.latency);
        for (status, count) in &part.statuses {
            *self.statuses.entry(status.clone()).or_default() += count;
        }
        self.created += part.created;
        self.deleted += part.deleted;
        self.left.extend_from_slice(&part.left);
        self.searched.add(&part.searched);
        self.waited.add(&part.waited);
    }
}

/// Durations as seconds.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(value: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(value.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// Instants as RFC 3339.
mod moment {
    use std::time::SystemTime;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(value: &SystemTime, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&humantime::format_rfc3339_millis(*value))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SystemTime, D::Error> {
        humantime::parse_rfc3339(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}
