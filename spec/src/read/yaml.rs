//! YAML text to a value and the positions of its nodes, in one pass over the events of `saphyr-parser`.
//!
//! Aliases are copied within a budget, merge keys (`<<`) are applied, what JSON cannot hold is refused.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Value};

use super::{
    MAX_DEPTH, Parsed,
    positions::{Key, Node, Positions},
    scalar::{self, Fault},
};
use crate::diagnostic::Diagnostic;

/// How many nodes may be copied for anchors and aliases: less than a hundred megabytes.
const ALIAS_BUDGET: usize = 500_000;

/// Reads a YAML text that holds one document.
pub(super) fn parse(text: &str) -> Result<Parsed, Box<Diagnostic>> {
    let mut builder = Builder {
        text,
        bytes: ByteIndex::new(text),
        positions: Positions::default(),
        open: Vec::new(),
        root: None,
        anchors: HashMap::new(),
        copied: 0,
        duplicates: false,
        faults: Vec::new(),
        warnings: Vec::new(),
    };
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let place = builder.bytes.of(error.marker().index());
            Box::new(syntax(text, place, error.info()))
        })?;
        let range = builder.bytes.of(span.start.index())..builder.bytes.of(span.end.index());
        if let Event::DocumentStart(_) = event {
            documents += 1;
            if documents == 2 {
                return Err(Box::new(
                    Diagnostic::syntax("several-documents", range, "a second YAML document begins here")
                        .hint("an OpenAPI document is one YAML document: put the others into files of their own"),
                ));
            }
        }
        builder.take(event, range)?;
    }
    if let Some(fault) = builder.faults.pop() {
        return Err(Box::new(fault));
    }
    let Some(value) = builder.root else {
        return Err(Box::new(
            Diagnostic::syntax(
                "empty-document",
                0..0,
                "the file holds nothing but comments",
            )
            .hint("an OpenAPI document begins with `openapi: 3.1.0`"),
        ));
    };
    Ok(Parsed {
        value,
        positions: Some(builder.positions),
        duplicates: builder.duplicates,
        warnings: builder.warnings,
    })
}

/// An object or array whose end has not come yet.
struct Open {
    node: usize,
    anchor: usize,
    flow: bool,
    content: Content,
    /// The key of this node in the object around it is `<<`.
    merge: bool,
}

enum Content {
    Array(Vec<Value>),
    Object {
        members: Map<String, Value>,
        key: Option<(String, Range<usize>, bool)>,
        merged: Vec<Copied>,
    },
}

/// A finished node, for aliases and merge keys to use again.
#[derive(Clone)]
struct Copied {
    value: Value,
    nodes: Vec<Node>,
}

struct Builder<'a> {
    text: &'a str,
    bytes: ByteIndex<'a>,
    positions: Positions,
    open: Vec<Open>,
    root: Option<Value>,
    anchors: HashMap<usize, Copied>,
    copied: usize,
    duplicates: bool,
    faults: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

