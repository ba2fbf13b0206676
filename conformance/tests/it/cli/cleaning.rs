//! `clean`: what runs left goes, what others keep there stays, and what cannot go is told.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Output, Stdio},
};

use serde_json::{Value, json};

use super::{Served, command, served, told};

/// Status and JSON of an answer to a request of these parts.
fn ask(served: &Served, method: &str, path: &str, body: &str) -> (u16, Value) {
    let host = served.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let key = served.key();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nx-api-key: {key}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}

pub(super) fn create(served: &Served, name: &str) -> String {
    let body = json!({
        "name": name,
        "credential_type": "secret",
        "credential": {"secret_value": "correct horse battery staple"},
    });
    let (status, answer) = ask(served, "POST", "/v1/credentials", &body.to_string());
    assert_eq!(status, 201, "{answer}");
    answer["credential_id"].as_str().unwrap().to_owned()
}

/// The names on the server, oldest first.
pub(super) fn names(served: &Served) -> Vec<String> {
    let mut names = Vec::new();
    for page in 1.. {
        let path = format!("/v1/credentials?page={page}&page_size=100");
        let (status, answer) = ask(served, "GET", &path, "");
        assert_eq!(status, 200);
        let page = answer.as_array().unwrap();
        if page.is_empty() {
            break;
        }
        names.extend(
            page.iter()
                .map(|one| one["name"].as_str().unwrap().to_owned()),
        );
    }
    names.reverse();
    names
}

pub(super) fn clean(directory: &Path, served: &Served, arguments: &[&str]) -> Output {
    command(directory, &[&["clean", served.url()], arguments].concat())
        .env("SKYVERN_API_KEY", served.key())
        .output()
        .unwrap()
}

#[test]
fn what_has_a_name_of_ours_goes_and_the_rest_stays() {
    let server = served(&[]);
    let directory = tempfile::tempdir().unwrap();
    let theirs = ["Payroll", "conformance-notes", "my conformance-0123456789"];
    for name in theirs {
        create(&server, name);
    }
    // More than a page of them.
    let ours: Vec<String> = (0..120)
        .map(|number| create(&server, &format!("conformance-{number:010x}-1")))
        .collect();

    let dry = clean(directory.path(), &server, &["--dry-run"]);
    let text = told(&dry);
    assert_eq!(dry.status.code(), Some(0), "{text}");
    assert!(text.contains("Found 120 things"), "{text}");
    for id in &ours {
        assert!(
            text.contains(&format!("Would go credential_id {id} ")),
            "{text}"
        );
    }
    assert_eq!(names(&server).len(), 123);

    let done = clean(directory.path(), &server, &[]);
    let text = told(&done);
    assert_eq!(done.status.code(), Some(0), "{text}");
    assert!(
        text.contains("Summary 120 things deleted, 0 left"),
        "{text}"
    );
    assert!(!text.contains(server.key()), "{text}");
    assert_eq!(names(&server), theirs);

    let again = clean(directory.path(), &server, &[]);
    assert!(told(&again).contains("Summary 0 things deleted, 0 left"));
}

#[test]
fn what_a_server_does_not_let_go_is_told() {
    let server = served(&["--defect", "delete-keeps"]);
    let directory = tempfile::tempdir().unwrap();
    let id = create(&server, "conformance-0123456789");
    let done = clean(directory.path(), &server, &[]);
    let text = told(&done);
    assert_eq!(done.status.code(), Some(5), "{text}");
    let left = format!("        Left credential_id {id} conformance-0123456789\n");
    assert!(text.contains(&left), "{text}");
}

/// Starts a run, and kills it when it has told of a case.
fn killed(directory: &Path, url: &str, arguments: &[&str], key: (&str, &str)) {
    let mut child = command(
        directory,
        &[&["run", url, "--profile", "deep", "--verbose"], arguments].concat(),
    )
    .env(key.0, key.1)
    .stdout(Stdio::piped())
    .spawn()
    .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("PASS") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "it ended early");
    }
    // On Unix a signal that nothing can catch.
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The journals below `directory`.
fn journals(directory: &Path) -> Vec<std::path::PathBuf> {
    let runs = fs::read_dir(directory.join(".conformance/runs")).unwrap();
    runs.map(|run| run.unwrap().path().join("ledger.ndjson"))
        .filter(|file| file.is_file())
        .collect()
}

#[test]
fn nothing_is_left_of_a_run_that_was_killed() {
    let server = served(&[]);
    let directory = tempfile::tempdir().unwrap();
    create(&server, "Payroll");
    let key = ("SKYVERN_API_KEY", server.key());
    killed(
        directory.path(),
        server.url(),
        &["--suite", "lifecycle"],
        key,
    );
    let done = clean(directory.path(), &server, &[]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    assert_eq!(names(&server), ["Payroll"]);
    assert!(journals(directory.path()).is_empty());
}

#[test]
fn a_service_without_a_list_is_cleaned_by_the_journal() {
    let server = super::served_service(&[]);
    let directory = tempfile::tempdir().unwrap();
    let key = ("CUSTOM_CREDENTIAL_API_TOKEN", server.key());
    let target = ["--target", "credential-service"];
    killed(directory.path(), server.url(), &target, key);
    let files = journals(directory.path());
    let text = fs::read_to_string(&files[0]).unwrap();
    assert!(!text.contains(server.key()), "{text}");
    let created = text
        .lines()
        .filter(|line| line.contains("\"event\":\"created\""))
        .count();
    assert!(created > 0, "{text}");
    let clean = |arguments: &[&str]| {
        let arguments = [&["clean", server.url()], &target[..], arguments].concat();
        let output = command(directory.path(), &arguments)
            .env(key.0, key.1)
            .output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        told(&output)
    };
    let before = clean(&["--dry-run"]);
    let done = clean(&[]);
    let count = |text: &str, word: &str| {
        let line = text.lines().find(|line| line.contains(word)).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    assert_eq!(count(&before, "Found"), count(&done, "Summary"), "{done}");
    assert!(done.contains(", 0 left"), "{done}");
    assert!(journals(directory.path()).is_empty());
}

#[test]
fn a_run_that_leaves_nothing_leaves_no_journal() {
    let server = served(&[]);
    let directory = tempfile::tempdir().unwrap();
    let only = ["--only", "lifecycle::*::create_credential", "--cases", "2"];
    let output = command(
        directory.path(),
        &[&["run", server.url()], &only[..]].concat(),
    )
    .env("SKYVERN_API_KEY", server.key())
    .output()
    .unwrap();
    let text = told(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("Created"), "{text}");
    assert!(journals(directory.path()).is_empty());
}

#[test]
fn another_machine_is_cleaned_only_when_asked() {
    let directory = tempfile::tempdir().unwrap();
    let output = command(directory.path(), &["clean", "http://example.org"])
        .output()
        .unwrap();
    let text = told(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("say --allow-writes if that is meant"),
        "{text}"
    );
}
