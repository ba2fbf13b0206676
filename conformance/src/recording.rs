//! What is kept of a run under `.conformance/runs/`: what happened, so that `report` can tell it
//! again, and each finding with its input and the settings that reach the server, so that `replay`
//! needs nothing else. Files are readable by their owner only, and appear whole or not at all.

mod file;
mod journal;
mod lines;
mod merge;

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{event::Event, redact::Finding, seed::Seed, settings::ServerSettings};

pub(crate) use file::PrivateFile;
pub use file::write_private;
pub(crate) use journal::{Journal, Leftover, Thing, leftovers};
pub(crate) use lines::{Lines, parse, read};
pub(crate) use merge::merge;

/// Where recordings are kept, below the current directory.
const ROOT: &str = ".conformance/runs";
/// What happened, in the directory of a run.
const RUN_FILE: &str = "run.ndjson";
/// How many runs are kept.
const KEPT: usize = 50;
/// How long: only the newest few stay longer.
const LONGEST_KEPT: Duration = Duration::from_hours(14 * 24);
/// How many stay however old they are.
const ALWAYS_KEPT: usize = 5;

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
    seed: Seed,
    steps: usize,
    begun: bool,
    lines: Option<Lines<PrivateFile>>,
    problem: Option<String>,
}

impl Recorder {
    /// A recorder of a run that began at `started`, below `root`. Nothing is written before the
    /// first case or failure.
    pub fn new(root: &Path, started: SystemTime, seed: Seed, steps: usize) -> Self {
        Self {
            directory: root.join(ROOT).join(name(started)),
            seed,
            steps,
            begun: false,
            lines: None,
            problem: None,
        }
    }

    /// Writes down what the run leaves on `server`, unless that ends with the run. `is_fit` says
    /// which ids may be written.
    pub(crate) fn journal(
        &self,
        server: &ServerSettings,
        is_fit: Box<dyn Fn(&str) -> bool + Send>,
    ) -> Option<Journal> {
        server.url.as_ref()?;
        Some(Journal::new(&self.directory, server.clone(), is_fit))
    }

    /// Why something could not be written, if it could not.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Keeps `finding` of `server` under its name, with the `input` that showed it.
    pub(crate) fn record(&mut self, server: &ServerSettings, finding: &Finding, input: &Value) {
        let recording = Recording {
            schema: 1,
            server: server.clone(),
            seed: self.seed.0,
            steps: self.steps,
            case: finding.case.to_string(),
            check: finding.check.id.to_owned(),
            // Names of members are the server's own words.
            location: finding.location.get().clone(),
            input: input.clone(),
        };
        let text = serde_json::to_vec_pretty(&recording).map_err(io::Error::from);
        let written = text.and_then(|text| {
            self.begin()?;
            write_private(
                &self.directory.join(format!("{}.json", finding.replay)),
                &text,
            )
        });
        self.note(written);
    }

    /// Keeps what happened.
    pub(crate) fn event(&mut self, event: &Event<'_>) {
        let written = match event {
            Event::Started(_) => self.begin().and_then(|()| {
                let file = PrivateFile::create(&self.directory.join(RUN_FILE))?;
                self.lines.insert(Lines::new(file)).event(event)
            }),
            _ => self
                .lines
                .as_mut()
                .map_or(Ok(()), |lines| lines.event(event)),
        };
        if written.is_err() {
            self.lines = None;
        }
        self.note(written);
        if matches!(event, Event::Finished(_))
            && let Some(lines) = self.lines.take()
        {
            self.note(lines.finish());
        }
    }

    fn begin(&mut self) -> io::Result<()> {
        if !self.begun {
            begin(&self.directory)?;
            self.begun = true;
        }
        Ok(())
    }

    /// Remembers the first thing that went wrong.
    fn note(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            let text = format!("{} could not be written: {error}", self.directory.display());
            self.problem.get_or_insert(text);
        }
    }
}

/// The name of the directory of a run that began then: in the order of time.
fn name(started: SystemTime) -> String {
    let time = humantime::format_rfc3339_millis(started).to_string();
    time.chars().filter(|c| !matches!(c, ':' | '-')).collect()
}

/// Makes the directory of a run and drops runs that are too many or too old.
fn begin(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)?;
    let Some(root) = directory.parent() else {
        return Ok(());
    };
    for old in outlived(runs(root)?, SystemTime::now()) {
        match fs::remove_dir_all(old) {
            // Another run that began now dropped it, too.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            done => done?,
        }
    }
    Ok(())
}

/// Those of `runs`, oldest first, that are not kept any longer.
fn outlived(mut runs: Vec<PathBuf>, now: SystemTime) -> Vec<PathBuf> {
    // What such a run left on a server would not be found again.
    runs.retain(|run| !run.join(journal::FILE).exists());
    let oldest = now.checked_sub(LONGEST_KEPT).map(name);
    let count = runs.len();
    let is_old = |run: &Path| {
        let name = run.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| oldest.as_deref().is_some_and(|oldest| name < oldest))
    };
    let outlived = runs.into_iter().enumerate().filter(|(place, run)| {
        let newer = count - place;
        newer > KEPT || newer > ALWAYS_KEPT && is_old(run)
    });
    outlived.map(|(_, run)| run).collect()
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

/// The newest run below `root`.
pub(crate) fn newest(root: &Path) -> Option<PathBuf> {
    let runs = runs(&root.join(ROOT)).ok()?;
    runs.into_iter()
        .rev()
        .find(|run| run.join(RUN_FILE).is_file())
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs at intervals of an hour up to now, and how many of them are dropped.
    fn dropped(count: u32, hours: u64, has_journal: bool) -> usize {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        let now = SystemTime::now();
        for number in 0..count {
            let age = Duration::from_hours(hours) * number;
            let run = root.join(ROOT).join(name(now - age));
            fs::create_dir_all(&run).unwrap();
            fs::write(run.join(RUN_FILE), "{}").unwrap();
            if has_journal {
                fs::write(run.join(journal::FILE), "{}").unwrap();
            }
        }
        begin(&root.join(ROOT).join(name(now))).unwrap();
        let left = runs(&root.join(ROOT)).unwrap();
        assert!(left.iter().any(|run| run.ends_with(name(now))));
        count as usize - left.len()
    }

    #[test]
    fn a_week_of_runs_is_dropped_but_for_the_newest() {
        // One an hour for a week.
        assert_eq!(dropped(168, 1, false), 168 - KEPT);
        assert_eq!(dropped(50, 1, false), 0);
    }

    #[test]
    fn what_is_old_is_dropped_but_for_a_few() {
        // One every 25 hours, one a month.
        assert_eq!(dropped(40, 25, false), 40 - 14);
        assert_eq!(dropped(12, 24 * 30, false), 12 - ALWAYS_KEPT);
    }

    #[test]
    fn what_left_something_on_a_server_stays() {
        assert_eq!(dropped(60, 24 * 30, true), 0);
    }
}
