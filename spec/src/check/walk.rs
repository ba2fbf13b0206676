//! Goes through a document by the object model: types, names and presence of members, and every reference.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::{
    kind_of,
    model::{self, Field, Kind, Presence, Rest, Shape},
    path::Path,
    reference,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Severity},
    document::{Document, Version},
    location::{Location, Pointer, SourceId},
    references::Unresolved,
    similar,
};

/// After so many errors the rest is not looked at: nobody reads them, and each looks for the name that was meant.
const MOST_ERRORS: usize = 500;
/// So many warnings are kept.
const MOST_WARNINGS: usize = 5_000;

/// What a reference should lead to.
#[derive(Clone, Copy)]
pub(super) enum Target {
    Schema,
    Object(&'static Kind),
}

impl Target {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Schema => "a schema",
            Self::Object(kind) => kind.name,
        }
    }

    pub(super) fn section(self) -> Option<&'static str> {
        match self {
            Self::Schema => Some("schemas"),
            Self::Object(kind) => kind.section,
        }
    }
}

/// The state of one walk over all files of a document.
pub(super) struct Walk<'d> {
    pub(super) document: &'d Document,
    pub(super) version: Version,
    diagnostics: Diagnostics,
    errors: usize,
    /// Each distinct reference is resolved once.
    pub(super) resolved: HashMap<(SourceId, &'d str), Result<Location, Unresolved>>,
    /// Nodes that references lead to and that the walk from the root does not reach by itself.
    queue: Vec<(Location, Target)>,
    queued: HashSet<(Location, &'static str)>,
}

impl<'d> Walk<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        Self {
            document,
            version: document.version(),
            diagnostics: Diagnostics::new(),
            errors: 0,
            resolved: HashMap::new(),
            queue: Vec::new(),
            queued: HashSet::new(),
        }
    }

    /// Checks the root file, and of the others what is referred to.
    pub(super) fn run(&mut self) {
        let root = Location::root(Pointer::root());
        self.object(self.document.root(), &model::ROOT, &Path::Start(&root));
        while let Some((location, target)) = self.queue.pop() {
            if self.is_over() {
                return;
            }
            let Some(value) = self.document.get(&location) else {
                continue;
            };
            let path = Path::Start(&location);
            match target {
                Target::Schema => self.schema(value, &path),
                Target::Object(kind) => self.object_or_reference(value, kind, &path),
            }
        }
    }

    pub(super) fn tell(&mut self, diagnostic: Diagnostic) {
        match diagnostic.severity {
            Severity::Error if self.errors >= MOST_ERRORS => return,
            Severity::Error => self.errors += 1,
            Severity::Warning if self.diagnostics.len() - self.errors >= MOST_WARNINGS => return,
            Severity::Warning => {}
        }
        self.diagnostics.push(diagnostic);
    }

    /// Whether there are so many errors that no more are looked for.
    pub(super) fn is_over(&self) -> bool {
        self.errors >= MOST_ERRORS
    }

    /// What was found; says so if there is more.
    pub(super) fn finish(mut self) -> Diagnostics {
        let warnings = self.diagnostics.len() - self.errors;
        if self.is_over() {
            let more =
                format!("there are more than {MOST_ERRORS} errors; the rest was not looked at");
            let more = Diagnostic::error("too-many-errors", Location::default(), more);
            self.diagnostics
                .push(more.hint("correct these first; many may have one cause"));
        } else if warnings >= MOST_WARNINGS {
            let more =
                format!("there are more than {MOST_WARNINGS} warnings; the rest is not told");
            let more = Diagnostic::warning("too-many-warnings", Location::default(), more);
            self.diagnostics
                .push(more.hint("correct these first; many may have one cause"));
        }
        self.diagnostics
    }

    pub(super) fn wrong_type(&mut self, value: &Value, expected: &str, path: &Path<'_>) {
        let name = path.pointer().last();
        let what = match &name {
            Some(name) if name.parse::<usize>().is_err() => {
                format!("`{name}` must be {expected}, and is {}", kind_of(value))
            }
            Some(_) => format!("this must be {expected}, and is {}", kind_of(value)),
            None => format!("the document must be {expected}, and is {}", kind_of(value)),
        };
        if value.is_null() && matches!(expected, "a string" | "a boolean" | "a number") {
            let what = match &name {
                Some(name) => format!("`{name}` is null; it is read as absent"),
                None => "null stands here; it is read as absent".to_owned(),
            };
            let warning = Diagnostic::warning("null-member", path.location(), what);
            return self.tell(warning.hint("remove the member, or give it a value"));
        }
        let hint = match value {
            Value::Null => "remove the member, or give it a value".to_owned(),
            Value::Number(_) | Value::Bool(_) if expected == "a string" => {
                format!("put it in quotes: `\"{value}\"`")
            }
            Value::Object(_) if expected == "a list" => {
                "in YAML each element begins with `- `, in JSON a list stands in `[…]`".to_owned()
            }
            Value::Array(_) if expected == "an object" => {
                "in YAML members are `key: value` without `- `, in JSON an object stands in `{…}`"
                    .to_owned()
            }
            Value::String(text) if expected == "a boolean" && text.eq_ignore_ascii_case("true") => {
                "write `true` without quotes".to_owned()
            }
            Value::String(text)
                if expected == "a boolean" && text.eq_ignore_ascii_case("false") =>
            {
                "write `false` without quotes".to_owned()
            }
            _ => format!("write {expected} here"),
        };
        self.tell(Diagnostic::error("wrong-type", path.location(), what).hint(hint));
    }

    fn shape(&mut self, value: &'d Value, shape: &'static Shape, path: &Path<'_>) {
        match shape {
            Shape::Any => {}
            Shape::Text if value.is_string() => {}
            Shape::Text => self.wrong_type(value, "a string", path),
            Shape::Flag if value.is_boolean() => {}
            Shape::Flag => self.wrong_type(value, "a boolean", path),
            Shape::Word(words) => self.word(value, words, path),
            Shape::Schema => self.schema(value, path),
            Shape::Object(kind) => self.object(value, kind, path),
            Shape::OrReference(kind) => self.object_or_reference(value, kind, path),
            Shape::List(shape) => match value {
                Value::Array(items) => {
                    for (index, item) in items.iter().enumerate() {
                        self.shape(item, shape, &path.index(index));
                    }
                }
                _ => self.wrong_type(value, "a list", path),
            },
            Shape::Map(shape) | Shape::Named(shape) => match value {
                Value::Object(members) => {
                    for (name, member) in members {
                        self.shape(member, shape, &path.key(name));
                    }
                }
                _ => self.wrong_type(value, "an object", path),
            },
        }
        if let (Shape::Named(_), Value::Object(members)) = (shape, value) {
            self.component_names(members, path);
        }
    }

    /// <https://spec.openapis.org/oas/v3.1.1.html#components-object>: `^[a-zA-Z0-9\.\-_]+$`
    fn component_names(&mut self, members: &Map<String, Value>, path: &Path<'_>) {
        for name in members.keys() {
            let regular =
                |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
            if name.is_empty() || !name.bytes().all(regular) {
                let warning = Diagnostic::warning(
                    "component-name",
                    path.key(name).location(),
                    format!("`{name}` is not a name that OpenAPI allows for a component"),
                );
                self.tell(
                    warning
                        .at_key()
                        .hint("names of components consist of letters, digits, `.`, `-` and `_`"),
                );
            }
        }
    }

    fn word(&mut self, value: &Value, words: &[&'static str], path: &Path<'_>) {
        let Value::String(text) = value else {
            return self.wrong_type(value, "a string", path);
        };
        if words.contains(&text.as_str()) {
            return;
        }
        let name = path.pointer().last().unwrap_or_default();
        let hint = match similar::nearest(text, words.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if name == "in" && text == "body" => {
                "OpenAPI 3 describes bodies in `requestBody`".to_owned()
            }
            None => format!("allowed here: `{}`", words.join("`, `")),
        };
        self.tell(
            Diagnostic::error(
                "unknown-value",
                path.location(),
                format!("`{name}` cannot be `{text}`"),
            )
            .hint(hint),
        );
    }

    fn object_or_reference(&mut self, value: &'d Value, kind: &'static Kind, path: &Path<'_>) {
        let Some(Value::String(reference)) = value.get("$ref") else {
            return self.object(value, kind, path);
        };
        self.reference(reference, Target::Object(kind), path);
        // The siblings of `$ref` in a Path Item Object count, in every version.
        if kind.section == Some("pathItems") {
            return self.object(value, kind, path);
        }
        let allowed: &[&str] = match self.version {
            Version::V3_0 => &["$ref"],
            Version::V3_1 => &["$ref", "summary", "description"],
        };
        self.ignored_siblings(value, allowed, path);
    }

    /// In a Reference Object other members "SHALL be ignored".
    pub(super) fn ignored_siblings(&mut self, value: &Value, allowed: &[&str], path: &Path<'_>) {
        let members = value.as_object().into_iter().flat_map(Map::keys);
        let ignored: Vec<&str> = members
            .map(String::as_str)
            .filter(|name| !allowed.contains(name) && !name.starts_with("x-"))
            .collect();
        if let Some(first) = ignored.first() {
            let message = format!("`{}` beside `$ref` is ignored", ignored.join("`, `"));
            let hint = match self.version {
                Version::V3_0 => {
                    "OpenAPI 3.0 ignores what stands beside `$ref`; wrap the reference: `allOf: [{$ref: …}]`, or remove the rest"
                }
                Version::V3_1 => {
                    "only `summary` and `description` may stand beside this `$ref`; move the rest to where it leads"
                }
            };
            let at = path.key(first).location();
            self.tell(
                Diagnostic::warning("ref-siblings", at, message)
                    .at_key()
                    .hint(hint),
            );
        }
    }

    pub(super) fn object(&mut self, value: &'d Value, kind: &'static Kind, path: &Path<'_>) {
        if self.is_over() {
            return;
        }
        let Value::Object(members) = value else {
            return self.wrong_type(value, "an object", path);
        };
        for (name, member) in members {
            let path = path.key(name);
            if let Some(field) = kind.fields.iter().find(|field| field.name == name) {
                if field.since > self.version {
                    self.later_version(name, "OpenAPI 3.1", &path);
                }
                self.shape(member, &field.shape, &path);
            } else if name == "$ref" && kind.section == Some("pathItems") {
                // Followed already.
            } else if !name.starts_with("x-") {
                self.other_member(name, member, kind, members, &path);
            }
        }
        for field in kind.fields {
            self.presence(field, members, kind, path);
        }
        super::object::contradictions(self, members, kind, path);
    }

    pub(super) fn later_version(&mut self, name: &str, version: &str, path: &Path<'_>) {
        let warning = Diagnostic::warning(
            "version-mismatch",
            path.location(),
            format!("`{name}` came with {version}, and this document declares 3.0"),
        );
        self.tell(
            warning
                .at_key()
                .hint("declare `openapi: 3.1.0`, or remove it"),
        );
    }

    fn other_member(
        &mut self,
        name: &str,
        member: &'d Value,
        kind: &'static Kind,
        members: &Map<String, Value>,
        path: &Path<'_>,
    ) {
        match &kind.rest {
            Rest::Unknown => {
                let free = kind
                    .fields
                    .iter()
                    .map(|field| field.name)
                    .filter(|field| !members.contains_key(*field));
                let hint = match similar::nearest(name, free) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "remove it, or name it `x-…` if it is an extension".to_owned(),
                };
                let message = format!("`{name}` is not a member of {}", kind.name);
                self.tell(
                    Diagnostic::warning("unknown-member", path.location(), message)
                        .at_key()
                        .hint(hint),
                );
            }
            Rest::Any(shape) => self.shape(member, shape, path),
            Rest::Paths(shape) => {
                if name.starts_with('/') {
                    self.shape(member, shape, path);
                } else {
                    let error = Diagnostic::error(
                        "path-format",
                        path.location(),
                        format!("the path `{name}` does not begin with `/`"),
                    );
                    self.tell(
                        error
                            .at_key()
                            .hint(format!("write `/{name}`; extensions begin with `x-`")),
                    );
                }
            }
            Rest::Statuses(shape) => {
                if is_status(name) {
                    self.shape(member, shape, path);
                } else {
                    let error = Diagnostic::error(
                        "status-code",
                        path.location(),
                        format!("`{name}` is not a status code"),
                    );
                    self.tell(error.at_key().hint("responses are listed by codes such as `\"200\"`, ranges such as `\"4XX\"`, and `default`"));
                }
            }
        }
    }

    fn presence(
        &mut self,
        field: &Field,
        members: &Map<String, Value>,
        kind: &Kind,
        path: &Path<'_>,
    ) {
        let absent = members.get(field.name).is_none_or(Value::is_null);
        if field.presence == Presence::Optional || !absent {
            return;
        }
        let message = format!("{} needs a member `{}`", kind.name, field.name);
        let diagnostic = match field.presence {
            Presence::Expected => Diagnostic::warning("missing-member", path.location(), message),
            Presence::RequiredBefore31 if self.version >= Version::V3_1 => return,
            _ => Diagnostic::error("missing-member", path.location(), message),
        };
        let near = members
            .keys()
            .map(String::as_str)
            .filter(|name| kind.fields.iter().all(|field| field.name != *name));
        let hint = match similar::nearest(field.name, near) {
            Some(near) => format!("is `{near}` meant to be `{}`?", field.name),
            None => format!("add `{}`", field.name),
        };
        self.tell(diagnostic.at_key().hint(hint));
    }

    /// Resolves a reference, says what is wrong with it, and sees that what it leads to is checked.
    pub(super) fn reference(
        &mut self,
        reference: &'d str,
        target: Target,
        path: &Path<'_>,
    ) -> Option<Location> {
        let start = match path {
            Path::Start(location) => location.source,
            _ => path_source(path),
        };
        let document = self.document;
        let resolved = self.resolved.entry((start, reference)).or_insert_with(|| {
            let root = document.root();
            document
                .references()
                .resolve(root, document.sources(), start, reference)
        });
        match resolved {
            Ok(location) => {
                let location = location.clone();
                if let Some(diagnostic) = reference::wrong_target(document, &location, target, path)
                {
                    self.tell(diagnostic);
                } else if !reached_from_root(&location)
                    && self.queued.insert((location.clone(), target.name()))
                {
                    self.queue.push((location.clone(), target));
                }
                Some(location)
            }
            Err(fault) => {
                let fault = fault.clone();
                if self.is_over() {
                    return None;
                }
                for diagnostic in
                    reference::unresolved(document, reference, start, &fault, target, path)
                {
                    self.tell(diagnostic);
                }
                None
            }
        }
    }
}

