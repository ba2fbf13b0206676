//! What is written for people holds: every command line of the documents and examples is one that the
//! program takes, and what the README shows is what it prints.

use std::{fs, path::Path};

use clap::Parser as _;
use serde_json::Value;
use skyvern_conformance::{cli::Cli, reference::credential_service};

mod commands;
mod shown;

use commands::{Line, in_markdown, in_shell, in_yaml};

/// The workspace.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The files of a folder of the workspace with one of these endings, in order.
fn files(folder: &str, endings: &[&str]) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let wanted = |name: &String| endings.iter().any(|ending| name.ends_with(ending));
    let mut files: Vec<String> = names
        .filter(wanted)
        .map(|name| format!("{folder}/{name}"))
        .collect();
    files.sort();
    files
}

/// Every command line, with where it stands.
fn lines() -> Vec<Line> {
    let mut lines = Vec::new();
    let pages = [vec!["README.md".to_owned()], files("docs", &[".md"])].concat();
    for file in pages {
        lines.extend(in_markdown(&file, &read(&file)));
    }
    for file in files("docs/examples", &[".yml", ".yaml"]) {
        lines.extend(in_yaml(&file, &read(&file)));
    }
    lines.extend(in_yaml("action.yml", &read("action.yml")));
    lines.extend(in_shell("Dockerfile", &read("Dockerfile")));
    lines
}

#[test]
fn every_command_line_is_one() {
    let mut wrong = Vec::new();
    let lines = lines();
    for Line { place, arguments } in &lines {
        if let Err(error) = Cli::try_parse_from(arguments)
            && error.use_stderr()
        {
            wrong.push(format!("{place}: {}\n{error}", arguments.join(" ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // A search that finds nothing tests nothing.
    for file in [
        "README.md",
        "action.yml",
        "docs/bridge.md",
        "docs/credential-service.md",
        "docs/output.md",
        "docs/examples/github-workflow.yml",
        "docs/examples/kubernetes-job.yaml",
    ] {
        let found = lines
            .iter()
            .filter(|line| line.place.starts_with(file))
            .count();
        assert!(found > 0, "{file} holds no command line");
    }
}

#[test]
fn a_command_line_that_is_none_is_found() {
    let page = "```console\n$ skyvern-conformance run URL --no-such-flag\n```\n\n`skyvern-conformance explode`\n";
    let found = in_markdown("x.md", page);
    assert_eq!(found.len(), 2);
    for line in found {
        assert!(
            Cli::try_parse_from(&line.arguments).is_err(),
            "{}",
            line.place
        );
    }
}

#[test]
fn the_workflow_gives_the_action_what_it_takes() {
    let action: Value = serde_yaml::from_str(&read("action.yml")).unwrap();
    let workflow = read("docs/examples/github-workflow.yml");
    let workflow: Value = serde_yaml::from_str(&workflow).unwrap();
    let jobs = workflow["jobs"].as_object().unwrap();
    let steps = jobs
        .values()
        .flat_map(|job| job["steps"].as_array().unwrap());
    let ours: Vec<&Value> = steps.filter(|step| step["uses"] == "./").collect();
    assert!(!ours.is_empty());
    for step in ours {
        let given = step["with"].as_object().unwrap();
        for name in given.keys() {
            assert!(
                !action["inputs"][name].is_null(),
                "the action takes no {name}"
            );
        }
        for (name, input) in action["inputs"].as_object().unwrap() {
            assert!(
                input["required"] != true || given.contains_key(name),
                "{name}"
            );
        }
    }
}

#[test]
fn the_image_starts_the_program() {
    let text = read("Dockerfile");
    let entry = text
        .lines()
        .find_map(|line| line.strip_prefix("ENTRYPOINT "));
    let entry: Vec<String> = serde_json::from_str(entry.unwrap()).unwrap();
    let copied = text
        .lines()
        .filter(|line| line.starts_with("COPY --from=build"));
    assert!(
        copied
            .into_iter()
            .any(|line| line.ends_with(&format!(" {}", entry[0])))
    );
}

#[test]
fn the_sample_fails_as_many_checks_as_the_page_says() {
    let mut table = credential_service::DEFECTS.iter();
    let sample = table.find(|defect| defect.name == "doc-sample").unwrap();
    let checks = sample.also.iter().chain([&sample.check]);
    let (contract, others): (Vec<&str>, Vec<&str>) =
        checks.partition(|check| check.starts_with("CON"));
    let says = format!(
        "fails {} of the checks of the suite contract, and {} more",
        contract.len(),
        others.len()
    );
    let page = read("docs/credential-service.md").replace('\n', " ");
    assert!(page.contains(&says), "{says}");
}

#[test]
fn the_readme_is_no_book() {
    let lines = read("README.md").lines().count();
    assert!(lines <= 250, "{lines} lines");
}
