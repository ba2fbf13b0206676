//! The promises, each as a function that panics when its input breaks it.

use std::{io::Write as _, sync::Arc};

use bytes::Bytes;
use data_encoding::{BASE32, BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use flate2::{Compression, write::GzEncoder};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};
use skyvern_conformance::{
    report,
    schema::Schemas,
    secret::{
        canary::{Class, Draw},
        registry::{Group, Submission},
        scan::{Received, Scanner},
        shape::Shape,
    },
};
use spec::{Document, Location, Pointer};
use zeroize::Zeroizing;

use super::edit::{self, Choices};

/// How many schemas of a document values are drawn for.
const SCHEMAS: usize = 4;

/// Values called valid are taken by their schema, those called invalid are not: by our judgement of it, and
/// where the document has nothing that JSON Schema does not know, by a validator that we did not write.
pub fn values(data: &[u8]) {
    let mut choices = Choices::new(data);
    let seed = choices.byte();
    let (value, _) = edit::document(&mut choices);
    let Ok(document) = Document::from_text("fuzzed.json", &value.to_string(), &[]) else {
        return;
    };
    let document = Arc::new(document);
    let schemas = Schemas::new(Arc::clone(&document));
    let components = document.root().pointer("/components/schemas");
    let names = components.and_then(Value::as_object);
    for name in names
        .into_iter()
        .flat_map(|names| names.keys())
        .take(SCHEMAS)
    {
        let at = Location::root(Pointer::root()).join(["components", "schemas", name.as_str()]);
        let mut runner = runner(seed as u64);
        let Ok(valid) = schemas.valid(&at) else {
            continue;
        };
        let other = validator(document.root(), &at);
        for _ in 0..2 {
            if let Ok(tree) = valid.new_tree(&mut runner) {
                let value = tree.current();
                assert!(schemas.is_valid(&at, &value), "{at} refuses {value}");
                if let Some(other) = &other {
                    let problem = other.validate(&value).err();
                    assert!(
                        problem.is_none(),
                        "{at}, another validator on {value}: {problem:?}\n{}",
                        document.root()
                    );
                }
            }
        }
        if let Ok(invalid) = schemas.invalid(&at) {
            for _ in 0..2 {
                if let Ok(mut tree) = invalid.new_tree(&mut runner) {
                    tree.simplify();
                    let broken = tree.current();
                    assert!(
                        !schemas.is_valid(&at, &broken.value),
                        "{at} takes {}",
                        broken.value
                    );
                    assert!(
                        schemas.is_valid(&at, &broken.valid),
                        "{at} refuses {}",
                        broken.valid
                    );
                    if let Some(other) = &other {
                        assert!(
                            !other.is_valid(&broken.value),
                            "{at}, another validator takes {}\n{}",
                            broken.value,
                            document.root()
                        );
                    }
                }
            }
        }
        for one in schemas.coverage_up_to(&at, 40).valid {
            assert!(
                schemas.is_valid(&at, &one.value),
                "{at} refuses {}",
                one.value
            );
        }
    }
}

fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(
        Config::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, &bytes),
    )
}

/// A validator of 2020-12 for the schema at `at`; `None` if the document speaks another dialect, or has
/// keywords whose meaning is OpenAPI's, or that the validator refuses.
fn validator(root: &Value, at: &Location) -> Option<jsonschema::Validator> {
    let text = root.to_string();
    let foreign = [
        "nullable",
        "discriminator",
        "$id",
        "$anchor",
        "$dynamic",
        "$schema",
        "x-",
        "%",
        "pattern",
    ];
    if !text.contains("\"openapi\":\"3.1") || foreign.iter().any(|word| text.contains(word)) {
        return None;
    }
    // What is no schema means something else to each reader.
    let mut schemas = root["components"]["schemas"].as_object()?.values();
    if !schemas.all(jsonschema::draft202012::meta::is_valid) {
        return None;
    }
    let schema = json!({"$ref": format!("#{}", at.pointer), "components": root["components"]});
    jsonschema::draft202012::new(&schema).ok()
}

