//! Baselines, regressions, shards and reports of recorded runs.

use std::{fs, path::Path, process::Output};

use serde_json::Value;

use super::{command, told};

/// Two faults whose findings show in several cases. One case at a time: a list shows what others made.
/// Without the search for secrets of other cases, which are others in a shard.
const RUN: [&str; 18] = [
    "run",
    "--seed",
    "1",
    "--cases",
    "1",
    "--suite",
    "schema",
    "--no-shrink",
    "--skip",
    "RED*",
    "--jobs",
    "1",
    "--defect",
    "create-answers-200",
    "--defect",
    "list-is-text",
    // Two servers, of which a shard may have no case.
    "--defect",
    "service-create-answers-200",
];
/// Few enough cases for a debug build.
const FEW: [&str; 6] = [
    "--only",
    "*::valid_accepted::*",
    "--only",
    "*::body_valid::*",
    "--only",
    "*::*::get_credentials",
];

fn run(directory: &Path, arguments: &[&str]) -> Output {
    command(directory, arguments).output().unwrap()
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn merged_shards_are_the_whole_run() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let whole = [
        &RUN[..],
        &FEW,
        &[
            "--report",
            "json=whole.json",
            "--report",
            "ndjson=whole.ndjson",
        ],
    ]
    .concat();
    assert_eq!(run(path, &whole).status.code(), Some(1));
    for number in 1..=3 {
        let (shard, file) = (format!("{number}/3"), format!("ndjson={number}.ndjson"));
        run(
            path,
            &[&RUN[..], &FEW, &["--shard", &shard, "--report", &file]].concat(),
        );
    }
    let merged = run(
        path,
        &[
            "report",
            "3.ndjson",
            "1.ndjson",
            "2.ndjson",
            "--report",
            "json=merged.json",
        ],
    );
    assert_eq!(merged.status.code(), Some(1), "{}", told(&merged));
    let again = run(
        path,
        &["report", "whole.ndjson", "--report", "json=again.json"],
    );
    assert_eq!(again.status.code(), Some(1), "{}", told(&again));
    let whole = json(&path.join("whole.json"));
    assert!(whole["findings"].as_array().unwrap().len() > 1, "{whole:#}");
    assert_eq!(whole, json(&path.join("again.json")));
    assert_eq!(steady(whole), steady(json(&path.join("merged.json"))));

    // A shard that is not there is told, and the run is not done.
    let two = run(path, &["report", "1.ndjson", "3.ndjson"]);
    assert!(
        told(&two).contains("shard 2/3 is missing"),
        "{}",
        told(&two)
    );
    let twice = run(path, &["report", "1.ndjson", "1.ndjson"]);
    assert_eq!(twice.status.code(), Some(2), "{}", told(&twice));
    let other = run(path, &["report", "1.ndjson", "whole.ndjson"]);
    assert_eq!(other.status.code(), Some(2), "{}", told(&other));
}

/// Without what no two runs share: times, ports, and what the server draws. A secret that two shards
/// sent is searched for by both.
fn steady(report: Value) -> Value {
    match report {
        Value::Object(members) => members
            .into_iter()
            .filter(|(name, _)| {
                ![
                    "started",
                    "duration_ms",
                    "latency_ms",
                    "began",
                    "elapsed_ms",
                    "url",
                    "curl",
                    "searched",
                ]
                .contains(&name.as_str())
            })
            .map(|(name, value)| (name, steady(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(steady).collect(),
        Value::String(text) => {
            let drawn = |c: char| c.is_ascii_digit();
            Value::String(text.replace(drawn, "0"))
        }
        other => other,
    }
}

#[test]
fn known_findings_are_shown_and_do_not_fail() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let only = [
        "--only",
        "schema::valid_accepted::create_credential",
        "--report",
        "json=r.json",
        "--baseline",
        "b.toml",
    ];
    let known = [&RUN[..], &only].concat();
    assert_eq!(
        run(path, &known).status.code(),
        Some(2),
        "no baseline is there yet"
    );
    assert_eq!(
        run(path, &[&known[..], &["--baseline-update"]].concat())
            .status
            .code(),
        Some(0)
    );
    let output = run(path, &known);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("SCH001"), "{}", told(&output));
    assert_eq!(json(&path.join("r.json"))["findings"][0]["known"], true);
    let text = fs::read_to_string(path.join("b.toml")).unwrap();
    let (before, _) = text.split_once("expires = ").unwrap();
    fs::write(
        path.join("b.toml"),
        format!("{before}expires = \"2020-01-01\"\n"),
    )
    .unwrap();
    let output = run(path, &known);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(
        told(&output).contains("was accepted until 2020-01-01"),
        "{}",
        told(&output)
    );
}

#[test]
fn what_failed_once_is_tried_first() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let only = [
        "--only",
        "schema::valid_accepted::create_credential",
        "--regressions",
        "r.ndjson",
        "--report",
        "ndjson=run.ndjson",
    ];
    assert_eq!(
        run(path, &[&RUN[..], &only].concat()).status.code(),
        Some(1)
    );
    let before = inputs(path);
    let kept = fs::read_to_string(path.join("r.ndjson")).unwrap();
    assert!(kept.contains("\"check\":\"SCH001\""), "{kept}");
    assert_eq!(
        run(path, &[&RUN[..], &only].concat()).status.code(),
        Some(1)
    );
    assert_eq!(fs::read_to_string(path.join("r.ndjson")).unwrap(), kept);
    assert_eq!(inputs(path), before + 1);
    let again = run(path, &[&RUN[..], &["--rerun-failed"]].concat());
    assert!(
        told(&again).contains("1 of 1 case failed"),
        "{}",
        told(&again)
    );
}

/// How many inputs the case of the run tried.
fn inputs(directory: &Path) -> u64 {
    let text = fs::read_to_string(directory.join("run.ndjson")).unwrap();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter_map(|line| line["inputs"].as_u64()).sum()
}