type Step = Result<(), Box<Diagnostic>>;

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) -> Step {
        match event {
            Event::Scalar(content, style, anchor, tag) => {
                let range = self.scalar_range(range, style);
                if self.awaits_key() {
                    if anchor != 0 {
                        let key = Copied {
                            value: Value::String(content.clone().into_owned()),
                            nodes: Vec::new(),
                        };
                        self.remember(anchor, key, &range)?;
                    }
                    let merge = content == "<<" && style == ScalarStyle::Plain && tag.is_none();
                    self.take_key(content.into_owned(), range, merge);
                    return Ok(());
                }
                let value = self.scalar(&content, style, tag.as_deref(), &range)?;
                let (node, merge) = self.begin(range.start);
                self.positions.close(node, range.end);
                self.finish(node, value, anchor, merge, &range)
            }
            Event::SequenceStart(anchor, tag) => {
                self.collection_tag(tag.as_ref(), "seq", &range);
                self.enter(anchor, range, Content::Array(Vec::new()), b'[')
            }
            Event::MappingStart(anchor, tag) => {
                self.collection_tag(tag.as_ref(), "map", &range);
                let content = Content::Object {
                    members: Map::new(),
                    key: None,
                    merged: Vec::new(),
                };
                self.enter(anchor, range, content, b'{')
            }
            Event::SequenceEnd | Event::MappingEnd => self.leave(range),
            Event::Alias(anchor) => self.alias(anchor, range),
            _ => Ok(()),
        }
    }

    fn awaits_key(&self) -> bool {
        let content = self.open.last().map(|open| &open.content);
        matches!(content, Some(Content::Object { key: None, .. }))
    }

    fn take_key(&mut self, name: String, range: Range<usize>, merge: bool) {
        let open = self.open.last_mut().map(|open| &mut open.content);
        if let Some(Content::Object { key, .. }) = open {
            *key = Some((name, range, merge));
        }
    }

    /// Opens the node of a value that begins at `start`; says whether it is the value of a merge key.
    fn begin(&mut self, start: usize) -> (usize, bool) {
        let key = match self.open.last().map(|open| &open.content) {
            Some(Content::Object {
                key: Some((name, range, merge)),
                ..
            }) => Some((name, range, *merge)),
            _ => None,
        };
        let merge = key.is_some_and(|(_, _, merge)| merge);
        let key = key.map(|(name, range, _)| Key {
            range: range.clone(),
            name,
        });
        (self.positions.open(self.text, start, key.as_ref()), merge)
    }

    fn enter(&mut self, anchor: usize, range: Range<usize>, content: Content, bracket: u8) -> Step {
        if self.awaits_key() {
            return Err(Box::new(
                Diagnostic::syntax(
                    "complex-key",
                    range,
                    "a list or an object stands where a key is expected",
                )
                .hint("JSON knows string keys only; put text in braces into quotes: `\"{id}\"`"),
            ));
        }
        let mut start = self.skip_properties(range.start);
        // A flow collection is marked by its bracket, a block by the empty space before its first entry.
        let last = range.end.checked_sub(1).filter(|&last| last >= range.start);
        let flow = last.is_some_and(|last| self.text.as_bytes()[last] == bracket);
        if self.open.len() >= MAX_DEPTH {
            return Err(Box::new(super::too_deep(start..start + usize::from(flow))));
        }
        if bracket == b'[' && !flow {
            start = self.first_dash(start);
        }
        let (node, merge) = self.begin(start);
        self.open.push(Open {
            node,
            anchor,
            flow,
            content,
            merge,
        });
        Ok(())
    }

    fn leave(&mut self, range: Range<usize>) -> Step {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let end = match self.positions.last_end() {
            _ if open.flow => range.end,
            Some(end) if self.positions.len() > open.node + 1 => end,
            _ => range.start,
        };
        let value = match open.content {
            Content::Array(items) => Value::Array(items),
            Content::Object {
                mut members,
                merged,
                ..
            } => {
                for copied in merged {
                    self.merge(&mut members, copied);
                }
                Value::Object(members)
            }
        };
        self.positions.close(open.node, end);
        self.finish(open.node, value, open.anchor, open.merge, &range)
    }

    /// Puts a finished value where it belongs.
    fn finish(
        &mut self,
        node: usize,
        value: Value,
        anchor: usize,
        merge: bool,
        range: &Range<usize>,
    ) -> Step {
        if anchor != 0 {
            let nodes = self.positions.copy_from(node);
            let copied = Copied {
                value: value.clone(),
                nodes,
            };
            self.remember(anchor, copied, range)?;
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(value);
            return Ok(());
        };
        match &mut parent.content {
            Content::Array(items) => items.push(value),
            Content::Object {
                members,
                key,
                merged,
            } => {
                let Some((name, _, _)) = key.take() else {
                    return Ok(());
                };
                if merge {
                    let nodes = self.positions.take_from(node);
                    return merge_sources(value, nodes, merged, range);
                }
                if members.insert(name, value).is_some() {
                    self.duplicates = true;
                }
            }
        }
        Ok(())
    }

    /// Members that are not there yet are added, with the positions they have where they were written.
    fn merge(&mut self, members: &mut Map<String, Value>, copied: Copied) {
        let Value::Object(added) = copied.value else {
            return;
        };
        let mut at = 1;
        for (name, value) in added {
            let Some(node) = copied.nodes.get(at) else {
                return;
            };
            let next = at + node.size();
            if !members.contains_key(&name) {
                members.insert(name, value);
                self.positions.append(&copied.nodes[at..next]);
            }
            at = next;
        }
    }

    fn alias(&mut self, anchor: usize, range: Range<usize>) -> Step {
        let Some(copied) = self.anchors.get(&anchor) else {
            return Err(Box::new(
                Diagnostic::syntax("recursive-alias", range, "the alias stands inside the node that it repeats")
                    .hint("JSON cannot hold a value that contains itself; use `$ref` for a recursive schema"),
            ));
        };
        if self.awaits_key() {
            let Value::String(name) = &copied.value else {
                return Err(Box::new(
                    Diagnostic::syntax(
                        "complex-key",
                        range,
                        "the alias does not stand for a string, and a key must be one",
                    )
                    .hint("write the key out"),
                ));
            };
            let name = name.clone();
            self.take_key(name, range, false);
            return Ok(());
        }
        let copied = copied.clone();
        self.count(&copied, &range)?;
        if self.open.len() + depth(&copied.value) > MAX_DEPTH {
            return Err(Box::new(super::too_deep(range)));
        }
        let (node, merge) = self.begin(range.start);
        self.positions
            .append(copied.nodes.get(1..).unwrap_or_default());
        self.positions.close(node, range.end);
        self.finish(node, copied.value, 0, merge, &range)
    }

    /// Keeps a finished node for the aliases that may follow.
    fn remember(&mut self, anchor: usize, copied: Copied, range: &Range<usize>) -> Step {
        self.count(&copied, range)?;
        self.anchors.insert(anchor, copied);
        Ok(())
    }

    /// Adds a copy to what anchors and aliases have cost so far.
    fn count(&mut self, copied: &Copied, range: &Range<usize>) -> Step {
        self.copied += weight(copied);
        if self.copied <= ALIAS_BUDGET {
            return Ok(());
        }
        Err(Box::new(
            Diagnostic::syntax("alias-bomb", range.clone(), format!("anchors and aliases repeat more than {ALIAS_BUDGET} nodes"))
                .hint("use `$ref` to a component instead of an alias; a document that grows like this is not read"),
        ))
    }

    fn scalar(
        &mut self,
        content: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        range: &Range<usize>,
    ) -> Result<Value, Box<Diagnostic>> {
        let typed = match tag {
            None if style == ScalarStyle::Plain => scalar::plain(content),
            Some(tag) if tag.is_yaml_core_schema() => {
                let typed = scalar::tagged(content, &tag.suffix);
                typed.unwrap_or_else(|| {
                    self.ignored_tag(tag, range);
                    Ok(Value::String(content.to_owned()))
                })
            }
            Some(tag) if !(tag.handle.is_empty() && tag.suffix == "!") => {
                self.ignored_tag(tag, range);
                match style {
                    ScalarStyle::Plain => scalar::plain(content),
                    _ => Ok(Value::String(content.to_owned())),
                }
            }
            _ => Ok(Value::String(content.to_owned())),
        };
        typed.map_err(|fault| {
            Box::new(match fault {
                Fault::NotFinite => Diagnostic::syntax(
                    "not-json",
                    range.clone(),
                    format!("JSON has no number for `{content}`"),
                )
                .hint(
                    "write a finite number, leave the member out, or quote it if a string is meant",
                ),
                Fault::Tag(name) => Diagnostic::syntax(
                    "tag-mismatch",
                    range.clone(),
                    format!("`{content}` is not what its tag `!!{name}` says"),
                )
                .hint("correct the value, or remove the tag"),
            })
        })
    }

    fn ignored_tag(&mut self, tag: &Tag, range: &Range<usize>) {
        let name = if tag.is_yaml_core_schema() {
            format!("!!{}", tag.suffix)
        } else {
            format!("{}{}", tag.handle, tag.suffix)
        };
        let mut warning = Diagnostic::syntax(
            "yaml-tag",
            range.clone(),
            format!("the tag `{name}` has no meaning in JSON and is ignored"),
        )
        .hint("remove the tag; OpenAPI documents keep to the types of JSON");
        warning.severity = crate::diagnostic::Severity::Warning;
        self.warnings.push(warning);
    }

    fn collection_tag(&mut self, tag: Option<&Cow<'_, Tag>>, expected: &str, range: &Range<usize>) {
        if let Some(tag) = tag
            && !(tag.is_yaml_core_schema() && tag.suffix == expected)
        {
            self.ignored_tag(tag, range);
        }
    }

    /// The marks of a quoted scalar reach over a comment behind it, those of a block over blank lines,
    /// and both begin at the anchor or tag.
    fn scalar_range(&self, range: Range<usize>, style: ScalarStyle) -> Range<usize> {
        let start = self
            .skip_properties(range.start)
            .min(range.end.max(range.start));
        let text = self.text.get(start..range.end).unwrap_or_default();
        let length = match style {
            ScalarStyle::SingleQuoted => quoted_length(text, '\''),
            ScalarStyle::DoubleQuoted => quoted_length(text, '"'),
            ScalarStyle::Plain | ScalarStyle::Literal | ScalarStyle::Folded => {
                text.trim_end().len()
            }
        };
        start..start + length
    }

    /// The first byte behind anchors and tags: `&name !tag value`.
    fn skip_properties(&self, mut at: usize) -> usize {
        while let Some(rest) = self.text.get(at..)
            && rest.starts_with(['&', '!'])
        {
            let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
            at = self.skip_blank(at + word);
        }
        at
    }

    /// The first byte behind white space and comments.
    fn skip_blank(&self, mut at: usize) -> usize {
        loop {
            let rest = &self.text[at..];
            let blank = rest.len() - rest.trim_start().len();
            at += blank;
            if blank == 0 || !self.text[at..].starts_with('#') {
                return at;
            }
            let rest = &self.text[at..];
            at += rest.find('\n').unwrap_or(rest.len());
        }
    }

    /// The first dash of a block sequence. One that is not indented below its key is marked behind it.
    fn first_dash(&self, marked: usize) -> usize {
        let Some(Content::Object {
            key: Some((_, key, _)),
            ..
        }) = self.open.last().map(|open| &open.content)
        else {
            return marked;
        };
        let colon = self.skip_blank(key.end);
        let value = self.skip_blank(colon + usize::from(self.text[colon..].starts_with(':')));
        let dash = self.skip_properties(value);
        if dash < marked && self.text[dash..].starts_with('-') {
            dash
        } else {
            marked
        }
    }
}

