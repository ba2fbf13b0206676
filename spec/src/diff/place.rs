//! The name of a place for a person: `POST /v1/credentials, request body .credential`, `CredentialResponse.name`.

use serde_json::Value;

use super::view::is_null;
use crate::{document::Document, location::Location};

/// A place in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The operation or component that the place is in; empty for the document as a whole.
    pub(super) owner: String,
    /// Where in it; empty for all of it.
    pub(super) within: String,
    pub(super) is_operation: bool,
}

impl Place {
    /// Names the node at `at`.
    pub(super) fn of(document: &Document, at: &Location) -> Self {
        let tokens: Vec<String> = at.pointer.tokens().collect();
        let token = |index: usize| tokens.get(index).map(String::as_str);
        let (owner, is_operation, used) = match (token(0), token(1), token(2)) {
            (Some("paths"), Some(path), Some(method)) => {
                let method = method.to_ascii_uppercase();
                (format!("{method} {path}"), true, 3)
            }
            (Some("paths"), Some(path), None) => (path.to_owned(), true, 2),
            (Some("webhooks"), Some(name), Some(method)) => (
                format!("webhook {} {name}", method.to_ascii_uppercase()),
                true,
                3,
            ),
            (Some("components"), Some("schemas"), Some(name)) => (name.to_owned(), false, 3),
            (Some("components"), Some(section), Some(name)) => (
                format!("{} {name}", section.trim_end_matches('s')),
                false,
                3,
            ),
            _ if at.source == crate::SourceId::ROOT => (String::new(), false, 0),
            _ => (document.file_name(at.source).to_owned(), false, 0),
        };
        // A parameter of a path item stands under its path: `/paths/~1a/parameters/0`.
        let (owner, used) = match (token(0), token(2)) {
            (Some("paths"), Some("parameters")) => (token(1).unwrap_or_default().to_owned(), 2),
            _ => (owner, used),
        };
        let start = Location {
            source: at.source,
            pointer: crate::Pointer::root().join(tokens[..used].iter().map(String::as_str)),
        };
        Self {
            owner,
            within: within(document, start, &tokens[used..]),
            is_operation,
        }
    }

    /// Both parts as one text.
    pub(super) fn text(&self) -> String {
        let separator = match self.within.as_bytes().first() {
            None => "",
            Some(b'.' | b'[' | b'(') if !self.is_operation => "",
            Some(_) if self.owner.is_empty() => "",
            Some(_) => ", ",
        };
        format!("{}{separator}{}", self.owner, self.within)
    }
}

fn within(document: &Document, start: Location, tokens: &[String]) -> String {
    let mut path = Path::default();
    let mut at = start;
    let mut tokens = tokens.iter().map(String::as_str);
    while let Some(token) = tokens.next() {
        at = at.child(token);
        let mut name = || {
            let next = tokens.next().unwrap_or_default();
            at = at.child(next);
            next
        };
        match token {
            "parameters" => {
                name();
                let parameter = document.follow(&at).map(|(_, value)| value);
                let part = |name: &str| {
                    parameter
                        .and_then(|value| value.get(name)?.as_str())
                        .unwrap_or("?")
                };
                path.word(&format!("{} parameter `{}`", part("in"), part("name")));
            }
            "requestBody" => path.word("request body"),
            "responses" => path.word(&format!("answer {}", name())),
            "headers" => path.word(&format!("header `{}`", name())),
            "callbacks" => path.word(&format!("callback {}", name())),
            "content" => {
                let media_type = name();
                if !media_type.starts_with("application/json") {
                    path.word(media_type);
                }
            }
            "$defs" | "definitions" => path.word(name()),
            "properties" => path.step(&format!(".{}", name())),
            "items" => path.step("[]"),
            "prefixItems" => path.step(&format!("[{}]", name())),
            "additionalProperties" => path.step(".*"),
            "patternProperties" => path.step(&format!(".({})", name())),
            "anyOf" | "oneOf" => {
                let index = name();
                let list = at.pointer.parent().map(|pointer| Location {
                    source: at.source,
                    pointer,
                });
                // Beside null alone a branch needs no name.
                let several = list.and_then(|list| document.get(&list)?.as_array());
                let several = several
                    .is_some_and(|list| list.iter().filter(|branch| !is_null(branch)).count() > 1);
                let branch = document.get(&at).filter(|_| several && !index.is_empty());
                if let Some(branch) = branch {
                    path.step(&format!("({})", branch_name(branch, index)));
                }
            }
            "allOf" => {
                name();
            }
            _ => {}
        }
    }
    path.text
}

/// Words apart from each other, and steps into a value that hang together.
#[derive(Default)]
struct Path {
    text: String,
    in_steps: bool,
}

impl Path {
    fn word(&mut self, word: &str) {
        if !self.text.is_empty() {
            self.text.push_str(", ");
        }
        self.text.push_str(word);
        self.in_steps = false;
    }

    fn step(&mut self, step: &str) {
        if !self.in_steps && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(step);
        self.in_steps = true;
    }
}

/// A branch by the component that it refers to, its title or type, or else its index.
fn branch_name(branch: &Value, index: &str) -> String {
    let text = |name: &str| branch.get(name).and_then(Value::as_str);
    text("$ref")
        .and_then(|reference| reference.rsplit('/').next())
        .or_else(|| text("title"))
        .or_else(|| text("type"))
        .map_or_else(|| format!("variant {index}"), str::to_owned)
}

/// The last token of a pointer that names something.
pub(super) fn last(at: &Location) -> String {
    format!("variant {}", at.pointer.last().unwrap_or_default())
}
