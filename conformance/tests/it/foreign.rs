//! `--target openapi`: documents and servers that have nothing to do with Skyvern.

use serde_json::Value;

use crate::cli::{command, served, told};

mod pets;

use pets::{Fault, Pets, USER};

/// The document of the pets server.
const PETS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/foreign/pets.yaml");

const SPEC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/openapi/skyvern.yaml");
const OVERLAY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/overlays/skyvern.yaml");

/// Exit code and JSON report of a run.
fn report(url: &str, variable: (&str, &str), arguments: &[&str]) -> (Option<i32>, Value, String) {
    let directory = tempfile::tempdir().unwrap();
    let fixed = ["run", url, "--target", "openapi", "--seed", "1", "--report"];
    let arguments = [&fixed, &["json=report.json", "--cases", "4"][..], arguments].concat();
    let output = command(directory.path(), &arguments)
        .env(variable.0, variable.1)
        .output()
        .unwrap();
    let told = told(&output);
    let report = std::fs::read(directory.path().join("report.json"));
    let report = report.map_or(Value::Null, |bytes| serde_json::from_slice(&bytes).unwrap());
    (output.status.code(), report, told)
}

#[test]
fn a_document_is_enough_to_reach_what_exists() {
    let server = served(&[]);
    let arguments = ["--spec", SPEC, "--overlay", OVERLAY, "--suite", "schema"];
    let key = ("SKYVERN_API_KEY", server.key());
    let (code, report, told) = report(server.url(), key, &arguments);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(report["findings"], serde_json::json!([]), "{told}");
    assert_eq!(report["tested_nothing"], serde_json::json!([]), "{told}");
    assert_eq!(report["created"], report["deleted"]);
    assert!(report["created"].as_u64() > Some(50), "{told}");
}

#[test]
fn a_correct_server_of_another_document_conforms() {
    let pets = Pets::start(None);
    let key = ("SKYVERN_API_KEY", USER);
    let (code, report, told) = report(pets.url(), key, &["--spec", PETS]);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(report["findings"], serde_json::json!([]), "{told}");
    assert_eq!(report["tested_nothing"], serde_json::json!([]), "{told}");
    assert_eq!(report["created"], report["deleted"], "{told}");
    assert!(report["created"].as_u64() > Some(10), "{told}");
    assert_eq!(pets.count(), 0);
    for suite in ["schema", "auth", "robustness"] {
        assert!(
            report["suites"][suite]["passed"].as_u64() > Some(0),
            "{told}"
        );
    }
}

#[test]
fn a_key_in_a_header_of_the_environment_is_the_key() {
    let pets = Pets::start(None);
    let value = data_encoding::BASE64.encode(USER.as_bytes());
    let arguments = ["--spec", PETS, "--header-env", "Authorization=PETS"];
    let arguments = [&arguments[..], &["--only", "auth::missing_key::*"]].concat();
    let value = format!("Basic {value}");
    let (code, report, told) = report(pets.url(), ("PETS", &value), &arguments);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(report["suites"]["auth"]["passed"], 5, "{told}");
}

#[test]
fn faults_of_another_server_are_found() {
    let expected = [
        (Fault::AnyAge, "SCH008", "create_pet"),
        (Fault::NumberAsKind, "SCH003", "read_pet"),
        (Fault::OpenDelete, "AUT001", "delete_pet"),
    ];
    for (fault, check, operation) in expected {
        let pets = Pets::start(Some(fault));
        let key = ("SKYVERN_API_KEY", USER);
        let only = format!("*::{operation}");
        let arguments = ["--spec", PETS, "--only", &only];
        let (code, report, told) = report(pets.url(), key, &arguments);
        assert_eq!(code, Some(1), "{told}");
        let found = report["findings"].as_array().unwrap();
        let is_it = |one: &Value| one["check"] == check && one["operation"] == operation;
        assert!(found.iter().any(is_it), "{fault:?}: {told}");
    }
}

#[test]
fn the_plan_says_what_is_secret_and_why() {
    let directory = tempfile::tempdir().unwrap();
    let listed = |arguments: &[&str]| {
        let arguments = [&["list", "--target", "openapi", "--spec", SPEC], arguments].concat();
        let output = command(directory.path(), &arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let both = "(create_credential, update_credential)";
    let by_name = format!("body:/credential/password: it is called what secrets are called {both}");
    assert!(listed(&[]).contains(&by_name));
    let by_overlay = format!("body:/credential/password: it is `writeOnly` {both}");
    assert!(listed(&["--overlay", OVERLAY]).contains(&by_overlay));
}

#[test]
fn a_document_that_allows_what_its_server_refuses_is_at_fault() {
    let server = served(&[]);
    let key = ("SKYVERN_API_KEY", server.key());
    let arguments = ["--spec", SPEC, "--suite", "schema"];
    let (code, report, told) = report(server.url(), key, &arguments);
    assert_eq!(code, Some(1), "{told}");
    // Only the overlay ties the type to the shape of the credential.
    let found = report["findings"].as_array().unwrap();
    let of_suite = |one: &&Value| {
        one["check"]
            .as_str()
            .is_some_and(|id| id.starts_with("SCH"))
    };
    let found: Vec<&Value> = found.iter().filter(of_suite).collect();
    let checks: Vec<&Value> = found.iter().map(|one| &one["check"]).collect();
    assert_eq!(checks, ["SCH006", "SCH006"], "{told}");
    assert_eq!(found[0]["folded_into"], Value::Null);
    assert_eq!(found[1]["folded_into"], found[0]["name"]);
    let input = &found[0]["input"]["body"];
    assert_ne!(
        input["credential_type"],
        found[0]["nearest_pass"]["body"]["credential_type"]
    );
    assert!(
        told.contains("  Secret body:/credential/password, "),
        "{told}"
    );
}
