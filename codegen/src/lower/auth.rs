//! Security: schemes, and header parameters that are schemes in all but name, lifted to the client.

use std::collections::BTreeSet;

use openapiv3::{APIKeyLocation, ReferenceOr, SecurityScheme};
use serde_json::Value;
use spec::{Document, Location, Pointer};

use super::{
    builder::Builder,
    docs::of_texts,
    operations::{Found, not_covered, places},
    typed::Typed,
};
use crate::{
    ir::{Auth, AuthScheme},
    names::{reserved, spelling},
};

/// Header parameters that carry a key.
const KEY_HEADERS: &[&str] = &[
    "api-key",
    "apikey",
    "x-api-key",
    "x-api-token",
    "x-apikey",
    "x-auth-token",
];

/// What operations can be authenticated by.
pub(super) struct Schemes {
    pub(super) auth: Vec<Auth>,
    /// Keys in `components/securitySchemes`, with their index.
    named: Vec<(String, usize)>,
    /// The header parameter that was lifted.
    lifted: Option<(String, usize)>,
}

impl Schemes {
    /// The schemes of the document.
    pub(super) fn read<'d>(builder: &mut Builder<'d>, typed: Typed<'d>) -> Self {
        let mut schemes = Self {
            auth: Vec::new(),
            named: Vec::new(),
            lifted: None,
        };
        let components = typed
            .api
            .components
            .iter()
            .flat_map(|components| &components.security_schemes);
        for (key, node) in components {
            let at = Location::root(Pointer::root()).join(["components", "securitySchemes", key]);
            schemes.add(builder, typed, key, node, &at);
        }
        schemes.lift(typed.document);
        schemes.name();
        schemes
    }

    /// Whether the header parameter `name` is the client's, not an operation's.
    pub(super) fn lifts(&self, name: &str) -> bool {
        self.lifted
            .as_ref()
            .is_some_and(|(lifted, _)| lifted.eq_ignore_ascii_case(name))
            || self.auth.iter().any(|auth| {
                matches!(&auth.scheme, AuthScheme::Header(header) if header.eq_ignore_ascii_case(name))
            })
    }

    /// The indices that an operation takes.
    pub(super) fn of_operation(
        &self,
        typed: Typed<'_>,
        operation: &openapiv3::Operation,
        at: &Location,
        item: &Location,
    ) -> Vec<usize> {
        let requirements = operation
            .security
            .as_ref()
            .or(typed.api.security.as_ref())
            .into_iter()
            .flatten();
        let mut indices: Vec<usize> = requirements
            .flat_map(|requirement| requirement.keys())
            .filter_map(|key| {
                let (_, index) = self.named.iter().find(|(name, _)| name == key)?;
                Some(*index)
            })
            .collect();
        if let Some((name, index)) = &self.lifted
            && [at, item]
                .iter()
                .any(|place| has_header(typed.document, &place.child("parameters"), name))
        {
            indices.push(*index);
        }
        indices.sort_unstable();
        indices.dedup();
        indices
    }

    fn add<'d>(
        &mut self,
        builder: &mut Builder<'d>,
        typed: Typed<'d>,
        key: &str,
        node: &'d ReferenceOr<SecurityScheme>,
        at: &Location,
    ) {
        let Some((at, scheme)) = typed.read(node, at) else {
            builder
                .report
                .warnings
                .push(not_covered(at, "the security scheme cannot be read"));
            return;
        };
        let (scheme, description) = match scheme.as_ref() {
            SecurityScheme::APIKey {
                location,
                name,
                description,
                ..
            } => (
                match location {
                    APIKeyLocation::Query => AuthScheme::Query(name.clone()),
                    // What is called so is a scheme of its own.
                    APIKeyLocation::Header => AuthScheme::Header(name.clone()),
                    APIKeyLocation::Cookie => AuthScheme::Cookie(name.clone()),
                },
                description,
            ),
            SecurityScheme::HTTP {
                scheme,
                description,
                ..
            } => match scheme.to_ascii_lowercase().as_str() {
                "bearer" => (AuthScheme::Bearer, description),
                "basic" => (AuthScheme::Basic, description),
                other => {
                    let message =
                        format!("the HTTP authentication scheme `{other}` is left to the caller");
                    builder.report.warnings.push(not_covered(&at, &message));
                    return;
                }
            },
            SecurityScheme::OAuth2 { description, .. }
            | SecurityScheme::OpenIDConnect { description, .. } => {
                (AuthScheme::Bearer, description)
            }
        };
        let known = self.auth.iter().position(|auth| auth.scheme == scheme);
        let index = known.unwrap_or_else(|| {
            self.auth.push(Auth {
                rust: spelling::snake(key),
                scheme,
                docs: of_texts("", description.as_deref().unwrap_or_default()),
                origin: at,
            });
            self.auth.len() - 1
        });
        self.named.push((key.to_owned(), index));
    }

    /// A key that at least half of the operations take as an optional header, where no scheme says so.
    fn lift(&mut self, document: &Document) {
        let operations = places(document);
        for header in KEY_HEADERS {
            let first = operations
                .iter()
                .filter_map(|(_, _, at)| {
                    let item = Location {
                        source: at.source,
                        pointer: at.pointer.parent().unwrap_or_default(),
                    };
                    header_at(document, &at.child("parameters"), header)
                        .or_else(|| header_at(document, &item.child("parameters"), header))
                })
                .collect::<Vec<_>>();
            if first.is_empty() || first.len() * 2 < operations.len() || self.lifts(header) {
                continue;
            }
            let node = document.get(&first[0]);
            let text = |key: &str| {
                node.and_then(|node| node.get(key)?.as_str())
                    .unwrap_or_default()
            };
            self.auth.push(Auth {
                rust: spelling::snake(header),
                scheme: AuthScheme::Header(text("name").to_owned()),
                docs: of_texts("", text("description")),
                origin: first[0].clone(),
            });
            self.lifted = Some((text("name").to_owned(), self.auth.len() - 1));
            return;
        }
    }

    /// Setters: by what the credential is if that tells them apart, else by the scheme's own name.
    fn name(&mut self) {
        let plain = |scheme: &AuthScheme| match scheme {
            AuthScheme::Header(_) | AuthScheme::Query(_) | AuthScheme::Cookie(_) => "api_key",
            AuthScheme::Bearer => "bearer_token",
            AuthScheme::Basic => "basic_auth",
        };
        let names: Vec<String> = self
            .auth
            .iter()
            .map(|auth| {
                let same = self
                    .auth
                    .iter()
                    .filter(|other| plain(&other.scheme) == plain(&auth.scheme));
                if same.count() == 1 {
                    plain(&auth.scheme).to_owned()
                } else {
                    auth.rust.clone()
                }
            })
            .collect();
        let mut used: Vec<String> = Vec::new();
        for (auth, name) in self.auth.iter_mut().zip(names) {
            let name = if used.contains(&name) {
                format!("{name}_{}", used.len() + 1)
            } else {
                name
            };
            auth.rust = reserved::escape(&name);
            used.push(name);
        }
    }
}

fn has_header(document: &Document, list: &Location, name: &str) -> bool {
    header_at(document, list, name).is_some()
}

/// Where the list of parameters at `list` has a header `name` that holds a text.
fn header_at(document: &Document, list: &Location, name: &str) -> Option<Location> {
    let count = document.get(list)?.as_array()?.len();
    (0..count).find_map(|index| {
        let (at, node) = document.follow(&list.index(index))?;
        let named = node.get("name")?.as_str()?.eq_ignore_ascii_case(name);
        (named && node.get("in") == Some(&Value::from("header"))).then_some(at)
    })
}

/// Those of `auth` that some operation asks for: a client would never send the others.
pub(super) fn asked_for(auth: Vec<Auth>, found: &mut [Found]) -> Vec<Auth> {
    let asked: BTreeSet<usize> = found
        .iter()
        .flat_map(|one| one.operation.auth.iter().copied())
        .collect();
    for index in found.iter_mut().flat_map(|one| &mut one.operation.auth) {
        *index = asked.range(..*index).count();
    }
    auth.into_iter()
        .enumerate()
        .filter(|(index, _)| asked.contains(index))
        .map(|(_, one)| one)
        .collect()
}
