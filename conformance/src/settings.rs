//! What a run is asked to do, as plain data: the command line and recordings both give it.
//!
//! No secret stands in it: keys are in files or in the environment, and values of `--header` are
//! left out of recordings.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    plan::{Budget, Pattern, Selection, Shard},
    reference::Server,
    seed::Seed,
    transport::Rate,
};

/// What the URL is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum TargetName {
    /// The credentials API of a Skyvern server
    Skyvern,
    /// A credential service behind a Skyvern server: the URL that Skyvern would be given
    CredentialService,
    /// Any server, held against --spec
    Openapi,
}

impl TargetName {
    /// The reference server that is started where no URL is given.
    pub(crate) fn embedded(self) -> Server {
        match self {
            Self::CredentialService => Server::CredentialService,
            Self::Skyvern | Self::Openapi => Server::Skyvern,
        }
    }
}

impl Server {
    /// What it is to a run.
    pub(crate) fn target(self) -> TargetName {
        match self {
            Self::Skyvern | Self::Bridged => TargetName::Skyvern,
            Self::CredentialService => TargetName::CredentialService,
        }
    }
}

/// How much is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Seconds, for the desk
    Quick,
    /// For every push
    Ci,
    /// As much as there is
    Deep,
}

impl Profile {
    /// All of them, the quickest first.
    pub const ALL: [Self; 3] = [Self::Quick, Self::Ci, Self::Deep];

    /// The word of the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Ci => "ci",
            Self::Deep => "deep",
        }
    }

    /// What a case may try.
    pub fn budget(self) -> Budget {
        match self {
            Self::Quick => Budget {
                listed: 128,
                random: 8,
                steps: 10,
                shrink: 200,
            },
            Self::Ci => Budget {
                listed: 320,
                random: 24,
                steps: 16,
                shrink: 500,
            },
            Self::Deep => Budget {
                listed: usize::MAX,
                random: 200,
                steps: 40,
                shrink: 2000,
            },
        }
    }
}

/// Which server, and how to talk to it: all that a replay needs too.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// What the URL is.
    pub target: TargetName,
    /// The base URL; without one a reference server is started.
    pub url: Option<String>,
    /// Defects of the reference server that is started.
    pub defects: Vec<String>,
    /// The document; without one the built-in one.
    pub spec: Option<PathBuf>,
    /// Overlays over it, in order.
    pub overlays: Vec<PathBuf>,
    /// Whether a server on another machine may be changed.
    pub allow_writes: bool,
    /// The file that holds the key; without one it is in the environment.
    pub api_key_file: Option<PathBuf>,
    /// Where the runner listens as the credential service behind the server.
    #[serde(default)]
    pub bridge_listen: Option<SocketAddr>,
    /// The file that holds the token of a credential service; without one it is in the environment.
    #[serde(default)]
    pub token_file: Option<PathBuf>,
    /// Headers for every request, with their values.
    #[serde(skip)]
    pub headers: Vec<(String, String)>,
    /// The names of [`Self::headers`], for recordings.
    pub header_names: Vec<String>,
    /// Headers for every request, with the variables that hold their values.
    pub header_env: Vec<(String, String)>,
    /// Authorities to trust.
    pub cacert: Vec<PathBuf>,
    /// The client's certificate.
    pub cert: Option<PathBuf>,
    /// The client's key.
    pub key: Option<PathBuf>,
    /// Whether any certificate will do.
    pub insecure: bool,
    /// The proxy.
    pub proxy: Option<String>,
    /// From the first byte of a request to the last of its answer.
    pub timeout: Duration,
    /// How often a failed connection is tried again.
    pub retries: u32,
    /// How long a server may be starting.
    #[serde(skip)]
    pub wait: Option<Duration>,
    /// Requests in a span of time; without it what is right for where the server is.
    #[serde(skip)]
    pub rate: Option<Rate>,
    /// Cases at the same time.
    #[serde(skip, default = "default_jobs")]
    pub jobs: usize,
}

impl ServerSettings {
    /// The embedded Skyvern server, with the defaults of the command line.
    pub fn embedded() -> Self {
        Self {
            target: TargetName::Skyvern,
            url: None,
            defects: Vec::new(),
            spec: None,
            overlays: Vec::new(),
            allow_writes: false,
            api_key_file: None,
            bridge_listen: None,
            token_file: None,
            headers: Vec::new(),
            header_names: Vec::new(),
            header_env: Vec::new(),
            cacert: Vec::new(),
            cert: None,
            key: None,
            insecure: false,
            proxy: None,
            timeout: Duration::from_secs(10),
            retries: 2,
            wait: None,
            rate: None,
            jobs: default_jobs(),
        }
    }
}

/// Cases at the same time if nothing is said: enough to hide the latency of a server nearby.
pub fn default_jobs() -> usize {
    8
}

