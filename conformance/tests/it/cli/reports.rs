//! Each report is read by something that we did not write, and nothing that a server says breaks one.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

use super::{
    command,
    hostile::{hear, server},
    told,
};

/// What would end a script, a code block, a CDATA section or a line of commands, and no UTF-8.
const BODY: &[u8] = b"{\"a\":\"</script><script>alert(1)</script><!-- ]]> ```\\u001b[31m\", \"b\":\"\x1b[2J\xff\xfe\x00\"}\n::error::injected\n";

/// Every report of a run against a server that says nothing good; the directory.
fn reports() -> tempfile::TempDir {
    let url = server(|stream| {
        use std::io::Write as _;
        loop {
            hear(stream);
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-odd: </style>\r\ncontent-length: {}\r\n\r\n",
                BODY.len()
            );
            if stream
                .write_all(head.as_bytes())
                .and_then(|()| stream.write_all(BODY))
                .is_err()
            {
                return;
            }
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let mut arguments = vec![
        "run",
        &url,
        "--seed",
        "1",
        "--cases",
        "1",
        "--suite",
        "schema,auth",
    ];
    arguments.extend([
        "--only",
        "*::get_credentials",
        "--report-dir",
        "r",
        "--timeout",
        "300ms",
    ]);
    for format in [
        "html", "junit", "json", "ndjson", "sarif", "har", "markdown", "github",
    ] {
        arguments.extend(["--report", format]);
    }
    let page = directory.path().join("summary.md");
    let output = command(directory.path(), &arguments)
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &page)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(fs::read_to_string(page).unwrap().starts_with("## "));
    // What the server says is printed while commands are not read.
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (stop, rest) = text.split_once('\n').unwrap();
    let word = stop.strip_prefix("::stop-commands::").unwrap();
    let (quiet, commands) = rest.split_once(&format!("::{word}::\n")).unwrap();
    assert!(!quiet.contains(word), "{text}");
    let is_ours = |line: &str| {
        ["::error ", "::warning ", "::notice "]
            .iter()
            .any(|one| line.starts_with(one))
    };
    assert!(
        commands.lines().all(is_ours) && commands.starts_with("::error "),
        "{commands}"
    );
    assert!(commands.lines().count() <= 30, "{commands}");
    directory
}

fn text(directory: &Path, name: &str) -> String {
    let text = fs::read_to_string(directory.join("r").join(name)).unwrap();
    let harmless = |c: char| c == '\n' || c == '\t' || c == '\r' || !c.is_control();
    assert!(
        text.chars().all(harmless),
        "{name} holds a control character"
    );
    text
}

#[test]
fn every_report_is_read_by_others() {
    let directory = reports();
    let directory = directory.path();
    let json: Value = serde_json::from_str(&text(directory, "report.json")).unwrap();
    let findings = json["findings"].as_array().unwrap().len();
    assert!(findings > 2, "{json:#}");

    html(&text(directory, "report.html"), &json);

    let xml = text(directory, "junit.xml");
    let parsed = quick_junit_free(&xml);
    assert_eq!(Some(parsed as u64), json["cases"].as_u64());

    let har: har::Har = serde_json::from_str(&text(directory, "report.har")).unwrap();
    let har::Spec::V1_2(log) = har.log else {
        panic!("another version")
    };
    assert!(log.entries.len() >= findings);
    let times: std::collections::BTreeSet<&str> = log
        .entries
        .iter()
        .map(|entry| entry.started_date_time.as_str())
        .collect();
    assert!(times.len() > 1, "{times:?}");

    let sarif: Value = serde_json::from_str(&text(directory, "report.sarif")).unwrap();
    let validator = jsonschema::validator_for(&sarif_schema()).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&sarif)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), findings);
    for result in results {
        let line = &result["locations"][0]["physicalLocation"]["region"]["startLine"];
        assert!(line.as_u64() > Some(0), "{result:#}");
    }

    let lines = text(directory, "run.ndjson");
    assert!(
        lines
            .lines()
            .all(|line| serde_json::from_str::<Value>(line).is_ok())
    );
    let page = text(directory, "report.md");
    assert!(
        !page.contains("<script>alert") || page.contains("```"),
        "{page}"
    );
}

/// How many cases the tests of a JUnit report are.
fn quick_junit_free(xml: &str) -> usize {
    let document = roxmltree::Document::parse(xml).unwrap();
    let cases = document
        .descendants()
        .filter(|node| node.has_tag_name("testcase"));
    let failed = document
        .descendants()
        .filter(|node| node.has_tag_name("failure"))
        .count();
    let told = document.root_element().attribute("failures").unwrap();
    assert_eq!(told, failed.to_string());
    assert!(failed > 0);
    cases.count()
}

fn html(page: &str, json: &Value) {
    let document = scraper::Html::parse_document(page);
    assert!(document.errors.is_empty(), "{:?}", document.errors);
    let all = |what: &str| {
        let selector = scraper::Selector::parse(what).unwrap();
        document
            .select(&selector)
            .map(|one| one.value().clone())
            .collect::<Vec<_>>()
    };
    assert!(all("script, iframe, object, embed, link, img, form").is_empty());
    let ids: std::collections::BTreeSet<String> = all("[id]")
        .iter()
        .filter_map(|one| one.attr("id"))
        .map(str::to_owned)
        .collect();
    assert_eq!(ids.len(), all("[id]").len(), "an id stands twice");
    for link in all("a") {
        let target = link.attr("href").unwrap().strip_prefix('#').unwrap();
        assert!(ids.contains(target), "nothing is at #{target}");
    }
    for finding in json["findings"].as_array().unwrap() {
        let name = finding["replay"]
            .as_str()
            .unwrap()
            .rsplit(' ')
            .next()
            .unwrap();
        assert!(ids.contains(&format!("finding-{name}")), "{name}");
    }
    let cases = ids.iter().filter(|id| id.starts_with("case-")).count();
    assert_eq!(cases as u64, json["cases"].as_u64().unwrap());
    assert!(!all("mark").is_empty(), "nothing is marked");
}

/// The schema of SARIF, from the package of a crate that is fetched and never built.
fn sarif_schema() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages
        .iter()
        .find(|one| one["name"] == "serde-sarif")
        .unwrap();
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    let schema = fs::read_to_string(manifest.with_file_name("src/schema.json")).unwrap();
    let mut schema: Value = serde_json::from_str(&schema).unwrap();
    // This pattern of the standard has a bracket too many and is no regular expression.
    for place in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][place]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    schema
}
