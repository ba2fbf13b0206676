//! What was searched once is not searched again, unless it could show something by now.

use data_encoding::{BASE64, HEXLOWER};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use skyvern_conformance::secret::{canary::Class, registry::Group, scan::Scanner};

use super::{GROUP, in_answer, in_body, submit, told, value};

#[test]
fn what_shows_a_secret_shows_it_every_time() {
    let secret = value(Class::Plain, 1);
    let mut scanner = Scanner::default();
    submit(&mut scanner, "/credential/password", &secret);
    let body = json!({"seen": BASE64.encode(secret.as_bytes())}).to_string();
    for time in 0..3 {
        let found = told(&in_body(&mut scanner, body.as_bytes()));
        assert_eq!(
            found,
            ["response.body:/seen · plain · base64"],
            "time {time}"
        );
    }
}

#[test]
fn what_came_before_the_secret_does_not_come_of_it() {
    let (known, later) = (value(Class::Plain, 1), value(Class::Plain, 2));
    let mut scanner = Scanner::default();
    submit(&mut scanner, "/credential/password", &known);
    let body = json!({"build": BASE64.encode(later.as_bytes())}).to_string();
    assert!(in_body(&mut scanner, body.as_bytes()).is_empty());
    submit(&mut scanner, "/credential/password", &later);
    assert!(in_body(&mut scanner, body.as_bytes()).is_empty());
    // In another encoding it was not there before.
    let body = json!({"build": HEXLOWER.encode(later.as_bytes())}).to_string();
    let found = told(&in_body(&mut scanner, body.as_bytes()));
    assert_eq!(found, ["response.body:/build · plain · hexadecimal"]);
}

#[test]
fn the_beginning_of_a_digest_counts_after_others_have_seen_it() {
    let secret = value(Class::Plain, 1);
    let mut scanner = Scanner::default();
    submit(&mut scanner, "/credential/password", &secret);
    let digest = HEXLOWER.encode(&Sha256::digest(&secret));
    let body = json!({"tag": digest[..8]}).to_string();
    // Eight digits prove nothing where thousands of secrets could be meant.
    let others = in_answer(&mut scanner, &[], body.as_bytes(), Some(Group(2)));
    assert!(others.is_empty(), "{others:?}");
    let found = told(&in_answer(&mut scanner, &[], body.as_bytes(), Some(GROUP)));
    assert_eq!(found.len(), 1, "{found:?}");
}
