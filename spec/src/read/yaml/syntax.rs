//! What the parser says about broken YAML, in words for who wrote it, with what to do.

use crate::{diagnostic::Diagnostic, read};

/// The fault that the parser calls `info`, found at byte `place`.
pub(super) fn syntax(text: &str, place: usize, info: &str) -> Diagnostic {
    let line = text[..place].rfind('\n').map_or(0, |at| at + 1);
    let rest = &text[line..];
    let indent = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let named = info.contains("tab");
    let tab = text[place..]
        .find('\t')
        .filter(|_| named)
        .map(|tab| place + tab);
    let indenting = rest[..indent].find('\t').map(|tab| line + tab);
    if let Some(tab) = indenting.filter(|_| place <= line + indent).or(tab) {
        return Diagnostic::syntax(
            "yaml-tab",
            tab..tab + 1,
            "a tab stands where YAML allows only spaces",
        )
        .hint("replace the tab by spaces, as many as the lines beside it have");
    }
    let width = text[place..].chars().next().map_or(0, char::len_utf8);
    let diagnostic = |code, message: &str| Diagnostic::syntax(code, place..place + width, message);
    match info {
        "mapping values are not allowed in this context" => {
            diagnostic("yaml-syntax", "a `:` stands where no key can be")
                .hint("quote a value that contains `: `, or check the indentation of this line")
        }
        "recursion limit exceeded" => read::too_deep(place..place + width),
        "invalid indentation in quoted scalar" => diagnostic(
            "yaml-syntax",
            "the quoted text that begins here goes on in a line that is not indented",
        )
        .hint("add the closing quote, or indent the lines that belong to the text"),
        "while parsing node, found unknown anchor" => diagnostic(
            "unknown-anchor",
            "the alias names an anchor that is not defined before it",
        )
        .hint("define it with `&name`, or quote the value if a leading `*` is meant"),
        _ if info.contains("unexpected end of stream") || place >= text.trim_end().len() => {
            let end = text.trim_end().len();
            Diagnostic::syntax("incomplete-yaml", place..place + width, format!("the YAML text ends too early: {info}"))
                .hint(if place < end {
                    "the quoted text that begins here is never closed: add the quote, or fetch the file again if it was cut off"
                } else {
                    "close what is open, or fetch the file again if it was cut off"
                })
        }
        _ if info.contains("did not find expected key") => diagnostic(
            "yaml-syntax",
            "this line fits neither the block above it nor a block around that",
        )
        .hint("check the indentation: members of one object begin in the same column"),
        _ if info.contains("unexpected character") => diagnostic(
            "yaml-syntax",
            &format!("a value cannot begin like this: {info}"),
        )
        .hint("put the value into quotes"),
        _ => diagnostic("yaml-syntax", info)
            .hint("correct the YAML here; nothing after this place was looked at"),
    }
}