/// What to try.
#[derive(Clone, Debug)]
pub struct PlanSettings {
    /// Which cases.
    pub selection: Selection,
    /// How much of each.
    pub profile: Profile,
    /// Random inputs of a case, if not those of the profile.
    pub cases: Option<usize>,
    /// Whether failing inputs are made smaller.
    pub shrink: bool,
    /// The seed; without one a fresh one.
    pub seed: Option<Seed>,
}

impl PlanSettings {
    /// What a case may try.
    pub fn budget(&self) -> Budget {
        let mut budget = self.profile.budget();
        if let Some(cases) = self.cases {
            budget.random = cases;
        }
        if !self.shrink {
            budget.shrink = 0;
        }
        budget
    }
}

/// When to stop and what counts.
#[derive(Clone, Copy, Debug)]
pub struct StopSettings {
    /// After so many findings of level must.
    pub max_failures: Option<usize>,
    /// After so much time.
    pub max_time: Option<Duration>,
    /// Whether findings of level should fail the run.
    pub strict: bool,
}

/// `2/5` as a shard.
///
/// # Errors
/// What is wrong with the text, as a fragment.
pub fn shard(text: &str) -> Result<Shard, String> {
    let wrong = || format!("`{text}` is no shard: write K/N with K from 1 to N, or auto");
    let (number, of) = text.split_once('/').ok_or_else(wrong)?;
    let shard = Shard {
        number: number.parse().map_err(|_| wrong())?,
        of: of.parse().map_err(|_| wrong())?,
    };
    if (1..=shard.of).contains(&shard.number) {
        Ok(shard)
    } else {
        Err(wrong())
    }
}

/// The shard that a CI system or an indexed Kubernetes Job gives this process, read with `variable`.
///
/// # Errors
/// If none of the known pairs of variables is set, or one is no number.
pub fn shard_from(variable: impl Fn(&str) -> Option<String>) -> Result<Shard, String> {
    // The index, whether it counts from 1 is told by the third member.
    let known = [
        // GitLab counts from 1, as does whoever sets them by hand, e.g. from a matrix of GitHub Actions.
        ("CI_NODE_INDEX", "CI_NODE_TOTAL", 0),
        // Indexed Jobs of Kubernetes; the number of completions is set beside it.
        ("JOB_COMPLETION_INDEX", "SHARD_TOTAL", 1),
        ("CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 1),
        ("BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 1),
        ("SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE", 0),
    ];
    for (index, total, offset) in known {
        let (Some(index), Some(total)) = (variable(index), variable(total)) else {
            continue;
        };
        let number: u64 = index
            .parse()
            .map_err(|_| format!("`{index}` is no number"))?;
        return shard(&format!("{}/{total}", number + offset));
    }
    Err("--shard auto needs CI_NODE_INDEX and CI_NODE_TOTAL, or JOB_COMPLETION_INDEX and SHARD_TOTAL, or the variables of CircleCI, Buildkite or Azure Pipelines".to_owned())
}

/// A pattern of `--only` or `--skip`.
///
/// # Errors
/// What is wrong with it, as a fragment.
pub fn pattern(text: &str) -> Result<Pattern, String> {
    Pattern::new(text).map_err(|error| format!("`{text}` is no pattern: {error}"))
}

/// `NAME:VALUE` as a header.
///
/// # Errors
/// What is wrong with it, without the value.
pub fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("a header is written NAME:VALUE")?;
    Ok((header_name(name)?, value.trim().to_owned()))
}

/// `NAME=VAR` as a header and the variable that holds its value.
///
/// # Errors
/// What is wrong with it.
pub fn header_env(text: &str) -> Result<(String, String), String> {
    let written = "it is written NAME=VARIABLE, with the name of a variable";
    let (name, variable) = text.split_once('=').ok_or(written)?;
    let variable = variable.trim();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if variable.is_empty() || !variable.bytes().all(is_name) {
        return Err(written.to_owned());
    }
    Ok((header_name(name)?, variable.to_owned()))
}

fn header_name(name: &str) -> Result<String, String> {
    let name = name.trim();
    reqwest::header::HeaderName::from_bytes(name.as_bytes())
        .map(|_| name.to_owned())
        .map_err(|_| format!("`{name}` is no name of a header"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_count_from_one() {
        assert_eq!(shard("2/5"), Ok(Shard { number: 2, of: 5 }));
        for wrong in ["0/5", "6/5", "1", "a/b", "1/0"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_kubernetes_index_counts_from_zero() {
        let set = |name: &str| match name {
            "JOB_COMPLETION_INDEX" => Some("0".to_owned()),
            "SHARD_TOTAL" => Some("3".to_owned()),
            _ => None,
        };
        assert_eq!(shard_from(set), Ok(Shard { number: 1, of: 3 }));
        assert!(shard_from(|_| None).is_err());
    }

    #[test]
    fn a_wrong_header_is_refused_without_its_value() {
        assert_eq!(header("X-A: b"), Ok(("X-A".into(), "b".into())));
        assert!(!header("X A: hunter2").unwrap_err().contains("hunter2"));
    }
}
