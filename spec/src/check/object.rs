//! What the members of one object say about each other.

use serde_json::{Map, Value};

use super::{model::Kind, path::Path, walk::Walk};
use crate::diagnostic::Diagnostic;

pub(super) fn contradictions(
    walk: &mut Walk<'_>,
    members: &Map<String, Value>,
    kind: &Kind,
    path: &Path<'_>,
) {
    match kind.section {
        Some("parameters") => {
            parameter(walk, members, path);
            content(walk, members, kind, path);
        }
        Some("headers") => content(walk, members, kind, path),
        Some("securitySchemes") => security_scheme(walk, members, path),
        _ => {}
    }
}

/// "If the parameter location is "path", this property is REQUIRED and its value MUST be true."
/// <https://spec.openapis.org/oas/v3.1.1.html#parameter-object>
fn parameter(walk: &mut Walk<'_>, members: &Map<String, Value>, path: &Path<'_>) {
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    if text("in") == Some("path") && members.get("required") != Some(&Value::Bool(true)) {
        let name = text("name").unwrap_or_default();
        let here = path.location();
        let at = if members.contains_key("required") {
            here.child("required")
        } else {
            here
        };
        walk.tell(
            Diagnostic::warning(
                "path-parameter-required",
                at,
                format!("the path parameter `{name}` is not marked as required"),
            )
            .hint("add `required: true`: a path without it would be another path"),
        );
    }
}

/// "A parameter MUST contain either a schema property, or a content property, but not both."
fn content(walk: &mut Walk<'_>, members: &Map<String, Value>, kind: &Kind, path: &Path<'_>) {
    match (members.contains_key("schema"), members.get("content")) {
        (true, Some(_)) => walk.tell(
            Diagnostic::error("schema-and-content", path.location().child("content"), format!("{} has both `schema` and `content`", kind.name))
                .at_key()
                .hint("keep `schema` for a plain value, `content` for a value in a media type such as JSON"),
        ),
        (false, None) => walk.tell(
            Diagnostic::warning("no-schema", path.location(), format!("{} has neither `schema` nor `content`: any text fits", kind.name))
                .hint("add a `schema`"),
        ),
        (_, Some(Value::Object(content))) if content.len() != 1 => walk.tell(
            Diagnostic::error("schema-and-content", path.location().child("content"), format!("`content` of {} must have one media type, and has {}", kind.name, content.len()))
                .at_key()
                .hint("keep one media type"),
        ),
        _ => {}
    }
}

/// <https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object>
fn security_scheme(walk: &mut Walk<'_>, members: &Map<String, Value>, path: &Path<'_>) {
    let Some(scheme) = members.get("type").and_then(Value::as_str) else {
        return;
    };
    let needed: &[&str] = match scheme {
        "apiKey" => &["name", "in"],
        "http" => &["scheme"],
        "oauth2" => &["flows"],
        "openIdConnect" => &["openIdConnectUrl"],
        _ => &[],
    };
    for name in needed {
        if !members.contains_key(*name) {
            walk.tell(
                Diagnostic::error(
                    "missing-member",
                    path.location(),
                    format!("a security scheme of type `{scheme}` needs a member `{name}`"),
                )
                .at_key()
                .hint(format!("add `{name}`")),
            );
        }
    }
}
