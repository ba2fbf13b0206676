//! What the generated types do with answers: how fast unions decode, what is said of wrong ones, and
//! whether a password is printed. Each generator's crate gets a program beside it that tries the same.

use std::{fmt::Write as _, fs, io, path::Path};

use crate::generator::{self, Generator};

/// The program, for any crate with `CredentialResponse` and `CreateCredentialRequest`.
const PROGRAM: &str = include_str!("probe_program.rs");

/// Tries every generator on the project's own document; a table.
pub(crate) fn run(generators: &[&Generator], document: &Path, work: &Path) -> io::Result<String> {
    let mut text = String::from(
        "\n### Answers decoded, spec/openapi/skyvern.yaml\n\n\
         ns for each of `CredentialResponse` with a password, a card, a secret; `#[serde(untagged)]` stands for the same types by hand.\n",
    );
    for generator in generators {
        let folder = work.join(format!("{}-probed", generator.name));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        let _ = write!(text, "\n**{}**\n\n", generator.name);
        eprintln!("{}: decoding", generator.name);
        let generated = generator.generate(document, &folder)?;
        if let Some(refusal) = generated.refusal {
            let _ = writeln!(text, "refused: {refusal}");
            continue;
        }
        text.push_str(&try_one(generator, &folder, work)?);
    }
    Ok(text)
}

fn try_one(generator: &Generator, crate_folder: &Path, work: &Path) -> io::Result<String> {
    let folder = work.join(format!("{}-probe", generator.name));
    fs::create_dir_all(folder.join("src"))?;
    let name = package(crate_folder)?;
    let manifest = format!(
        "[package]\nname = \"probe\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
         [dependencies]\n\
         subject = {{ package = \"{name}\", path = {:?} }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n\
         [workspace]\n",
        crate_folder.display().to_string()
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    let program = PROGRAM.replace("subject::models", &format!("subject::{}", generator.models));
    fs::write(folder.join("src/main.rs"), program)?;
    let output = generator::cargo()
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", work.join("target"))
        .args(["run", "--quiet", "--release"])
        .output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let first = errors.lines().find(|line| line.starts_with("error"));
    Ok(format!("does not build: {}\n", first.unwrap_or_default()))
}

fn package(folder: &Path) -> io::Result<String> {
    let manifest = fs::read_to_string(folder.join("Cargo.toml"))?;
    let line = manifest.lines().find(|line| line.starts_with("name = "));
    let name = line.and_then(|line| line.split('"').nth(1));
    name.map(str::to_owned)
        .ok_or_else(|| io::Error::other("the generated manifest names no package"))
}
