//! Sightings name the place, how much shows and what was undone; what is permitted is no sighting.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use serde_json::json;
use skyvern_conformance::secret::{
    canary::Class,
    log::Follower,
    registry::{Group, Part, Permission},
    scan::{Received, Scanner},
    totp,
};

use super::{GROUP, in_answer, in_body, submit, submit_permitted, told, value};

fn with(secret: &str) -> Scanner {
    let mut scanner = Scanner::default();
    submit(&mut scanner, "/credential/password", secret);
    scanner
}

#[test]
fn the_member_of_the_body_is_named() {
    let secret = value(Class::Quoted, 1);
    let body = json!({"detail": [{"loc": ["body"], "msg": format!("bad value {secret}!")}]});
    assert_eq!(
        told(&in_body(&mut with(&secret), body.to_string().as_bytes())),
        ["response.body:/detail/0/msg · plain"]
    );
}

#[test]
fn a_string_inside_a_string_is_read() {
    let secret = r#"Kq7"Zr\90'pLw4xTe"#;
    let inner = json!({"credential": {"password": secret}}).to_string();
    let body = json!({"debug": inner}).to_string();
    assert_eq!(
        told(&in_body(&mut with(secret), body.as_bytes())),
        ["response.body:/debug · plain · backslash escapes"]
    );
}

#[test]
fn the_name_of_a_member_counts() {
    let secret = value(Class::Plain, 3);
    let body = json!({"seen": {&secret: 1}}).to_string();
    let found = told(&in_body(&mut with(&secret), body.as_bytes()));
    assert_eq!(found, [format!("response.body:/seen/{secret} · plain")]);
}

