//! The root of the crate and of its two trees of modules.

use std::fmt::Write as _;

use super::support::Uses;
use super::{EmitSettings, docs};
use crate::ir::{Api, Docs, Operation, ParameterPlace, TypeRef};

/// `models.rs`: the modules, and all their types in one place.
pub(super) fn models<'a>(
    header: &str,
    modules: impl Iterator<Item = &'a &'a str> + Clone,
) -> String {
    let mut text = format!(
        "{header}//! The types of requests and answers, by domain and, re-exported here, all together.\n\n"
    );
    for module in modules.clone() {
        let _ = writeln!(text, "{}mod {module};", path("models", module));
    }
    text.push('\n');
    for module in modules {
        let _ = writeln!(text, "pub use {module}::*;");
    }
    text
}

/// `operations.rs`: one module for each tag.
pub(super) fn operations(header: &str, api: &Api) -> String {
    let mut text = format!(
        "{header}//! The arguments and errors of operations, by tag. The operations are methods of [`Client`].\n//!\n//! [`Client`]: crate::Client\n"
    );
    for group in &api.groups {
        let otherwise = format!("{}.", super::title(&group.module));
        let docs = docs::text(&group.docs, &otherwise, "///");
        let (path, module) = (path("operations", &group.module), &group.module);
        let _ = write!(text, "\n{docs}{path}pub mod {module};\n");
    }
    text
}

/// Rust finds the file of a module by itself only where its name is ASCII.
fn path(folder: &str, module: &str) -> String {
    if module.is_ascii() {
        return String::new();
    }
    format!("#[path = \"{folder}/{module}.rs\"]\n")
}

/// `lib.rs`.
pub(super) fn library(api: &Api, settings: &EmitSettings, uses: &Uses, header: &str) -> String {
    let krate = settings.package.replace('-', "_");
    let mut text = header.to_owned();
    let _ = writeln!(text, "//! A client for {}.", one_line(&api.title));
    if let Some(description) = &api.description {
        let docs = Docs {
            paragraphs: vec![description.clone()],
        };
        let _ = write!(text, "//!\n{}", docs::text(&docs, "", "//!"));
    }
    let _ = write!(text, "//!\n{}", example(api, &krate));
    let _ = write!(
        text,
        "//!\n\
         //! Secrets are of a type that does not show itself, errors keep the answer without printing it,\n\
         //! and values, variants and members that this version does not know are no errors.\n"
    );
    text.push('\n');
    let _ = writeln!(
        text,
        "#![allow(\n    clippy::collapsible_match,\n    clippy::doc_lazy_continuation,\n    clippy::enum_variant_names,\n    clippy::large_enum_variant,\n    clippy::module_inception,\n    clippy::single_match,\n    clippy::single_match_else,\n    clippy::struct_field_names,\n    missing_docs,\n    \
         reason = \"names, shapes and prose are the document's\"\n)]"
    );
    if uses.deprecated {
        let _ = writeln!(
            text,
            "#![allow(deprecated, reason = \"what is deprecated is still written and read here\")]"
        );
    }
    if !uses.operations {
        let _ = writeln!(
            text,
            "#![allow(dead_code, reason = \"the document has no operation that would call the server\")]"
        );
    }
    text.push('\n');
    let mut modules: Vec<&str> = uses.texts().into_iter().map(|(name, _)| name).collect();
    modules.push("client");
    if !api.types.is_empty() {
        modules.push("models");
    }
    if uses.operations {
        modules.push("operations");
    }
    modules.sort_unstable();
    for module in &modules {
        let visibility = match *module {
            "models" | "operations" => "pub ",
            _ => "",
        };
        let _ = writeln!(text, "{visibility}mod {module};");
    }
    text.push('\n');
    for (module, names) in EXPORTS {
        if modules.contains(&module) {
            let _ = writeln!(text, "pub use {module}::{names};");
        }
    }
    let _ = writeln!(text, "pub use reqwest;");
    text
}

const EXPORTS: [(&str, &str); 13] = [
    ("check", "{Check, Violation}"),
    ("client", "{Client, ClientBuilder}"),
    ("date_time", "{Date, DateError, DateTime}"),
    ("decode", "DecodeError"),
    ("download", "Download"),
    (
        "error",
        "{ArgumentError, BuildError, Error, Failure, TransportError}",
    ),
    ("events", "{Event, Events}"),
    ("multipart", "Upload"),
    ("pages", "Pages"),
    ("patch", "Patch"),
    ("retry", "RetryPolicy"),
    ("secret", "Secret"),
    ("union", "UnknownValue"),
];

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A first call: one that needs no arguments, if there is one.
fn example(api: &Api, krate: &str) -> String {
    let operations = || {
        api.groups
            .iter()
            .flat_map(|group| group.operations.iter().map(move |op| (group, op)))
    };
    let simple = |operation: &Operation| {
        !operation.deprecated
            && operation.body.is_none()
            && operation
                .parameters
                .iter()
                .all(|parameter| !parameter.required && parameter.place != ParameterPlace::Path)
    };
    let first = operations()
        .filter(|(_, operation)| simple(operation))
        .min_by_key(|(_, operation)| (operation.pages.is_none(), operation.method));
    let mut lines = vec![
        "```no_run".to_owned(),
        "# async fn run() -> Result<(), Box<dyn std::error::Error>> {".to_owned(),
    ];
    if let Some((group, operation)) =
        first.filter(|(_, operation)| !operation.parameters.is_empty())
    {
        lines.push(format!(
            "use {krate}::operations::{}::{}Params;",
            group.module, operation.stem
        ));
        lines.push(String::new());
    }
    let server = api
        .servers
        .first()
        .map_or("https://api.example.com", |server| server.url.as_str());
    lines.push(format!("let client = {krate}::Client::builder({server:?})"));
    for auth in api.auth.iter().take(1) {
        let variable = heck::ToShoutySnakeCase::to_shouty_snake_case(auth.rust.as_str());
        let user = if auth.scheme == crate::ir::AuthScheme::Basic {
            "\"me\", "
        } else {
            ""
        };
        lines.push(format!(
            "    .{}({user}std::env::var({variable:?})?)",
            auth.rust
        ));
    }
    lines.push("    .build()?;".to_owned());
    if let Some((_, operation)) = first {
        let params = if operation.parameters.is_empty() {
            String::new()
        } else {
            format!("&{}Params::new()", operation.stem)
        };
        lines.push(format!(
            "let answer = client.{}({params}).await?;",
            operation.rust
        ));
        if matches!(
            &operation
                .responses
                .first()
                .and_then(|r| r.media.as_ref())
                .map(|m| &m.kind),
            Some(crate::ir::MediaKind::Json(TypeRef::Array(_)))
        ) && operation.responses.len() <= 2
        {
            lines.push("println!(\"{} elements\", answer.len());".to_owned());
        } else {
            lines.push("drop(answer);".to_owned());
        }
    }
    lines.push("# Ok(())".to_owned());
    lines.push("# }".to_owned());
    lines.push("```".to_owned());
    lines
        .iter()
        .map(|line| format!("//! {line}").trim_end().to_owned() + "\n")
        .collect()
}
