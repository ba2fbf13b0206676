//! Reporters: each reads the events of a run and writes in one format. None sees anything that was
//! not made fit to be shown.

use std::{
    io,
    path::{Path, PathBuf},
    str::FromStr,
};

use crate::{event::Summary, recording::write_private, redact::Finding};

mod curl;
mod difference;
mod excerpt;
mod json;
mod progress;
mod style;
mod terminal;
mod text;

pub(crate) use progress::Progress;
pub(crate) use terminal::{Terminal, Verbosity};

/// The block that tells a finding to people.
pub(crate) fn finding(finding: &Finding) -> String {
    let mut text = Vec::new();
    // Writing to memory does not fail.
    let _ = excerpt::finding(&mut text, finding, &[]);
    String::from_utf8_lossy(&text).into_owned()
}

/// A format of `--report`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON document.
    Json,
}

/// A report to be written at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// In which format.
    pub format: Format,
    /// Where: a file, `-` for standard output, or the default name in the report directory.
    pub path: Option<PathBuf>,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = match text.split_once('=') {
            Some((_, "")) => return Err(format!("`{text}` names no file after `=`")),
            Some((format, path)) => (format, Some(PathBuf::from(path))),
            None => (text, None),
        };
        match format {
            "json" => Ok(Self {
                format: Format::Json,
                path,
            }),
            other => Err(format!(
                "there is no report format `{other}`: write json[=PATH]"
            )),
        }
    }
}

impl Wanted {
    /// Whether it goes to standard output.
    pub fn is_stdout(&self) -> bool {
        self.path.as_deref() == Some(Path::new("-"))
    }

    /// The file that it goes to.
    pub fn file(&self, directory: &Path) -> PathBuf {
        match &self.path {
            Some(path) => path.clone(),
            None => directory.join("report.json"),
        }
    }

    /// Writes the report of a run that is done.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn write(&self, summary: &Summary, directory: &Path) -> io::Result<()> {
        let text = json::render(summary);
        if self.is_stdout() {
            return io::Write::write_all(&mut io::stdout(), text.as_bytes());
        }
        let file = self.file(directory);
        if let Some(parent) = file
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
        {
            std::fs::create_dir_all(parent)?;
        }
        write_private(&file, text.as_bytes())
    }
}
