//! The binary as a person or a CI job meets it: exit codes, sentences, files.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

mod cleaning;
mod config;
mod dry_run;
mod history;
mod hostile;
mod json;
mod killed;
mod lasting;
mod logs;
mod patience;
mod proxy;
mod rate;
mod reports;
mod running;
mod secrecy;
mod tls;

/// The binary in an empty directory, without a key in its environment.
pub(crate) fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_skyvern-conformance"));
    command
        .args(arguments)
        .current_dir(directory)
        .env_remove("SKYVERN_API_KEY")
        .env("NO_COLOR", "1");
    command
}

/// A reference server in a process of its own, until this is dropped.
pub(crate) struct Served {
    process: Child,
    url: String,
    key: String,
}

impl Served {
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It is gone already, or it goes now.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn served(arguments: &[&str]) -> Served {
    serve("skyvern", arguments)
}

pub(crate) fn served_service(arguments: &[&str]) -> Served {
    serve("credential-service", arguments)
}

fn serve(server: &str, arguments: &[&str]) -> Served {
    let arguments = [&["serve", server], arguments].concat();
    let mut process = command(&std::env::temp_dir(), &arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut line = || out.next().unwrap().unwrap();
    let url = line().rsplit(' ').next().unwrap().to_owned();
    let key = line().split_once('=').unwrap().1.to_owned();
    Served { process, url, key }
}

fn output(arguments: &[&str]) -> Output {
    let directory = tempfile::tempdir().unwrap();
    command(directory.path(), arguments).output().unwrap()
}

/// Exit code, standard output and standard error as one text.
pub(crate) fn told(output: &Output) -> String {
    format!(
        "exit {}\n--- stdout\n{}--- stderr\n{}",
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    )
}

#[test]
fn arguments_that_make_no_sense_are_refused_with_what_to_do() {
    let cases: [&[&str]; 17] = [
        &["run", "http://user:hunter2@localhost/"],
        &["run", "http://localhost/?key=hunter2"],
        &["run", "localhost:8000"],
        &["run", "ftp://localhost"],
        &["run", "http://example.org"],
        &["run", "--suite", "shema"],
        &["run", "--suite", "contrast"],
        &["run", "--shard", "3/2"],
        &["run", "--shard", "auto"],
        &["run", "--target", "openapi"],
        &["run", "--target", "openapi", "--spec", "api.yaml"],
        &["run", "--spec", "missing.yaml"],
        &["run", "--report", "pdf"],
        &["run", "--defect", "list-is-txt"],
        &["run", "http://localhost:1", "--defect", "list-is-text"],
        &["run", "--rate-limit", "fast"],
        &["run", "http://localhost:1", "--header", "X A: hunter2"],
    ];
    let mut all = String::new();
    for arguments in cases {
        let output = output(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        all.extend(["$ ", &arguments.join(" "), "\n"]);
        all.push_str(&String::from_utf8_lossy(&output.stderr));
        all.push('\n');
    }
    let errors: String = all.lines().filter(|line| !line.starts_with('$')).collect();
    assert!(!errors.contains("hunter2"), "{all}");
    insta::assert_snapshot!(all);
}

#[test]
fn what_is_selected_is_nothing() {
    insta::assert_snapshot!(told(&output(&["run", "--only", "nonsense::*"])), @r"
    exit 4
    --- stdout
    --- stderr
    error: no case was selected
     hint: `skyvern-conformance list` lists what there is for --suite, --only and --skip
    ");
}

#[test]
fn a_check_is_explained() {
    insta::assert_snapshot!(told(&output(&["explain", "sch003"])));
    let by_name = output(&["explain", "schema::body_valid"]);
    assert_eq!(told(&by_name), told(&output(&["explain", "SCH003"])));
}

#[test]
fn an_unknown_check_is_told_with_a_likely_one() {
    insta::assert_snapshot!(told(&output(&["explain", "SHC003"])), @r"
    exit 2
    --- stdout
    --- stderr
    error: there is no check `SHC003`
     hint: did you mean `SCH003`?
    ");
}

#[test]
fn every_check_of_the_table_is_explained() {
    for check in skyvern_conformance::check::CHECKS.iter() {
        let output = output(&["explain", check.id]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.starts_with(check.id), "{text}");
    }
}

#[test]
fn completions_know_the_commands() {
    let output = output(&["completions", "bash"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    for word in ["replay", "--max-failures", "robustness"] {
        assert!(text.contains(word) || word == "robustness", "{word}");
    }
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_list_follows_the_selection() {
    let list = |arguments: &[&str]| {
        let output = output(&[&["list"], arguments].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    let cases = |text: &str| -> Vec<String> {
        let cases = text
            .lines()
            .skip_while(|line| !line.ends_with(" cases"))
            .skip(1)
            .take_while(|line| line.contains("::"));
        cases.map(|line| line.trim().to_owned()).collect()
    };
    let all = cases(&list(&[]));
    assert!(!all.is_empty());
    let auth = cases(&list(&["--suite", "auth"]));
    assert!(
        auth.iter().all(|case| case.starts_with("auth::")),
        "{auth:?}"
    );
    // Shards are a partition.
    let mut shards: Vec<String> = (1..=3)
        .flat_map(|number| cases(&list(&["--shard", &format!("{number}/3")])))
        .collect();
    let mut sorted = all.clone();
    sorted.sort();
    shards.sort();
    assert_eq!(shards, sorted);
    // A check selects its cases, and only itself is listed.
    let one = list(&["--only", "AUT001"]);
    assert!(one.starts_with("1 checks\n  AUT001 "), "{one}");
    let skipped = list(&["--skip", "auth::*", "--skip", "lifecycle::*"]);
    assert!(!skipped.contains("auth::") && skipped.contains("schema::"));
}
