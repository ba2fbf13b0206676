//! The key of the caller is in nothing that is written or printed, whatever a server does with it.

use std::{
    io::Write,
    net::TcpStream,
    path::{Path, PathBuf},
};

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

use super::{
    command,
    hostile::{hear, server},
};

/// With characters that JSON and URLs escape.
const KEY: &str = r#"sk-Hunter2/+"%\q=0123456789 xyz"#;

/// The ways in which the server says it.
fn forms() -> Vec<String> {
    let bytes = KEY.as_bytes();
    let percent: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
    let unicode: String = KEY
        .chars()
        .map(|one| format!("\\u{:04x}", u32::from(one)))
        .collect();
    vec![
        KEY.to_owned(),
        KEY[..12].to_owned(),
        KEY.to_uppercase(),
        percent,
        unicode,
        HEXLOWER.encode(bytes),
        HEXUPPER.encode(bytes),
        BASE64.encode(bytes),
        BASE64.encode(&[b"x", bytes].concat()),
        BASE64.encode(&[b"xy", bytes, b"z"].concat()),
        BASE64URL_NOPAD.encode(bytes),
    ]
}

fn quoted() -> String {
    let forms: Vec<serde_json::Value> = forms().into_iter().map(Into::into).collect();
    serde_json::json!({"key": KEY, KEY: forms, "detail": format!("bad key '{KEY}'")}).to_string()
}

fn echo(stream: &mut TcpStream, status: &str, kind: &str, body: &str, promised: usize) {
    loop {
        hear(stream);
        let header = HEXLOWER.encode(KEY.as_bytes());
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nx-echo: {KEY}\r\nx-hex: {header}\r\n\
             set-cookie: {KEY}=1\r\nlocation: /?k={KEY}\r\ncontent-length: {promised}\r\n\r\n{body}"
        );
        if stream.write_all(head.as_bytes()).is_err() || promised != body.len() {
            return;
        }
    }
}

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Asserts that nothing of the key can be read in `bytes`.
fn hides(bytes: &[u8], what: &str) {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    // Of what is said in base64 the ends depend on what stands beside it.
    let hidden = forms().into_iter().map(|form| {
        let form = form.to_lowercase();
        let middle = form.get(4..form.len() - 4);
        // Four letters stand in many words.
        let middle = middle.filter(|middle| middle.len() > 4);
        middle.unwrap_or(&form).to_owned()
    });
    for form in hidden {
        assert!(!text.contains(&form), "{what} holds {form}: {text}");
        let escaped = form.replace('\\', "\\\\").replace('"', "\\\"");
        assert!(!text.contains(&escaped), "{what} holds {escaped}: {text}");
    }
}

/// Runs against `url`, replays what is found, and looks at every byte.
fn leaves_no_trace(url: &str, least: usize) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("key"), format!("{KEY}\n")).unwrap();
    let run = |arguments: &[&str]| {
        let output = command(directory.path(), arguments).output().unwrap();
        hides(&output.stdout, "standard output");
        hides(&output.stderr, "standard error");
        output
    };
    let output = run(&[
        "run",
        url,
        "--api-key-file",
        "key",
        "--only",
        "*::get_credential*",
        "--only",
        "*::malformed_json::create_credential",
        "--cases",
        "1",
        "--seed",
        "1",
        "--timeout",
        "500ms",
        "--verbose",
        "--max-failures",
        "12",
        "--report-dir",
        "reports",
        "--report",
        "json",
        "--report",
        "html",
        "--report",
        "junit",
        "--report",
        "sarif",
        "--report",
        "har",
        "--report",
        "markdown",
        "--report",
        "github",
        "--report",
        "ndjson",
    ]);
    let mut written = Vec::new();
    files(directory.path(), &mut written);
    written.retain(|path| !path.ends_with("key"));
    assert!(
        written.len() >= least,
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    for path in &written {
        hides(&std::fs::read(path).unwrap(), &path.display().to_string());
    }
    let recordings = written
        .iter()
        .filter(|path| path.extension().is_some_and(|one| one == "json"))
        .filter(|path| !path.ends_with("report.json"))
        .take(2);
    for path in recordings {
        run(&["replay", path.to_str().unwrap()]);
    }
}

#[test]
fn the_key_is_not_shown_by_a_server_that_says_it_with_success() {
    let url = server(|stream| {
        let body = quoted();
        echo(stream, "200 OK", "application/json", &body, body.len());
    });
    leaves_no_trace(&url, 11);
}

#[test]
fn the_key_is_not_shown_by_a_server_that_says_it_in_errors() {
    let url = server(|stream| {
        let body = forms().join("\n");
        echo(
            stream,
            &format!("500 {KEY}"),
            "text/plain",
            &body,
            body.len(),
        );
    });
    leaves_no_trace(&url, 11);
}

// No answer of it is whole, so that there is a sentence and no report.
#[test]
fn the_key_is_not_shown_by_a_server_that_says_it_and_hangs_up() {
    let url = server(|stream| {
        let body = quoted();
        echo(stream, "200 OK", KEY, &body, body.len() + 9);
    });
    leaves_no_trace(&url, 0);
}
