//! Where secrets stand in the values of a schema.

use std::fmt;

use spec::Location;

use super::{
    Schemas,
    node::{Kind, Node, NodeId, Types},
};

/// Where a secret stands in every value of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretPath {
    /// From the root of the value. What is below the last step is secret too.
    pub path: Vec<PathStep>,
    /// The schema that says so, or whose member is called so.
    pub schema: Location,
    /// Why it is taken for a secret.
    pub reason: SecretReason,
}

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathStep {
    /// The member of that name.
    Member(String),
    /// Any member that no schema names.
    AnyMember,
    /// Any item.
    AnyItem,
}

/// Why something is taken for a secret; the surest reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretReason {
    /// The schema is `writeOnly`.
    WriteOnly,
    /// The schema has `format: password`.
    PasswordFormat,
    /// The member is called what secrets are called.
    Name,
}

impl fmt::Display for SecretReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WriteOnly => "it is `writeOnly`",
            Self::PasswordFormat => "it has `format: password`",
            Self::Name => "it is called what secrets are called",
        })
    }
}

impl fmt::Display for SecretPath {
    /// A JSON pointer with `*` for any item or member.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.path {
            match step {
                PathStep::Member(name) => {
                    write!(f, "{}", spec::Pointer::root().child(name))?;
                }
                PathStep::AnyMember | PathStep::AnyItem => f.write_str("/*")?,
            }
        }
        Ok(())
    }
}

impl SecretPath {
    /// Whether these names of members and numbers of items lead to this secret, or into it.
    pub fn covers(&self, path: &[impl AsRef<str>]) -> bool {
        path.len() >= self.path.len()
            && self.path.iter().zip(path).all(|(step, token)| match step {
                PathStep::Member(name) => name == token.as_ref(),
                PathStep::AnyMember => true,
                PathStep::AnyItem => token.as_ref().parse::<usize>().is_ok(),
            })
    }
}

/// How deep, and how many, secrets are looked for in schemas that contain themselves.
const DEPTH: usize = 12;
const MOST: usize = 2_000;

impl Schemas {
    /// The secrets in values of the schema at `at`, in the order of the document; a path that
    /// stands for several reasons has the surest one.
    pub fn secrets(&self, at: &Location) -> Vec<SecretPath> {
        let (nodes, id) = self.compiled(at);
        let mut search = Search {
            nodes: &nodes,
            found: Vec::new(),
            path: Vec::new(),
            above: Vec::new(),
        };
        search.visit(id);
        let mut found: Vec<SecretPath> = Vec::new();
        for secret in search.found {
            match found.iter_mut().find(|known| known.path == secret.path) {
                None => found.push(secret),
                Some(known) if secret.reason < known.reason => *known = secret,
                Some(_) => {}
            }
        }
        found
    }
}

struct Search<'a> {
    nodes: &'a [std::sync::Arc<Node>],
    found: Vec<SecretPath>,
    path: Vec<PathStep>,
    above: Vec<NodeId>,
}

impl Search<'_> {
    fn visit(&mut self, id: NodeId) {
        if self.above.contains(&id) || self.path.len() > DEPTH || self.found.len() >= MOST {
            return;
        }
        let nodes = self.nodes;
        let node = &nodes[id.index()];
        let Kind::Keywords(k) = &node.kind else {
            return;
        };
        self.above.push(id);
        if k.write_only {
            self.tell(&node.at, SecretReason::WriteOnly);
        } else if k.format.as_deref() == Some("password") {
            self.tell(&node.at, SecretReason::PasswordFormat);
        } else if let Some(PathStep::Member(name)) = self.path.last()
            && is_secret_name(name)
            && k.types.is_none_or(|types| types.has(Types::STRING))
        {
            self.tell(&node.at, SecretReason::Name);
        }
        let in_place = [k.reference, k.if_, k.then, k.else_];
        let in_place = in_place.into_iter().flatten();
        for id in in_place
            .chain(k.all_of.iter().copied())
            .chain(k.any_of.iter().flatten().copied())
            .chain(k.one_of.iter().flatten().copied())
            .chain(k.dependent_schemas.values().copied())
        {
            self.visit(id);
        }
        for (name, id) in &k.properties {
            self.step(PathStep::Member(name.clone()), *id);
        }
        for id in k
            .pattern_properties
            .values()
            .copied()
            .chain(k.additional_properties)
            .chain(k.unevaluated_properties)
        {
            self.step(PathStep::AnyMember, id);
        }
        for id in k
            .prefix_items
            .iter()
            .copied()
            .chain(k.items)
            .chain(k.contains)
            .chain(k.unevaluated_items)
        {
            self.step(PathStep::AnyItem, id);
        }
        self.above.pop();
    }

    fn step(&mut self, step: PathStep, id: NodeId) {
        self.path.push(step);
        self.visit(id);
        self.path.pop();
    }

    fn tell(&mut self, schema: &Location, reason: SecretReason) {
        self.found.push(SecretPath {
            path: self.path.clone(),
            schema: schema.clone(),
            reason,
        });
    }
}

/// Whether members of that name are secrets nearly everywhere. Marks of pages are not.
pub(crate) fn is_secret_name(name: &str) -> bool {
    const ENDS: [&str; 9] = [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "secretkey",
        "apikey",
        "privatekey",
        "token",
        "cvv",
    ];
    const WHOLE: [&str; 9] = [
        "pwd",
        "cvc",
        "pin",
        "totp",
        "otp",
        "cardnumber",
        "cardcvc",
        "authorization",
        "secretvalue",
    ];
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|one| one.to_ascii_lowercase())
        .collect();
    let marks_page = ["page", "next", "continuation", "cursor", "sync"]
        .iter()
        .any(|part| plain.contains(part));
    !marks_page && (WHOLE.contains(&plain.as_str()) || ENDS.iter().any(|end| plain.ends_with(end)))
}
