//! JSON of a body laid out over lines for people: only white space is added or left out, so that
//! what was sent can be read character by character. One node can be marked.

use super::text::printable;

/// A piece of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    /// Whether it belongs to the node that matters.
    pub(super) marked: bool,
}

/// Deeper than this nothing is laid out.
const MAX_DEPTH: usize = 64;

/// The pieces of `text` with the node at `pointer` marked; `None` if it is no JSON, or too deep.
pub(super) fn layout(text: &str, pointer: Option<&str>) -> Option<Vec<Piece>> {
    // A scalar has no lines, and what begins otherwise is no JSON.
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let wanted = pointer.map(|pointer| pointer.split('/').skip(1).map(unescaped).collect());
    let mut layout = Layout {
        text,
        at: 0,
        pieces: Vec::new(),
        path: Vec::new(),
        wanted,
        marked: false,
    };
    layout.value()?;
    layout.space();
    (layout.at == text.len()).then_some(layout.pieces)
}

fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

struct Layout<'a> {
    text: &'a str,
    at: usize,
    pieces: Vec<Piece>,
    path: Vec<String>,
    wanted: Option<Vec<String>>,
    marked: bool,
}

impl<'a> Layout<'a> {
    fn put(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(last) if last.marked == self.marked => last.text.push_str(text),
            _ => self.pieces.push(Piece {
                text: text.to_owned(),
                marked: self.marked,
            }),
        }
    }

    fn line(&mut self) {
        let indent = "  ".repeat(self.path.len());
        self.put(&format!("\n{indent}"));
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Option<()> {
        self.space();
        let begins = !self.marked
            && self
                .wanted
                .as_ref()
                .is_some_and(|wanted| *wanted == self.path);
        self.marked |= begins;
        let read = match self.peek()? {
            b'{' => self.members(b'}'),
            b'[' => self.members(b']'),
            b'"' => self.string().map(|text| self.put(&printable(text))),
            _ => self.word(),
        };
        if begins {
            self.marked = false;
        }
        read
    }

    fn members(&mut self, close: u8) -> Option<()> {
        let open = self.peek()?;
        self.at += 1;
        self.space();
        self.put(char::from(open).encode_utf8(&mut [0; 4]));
        if self.peek()? == close {
            self.at += 1;
            self.put(char::from(close).encode_utf8(&mut [0; 4]));
            return Some(());
        }
        if self.path.len() >= MAX_DEPTH {
            return None;
        }
        let mut index = 0_usize;
        loop {
            self.space();
            let name = if close == b'}' {
                let name = self.string()?;
                self.space();
                if self.peek()? != b':' {
                    return None;
                }
                self.at += 1;
                Some(name)
            } else {
                None
            };
            let token = match name {
                Some(name) => serde_json::from_str(name).ok()?,
                None => index.to_string(),
            };
            self.path.push(token);
            self.line();
            if let Some(name) = name {
                self.put(&format!("{}: ", printable(name)));
            }
            self.value()?;
            self.path.pop();
            self.space();
            match self.peek()? {
                b',' => self.put(","),
                other if other == close => break,
                _ => return None,
            }
            self.at += 1;
            index += 1;
        }
        self.at += 1;
        self.line();
        self.put(char::from(close).encode_utf8(&mut [0; 4]));
        Some(())
    }

    /// A string with its quotes, as it stands.
    fn string(&mut self) -> Option<&'a str> {
        let start = self.at;
        if self.peek()? != b'"' {
            return None;
        }
        self.at += 1;
        loop {
            match self.peek()? {
                b'\\' => self.at += 2,
                b'"' => break,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        self.text.get(start..self.at)
    }

    fn word(&mut self) -> Option<()> {
        let start = self.at;
        while matches!(
            self.peek(),
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'+' | b'-' | b'.')
        ) {
            self.at += 1;
        }
        let word = self
            .text
            .get(start..self.at)
            .filter(|word| !word.is_empty())?;
        self.put(word);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str, pointer: &str) -> String {
        let pieces = layout(text, Some(pointer)).unwrap_or_default();
        let shown = pieces.iter().map(|piece| {
            if piece.marked {
                format!("«{}»", piece.text)
            } else {
                piece.text.clone()
            }
        });
        shown.collect()
    }

    #[test]
    fn one_node_is_marked() {
        let text = r#"{"a":[1,{"b/c":"x"}],"d":null,"e":{}}"#;
        assert_eq!(
            shown(text, "/a/1/b~1c"),
            "{\n  \"a\": [\n    1,\n    {\n      \"b/c\": «\"x\"»\n    }\n  ],\n  \"d\": null,\n  \"e\": {}\n}"
        );
        assert!(shown(text, "").starts_with('«'));
        assert_eq!(shown(text, "/nowhere").matches('«').count(), 0);
    }

    #[test]
    fn what_stands_there_is_kept() {
        // Twice the same member, an escape, a number that no reader would write so.
        let text = r#"{"a":1e400,"a":"\u0041","b":-0}"#;
        let without: String = shown(text, "/x").split_whitespace().collect();
        assert_eq!(without, text);
    }

    #[test]
    fn what_is_no_json_is_not_laid_out() {
        for text in [
            "",
            "{",
            "{\"a\"}",
            "<html>",
            "[1,]",
            "[1] x",
            "\"a\"",
            "{\"a\":\"\\",
        ] {
            assert_eq!(layout(text, None), None, "{text}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(layout(&deep, None), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]{}\",:a\\\\ é1-]{0,40}") {
            layout(&text, Some("/a"));
        }
    }
}
