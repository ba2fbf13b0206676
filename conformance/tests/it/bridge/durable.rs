//! A service that is killed at any moment has every credential that it acknowledged, whole.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{command, private};

const TOKEN: &str = "token-of-the-durable-service";
const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
/// How often the service is killed.
const ROUNDS: usize = 5;
/// Clients that write at the same time.
const CLIENTS: usize = 3;

struct Service {
    process: Child,
    address: String,
}

impl Service {
    fn start(directory: &Path, store: &str, key: &str) -> Self {
        let arguments = ["--store", store, "--store-key-file", key];
        let arguments = [&["serve", "credential-service"], &arguments[..]].concat();
        let mut process = command(directory, &arguments)
            .env("CUSTOM_CREDENTIAL_API_TOKEN", TOKEN)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = out.next().expect("a line").unwrap();
        let (_, url) = line.split_once("http://").expect("an address");
        let address = url.split('/').next().unwrap().to_owned();
        Self { process, address }
    }

    /// SIGKILL, where there is such a thing: nothing of the process runs any more.
    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Status and body; `None` if the service went away.
fn ask(address: &str, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    let head = format!(
        "{method} /credentials{path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {TOKEN}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8(answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}

/// As long as the number says, so that records of all sizes are under way.
fn secret(number: usize) -> String {
    let filling = "s3cr3t-filling ".repeat(number * 37 % 400);
    format!("s3cr3t-{number:06} {filling}")
}

fn body(number: usize) -> String {
    format!(
        r#"{{"name": "conformance-{number}", "type": "secret", "secret_value": "{}"}}"#,
        secret(number)
    )
}

fn id_of(answer: &str) -> String {
    let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
    answer["id"].as_str().unwrap().to_owned()
}

#[test]
fn nothing_that_was_acknowledged_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let store = directory.join("credentials.redb");
    let store = store.to_str().unwrap();
    let key = private(directory, "key", KEY);
    let next = AtomicUsize::new(0);
    let acknowledged: Mutex<Vec<(usize, String)>> = Mutex::default();
    let deleted: Mutex<Vec<String>> = Mutex::default();
    let mut moment = 7;
    for _ in 0..ROUNDS {
        let service = Service::start(directory, store, &key);
        let address = service.address.clone();
        // Kills at another moment each time, with writes under way.
        moment = moment * 5 % 23;
        let until = acknowledged.lock().unwrap().len() + moment + 3;
        thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some((status, answer)) = ask(&address, "POST", "", &body(number))
                        else {
                            return;
                        };
                        assert_eq!(status, 201, "{answer}");
                        let id = id_of(&answer);
                        if number % 5 == 4 {
                            // Unknown until it is answered: then it is gone for good.
                            let path = format!("/{id}");
                            let Some((status, _)) = ask(&address, "DELETE", &path, "") else {
                                return;
                            };
                            assert!(status < 300);
                            deleted.lock().unwrap().push(id);
                        } else {
                            acknowledged.lock().unwrap().push((number, id));
                        }
                    }
                });
            }
            while acknowledged.lock().unwrap().len() < until {
                thread::yield_now();
            }
            service.kill();
        });
        let service = Service::start(directory, store, &key);
        for (number, id) in &*acknowledged.lock().unwrap() {
            let (status, answer) = ask(&service.address, "GET", &format!("/{id}"), "").unwrap();
            assert_eq!(status, 200, "{id} is lost");
            let kept: serde_json::Value = serde_json::from_str(&answer).unwrap();
            assert_eq!(kept["secret_value"], secret(*number), "{id} is not whole");
        }
        for id in &*deleted.lock().unwrap() {
            let (status, _) = ask(&service.address, "GET", &format!("/{id}"), "").unwrap();
            assert_eq!(status, 404, "{id} is back");
        }
        service.kill();
    }
    let bytes = std::fs::read(store).unwrap();
    let shows = bytes.windows(6).any(|part| part == b"s3cr3t");
    assert!(!shows, "a secret stands in the file");
}

#[test]
fn a_wrong_key_is_one_sentence() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let store = directory.join("credentials.redb");
    let store = store.to_str().unwrap();
    let right = private(directory, "right", KEY);
    Service::start(directory, store, &right).kill();
    let wrong = private(directory, "wrong", &KEY.replace("00", "ff"));
    let malformed = private(directory, "malformed", "swordfish");
    for (key, sentence) in [
        (&wrong, "it was made with another key"),
        (&malformed, "it does not hold 32 bytes"),
    ] {
        let arguments = ["serve", "credential-service", "--store", store];
        let arguments = [&arguments[..], &["--store-key-file", key]].concat();
        let refused = command(directory, &arguments).output().unwrap();
        let told = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(2), "{told}");
        assert!(told.contains(sentence), "{told}");
        assert!(!told.contains("swordfish"), "{told}");
    }
}
