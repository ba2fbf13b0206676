//! Servers that ask for patience: still starting, or answering 429. They get it, within bounds, and
//! nothing of it is a finding.

use std::{
    io::Write,
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{command, hostile::hear, served, told};

const EMPTY: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]";
const STARTING: &str = "HTTP/1.1 503 Not Yet\r\ncontent-length: 0\r\n\r\n";

/// Answers request `number` (from 0) with what `answer` says; how many came.
fn counted(answer: fn(usize) -> &'static str) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&count);
    let serve = move |mut stream: TcpStream, seen: &AtomicUsize| {
        loop {
            hear(&mut stream);
            let text = answer(seen.fetch_add(1, Ordering::SeqCst));
            if stream.write_all(text.as_bytes()).is_err() {
                return;
            }
        }
    };
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let seen = Arc::clone(&seen);
            std::thread::spawn(move || serve(stream, &seen));
        }
    });
    (url, count)
}

/// A case of reads with few requests.
const READS: [&str; 6] = [
    "--only",
    "schema::valid_accepted::get_credentials",
    "--seed",
    "1",
    "--cases",
    "1",
];

fn run(url: &str, arguments: &[&str]) -> std::process::Output {
    let directory = tempfile::tempdir().unwrap();
    command(
        directory.path(),
        &[&["run", url], arguments, &READS].concat(),
    )
    .env("SKYVERN_API_KEY", "a-key-of-some-length")
    .output()
    .unwrap()
}

#[test]
fn a_server_that_is_starting_is_waited_for_and_told_once() {
    let (url, count) = counted(|number| if number < 3 { STARTING } else { EMPTY });
    let output = run(&url, &["--wait", "30s"]);
    let text = told(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let waiting: Vec<&str> = text.lines().filter(|one| one.contains("Waiting")).collect();
    let expected = format!("     Waiting up to 30s for {url}: it answers 503");
    assert_eq!(waiting, [expected], "{text}");
    assert!(count.load(Ordering::SeqCst) > 4, "{text}");
}

#[test]
fn a_server_that_listens_late_is_waited_for() {
    // Reserved, so that nobody else takes it, and not yet listened at.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://{address}");
    let directory = tempfile::tempdir().unwrap();
    let mut child = command(
        directory.path(),
        &[
            &["run", &url, "--wait", "30s", "--retries", "0"],
            &READS[..],
        ]
        .concat(),
    )
    .env("SKYVERN_API_KEY", "a-key-of-some-length")
    .stdout(std::process::Stdio::null())
    .stderr(std::process::Stdio::piped())
    .spawn()
    .unwrap();
    let mut told = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut told, &mut line).unwrap();
    assert!(line.contains("Waiting up to 30s"), "{line}");
    let listener = TcpListener::bind(address).unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                loop {
                    hear(&mut stream);
                    if stream.write_all(EMPTY.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn waiting_ends() {
    let (url, _) = counted(|_| STARTING);
    let begun = Instant::now();
    let output = run(&url, &["--wait", "300ms"]);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(begun.elapsed() < Duration::from_secs(10));
    let text = String::from_utf8_lossy(&output.stderr).replace(&url, "[url]");
    assert_eq!(
        text,
        "     Waiting up to 300ms for [url]: it answers 503\n\
         error: [url] goes on answering: it answers 503\n\
         \x20hint: it was waited for 300ms: --wait\n"
    );
}

#[test]
fn a_429_is_waited_out_and_is_no_finding() {
    fn answer(number: usize) -> &'static str {
        match number {
            5 => "HTTP/1.1 429 Slower\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n",
            6 => {
                "HTTP/1.1 429 Slower\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
                 retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: 0\r\n\r\n"
            }
            _ => EMPTY,
        }
    }
    let (url, count) = counted(answer);
    let output = run(&url, &["--report", "json=-"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["findings"], Value::Array(Vec::new()));
    let limited = &report["rate_limited"];
    assert_eq!(limited["answers"], 2, "{limited}");
    assert!(limited["waited_ms"].as_f64().unwrap() >= 100.0, "{limited}");
    // What was sent again counts once.
    let sent = count.load(Ordering::SeqCst) as u64;
    assert!(report["requests"].as_u64().unwrap() < sent);
    let text = String::from_utf8_lossy(&output.stderr);
    let waited = "s, as the server answered 2 requests with 429";
    assert!(text.contains(waited), "{text}");
}

#[test]
fn a_server_that_asks_for_an_hour_ends_the_run_without_a_finding() {
    fn answer(number: usize) -> &'static str {
        if number < 4 {
            EMPTY
        } else {
            "HTTP/1.1 429 Slower\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n"
        }
    }
    let (url, _) = counted(answer);
    let output = run(&url, &["--report", "json=-"]);
    assert_eq!(output.status.code(), Some(5), "{}", told(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["ending"], "rate-limited");
    assert_eq!(report["findings"], Value::Array(Vec::new()));
}

#[test]
fn max_time_bounds_what_is_waited() {
    fn answer(number: usize) -> &'static str {
        if number < 4 {
            EMPTY
        } else {
            "HTTP/1.1 429 Slower\r\nretry-after: 200\r\ncontent-length: 0\r\n\r\n"
        }
    }
    let (url, _) = counted(answer);
    let begun = Instant::now();
    let output = run(&url, &["--max-time", "200ms"]);
    assert_eq!(output.status.code(), Some(5), "{}", told(&output));
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_server_that_is_there_is_not_waited_for() {
    let server = served(&[]);
    let directory = tempfile::tempdir().unwrap();
    let output = command(
        directory.path(),
        &[&["run", server.url(), "--wait", "30s"], &READS[..]].concat(),
    )
    .env("SKYVERN_API_KEY", server.key())
    .output()
    .unwrap();
    let text = told(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(!text.contains("Waiting"), "{text}");
}
