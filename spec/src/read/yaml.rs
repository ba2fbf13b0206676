//! YAML text to a value and the positions of its nodes, in one pass over the events of `saphyr-parser`.
//!
//! Aliases are copied within a budget, merge keys (`<<`) are applied, what JSON cannot hold is refused.

mod alias;
mod mark;
mod syntax;

use std::{borrow::Cow, collections::HashMap, ops::Range};

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Value};

use super::{
    MAX_DEPTH, Parsed,
    positions::{Key, Positions},
    scalar::{self, Fault},
};
use crate::diagnostic::Diagnostic;
use alias::{Copied, merge_sources};
use mark::{ByteIndex, quoted_length};
use syntax::syntax;

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

    /// The first byte behind anchors and tags: `&name !tag value`. Brackets and commas end both, but for a tag
    /// that is written out (`!<…>`).
    fn skip_properties(&self, mut at: usize) -> usize {
        while let Some(rest) = self.text.get(at..)
            && rest.starts_with(['&', '!'])
        {
            let written_out = rest.starts_with("!<");
            let ends = |one: char| {
                one.is_whitespace() || !written_out && matches!(one, ',' | '[' | ']' | '{' | '}')
            };
            let word = rest.find(ends).unwrap_or(rest.len());
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
