//! The file of known findings: TOML that people edit and `--baseline-update` writes.

use std::{
    fmt::Write as _,
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use serde::Deserialize;
use toml::Spanned;

use super::{Baseline, Day, Known};
use crate::{
    check::{self, CHECKS, Level},
    event::Summary,
    recording::write_private,
    setup::similar,
};

/// How long a finding is accepted if nobody says otherwise.
const ACCEPTED: Duration = Duration::from_hours(90 * 24);
const HEAD: &str = "\
# Findings that are known: they are shown and do not fail the run, up to and including the day on which
# they expire. `operation` and `place` may be left out: any, then. Written by --baseline-update, which
# keeps reasons and days and drops what no longer shows.
";

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It cannot be read or written.
    #[error("the baseline {} cannot be used: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is no baseline.
    #[error("{}:{line}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    known: Vec<Spanned<Known>>,
}

impl Baseline {
    /// Reads `path` as it holds on the day of `now`. A file that is not there is empty where
    /// `absent_is_empty`.
    ///
    /// # Errors
    /// If it cannot be read or is no baseline, with the line.
    pub fn read(
        path: &Path,
        now: SystemTime,
        absent_is_empty: bool,
    ) -> Result<Self, BaselineError> {
        let text = match std::fs::read_to_string(path) {
            Err(error) if absent_is_empty && error.kind() == io::ErrorKind::NotFound => {
                String::new()
            }
            Err(source) => {
                let path = path.to_owned();
                return Err(BaselineError::Io { path, source });
            }
            Ok(text) => text,
        };
        let wrong = |at: usize, reason: String| BaselineError::Malformed {
            path: path.to_owned(),
            line: text[..text.floor_char_boundary(at)].matches('\n').count() + 1,
            reason,
        };
        let file: File = toml::from_str(&text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            wrong(at, error.message().replace('\n', " "))
        })?;
        for known in &file.known {
            let id = &known.get_ref().check;
            if check::find(id).is_none() {
                let other = similar(&id.to_ascii_uppercase(), CHECKS.iter().map(|one| one.id));
                let hint = other.map(|other| format!("; did you mean `{other}`?"));
                let reason = format!("there is no check `{id}`{}", hint.unwrap_or_default());
                return Err(wrong(known.span().start, reason));
            }
        }
        let known = file.known.into_iter().map(Spanned::into_inner);
        Ok(Self::new(known.collect(), Day::of(now)))
    }

    /// Writes what is known after a run: entries that showed or that the run could not show, and one
    /// for each new finding that fails a run. How many were added and dropped.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn update(&self, path: &Path, summary: &Summary) -> Result<(usize, usize), BaselineError> {
        let stale = summary.told_stale();
        let mut known: Vec<Known> = self
            .entries()
            .iter()
            .filter(|known| !stale.contains(known))
            .cloned()
            .collect();
        let dropped = self.entries().len() - known.len();
        let today = Day::of(summary.header.started);
        let expires = Day::of(summary.header.started + ACCEPTED);
        let mut added = 0;
        for finding in &summary.findings {
            if finding.accepted.is_some() || finding.check.level == Level::May {
                continue;
            }
            known.push(Known {
                check: finding.check.id.to_owned(),
                operation: finding.operation.clone(),
                place: Some(finding.place.get().clone()),
                reason: format!(
                    "found on {today}, nobody looked at it yet: {}",
                    *finding.summary
                ),
                expires: expires.clone(),
            });
            added += 1;
        }
        let mut text = HEAD.to_owned();
        for one in &known {
            let quoted = |text: &str| serde_json::Value::from(text).to_string();
            let mut line = |name: &str, value: &str| {
                // Writing to a string does not fail.
                let _ = writeln!(text, "{name} = {}", quoted(value));
            };
            line("\n[[known]]\ncheck", &one.check);
            if let Some(operation) = &one.operation {
                line("operation", operation);
            }
            if let Some(place) = &one.place {
                line("place", place);
            }
            line("reason", &one.reason);
            line("expires", &one.expires.to_string());
        }
        write_private(path, text.as_bytes()).map_err(|source| BaselineError::Io {
            path: path.to_owned(),
            source,
        })?;
        Ok((added, dropped))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Baseline, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("b.toml");
        std::fs::write(&path, text).unwrap();
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(24);
        Baseline::read(&path, now, false)
            .map_err(|error| error.to_string().rsplit('/').next().unwrap().to_owned())
    }

    #[test]
    fn an_entry_holds_up_to_its_last_day() {
        let entry = |day: &str| {
            let text =
                format!("[[known]]\ncheck = \"SCH001\"\nreason = \"r\"\nexpires = \"{day}\"\n");
            read(&text).unwrap().accepted(0).holds
        };
        assert!(entry("1970-01-02"));
        assert!(!entry("1970-01-01"));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let told = |text: &str| read(text).unwrap_err();
        assert_eq!(
            told("[[known]]\ncheck = \"SHC001\"\nreason = \"r\"\nexpires = \"2027-01-01\"\n"),
            "b.toml:1: there is no check `SHC001`; did you mean `SCH001`?"
        );
        let day = told("[[known]]\ncheck = \"SCH001\"\nreason = \"r\"\nexpires = \"soon\"\n");
        assert!(day.starts_with("b.toml:4: `soon` is no day"), "{day}");
        let key = told("[[known]]\ncheck = \"SCH001\"\nresaon = \"r\"\nexpires = \"2027-01-01\"\n");
        assert!(key.starts_with("b.toml:3: unknown field `resaon`"), "{key}");
    }
}
