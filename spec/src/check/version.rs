//! Is it an OpenAPI document, and of a version that is supported?

use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    document::Version,
    location::{Location, Pointer},
    similar,
};

/// The version that a document declares, with a warning if it is declared oddly.
pub(crate) fn version(root: &Value) -> Result<(Version, Option<Diagnostic>), Box<Diagnostic>> {
    let here = Location::root(Pointer::root());
    let at = here.child("openapi");
    let error = |code, at: &Location, message: String, hint: &str| {
        Err(Box::new(
            Diagnostic::error(code, at.clone(), message).hint(hint),
        ))
    };
    let Some(members) = root.as_object() else {
        let message = format!(
            "an OpenAPI document is an object, and this is {}",
            super::kind_of(root)
        );
        return error(
            "not-openapi",
            &here,
            message,
            "the document begins with `openapi: 3.1.0`, `info:` and `paths:`",
        );
    };
    let Some(declared) = members.get("openapi") else {
        return Err(Box::new(other_document(root, &here)));
    };
    let Some(text) = declared.as_str() else {
        let message = format!("the version is {}, not a string", super::kind_of(declared));
        let hint = match declared {
            Value::Number(_) => {
                "YAML reads this as a number: write all three parts, in quotes: `openapi: \"3.1.0\"`"
            }
            _ => "write `openapi: \"3.1.0\"`",
        };
        return error("version-type", &at, message, hint);
    };
    let mut parts = text.split('.');
    let (major, minor, patch) = (parts.next(), parts.next(), parts.next());
    let version = match (major, minor) {
        (Some("3"), Some("0")) => Version::V3_0,
        (Some("3"), Some("1")) => Version::V3_1,
        (Some("3"), Some("2")) => {
            return error(
                "unsupported-version",
                &at,
                format!("OpenAPI {text} is not supported yet"),
                "OpenAPI 3.0 and 3.1 are; if the document uses nothing new in 3.2 (`query` operations, nested tags, `itemSchema`), declare `openapi: 3.1.2`",
            );
        }
        (Some("1" | "2"), _) => {
            return error(
                "swagger-2",
                &at,
                format!(
                    "`openapi: {text}`: there is no such version; the format was called Swagger then"
                ),
                "convert the document to OpenAPI 3, e.g. with swagger2openapi or Swagger Editor",
            );
        }
        _ => {
            return error(
                "unsupported-version",
                &at,
                format!("`{text}` is not a version of OpenAPI that is supported"),
                "supported are 3.0.0 to 3.0.4 and 3.1.0 to 3.1.2",
            );
        }
    };
    let digits = |part: &str| {
        let digits = part.split('-').next().unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let complete = patch.is_some_and(digits);
    let warning = (!complete || text.split('.').count() > 3).then(|| {
        Diagnostic::warning(
            "version-format",
            at,
            format!("`{text}` is not a whole version number"),
        )
        .hint(format!(
            "write `{}.{}.0`",
            major.unwrap_or("3"),
            minor.unwrap_or("1")
        ))
    });
    Ok((version, warning))
}

fn other_document(root: &Value, here: &Location) -> Diagnostic {
    let error = |code, at: Location, message: &str, hint: &str| {
        Diagnostic::error(code, at, message).hint(hint)
    };
    if root.get("swagger").is_some() {
        return error(
            "swagger-2",
            here.child("swagger"),
            "this is a Swagger 2.0 document, not OpenAPI 3",
            "convert it, e.g. with `npx swagger2openapi FILE` or \"Convert to OpenAPI 3\" in Swagger Editor, and read the result",
        );
    }
    if root.get("overlay").is_some() {
        return error(
            "not-openapi",
            here.child("overlay"),
            "this is an OpenAPI Overlay, not an OpenAPI document",
            "give the document that it belongs to, and this file with `--overlay`",
        );
    }
    if root.get("asyncapi").is_some() {
        return error(
            "not-openapi",
            here.child("asyncapi"),
            "this is an AsyncAPI document, not OpenAPI",
            "only OpenAPI 3.0 and 3.1 documents are read",
        );
    }
    let names = root
        .as_object()
        .into_iter()
        .flat_map(|members| members.keys());
    if let Some(near) = similar::nearest("openapi", names.map(String::as_str)) {
        return Diagnostic::error(
            "not-openapi",
            here.child(near),
            format!("`{near}` stands where `openapi` is expected"),
        )
        .at_key()
        .hint("write `openapi: 3.1.0`");
    }
    error(
        "not-openapi",
        here.clone(),
        "this is not an OpenAPI document: the member `openapi` is missing",
        "the document begins with `openapi: 3.1.0` (or 3.0.x), `info:` and `paths:`",
    )
}
