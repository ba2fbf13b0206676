//! Bodies of requests: several parts, forms, texts, bytes, kinds of JSON.

use features_client::Upload;
use features_client::models::{Item, SendFormBody, UploadBodyOptions};
use features_client::operations::bodies::{SendOptionalParams, UploadBody};
use futures_util::stream;

use crate::answering;
use crate::server::{Recorded, run};

/// The body with the boundary that the client has drawn as `BOUNDARY`.
fn parts(request: &Recorded) -> String {
    let boundary = request.header("content-type").unwrap();
    let boundary = boundary
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
    String::from_utf8(request.body.clone())
        .unwrap()
        .replace(boundary, "BOUNDARY")
}

#[test]
fn parts_are_files_texts_and_json_and_may_be_repeated() {
    run(async {
        let server = answering(201, "application/json", "").await;
        let mut body = UploadBody::new(Upload::new("a.csv", "1,2").with_media_type("text/csv"));
        body.more = vec![Upload::new("b \"x\".bin", "B"), Upload::new("c", "C")];
        body.note = Some("é & so".to_owned());
        body.tags = vec!["x".to_owned(), "y".to_owned()];
        body.size = Some(5);
        body.options = Some(UploadBodyOptions::new().with_public(true));
        server.client().upload(body).await.unwrap();
        let file = |name: &str, file: &str, media_type: &str, content: &str| {
            format!(
                "--BOUNDARY\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: {media_type}\r\n\r\n{content}\r\n"
            )
        };
        let value = |name: &str, content: &str| {
            format!(
                "--BOUNDARY\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{content}\r\n"
            )
        };
        let expected = [
            file("file", "a.csv", "text/csv", "1,2"),
            file("more", "b \\\"x\\\".bin", "application/octet-stream", "B"),
            file("more", "c", "application/octet-stream", "C"),
            value("note", "é & so"),
            value("tags", "x"),
            value("tags", "y"),
            value("size", "5"),
            "--BOUNDARY\r\nContent-Disposition: form-data; name=\"options\"\r\nContent-Type: application/json\r\n\r\n{\"public\":true}\r\n"
                .to_owned(),
            "--BOUNDARY--\r\n".to_owned(),
        ];
        assert_eq!(parts(&server.only()), expected.concat());
    });
}

#[test]
fn a_file_is_streamed_and_what_is_not_set_is_no_part() {
    run(async {
        let server = answering(201, "application/json", "").await;
        let chunks = ["one ", "two"].map(Ok::<_, std::io::Error>);
        let content = features_client::reqwest::Body::wrap_stream(stream::iter(chunks));
        let body = UploadBody::new(Upload::new("s", content));
        server.client().upload(body).await.unwrap();
        let request = server.only();
        assert_eq!(request.header("transfer-encoding"), Some("chunked"));
        assert_eq!(request.header("content-length"), None);
        let parts = parts(&request);
        assert!(
            parts.contains("\r\n\r\none two\r\n--BOUNDARY--\r\n"),
            "{parts}"
        );
        assert_eq!(parts.matches("name=").count(), 2, "{parts}");
    });
}

/// Each line: the media type and the bytes of the body.
#[test]
fn other_bodies_have_their_media_type_and_bytes() {
    run(async {
        let server = answering(204, "text/plain", "").await;
        let client = server.client();
        let item = Item::new().with_name("n").with_size(1);
        client.send_text("h\u{e9}llo\n").await.unwrap();
        client.send_binary(vec![0, 255, 10].into()).await.unwrap();
        client
            .send_optional(&SendOptionalParams::new())
            .await
            .unwrap();
        let params = SendOptionalParams::new().with_body(item);
        client.send_optional(&params).await.unwrap();
        let seen: Vec<_> = server
            .seen()
            .iter()
            .map(|request| {
                let media_type = request.header("content-type").map(str::to_owned);
                (request.line(), media_type, request.body.clone())
            })
            .collect();
        let line = |line: &str, media_type: Option<&str>, body: &[u8]| {
            (
                line.to_owned(),
                media_type.map(str::to_owned),
                body.to_vec(),
            )
        };
        assert_eq!(
            seen,
            [
                line("POST /text", Some("text/plain"), "héllo\n".as_bytes()),
                line(
                    "PUT /binary",
                    Some("application/octet-stream"),
                    &[0, 255, 10]
                ),
                line("POST /optional", None, b""),
                line(
                    "POST /optional",
                    Some("application/json"),
                    br#"{"name":"n","size":1}"#
                ),
            ]
        );
    });
}

#[test]
fn a_form_is_percent_encoded_and_its_answer_is_text() {
    run(async {
        let server = answering(200, "text/plain", "thanks").await;
        let body = SendFormBody::new("a b&c=d+é").with_tags(vec!["x".to_owned(), "y,z".to_owned()]);
        let answer = server.client().send_form(&body).await.unwrap();
        assert_eq!(answer, "thanks");
        let request = server.only();
        assert_eq!(request.header("accept"), Some("text/plain"));
        assert_eq!(
            request.header("content-type"),
            Some("application/x-www-form-urlencoded")
        );
        assert_eq!(
            String::from_utf8(request.body).unwrap(),
            "name=a%20b%26c%3Dd%2B%C3%A9&tags=x&tags=y%2Cz"
        );
    });
}

#[test]
fn a_kind_of_json_is_named_as_the_document_names_it() {
    run(async {
        let server = answering(200, "application/json", "{\"size\": 2}").await;
        let item = Item::new().with_name("n");
        let merged = server.client().merge(&item).await.unwrap();
        assert_eq!(merged.size, Some(2));
        let request = server.only();
        assert_eq!(
            request.header("content-type"),
            Some("application/merge-patch+json")
        );
        assert_eq!(request.body, br#"{"name":"n"}"#);
    });
}
