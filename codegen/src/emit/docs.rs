//! Doc comments: paragraphs come in, `#[doc]` lines of bounded width go out.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::Docs;

/// Columns of text beside `/// ` and the indentation of a member.
const WIDTH: usize = 92;

/// The attributes for `docs`. Where the document says nothing, nothing is said: a name is no description.
pub(super) fn item(docs: &Docs) -> TokenStream {
    with_note(docs, None)
}

/// Like [`item`], with a sentence at the end of the last paragraph.
pub(super) fn with_note(docs: &Docs, note: Option<&str>) -> TokenStream {
    lines(&noted(docs, note).paragraphs)
}

/// The docs with a sentence at the end of the last paragraph.
pub(super) fn noted(docs: &Docs, note: Option<&str>) -> Docs {
    let mut paragraphs = docs.paragraphs.clone();
    match (paragraphs.last_mut(), note) {
        (Some(last), Some(note)) if is_prose(last) => {
            let end = if last.ends_with(['.', '!', '?', ':']) {
                ""
            } else {
                "."
            };
            *last = format!("{last}{end} {note}");
        }
        (_, Some(note)) => paragraphs.push(note.to_owned()),
        (_, None) => {}
    }
    Docs { paragraphs }
}

/// The attributes for these paragraphs, with empty lines between.
pub(super) fn lines(paragraphs: &[String]) -> TokenStream {
    let mut lines = Vec::new();
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if index > 0 {
            lines.push(String::new());
        }
        lines.extend(wrap(paragraph));
    }
    let lines = lines.iter().map(|line| {
        let space = if line.is_empty() { "" } else { " " };
        let line = format!("{space}{line}");
        quote!(#[doc = #line])
    });
    quote!(#(#lines)*)
}

/// The same as text, for the files that are not made of tokens; `marker` is `///` or `//!`.
pub(super) fn text(docs: &Docs, otherwise: &str, marker: &str) -> String {
    let paragraphs = match docs.paragraphs.as_slice() {
        [] => vec![otherwise.to_owned()],
        paragraphs => paragraphs.to_vec(),
    };
    let mut text = String::new();
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if index > 0 {
            text.push_str(marker);
            text.push('\n');
        }
        for line in wrap(paragraph) {
            text.push_str(format!("{marker} {line}").trim_end());
            text.push('\n');
        }
    }
    text
}

/// `#[deprecated]`, if it is.
pub(super) fn deprecated(deprecated: bool) -> Option<TokenStream> {
    deprecated.then(|| quote!(#[deprecated]))
}

/// Whether a sentence may follow on the same line.
fn is_prose(paragraph: &str) -> bool {
    paragraph.lines().all(|line| !is_set(line.trim_start())) && !paragraph.contains("```")
}

/// Whether the line begins something whose layout means something in Markdown.
fn is_set(line: &str) -> bool {
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with(['#', '|', '-', '*', '+', '>'])
        || (numbered.len() < line.len() && numbered.starts_with(['.', ')']))
}

/// How far the text of a list item or quotation is from its marker.
fn hanging(line: &str) -> usize {
    match line.split_once(' ') {
        Some((marker, _)) if is_set(line) => marker.len() + 1,
        _ => 0,
    }
}

/// Characters that turn the direction of writing, which rustc refuses in comments, and those that are none.
fn steers(one: char) -> bool {
    one.is_control() || matches!(one, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The lines of a paragraph; those of code, tables and headings are left as they are.
fn wrap(paragraph: &str) -> Vec<String> {
    let mut wrapped = Vec::new();
    let mut fenced = false;
    for line in paragraph.lines() {
        let line = line.replace('\t', "    ").replace(steers, "\u{fffd}");
        let line = line.trim_end();
        let trimmed = line.trim_start();
        let fence = trimmed.starts_with("```") || trimmed.starts_with("~~~");
        fenced ^= fence;
        if fence || fenced || trimmed.starts_with(['#', '|']) || line.chars().count() <= WIDTH {
            wrapped.push(line.to_owned());
            continue;
        }
        let hanging = hanging(trimmed);
        let indent = line.len() - trimmed.len();
        let mut current = " ".repeat(indent);
        for word in trimmed.split(' ') {
            let width = current.chars().count();
            if width > indent + hanging && width + 1 + word.chars().count() > WIDTH && !is_set(word)
            {
                wrapped.push(current);
                current = " ".repeat(indent + hanging);
            } else if width > indent && !current.ends_with("  ") && !current.trim().is_empty() {
                current.push(' ');
            }
            current.push_str(word);
        }
        wrapped.push(current);
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tab_is_four_spaces() {
        assert_eq!(wrap("| a\t|"), ["| a    |"]);
    }

    #[test]
    fn what_would_turn_the_direction_of_the_code_is_replaced() {
        assert_eq!(wrap("a \u{202e}b\u{7}"), ["a \u{fffd}b\u{fffd}"]);
    }

    #[test]
    fn a_long_line_is_wrapped_and_code_is_not() {
        let long = format!("{} end", "word ".repeat(30).trim());
        assert!(wrap(&long).iter().all(|line| line.len() <= WIDTH));
        assert_eq!(wrap(&long).join(" "), long);
        let code = format!("```text\n{long}\n```");
        assert_eq!(wrap(&code), code.lines().collect::<Vec<_>>());
        let list = format!("- {long}");
        assert!(wrap(&list)[1].starts_with("  word"));
    }
}