fn path_source(path: &Path<'_>) -> SourceId {
    let mut here = path;
    loop {
        match here {
            Path::Start(location) => return location.source,
            Path::Key(parent, _) | Path::Index(parent, _) => here = parent,
        }
    }
}

/// The walk from the root comes to every component, so nothing has to be queued for those.
fn reached_from_root(location: &Location) -> bool {
    let mut parts = location.pointer.as_str().split('/').skip(1);
    location.source == SourceId::ROOT
        && parts.next() == Some("components")
        && parts
            .next()
            .is_some_and(|section| !section.starts_with("x-"))
        && parts.next().is_some()
        && parts.next().is_none()
}

fn is_status(name: &str) -> bool {
    let bytes = name.as_bytes();
    name == "default"
        || (bytes.len() == 3
            && matches!(bytes[0], b'1'..=b'5')
            && (bytes[1..].iter().all(u8::is_ascii_digit)
                || bytes[1..].eq_ignore_ascii_case(b"XX")))
}

#[cfg(test)]
mod tests {
    use super::is_status;

    #[test]
    fn status_codes_ranges_and_default_are_responses() {
        for name in ["200", "default", "4XX", "5xx", "101", "599"] {
            assert!(is_status(name), "{name}");
        }
        for name in ["20", "2000", "600", "099", "XXX", "4X4", "ok", "Default"] {
            assert!(!is_status(name), "{name}");
        }
    }
}