/// A secret is found in any surroundings, under any encoding that is promised and two of them at once, and
/// nothing that comes back makes the search fail.
pub fn scanner(data: &[u8]) {
    let mut choices = Choices::new(data);
    let classes = [Class::Plain, Class::Plain];
    let class = classes[choices.below(classes.len())];
    let secret =
        Draw::of(&[b"fuzz", &[u8::try_from(choices.byte()).unwrap_or_default()]]).value(class, &[]);
    let (mut shown, mut path) = (secret.clone().into_bytes(), Vec::new());
    for _ in 0..=choices.below(2) {
        let (name, encode) = choices.of(ENCODINGS);
        shown = encode(&shown);
        path.push(*name);
    }
    let place = choices.below(4);
    let cut = choices.byte();
    let rest = choices.rest();
    let (before, after) = rest.split_at(rest.len() * cut / 256);
    let mut scanner = Scanner::default();
    scanner.submit(Submission {
        field: Pointer::parse("/password").unwrap_or_default(),
        shape: Shape::Text,
        class,
        request: 1,
        group: Group(1),
        permitted: Vec::new(),
        stored: Vec::new(),
        value: Zeroizing::new(secret),
    });
    // What comes back without the secret is searched as well: it must not fail, whatever it is.
    look(&mut scanner, &[], rest);
    look(&mut scanner, &[("content-encoding", b"gzip")], rest);
    let text = String::from_utf8_lossy(&shown).into_owned();
    let found = match place {
        0 => look(
            &mut scanner,
            &[],
            &[before, b" ", &shown, b" ", after].concat(),
        ),
        1 => {
            let before = String::from_utf8_lossy(before);
            let body = json!({"a": before, "b": [text], "c": String::from_utf8_lossy(after)});
            look(&mut scanner, &[], body.to_string().as_bytes())
        }
        2 => look(&mut scanner, &[("x-a", &shown)], after),
        _ => {
            let body = [before, b"\"", &shown, b"\"", after].concat();
            look(&mut scanner, &[("content-encoding", b"gzip")], &gzip(&body))
        }
    };
    assert!(
        found,
        "{path:?} at place {place}: {before:?} {text:?} {after:?}"
    );
}

type Encoding = fn(&[u8]) -> Vec<u8>;

const ENCODINGS: &[(&str, Encoding)] = &[
    ("plain", <[u8]>::to_vec),
    ("JSON", |bytes| {
        let text = json!(String::from_utf8_lossy(bytes)).to_string();
        text[1..text.len() - 1].into()
    }),
    ("percent", |bytes| escaped(bytes, "%", "")),
    ("bytes of C", |bytes| escaped(bytes, "\\x", "")),
    ("HTML", |bytes| escaped(bytes, "&#x", ";")),
    ("base64", |bytes| BASE64.encode(bytes).into()),
    ("base64 of URLs", |bytes| {
        BASE64URL_NOPAD.encode(bytes).into()
    }),
    ("base64, moved", |bytes| {
        BASE64.encode(&[b"a", bytes].concat()).into()
    }),
    ("base32", |bytes| BASE32.encode(bytes).into()),
    ("hexadecimal", |bytes| HEXLOWER.encode(bytes).into()),
    ("HEXADECIMAL", |bytes| HEXUPPER.encode(bytes).into()),
    ("gzip in base64", |bytes| BASE64.encode(&gzip(bytes)).into()),
];

fn escaped(bytes: &[u8], before: &str, after: &str) -> Vec<u8> {
    let all = bytes
        .iter()
        .map(|byte| format!("{before}{byte:02x}{after}"));
    all.collect::<String>().into()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

fn look(scanner: &mut Scanner, headers: &[(&str, &[u8])], body: &[u8]) -> bool {
    let headers: Vec<(String, Bytes)> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Bytes::copy_from_slice(value)))
        .collect();
    let sightings = scanner.scan(&Received {
        group: Some(Group(1)),
        operation: "POST /things",
        path: "/things",
        status: 200,
        reason: b"",
        headers: &headers,
        trailers: &[],
        body,
        during: (1_700_000_000, 1_700_000_001),
    });
    !sightings.is_empty()
}

/// Whatever texts a recorded run holds, they are text in every report: no element of HTML, no node of XML, no
/// line of a log and no movement of a cursor comes of them.
pub fn reports(data: &[u8]) {
    let mut choices = Choices::new(data);
    let mut lines: Vec<Value> = include_str!("run.ndjson")
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    for _ in 0..24 {
        if choices.is_empty() {
            break;
        }
        let line = choices.below(lines.len());
        let mut texts = Vec::new();
        texts_of(&mut lines[line], &mut texts);
        let count = texts.len();
        if count == 0 {
            continue;
        }
        let hostile = *choices.of(HOSTILE);
        let text = &mut *texts[choices.below(count)];
        match choices.below(3) {
            0 => hostile.clone_into(text),
            1 => text.push_str(hostile),
            _ => text.insert_str(0, hostile),
        }
    }
    let recorded: Vec<String> = lines.iter().map(Value::to_string).collect();
    let Ok(reports) = report::rendered((recorded.join("\n") + "\n").as_bytes()) else {
        return;
    };
    for (name, bytes) in reports {
        let text = String::from_utf8(bytes).expect("reports are UTF-8");
        match name {
            "html" => html(&text),
            "junit" => {
                let parsed = roxmltree::Document::parse(&text);
                assert!(parsed.is_ok(), "{:?}\n{text}", parsed.err());
                let root = parsed.expect("looked at just now");
                let known = [
                    "testsuites",
                    "testsuite",
                    "testcase",
                    "failure",
                    "skipped",
                    "properties",
                    "property",
                    "system-out",
                    "system-err",
                    "error",
                ];
                let node = root
                    .descendants()
                    .find(|one| one.is_element() && !known.contains(&one.tag_name().name()));
                assert!(node.is_none(), "{node:?}");
                steers(name, &text);
            }
            "json" | "sarif" | "har" => {
                assert!(
                    serde_json::from_str::<Value>(&text).is_ok(),
                    "{name}: {text}"
                );
                steers(name, &text);
            }
            "annotations" => {
                let command = |line: &str| {
                    line.starts_with("::error ")
                        || line.starts_with("::warning ")
                        || line.starts_with("::notice ")
                };
                assert!(
                    text.lines().all(|line| line.is_empty() || command(line)),
                    "{text}"
                );
                steers(name, &text);
            }
            "terminal" => steers(name, &without_colours(&text)),
            "markdown" | "github" => {
                markdown(&text);
                steers(name, &text);
            }
            // The recording itself, which nothing renders.
            _ => assert!(text.is_empty(), "{name}: {text}"),
        }
    }
}

