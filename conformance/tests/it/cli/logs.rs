//! Logs of the server are searched as answers are.

use std::fs;

use serde_json::Value;

use super::{command, served, told};

/// Runs a few cases against a server with these defects that keeps a log.
fn report(defects: &[&str]) -> (Option<i32>, Value, String) {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("server.log");
    let log = log.to_str().unwrap();
    fs::write(log, "a line from before\n").unwrap();
    let mut arguments = vec!["--log", log];
    for defect in defects {
        arguments.extend(["--defect", defect]);
    }
    let server = served(&arguments);
    let run = ["run", server.url(), "--scan-log", log, "--seed", "1"];
    let some = ["--only", "schema::*::create_credential", "--cases", "2"];
    let output = command(
        directory.path(),
        &[&run[..], &some, &["--report", "json=-"]].concat(),
    )
    .env("SKYVERN_API_KEY", server.key())
    .output()
    .unwrap();
    let report = serde_json::from_slice(&output.stdout);
    let report = report.unwrap_or_else(|error| panic!("{error}: {}", told(&output)));
    let lines = fs::read_to_string(log).unwrap();
    (output.status.code(), report, lines)
}

#[test]
fn a_log_without_secrets_is_searched_and_passes() {
    let (code, report, lines) = report(&[]);
    assert_eq!(code, Some(0), "{report}");
    let searched = report["searched"]["log_lines"].as_u64().unwrap();
    assert!(searched > 50, "{searched} lines");
    // What was there before is not of this run; of what follows, the checks before it are not either.
    assert!(searched < lines.lines().count() as u64);
}

#[test]
fn a_secret_in_a_log_is_told_with_its_line() {
    for (defect, check) in [
        ("body-logged", "RED001"),
        ("refusal-logged", "RED001"),
        ("body-digest-logged", "RED003"),
    ] {
        let (code, report, lines) = report(&[defect]);
        assert_eq!(code, Some(1), "{defect}");
        let findings = report["findings"].as_array().unwrap();
        let finding = findings.iter().find(|one| one["check"] == check);
        let finding = finding.unwrap_or_else(|| panic!("{defect}: {findings:?}"));
        let location = finding["location"].as_str().unwrap();
        let number = location.strip_prefix("log:server.log:").unwrap();
        let line = lines.lines().nth(number.parse::<usize>().unwrap() - 1);
        let line: Value = serde_json::from_str(line.unwrap()).unwrap();
        assert_eq!(line["method"], "POST", "{defect}");
    }
}
