//! Where a document comes from: a file, or a server that is running.
//!
//! Fetching is the work of a program of its own, `examples/fetch.rs`, that cargo builds when somebody
//! first names a URL: an HTTP client with TLS takes longer to build than all of `xtask`.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    str::FromStr,
};

use spec::{
    Document,
    document::{Input, Overlay},
};

use crate::failure::Failure;

/// A document on disk or on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    File(PathBuf),
    /// `http` or `https`.
    Url(String),
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once("://") {
            Some((scheme, rest)) if is_http(scheme) => {
                if rest.is_empty() || rest.starts_with('/') {
                    return Err("the URL names no host".to_owned());
                }
                Ok(Self::Url(text.to_owned()))
            }
            Some(("file", path)) => Ok(Self::File(path.into())),
            Some((scheme, _)) if scheme.chars().all(|c| c.is_ascii_alphanumeric()) => Err(format!(
                "{scheme} is not spoken here: http, https or a file"
            )),
            _ => Ok(Self::File(text.into())),
        }
    }
}

fn is_http(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

impl Origin {
    /// The name for a person and for generated files: of a URL without what may be secret in it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Url(url) => public(url),
        }
    }
}

/// A URL without user, password, query and fragment.
fn public(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let Some((scheme, rest)) = url[..end].split_once("://") else {
        return url[..end].to_owned();
    };
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

/// Reads a document with its overlays, wherever it is. References of a fetched one to other files do not resolve.
///
/// # Errors
/// If it cannot be fetched, or with all that is wrong with it.
pub(crate) fn read(origin: &Origin, overlays: &[Overlay<'_>]) -> Result<Document, Failure> {
    let read = |input: Input<'_>| {
        Document::read(input, overlays).map_err(|error| {
            Failure::Document(error.render(spec::Style::Ansi).trim_end().to_owned())
        })
    };
    match origin {
        Origin::File(path) => read(Input::File(path)),
        Origin::Url(url) => {
            let text = fetch(url)?;
            let name = public(url);
            let (name, text) = (name.as_str(), text.as_str());
            read(Input::Text { name, text })
        }
    }
}

fn fetch(url: &str) -> Result<String, Failure> {
    let mut command = example("fetch", Profile::Debug);
    let output = command
        .arg(url)
        .stderr(Stdio::piped())
        .output()
        .map_err(|source| Failure::Start {
            program: "cargo".to_owned(),
            source,
        })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::Fetch(said.trim_end().to_owned()));
    }
    String::from_utf8(output.stdout).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::Fetch(format!(
            "error: {} answers a text that is not UTF-8: byte {at} belongs to no character",
            public(url)
        ))
    })
}

/// How a program of the workspace is built before it runs.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    Debug,
    Release,
}

/// A command that builds and runs an example of this package; arguments for it may be added.
pub(crate) fn example(name: &str, profile: Profile) -> Command {
    let mut command = cargo();
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    command.args(["run", "--quiet"]);
    if matches!(profile, Profile::Release) {
        command.arg("--release");
    }
    command
        .arg("--manifest-path")
        .arg(manifest)
        .args(["--example", name, "--"]);
    command
}

/// The cargo that runs this.
pub(crate) fn cargo() -> Command {
    let cargo: OsString = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Command::new(cargo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_told_from_files() {
        let origin = |text: &str| text.parse::<Origin>();
        assert_eq!(origin("a.yaml"), Ok(Origin::File("a.yaml".into())));
        assert_eq!(origin("/dev/fd/63"), Ok(Origin::File("/dev/fd/63".into())));
        assert_eq!(origin("C:/a.yaml"), Ok(Origin::File("C:/a.yaml".into())));
        assert_eq!(
            origin("HTTP://host/a"),
            Ok(Origin::Url("HTTP://host/a".to_owned()))
        );
        assert!(origin("https://").is_err());
        assert!(origin("ftp://host/a").is_err());
    }

    #[test]
    fn a_url_is_named_without_its_secrets() {
        assert_eq!(
            public("https://ada:pw@host:8000/openapi.json?key=1#x"),
            "https://host:8000/openapi.json"
        );
        assert_eq!(public("http://host"), "http://host");
        assert_eq!(public("http://a@b@host?x=/y"), "http://host");
    }
}