/// What a server may say to leave the place that its words have in a report.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "--><svg/onload=alert(1)><!--",
    "</style><script>alert(1)</script>",
    "</pre></details><h1>passed</h1>",
    "]]><failure/><![CDATA[",
    "&lt;script&gt;",
    "&#0;",
    "\u{1b}[2J\u{1b}[H",
    "\u{1b}]8;;http://evil.example\u{7}link\u{1b}]8;;\u{7}",
    "\u{9b}31m",
    "\r\n::error file=a::b",
    "\n::set-output name=a::b",
    "%0A::error::b",
    "```\n# done\n",
    "` | a | b |\n|---|---|",
    "[a](javascript:alert(1))",
    "![a](http://evil.example/a.png)",
    "<!-- ",
    "\u{202e}txt.exe",
    "\u{2066}a\u{2069}",
    "\u{2028}",
    "\u{0}",
    "\u{8}\u{8}\u{8}",
    "\u{fffe}\u{ffff}",
    "a\u{85}b",
    "$(touch /tmp/x)",
    "'; touch /tmp/x; '",
];

fn texts_of<'v>(value: &'v mut Value, texts: &mut Vec<&'v mut String>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.iter_mut().for_each(|item| texts_of(item, texts)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| texts_of(member, texts)),
        _ => {}
    }
}

fn html(text: &str) {
    let page = scraper::Html::parse_document(text);
    for node in page.tree.values() {
        if let scraper::Node::Element(element) = node {
            let name = element.name();
            assert!(
                ![
                    "script", "img", "iframe", "object", "embed", "link", "base", "form"
                ]
                .contains(&name),
                "{name} in {text}"
            );
            for (attribute, value) in element.attrs() {
                assert!(!attribute.starts_with("on"), "{attribute} in {text}");
                let link = ["href", "src", "action"].contains(&attribute);
                assert!(
                    !link
                        || !value
                            .trim_start()
                            .to_ascii_lowercase()
                            .starts_with("javascript:"),
                    "{value}"
                );
            }
        }
    }
    assert_eq!(text.matches("<h1").count(), 1, "{text}");
    steers("html", text);
}

/// Shown by CommonMark with GitHub's tables, it has the elements that the reporter makes, where it makes them,
/// and no links.
fn markdown(text: &str) {
    let options =
        pulldown_cmark::Options::ENABLE_TABLES | pulldown_cmark::Options::ENABLE_STRIKETHROUGH;
    let mut shown = String::new();
    pulldown_cmark::html::push_html(&mut shown, pulldown_cmark::Parser::new_ext(text, options));
    let page = scraper::Html::parse_fragment(&shown);
    let known = [
        "html", "body", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li",
        "pre", "code", "strong", "b", "details", "summary",
    ];
    for node in page.tree.values() {
        match node {
            scraper::Node::Element(element) => {
                let name = element.name();
                assert!(known.contains(&name), "{name} in {text}");
                let highlighted = |(attribute, value): (&str, &str)| {
                    name == "code"
                        && attribute == "class"
                        && ["language-http", "language-json"].contains(&value)
                };
                assert!(element.attrs().all(highlighted), "{element:?} in {text}");
            }
            scraper::Node::Comment(_) => panic!("a comment in {text}"),
            _ => {}
        }
    }
    let count = |selector| {
        page.select(&scraper::Selector::parse(selector).expect("a selector"))
            .count()
    };
    assert_eq!(count("h2"), 1, "{text}");
    assert!(count("h3") <= 1, "{text}");
    assert_eq!(count("details"), count("details > summary > b"), "{text}");
    assert_eq!(count("pre"), count("details pre"), "{text}");
}

fn steers(name: &str, text: &str) {
    let bidi = |one: char| matches!(one, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    // JSON escapes what is below a space and leaves the rest to who shows it.
    let json = ["json", "sarif", "har"].contains(&name);
    let found = text.chars().find(|&one| {
        (one.is_control() && one != '\n' && !(json && one > '\u{7e}')) || (!json && bidi(one))
    });
    assert!(found.is_none(), "{name} has {found:?}: {text:?}");
}

/// Without the escape sequences of our own styles.
fn without_colours(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = after.find(|one: char| !one.is_ascii_digit() && one != ';');
        if let Some(end) = end.filter(|&end| after[end..].starts_with('m')) {
            rest = &after[end + 1..];
        } else {
            plain.push('\u{1b}');
            rest = after;
        }
    }
    plain + rest
}
