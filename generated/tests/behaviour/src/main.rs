//! `cargo run -p behaviour -- DOCUMENT…`: proves the types of each document's client, as [`behaviour`] says.

use std::{collections::BTreeSet, path::Path, process::ExitCode};

use behaviour::nested::{Proof, prove};

/// Values of each kind for every type.
const MOST: usize = 24;

/// Failures of one document that are shown, one for each type.
const SHOWN: usize = 12;

fn main() -> ExitCode {
    let documents: Vec<String> = std::env::args().skip(1).collect();
    if documents.is_empty() {
        eprintln!("usage: cargo run -p behaviour -- DOCUMENT…");
        return ExitCode::from(2);
    }
    let mut failed = false;
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let root = std::path::absolute(Path::new(&target).join("behaviour"));
    for document in &documents {
        let path = Path::new(document);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let folder = root.as_ref().map(|root| root.join(&*name));
        let folder = match folder {
            Ok(folder) => folder,
            Err(error) => {
                eprintln!("error: {error}");
                return ExitCode::from(2);
            }
        };
        match prove(path, &folder, MOST) {
            Ok(proof) => failed |= tell(&name, &proof),
            Err(error) => {
                println!("{name}: {error}");
                failed = true;
            }
        }
    }
    ExitCode::from(u8::from(failed))
}

/// Says what came of a document; whether something is wrong.
fn tell(name: &str, proof: &Proof) -> bool {
    println!(
        "{name}: {} types, {} values, {} without a value, {} failures",
        proof.types,
        proof.values,
        proof.without.len(),
        proof.failures.len(),
    );
    for (name, reason) in &proof.without {
        println!("  no value for {name}: {reason}");
    }
    let mut seen = BTreeSet::new();
    for failure in &proof.failures {
        if seen.insert(&failure.name) && seen.len() <= SHOWN {
            println!(
                "  {}: {}\n    {}",
                failure.name, failure.reason, failure.value
            );
        }
    }
    if seen.len() > SHOWN {
        println!("  and {} types more", seen.len() - SHOWN);
    }
    !proof.failures.is_empty()
}
