//! `conformance.toml`, variables and flags, and where each value comes from.

use std::{fs, path::Path};

use super::{command, told};

fn shown(directory: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = command(directory, &[&["show-config"], arguments].concat());
    let output = command.envs(variables.iter().copied()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    let set = |line: &&str| !line.contains("# built in") && !line.contains("# not set");
    let lines: Vec<String> = text
        .lines()
        .filter(set)
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    lines.join("\n")
}

#[test]
fn each_layer_wins_over_the_one_below() {
    let directory = tempfile::tempdir().unwrap();
    let below = directory.path().join("a/b");
    fs::create_dir_all(&below).unwrap();
    let text = "default-profile = \"nightly\"\njobs = 2\ntimeout = \"1s\"\nretries = 7\nfail-fast = true\nspec = \"api.yaml\"\n\n\
        [profile.nightly]\ninherits = \"ci\"\njobs = 3\ntimeout = \"2s\"\n\n[profile.ci]\nseed = 9\n";
    fs::write(directory.path().join("conformance.toml"), text).unwrap();
    let variables = [
        ("SKYVERN_CONFORMANCE_TIMEOUT", "3s"),
        ("SKYVERN_CONFORMANCE_SUITE", "auth,schema"),
    ];
    let all = shown(&below, &["--max-failures", "5"], &variables);
    let path = directory.path().canonicalize().unwrap();
    let all = all
        .replace(path.to_str().unwrap(), "[dir]")
        .replace(directory.path().to_str().unwrap(), "[dir]");
    // What a flag conflicts with gives way: fail-fast.
    insta::assert_snapshot!(all, @r#"
    spec = "[dir]/api.yaml" # [dir]/conformance.toml:6
    suite = ["auth", "schema"] # $SKYVERN_CONFORMANCE_SUITE
    seed = 9 # [dir]/conformance.toml:14, profile ci
    jobs = 3 # [dir]/conformance.toml:10, profile nightly
    max-failures = 5 # command line
    timeout = "3s" # $SKYVERN_CONFORMANCE_TIMEOUT
    retries = 7 # [dir]/conformance.toml:4
    profile = "nightly" # [dir]/conformance.toml:1
    "#);
}

#[test]
fn what_is_wrong_is_told_with_file_and_line() {
    let directory = tempfile::tempdir().unwrap();
    let text = "jobz = 4\njobs = \"many\"\nheader = [\"x: hunter2\"]\nsuite = [\"schma\"]\nfail-fast = \"yes\"\n\n\
        [profile.nightly]\nmax-tim = \"3m\"\n";
    fs::write(directory.path().join("conformance.toml"), text).unwrap();
    let output = command(directory.path(), &["run"])
        .env("SKYVERN_CONFORMANCE_SEDE", "1")
        .output()
        .unwrap();
    assert!(!told(&output).contains("hunter2"));
    insta::assert_snapshot!(told(&output), @r#"
    exit 2
    --- stdout
    --- stderr
    error: conformance.toml:1:1: `jobz` is no option; did you mean `jobs`?
    error: conformance.toml:2:1: `jobs` is refused: it must be a number from 1
    error: conformance.toml:3:1: `header` is for the command line only: a value may be secret; write header-env = ["NAME=VARIABLE"]
    error: conformance.toml:4:1: `suite` is refused: there is no such suite; did you mean `schema`?
    error: conformance.toml:5:1: `fail-fast` takes true or false
    error: conformance.toml:8:1: `max-tim` is no option; did you mean `max-time`?
    error: $SKYVERN_CONFORMANCE_SEDE: `sede` is no option; did you mean `seed`?
    "#);
    fs::write(directory.path().join("conformance.toml"), "jobs = \n").unwrap();
    let output = command(directory.path(), &["list"]).output().unwrap();
    assert!(
        String::from_utf8_lossy(&output.stderr).starts_with("error: conformance.toml:1:"),
        "{}",
        told(&output)
    );
}

#[test]
fn every_line_that_init_writes_is_an_option() {
    let directory = tempfile::tempdir().unwrap();
    let output = command(directory.path(), &["init"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let file = directory.path().join("conformance.toml");
    let text = fs::read_to_string(&file).unwrap();
    // As it stands nothing is set.
    assert_eq!(shown(directory.path(), &[], &[]), "");
    // Without the marks every option is known; cert asks for key, fail-fast excludes max-failures.
    let lines: Vec<&str> = text
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.is_empty() && !rest.starts_with(' ') => rest,
            _ => line,
        })
        .collect();
    fs::write(&file, lines.join("\n")).unwrap();
    let output = command(directory.path(), &["show-config"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let again = command(directory.path(), &["init"]).output().unwrap();
    assert_eq!(again.status.code(), Some(2), "{}", told(&again));
}
