//! `--report github`: annotations and the step summary of GitHub Actions. They come by themselves
//! there.
//!
//! Limits: 10 errors, 10 warnings and 10 notices a step, 50 annotations a job; a summary of 1 MiB.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use std::fmt::Write as _;

use super::{cause::causes, page::verdict, text::counted, text::printable, text::shortened};
use crate::{check::Level, event::Summary, redact::Finding};

/// Most annotations of a kind in a step.
const MAX_ANNOTATIONS: usize = 10;
/// Most bytes of a summary; a little less than GitHub takes, as other tools may have written there.
pub(super) const MAX_SUMMARY: usize = 900 * 1024;

/// The workflow commands that annotate the document under test.
pub(crate) fn annotations(summary: &Summary) -> String {
    let mut text = String::new();
    let mut left = [MAX_ANNOTATIONS, MAX_ANNOTATIONS, MAX_ANNOTATIONS - 1];
    let mut hidden = 0_u64;
    for cause in causes(summary) {
        let finding = cause.finding;
        let (kind, place) = match finding.check.level {
            _ if finding.is_known() => ("notice", 2),
            Level::Must => ("error", 0),
            Level::Should => ("warning", 1),
            Level::May => continue,
        };
        if left[place] == 0 {
            hidden += 1;
            continue;
        }
        left[place] -= 1;
        text.push_str(&annotation(kind, finding));
    }
    if hidden > 0 {
        let more = counted(hidden, "finding");
        let told = format!(
            "{}; {more} more stand in the step summary",
            verdict(summary)
        );
        // Writing to a string does not fail.
        let _ = writeln!(text, "::notice title=skyvern-conformance::{}", data(&told));
    }
    text
}

fn annotation(kind: &str, finding: &Finding) -> String {
    let mut place = String::new();
    if let Some(spec) = &finding.spec {
        let file = property(&spec.file);
        place = format!("file={file},line={},col={},", spec.line, spec.column);
    }
    let operation = finding
        .operation
        .as_deref()
        .unwrap_or(finding.case.subject());
    let title = property(&format!("{} {operation}", finding.check.id));
    let message = format!(
        "{}: {}\nreplay: skyvern-conformance replay {}",
        finding.summary.get(),
        shortened(&printable(&finding.evidence), 1_000),
        finding.replay
    );
    format!("::{kind} {place}title={title}::{}\n", data(&message))
}

/// The escapes of a message.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(printable).collect();
    lines
        .join("\n")
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The escapes of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_command() {
        assert_eq!(data("a\n::error::b%\r"), "a%0A::error::b%25\\r");
        assert_eq!(property("a,line=1::x"), "a%2Cline=1%3A%3Ax");
        assert_eq!(data("\u{1b}[31m"), "\\u{1b}[31m");
    }
}
