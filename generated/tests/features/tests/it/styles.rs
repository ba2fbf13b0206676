//! Every style of parameters with every type of value, on the wire: the table of the OpenAPI Specification 3.1.1,
//! section "Style Examples", reaches a server byte for byte.

use features_client::models::{Color, Mix};

use crate::answering;
use crate::server::{Recorded, run};

/// A string, an array, an object.
fn colors() -> [Color; 3] {
    let texts = ["blue", "black", "brown"];
    [
        Color::from("blue".to_owned()),
        Color::from(texts.map(str::to_owned).to_vec()),
        Color::from(Mix::new().with_r(100).with_g(200).with_b(150)),
    ]
}

/// What the server has seen of each color.
macro_rules! seen {
    ($operation:ident) => {{
        let mut seen = Vec::new();
        for color in colors() {
            let server = answering(204, "text/plain", "").await;
            server.client().$operation(&color).await.unwrap();
            seen.push(server.only());
        }
        seen
    }};
}

fn targets(seen: &[Recorded]) -> Vec<&str> {
    seen.iter().map(|one| one.target.as_str()).collect()
}

fn headers<'a>(seen: &'a [Recorded], name: &str) -> Vec<&'a str> {
    seen.iter().filter_map(|one| one.header(name)).collect()
}

#[test]
fn in_the_path() {
    run(async {
        assert_eq!(
            targets(&seen!(matrix)),
            [
                "/styles/matrix/;color=blue",
                "/styles/matrix/;color=blue,black,brown",
                "/styles/matrix/;color=R,100,G,200,B,150",
            ]
        );
        assert_eq!(
            targets(&seen!(matrix_exploded)),
            [
                "/styles/matrix-exploded/;color=blue",
                "/styles/matrix-exploded/;color=blue;color=black;color=brown",
                "/styles/matrix-exploded/;R=100;G=200;B=150",
            ]
        );
        assert_eq!(
            targets(&seen!(label)),
            [
                "/styles/label/.blue",
                "/styles/label/.blue,black,brown",
                "/styles/label/.R,100,G,200,B,150",
            ]
        );
        assert_eq!(
            targets(&seen!(label_exploded)),
            [
                "/styles/label-exploded/.blue",
                "/styles/label-exploded/.blue.black.brown",
                "/styles/label-exploded/.R=100.G=200.B=150",
            ]
        );
        assert_eq!(
            targets(&seen!(simple)),
            [
                "/styles/simple/blue",
                "/styles/simple/blue,black,brown",
                "/styles/simple/R,100,G,200,B,150",
            ]
        );
        assert_eq!(
            targets(&seen!(simple_exploded)),
            [
                "/styles/simple-exploded/blue",
                "/styles/simple-exploded/blue,black,brown",
                "/styles/simple-exploded/R=100,G=200,B=150",
            ]
        );
    });
}

#[test]
fn in_the_query() {
    run(async {
        assert_eq!(
            targets(&seen!(form)),
            [
                "/styles/form?color=blue",
                "/styles/form?color=blue,black,brown",
                "/styles/form?color=R,100,G,200,B,150",
            ]
        );
        assert_eq!(
            targets(&seen!(form_exploded)),
            [
                "/styles/form-exploded?color=blue",
                "/styles/form-exploded?color=blue&color=black&color=brown",
                "/styles/form-exploded?R=100&G=200&B=150",
            ]
        );
        // The table has no string for the three styles below; it is written as `form` does.
        assert_eq!(
            targets(&seen!(spaces))[1..],
            [
                "/styles/spaces?color=blue%20black%20brown",
                "/styles/spaces?color=R%20100%20G%20200%20B%20150",
            ]
        );
        assert_eq!(
            targets(&seen!(pipes))[1..],
            [
                "/styles/pipes?color=blue%7Cblack%7Cbrown",
                "/styles/pipes?color=R%7C100%7CG%7C200%7CB%7C150",
            ]
        );
        assert_eq!(
            targets(&seen!(deep))[2],
            "/styles/deep?color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"
        );
    });
}

#[test]
fn in_headers_and_cookies() {
    run(async {
        assert_eq!(
            headers(&seen!(header_simple), "color"),
            ["blue", "blue,black,brown", "R,100,G,200,B,150"]
        );
        assert_eq!(
            headers(&seen!(header_simple_exploded), "color"),
            ["blue", "blue,black,brown", "R=100,G=200,B=150"]
        );
        assert_eq!(
            headers(&seen!(cookie_form), "cookie"),
            [
                "color=blue",
                "color=blue,black,brown",
                "color=R,100,G,200,B,150"
            ]
        );
    });
}
