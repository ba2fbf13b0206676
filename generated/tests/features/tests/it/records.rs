//! Structs: what is written in which order, what is read, and what an error says of what is not.

use features_client::Error;
use features_client::models::{Parcel, ParcelPadding, Pick};
use serde_json::{Value, from_str, to_string, to_value};

use crate::answering;
use crate::server::run;

fn parcel() -> Parcel {
    Parcel::new("Ada", None, 2.0)
}

#[test]
fn constants_are_written_first_and_what_is_not_set_is_left_out() {
    let table = [
        (parcel(), r#""to":"Ada","note":null,"weight":2"#),
        (
            Parcel::new("Ada", Some("fragile".to_owned()), 0.5)
                .with_max_size(3.0)
                .with_type("box")
                .with_limits(vec![1.0, 1.5])
                .with_padding(ParcelPadding::new()),
            r#""to":"Ada","note":"fragile","weight":0.5,"max-size":3,"type":"box","limits":[1,1.5],"padding":{}"#,
        ),
    ];
    for (parcel, members) in table {
        let expected = format!(r#"{{"kind":"parcel","version":3,"is_new":true,{members}}}"#);
        assert_eq!(to_string(&parcel).unwrap(), expected);
    }
    let mut more = parcel();
    more.id = Some("the server's to say".to_owned());
    more.additional_properties.insert("rank".to_owned(), 7);
    let text = to_string(&more).unwrap();
    assert!(text.ends_with(r#""weight":2,"rank":7}"#), "{text}");
    assert!(!text.contains("the server's"), "{text}");
}

#[test]
fn members_come_in_any_order_and_others_are_kept() {
    let text = r#"{"rank": 7, "weight": 2, "type": "box", "kind": "parcel", "version": 4, "note": null,
        "to": "Ada", "id": "p1", "max-size": null, "is_new": null}"#;
    let read: Parcel = from_str(text).unwrap();
    let mut expected = parcel().with_type("box");
    expected.id = Some("p1".to_owned());
    expected.additional_properties.insert("rank".to_owned(), 7);
    assert_eq!(read, expected);
    // An answer may leave out what may be null, and constants.
    let short: Parcel = from_str(r#"{"to": "Ada", "weight": 2.0}"#).unwrap();
    assert_eq!(short, parcel());
}

#[test]
fn the_tag_of_a_union_may_be_null_where_it_may_be_left_out() {
    for text in [
        r#"{"kind":"Linked","id":"1","since":5}"#,
        r#"{"kind":null,"id":"1","since":null}"#,
        r#"{"id":"1","kind":null,"since":{"year":1}}"#,
        r#"{"id":"1","kind":"Linked","since":5}"#,
        r#"{"id":"1","since":null}"#,
    ] {
        let read: Pick = from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let Pick::Linked(linked) = &read else {
            panic!("{text}: {read:?}");
        };
        assert_eq!(linked.id, "1");
        let mut value: Value = from_str(text).unwrap();
        // What may be null is left out where it is.
        value
            .as_object_mut()
            .unwrap()
            .retain(|name, value| name != "kind" || !value.is_null());
        assert_eq!(to_value(&read).unwrap(), value, "{text}");
    }
    let named: Pick = from_str(r#"{"name":"n","kind":"Named"}"#).unwrap();
    assert!(matches!(named, Pick::Named(_)), "{named:?}");
    let error = from_str::<Pick>(r#"{"kind":7,"id":"1"}"#)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with(".kind: invalid type, expected a string"),
        "{error}"
    );
}

#[test]
fn an_error_names_members_of_the_document_and_no_others() {
    run(async {
        let table = [
            (
                "[\"Ada\", 2]",
                "",
                "invalid type: sequence, expected an object",
            ),
            ("{\"to\": \"Ada\"}", "", "missing field `weight`"),
            (
                "{\"to\": null, \"weight\": 2}",
                "to",
                "invalid type: null, expected a string",
            ),
            (
                "{\"to\": \"\", \"max-size\": \"3\"}",
                "max-size",
                "invalid type: string, expected f64",
            ),
            (
                "{\"to\": \"\", \"s3cret\": \"\"}",
                "*",
                "invalid type: string, expected i64",
            ),
        ];
        for (body, path, message) in table {
            let server = answering(200, "application/json", body).await;
            let error = server.client().send_parcel(&parcel()).await.unwrap_err();
            let Error::Decode(failure) = &error else {
                panic!("{error}");
            };
            assert_eq!(failure.error.path(), path, "{error}");
            assert!(failure.error.message().starts_with(message), "{error}");
        }
        let twice: Result<Parcel, _> = from_str(r#"{"to": "Ada", "to": "Ada", "weight": 2}"#);
        let error = twice.unwrap_err().to_string();
        assert!(error.starts_with("duplicate field `to`"), "{error}");
    });
}
