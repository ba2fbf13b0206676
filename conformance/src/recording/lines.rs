//! A run as lines of JSON, one for each event: written while it goes on, and read back to render or
//! merge it. The format of `--report ndjson` and of `run.ndjson` in a recording.

use std::{borrow::Cow, io, io::Write, path::Path};

use serde::{Deserialize, Serialize};

use super::{RecordingError, file::PrivateFile};
use crate::{
    event::{CaseReport, Ending, Event, Header, Totals},
    redact::Finding,
    report::inert,
};

/// Beyond so many bytes of a run, findings keep their decisive exchange only, and little of that.
const MAX_BYTES: usize = 32 << 20;
/// The version of the format.
const SCHEMA: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Line<'a> {
    Started {
        schema: u32,
        tool: Cow<'a, str>,
        #[serde(flatten)]
        header: Cow<'a, Header>,
    },
    Case(Cow<'a, CaseReport>),
    Stopping {
        ending: Ending,
    },
    Finished(Cow<'a, Totals>),
}

/// Writes a run as lines.
pub(crate) struct Lines<W> {
    out: W,
    written: usize,
}

impl<W: Write> Lines<W> {
    /// Lines to `out`.
    pub(crate) fn new(out: W) -> Self {
        Self { out, written: 0 }
    }

    /// Writes the line of `event`, if it has one.
    ///
    /// # Errors
    /// Whatever the stream says.
    pub(crate) fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        let line = match event {
            Event::CaseStarted(_) => return Ok(()),
            Event::Started(header) => Line::Started {
                schema: SCHEMA,
                tool: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).into(),
                header: Cow::Borrowed(header),
            },
            Event::CaseFinished(case) if self.written > MAX_BYTES => {
                Line::Case(Cow::Owned(shortened(case)))
            }
            Event::CaseFinished(case) => Line::Case(Cow::Borrowed(case)),
            Event::Stopping(ending) => Line::Stopping { ending: *ending },
            Event::Finished(summary) => Line::Finished(Cow::Owned(summary.totals())),
        };
        let mut text = inert(serde_json::to_vec(&line)?);
        text.push(b'\n');
        self.written += text.len();
        self.out.write_all(&text)?;
        // Whoever follows it sees each case when it is done, and a killed run leaves what it knew.
        self.out.flush()
    }
}

impl Lines<PrivateFile> {
    /// Puts the file in its place.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub(crate) fn finish(self) -> io::Result<()> {
        self.out.finish()
    }
}

fn shortened(case: &CaseReport) -> CaseReport {
    CaseReport {
        findings: case.findings.iter().map(Finding::shortened).collect(),
        ..case.clone()
    }
}

/// A run that was read back.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// Where it was read.
    pub(crate) name: String,
    pub(crate) header: Header,
    pub(crate) cases: Vec<CaseReport>,
    /// `None` if the run was killed.
    pub(crate) totals: Option<Totals>,
}

/// Reads a run: the file of lines, or the directory of a recording.
///
/// # Errors
/// If there is none, or it is not one, with the line.
pub(crate) fn read(path: &Path) -> Result<Recorded, RecordingError> {
    let file = if path.is_dir() {
        path.join(super::RUN_FILE)
    } else {
        path.to_owned()
    };
    let text = match std::fs::read(&file) {
        Ok(text) => text,
        Err(source) => return Err(RecordingError::Unreadable { path: file, source }),
    };
    parse(&path.display().to_string(), &text)
        .map_err(|reason| RecordingError::Malformed { path: file, reason })
}

/// The run that these lines tell; `name` says where they were read.
///
/// # Errors
/// Why they are none, with the line.
pub(crate) fn parse(name: &str, text: &[u8]) -> Result<Recorded, String> {
    let mut header = None;
    let mut cases = Vec::new();
    let mut totals = None;
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    for (number, line) in lines.iter().enumerate() {
        let is_cut = number + 1 == lines.len() && !line.ends_with(b"\n");
        match serde_json::from_slice::<Line<'_>>(line) {
            // A killed run may end in the middle of a line.
            Err(_) if is_cut && number > 0 => {}
            Err(error) => {
                return Err(format!("line {}: {error}", number + 1));
            }
            Ok(Line::Started { schema, .. }) if schema != SCHEMA => {
                return Err(format!("it has version {schema}, this is version {SCHEMA}"));
            }
            Ok(Line::Started { header: one, .. }) => header = Some(one.into_owned()),
            Ok(Line::Case(case)) => cases.push(case.into_owned()),
            Ok(Line::Stopping { .. }) => {}
            Ok(Line::Finished(one)) => totals = Some(one.into_owned()),
        }
    }
    let header = header.ok_or_else(|| "it holds no run".to_owned())?;
    Ok(Recorded {
        name: name.to_owned(),
        header,
        cases,
        totals,
    })
}
