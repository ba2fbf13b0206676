//! Answers: streams, several statuses, ranges of them, and what is tolerated in JSON.

use features_client::Error;
use features_client::models::{Item, NumbersEither, NumbersLevel};
use features_client::operations::answers::{
    DownloadError, DrawPngError, RangedError, SeveralError, SeveralResponse,
};
use serde_json::to_value;

use crate::answering;
use crate::server::run;

#[test]
fn a_download_is_a_stream_that_the_limit_of_bodies_does_not_bound() {
    run(async {
        let server = answering(200, "application/pdf", &"x".repeat(100_000)).await;
        let client = server.builder().max_body(10).build().unwrap();
        let mut download = client.download().await.unwrap();
        assert_eq!(server.only().header("accept"), Some("application/pdf"));
        assert_eq!(download.status(), 200);
        assert_eq!(download.headers()["content-type"], "application/pdf");
        let mut length = 0;
        while let Some(chunk) = download.chunk().await.unwrap() {
            length += chunk.len();
        }
        assert_eq!(length, 100_000);
        let whole = client.download().await.unwrap();
        assert_eq!(whole.bytes(100_000).await.unwrap().len(), 100_000);
        let whole = client.download().await.unwrap();
        assert!(whole.bytes(99_999).await.is_err());
    });
}

#[test]
fn the_errors_of_a_download_are_read() {
    run(async {
        let server = answering(404, "application/json", "{\"message\": \"gone\"}").await;
        let error = server.client().download().await.unwrap_err();
        let Some(DownloadError::NotFound(problem)) = error.documented() else {
            panic!("{error}");
        };
        assert_eq!(problem.message, "gone");
    });
}

#[test]
fn events_are_read_as_they_come() {
    run(async {
        let text = "\u{feff}: a comment\nevent: tick\ndata: one\ndata:two\nid: 7\n\r\ndata\r\n\r\nretry: 5\n\nevent: none\n\ndata: last";
        let server = answering(200, "text/event-stream", text).await;
        let mut events = server.client().watch().await.unwrap();
        assert_eq!(server.only().header("accept"), Some("text/event-stream"));
        let mut seen = Vec::new();
        while let Some(event) = events.next().await {
            let event = event.unwrap();
            seen.push((event.event, event.data, event.id));
        }
        let event =
            |event: &str, data: &str, id: &str| (event.to_owned(), data.to_owned(), id.to_owned());
        // The last one is not whole, and so is none.
        assert_eq!(seen, [event("tick", "one\ntwo", "7"), event("", "", "7")]);
    });
}

#[test]
fn each_status_has_its_type() {
    run(async {
        let problem = "{\"message\": \"m\"}";
        let table = [
            (
                200,
                "{\"name\": \"n\"}",
                "Ok(Item { name: Some(\"n\"), size: None })",
            ),
            (202, "soon", "Accepted(\"soon\")"),
            (204, "", "NoContent"),
            (404, problem, "NotFound(Problem { message: \"m\" })"),
            (409, problem, "ClientError(Problem { message: \"m\" })"),
            (500, "broken", "Other(\"broken\")"),
            (302, "", "Other(\"\")"),
        ];
        for (status, body, expected) in table {
            let server = answering(status, "application/json", body).await;
            let shown = match server.client().several().await {
                Ok(answer) => shown_answer(&answer),
                Err(error) => {
                    assert_eq!(error.status().unwrap(), status);
                    assert_eq!(error.body().unwrap(), body);
                    shown_error(error.documented().unwrap())
                }
            };
            assert_eq!(shown, expected, "{status}");
        }
        let server = answering(404, "application/json", "[]").await;
        let error = server.client().several().await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{error}");
    });
}

fn shown_answer(answer: &SeveralResponse) -> String {
    format!("{answer:?}")
}

fn shown_error(error: &SeveralError) -> String {
    format!("{error:?}")
}

