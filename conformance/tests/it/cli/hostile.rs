//! Servers that cannot be tested: one clear sentence, exit 3, in bounded time.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

use super::{command, told};

/// A key that must not be shown.
const KEY: &str = "hunter2-0123456789abcdef";

/// Serves each connection with `serve` until the process ends; its base URL.
pub(super) fn server(serve: fn(&mut TcpStream)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut stream = stream;
                serve(&mut stream);
            });
        }
    });
    url
}

/// Reads the head of a request.
pub(super) fn hear(stream: &mut TcpStream) {
    let mut heard = Vec::new();
    let mut byte = [0];
    while !heard.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count > 0) {
        heard.push(byte[0]);
    }
}

/// Answers every request on the connection with these bytes.
fn answer(stream: &mut TcpStream, bytes: &str) {
    loop {
        hear(stream);
        if stream.write_all(bytes.as_bytes()).is_err() {
            return;
        }
    }
}

/// Writes until nobody listens any more.
fn pour(stream: &mut TcpStream, head: &str, drops: &[u8], pause: Duration) {
    hear(stream);
    if stream.write_all(head.as_bytes()).is_err() {
        return;
    }
    while stream.write_all(drops).is_ok() {
        // A drop at a time is what this server is about.
        std::thread::park_timeout(pause);
    }
}

/// What a run against `url` says on standard error, with the address replaced.
fn refusal(url: &str, arguments: &[&str]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let started = Instant::now();
    let output = command(
        directory.path(),
        &[&["run", url, "--timeout", "400ms"], arguments].concat(),
    )
    .env("SKYVERN_API_KEY", KEY)
    .output()
    .unwrap();
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
    let told = told(&output);
    assert!(!told.contains("hunter2"), "{told}");
    assert!(output.stdout.is_empty(), "{told}");
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    String::from_utf8_lossy(&output.stderr).replace(url, "[url]")
}

#[test]
fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(
        refusal(&url, &[]),
        "error: [url] cannot be reached: Connection refused (os error 111)\n"
    );
}

#[test]
fn no_such_host() {
    let text = refusal(
        "http://no-such-host.invalid",
        &["--allow-writes", "--retries", "0"],
    );
    assert!(text.contains("error: [url] cannot be reached: "), "{text}");
}

#[test]
fn a_web_page() {
    let url = server(|stream| {
        answer(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: 6\r\n\r\n<html>",
        );
    });
    assert_eq!(
        refusal(&url, &[]),
        "error: [url] answers with a web page, not with the API\n\
         \x20hint: is the base URL right?\n"
    );
}

#[test]
fn the_key_is_refused() {
    let url = server(|stream| {
        answer(
            stream,
            "HTTP/1.1 403 No\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
        );
    });
    assert_eq!(
        refusal(&url, &[]),
        "error: the server refused our key (403 on GET /v1/credentials, 2 of 2 probes)\n\
         \x20hint: set SKYVERN_API_KEY, or say --api-key-file FILE\n"
    );
}

#[test]
fn another_api() {
    let url = server(|stream| {
        answer(
            stream,
            "HTTP/1.1 404 No\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
        );
    });
    assert_eq!(
        refusal(&url, &[]),
        "error: [url] knows none of the document's operations (404 on GET /v1/credentials)\n\
         \x20hint: is the base URL right?\n"
    );
}

#[test]
fn a_redirect_is_not_followed() {
    let url = server(|stream| {
        answer(
            stream,
            "HTTP/1.1 307 Go\r\nlocation: http://169.254.169.254/key?hunter2\r\ncontent-length: 0\r\n\r\n",
        );
    });
    assert_eq!(
        refusal(&url, &[]),
        "error: [url] answers with redirects to http://169.254.169.254\n\
         \x20hint: give the URL that they lead to\n"
    );
}

#[test]
fn no_http() {
    let url = server(|stream| answer(stream, "SSH-2.0-OpenSSH_9.9\r\n\r\n"));
    assert_eq!(
        refusal(&url, &[]),
        "error: [url] does not speak HTTP: invalid HTTP version parsed\n"
    );
}

#[test]
fn closes_at_once() {
    let url = server(|_| ());
    assert_eq!(
        refusal(&url, &[]),
        "error: [url] closes connections without an answer\n"
    );
}

#[test]
fn never_answers() {
    let url = server(|stream| {
        hear(stream);
        hear(stream);
    });
    assert_eq!(
        refusal(&url, &[]),
        "error: [url] gave no whole answer within 400ms\n"
    );
}

#[test]
fn headers_that_come_byte_by_byte() {
    let url = server(|stream| {
        pour(
            stream,
            "HTTP/1.1 200 OK\r\nx: ",
            b"y",
            Duration::from_millis(20),
        );
    });
    assert_eq!(
        refusal(&url, &[]),
        "error: [url] gave no whole answer within 400ms\n"
    );
}

#[test]
fn headers_that_do_not_end() {
    let url = server(|stream| {
        pour(
            stream,
            "HTTP/1.1 200 OK\r\nx: ",
            &[b'y'; 4096],
            Duration::ZERO,
        );
    });
    let text = refusal(&url, &[]);
    assert!(text.contains("error: [url] "), "{text}");
}

#[test]
fn a_body_that_does_not_end() {
    fn flood(stream: &mut TcpStream) {
        pour(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n",
            &vec![b' '; 65536],
            Duration::ZERO,
        );
    }
    let text = refusal(&server(flood), &[]);
    assert!(text.contains("error: [url] "), "{text}");
}

#[test]
fn plain_http_where_tls_is_asked_for() {
    let url = server(|stream| {
        // Whether it arrives before the client gives up does not matter.
        let _ = stream.write_all(b"HTTP/1.1 400 No\r\ncontent-length: 0\r\n\r\n");
    });
    let text = refusal(&url.replace("http://", "https://"), &[]);
    assert!(text.contains("no TLS session with"), "{text}");
}
