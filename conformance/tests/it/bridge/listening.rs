//! `--bridge-listen` and `serve skyvern --vault`, end to end.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Stdio},
};

use super::{command, private};

const TOKEN: &str = "token-of-the-bridge-5f1e";
const KEY: &str = "key-of-the-api-77aa";

struct Skyvern(Child, String);

impl Skyvern {
    fn start(directory: &std::path::Path, arguments: &[&str]) -> Self {
        let arguments = [&["serve", "skyvern"], arguments].concat();
        let mut process = command(directory, &arguments)
            .env("SKYVERN_API_KEY", KEY)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = out.next().expect("a line").unwrap();
        let (_, url) = line.split_once(" at ").expect("an address");
        Self(process, url.to_owned())
    }
}

impl Drop for Skyvern {
    fn drop(&mut self) {
        // It is gone already, or it goes now.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A free address: nobody else takes it in the meantime, nearly always.
fn address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

struct Told {
    code: Option<i32>,
    text: String,
}

fn run(directory: &std::path::Path, url: &str, address: &str, more: &[&str]) -> Told {
    let token = private(directory, "token", TOKEN);
    let arguments = [
        "run",
        url,
        "--bridge-listen",
        address,
        "--token-file",
        &token,
    ];
    let arguments = [&arguments[..], &["--seed", "1"], more].concat();
    let output = command(directory, &arguments)
        .env("SKYVERN_API_KEY", KEY)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    assert!(!text.contains(TOKEN), "{text}");
    Told {
        code: output.status.code(),
        text,
    }
}

/// Checks that take little time.
const SOME: [&str; 4] = ["--suite", "bridge", "--only", "BRI01[2-5]"];

#[test]
fn a_server_that_keeps_its_side_conforms() {
    let directory = tempfile::tempdir().unwrap();
    let (directory, address) = (directory.path(), address());
    let token = private(directory, "vault-token", TOKEN);
    let vault = format!("http://{address}/credentials/");
    let arguments = ["--vault", &vault, "--vault-token-file", &token];
    let skyvern = Skyvern::start(directory, &arguments);
    let told = run(directory, &skyvern.1, &address, &SOME);
    assert_eq!(told.code, Some(0), "{}", told.text);
}

#[test]
fn a_defect_is_found_and_found_again() {
    let directory = tempfile::tempdir().unwrap();
    let (directory, address) = (directory.path(), address());
    let token = private(directory, "vault-token", TOKEN);
    let vault = format!("http://{address}/credentials");
    let arguments = ["--vault", &vault, "--vault-token-file", &token];
    let arguments = [&arguments[..], &["--defect", "vault-update-leaves-old"]].concat();
    let skyvern = Skyvern::start(directory, &arguments);
    let told = run(directory, &skyvern.1, &address, &SOME);
    assert_eq!(told.code, Some(1), "{}", told.text);
    assert!(told.text.contains("BRI013"), "{}", told.text);
    let replay = told.text.split("replay ").nth(1).expect("how to replay");
    let replay: String = replay.chars().take_while(|c| !c.is_whitespace()).collect();
    let again = command(directory, &["replay", &replay])
        .env("SKYVERN_API_KEY", KEY)
        .output()
        .unwrap();
    let text = String::from_utf8([again.stdout, again.stderr].concat()).unwrap();
    assert_eq!(again.status.code(), Some(1), "{text}");
    assert!(text.contains("BRI013 fails again"), "{text}");
    assert!(!text.contains(TOKEN), "{text}");
}

#[test]
fn a_server_that_never_calls_is_not_tested() {
    let directory = tempfile::tempdir().unwrap();
    let (directory, address) = (directory.path(), address());
    let skyvern = Skyvern::start(directory, &[]);
    let told = run(directory, &skyvern.1, &address, &SOME);
    assert_eq!(told.code, Some(3), "{}", told.text);
    for word in [
        "never called",
        "CREDENTIAL_VAULT_TYPE=custom",
        "CUSTOM_CREDENTIAL_API_BASE_URL=http://",
        "CUSTOM_CREDENTIAL_API_TOKEN",
        "ALLOWED_HOSTS",
    ] {
        assert!(told.text.contains(word), "{word}: {}", told.text);
    }
}

#[test]
fn the_bridge_needs_its_token_and_its_target() {
    let directory = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str]| {
        let arguments = [&["run"], arguments].concat();
        let output = command(directory.path(), &arguments)
            .env_remove("CUSTOM_CREDENTIAL_API_TOKEN")
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let listen = ["--bridge-listen", "127.0.0.1:0"];
    let (code, told) = refused(&[&["http://127.0.0.1:9"], &listen[..]].concat());
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("needs the token"), "{told}");
    let other = ["--target", "credential-service", "http://127.0.0.1:9"];
    let (code, told) = refused(&[&other[..], &listen[..]].concat());
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("is for a Skyvern server"), "{told}");
}
