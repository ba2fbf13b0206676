//! The files of a document: name, text and value of each, and where in the text a node stands.
//!
//! Positions are found on demand; the hot path of a document without faults never asks for them.

use std::{fmt, ops::Range, sync::OnceLock};

use serde_json::Value;

use crate::{
    location::{Location, Pointer, SourceId},
    overlay::Edit,
    read::{self, positions::Positions},
};

/// A stretch of a file, for a person: displays as `file:line:column`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The file, one of [`Sources`].
    pub source: SourceId,
    /// The name of the file as it was given.
    pub file: String,
    /// Bytes in the text of the file, a byte order mark not counted.
    pub range: Range<usize>,
    /// Line of the first byte, from 1.
    pub line: usize,
    /// Column of the first byte, from 1, in characters.
    pub column: usize,
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One file that was read.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) value: Value,
    positions: OnceLock<Positions>,
    lines: OnceLock<Vec<usize>>,
}

impl Source {
    /// A file with the positions that its reader already knows, if it does.
    pub(crate) fn new(
        name: String,
        text: String,
        value: Value,
        positions: Option<Positions>,
    ) -> Self {
        Self {
            name,
            text,
            value,
            positions: positions.map(OnceLock::from).unwrap_or_default(),
            lines: OnceLock::new(),
        }
    }

    /// A file that could not be read, for the diagnostics that say so.
    pub(crate) fn unreadable(name: String, text: String) -> Self {
        Self::new(name, text, Value::Null, Some(Positions::default()))
    }

    pub(crate) fn positions(&self) -> &Positions {
        self.positions
            .get_or_init(|| read::json_positions(&self.text))
    }

    fn range(&self, pointer: &Pointer, at_key: bool) -> Option<Range<usize>> {
        let positions = self.positions();
        let node = positions.find(&self.text, pointer)?;
        let key = at_key.then(|| positions.key_range(node)).flatten();
        Some(key.unwrap_or_else(|| positions.value_range(node)))
    }

    /// Line and column, from 1, of a byte.
    fn place(&self, byte: usize) -> (usize, usize) {
        let lines = self.lines.get_or_init(|| {
            let ends = self
                .text
                .bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0)
                .chain(ends.map(|(at, _)| at + 1))
                .collect()
        });
        let line = lines.partition_point(|&start| start <= byte);
        let start = lines[line - 1];
        let column = self
            .text
            .get(start..byte)
            .map_or(0, |before| before.chars().count());
        (line, column + 1)
    }
}

/// The files that a document was read from: the document, its overlays, and what it refers to.
#[derive(Debug, Default)]
pub struct Sources {
    pub(crate) files: Vec<Source>,
    /// What overlays did to the root document, in order.
    pub(crate) edits: Vec<Edit>,
}

impl Sources {
    /// The name of a file, as it was given or as a reference spells it.
    pub fn name(&self, source: SourceId) -> &str {
        self.file(source).map_or("", |file| &file.name)
    }

    /// The text of a file without its byte order mark.
    pub fn text(&self, source: SourceId) -> &str {
        self.file(source).map_or("", |file| &file.text)
    }

    /// How long all files are together, in bytes.
    pub fn bytes(&self) -> usize {
        self.files.iter().map(|file| file.text.len()).sum()
    }

    /// Where a node stands. A node that an overlay brought in stands in the overlay.
    /// With `at_key` the key of the member, if the node is one. `None` if no file has such a node.
    pub fn span(&self, location: &Location, at_key: bool) -> Option<Span> {
        let (source, range) = self.place(location, at_key)?;
        self.span_of(source, range)
    }

    /// As [`Sources::span`], without line and column, which cost a look at the whole line.
    pub(crate) fn place(
        &self,
        location: &Location,
        at_key: bool,
    ) -> Option<(SourceId, Range<usize>)> {
        let location = self.origin(location);
        let range = self
            .file(location.source)?
            .range(&location.pointer, at_key)?;
        Some((location.source, range))
    }

    /// The node as its author wrote it: in an overlay if that brought it in, and where it was before elements were removed.
    pub(crate) fn origin(&self, location: &Location) -> Location {
        let mut origin = location.clone();
        for edit in self.edits.iter().rev() {
            if origin.source != SourceId::ROOT {
                break;
            }
            edit.undo(&mut origin);
        }
        origin
    }

    pub(crate) fn span_of(&self, source: SourceId, range: Range<usize>) -> Option<Span> {
        let file = self.file(source)?;
        let (line, column) = file.place(range.start);
        Some(Span {
            source,
            file: file.name.clone(),
            range,
            line,
            column,
        })
    }

    /// Adds a file. There are at most 65 536; who adds them sees to it.
    pub(crate) fn add(&mut self, file: Source) -> SourceId {
        self.files.push(file);
        SourceId(u16::try_from(self.files.len() - 1).unwrap_or(u16::MAX))
    }

    pub(crate) fn file(&self, source: SourceId) -> Option<&Source> {
        self.files.get(usize::from(source.0))
    }
}

/// The byte at a line (from 1) and a column (in bytes, from 1) of a text; its end if there is none.
pub(crate) fn byte_of_line(text: &str, line: usize, column: usize) -> usize {
    let start = match line {
        0 | 1 => Some(0),
        _ => text.match_indices('\n').nth(line - 2).map(|(at, _)| at + 1),
    };
    start.map_or(text.len(), |start| (start + column).min(text.len()))
}