fn merge_sources(
    value: Value,
    nodes: Vec<Node>,
    merged: &mut Vec<Copied>,
    range: &Range<usize>,
) -> Step {
    match value {
        Value::Object(_) => merged.push(Copied { value, nodes }),
        Value::Array(items) if items.iter().all(Value::is_object) => {
            let mut at = 1;
            for item in items {
                let next = at + nodes.get(at).map_or(0, Node::size);
                merged.push(Copied {
                    value: item,
                    nodes: nodes.get(at..next).unwrap_or_default().to_vec(),
                });
                at = next;
            }
        }
        _ => {
            return Err(Box::new(
                Diagnostic::syntax(
                    "merge-key",
                    range.clone(),
                    "the merge key `<<` needs an object or a list of objects",
                )
                .hint("quote the key (`\"<<\"`) if no merge is meant"),
            ));
        }
    }
    Ok(())
}

/// What a copy costs: its nodes, and its strings in pieces of 64 bytes.
fn weight(copied: &Copied) -> usize {
    fn strings(value: &Value) -> usize {
        match value {
            Value::String(text) => text.len() / 64,
            Value::Array(items) => items.iter().map(strings).sum(),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| name.len() / 64 + strings(value))
                .sum(),
            _ => 0,
        }
    }
    copied.nodes.len().max(1) + strings(&copied.value)
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == '\\' && quote == '"' {
            characters.next();
        } else if character == quote {
            if quote == '\'' && characters.peek().is_some_and(|&(_, next)| next == quote) {
                characters.next();
            } else {
                return at + 1;
            }
        }
    }
    text.len()
}

fn syntax(text: &str, place: usize, info: &str) -> Diagnostic {
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
        "recursion limit exceeded" => super::too_deep(place..place + width),
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

/// Bytes of character indices, which is what the parser counts in.
struct ByteIndex<'a> {
    text: &'a str,
    /// The byte of every 64th character; empty for ASCII, where both are the same.
    checkpoints: Vec<usize>,
}

impl<'a> ByteIndex<'a> {
    const STEP: usize = 64;

    fn new(text: &'a str) -> Self {
        let checkpoints = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices()
                .step_by(Self::STEP)
                .map(|(at, _)| at)
                .collect()
        };
        Self { text, checkpoints }
    }

    fn of(&self, character: usize) -> usize {
        if self.checkpoints.is_empty() {
            return character.min(self.text.len());
        }
        let Some(&start) = self.checkpoints.get(character / Self::STEP) else {
            return self.text.len();
        };
        let mut rest = self.text[start..].char_indices();
        rest.nth(character % Self::STEP)
            .map_or(self.text.len(), |(at, _)| start + at)
    }
}
