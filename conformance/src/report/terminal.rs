//! The report for people: a line for each case that is not as it should be, a block for each
//! finding, totals at the end. Status words stand in a column of twelve characters.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    time::Duration,
};

use anstyle::Style;

use super::{
    excerpt,
    page::waited,
    style::{BAD, BOLD, DIM, GOOD, PLAIN, WARNING},
    text::{counted, printable, shortened},
};
use crate::{
    check::{Level, Suite},
    event::{CaseOutcome, CaseReport, Ending, Event, Header, Searched, SuiteTotals, Summary},
    redact::Finding,
};

/// Most names in a warning.
const MAX_NAMES: usize = 8;

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verbosity {
    /// What is not as it should be.
    Normal,
    /// Passing cases, findings of level may, and each check too.
    Verbose,
}

/// Writes events for people.
pub(crate) struct Terminal<W> {
    out: W,
    verbosity: Verbosity,
}

impl<W: Write> Terminal<W> {
    /// A report to `out`.
    pub(crate) fn new(out: W, verbosity: Verbosity) -> Self {
        Self { out, verbosity }
    }

    /// Writes what there is to write about `event`.
    ///
    /// # Errors
    /// Whatever the stream says.
    pub(crate) fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Started(header) => self.header(header),
            Event::CaseStarted(_) => Ok(()),
            Event::CaseFinished(report) => self.case(report),
            Event::Stopping(ending) => self.stopping(*ending),
            Event::Finished(summary) => self.summary(summary),
        }?;
        self.out.flush()
    }

    fn line(&mut self, style: Style, word: &str, text: &str) -> io::Result<()> {
        writeln!(self.out, "{style}{word:>12}{style:#} {text}")
    }

    fn header(&mut self, header: &Header) -> io::Result<()> {
        for tested in header.servers() {
            let (name, defects) = (tested.name(), tested.defects());
            let server = format!("{name} at {}{defects}", tested.url);
            self.line(BOLD, "Target", &printable(&server))?;
            self.line(BOLD, "Spec", &printable(&tested.document))?;
        }
        let plan = format!(
            "{}, profile {}, seed {}",
            counted(header.cases as u64, "case"),
            printable(&header.profile),
            header.seed
        );
        self.line(BOLD, "Plan", &plan)?;
        // What is secret in the API that this tool is for is no news.
        if header.server.target == "openapi" || self.verbosity == Verbosity::Verbose {
            self.secrets(header)?;
        }
        for note in &header.notes {
            self.line(WARNING, "Note", &printable(note))?;
        }
        self.withheld(header)
    }

    /// A line for each reason why members are taken for secrets.
    fn secrets(&mut self, header: &Header) -> io::Result<()> {
        let mut by_reason: Vec<(&str, Vec<String>)> = Vec::new();
        for secret in &header.secrets {
            let member = printable(&secret.member);
            match by_reason.iter_mut().find(|(why, _)| *why == secret.why) {
                Some((_, members)) => members.push(member),
                None => by_reason.push((&secret.why, vec![member])),
            }
        }
        for (why, mut members) in by_reason {
            members.dedup();
            let text = format!("{}: {}", listed(members.into_iter()), printable(why));
            self.line(BOLD, "Secret", &text)?;
        }
        Ok(())
    }

    fn withheld(&mut self, header: &Header) -> io::Result<()> {
        if header.withheld.is_empty() {
            return Ok(());
        }
        let reasons: BTreeMap<&str, &str> = header
            .withheld
            .iter()
            .map(|one| (one.operation.as_str(), one.why.as_str()))
            .collect();
        let text = format!(
            "{}, as the run could not undo on this server what they do:",
            counted(header.withheld.len() as u64, "case")
        );
        self.line(WARNING, "Withheld", &text)?;
        for (operation, why) in reasons {
            let text = format!("  {}: {}", printable(operation), printable(why));
            self.line(PLAIN, "", &text)?;
        }
        self.line(PLAIN, "", "  --only '*::OPERATION' runs them all the same")
    }

    fn case(&mut self, report: &CaseReport) -> io::Result<()> {
        let verbose = self.verbosity == Verbosity::Verbose;
        let time = seconds(report.elapsed);
        let (style, word) = match report.outcome {
            CaseOutcome::Passed => (GOOD, "PASS"),
            CaseOutcome::Failed => (BAD, "FAIL"),
            CaseOutcome::Warned => (WARNING, "WARN"),
            CaseOutcome::Vacuous => (WARNING, "EMPTY"),
            CaseOutcome::NotRun => (DIM, "NOT RUN"),
        };
        let told = matches!(report.outcome, CaseOutcome::Failed | CaseOutcome::Warned);
        if verbose || told {
            let repeated = match report.repeats.len() {
                0 => String::new(),
                count => format!(", {} told above", counted(count as u64, "finding")),
            };
            let inputs = counted(report.inputs as u64, "input");
            let id = printable(report.id.as_str());
            let line = if verbose {
                format!("[{time}] {id} {DIM}{inputs}{repeated}{DIM:#}")
            } else {
                format!("[{time}] {id}{DIM}{repeated}{DIM:#}")
            };
            self.line(style, word, &line)?;
        }
        self.findings(&report.findings)?;
        for problem in &report.problems {
            let text = format!("{}: {}", printable(report.id.as_str()), printable(problem));
            self.line(WARNING, "warning", &text)?;
        }
        Ok(())
    }

    /// A block for each cause: what follows from it is told with it.
    fn findings(&mut self, findings: &[Finding]) -> io::Result<()> {
        let verbose = self.verbosity == Verbosity::Verbose;
        let told = |finding: &&Finding| verbose || finding.check.level != Level::May;
        let mut folded = Vec::new();
        for finding in findings.iter().filter(told) {
            let head = finding.folded_into.as_ref();
            if head.is_none() {
                let followers = findings.iter().filter(told);
                let followers =
                    followers.filter(|one| one.folded_into.as_ref() == Some(&finding.replay));
                excerpt::finding(&mut self.out, finding, &followers.collect::<Vec<_>>())?;
            } else if findings.iter().all(|one| Some(&one.replay) != head) {
                folded.push(finding);
            }
        }
        excerpt::folded(&mut self.out, &folded)
    }

    fn stopping(&mut self, ending: Ending) -> io::Result<()> {
        let why = match ending {
            Ending::Interrupted => {
                "interrupted: deleting what was created; once more to leave at once"
            }
            Ending::OutOfTime => "the time is up",
            Ending::EnoughFailures => "enough failures",
            Ending::ServerGone | Ending::RateLimited | Ending::ShardsMissing | Ending::Complete => {
                return Ok(());
            }
        };
        self.line(WARNING, "Stopping", why)
    }

    fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        for (suite, totals) in &summary.suites {
            self.suite(*suite, *totals)?;
        }
        if self.verbosity == Verbosity::Verbose {
            for totals in &summary.checks {
                let text = format!(
                    "{:>4} passed {:>4} failed {:>4} tested nothing  {}",
                    totals.passed, totals.failed, totals.skipped, totals.check.sentence
                );
                self.line(DIM, totals.check.id, &text)?;
            }
        }
        writeln!(self.out, "────────────")?;
        let ran = |pick: fn(&SuiteTotals) -> usize| -> usize {
            summary.suites.iter().map(|(_, totals)| pick(totals)).sum()
        };
        let cases = summary.header.cases;
        let failed = ran(|totals| totals.failed);
        let style = if failed > 0 { BAD } else { GOOD };
        let verdict = match (failed, ran(|totals| totals.not_run)) {
            (0, 0) => format!(
                "{} of {} passed",
                ran(|totals| totals.passed),
                counted(cases as u64, "case")
            ),
            (0, not_run) => format!("{not_run} of {} not run", counted(cases as u64, "case")),
            (failed, 0) => format!("{failed} of {} failed", counted(cases as u64, "case")),
            (failed, not_run) => format!(
                "{failed} of {} failed, {not_run} not run",
                counted(cases as u64, "case")
            ),
        };
        let text = format!(
            "[{}] {verdict} · {} · {} · p50 {} · p99 {}",
            seconds(summary.duration),
            counted(summary.findings.len() as u64, "finding"),
            counted(summary.requests, "request"),
            latency(summary.median),
            latency(summary.p99),
        );
        self.line(style, "Summary", &text)?;
        self.searched(&summary.searched)?;
        if let Some(text) = waited(summary) {
            self.line(PLAIN, "Waited", &text)?;
        }
        if summary.created > 0 {
            let text = format!("{}, {} deleted", summary.created, summary.deleted);
            self.line(PLAIN, "Created", &text)?;
        }
        self.warnings(summary)?;
        self.line(PLAIN, "Seed", &summary.header.seed.to_string())
    }

    fn searched(&mut self, searched: &Searched) -> io::Result<()> {
        if searched.secrets == 0 {
            return Ok(());
        }
        if self.verbosity == Verbosity::Verbose {
            for place in &searched.masked {
                self.line(DIM, "Masked", &printable(place))?;
            }
        }
        let logs = match searched.log_lines {
            0 => String::new(),
            lines => format!(" and {}", counted(lines, "log line")),
        };
        let text = format!(
            "{}{logs} for {} · {} masked",
            counted(searched.answers, "answer"),
            counted(searched.secrets, "secret"),
            counted(searched.masked.len() as u64, "place"),
        );
        self.line(PLAIN, "Searched", &text)
    }

    fn suite(&mut self, suite: Suite, totals: SuiteTotals) -> io::Result<()> {
        let parts = [
            (totals.passed, "passed", GOOD),
            (totals.failed, "failed", BAD),
            (totals.warned, "with warnings", WARNING),
            (totals.vacuous, "tested nothing", WARNING),
            (totals.not_run, "not run", DIM),
        ];
        let text: Vec<String> = parts
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, what, style)| format!("{style}{count:>4}{style:#} {what}"))
            .collect();
        self.line(BOLD, suite.name(), &text.join(", "))
    }

    fn warnings(&mut self, summary: &Summary) -> io::Result<()> {
        let ending = match summary.ending {
            Ending::Complete | Ending::Interrupted => None,
            Ending::EnoughFailures => Some("the plan is not done: enough failures"),
            Ending::OutOfTime => Some("the plan is not done: the time is up"),
            Ending::RateLimited => Some(
                "the plan is not done: the server goes on answering 429; --rate-limit sends less",
            ),
            Ending::ShardsMissing => Some("the plan is not done: not all shards are there"),
            Ending::ServerGone => {
                Some("the plan is not done: the server accepts no connections any more")
            }
        };
        if let Some(text) = ending {
            self.line(WARNING, "warning", text)?;
        }
        for known in summary.told_stale() {
            let operation = known.operation.as_deref().unwrap_or("any operation");
            let text = format!(
                "the baseline knows of {} in {operation}, which did not show: {}",
                known.check, known.reason
            );
            self.line(WARNING, "stale", &printable(&text))?;
        }
        if !summary.vacuous.is_empty() {
            let names = listed(summary.vacuous.iter().map(ToString::to_string));
            let count = counted(summary.vacuous.len() as u64, "case");
            let text = format!("{count} tested nothing, for want of an answer to judge: {names}");
            self.line(WARNING, "warning", &printable(&text))?;
        }
        let idle = summary
            .checks
            .iter()
            .filter(|totals| totals.passed + totals.failed == 0);
        let idle: Vec<String> = idle.map(|totals| totals.check.id.to_owned()).collect();
        if !idle.is_empty() {
            let count = counted(idle.len() as u64, "check");
            let text = format!("{count} tested nothing: {}", listed(idle.into_iter()));
            self.line(WARNING, "warning", &text)?;
        }
        if !summary.left.is_empty() {
            let count = counted(summary.left.len() as u64, "thing");
            let names = summary
                .left
                .iter()
                .map(|entry| printable(&format!("{} {}", entry.kind, shortened(&entry.id, 80))));
            let text = format!(
                "{count} could not be deleted: {}",
                names.collect::<Vec<_>>().join(", ")
            );
            self.line(WARNING, "warning", &text)?;
        }
        Ok(())
    }
}

fn listed(names: impl ExactSizeIterator<Item = String>) -> String {
    let hidden = names.len().saturating_sub(MAX_NAMES);
    let mut text = names.take(MAX_NAMES).collect::<Vec<_>>().join(", ");
    if hidden > 0 {
        text = format!("{text} and {hidden} more");
    }
    text
}

fn seconds(duration: Duration) -> String {
    format!("{:>7.3}s", duration.as_secs_f64())
}

fn latency(duration: Duration) -> String {
    let micros = duration.as_micros();
    if micros < 10_000 {
        format!("{}.{} ms", micros / 1000, micros % 1000 / 100)
    } else {
        format!("{} ms", micros / 1000)
    }
}
