//! What is kept of a run under `.conformance/runs/`: each finding with its input and the settings
//! that reach the server, so that `replay` needs nothing else. Files are readable by their owner
//! only, and appear whole or not at all.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    time::SystemTime,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{case::Case, run::Failure, seed::Seed, settings::ServerSettings};

/// Where recordings are kept, below the current directory.
const ROOT: &str = ".conformance/runs";
/// How many runs are kept.
const KEPT: usize = 50;

/// A finding that can be replayed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recording {
    /// The version of this format: 1.
    pub schema: u32,
    /// Which server, and how to talk to it.
    pub server: ServerSettings,
    /// The seed of the run: names of what is created come from it.
    pub seed: u64,
    /// Longest sequence of steps in the plan.
    pub steps: usize,
    /// The case.
    pub case: String,
    /// The check that did not hold.
    pub check: String,
    /// Where it showed.
    pub location: String,
    /// The input.
    pub input: Value,
}

/// Writes the recordings of one run.
pub struct Recorder {
    directory: PathBuf,
    server: ServerSettings,
    seed: Seed,
    steps: usize,
    begun: bool,
    problem: Option<String>,
}

impl Recorder {
    /// A recorder of a run that began at `started`, below `root`. Nothing is written before there
    /// is something to keep.
    pub fn new(
        root: &Path,
        started: SystemTime,
        server: ServerSettings,
        seed: Seed,
        steps: usize,
    ) -> Self {
        let time = humantime::format_rfc3339_millis(started).to_string();
        let time: String = time.chars().filter(|c| !matches!(c, ':' | '-')).collect();
        Self {
            directory: root.join(ROOT).join(time),
            server,
            seed,
            steps,
            begun: false,
            problem: None,
        }
    }

    /// Why something could not be written, if it could not.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Keeps `failure` under `name`.
    pub(crate) fn record(&mut self, name: &str, case: &Case, failure: &Failure) {
        let recording = Recording {
            schema: 1,
            server: self.server.clone(),
            seed: self.seed.0,
            steps: self.steps,
            case: case.id.to_string(),
            check: failure.violation.check.id.to_owned(),
            location: failure.violation.place.to_string(),
            input: failure.input.clone(),
        };
        let text = serde_json::to_vec_pretty(&recording).map_err(io::Error::from);
        let written = text.and_then(|text| {
            if !self.begun {
                begin(&self.directory)?;
                self.begun = true;
            }
            write_private(&self.directory.join(format!("{name}.json")), &text)
        });
        if let Err(error) = written {
            let text = format!("{} could not be written: {error}", self.directory.display());
            self.problem.get_or_insert(text);
        }
    }
}

/// Makes the directory of a run and drops the oldest runs beyond [`KEPT`].
fn begin(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)?;
    let Some(root) = directory.parent() else {
        return Ok(());
    };
    let mut runs = runs(root)?;
    runs.truncate(runs.len().saturating_sub(KEPT));
    for old in runs {
        fs::remove_dir_all(old)?;
    }
    Ok(())
}

/// The directories of runs, oldest first.
fn runs(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut runs = fs::read_dir(root)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    runs.retain(|path| path.is_dir());
    runs.sort();
    Ok(runs)
}

/// Writes a file that only its owner can read; it appears whole or not at all.
///
/// # Errors
/// Whatever the file system says.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    file.write_all(bytes)?;
    drop(file);
    fs::rename(&part, path)
}

/// Why there is nothing to replay.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// Neither a file nor the name of a recorded finding.
    #[error(
        "there is no recording `{0}`: give a file, or a name that a run in this directory printed"
    )]
    Unknown(String),
    /// The file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no recording.
    #[error("{} is no recording: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// Reads a recording: a file, or the newest finding of that name below `root`.
///
/// # Errors
/// If there is none, or it is not one.
pub fn find(root: &Path, name: &str) -> Result<Recording, RecordingError> {
    let unknown = || RecordingError::Unknown(name.to_owned());
    let path = if Path::new(name).is_file() {
        PathBuf::from(name)
    } else {
        let runs = runs(&root.join(ROOT)).map_err(|_| unknown())?;
        let files = runs
            .iter()
            .rev()
            .map(|run| run.join(format!("{name}.json")));
        // A name with a slash would leave the directory.
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric());
        files
            .filter(|_| plain)
            .find(|file| file.is_file())
            .ok_or_else(unknown)?
    };
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(source) => return Err(RecordingError::Unreadable { path, source }),
    };
    let recording: Recording =
        serde_json::from_slice(&text).map_err(|error| RecordingError::Malformed {
            path: path.clone(),
            reason: error.to_string(),
        })?;
    if recording.schema == 1 {
        return Ok(recording);
    }
    let reason = format!("it has version {}, this is version 1", recording.schema);
    Err(RecordingError::Malformed { path, reason })
}
