//! Parameters in the path, the query, headers and cookies.

use features_client::models::{Item, ParametersSort};
use features_client::operations::parameters::ParametersParams;

use crate::answering;
use crate::server::run;

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn each_is_where_the_document_says_and_as_its_style_says() {
    run(async {
        let server = answering(204, "text/plain", "").await;
        let item = Item::new().with_name("a b").with_size(2);
        let params = ParametersParams::new()
            .with_x_trace("t e/1")
            .with_x_list(vec![1, 2])
            .with_session("s=1; x")
            .with_theme("dark")
            .with_q("a b&c")
            .with_ids(vec![1, 2])
            .with_csv(texts(&["x", "y,z"]))
            .with_piped(texts(&["x", "y|z"]))
            .with_spaced(texts(&["x", "y z"]))
            .with_filter(item.clone())
            .with_raw("a/b?c&d")
            .with_json(item.clone())
            .with_x_json(item)
            .with_sort(ParametersSort::Desc);
        let list = texts(&["x", "y/z"]);
        let client = server.client();
        client
            .parameters(-5, "a/b c?d", &list, &params)
            .await
            .unwrap();
        let request = server.only();
        let query = [
            "q=a%20b%26c",
            "ids%5B%5D=1&ids%5B%5D=2",
            "csv=x,y%2Cz",
            "piped=x%7Cy%7Cz",
            "spaced=x%20y%20z",
            "filter%5Bname%5D=a%20b&filter%5Bsize%5D=2",
            "raw=a/b?c%26d",
            "json=%7B%22name%22%3A%22a%20b%22%2C%22size%22%3A2%7D",
            "sort=desc",
        ];
        assert_eq!(
            request.target,
            format!(
                "/parameters/-5/a%2Fb%20c%3Fd/;list=x;list=y%2Fz?{}",
                query.join("&")
            )
        );
        assert_eq!(request.header("x-trace"), Some("t e/1"));
        assert_eq!(request.header("x-list"), Some("1,2"));
        assert_eq!(request.header("x-json"), Some(r#"{"name":"a b","size":2}"#));
        assert_eq!(
            request.header("cookie"),
            Some("session=s%3D1%3B%20x; theme=dark")
        );
    });
}

#[test]
fn what_is_not_set_is_not_sent_and_what_cannot_be_sent_is_an_error() {
    run(async {
        let server = answering(204, "text/plain", "").await;
        let client = server.client();
        let list = texts(&["x"]);
        let params = ParametersParams::new();
        client.parameters(1, "p", &list, &params).await.unwrap();
        let request = server.only();
        assert_eq!(request.target, "/parameters/1/p/;list=x");
        for name in ["x-trace", "x-list", "x-json", "cookie"] {
            assert_eq!(request.header(name), None);
        }
        let broken = ParametersParams::new().with_x_trace("a\r\nb: c");
        for (path, params) in [("", &params), ("..", &params), ("p", &broken)] {
            let error = client.parameters(1, path, &list, params).await.unwrap_err();
            let text = error.to_string();
            assert!(
                text.starts_with("the request cannot be written: "),
                "{text}"
            );
        }
        assert_eq!(server.seen().len(), 1);
    });
}
