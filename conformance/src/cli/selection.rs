//! Which cases, and how much of each.

use clap::Args;

use crate::{
    check::Suite,
    plan::{Pattern, Selection, Shard},
    settings::{Profile, pattern, shard, shard_from},
    setup::{SetupError, similar},
};

/// Which cases.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
pub struct SelectionArgs {
    /// Only these suites: schema, lifecycle, auth, robustness, redaction, contract, bridge [default:
    /// all that apply]
    #[arg(long = "suite", value_name = "NAME", value_delimiter = ',', value_parser = suite)]
    pub(super) suites: Vec<Suite>,
    /// Only cases `suite::check::subject` (or checks, by id) that match; repeatable
    #[arg(long, value_name = "GLOB", value_parser = pattern)]
    pub(super) only: Vec<Pattern>,
    /// Not the cases or checks that match; repeatable
    #[arg(long, value_name = "GLOB", value_parser = pattern)]
    pub(super) skip: Vec<Pattern>,
    /// Only part K of N; auto: as CI or Kubernetes numbers this job
    #[arg(long, value_name = "K/N|auto")]
    pub(super) shard: Option<String>,
    /// How much to try
    #[arg(long, value_enum, default_value_t = Profile::Quick)]
    pub(super) profile: Profile,
    /// Random inputs of each case [default: by profile]
    #[arg(long, value_name = "N")]
    pub(super) cases: Option<usize>,
}

impl SelectionArgs {
    pub(super) fn selection(
        self,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Selection, SetupError> {
        let shard: Option<Shard> = match self.shard.as_deref() {
            None => None,
            Some("auto") => Some(shard_from(variable).map_err(SetupError::usage)?),
            Some(text) => Some(shard(text).map_err(SetupError::usage)?),
        };
        Ok(Selection {
            suites: self.suites,
            only: self.only,
            skip: self.skip,
            shard,
        })
    }
}

fn suite(text: &str) -> Result<Suite, String> {
    Suite::from_name(text).ok_or_else(|| {
        let names = Suite::ALL.map(Suite::name);
        match similar(text, names.into_iter()) {
            Some(other) => format!("there is no such suite; did you mean `{other}`?"),
            None => format!("there is no such suite; there are {}", names.join(", ")),
        }
    })
}
