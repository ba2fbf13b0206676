//! `--rate-limit`: a server sees no more requests than it was promised.

use std::{
    io::Write,
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::{Duration, Instant},
};

use super::{command, hostile::hear, told};

/// Answers every request with an empty list, and tells when each came.
fn clocked() -> (String, mpsc::Receiver<Instant>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (seen, times) = mpsc::channel();
    let serve = |mut stream: TcpStream, seen: mpsc::Sender<Instant>| {
        let answer =
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]";
        loop {
            hear(&mut stream);
            let came = Instant::now();
            if stream.write_all(answer.as_bytes()).is_err() || seen.send(came).is_err() {
                return;
            }
        }
    };
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let seen = seen.clone();
            std::thread::spawn(move || serve(stream, seen));
        }
    });
    (url, times)
}

#[test]
fn requests_come_no_faster_than_the_limit() {
    const PAUSE: Duration = Duration::from_millis(20);
    let (url, times) = clocked();
    let directory = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let output = command(
        directory.path(),
        &[
            "run",
            &url,
            "--only",
            "SCH009::*",
            "--only",
            "schema::invalid_parameter_refused::*",
        ],
    )
    .args(["--profile", "quick", "--rate-limit", "50/s", "--jobs", "8"])
    .env("SKYVERN_API_KEY", "a-key-of-some-length")
    .output()
    .unwrap();
    // A server that takes everything does not conform.
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let times: Vec<Instant> = times.try_iter().collect();
    assert!(times.len() > 30, "{}", times.len());
    // Any may be late, and those after it then seem early; the last cannot be.
    let last = *times.iter().max().unwrap() - begun;
    let gaps = u32::try_from(times.len() - 1).unwrap();
    assert!(last >= PAUSE * gaps, "{} requests in {last:?}", times.len());
}
