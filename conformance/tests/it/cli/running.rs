//! Whole runs against the embedded server.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Output, Stdio},
};

use serde_json::Value;

use super::{Served, command, served, told};

/// Few enough cases for a debug build.
const FEW: [&str; 6] = [
    "--only",
    "schema::valid_accepted::create_credential",
    "--seed",
    "1",
    "--cases",
    "2",
];

fn json(text: &[u8]) -> Value {
    serde_json::from_slice(text)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(text)))
}

#[test]
fn a_run_without_a_url_tests_the_embedded_server() {
    let directory = tempfile::tempdir().unwrap();
    let arguments = [&["run", "--report", "json=-"], &FEW[..]].concat();
    let output = command(directory.path(), &arguments).output().unwrap();
    let told = told(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    let report = json(&output.stdout);
    assert_eq!(report["schema"], 1);
    assert_eq!(report["seed"], 1);
    assert_eq!(report["complete"], true);
    assert_eq!(report["created"], report["deleted"]);
    assert_eq!(report["findings"], Value::Array(Vec::new()));
    assert!(
        report["checks"]
            .as_array()
            .is_some_and(|checks| !checks.is_empty())
    );
    // Nothing went wrong: what happened is kept, and no failing input.
    let runs = std::fs::read_dir(directory.path().join(".conformance/runs")).unwrap();
    let run = runs.last().unwrap().unwrap().path();
    assert_eq!(std::fs::read_dir(&run).unwrap().count(), 1);
    assert!(run.join("run.ndjson").is_file());
}

#[test]
fn a_run_without_a_url_tests_both_servers_in_one_report() {
    let directory = tempfile::tempdir().unwrap();
    let run = ["run", "--seed", "1", "--report", "json=-", "--only"];
    let report = |only: &str| {
        let output = command(directory.path(), &[&run[..], &[only]].concat());
        let output = { output }.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        json(&output.stdout)
    };
    let both = report("*::path_tricks::*");
    assert_eq!(both["target"], "skyvern");
    assert_eq!(both["further"][0]["target"], "credential-service");
    assert_eq!(both["cases"], 2);
    assert_eq!(both["suites"]["robustness"]["passed"], 2, "{both}");
    // A server of which no case is selected is left out.
    let one = report("contract::connection_test::*");
    assert_eq!(one["target"], "credential-service");
    assert_eq!(one["further"], Value::Array(Vec::new()));
}

#[test]
fn a_defect_names_its_server() {
    let directory = tempfile::tempdir().unwrap();
    let run = |defects: &[&str]| {
        let mut arguments = vec!["run", "--seed", "1", "--report", "json=-", "--only"];
        arguments.push("*::create_gives_id::*");
        for defect in defects {
            arguments.extend(["--defect", defect]);
        }
        command(directory.path(), &arguments).output().unwrap()
    };
    let output = run(&["id-null"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let report = json(&output.stdout);
    assert_eq!(report["target"], "credential-service");
    assert_eq!(report["findings"][0]["check"], "CON003");
    let replay = report["findings"][0]["replay"].as_str().unwrap();
    let name = replay.rsplit(' ').next().unwrap();
    let again = command(directory.path(), &["replay", name])
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(1), "{}", told(&again));

    let unknown = run(&["id-nul"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(told(&unknown).contains("did you mean `id-null`?"));
}

#[test]
fn a_finding_is_told_recorded_and_replayed() {
    let directory = tempfile::tempdir().unwrap();
    let arguments = [
        &[
            "run",
            "--defect",
            "create-answers-200",
            "--report",
            "json=r/report.json",
        ],
        &FEW[..],
    ]
    .concat();
    let output = command(directory.path(), &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let report = json(&std::fs::read(directory.path().join("r/report.json")).unwrap());
    let finding = &report["findings"][0];
    assert_eq!(finding["check"], "SCH001");
    assert_eq!(finding["level"], "must");
    assert_eq!(finding["operation"], "create_credential");
    assert_eq!(finding["location"], "response.status");
    let name = finding["replay"]
        .as_str()
        .unwrap()
        .rsplit(' ')
        .next()
        .unwrap()
        .to_owned();

    let again = command(directory.path(), &["replay", &name])
        .output()
        .unwrap();
    let text = told(&again);
    assert_eq!(again.status.code(), Some(1), "{text}");
    assert!(text.contains("SCH001 fails again in schema::"), "{text}");

    private(&directory.path().join(".conformance"));
    private(&directory.path().join("r/report.json"));
}

/// Asserts that only the owner can read `path` and what is in it.
fn private(path: &std::path::Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} is {mode:o}", path.display());
    }
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            private(&entry.unwrap().path());
        }
    }
}

#[test]
fn the_report_reads_well() {
    let directory = tempfile::tempdir().unwrap();
    let arguments = [&["run", "--defect", "create-answers-200"], &FEW[..]].concat();
    let output = command(directory.path(), &arguments).output().unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"127\.0\.0\.1:\d+", "127.0.0.1:[port]");
    settings.add_filter(r"\[ +\d+\.\d+s\]", "[time]");
    settings.add_filter(r"\d+(\.\d)? ms", "[ms]");
    settings.add_filter(r"sha256 [0-9a-f]+", "sha256 [digest]");
    settings.add_filter(r"skyvern.yaml:\d+:\d+", "skyvern.yaml:[line]");
    settings.add_filter(r"(?m)^  \d+ │", "  [line] │");
    settings.add_filter(r"(?m)^ +(│|┌─)", "  $1");
    // What the suite sends is not the point here.
    settings.add_filter(r"\d+ requests", "[n] requests");
    settings.add_filter(
        r"\d+ answers for \d+ secrets",
        "[n] answers for [n] secrets",
    );
    settings.add_filter(
        r"smallest of \d+ inputs tried, \w+",
        "smallest of [n] inputs tried, [phase]",
    );
    settings.add_filter(r"found \d+ times", "found [n] times");
    settings.add_filter(r"Created \d+, \d+ deleted", "Created [n], [n] deleted");
    settings.add_filter(r"cred_\d+", "cred_[id]");
    settings.add_filter(
        r"\d+ checks? tested nothing: [A-Z0-9, ]+",
        "[n] checks tested nothing",
    );
    settings.bind(|| insta::assert_snapshot!(told(&output)));
}

