//! The reporters of a command: those that tell while a run goes on, and those that write at its end.
//! The former write to standard output, or to standard error if a report goes there.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::PathBuf,
};

use crate::{
    cli::ReportSettings,
    digest,
    event::{Event, Summary},
    recording::{Lines, PrivateFile},
    report::{Format, Progress, Terminal, Verbosity, Wanted, annotations},
    seed::Seed,
    setup::SetupError,
};

pub(super) struct Told {
    progress: Progress,
    terminal: Terminal<Box<dyn Write>>,
    reports: ReportSettings,
    to_stderr: bool,
    files: Vec<(PathBuf, Lines<PrivateFile>)>,
    stdout: Option<Lines<io::Stdout>>,
    /// Within GitHub Actions: the word that lets it read commands again, and the step summary.
    actions: Option<(String, Option<PathBuf>)>,
}

impl Told {
    pub(super) fn new(
        reports: ReportSettings,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, SetupError> {
        let verbosity = if reports.verbose {
            Verbosity::Verbose
        } else {
            Verbosity::Normal
        };
        let to_stderr = reports.wanted.iter().any(Wanted::is_stdout);
        let is_actions = variable("GITHUB_ACTIONS").as_deref() == Some("true");
        let actions = is_actions.then(|| {
            let word = digest::word(&[&Seed::fresh().0.to_be_bytes(), &[1]], 12);
            (word, variable("GITHUB_STEP_SUMMARY").map(PathBuf::from))
        });
        let mut files = Vec::new();
        let mut stdout = None;
        for wanted in reports
            .wanted
            .iter()
            .filter(|one| one.format == Format::Ndjson)
        {
            if wanted.is_stdout() {
                stdout = Some(Lines::new(io::stdout()));
                continue;
            }
            let path = wanted.file(&reports.directory);
            let file = PrivateFile::create(&path).map_err(|error| unwritable(&path, &error))?;
            files.push((path, Lines::new(file)));
        }
        let told = Self {
            progress: Progress::new(),
            terminal: Terminal::new(stream(to_stderr), verbosity),
            reports,
            to_stderr,
            files,
            stdout,
            actions,
        };
        if let Some((word, _)) = &told.actions {
            // What a server says is printed: it must not be read as a command.
            told.line(&format!("::stop-commands::{word}"));
        }
        Ok(told)
    }

    pub(super) fn event(&mut self, event: &Event<'_>) {
        self.progress.event(event);
        // Nobody may be reading any more; the exit code still tells, and what was created is
        // still to be deleted.
        let _ = self.progress.suspended(|| self.terminal.event(event));
        if let Some(lines) = &mut self.stdout {
            let _ = lines.event(event);
        }
        for (_, lines) in &mut self.files {
            // Told by the end of the file, which then fails too.
            let _ = lines.event(event);
        }
    }

    pub(super) fn note(&self, word: &str, text: &str) {
        self.line(&format!("{word:>12} {text}"));
    }

    fn line(&self, text: &str) {
        let _ = writeln!(stream(self.to_stderr), "{text}");
    }

    /// Writes the reports of a run that is done.
    pub(super) fn finish(mut self, summary: &Summary) -> Result<(), SetupError> {
        for (path, lines) in std::mem::take(&mut self.files) {
            lines.finish().map_err(|error| unwritable(&path, &error))?;
            self.note("Report", &path.display().to_string());
        }
        for wanted in self
            .reports
            .wanted
            .iter()
            .filter(|one| one.format != Format::Ndjson)
        {
            let path = wanted.file(&self.reports.directory);
            let written = wanted.write(summary, &self.reports.directory);
            written.map_err(|error| unwritable(&path, &error))?;
            if !wanted.is_stdout() {
                self.note("Report", &path.display().to_string());
            }
        }
        let asked = self
            .reports
            .wanted
            .iter()
            .any(|one| one.format == Format::Github);
        if let Some((word, page)) = &self.actions {
            self.line(&format!("::{word}::"));
            if let Some(page) = page {
                let written = Format::Github.render(summary).and_then(|text| {
                    OpenOptions::new()
                        .append(true)
                        .create(true)
                        .open(page)?
                        .write_all(&text)
                });
                written.map_err(|error| unwritable(page, &error))?;
            }
        }
        if asked || self.actions.is_some() {
            let _ = write!(stream(self.to_stderr), "{}", annotations(summary));
        }
        Ok(())
    }
}

fn unwritable(path: &std::path::Path, error: &io::Error) -> SetupError {
    let message = format!("the report {} cannot be written: {error}", path.display());
    SetupError::could_not_test(message)
}

fn stream(to_stderr: bool) -> Box<dyn Write> {
    if to_stderr {
        Box::new(io::BufWriter::new(anstream::stderr()))
    } else {
        Box::new(io::BufWriter::new(anstream::stdout()))
    }
}
