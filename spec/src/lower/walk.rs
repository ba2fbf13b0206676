//! The way through the document: where the lowering is, what it has said so far, and which members
//! wait for the object around them to take them as extensions.

use serde_json::Value;

use super::mark::{self, Extensions};
use crate::{
    account::{Account, Entry, Rule},
    diagnostic::{Diagnostic, Diagnostics},
    document::Version,
    location::{Location, Pointer},
};

/// A place in the document: a list from the node up to the root, so that a pointer is only written
/// for the few nodes about which something is said.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    parent: Option<&'a At<'a>>,
    token: Token<'a>,
    depth: usize,
}

#[derive(Clone, Copy)]
enum Token<'a> {
    Key(&'a str),
    Index(usize),
}

impl At<'_> {
    pub(super) const ROOT: At<'static> = At {
        parent: None,
        token: Token::Index(0),
        depth: 0,
    };

    pub(super) fn child<'a>(&'a self, key: &'a str) -> At<'a> {
        self.below(Token::Key(key))
    }

    pub(super) fn index(&self, index: usize) -> At<'_> {
        self.below(Token::Index(index))
    }

    fn below<'a>(&'a self, token: Token<'a>) -> At<'a> {
        At {
            parent: Some(self),
            token,
            depth: self.depth + 1,
        }
    }

    pub(super) fn location(&self) -> Location {
        let mut text = String::new();
        self.write_below(0, &mut text);
        // What is written below the root begins with a slash or is empty: always a pointer.
        Location::root(Pointer::parse(&text).unwrap_or_default())
    }

    /// Writes the tokens deeper than `depth`, a slash before each.
    fn write_below(&self, depth: usize, text: &mut String) {
        if self.depth <= depth {
            return;
        }
        if let Some(parent) = self.parent {
            parent.write_below(depth, text);
        }
        text.push('/');
        match self.token {
            Token::Index(index) => text.push_str(&index.to_string()),
            Token::Key(key) if key.contains(['~', '/']) => {
                text.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Token::Key(key) => text.push_str(key),
        }
    }
}

/// The token that `At` wrote.
pub(super) fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// An object that keeps extensions, begun and not yet ended.
pub(super) struct Owner {
    outer_depth: usize,
    first: usize,
    entries_before: usize,
}

/// What the lowering knows besides the node before it.
pub(super) struct Walk {
    version: Version,
    account: Account,
    diagnostics: Diagnostics,
    /// Extensions of the objects that are begun, innermost last.
    waiting: Vec<(String, Value)>,
    /// How deep the innermost object that keeps extensions lies.
    owner_depth: usize,
}

impl Walk {
    pub(super) fn new(version: Version) -> Self {
        Self {
            version,
            account: Account::default(),
            diagnostics: Vec::new(),
            waiting: Vec::new(),
            owner_depth: 0,
        }
    }

    pub(super) fn finish(self) -> (Account, Diagnostics) {
        (self.account, self.diagnostics)
    }

    pub(super) fn version(&self) -> Version {
        self.version
    }

    /// Begins an object that keeps extensions.
    pub(super) fn begin(&mut self, at: &At<'_>) -> Owner {
        let owner = Owner {
            outer_depth: self.owner_depth,
            first: self.waiting.len(),
            entries_before: self.account.entries().len(),
        };
        self.owner_depth = at.depth;
        owner
    }

    /// Ends the object and hands out its extensions, in the order of the document.
    pub(super) fn end(&mut self, owner: &Owner) -> Extensions {
        self.owner_depth = owner.outer_depth;
        self.waiting.drain(owner.first..).collect()
    }

    /// Reads the members of `inside`, a node below, as if they stood in the object that is begun.
    pub(super) fn as_own<T>(&mut self, inside: &At<'_>, read: impl FnOnce(&mut Self) -> T) -> T {
        let depth = std::mem::replace(&mut self.owner_depth, inside.depth);
        let result = read(self);
        self.owner_depth = depth;
        result
    }

    /// Takes a member that the model does not know: an extension, or a keyword to carry.
    pub(super) fn unknown(&mut self, key: &str, raw: &Value, at: &At<'_>) {
        if mark::is_plain_extension(key) {
            self.waiting.push((key.to_owned(), raw.clone()));
        } else {
            self.carry(raw, at);
        }
    }

    /// Carries a node that the model has no place for.
    pub(super) fn carry(&mut self, raw: &Value, at: &At<'_>) {
        self.carry_as(Rule::Carried, raw, at);
    }

    /// Carries a node, saying under which rule.
    pub(super) fn carry_as(&mut self, rule: Rule, raw: &Value, at: &At<'_>) {
        let mut path = String::new();
        at.write_below(self.owner_depth, &mut path);
        let key = format!("{}{}", mark::CARRIED, path.get(1..).unwrap_or_default());
        self.waiting.push((key, raw.clone()));
        self.rewrite(rule, at);
    }

    /// Says on the object that is begun which members it had to make up. Its entry comes before those
    /// of the members that it has.
    pub(super) fn absent(&mut self, keys: Vec<Value>, owner: &Owner, at: &At<'_>) {
        if !keys.is_empty() {
            let (rule, location) = (Rule::Absent, at.location());
            let entry = Entry::Rewritten { rule, location };
            self.account.insert(owner.entries_before, entry);
            self.mark(mark::ABSENT, keys);
        }
    }

    /// Leaves a note for the way back on the object that is begun.
    pub(super) fn mark(&mut self, key: &str, note: impl Into<Value>) {
        self.waiting.push((key.to_owned(), note.into()));
    }

    pub(super) fn rewrite(&mut self, rule: Rule, at: &At<'_>) {
        let location = at.location();
        self.account.push(Entry::Rewritten { rule, location });
    }

    pub(super) fn report(&mut self, why: &'static str, at: &At<'_>) {
        let location = at.location();
        self.account.push(Entry::Reported { location, why });
    }

    /// Says that the node is not what the OpenAPI Specification asks for.
    pub(super) fn wrong(&mut self, expected: &str, found: &Value, at: &At<'_>) {
        const SHORT: usize = 40;
        let found = match found {
            Value::Null => "null".to_owned(),
            Value::Bool(flag) => flag.to_string(),
            Value::Number(number) => format!("the number {number}"),
            Value::String(text) if text.len() <= SHORT => format!("{text:?}"),
            Value::String(_) => "a string".to_owned(),
            Value::Array(_) => "an array".to_owned(),
            Value::Object(_) => "an object".to_owned(),
        };
        self.diagnostics.push(Diagnostic::error(
            "wrong-type",
            at.location(),
            format!("expected {expected}, found {found}"),
        ));
    }

    /// Says that a node lacks the member that tells what kind of node it is.
    pub(super) fn missing(&mut self, key: &str, at: &At<'_>) {
        self.diagnostics.push(Diagnostic::error(
            "missing-member",
            at.location(),
            format!("there is no `{key}`"),
        ));
    }
}
