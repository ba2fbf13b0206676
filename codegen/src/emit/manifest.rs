//! `Cargo.toml` and `README.md` of a crate that stands alone.

use std::fmt::Write as _;

use super::EmitSettings;
use super::root::one_line;
use super::support::Uses;
use crate::ir::Api;

/// Versions of what the sources use, and why.
const DEPENDENCIES: [(&str, &str, &str); 10] = [
    (
        "bytes",
        r#""1.12.1""#,
        "bodies, as the HTTP library gives them",
    ),
    (
        "futures-core",
        r#"{ version = "0.3.34", default-features = false }"#,
        "pages are a `Stream`",
    ),
    ("httpdate", r#""1.0.3""#, "`Retry-After` may be a date"),
    ("percent-encoding", r#""2.3.2""#, "parameters in URLs"),
    ("regex", r#""1.13.1""#, "patterns, when values are checked"),
    ("reqwest", "", "HTTP; the caller chooses TLS"),
    ("serde", r#""1.0.229""#, "reading and writing"),
    (
        "serde_json",
        r#"{ version = "1.0.154", features = ["float_roundtrip"] }"#,
        "bodies are JSON; numbers come back to the last digit",
    ),
    (
        "tokio",
        r#"{ version = "1.54.1", default-features = false, features = ["time"] }"#,
        "pauses and time-outs",
    ),
    ("zeroize", r#""1.9.1""#, "secrets are wiped"),
];

pub(super) fn manifest(api: &Api, settings: &EmitSettings, uses: &Uses) -> String {
    let mut text = format!(
        "[package]\nname = {:?}\ndescription = {:?}\nversion = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"1.88\"\npublish = false\n\n[features]\n\
         # No TLS backend by default: a caller may bring a `reqwest::Client` of its own.\n\
         native-tls = [\"reqwest/native-tls\"]\nrustls = [\"reqwest/rustls\"]\n\n[dependencies]\n",
        settings.package,
        format!("A client for {}", one_line(&api.title)),
    );
    for (name, version, reason) in DEPENDENCIES {
        let used = match name {
            "futures-core" => uses.pages,
            "regex" => uses.patterns,
            _ => true,
        };
        if !used {
            continue;
        }
        let version = if name == "reqwest" {
            let mut features = Vec::new();
            if uses.multipart {
                features.push("\"multipart\"");
            }
            if uses.multipart || uses.streams {
                features.push("\"stream\"");
            }
            let features = features.join(", ");
            format!("{{ version = \"0.13.5\", default-features = false, features = [{features}] }}")
        } else {
            version.to_owned()
        };
        let _ = writeln!(text, "# {reason}\n{name} = {version}");
    }
    text
}

pub(super) fn readme(api: &Api, settings: &EmitSettings) -> String {
    format!(
        "# {}\n\nA typed client for {}, generated from {}. Do not edit: change the document and generate it again.\n\n\
         Enable the feature `rustls` or `native-tls`, or bring a `reqwest::Client` of your own. `cargo doc --open` has an example.\n",
        settings.package,
        one_line(&api.title),
        settings.source,
    )
}
