//! Measures the generator beside its peers on the same documents, in one run, and prints tables.
//!
//! ```sh
//! cargo xtask bench codegen --spec a.yaml --spec b.json
//! ```
//!
//! Peers are those of [`generator::ALL`] that are on PATH; nothing is installed. Each output becomes a
//! crate of its own below the folder of `--work`, all of which share one folder of built dependencies.
//! Times are CPU time of the process and everything that it started, so that a busy machine counts little.

mod generator;
mod measure;
mod probe;
mod sources;

use std::{
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use clap::Parser;
use generator::Generator;
use measure::Cost;

/// Measure this generator and its peers that are installed on the same documents.
///
/// Peers are found on PATH: cargo-progenitor, openapi-to-rust. Install them with `cargo install NAME --locked`.
#[derive(Parser)]
#[command(
    name = "cargo xtask bench codegen",
    bin_name = "cargo xtask bench codegen"
)]
struct Arguments {
    /// A document to generate from; repeatable. Default: spec/openapi/skyvern.yaml.
    #[arg(long, value_name = "FILE")]
    spec: Vec<PathBuf>,
    /// Only these generators, by name.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    only: Vec<String>,
    /// Do not compile what is generated.
    #[arg(long)]
    no_check: bool,
    /// Do not decode with what is generated.
    #[arg(long)]
    no_probe: bool,
    /// Where crates are written and built. Default: target/bench-codegen.
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// Also write the tables into this file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn main() -> ExitCode {
    // The program starts itself to measure one command: what has been waited for cannot be forgotten.
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|word| word == measure::FLAG) {
        return measure::child(&words.collect::<Vec<_>>());
    }
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// The root of the project.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

fn run(arguments: &Arguments) -> io::Result<()> {
    let own = root().join("spec/openapi/skyvern.yaml");
    let work = match &arguments.work {
        Some(folder) => folder.clone(),
        None => root().join("target/bench-codegen"),
    };
    fs::create_dir_all(&work)?;
    let work = work.canonicalize()?;
    build_ours()?;
    let mut text = format!("Machine: {}\n\n", machine());
    let generators = chosen(arguments, &mut text);
    let documents = if arguments.spec.is_empty() {
        vec![own.clone()]
    } else {
        arguments.spec.clone()
    };
    for document in &documents {
        let document = document.canonicalize()?;
        let section = outputs(arguments, &generators, &document, &work)?;
        print(&section);
        text.push_str(&section);
    }
    if !arguments.no_probe {
        let section = probe::run(&generators, &own, &work)?;
        print(&section);
        text.push_str(&section);
    }
    if let Some(file) = &arguments.out {
        fs::write(file, text)?;
    }
    Ok(())
}

fn print(text: &str) {
    // A reader that goes away, as in `… | head`, does not stop the measuring.
    let _ = io::stdout().write_all(text.as_bytes());
}

/// Builds this generator as its users do, but optimised; its measure would be the compiler's otherwise.
fn build_ours() -> io::Result<()> {
    let status = generator::cargo()
        .current_dir(root())
        .args(["build", "--quiet", "--release", "--package", "xtask"])
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other("this generator does not build"))
    }
}

/// The generators that are here; what is absent is said.
fn chosen(arguments: &Arguments, text: &mut String) -> Vec<&'static Generator> {
    let mut here = Vec::new();
    for generator in &generator::ALL {
        if !arguments.only.is_empty() && !arguments.only.iter().any(|name| name == generator.name) {
            continue;
        }
        let line = match generator.version() {
            Some(version) => {
                here.push(generator);
                format!("- {}: {version}\n", generator.name)
            }
            None => format!("- {}: skipped, not installed\n", generator.name),
        };
        print(&line);
        text.push_str(&line);
    }
    text.push('\n');
    here
}

fn outputs(
    arguments: &Arguments,
    generators: &[&Generator],
    document: &Path,
    work: &Path,
) -> io::Result<String> {
    let name = document.file_name().unwrap_or_default().to_string_lossy();
    let megabytes = Megabytes(fs::metadata(document)?.len());
    let mut text = format!("\n### {name} ({megabytes} MB)\n\n");
    text.push_str(
        "| generator | generate: CPU s, MB | lines | `serde_json::Value` | `untagged` | `Option<Option<_>>` | \
         types with a secret that print it | `cargo check`: CPU s, MB | warnings |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for generator in generators {
        let folder = work.join(format!("{}-{}", generator.name, generator::slug(&name)));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        eprintln!("{}: {name}", generator.name);
        let generated = generator.generate(document, &folder)?;
        if let Some(refusal) = generated.refusal {
            let _ = writeln!(
                text,
                "| {} | refused: {refusal} | | | | | | | |",
                generator.name
            );
            continue;
        }
        let counts = sources::count(&folder.join("src"))?;
        let (cost, warnings) = if arguments.no_check {
            ("not tried".to_owned(), String::new())
        } else {
            check(&folder, work)?
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} of {} | {cost} | {warnings} |",
            generator.name,
            generated.cost,
            counts.lines,
            counts.free,
            counts.untagged,
            counts.nested_options,
            counts.print_secrets,
            counts.with_secrets,
        );
    }
    Ok(text)
}

/// Compiles the crate in `folder` twice: with its dependencies, then alone, which is measured.
fn check(folder: &Path, work: &Path) -> io::Result<(String, String)> {
    let command = || {
        let mut command = generator::cargo();
        command
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", work.join("target"))
            .env("CARGO_INCREMENTAL", "0")
            .args(["check", "--message-format", "short"]);
        command
    };
    let first = command().output()?;
    if !first.status.success() {
        let errors = String::from_utf8_lossy(&first.stderr);
        let count = errors
            .lines()
            .filter(|line| line.contains(": error"))
            .count();
        return Ok((format!("**fails**, {count} errors"), String::new()));
    }
    let library = folder.join("src/lib.rs");
    let text = fs::read_to_string(&library)?;
    fs::write(&library, format!("{text}\n"))?;
    let (cost, output) = measure::run(&mut command())?;
    let errors = String::from_utf8_lossy(&output.stderr);
    let warnings = errors
        .lines()
        .filter(|line| line.contains(": warning"))
        .count();
    Ok((cost.to_string(), warnings.to_string()))
}

/// What ran the measures: processor, cores, memory, compiler.
fn machine() -> String {
    let first = |file: &str, key: &str| {
        let text = fs::read_to_string(file).ok()?;
        let line = text.lines().find(|line| line.starts_with(key))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let cpu = first("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = first("/proc/meminfo", "MemTotal").unwrap_or_default();
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map_or(String::new(), |output| {
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    });
    format!("{cpu}, {cores} cores, {memory}, {rustc}")
}

/// Bytes, shown as megabytes.
struct Megabytes(u64);

impl std::fmt::Display for Megabytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tenths = self.0 / 10_000;
        write!(f, "{}.{:02}", tenths / 100, tenths % 100)
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:.2}, {}",
            self.cpu.as_secs_f64(),
            self.kilobytes / 1024
        )
    }
}
