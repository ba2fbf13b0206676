//! Descriptions: Markdown from the document comes in, Markdown that rustdoc reads as meant goes out.

use serde_json::Value;

use crate::ir::Docs;

/// Paragraphs of a summary and a description, the summary left out where the description begins with it.
pub(crate) fn docs(summary: Option<&Value>, description: Option<&Value>) -> Docs {
    let text = |value: Option<&Value>| {
        value
            .and_then(Value::as_str)
            .unwrap_or("")
            .trim()
            .to_owned()
    };
    of_texts(&text(summary), &text(description))
}

/// As [`docs`], of plain texts.
pub(crate) fn of_texts(summary: &str, description: &str) -> Docs {
    let summary = summary.trim();
    let description = description.trim();
    let mut paragraphs = Vec::new();
    let repeats = description
        .get(..summary.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(summary));
    if !summary.is_empty() && !repeats {
        paragraphs.extend(readable(summary));
    }
    paragraphs.extend(readable(description));
    Docs { paragraphs }
}

/// Splits at blank lines, outside of fenced code, and defuses what rustdoc would take for its own.
fn readable(text: &str) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let line = line.trim_end();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| line.trim_start().starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => {
                fence = Some(mark);
                let language = line.trim_start().trim_start_matches(['`', '~']).trim();
                // Without a language, or in Rust, rustdoc would compile it.
                let tested =
                    language.is_empty() || language.to_ascii_lowercase().starts_with("rust");
                lines.push(format!("{mark}{}", if tested { "text" } else { language }));
            }
            (Some(open), Some(mark)) if open == mark => {
                fence = None;
                lines.push(mark.to_owned());
            }
            (Some(_), _) => lines.push(line.to_owned()),
            (None, None) if line.trim().is_empty() => {
                if !lines.is_empty() {
                    paragraphs.push(std::mem::take(&mut lines).join("\n"));
                }
            }
            (None, None) => lines.push(defused(line)),
        }
    }
    if let Some(mark) = fence {
        lines.push(mark.to_owned());
    }
    if !lines.is_empty() {
        paragraphs.push(lines.join("\n"));
    }
    paragraphs
}

/// One line outside of fenced code: no indented code, no HTML, no links to items, bare URLs as links.
fn defused(line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    let list = line
        .trim_start()
        .starts_with(|first: char| matches!(first, '-' | '*' | '+') || first.is_ascii_digit());
    // Four spaces make a code block, which rustdoc would compile; a nested list needs its indentation.
    let line = if indent >= 4 && !list {
        line.trim_start()
    } else {
        line
    };
    let mut out = String::with_capacity(line.len());
    let mut code = false;
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        if character == '`' {
            let run = rest.len() - rest.trim_start_matches('`').len();
            // A run without its partner on this line is text.
            code = !code && rest[run..].contains('`');
            out.push_str(&rest[..run]);
            rest = &rest[run..];
            continue;
        }
        if code {
            out.push(character);
            rest = &rest[character.len_utf8()..];
            continue;
        }
        if rest.starts_with("http://") || rest.starts_with("https://") {
            let end = rest
                .find(|end: char| {
                    end.is_whitespace()
                        || matches!(end, '<' | '>' | '"' | '\'' | '`' | ')' | ']' | '}' | '|')
                })
                .unwrap_or(rest.len());
            let url = rest[..end].trim_end_matches(['.', ',', ';', ':', '*', '!', '?']);
            let linked = out.ends_with("](") || out.ends_with('<') || out.ends_with(['"', '\'']);
            if linked || url.contains('{') || url.len() <= "https://".len() {
                out.push_str(url);
            } else {
                out.push('<');
                out.push_str(url);
                out.push('>');
            }
            rest = &rest[url.len()..];
            continue;
        }
        match character {
            '<' if rest.starts_with("<http") => out.push('<'),
            '<' => out.push_str("\\<"),
            '[' if !is_link(rest) => out.push_str("\\["),
            ']' if rest.starts_with("](") && out.contains('[') => out.push(']'),
            _ => out.push(character),
        }
        rest = &rest[character.len_utf8()..];
    }
    out
}

/// Whether `[` begins a link with an address of its own, or an image's text.
fn is_link(text: &str) -> bool {
    text.find(']').is_some_and(|end| {
        text[end..].starts_with("](http")
            || text[end..].starts_with("](#")
            || text[end..].starts_with("](/")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        of_texts("", text).paragraphs
    }

    #[test]
    fn what_rustdoc_would_misread() {
        assert_eq!(lines("a <b> `<c>` d[0]"), ["a \\<b> `<c>` d\\[0]"]);
        assert_eq!(
            lines("see https://example.com/x."),
            ["see <https://example.com/x>."]
        );
        assert_eq!(
            lines("[docs](https://example.com)"),
            ["[docs](https://example.com)"]
        );
        assert_eq!(lines("```\nlet x\n\ny\n```"), ["```text\nlet x\n\ny\n```"]);
        assert_eq!(lines("a\n\n    code"), ["a", "code"]);
        assert_eq!(lines("an odd ` mark <x>"), ["an odd ` mark \\<x>"]);
    }

    #[test]
    fn a_summary_that_the_description_repeats() {
        assert_eq!(
            of_texts("Get it", "Get it now.").paragraphs,
            ["Get it now."]
        );
        assert_eq!(of_texts("Get it", "Now.").paragraphs, ["Get it", "Now."]);
    }
}
