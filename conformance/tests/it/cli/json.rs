//! The JSON report keeps its promise: the core of it is fixed.

use serde_json::{Value, json};

use super::command;

/// The fixed core; further members are welcome.
fn promise() -> Value {
    let text = json!({"type": "string", "minLength": 1});
    let optional = json!({"type": ["string", "null"]});
    let count = json!({"type": "integer", "minimum": 0});
    let level = json!({"enum": ["must", "should", "may"]});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["schema", "tool", "seed", "target", "url", "started", "duration_ms",
            "requests", "checks", "findings", "created", "deleted", "complete"],
        "properties": {
            "schema": {"const": 1},
            "tool": text,
            "seed": count,
            "target": {"enum": ["skyvern", "credential-service", "openapi"]},
            "url": {"type": "string", "pattern": "^https?://"},
            "started": {
                "type": "string",
                "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$",
            },
            "duration_ms": {"type": "number", "minimum": 0},
            "requests": count,
            "checks": {"type": "array", "minItems": 1, "items": {
                "type": "object",
                "required": ["id", "level", "passed", "failed", "skipped"],
                "properties": {
                    "id": {"type": "string", "pattern": "^[A-Z]{3}[0-9]{3}$"},
                    "level": level,
                    "passed": count, "failed": count, "skipped": count,
                },
            }},
            "findings": {"type": "array", "items": {
                "type": "object",
                "required": ["check", "level", "case", "operation", "summary", "location",
                    "secret", "evidence", "spec", "input", "nearest_pass", "replay", "curl",
                    "exchanges", "known"],
                "properties": {
                    "check": {"type": "string", "pattern": "^[A-Z]{3}[0-9]{3}$"},
                    "level": level,
                    "case": {"type": "string", "pattern": "^[a-z]+::[a-z0-9_]+::[a-z0-9_]+$"},
                    "operation": optional,
                    "summary": text,
                    "location": {"type": "string",
                        "pattern": "^(response\\.(status|header:.+|body:.*)|request\\.[a-z]+:.*|connection)$"},
                    "secret": optional,
                    "evidence": {"type": "string"},
                    "spec": {"type": ["string", "null"], "pattern": "^.+:[0-9]+$"},
                    "replay": {"type": "string", "pattern": "^skyvern-conformance replay [0-9a-f]+$"},
                    "curl": optional,
                    "exchanges": {"type": "array", "minItems": 1},
                    "known": {"type": "boolean"},
                },
            }},
            "created": count,
            "deleted": count,
            "complete": {"type": "boolean"},
        },
    })
}

#[test]
fn the_core_of_the_report_is_as_promised() {
    let validator = jsonschema::validator_for(&promise()).unwrap();
    for (defect, code) in [("", 0), ("create-answers-200", 1)] {
        let directory = tempfile::tempdir().unwrap();
        let mut arguments = vec!["run", "--only", "*::create_credential", "--suite", "schema"];
        arguments.extend(["--seed", "7", "--cases", "1", "--report", "json=-"]);
        if !defect.is_empty() {
            arguments.extend(["--defect", defect]);
        }
        let output = command(directory.path(), &arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let findings = report["findings"].as_array().unwrap().len();
        assert_eq!(findings > 0, code == 1);
    }
}
