//! A run that is killed, at whatever moment, leaves no half of a report or recording, and nothing on the
//! server that `clean` does not find.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::Stdio,
};

use serde_json::Value;

use super::{
    cleaning::{clean, create, names},
    command, served, told,
};

/// When a run is killed: once it has printed so many lines, or one with this word.
enum Moment {
    Lines(usize),
    Word(&'static str),
}

/// Kills a run against `url` at that moment, with a signal that nothing can catch.
fn killed(directory: &Path, url: &str, key: &str, moment: &Moment) {
    let mut arguments = vec!["run", url, "--seed", "1", "--cases", "3", "--jobs", "2"];
    arguments.extend([
        "--only",
        "lifecycle::*",
        "--only",
        "schema::*::create_credential",
    ]);
    arguments.extend(["--verbose", "--no-shrink", "--report-dir", "r"]);
    for format in [
        "html", "junit", "json", "ndjson", "sarif", "har", "markdown", "github",
    ] {
        arguments.extend(["--report", format]);
    }
    let mut child = command(directory, &arguments)
        .env("SKYVERN_API_KEY", key)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for (number, line) in lines.map_while(Result::ok).enumerate() {
        let is_now = match moment {
            Moment::Lines(count) => number + 1 >= *count,
            Moment::Word(word) => line.trim_start().starts_with(word),
        };
        if is_now {
            break;
        }
    }
    // It may have ended.
    let _ = child.kill();
    child.wait().unwrap();
}

/// Asserts that every file at its place is whole, and that only its owner reads it.
fn whole(directory: &Path) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            whole(&path);
            continue;
        }
        let name = path.display().to_string();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{name} is {mode:o}");
        }
        let text = fs::read_to_string(&path).unwrap();
        let is_json = |text: &str| serde_json::from_str::<Value>(text).is_ok();
        let is_whole = match path.extension().and_then(|one| one.to_str()) {
            // What was being written is beside its place.
            Some("part") => true,
            Some("json" | "sarif" | "har") => is_json(&text),
            Some("ndjson") if path.ends_with("ledger.ndjson") => text.lines().all(is_json),
            Some("ndjson") => text.lines().all(is_json) && text.contains("\"event\":\"finished\""),
            Some("xml") => roxmltree::Document::parse(&text).is_ok(),
            Some("html") => text.trim_end().ends_with("</html>"),
            Some("md") => text.starts_with("## "),
            _ => false,
        };
        assert!(is_whole, "{name} is not whole: {text}");
    }
}

#[test]
fn a_killed_run_leaves_nothing_half_written_and_nothing_unknown() {
    let server = served(&["--defect", "zeros-lost"]);
    create(&server, "Payroll");
    let lines = [1, 2, 3, 4, 5, 7, 9, 12, 16, 22, 30, 60].map(Moment::Lines);
    let words = ["Summary", "Report", "Seed"].map(Moment::Word);
    for moment in lines.iter().chain(&words) {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path();
        killed(directory, server.url(), server.key(), moment);
        whole(directory);
        let done = clean(directory, &server, &[]);
        assert_eq!(done.status.code(), Some(0), "{}", told(&done));
        assert_eq!(names(&server), ["Payroll"]);
    }
}

#[test]
fn a_killed_run_leaves_the_reports_of_the_run_before() {
    let server = served(&[]);
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    killed(
        directory,
        server.url(),
        server.key(),
        &Moment::Word("never"),
    );
    let report = directory.join("r/report.json");
    let before = fs::read(&report).unwrap();
    killed(directory, server.url(), server.key(), &Moment::Lines(9));
    assert_eq!(fs::read(&report).unwrap(), before);
    whole(directory);
    let page = command(directory, &["report", "r/run.ndjson", "--report", "json=-"])
        .output()
        .unwrap();
    assert_eq!(page.status.code(), Some(0), "{}", told(&page));
}
