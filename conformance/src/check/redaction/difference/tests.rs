use std::{sync::Arc, time::Duration};

use bytes::Bytes;

use super::*;
use crate::exchange::{Request, Response};

fn run(headers: &[(&str, &str)], body: &str, id: &str) -> Run {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Bytes::copy_from_slice(value.as_bytes())))
        .collect();
    let body = Bytes::copy_from_slice(body.as_bytes());
    let exchange = Exchange {
        request: Request::new("GET", "/things"),
        outcome: Ok(Response::new(200, "HTTP/1.1", headers, body, false)),
        began: None,
        elapsed: Duration::ZERO,
    };
    Run::of(
        [(0, 0, Arc::new(exchange))],
        &[("id a".to_owned(), id.to_owned())],
    )
}

fn told(usual: &[Run], others: &[Run]) -> Vec<String> {
    let found = compare(usual, others, &|_| false).differences;
    let told = found.iter().map(|one| {
        format!(
            "{} {:?}: {} / {}",
            one.place, one.aspect, one.usual, one.other
        )
    });
    told.collect()
}

#[test]
fn what_varies_by_itself_is_masked_and_ids_are_numbered() {
    let usual = [
        run(
            &[("x-request-id", "f0e1")],
            r#"{"id": "c_1", "at": "10:01"}"#,
            "c_1",
        ),
        run(
            &[("x-request-id", "07aa")],
            r#"{"id": "c_2", "at": "10:02"}"#,
            "c_2",
        ),
    ];
    let other = run(
        &[("x-request-id", "9b9b")],
        r#"{"id": "c_3", "at": "10:03"}"#,
        "c_3",
    );
    assert!(told(&usual, &[other]).is_empty());
    assert_eq!(
        compare(&usual, &[run(&[], "{}", "c")], &|_| false)
            .masked
            .len(),
        2
    );
}

#[test]
fn values_presence_order_and_layout_count() {
    let usual = [
        run(&[("a", "1"), ("b", "1")], r#"{"x": 1, "y": [2]}"#, "c_1"),
        run(&[("a", "1"), ("b", "1")], r#"{"x": 1, "y": [2]}"#, "c_2"),
    ];
    let other = run(&[("b", "1"), ("a", "1")], r#"{"x": 7,"y": [2, 3]}"#, "c_3");
    assert_eq!(
        told(&usual, &[other]),
        [
            "response.header:* Order: a, b / b, a",
            "response.body: Order: {x ,y [,]} / {x ,y [,,]}",
            "response.body: Layout: {\": , \": []} / {\": ,\": [, ]}",
            "response.body: Spelling: \"0\"0 / \"0\"00",
            "response.body:/x Value: 1 / 7",
            "response.body:/y/1 Value: (absent) / 3",
        ]
    );
}

#[test]
fn of_a_long_value_that_varies_the_form_counts() {
    let usual = |token: &str| run(&[("set-cookie", token)], "{}", "c_1");
    let same = [usual("s=abcdefgh01"), usual("s=ghijklmn23")];
    assert!(told(&same, &[usual("s=zzzzzzzz99")]).is_empty());
    let found = told(&same, &[usual("s=zzzzzzzz999")]);
    assert_eq!(
        found,
        ["response.header:set-cookie Form: x=xxxxxxxxxx / x=xxxxxxxxxxx"]
    );
}

#[test]
fn escapes_and_the_forms_of_numbers_count() {
    let usual = [
        run(&[], r#"{"x": "a", "y": 1}"#, "c_1"),
        run(&[], r#"{"x": "a", "y": 1}"#, "c_2"),
    ];
    let other = run(&[], r#"{"\u0078": "a", "y": 1e0}"#, "c_3");
    let found = told(&usual, &[other]);
    assert!(
        found.iter().any(|one| one.contains("Spelling")),
        "{found:?}"
    );
}

#[test]
fn of_ids_the_beginning_and_the_end_count() {
    let usual = |id: &str| run(&[], &format!(r#"{{"id": "{id}"}}"#), id);
    let same = [
        usual("cred_183_beef01"),
        usual("cred_977_beef01"),
        usual("cred_421_beef01"),
    ];
    assert!(told(&same, &[usual("cred_555_beef01")]).is_empty());
    let found = told(&same, &[usual("cred_733_77acde"), usual("cred_112_77acde")]);
    assert_eq!(found, ["response.body:/id End: _beef01\" / _77acde\""]);
}

#[test]
fn a_secret_may_show_where_it_is_permitted() {
    let usual = [run(&[], "{}", "c_1"), run(&[], "{}", "c_2")];
    let other = [run(&[], "[]", "c_3")];
    assert!(
        compare(&usual, &other, &|step| step == 0)
            .differences
            .is_empty()
    );
}
