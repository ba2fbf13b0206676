//! Documents of running servers: what is fetched, what is refused, and what is said about it.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Command, Output},
    thread,
};

use crate::transcript;

const DOCUMENT: &str = r#"{"openapi": "3.1.0", "info": {"title": "Pets", "version": "1"}, "paths": {"/pets": {"get": {"operationId": "list_pets", "responses": {"200": {"description": "All."}}}}}}"#;

/// A server that answers each path as told, and that nobody waits for.
fn server(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let path = path_of(&mut stream);
            // The client may have gone away, as it does from an endless answer.
            let _ = stream.write_all(&answer(&path));
        }
    });
    url
}

fn path_of(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 1024];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
    }
    let text = String::from_utf8_lossy(&request);
    text.split(' ').nth(1).unwrap_or_default().to_owned()
}

fn ok(kind: &str, body: &str) -> Vec<u8> {
    answer("200 OK", &format!("content-type: {kind}\r\n"), body)
}

fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The program that fetches, built beside the tests; a run of this file alone may find none.
fn program() -> Option<PathBuf> {
    let tests = std::env::current_exe().unwrap();
    let profile = tests.parent().and_then(|deps| deps.parent());
    let program = profile.map(|profile| profile.join("examples/fetch"));
    let program = program.filter(|program| program.exists());
    if program.is_none() {
        eprintln!("skipped: the example was not built");
    }
    program
}

fn fetch(arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new(program()?);
    command.env_remove("http_proxy").env_remove("HTTP_PROXY");
    Some(command.args(arguments).output().unwrap())
}

/// What the program says about a server, whose port differs each time.
fn said(url: &str, arguments: &[&str]) -> Option<String> {
    let output = fetch(arguments)?;
    let port = url.rsplit(':').next().unwrap();
    Some(transcript(&output).replace(port, "PORT"))
}

#[test]
fn a_document_comes_as_it_is() {
    let url = server(|path| match path {
        "/openapi.json" => ok("application/json", DOCUMENT),
        "/moved" => answer("307 Temporary Redirect", "location: /openapi.json\r\n", ""),
        _ => ok("text/plain; charset=utf-8", "openapi: 3.1.0"),
    });
    for (path, text) in [
        ("openapi.json", DOCUMENT),
        ("moved", DOCUMENT),
        ("yaml", "openapi: 3.1.0"),
    ] {
        let Some(output) = fetch(&[&format!("{url}/{path}")]) else {
            return;
        };
        assert!(output.status.success(), "{}", transcript(&output));
        assert_eq!(output.stdout, text.as_bytes());
    }
}

#[test]
fn what_is_no_document_is_said_to_be_none() {
    let url = server(|path| match path.trim_start_matches('/') {
        "page" => ok("text/html; charset=utf-8", "<html>"),
        "closed" => answer("401 Unauthorized", "", ""),
        "broken" => answer("502 Bad Gateway", "", "upstream"),
        "empty" => ok("application/json", " \n"),
        "large" => ok("application/json", &" ".repeat(5000)),
        "endless" => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n".to_vec();
            [head, vec![b' '; 100_000]].concat()
        }
        "cut" => b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec(),
        "loop" => answer("302 Found", "location: /loop\r\n", ""),
        _ => answer("404 Not Found", "", ""),
    });
    let mut text = String::new();
    for path in [
        "page",
        "closed",
        "broken",
        "empty",
        "large",
        "endless",
        "cut",
        "loop",
        "nothing?key=secret",
    ] {
        let address = format!("{url}/{path}");
        let Some(one) = said(&url, &["--limit", "4000", &address]) else {
            return;
        };
        text.push_str(&one);
    }
    assert!(!text.contains("secret"), "{text}");
    insta::assert_snapshot!("fetch-refused", text);
}

#[test]
fn a_server_that_is_silent_or_absent() {
    // It takes connections, as the system does for it, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let Some(text) = said(&url, &["--timeout", "200", &url]) else {
        return;
    };
    insta::assert_snapshot!("fetch-silent", text);

    let absent = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{absent}");
    let text = said(&url, &[&format!("http://ada:secret@{absent}/openapi.json")]).unwrap();
    assert!(!text.contains("secret"), "{text}");
    insta::assert_snapshot!("fetch-absent", text);
}

/// A server that answers in plain text whatever it is sent.
#[test]
fn a_server_without_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let Some(text) = said(url.trim_end_matches('/'), &[&url]) else {
        return;
    };
    assert!(
        text.contains("failed to fetch https://127.0.0.1:PORT/"),
        "{text}"
    );
    assert!(text.ends_with("exit code 2\n"), "{text}");
}

/// The whole way: `xtask` starts the program through cargo, for which a script stands here that takes it as it is built.
#[cfg(unix)]
#[test]
fn xtask_reads_a_document_from_a_server() {
    use std::{fs, os::unix::fs::PermissionsExt};

    let Some(program) = program() else { return };
    let folder = tempfile::tempdir().unwrap();
    let cargo = folder.path().join("cargo");
    let script = format!(
        "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done\nshift\nexec {} \"$@\"\n",
        program.display()
    );
    fs::write(&cargo, script).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let url = server(|path| match path {
        "/openapi.json?key=secret" => ok("application/json", DOCUMENT),
        "/broken.json" => ok("application/json", &DOCUMENT.replace("3.1.0", "2.0")),
        _ => answer("404 Not Found", "", ""),
    });
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .current_dir(folder.path())
            .args(arguments)
            .env("CARGO", &cargo)
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let port = url.rsplit(':').next().unwrap();
        transcript(&output).replace(port, "PORT")
    };
    let address = format!("{url}/openapi.json?key=secret");
    let regenerated = run(&["regenerate", "--spec", &address, "--out", "out"]);
    assert!(
        regenerated.contains("Read http://127.0.0.1:PORT/openapi.json: 1 operation"),
        "{regenerated}"
    );
    let library = fs::read_to_string(folder.path().join("out/src/lib.rs")).unwrap();
    assert!(
        library.starts_with("// @generated by `cargo xtask regenerate` from http://127.0.0.1:"),
        "{library}"
    );
    assert!(!library.contains("key="), "{library}");

    fs::write(
        folder.path().join("old.json"),
        DOCUMENT.replace("All.", "Some."),
    )
    .unwrap();
    let text = [
        run(&["spec-diff", "old.json", &address]),
        run(&[
            "regenerate",
            "--spec",
            &format!("{url}/broken.json"),
            "--out",
            "other",
        ]),
        run(&["spec-diff", "old.json", &format!("{url}/none.json")]),
    ];
    insta::assert_snapshot!("fetch-xtask", text.concat());
}
