//! What a build from nothing costs: `cargo build --timings` into a folder of its own, and its page read.

use std::{collections::BTreeMap, fs, path::Path, process::ExitCode};

use serde_json::Value;

use crate::{defects::exit_code, failure::Failure, origin::cargo};

/// How many crates are told one by one.
const TOLD: usize = 25;

/// Builds the runner and tells where the time went.
///
/// # Errors
/// If cargo cannot be started, or its page is not what it was.
pub(super) fn run() -> Result<ExitCode, Failure> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = manifest.parent().unwrap_or(manifest);
    let folder = root.join("target/bench-build");
    let write = |source| Failure::Write {
        path: folder.clone(),
        source,
    };
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(write)?;
    }
    let mut command = cargo();
    command
        .current_dir(root)
        .args(["build", "--quiet", "--timings", "--package"])
        .arg("skyvern-conformance")
        .arg("--target-dir")
        .arg(&folder);
    let code = exit_code(&mut command)?;
    if code != ExitCode::SUCCESS {
        return Ok(code);
    }
    let page = folder.join("cargo-timings/cargo-timing.html");
    let text = fs::read_to_string(page).map_err(write)?;
    let Some(units) = units(&text) else {
        let odd = std::io::Error::other("the page of --timings has no UNIT_DATA that can be read");
        return Err(write(odd));
    };
    print!("{}", table(&units));
    Ok(code)
}

/// Seconds by crate: its library, build script and binaries together.
fn units(page: &str) -> Option<BTreeMap<String, f64>> {
    let (_, after) = page.split_once("const UNIT_DATA = ")?;
    let (data, _) = after.split_once(";\n")?;
    let data: Value = serde_json::from_str(data).ok()?;
    let mut seconds = BTreeMap::new();
    for unit in data.as_array()? {
        let name = format!("{} {}", unit["name"].as_str()?, unit["version"].as_str()?);
        *seconds.entry(name).or_default() += unit["duration"].as_f64()?;
    }
    Some(seconds)
}

fn table(units: &BTreeMap<String, f64>) -> String {
    let mut sorted: Vec<(&String, &f64)> = units.iter().collect();
    sorted.sort_by(|one, other| other.1.total_cmp(one.1));
    let total: f64 = units.values().sum();
    let mut text = format!(
        "{} crates, {total:.0} s of compilers\n\n| crate | s | % |\n|---|--:|--:|\n",
        units.len()
    );
    let line = |name: &str, seconds: f64| {
        let part = seconds / total * 100.0;
        format!("| {name} | {seconds:.1} | {part:.0} |\n")
    };
    for (name, seconds) in sorted.iter().take(TOLD) {
        text.push_str(&line(name, **seconds));
    }
    if sorted.len() > TOLD {
        let rest = sorted[TOLD..].iter().map(|(_, seconds)| **seconds).sum();
        text.push_str(&line("the rest", rest));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_read_and_crates_are_summed() {
        let page = "<script>\nconst UNIT_DATA = [\n{\"name\": \"a\", \"version\": \"1.0.0\", \"duration\": 1.5},\n\
                    {\"name\": \"a\", \"version\": \"1.0.0\", \"duration\": 0.5},\n\
                    {\"name\": \"b\", \"version\": \"2.0.0\", \"duration\": 2.0}\n];\nconst X = 1;";
        let units = units(page).unwrap();
        assert_eq!(
            table(&units),
            "2 crates, 4 s of compilers\n\n| crate | s | % |\n|---|--:|--:|\n\
             | a 1.0.0 | 2.0 | 50 |\n| b 2.0.0 | 2.0 | 50 |\n"
        );
    }
}
