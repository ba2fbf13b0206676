//! No key reaches any output, whatever it is, whatever a server does with it and however a run fails.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL_NOPAD, HEXLOWER};
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};

use super::{
    THINGS,
    bytes::{raw, said, success},
    outputs::FORMATS,
    server::{Act, Request, Server, When},
};
use crate::cli::{command, told};

/// How many keys are drawn.
const KEYS: usize = 6;

/// Keys as services give them out, and others that are hard to find: everything that a header carries.
fn keys() -> Vec<String> {
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let strategy = prop_oneof![
        "[A-Za-z0-9]{16,48}",
        "sk-[A-Za-z0-9_-]{24}",
        "eyJ[A-Za-z0-9_-]{20}\\.[A-Za-z0-9_-]{20}\\.[A-Za-z0-9_-]{20}",
        "[!-~][ -~]{10,30}[!-~]",
    ];
    let draw = |_| strategy.new_tree(&mut runner).unwrap().current();
    (0..KEYS).map(draw).collect()
}

/// The ways in which a server says a key.
fn forms(key: &str) -> Vec<String> {
    let bytes = key.as_bytes();
    let each = |write: fn(u8) -> String| -> String { key.bytes().map(write).collect() };
    vec![
        key.to_owned(),
        key[..key.len() - 1].to_owned(),
        key[1..].to_owned(),
        key.to_uppercase(),
        key.to_lowercase(),
        key.chars().rev().collect(),
        each(|byte| format!("%{byte:02X}")),
        each(|byte| format!("%25{byte:02X}")),
        each(|byte| format!("\\u{byte:04x}")),
        each(|byte| format!("\\x{byte:02x}")),
        each(|byte| format!("={byte:02X}")),
        each(|byte| format!("&#{byte};")),
        each(|byte| format!("&#x{byte:02x};")),
        each(|byte| format!("{} ", char::from(byte))),
        each(|byte| format!("{}\0", char::from(byte))),
        each(|byte| format!("{byte:02X}:")),
        json!(bytes).to_string(),
        HEXLOWER.encode(bytes),
        BASE64.encode(bytes),
        BASE64.encode(&[b"x", bytes].concat()),
        BASE64.encode(&[b"user:", bytes].concat()),
        BASE64URL_NOPAD.encode(bytes),
        BASE32_NOPAD.encode(bytes),
        Value::from(key).to_string(),
    ]
}

/// Says the key in every form and at every place where a text can stand.
fn echo(request: &Request, key: &str) -> Vec<u8> {
    let forms = forms(key);
    let fields: String = [
        key,
        &HEXLOWER.encode(key.as_bytes()),
        &BASE64.encode(key.as_bytes()),
    ]
    .iter()
    .map(|form| format!("x-echo: {form}\r\nset-cookie: {form}=1\r\nlocation: /?k={form}\r\n"))
    .collect();
    let mut thing = json!({"thing_id": key, "name": forms});
    for form in forms {
        thing[&form] = form.clone().into();
    }
    let list = request.method == "GET" && !request.target.starts_with("/things/");
    let body = if list { json!([thing]) } else { thing };
    let reason = format!("{} {key}", success(request).split(' ').next().unwrap());
    said(&reason, &fields, body.to_string())
}

/// Says it in an error that is no JSON.
fn fail(key: &str) -> Vec<u8> {
    let text = forms(key).join("\n");
    let head = format!(
        "500 {key}\r\ncontent-type: {key}\r\nx-{}: 1\r\ncontent-length: {}",
        HEXLOWER.encode(key.as_bytes()),
        text.len()
    );
    raw(&head, text.as_bytes())
}

/// What shows something of `key` in `text`: a piece of eight characters of it in one form or another.
fn shown(key: &str, text: &str) -> Option<String> {
    let text = text.to_lowercase();
    // Between the characters of a form stand others, in reports escaped.
    let squeezed =
        |text: &str| -> String { text.chars().filter(char::is_ascii_alphanumeric).collect() };
    let dense = squeezed(&text);
    forms(key).into_iter().find(|form| {
        let form = form.to_lowercase();
        let tight = squeezed(&form);
        // Of what stands within base64, the ends depend on what stands beside it.
        let inner = |form: &str| form.get(6..form.len().saturating_sub(6)).map(str::to_owned);
        let is_in = |form: Option<String>, text: &str| {
            form.is_some_and(|form| form.len() >= 12 && text.contains(&form))
        };
        is_in(inner(&form), &text) || is_in(inner(&tight), &dense)
    })
}

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Asserts that neither what was printed nor what was written shows anything of `key`, and that only its
/// owner reads what was written.
fn hides(key: &str, output: &Output, directory: &Path) {
    let text = told(output);
    let seen = shown(key, &text);
    assert!(seen.is_none(), "{seen:?} of {key:?}: {text}");
    let mut written = Vec::new();
    files(directory, &mut written);
    for path in written
        .into_iter()
        .filter(|path| !path.ends_with("the-key"))
    {
        let bytes = fs::read(&path).unwrap();
        let seen = shown(key, &String::from_utf8_lossy(&bytes));
        assert!(
            seen.is_none(),
            "{} shows {seen:?} of {key:?}",
            path.display()
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{} is {mode:o}", path.display());
        }
    }
}

