//! The generators that are compared: how each is asked, and how a crate is made of what it gives.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use crate::measure::{self, Cost};

/// A program that turns a document into Rust.
pub(crate) struct Generator {
    pub(crate) name: &'static str,
    kind: Kind,
    /// The module in which its types stand.
    pub(crate) models: &'static str,
}

#[derive(Clone, Copy)]
enum Kind {
    Ours,
    /// <https://crates.io/crates/cargo-progenitor>
    Progenitor,
    /// <https://crates.io/crates/openapi-to-rust>
    OpenapiToRust,
}

/// Ours first.
pub(crate) const ALL: [Generator; 3] = [
    Generator {
        name: "ours",
        kind: Kind::Ours,
        models: "models",
    },
    Generator {
        name: "progenitor",
        kind: Kind::Progenitor,
        models: "types",
    },
    Generator {
        name: "openapi-to-rust",
        kind: Kind::OpenapiToRust,
        models: "api",
    },
];

/// What became of one document.
pub(crate) struct Generated {
    pub(crate) cost: Cost,
    /// The line that says why not.
    pub(crate) refusal: Option<String>,
}

impl Generator {
    /// What it says of its version; `None` if it is not installed.
    pub(crate) fn version(&self) -> Option<String> {
        let program = match self.kind {
            Kind::Ours => return Some(env!("CARGO_PKG_VERSION").to_owned()),
            Kind::Progenitor => "cargo-progenitor",
            Kind::OpenapiToRust => "openapi-to-rust",
        };
        let mut command = Command::new(program);
        if matches!(self.kind, Kind::Progenitor) {
            command.arg("progenitor");
        }
        let output = command.arg("--version").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        // progenitor has no flag for it; cargo knows what it installed.
        if output.status.success() && !text.is_empty() {
            return Some(text);
        }
        Some(installed(program).unwrap_or_else(|| "version unknown".to_owned()))
    }

    /// Generates a crate in `folder`.
    pub(crate) fn generate(&self, document: &Path, folder: &Path) -> io::Result<Generated> {
        let mut command = match self.kind {
            Kind::Ours => {
                let mut command = Command::new(ours()?);
                command
                    .args(["regenerate", "--spec"])
                    .arg(document)
                    .arg("--out")
                    .arg(folder);
                command
            }
            Kind::Progenitor => {
                let mut command = Command::new("cargo-progenitor");
                command
                    .args([
                        "progenitor",
                        "--name",
                        "peer",
                        "--version",
                        "0.1.0",
                        "--input",
                    ])
                    .arg(document)
                    .arg("--output")
                    .arg(folder);
                command
            }
            Kind::OpenapiToRust => {
                let mut command = Command::new("openapi-to-rust");
                command
                    .args([
                        "generate",
                        "--quiet",
                        "--module-name",
                        "api",
                        "--output-dir",
                    ])
                    .arg(folder.join("src/api"))
                    .arg(document);
                command
            }
        };
        let (cost, output) = measure::run(command.env("NO_COLOR", "1").env("RUST_BACKTRACE", "0"))?;
        if !output.status.success() {
            // Errors first; some peers say the reason on the other stream.
            let said = [&output.stderr, &output.stdout].map(|text| String::from_utf8_lossy(text));
            return Ok(Generated {
                cost,
                refusal: Some(telling_line(&said.join("\n"))),
            });
        }
        self.complete(folder)?;
        Ok(Generated {
            cost,
            refusal: None,
        })
    }

    /// Adds what a crate needs and the generator leaves to its caller.
    fn complete(&self, folder: &Path) -> io::Result<()> {
        let manifest = folder.join("Cargo.toml");
        if matches!(self.kind, Kind::OpenapiToRust) {
            let needed = fs::read_to_string(folder.join("src/api/REQUIRED_DEPS.toml"))?;
            let head = "[package]\nname = \"peer\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
            fs::write(&manifest, format!("{head}{needed}"))?;
            fs::write(folder.join("src/lib.rs"), "pub mod api;\n")?;
        }
        let text = fs::read_to_string(&manifest)?;
        // A crate of its own, whatever workspace lies above.
        fs::write(&manifest, format!("{text}\n[workspace]\n"))
    }
}

/// This generator, as `main` has built it: beside the folder of examples.
fn ours() -> io::Result<PathBuf> {
    let examples = std::env::current_exe()?;
    let profile = examples.parent().and_then(Path::parent);
    let program = profile.map(|profile| profile.join("xtask"));
    program
        .filter(|program| program.exists())
        .ok_or_else(|| io::Error::other("xtask was built elsewhere"))
}

pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn installed(program: &str) -> Option<String> {
    // It may stand under another root than the default: its own folder's parent.
    let path = std::env::var_os("PATH")?;
    let folder = std::env::split_paths(&path).find(|folder| folder.join(program).exists())?;
    let output = cargo()
        .args(["install", "--list", "--root"])
        .arg(folder.parent()?)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find(|line| line.starts_with(program))?;
    Some(line.trim_end_matches(':').to_owned())
}

/// The line of an error that says most, short enough for a table.
fn telling_line(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_empty_talk = |line: &&str| {
        line.starts_with("thread '")
            || *line == "Caused by:"
            || line.ends_with("experienced errors")
    };
    let telling = lines.clone().find(|line| !is_empty_talk(line));
    let line = telling
        .or_else(|| lines.next())
        .unwrap_or("it says nothing");
    let short: String = line.chars().take(100).collect();
    short.replace('|', "/")
}

/// A name as a part of a path.
pub(crate) fn slug(name: &str) -> String {
    name.chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '-'
            }
        })
        .collect()
}