#[test]
fn ranges_and_the_default_take_what_no_exact_status_takes() {
    run(async {
        let server = answering(206, "application/json", "{\"size\": 3}").await;
        assert_eq!(server.client().ranged().await.unwrap().size, Some(3));
        for status in [300, 418, 599] {
            let server = answering(status, "application/json", "{\"message\": \"m\"}").await;
            let error = server.client().ranged().await.unwrap_err();
            assert!(
                matches!(error.documented(), Some(RangedError::Other(_))),
                "{error}"
            );
        }
        // No error is documented: the answer is kept all the same.
        let server = answering(500, "text/plain", "x").await;
        let error = server.client().watch().await.unwrap_err();
        assert!(matches!(error, Error::Unexpected(_)), "{error}");
        assert_eq!(error.body().unwrap(), "x");
    });
}

#[test]
fn an_integer_may_have_a_fraction_of_zero() {
    run(async {
        let body = r#"{"count": 5.0, "small": 1e2, "share": 2.0, "level": 2.0, "either": 7.0,
            "by_name": {"a": 0.0}, "nullable": null, "later": 1.5}"#;
        let server = answering(200, "application/json", body).await;
        let numbers = server.client().lenient().await.unwrap();
        assert_eq!((numbers.count, numbers.small), (5, Some(100)));
        assert_eq!(numbers.level, Some(NumbersLevel::V2));
        assert_eq!(numbers.either, Some(NumbersEither::Integer(7)));
        assert_eq!(to_value(&numbers).unwrap()["share"], 2);
        assert_eq!(numbers.by_name.unwrap()["a"], 0);
    });
}

#[test]
fn an_integer_beyond_its_type_is_an_error_that_names_the_place() {
    run(async {
        let table = [
            ("{\"count\": 9223372036854775808}", "count"),
            ("{\"count\": 1e30}", "count"),
            ("{\"count\": 1.5}", "count"),
            ("{\"count\": 1, \"small\": 2147483648}", "small"),
            ("{\"count\": 1, \"by_name\": {\"k\": 0.5}}", "by_name.*"),
        ];
        for (body, place) in table {
            let server = answering(200, "application/json", body).await;
            let error = server.client().lenient().await.unwrap_err();
            let Error::Decode(failure) = &error else {
                panic!("{error}");
            };
            assert_eq!(failure.error.path(), place, "{error}");
        }
    });
}

#[test]
fn each_content_type_of_a_body_has_its_method() {
    run(async {
        let item = Item::new().with_name("hat");
        let server = answering(200, "application/json", "{\"size\": 3}").await;
        let drawn = server.client().draw(&item).await.unwrap();
        assert_eq!(drawn.size, Some(3));
        let server = answering(200, "application/json", "{\"size\": 4}").await;
        let drawn = server.client().draw_form(&item).await.unwrap();
        assert_eq!(drawn.size, Some(4));
        let sent = server.only();
        assert_eq!(
            sent.header("content-type"),
            Some("application/x-www-form-urlencoded")
        );
        assert_eq!(sent.body, *b"name=hat");
        let server = answering(200, "text/event-stream", "data: done\n\n").await;
        let mut events = server.client().draw_form_events(&item).await.unwrap();
        assert_eq!(events.next().await.unwrap().unwrap().data, "done");
        assert_eq!(server.only().header("accept"), Some("text/event-stream"));
        let server = answering(200, "image/png", "PNG").await;
        let picture = server.client().draw_png(&item).await.unwrap();
        assert_eq!(picture.bytes(3).await.unwrap(), *b"PNG");
        assert_eq!(server.only().header("accept"), Some("image/png"));
        let server = answering(400, "application/json", "{\"message\": \"no\"}").await;
        let error = server.client().draw_png(&item).await.unwrap_err();
        let Some(DrawPngError::BadRequest(problem)) = error.documented() else {
            panic!("{error}");
        };
        assert_eq!(problem.message, "no");
    });
}
