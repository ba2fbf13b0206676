//! What stands twice though it is written once: anchors, aliases and merge keys, within a budget.

use std::ops::Range;

use serde_json::{Map, Value};

use super::{Builder, Step};
use crate::{
    diagnostic::Diagnostic,
    read::{self, MAX_DEPTH, positions::Node},
};

/// How many nodes may be copied for anchors and aliases: less than a hundred megabytes.
const ALIAS_BUDGET: usize = 500_000;

/// A finished node, for aliases and merge keys to use again.
#[derive(Clone)]
pub(super) struct Copied {
    pub(super) value: Value,
    pub(super) nodes: Vec<Node>,
}

impl Builder<'_> {
    pub(super) fn alias(&mut self, anchor: usize, range: Range<usize>) -> Step {
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
            return Err(Box::new(read::too_deep(range)));
        }
        let (node, merge) = self.begin(range.start);
        self.positions
            .append(copied.nodes.get(1..).unwrap_or_default());
        self.positions.close(node, range.end);
        self.finish(node, copied.value, 0, merge, &range)
    }

    /// Keeps a finished node for the aliases that may follow.
    pub(super) fn remember(&mut self, anchor: usize, copied: Copied, range: &Range<usize>) -> Step {
        self.count(&copied, range)?;
        self.anchors.insert(anchor, copied);
        Ok(())
    }

    /// Adds a copy to what anchors and aliases have cost so far.
    pub(super) fn count(&mut self, copied: &Copied, range: &Range<usize>) -> Step {
        self.copied += weight(copied);
        if self.copied <= ALIAS_BUDGET {
            return Ok(());
        }
        Err(Box::new(
            Diagnostic::syntax("alias-bomb", range.clone(), format!("anchors and aliases repeat more than {ALIAS_BUDGET} nodes"))
                .hint("use `$ref` to a component instead of an alias; a document that grows like this is not read"),
        ))
    }

    /// Members that are not there yet are added, with the positions they have where they were written.
    pub(super) fn merge(&mut self, members: &mut Map<String, Value>, copied: Copied) {
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
}

/// What a merge key names: an object, or a list of objects of which the first counts most.
pub(super) fn merge_sources(
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
