//! `run --dry-run`: everything is shown, nothing is sent, and what is shown is what is sent.

use std::net::TcpListener;

use super::{command, told};

/// A key that must not be shown.
const KEY: &str = "k3y-that-is-not-to-be-shown";

/// A server that must not be spoken to: whoever connects is seen by [`untouched`].
fn listening() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

fn untouched(listener: &TcpListener) {
    let error = listener.accept().expect_err("somebody connected");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
}

fn dry(arguments: &[&str]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let output = command(
        directory.path(),
        &[&["run", "--dry-run", "--seed", "1"], arguments].concat(),
    )
    .env("SKYVERN_API_KEY", KEY)
    .output()
    .unwrap();
    let text = told(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(!text.contains(KEY), "{text}");
    // Nothing is recorded, either.
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    String::from_utf8(output.stdout).unwrap()
}

/// How many requests the last line tells of, and how many are shown.
fn counts(text: &str) -> (usize, usize) {
    let last = text.lines().last().unwrap();
    let told = last.split_whitespace().nth(1).unwrap().parse().unwrap();
    let shown = text
        .lines()
        .filter(|line| line.starts_with("curl "))
        .count();
    (told, shown)
}

/// The ids that the server would give are not known.
fn without_ids(text: &str) -> String {
    let digits = |rest: &'_ str| {
        rest.trim_start_matches(|one: char| one.is_ascii_digit())
            .to_owned()
    };
    let parts: Vec<String> = text.split("cred_").map(digits).collect();
    parts.join("cred_")
}

#[test]
fn all_requests_are_shown_and_none_is_sent() {
    let (listener, url) = listening();
    let text = dry(&[
        &url,
        "--suite",
        "schema,auth",
        "--only",
        "*::create_credential",
    ]);
    untouched(&listener);
    let (told, shown) = counts(&text);
    assert!(told > 100 && told == shown, "{told} told, {shown} shown");
    assert!(
        text.contains("# schema::valid_accepted::create_credential\n"),
        "{text}"
    );
    assert!(text.contains(&format!("{url}/v1/credentials")), "{text}");
    assert!(text.contains("\"$SKYVERN_API_KEY\""), "{text}");
    // What is created is deleted, by the id that it would have.
    assert!(text.contains("# clean-up\n"), "{text}");
    let again = dry(&[
        &url,
        "--suite",
        "schema,auth",
        "--only",
        "*::create_credential",
    ]);
    assert_eq!(without_ids(&text), without_ids(&again));
}

#[test]
fn another_machine_needs_no_leave_to_be_shown() {
    let text = dry(&[
        "http://192.0.2.1",
        "--only",
        "schema::valid_accepted::get_credentials",
    ]);
    assert!(text.contains("http://192.0.2.1/v1/credentials"), "{text}");
}

#[test]
fn of_random_inputs_the_first_is_shown() {
    let (_listener, url) = listening();
    let only = "schema::valid_accepted::create_credential";
    let none = counts(&dry(&[&url, "--only", only, "--cases", "0"])).0;
    let one = counts(&dry(&[&url, "--only", only, "--cases", "1"])).0;
    let many = counts(&dry(&[&url, "--only", only, "--cases", "50"])).0;
    assert!(none < one, "{none} {one}");
    assert_eq!(one, many);
}

#[test]
fn other_targets_are_shown_too() {
    let (listener, url) = listening();
    let service = dry(&[
        &url,
        "--target",
        "credential-service",
        "--only",
        "contract::create*",
    ]);
    assert!(counts(&service).0 > 100);
    assert!(
        service.contains(&format!("curl --path-as-is -X POST {url}")),
        "{service}"
    );
    let pets = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/foreign/pets.yaml");
    let openapi = dry(&[&url, "--target", "openapi", "--spec", pets]);
    untouched(&listener);
    let (told, shown) = counts(&openapi);
    assert!(told > 50 && told == shown, "{told} told, {shown} shown");
    // With an id of the document in its place.
    assert!(
        openapi.contains(&format!("-X DELETE {url}/pets/")),
        "{openapi}"
    );
}
