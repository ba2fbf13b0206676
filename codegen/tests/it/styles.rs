//! The styles of parameters, against the table of the OpenAPI Specification 3.1.1, section "Style Examples".

use serde_json::{Value, json};

#[path = "../../src/support/parameters.rs"]
mod parameters;

use parameters::{Escape, Style, form, write};

/// The values of the table: a string, an array, an object.
fn color(style: Style) -> [String; 3] {
    let values = [
        json!("blue"),
        json!(["blue", "black", "brown"]),
        json!({"R": 100, "G": 200, "B": 150}),
    ];
    values.map(|value| write("color", &value, style, Escape::Reserved).unwrap_or_default())
}

#[test]
fn the_table_of_the_specification() {
    let table = [
        (
            Style::Matrix { explode: false },
            [
                ";color=blue",
                ";color=blue,black,brown",
                ";color=R,100,G,200,B,150",
            ],
        ),
        (
            Style::Matrix { explode: true },
            [
                ";color=blue",
                ";color=blue;color=black;color=brown",
                ";R=100;G=200;B=150",
            ],
        ),
        (
            Style::Label { explode: false },
            [".blue", ".blue,black,brown", ".R,100,G,200,B,150"],
        ),
        (
            Style::Label { explode: true },
            [".blue", ".blue.black.brown", ".R=100.G=200.B=150"],
        ),
        (
            Style::Simple { explode: false },
            ["blue", "blue,black,brown", "R,100,G,200,B,150"],
        ),
        (
            Style::Simple { explode: true },
            ["blue", "blue,black,brown", "R=100,G=200,B=150"],
        ),
        (
            Style::Form { explode: false },
            [
                "color=blue",
                "color=blue,black,brown",
                "color=R,100,G,200,B,150",
            ],
        ),
        (
            Style::Form { explode: true },
            [
                "color=blue",
                "color=blue&color=black&color=brown",
                "R=100&G=200&B=150",
            ],
        ),
        (
            Style::SpaceDelimited,
            [
                "color=blue",
                "color=blue%20black%20brown",
                "color=R%20100%20G%20200%20B%20150",
            ],
        ),
        (
            Style::PipeDelimited,
            [
                "color=blue",
                "color=blue%7Cblack%7Cbrown",
                "color=R%7C100%7CG%7C200%7CB%7C150",
            ],
        ),
        (
            Style::DeepObject,
            [
                "color=blue",
                "color=blue&color=black&color=brown",
                "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
            ],
        ),
    ];
    for (style, expected) in table {
        assert_eq!(color(style), expected, "{style:?}");
    }
}

#[test]
fn what_is_not_there_is_not_written() {
    let form = Style::Form { explode: true };
    for value in [
        Value::Null,
        json!([]),
        json!({}),
        json!([null]),
        json!({"a": null}),
    ] {
        assert_eq!(write("x", &value, form, Escape::Reserved), None);
    }
    assert_eq!(
        write("x", &json!(""), form, Escape::Reserved).unwrap(),
        "x="
    );
    let matrix = Style::Matrix { explode: false };
    assert_eq!(
        write("x", &json!(""), matrix, Escape::Reserved).unwrap(),
        ";x"
    );
}

#[test]
fn reserved_characters_stay_only_where_they_mean_nothing() {
    let style = Style::Form { explode: true };
    let value = json!("a/b?c=d&e+f#g[h] %é~");
    let strict = write("q[]", &value, style, Escape::Reserved).unwrap();
    assert_eq!(
        strict,
        "q%5B%5D=a%2Fb%3Fc%3Dd%26e%2Bf%23g%5Bh%5D%20%25%C3%A9~"
    );
    let loose = write("q", &value, style, Escape::KeepReserved).unwrap();
    assert_eq!(loose, "q=a/b?c=d%26e%2Bf%23g%5Bh%5D%20%25%C3%A9~");
    let header = write(
        "q",
        &value,
        Style::Simple { explode: false },
        Escape::Nothing,
    )
    .unwrap();
    assert_eq!(header, "a/b?c=d&e+f#g[h] %é~");
}

#[test]
fn json_content_is_one_value() {
    let value = json!({"a": [1, "b c"]});
    let query = Style::Json { named: true };
    let text = write("x", &value, query, Escape::Reserved).unwrap();
    assert_eq!(text, "x=%7B%22a%22%3A%5B1%2C%22b%20c%22%5D%7D");
    let header = Style::Json { named: false };
    let text = write("x", &value, header, Escape::Nothing).unwrap();
    assert_eq!(text, r#"{"a":[1,"b c"]}"#);
    assert_eq!(write("x", &Value::Null, query, Escape::Reserved), None);
}

#[test]
fn a_form_repeats_members_that_are_lists() {
    let body = json!({"a": 1, "b": ["x", "y&z"], "c": null, "d": {"e": true}});
    assert_eq!(form(&body), "a=1&b=x&b=y%26z&d=%7B%22e%22%3Atrue%7D");
}
