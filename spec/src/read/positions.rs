//! Where each node of a file stands in its text: a flat table in document order comes in from a
//! reader, byte ranges go out. Lines and columns are the business of `source`.

use std::{collections::HashMap, ops::Range};

use crate::location::Pointer;

const NO_KEY: u32 = u32::MAX;
const VERBATIM: u32 = u32::MAX;

/// One node; its children follow it directly.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    start: u32,
    end: u32,
    key_start: u32,
    key_end: u32,
    /// Index into `names` of a key that differs from its text, or `VERBATIM`.
    name: u32,
    /// How many nodes this one and all below it are.
    size: u32,
}

impl Node {
    /// How many nodes this one and all below it are.
    pub(crate) fn size(&self) -> usize {
        self.size as usize
    }
}

/// The key of a member: its range, quotes included, and what it says.
#[derive(Clone, Debug)]
pub(crate) struct Key<'a> {
    pub(crate) range: Range<usize>,
    pub(crate) name: &'a str,
}

/// The positions of all nodes of one file, in document order.
#[derive(Debug, Default)]
pub(crate) struct Positions {
    nodes: Vec<Node>,
    names: Vec<Box<str>>,
}

impl Positions {
    /// Begins a node; its end is set by [`Positions::close`].
    pub(crate) fn open(&mut self, text: &str, start: usize, key: Option<&Key<'_>>) -> usize {
        let (key_start, key_end, name) = match key {
            None => (NO_KEY, NO_KEY, VERBATIM),
            Some(key) if verbatim(text, &key.range) == key.name => {
                (offset(key.range.start), offset(key.range.end), VERBATIM)
            }
            Some(key) => {
                self.names.push(key.name.into());
                let name = offset(self.names.len() - 1);
                (offset(key.range.start), offset(key.range.end), name)
            }
        };
        self.nodes.push(Node {
            start: offset(start),
            end: offset(start),
            key_start,
            key_end,
            name,
            size: 1,
        });
        self.nodes.len() - 1
    }

    /// Ends a node that was opened: everything opened since lies within it.
    pub(crate) fn close(&mut self, node: usize, end: usize) {
        let size = offset(self.nodes.len() - node);
        if let Some(node) = self.nodes.get_mut(node) {
            node.end = offset(end);
            node.size = size;
        }
    }

    /// The nodes from `node` to the last one.
    pub(crate) fn copy_from(&self, node: usize) -> Vec<Node> {
        self.nodes[node..].to_vec()
    }

    /// Takes `node` and everything after it out of the table.
    pub(crate) fn take_from(&mut self, node: usize) -> Vec<Node> {
        self.nodes.split_off(node)
    }

    /// Adds nodes that stand elsewhere in the text, such as those of an alias.
    pub(crate) fn append(&mut self, nodes: &[Node]) {
        self.nodes.extend_from_slice(nodes);
    }

    /// Where the last node so far ends: the end of a block, which has no mark of its own.
    pub(crate) fn last_end(&self) -> Option<usize> {
        let node = self.nodes.last()?;
        Some(node.end as usize)
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The node at `pointer`. Of members with the same key it is the first.
    pub(crate) fn find(&self, text: &str, pointer: &Pointer) -> Option<usize> {
        let mut node = 0;
        self.nodes.first()?;
        for token in pointer.tokens() {
            node = self
                .children(node)
                .enumerate()
                .find(|&(index, child)| match self.name(text, child) {
                    Some(name) => name == token,
                    None => token.parse() == Ok(index),
                })?
                .1;
        }
        Some(node)
    }

    /// The bytes of a node's value.
    pub(crate) fn value_range(&self, node: usize) -> Range<usize> {
        let node = &self.nodes[node];
        node.start as usize..node.end as usize
    }

    /// The bytes of a member's key; `None` for the root and for elements of arrays.
    pub(crate) fn key_range(&self, node: usize) -> Option<Range<usize>> {
        let node = &self.nodes[node];
        (node.key_start != NO_KEY).then_some(node.key_start as usize..node.key_end as usize)
    }

    /// Members whose key stands earlier in the same object: its pointer, the key, the first key.
    pub(crate) fn duplicates(&self, text: &str) -> Vec<(Pointer, Range<usize>, Range<usize>)> {
        let mut found = Vec::new();
        let mut open = vec![(0, Pointer::root())];
        while let Some((node, pointer)) = open.pop() {
            let mut first: HashMap<&str, usize> = HashMap::new();
            for (index, child) in self.children(node).enumerate() {
                let Some(name) = self.name(text, child) else {
                    if self.nodes[child].size > 1 {
                        open.push((child, pointer.index(index)));
                    }
                    continue;
                };
                if self.nodes[child].size > 1 {
                    open.push((child, pointer.child(name)));
                }
                match first.entry(name) {
                    std::collections::hash_map::Entry::Vacant(entry) => {
                        entry.insert(child);
                    }
                    std::collections::hash_map::Entry::Occupied(entry) => {
                        if let (Some(second), Some(first)) =
                            (self.key_range(child), self.key_range(*entry.get()))
                        {
                            found.push((pointer.child(name), second, first));
                        }
                    }
                }
            }
        }
        found.sort_by_key(|(_, second, _)| second.start);
        found
    }

    fn children(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let end = node + self.nodes[node].size as usize;
        let next = move |child: usize| (child < end).then_some(child);
        std::iter::successors(next(node + 1), move |&child| {
            next(child + self.nodes[child].size as usize)
        })
    }

    fn name<'a>(&'a self, text: &'a str, node: usize) -> Option<&'a str> {
        let range = self.key_range(node)?;
        Some(match self.names.get(self.nodes[node].name as usize) {
            Some(name) => name,
            None => verbatim(text, &range),
        })
    }
}

/// The text of a key without its quotes.
fn verbatim<'a>(text: &'a str, range: &Range<usize>) -> &'a str {
    let text = text.get(range.clone()).unwrap_or_default();
    let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// Files longer than 4 GiB are refused before they get here.
fn offset(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
