//! Inputs that failed once, in a file that is kept with the code: a run tries them first, and adds
//! those of new findings. One JSON object a line; lines that begin with `#` are for people.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    case::CaseId,
    check::Level,
    event::Summary,
    recording::write_private,
    setup::{API_KEY, TOKEN},
};

/// Read without being named, if it is there.
const DEFAULT: &str = "conformance-regressions.ndjson";
/// Most inputs of a case.
const MAX_OF_CASE: usize = 8;
const HEAD: &str = "\
# Inputs that failed once. skyvern-conformance tries them first and adds new ones; keep this file with the
# code. A line may go once its case is gone.
";

/// An input that failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Regression {
    case: CaseId,
    check: String,
    input: Value,
}

/// The inputs of a file, by case.
#[derive(Clone, Debug, Default)]
pub struct Regressions {
    path: Option<PathBuf>,
    known: BTreeMap<CaseId, Vec<Regression>>,
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RegressionsError {
    /// It cannot be read or written.
    #[error("{} cannot be used: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line is none of ours.
    #[error("{}:{line}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// Why.
        reason: String,
    },
}

impl Regressions {
    /// Reads `path`, or the file of the default name in `directory`, if it is there.
    ///
    /// # Errors
    /// If it is there and cannot be read. A named file need not be there yet.
    pub fn read(path: Option<&Path>, directory: &Path) -> Result<Self, RegressionsError> {
        let usual = directory.join(DEFAULT);
        let path = match path {
            Some(path) => path.to_owned(),
            None if usual.is_file() => usual,
            None => return Ok(Self::default()),
        };
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(RegressionsError::Io { path, source }),
            Ok(text) => text,
        };
        let mut known: BTreeMap<CaseId, Vec<Regression>> = BTreeMap::new();
        for (number, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let one: Regression =
                serde_json::from_str(line).map_err(|error| RegressionsError::Malformed {
                    path: path.clone(),
                    line: number + 1,
                    reason: error.to_string(),
                })?;
            known.entry(one.case.clone()).or_default().push(one);
        }
        Ok(Self {
            path: Some(path),
            known,
        })
    }

    /// The inputs of `case`, oldest first.
    pub(crate) fn of(&self, case: &CaseId) -> impl Iterator<Item = &Value> {
        self.known
            .get(case)
            .into_iter()
            .flatten()
            .map(|one| &one.input)
    }

    /// Adds the findings of `summary` that fail a run and show every time; writes the file if there
    /// are new ones. How many.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add(&mut self, summary: &Summary) -> Result<usize, RegressionsError> {
        let Some(path) = self.path.clone() else {
            return Ok(0);
        };
        let mut added = 0;
        for finding in &summary.findings {
            // An input that holds the key is not sent again: of the key only the mask is left.
            let text = finding.input.to_string();
            let fit = finding.check.level == Level::Must
                && finding.again != Some(false)
                && [API_KEY, TOKEN].iter().all(|key| !text.contains(key.mark));
            let known = self.known.entry(finding.case.clone()).or_default();
            let is_new = known.iter().all(|one| one.input != *finding.input.get());
            if fit && is_new && known.len() < MAX_OF_CASE {
                known.push(Regression {
                    case: finding.case.clone(),
                    check: finding.check.id.to_owned(),
                    input: finding.input.get().clone(),
                });
                added += 1;
            }
        }
        if added > 0 {
            let lines = self.known.values().flatten().map(serde_json::to_string);
            let lines: Result<Vec<String>, _> = lines.collect();
            let text = lines.map(|lines| format!("{HEAD}{}\n", lines.join("\n")));
            text.map_err(io::Error::from)
                .and_then(|text| write_private(&path, text.as_bytes()))
                .map_err(|source| RegressionsError::Io { path, source })?;
        }
        Ok(added)
    }
}