#[test]
fn a_member_that_a_later_one_of_the_same_name_hides_is_seen() {
    let secret = value(Class::Plain, 4);
    let body = format!(r#"{{"a": "{secret}", "a": "nothing"}}"#);
    assert_eq!(
        told(&in_body(&mut with(&secret), body.as_bytes())),
        ["response.body: · plain"]
    );
}

#[test]
fn pieces_in_several_members_are_put_together() {
    let secret = value(Class::Plain, 5);
    let pieces: Vec<&str> = [&secret[..6], &secret[6..12], &secret[12..18], &secret[18..]].into();
    let body = json!({"a": pieces[0], "b": {"c": pieces[1], "d": pieces[2]}, "e": pieces[3]});
    assert_eq!(
        told(&in_body(&mut with(&secret), body.to_string().as_bytes())),
        ["response.body: · plain · pieces"]
    );
}

#[test]
fn a_compressed_body_is_read() {
    let secret = value(Class::Plain, 6);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    write!(encoder, "{}", json!({"note": secret})).unwrap();
    let body = encoder.finish().unwrap();
    let mut scanner = with(&secret);
    let headers = [("content-encoding", "gzip")];
    let found = in_answer(&mut scanner, &headers, &body, Some(GROUP));
    assert_eq!(told(&found), ["response.body:/note · plain"]);
    assert_eq!(scanner.unread(), 0);
    in_answer(&mut scanner, &[("content-encoding", "br")], b"?", None);
    assert_eq!(scanner.unread(), 1);
}

#[test]
fn parts_are_told_with_their_length() {
    let secret = value(Class::Plain, 7);
    let mut scanner = with(&secret);
    let told_of = |scanner: &mut Scanner, part: &str| {
        told(&in_body(scanner, json!([part]).to_string().as_bytes()))
    };
    assert_eq!(
        told_of(&mut scanner, &secret[..10]),
        ["response.body:/0 · the first 10 of 24, plain"]
    );
    assert_eq!(
        told_of(&mut scanner, &secret[12..]),
        ["response.body:/0 · the last 12 of 24, plain"]
    );
    assert_eq!(
        told_of(&mut scanner, &secret[4..16]),
        ["response.body:/0 · 12 of 24 from number 5, plain"]
    );
}

#[test]
fn secrets_of_other_requests_are_found_everywhere() {
    let secret = value(Class::Plain, 8);
    let mut scanner = with(&secret);
    let body = json!([{"name": secret}]).to_string();
    for group in [None, Some(Group(77))] {
        let found = in_answer(&mut scanner, &[], body.as_bytes(), group);
        assert_eq!(told(&found), ["response.body:/0/name · plain"]);
    }
}

#[test]
fn only_the_last_four_and_only_in_their_member() {
    let mut scanner = Scanner::default();
    let permission = || Permission {
        part: Part::LastFour,
        member: "last_four".to_owned(),
        operations: Vec::new(),
    };
    let mut found = Vec::new();
    for number in 0..6 {
        let card = value(Class::Card, number);
        submit_permitted(&mut scanner, "/credential/card_number", &card, permission());
        let body = json!({"last_four": &card[card.len() - 4..], "bin": &card[..6],
            "hint": format!("•••• {}", &card[card.len() - 4..])});
        found = told(&in_body(&mut scanner, body.to_string().as_bytes()));
    }
    assert_eq!(
        found,
        [
            "response.body:/bin · the first 6",
            "response.body:/hint · the last 4"
        ]
    );
    for number in 6..12 {
        let card = value(Class::Card, number);
        submit_permitted(&mut scanner, "/credential/card_number", &card, permission());
        let body = json!({"last_four": &card[card.len() - 5..]});
        found = told(&in_body(&mut scanner, body.to_string().as_bytes()));
    }
    assert_eq!(found, ["response.body:/last_four · the last 5"]);
}

#[test]
fn what_may_show_whole_is_found_elsewhere_only() {
    let mut scanner = Scanner::default();
    let permission = Permission {
        part: Part::Whole,
        member: "content".to_owned(),
        operations: Vec::new(),
    };
    let secret = value(Class::Plain, 9);
    submit_permitted(&mut scanner, "/content", &secret, permission);
    let body = json!({"content": secret, "source": secret}).to_string();
    assert_eq!(
        told(&in_body(&mut scanner, body.as_bytes())),
        ["response.body:/source · plain"]
    );
}

#[test]
fn what_may_show_whole_shows_in_the_answer_about_itself_only() {
    let secret = value(Class::Plain, 12);
    let permission = Permission {
        part: Part::Whole,
        member: "password".to_owned(),
        operations: vec!["GET /things/{id}".to_owned()],
    };
    let body = json!({"password": secret}).to_string();
    let seen = |operation: &str, path: &str, status: u16| {
        let mut scanner = Scanner::default();
        let permission = permission.clone();
        let id = submit_permitted(&mut scanner, "/password", &secret, permission);
        scanner.stored(&[id], "t 1");
        let found = scanner.scan(&Received {
            group: Some(GROUP),
            operation,
            path,
            status,
            reason: b"",
            headers: &[],
            trailers: &[],
            body: body.as_bytes(),
            during: (0, 0),
        });
        found.len()
    };
    assert_eq!(seen("GET /things/{id}", "/things/t%201", 200), 0);
    assert_eq!(seen("GET /things/{id}", "/things/t%202", 200), 1);
    assert_eq!(seen("GET /things/{id}", "/things/t%201", 404), 1);
    assert_eq!(seen("POST /things", "/things", 201), 1);
}

#[test]
fn a_short_secret_is_found_under_its_name_or_when_it_repeats() {
    let mut scanner = Scanner::default();
    submit(&mut scanner, "/credential/card_cvv", "0739");
    let named = in_body(&mut scanner, br#"{"cvv": 739, "ms": 739}"#);
    assert_eq!(told(&named), ["response.body:/cvv · plain"]);

    let mut scanner = Scanner::default();
    let mut found = Vec::new();
    for number in 0..5 {
        let code = value(Class::VerificationCode, number);
        submit(&mut scanner, "/credential/card_cvv", &code);
        let body = json!({"note": code}).to_string();
        found.push(in_body(&mut scanner, body.as_bytes()).len());
    }
    assert_eq!(found, [0, 0, 0, 1, 1]);
}

#[test]
fn one_time_codes_of_a_key_are_found_when_they_repeat() {
    let mut scanner = Scanner::default();
    let mut found = Vec::new();
    for number in 0..3 {
        let key = value(Class::OtpAuth, number);
        submit(&mut scanner, "/credential/totp", &key);
        let code = totp::code(&totp::key(&key).unwrap(), 1_700_000_000);
        found = in_body(&mut scanner, json!({"next": code}).to_string().as_bytes());
    }
    assert_eq!(told(&found), ["response.body:/next · its one-time code"]);
}

#[test]
fn logs_are_read_line_by_line() {
    let secret = value(Class::Padded, 10);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("server.log");
    std::fs::write(&path, "started\n").unwrap();
    let mut log = Follower::open(&path).unwrap();
    let text = format!(
        "started\n{}\nerror: bad value {:?}\nlast line without an end {secret}",
        json!({"level": "info", "body": {"password": secret}}),
        secret,
    );
    std::fs::write(&path, text).unwrap();
    assert_eq!(
        told(&log.read(&with(&secret)).unwrap()),
        [
            "log:server.log:2 · plain",
            "log:server.log:3 · plain",
            "log:server.log:4 · plain"
        ]
    );
    assert!(Follower::open(&directory.path().join("none")).is_err());
}
