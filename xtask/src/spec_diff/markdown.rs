//! The difference for a pull request.

use std::fmt::Write as _;

use spec::diff::{Change, Effect, Impact};

use super::{Comparison, Part, aside, is_plain, name, reached, version};

/// The longest text, in characters: a comment on GitHub takes 65,536, and its author may add a word.
const LONGEST: usize = 60_000;
/// What the last line, which counts what is left out, takes of it.
const LAST_LINE: usize = 200;
/// How many operations are named before the rest is counted.
const OPERATIONS: usize = 5;

pub(super) fn write(comparison: &Comparison<'_>) -> String {
    let mut text = head(comparison);
    let mut left = comparison.difference.changes.len();
    for part in Part::ALL {
        let changes = part.of_all(comparison.difference);
        if changes.is_empty() {
            continue;
        }
        // What nobody has to act on is folded.
        let folded = part == Part::Compatible;
        let title = format!("{} ({})", part.title(), changes.len());
        let (open, close) = if folded {
            (
                format!("\n<details><summary>{title}</summary>\n\n"),
                "\n</details>\n",
            )
        } else {
            (format!("\n### {title}\n\n"), "")
        };
        if length(&text) + length(&open) + length(close) > LONGEST - LAST_LINE {
            break;
        }
        text.push_str(&open);
        for change in changes {
            let item = item(comparison, change);
            if length(&text) + length(&item) + length(close) > LONGEST - LAST_LINE {
                break;
            }
            text.push_str(&item);
            left -= 1;
        }
        text.push_str(close);
        if left > 0 && length(&text) > LONGEST - 1000 {
            break;
        }
    }
    if left > 0 {
        let _ = writeln!(
            text,
            "\n{} are left out here; `cargo xtask spec-diff` without `--format markdown` prints them.",
            crate::status::counted(left, "change"),
        );
    }
    text
}

fn head(comparison: &Comparison<'_>) -> String {
    let side = |document| format!("`{}` (OpenAPI {})", code(name(document)), version(document));
    let mut text = format!(
        "## API changes\n\n{} → {}\n\n",
        side(comparison.old),
        side(comparison.new)
    );
    let count = |test: &dyn Fn(Effect) -> bool| {
        let changes = comparison.difference.changes.iter();
        changes.filter(|change| test(change.effect)).count()
    };
    if comparison.difference.changes.is_empty() {
        text.push_str("No change on the wire.\n");
    } else {
        text.push_str("| | clients | servers |\n|---|--:|--:|\n");
        for (impact, word) in [
            (Impact::Breaking, "breaking"),
            (Impact::Risk, "risk"),
            (Impact::None, "compatible"),
        ] {
            let _ = writeln!(
                text,
                "| {word} | {} | {} |",
                count(&|effect| effect.clients == impact),
                count(&|effect| effect.servers == impact),
            );
        }
    }
    if comparison.difference.documentation > 0 {
        let _ = writeln!(
            text,
            "\n{} differ in descriptions, examples and extensions only.",
            crate::status::counted(comparison.difference.documentation, "place"),
        );
    }
    text
}

fn item(comparison: &Comparison<'_>, change: &Change) -> String {
    let mut text = format!(
        "- {}{}  \n  `{}`",
        escape(&change.to_string()),
        aside(change.effect),
        code(&comparison.places(change)),
    );
    let pointer = change.new.as_ref().or(change.old.as_ref());
    if let Some(pointer) = pointer.filter(|at| !at.pointer.is_root()) {
        let _ = write!(text, " · `{}`", code(pointer.pointer.as_str()));
    }
    if !is_plain(change) {
        let _ = write!(text, "  \n  {}", reached(change, OPERATIONS, "`"));
    }
    text.push('\n');
    text
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// A text inside a span of code.
fn code(text: &str) -> String {
    text.replace('`', "'").replace(['\r', '\n'], " ")
}

/// A text of the document outside of code: nothing in it becomes markup, a mention or a link.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    let mut in_code = false;
    for character in text.chars() {
        match character {
            '`' => {
                in_code = !in_code;
                escaped.push('`');
            }
            '\r' | '\n' => escaped.push(' '),
            _ if in_code => escaped.push(character),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '@' => escaped.push_str("&#64;"),
            '*' | '_' | '[' | ']' | '#' | '|' | '~' | '\\' => {
                escaped.push('\\');
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    if in_code {
        escaped.push('`');
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_document_says_is_no_markup() {
        assert_eq!(
            escape("a_b <img> @all `x_<y>`: *1*"),
            "a\\_b &lt;img&gt; &#64;all `x_<y>`: \\*1\\*"
        );
        assert_eq!(escape("an open ` code"), "an open ` code`");
    }
}
