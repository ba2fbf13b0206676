//! Keeps siblings apart: wire names come in, one identifier for each goes out.
//!
//! Names that meet are told apart by their spelling, so that which of them came first
//! does not matter; a number is the last resort.

use std::collections::{BTreeMap, BTreeSet};

use super::{reserved, spelling};

/// What kind of identifier is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Upper camel case, `taken` names excluded.
    Variant,
    /// Snake case, raw if it is a keyword.
    Member,
}

/// An identifier for each of `wires`, which are distinct texts; none is in `taken`.
pub(crate) fn distinct(kind: Kind, wires: &[&str], taken: &[&str]) -> Vec<String> {
    let mut names: Vec<Option<String>> = vec![None; wires.len()];
    let mut used: BTreeSet<String> = taken.iter().map(|&name| name.to_owned()).collect();
    for step in steps(kind) {
        let open: Vec<usize> = (0..wires.len()).filter(|&at| names[at].is_none()).collect();
        if open.is_empty() {
            break;
        }
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for at in open {
            groups.entry(step(wires[at])).or_default().push(at);
        }
        for (name, members) in groups {
            if used.contains(&name) {
                continue;
            }
            // Of several, the one that is written exactly so keeps the name.
            let owner = match members.as_slice() {
                [only] => Some(*only),
                several => several.iter().copied().find(|&at| wires[at] == name),
            };
            if let Some(owner) = owner {
                used.insert(name.clone());
                names[owner] = Some(name);
            }
        }
    }
    let mut rest: Vec<usize> = (0..wires.len()).filter(|&at| names[at].is_none()).collect();
    rest.sort_by_key(|&at| wires[at]);
    let mut next: BTreeMap<String, usize> = BTreeMap::new();
    for at in rest {
        let stem = steps(kind)[0](wires[at]);
        let mark = if kind == Kind::Member { "_" } else { "" };
        let number = next.entry(stem.clone()).or_insert(2);
        let mut name = format!("{stem}{mark}{number}");
        while !used.insert(name.clone()) {
            *number += 1;
            name = format!("{stem}{mark}{number}");
        }
        *number += 1;
        names[at] = Some(name);
    }
    names
        .into_iter()
        .flatten()
        .map(|name| match kind {
            Kind::Member => reserved::escape(&name),
            Kind::Variant if name == "Self" => "Self_".to_owned(),
            Kind::Variant => name,
        })
        .collect()
}

type Step = fn(&str) -> String;

fn steps(kind: Kind) -> &'static [Step] {
    match kind {
        Kind::Variant => &[
            spelling::camel,
            spelling::camel_as_written,
            |wire| spelling::camel(&spelling::spelled(wire)),
            |wire| spelling::camel(&format!("{wire} {}", spelling::case_word(wire))),
        ],
        Kind::Member => &[
            spelling::snake,
            |wire| spelling::snake(&spelling::spelled(wire)),
            |wire| spelling::snake(&format!("{wire} {}", spelling::case_word(wire))),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variants(wires: &[&str]) -> Vec<String> {
        distinct(Kind::Variant, wires, &["Unknown"])
    }

    #[test]
    fn case_and_marks_decide() {
        assert_eq!(variants(&["asc", "ASC"]), ["Asc", "ASC"]);
        assert_eq!(variants(&["ASC", "asc"]), ["ASC", "Asc"]);
        assert_eq!(variants(&[".", "X", "O"]), ["Dot", "X", "O"]);
        assert_eq!(variants(&["a-b", "a_b"]), ["ADashB", "AUnderscoreB"]);
        assert_eq!(variants(&["unknown"]), ["UnknownLower"]);
        assert_eq!(
            variants(&["", "empty"]),
            ["EmptyText", "EmptyLower"].map(str::to_owned)
        );
    }

    #[test]
    fn members_keep_what_is_written_so() {
        assert_eq!(
            distinct(Kind::Member, &["foo_bar", "fooBar", "type", "self"], &[]),
            ["foo_bar", "foo_bar_camel", "r#type", "self_"]
        );
    }
}