fn run(directory: &Path, url: &str, arguments: &[&str]) -> Output {
    let mut all = vec!["run", url, "--target", "openapi", "--spec", THINGS];
    all.extend([
        "--cases",
        "1",
        "--seed",
        "1",
        "--retries",
        "0",
        "--report-dir",
        "r",
    ]);
    all.extend(["--timeout", "500ms", "--max-time", "4s", "--verbose"]);
    for format in FORMATS {
        all.extend(["--report", format]);
    }
    all.extend(arguments);
    command(directory, &all)
        .env("RUST_BACKTRACE", "full")
        .output()
        .unwrap()
}

#[test]
fn no_key_is_shown_by_a_server_that_says_it_everywhere() {
    let acts: [Act; 3] = [
        Act::Answer(|request, world| echo(request, &world.key)),
        Act::Answer(|_, world| fail(&world.key)),
        // It answers, and never ends what it began.
        Act::Last(|request, world| {
            let mut bytes = echo(request, &world.key);
            bytes.truncate(bytes.len() - 1);
            bytes
        }),
    ];
    let keys = keys();
    std::thread::scope(|scope| {
        for act in acts {
            let keys = &keys;
            scope.spawn(move || {
                for (number, key) in keys.iter().enumerate() {
                    let when = [When::Always, When::Turned][number % 2];
                    let server = Server::with_key(key, act, &[], when);
                    let directory = tempfile::tempdir().unwrap();
                    let directory = directory.path();
                    fs::write(directory.join("the-key"), format!("{key}\n")).unwrap();
                    let suites = ["--suite", "schema,redaction,auth"];
                    let arguments = [&["--api-key-file", "the-key"], &suites[..]].concat();
                    let output = run(directory, &server.url, &arguments);
                    hides(key, &output, directory);
                    let code = output.status.code();
                    assert!(matches!(code, Some(1 | 3)), "{code:?}: {}", told(&output));
                    let clean = [
                        "clean",
                        &server.url,
                        "--target",
                        "openapi",
                        "--spec",
                        THINGS,
                    ];
                    let output = command(directory, &clean)
                        .args(["--api-key-file", "the-key"])
                        .output()
                        .unwrap();
                    hides(key, &output, directory);
                }
            });
        }
    });
}

#[test]
fn no_key_is_shown_by_mistakes_on_the_command_line() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let key = "hunter2hunter2-0123456789";
    fs::write(directory.join("the-key"), format!("{key}\u{e9}\n")).unwrap();
    fs::create_dir(directory.join("d")).unwrap();
    let url = "http://127.0.0.1:9";
    let with_user = format!("http://{key}@127.0.0.1:9");
    let in_query = format!("http://127.0.0.1:9/?key={key}");
    let header = format!("Authorization: Bearer {key}");
    let joined = format!("--api-key={key}");
    let pair = format!("Authorization={key}");
    let proxy = format!("http://me:{key}@127.0.0.1:9");
    let cases: Vec<Vec<&str>> = vec![
        vec![url, key],
        vec![url, "--api-key", key],
        vec![url, &joined],
        vec![url, "--api-key-file", key],
        vec![url, "--api-key-file", "the-key"],
        vec![url, "--api-key-file", "d"],
        vec![url, "--token-file", key, "--target", "credential-service"],
        vec![url, "--header", key],
        vec![url, "--header", &pair],
        vec![url, "--header-env", &header],
        vec![url, "--header-env", &pair],
        vec![url, "--header-env", key],
        vec![url, "--proxy", &proxy],
        vec![&with_user],
        vec![&in_query],
    ];
    for case in cases {
        let output = command(directory, &["run"]).args(&case).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{case:?}: {}", told(&output));
        hides(key, &output, &directory.join("d"));
    }
    // What is wrong with the value of a variable is told without it, too.
    let odd = format!("{key}\u{e9}");
    for variable in [
        "SKYVERN_API_KEY",
        "SKYVERN_CONFORMANCE_SEED",
        "SKYVERN_CONFORMANCE_HEADER",
    ] {
        let output = command(directory, &["run", url])
            .env(variable, &odd)
            .output()
            .unwrap();
        assert_eq!(
            output.status.code(),
            Some(2),
            "{variable}: {}",
            told(&output)
        );
        hides(key, &output, &directory.join("d"));
    }
}

/// Set in the process that panics.
const PANICS: &str = "CONFORMANCE_TEST_PANICS";

/// A panic of the runner in a process of its own: this one, started again.
#[test]
fn no_key_is_shown_by_a_panic() {
    let key = "hunter2hunter2-0123456789";
    if std::env::var_os(PANICS).is_some() {
        skyvern_conformance::panics::install();
        let secret = skyvern_conformance::transport::Secret::new(key.to_owned());
        let base = "http://127.0.0.1:9".parse().unwrap();
        let redactor = skyvern_conformance::redact::Redactor::new(&base, None, Some(&secret), &[]);
        assert!(!redactor.text(key).contains("hunter2"));
        let form = HEXLOWER.encode(key.as_bytes());
        panic!("{key} \u{1b}[2J {form}");
    }
    let name = std::thread::current().name().unwrap().to_owned();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &name, "--nocapture"])
        .env(PANICS, "1")
        .env("RUST_BACKTRACE", "full")
        .output()
        .unwrap();
    let text = told(&output);
    assert!(!output.status.success(), "{text}");
    assert!(
        text.contains("this is a fault of skyvern-conformance: panicked at"),
        "{text}"
    );
    assert!(
        text.contains("‹secret›") && text.contains("secrets.rs"),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'), "{text}");
    assert_eq!(shown(key, &text), None, "{text}");
}
