//! Addresses of nodes: a JSON pointer within one of the files of a document.

use std::{borrow::Cow, fmt};

use serde_json::Value;

/// A JSON pointer as in RFC 6901: `""` is the whole file, `/paths/~1v1~1x/get` a node in it.
///
/// Tokens are kept escaped; [`Pointer::tokens`] gives them back as they are written in the document.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(String);

impl Pointer {
    /// The pointer to the whole file.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads an RFC 6901 pointer: empty, or beginning with `/`. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        (text.is_empty() || text.starts_with('/')).then(|| Self(text.to_owned()))
    }

    /// The pointer to the member or element `token` of this node.
    #[must_use]
    pub fn child(&self, token: &str) -> Self {
        let mut text = String::with_capacity(self.0.len() + token.len() + 1);
        text.push_str(&self.0);
        text.push('/');
        if !token.contains(['~', '/']) {
            text.push_str(token);
            return Self(text);
        }
        for character in token.chars() {
            match character {
                '~' => text.push_str("~0"),
                '/' => text.push_str("~1"),
                other => text.push(other),
            }
        }
        Self(text)
    }

    /// The pointer to element `index` of this array.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.child(&index.to_string())
    }

    /// The pointer reached by following each of `tokens` in turn.
    #[must_use]
    pub fn join<'a>(&self, tokens: impl IntoIterator<Item = &'a str>) -> Self {
        tokens
            .into_iter()
            .fold(self.clone(), |pointer, token| pointer.child(token))
    }

    /// The pointer to the node that holds this one; `None` at the root.
    pub fn parent(&self) -> Option<Self> {
        let (parent, _) = self.0.rsplit_once('/')?;
        Some(Self(parent.to_owned()))
    }

    /// The last token, unescaped; `None` at the root.
    pub fn last(&self) -> Option<String> {
        let (_, token) = self.0.rsplit_once('/')?;
        Some(unescape(token))
    }

    /// The tokens from the root, unescaped.
    pub fn tokens(&self) -> impl DoubleEndedIterator<Item = String> + '_ {
        let text = self.0.strip_prefix('/');
        text.into_iter()
            .flat_map(|text| text.split('/').map(unescape))
    }

    /// The node in `root`, as [`Value::pointer`] finds it; tokens without an escape are not copied.
    pub fn find<'a>(&self, root: &'a Value) -> Option<&'a Value> {
        let mut node = root;
        for token in self.0.split('/').skip(1) {
            let token = if token.contains('~') {
                Cow::Owned(unescape(token))
            } else {
                Cow::Borrowed(token)
            };
            node = match node {
                Value::Object(members) => members.get(&*token)?,
                Value::Array(elements) => elements.get(index(&token)?)?,
                _ => return None,
            };
        }
        Some(node)
    }

    /// Whether this node is `ancestor` or lies within it.
    pub fn starts_with(&self, ancestor: &Self) -> bool {
        self.0
            .strip_prefix(&ancestor.0)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The same node when what stood at `from` stands at `to`; `None` if it lies outside `from`.
    pub(crate) fn rebase(&self, from: &Self, to: &Self) -> Option<Self> {
        let rest = self.0.strip_prefix(&from.0)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| Self(format!("{}{rest}", to.0)))
    }

    /// The pointer as RFC 6901 writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the pointer to the whole file.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An index as RFC 6901 writes it: without a sign or leading zeros.
fn index(token: &str) -> Option<usize> {
    let digits = token.bytes().all(|byte| byte.is_ascii_digit());
    (digits && (token.len() == 1 || !token.starts_with('0')))
        .then(|| token.parse().ok())
        .flatten()
}

fn unescape(token: &str) -> String {
    if !token.contains('~') {
        return token.to_owned();
    }
    token.replace("~1", "/").replace("~0", "~")
}

/// One of the files a document was read from. The root document is [`SourceId::ROOT`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub(crate) u16);

impl SourceId {
    /// The file that the caller named.
    pub const ROOT: Self = Self(0);
}

/// A node of a document: which file, and where in it.
///
/// Displays as `#/paths/…`; the name of the file is known to the document only.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The file.
    pub source: SourceId,
    /// The node in the file.
    pub pointer: Pointer,
}

impl Location {
    /// A node of the root document.
    pub fn root(pointer: Pointer) -> Self {
        Self {
            source: SourceId::ROOT,
            pointer,
        }
    }

    /// The member or element `token` of this node.
    #[must_use]
    pub fn child(&self, token: &str) -> Self {
        Self {
            source: self.source,
            pointer: self.pointer.child(token),
        }
    }

    /// Element `index` of this array.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.child(&index.to_string())
    }

    /// The node reached by following each of `tokens` in turn.
    #[must_use]
    pub fn join<'a>(&self, tokens: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            source: self.source,
            pointer: self.pointer.join(tokens),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.pointer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nodes_are_found_as_serde_json_finds_them() {
        let root = json!({"a/b": {"m~n": [10, {"": 1}]}, "01": [7], "list": [0, 1]});
        for text in [
            "",
            "/a~1b",
            "/a~1b/m~0n/0",
            "/a~1b/m~0n/1/",
            "/01/0",
            "/list/1",
            "/list/01",
            "/list/+1",
            "/list/2",
            "/list/",
            "/none",
            "/a~1b/m~0n/0/x",
        ] {
            let pointer = Pointer::parse(text).unwrap();
            assert_eq!(pointer.find(&root), root.pointer(text), "{text}");
        }
    }
}
