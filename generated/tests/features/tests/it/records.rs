//! Structs: what is written in which order, what is read, and what an error says of what is not.

use features_client::Error;
use features_client::models::{Parcel, ParcelPadding};
use serde_json::{from_str, to_string};

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
