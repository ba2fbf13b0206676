//! Reporters: each reads the events of a run, or the summary of them, and writes in one format. None
//! sees anything that was not made fit to be shown.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    str::FromStr,
};

use crate::{
    event::Summary,
    recording::{self, write_private},
    redact::Finding,
    setup::similar,
};

mod cause;
mod curl;
mod difference;
mod excerpt;
mod github;
mod har;
mod html;
mod json;
mod junit;
mod layout;
mod markdown;
mod page;
mod progress;
mod sarif;
mod style;
mod terminal;
mod text;

pub(crate) use curl::curl;
pub(crate) use github::annotations;
pub(crate) use progress::Progress;
pub(crate) use terminal::{Terminal, Verbosity};
pub(crate) use text::{counted, inert, printable, shortened};

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
    /// One page for people.
    Html,
    /// For CI systems.
    Junit,
    /// One JSON document with everything.
    Json,
    /// Each event, as it happens, on a line of JSON.
    Ndjson,
    /// For code scanning.
    Sarif,
    /// The exchanges, for developer tools.
    Har,
    /// One page for issues and wikis.
    Markdown,
    /// Annotations and the step summary of GitHub Actions.
    Github,
}

impl Format {
    /// All of them, as help and errors list them.
    pub const ALL: [Self; 8] = [
        Self::Html,
        Self::Junit,
        Self::Json,
        Self::Ndjson,
        Self::Sarif,
        Self::Har,
        Self::Markdown,
        Self::Github,
    ];

    /// The word of `--report`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Junit => "junit",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Sarif => "sarif",
            Self::Har => "har",
            Self::Markdown => "markdown",
            Self::Github => "github",
        }
    }

    /// Its file in the report directory.
    fn file(self) -> &'static str {
        match self {
            Self::Html => "report.html",
            Self::Junit => "junit.xml",
            Self::Json => "report.json",
            Self::Ndjson => "run.ndjson",
            Self::Sarif => "report.sarif",
            Self::Har => "report.har",
            Self::Markdown => "report.md",
            Self::Github => "step-summary.md",
        }
    }

    /// The report of `summary`. That of the events is written as they happen, and empty here.
    ///
    /// # Errors
    /// If the library of a format refuses it.
    pub fn render(self, summary: &Summary) -> io::Result<Vec<u8>> {
        // A recording may hold anything where a run has names.
        let page = |text: &str| text::printable_lines(text).into_bytes();
        let pretty = |value: serde_json::Value| text::inert(format!("{value:#}\n").into_bytes());
        Ok(match self {
            Self::Html => page(&html::render(summary)),
            Self::Junit => junit::render(summary).map_err(io::Error::other)?,
            Self::Json => text::inert(json::render(summary).into_bytes()),
            Self::Ndjson => Vec::new(),
            Self::Sarif => pretty(sarif::render(summary)),
            Self::Har => pretty(har::render(summary)),
            Self::Markdown => page(&markdown::render(summary, usize::MAX)),
            Self::Github => page(&markdown::render(summary, github::MAX_SUMMARY)),
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Every report of a run that was recorded, by name, what a terminal shows of it among them: what a server
/// said must be text in each.
///
/// # Errors
/// Why `lines` is no recorded run.
pub fn rendered(lines: &[u8]) -> Result<Vec<(&'static str, Vec<u8>)>, String> {
    let merged = recording::merge(vec![recording::parse("lines", lines)?]);
    let merged = merged.map_err(|error| error.to_string())?;
    let mut told = Vec::new();
    let mut terminal = Terminal::new(&mut told, Verbosity::Verbose);
    let mut problem = None;
    let summary = merged.replay(&mut |event| problem = terminal.event(event).err());
    let mut all = vec![("annotations", annotations(&summary).into_bytes())];
    for format in Format::ALL {
        let text = format.render(&summary).map_err(|error| error.to_string())?;
        all.push((format.name(), text));
    }
    all.push(("terminal", told));
    match problem {
        Some(error) => Err(error.to_string()),
        None => Ok(all),
    }
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
        let (name, path) = match text.split_once('=') {
            Some((_, "")) => return Err(format!("`{text}` names no file after `=`")),
            Some((name, path)) => (name, Some(PathBuf::from(path))),
            None => (text, None),
        };
        let format = Format::ALL.into_iter().find(|format| format.name() == name);
        if let Some(format) = format {
            return Ok(Self { format, path });
        }
        let names = Format::ALL.map(Format::name);
        Err(match similar(name, names.into_iter()) {
            Some(other) => {
                format!("there is no report format `{name}`; did you mean `{other}`?")
            }
            None => format!(
                "there is no report format `{name}`: write one of {}, with =PATH if you like",
                names.join(", ")
            ),
        })
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
            None => directory.join(self.format.file()),
        }
    }

    /// Writes the report of a run that is done.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn write(&self, summary: &Summary, directory: &Path) -> io::Result<()> {
        let bytes = self.format.render(summary)?;
        if self.is_stdout() {
            return io::Write::write_all(&mut io::stdout(), &bytes);
        }
        write_private(&self.file(directory), &bytes)
    }
}
