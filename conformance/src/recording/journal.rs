//! What a run made on a server that it did not start and has not deleted: written down at once, so
//! that `clean` finds it after a run that was killed. A run that leaves nothing leaves no file.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{ROOT, RecordingError, begin, runs};
use crate::settings::ServerSettings;

/// The file in the directory of a run.
pub(super) const FILE: &str = "ledger.ndjson";
/// The version of the format.
const SCHEMA: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Line {
    Begun {
        schema: u32,
        server: Box<ServerSettings>,
    },
    Created(Thing),
    Deleted {
        variable: String,
        id: String,
    },
}

/// Something on a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Thing {
    /// The variable that names it in paths, e.g. `credential_id`.
    pub(crate) variable: String,
    /// Its id.
    pub(crate) id: String,
    /// The operation that deletes it.
    pub(crate) delete: String,
}

/// Writes down what is there.
pub(crate) struct Journal {
    path: PathBuf,
    server: ServerSettings,
    /// Whether an id may be written: one that holds the key may not.
    is_fit: Box<dyn Fn(&str) -> bool + Send>,
    file: Option<File>,
    problem: Option<String>,
}

impl Journal {
    /// The journal of the run whose recordings are in `directory`. Nothing is written before
    /// something is created.
    pub(super) fn new(
        directory: &Path,
        server: ServerSettings,
        is_fit: Box<dyn Fn(&str) -> bool + Send>,
    ) -> Self {
        Self {
            path: directory.join(FILE),
            server,
            is_fit,
            file: None,
            problem: None,
        }
    }

    /// Notes something that exists now.
    pub(crate) fn created(&mut self, thing: Thing) {
        if (self.is_fit)(&thing.id) {
            self.note(&Line::Created(thing));
        }
    }

    /// Notes that something is gone.
    pub(crate) fn deleted(&mut self, variable: &str, id: &str) {
        if (self.is_fit)(id) {
            self.note(&Line::Deleted {
                variable: variable.to_owned(),
                id: id.to_owned(),
            });
        }
    }

    /// Why something could not be written, if it could not.
    pub(crate) fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Takes the file away: nothing is left on the server.
    pub(crate) fn nothing_left(&mut self) {
        if self.file.take().is_some()
            && let Err(error) = fs::remove_file(&self.path)
        {
            self.failed(&error);
        }
    }

    fn note(&mut self, line: &Line) {
        if let Err(error) = self.write(line) {
            self.failed(&error);
        }
    }

    fn failed(&mut self, error: &io::Error) {
        let text = format!("{} could not be written: {error}", self.path.display());
        self.problem.get_or_insert(text);
    }

    fn write(&mut self, line: &Line) -> io::Result<()> {
        if self.file.is_none() {
            let first = Line::Begun {
                schema: SCHEMA,
                server: Box::new(self.server.clone()),
            };
            if let Some(directory) = self.path.parent() {
                begin(directory)?;
            }
            self.file = Some(create(&self.path)?);
            self.append(&first)?;
        }
        self.append(line)
    }

    /// One call of the system, so that a killed run leaves whole lines.
    fn append(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        match &mut self.file {
            Some(file) => file.write_all(&text),
            None => Ok(()),
        }
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A journal that was read back.
#[derive(Debug)]
pub(crate) struct Leftover {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Which server it is about.
    pub(crate) server: ServerSettings,
    /// What is there, oldest first.
    pub(crate) things: Vec<Thing>,
}

impl Leftover {
    /// Takes the file away: nothing of it is left.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub(crate) fn settle(&self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }
}

/// What runs recorded below `root` left behind, oldest first.
///
/// # Errors
/// If a journal cannot be read: something may be left that nobody would look for.
pub(crate) fn leftovers(root: &Path) -> Result<Vec<Leftover>, RecordingError> {
    // Without a directory there was no run.
    let runs = runs(&root.join(ROOT)).unwrap_or_default();
    let files = runs.into_iter().map(|run| run.join(FILE));
    files.filter(|file| file.is_file()).map(read).collect()
}

fn read(path: PathBuf) -> Result<Leftover, RecordingError> {
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(source) => return Err(RecordingError::Unreadable { path, source }),
    };
    let malformed = |reason: String| RecordingError::Malformed {
        path: path.clone(),
        reason,
    };
    let mut server = None;
    let mut open: BTreeMap<usize, Thing> = BTreeMap::new();
    for (number, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        match serde_json::from_slice::<Line>(line) {
            Ok(Line::Begun { schema, .. }) if schema != SCHEMA => {
                let reason = format!("it has version {schema}, this is version {SCHEMA}");
                return Err(malformed(reason));
            }
            Ok(Line::Begun { server: one, .. }) => server = Some(*one),
            Ok(Line::Created(thing)) => {
                open.insert(number, thing);
            }
            Ok(Line::Deleted { variable, id }) => {
                open.retain(|_, thing| thing.variable != variable || thing.id != id);
            }
            // A disk that was full cuts the last line.
            Err(_) if !line.ends_with(b"\n") => {}
            Err(error) => return Err(malformed(format!("line {}: {error}", number + 1))),
        }
    }
    let server = server.ok_or_else(|| malformed("it names no server".to_owned()))?;
    Ok(Leftover {
        server,
        things: open.into_values().collect(),
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thing(id: &str) -> Thing {
        Thing {
            variable: "pet_id".into(),
            id: id.into(),
            delete: "delete_pet".into(),
        }
    }

    fn journal(root: &Path) -> Journal {
        let server = ServerSettings {
            url: Some("http://h".into()),
            ..ServerSettings::embedded()
        };
        let is_fit = |id: &str| !id.contains("the-key");
        Journal::new(&root.join(ROOT).join("1"), server, Box::new(is_fit))
    }

    #[test]
    fn a_killed_run_leaves_what_it_had_not_deleted() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        let mut journal = journal(root);
        assert!(leftovers(root).unwrap().is_empty());
        for id in ["a", "b", "the-key"] {
            journal.created(thing(id));
        }
        journal.deleted("pet_id", "a");
        drop(journal);
        let found = leftovers(root).unwrap();
        assert_eq!(found[0].server.url.as_deref(), Some("http://h"));
        assert_eq!(found[0].things, [thing("b")]);
        let text = fs::read_to_string(&found[0].path).unwrap();
        assert!(!text.contains("the-key"), "{text}");
        found[0].settle().unwrap();
        assert!(leftovers(root).unwrap().is_empty());
    }

    #[test]
    fn nothing_left_is_no_file() {
        let directory = tempfile::tempdir().unwrap();
        let mut journal = journal(directory.path());
        journal.created(thing("a"));
        journal.deleted("pet_id", "a");
        journal.nothing_left();
        assert_eq!(journal.problem(), None);
        assert!(leftovers(directory.path()).unwrap().is_empty());
    }

    #[test]
    fn a_line_that_was_cut_is_left_out_and_a_broken_one_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let mut journal = journal(directory.path());
        journal.created(thing("a"));
        let path = journal.path.clone();
        let mut text = fs::read(&path).unwrap();
        text.extend_from_slice(b"{\"event\":\"crea");
        fs::write(&path, &text).unwrap();
        assert_eq!(leftovers(directory.path()).unwrap()[0].things.len(), 1);
        text.push(b'\n');
        fs::write(&path, &text).unwrap();
        let error = leftovers(directory.path()).unwrap_err().to_string();
        assert!(error.contains("line 3"), "{error}");
    }
}