#[test]
fn a_recording_that_is_none_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("x.json"), "{}").unwrap();
    for name in ["0123abcd", "../x", "x.json"] {
        let output = command(directory.path(), &["replay", name])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    }
}

#[test]
fn no_time_is_an_incomplete_run() {
    let directory = tempfile::tempdir().unwrap();
    let output = command(directory.path(), &["run", "--max-time", "1ms"])
        .output()
        .unwrap();
    let text = told(&output);
    assert_eq!(output.status.code(), Some(5), "{text}");
    // It may be up before the server is asked anything.
    assert!(text.contains("the time is up"), "{text}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_run_after_cleaning_up() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = command(directory.path(), &["run", "--profile", "deep", "--verbose"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("Plan") && !line.contains("PASS") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "it ended early");
    }
    let id = child.id().to_string();
    let killed = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status()
        .unwrap();
    assert!(killed.success());
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains("Stopping interrupted"), "{rest}");
    let left = |line: &str| line.contains("could not be deleted") && !line.contains("BRI030");
    assert!(!rest.lines().any(left), "{rest}");
    if let Some(created) = rest
        .lines()
        .find(|line| line.trim_start().starts_with("Created"))
    {
        let numbers: Vec<&str> = created.split_whitespace().collect();
        assert_eq!(numbers[1].trim_end_matches(','), numbers[2], "{created}");
    }
}

#[test]
fn a_server_is_served_until_it_is_interrupted() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = command(directory.path(), &["serve", "skyvern"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = out.next().unwrap().unwrap();
    let url = first.rsplit(' ').next().unwrap().to_owned();
    let key = out.next().unwrap().unwrap();
    let (variable, key) = key.split_once('=').unwrap();
    let arguments = [&["run", &url], &FEW[..]].concat();
    let output = command(directory.path(), &arguments)
        .env(variable, key)
        .output()
        .unwrap();
    let text = told(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(!text.contains(key), "{text}");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Runs against `server`, held against the document in `api.yaml`.
fn run_with_document(directory: &Path, server: &Served, arguments: &[&str]) -> Output {
    let run = ["run", server.url(), "--target", "openapi"];
    let all = [&run[..], &["--spec", "api.yaml"], arguments].concat();
    command(directory, &all)
        .env("SKYVERN_API_KEY", server.key())
        .output()
        .unwrap()
}

#[test]
fn a_server_that_has_what_is_selected_is_tested() {
    let directory = tempfile::tempdir().unwrap();
    let read = |path: &str| {
        format!(
            "  {path}:\n    get: {{operationId: get_{}, responses: {{'200': {{description: d}}, '403': {{description: d}}}}}}\n",
            path.rsplit('/').next().unwrap()
        )
    };
    let paths = ["/v1/agents", "/v1/runs", "/v1/browsers", "/v1/credentials"].map(read);
    let document = format!(
        "openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\nsecurity: [{{key: []}}]\ncomponents: {{securitySchemes: {{key: {{type: apiKey, in: header, name: x-api-key}}}}}}\npaths:\n{}",
        paths.concat()
    );
    std::fs::write(directory.path().join("api.yaml"), document).unwrap();
    let server = served(&[]);
    let run = |only: &str| {
        let some = ["--suite", "auth", "--only", only];
        run_with_document(directory.path(), &server, &some)
    };
    let there = run("*::get_credentials");
    assert_eq!(there.status.code(), Some(0), "{}", told(&there));
    let missing = run("*::get_agents");
    assert_eq!(missing.status.code(), Some(3), "{}", told(&missing));
}

#[test]
fn what_must_be_accepted_is_judged_where_the_usual_request_is() {
    let directory = tempfile::tempdir().unwrap();
    let document = "openapi: 3.1.0
info: {title: t, version: '1'}
security: [{key: []}]
components: {securitySchemes: {key: {type: apiKey, in: header, name: x-api-key}}}
paths:
  /v1/credentials/{credential_id}/update:
    post:
      operationId: update_credential
      parameters: [{name: credential_id, in: path, required: true, schema: {type: string}}]
      requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}
      responses: {'200': {description: d}, 4XX: {description: d}}
";
    std::fs::write(directory.path().join("api.yaml"), document).unwrap();
    let server = served(&[]);
    let output = run_with_document(directory.path(), &server, &["--suite", "robustness"]);
    // Nothing has an id that could be updated: no body is accepted, of whatever type.
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}
