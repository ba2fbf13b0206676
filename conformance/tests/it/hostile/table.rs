//! The ways in which a server can be hostile, and what a run must come to against each.

use serde_json::{Value, json};

use super::{
    bytes::{
        ESCAPES, MARKUP, NO_XML, cut, deflate_bomb, drip, gzip_bomb, hold, nested_bomb, pour, raw,
        reset, said, success, thing,
    },
    server::{Act, When},
};

/// A way to be hostile.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) act: Act,
    /// Methods of requests that meet it; all if there are none.
    pub(super) only: &'static [&'static str],
    /// Whether it keeps from a run what it holds: the ids of what it creates, that it keeps what it says
    /// to be gone, or that it may be asked to delete anything.
    pub(super) hides: bool,
    /// What runs against a server that is so from the beginning may exit with, and what they say.
    pub(super) always: Option<(i32, &'static str)>,
    /// The same of one that turns when it holds something.
    pub(super) turned: Option<(i32, &'static str)>,
}

impl Row {
    const fn new(name: &'static str, act: Act) -> Self {
        Self {
            name,
            act,
            only: &[],
            hides: false,
            always: None,
            turned: None,
        }
    }

    const fn always(self, exit: i32, says: &'static str) -> Self {
        Self {
            always: Some((exit, says)),
            ..self
        }
    }

    const fn turned(self, exit: i32, says: &'static str) -> Self {
        Self {
            turned: Some((exit, says)),
            ..self
        }
    }

    const fn only(self, only: &'static [&'static str]) -> Self {
        Self { only, ..self }
    }

    const fn hides(self) -> Self {
        Self {
            hides: true,
            ..self
        }
    }

    /// The runs that it asks for.
    pub(super) fn runs(&self) -> impl Iterator<Item = (When, i32, &'static str)> {
        let always = self.always.map(|(exit, says)| (When::Always, exit, says));
        let turned = self.turned.map(|(exit, says)| (When::Turned, exit, says));
        always.into_iter().chain(turned)
    }
}

const OPEN: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

fn body(request: &super::server::Request, text: impl AsRef<[u8]>) -> Vec<u8> {
    said(success(request), "", text)
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = time();
    rows.extend(size());
    rows.extend(framing());
    rows.extend(resets());
    rows.extend(protocol());
    rows.extend(elsewhere());
    rows.extend(texts());
    rows.extend(values());
    rows.extend(ids());
    rows
}

/// Servers that take their time.
fn time() -> Vec<Row> {
    vec![
        Row::new("right all the time", Act::None).always(0, "passed"),
        Row::new("never answers", Act::Heard(|stream, _| hold(stream, b"")))
            .always(3, "gave no whole answer within")
            .turned(1, ""),
        Row::new(
            "never reads",
            Act::Unheard(|stream, _| {
                let mut one = [0];
                while stream.peek(&mut one).is_ok_and(|count| count > 0) {
                    std::thread::park_timeout(std::time::Duration::from_secs(1));
                }
            }),
        )
        .always(3, "gave no whole answer within")
        .turned(1, ""),
        Row::new(
            "a head byte by byte",
            Act::Heard(|stream, _| drip(stream, &raw("200 OK\r\nx: y", b"[]"))),
        )
        .always(3, "gave no whole answer within")
        .turned(1, ""),
        Row::new(
            "a body byte by byte",
            Act::Heard(|stream, _| {
                if std::io::Write::write_all(stream, format!("{OPEN}\r\n").as_bytes()).is_ok() {
                    drip(stream, &[b' '; 1000]);
                }
            }),
        )
        .always(3, "gave no whole answer within")
        .turned(1, ""),
        Row::new(
            "interim answers without end",
            Act::Heard(|stream, _| {
                pour(
                    stream,
                    "",
                    b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n",
                );
            }),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "continue, and nothing after it",
            Act::Heard(|stream, _| hold(stream, b"HTTP/1.1 100 Continue\r\n\r\n")),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "wait for ever",
            Act::Answer(|_, _| said("429 Slow", "retry-after: 99999999999999999999\r\n", "{}")),
        )
        .always(3, "429")
        .turned(5, ""),
        Row::new(
            "wait for minutes",
            Act::Answer(|_, _| said("429 Slow", "retry-after: 200\r\n", "{}")),
        )
        .always(5, "the time is up")
        .turned(5, "the time is up")
        .hides(),
        Row::new(
            "wait until the end of time",
            Act::Answer(|_, _| {
                let when = "retry-after: Fri, 31 Dec 9999 23:59:59 GMT\r\n";
                said("429 Slow", when, "{}")
            }),
        )
        .always(3, "429")
        .turned(5, ""),
        Row::new(
            "unavailable for ever",
            Act::Answer(|_, _| said("503 No", "retry-after: 99999999999999999999\r\n", "{}")),
        )
        .always(1, "")
        .turned(1, ""),
    ]
}

/// Servers that say too much.
fn size() -> Vec<Row> {
    vec![
        Row::new(
            "headers without end",
            Act::Heard(|stream, _| pour(stream, OPEN, &b"x-more: and more\r\n".repeat(512))),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "a header without end",
            Act::Heard(|stream, _| pour(stream, &format!("{OPEN}x: "), &[b'y'; 8192])),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "a reason without end",
            Act::Heard(|stream, _| pour(stream, "HTTP/1.1 200 ", &[b'y'; 8192])),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "a body without end",
            Act::Heard(|stream, _| pour(stream, &format!("{OPEN}\r\n"), &[b' '; 65536])),
        )
        .always(3, "")
        .turned(1, "")
        .hides(),
        Row::new(
            "chunks without end",
            Act::Heard(|stream, _| {
                let head = format!("{OPEN}transfer-encoding: chunked\r\n\r\n");
                pour(stream, &head, &b"4\r\nnull\r\n".repeat(8192));
            }),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "trailers without end",
            Act::Heard(|stream, _| {
                let head = format!("{OPEN}transfer-encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n");
                pour(stream, &head, &b"x-more: and more\r\n".repeat(512));
            }),
        )
        .always(1, "")
        .turned(1, "")
        .hides(),
        Row::new(
            "a gzip bomb",
            Act::Answer(|request, _| {
                said(success(request), "content-encoding: gzip\r\n", gzip_bomb())
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "a deflate bomb of many values",
            Act::Answer(|request, _| {
                said(
                    success(request),
                    "content-encoding: deflate\r\n",
                    deflate_bomb(),
                )
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "a bomb within a bomb that nobody announces",
            Act::Answer(|request, _| body(request, nested_bomb())),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "a huge string",
            Act::Answer(|request, _| thing(request, "thing_1", &"conformance-".repeat(1 << 14))),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "very many values",
            Act::Answer(|request, _| body(request, format!("[{}0]", "{},".repeat(1 << 20)))),
        )
        .always(3, "bodies that do not end")
        .turned(1, ""),
        Row::new(
            "very many members",
            Act::Answer(|request, _| {
                let members = (0..10_000).map(|number| (number.to_string(), Value::Null));
                body(request, Value::Object(members.collect()).to_string())
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "huge cookies",
            Act::Answer(|request, world| {
                let cookie = format!("set-cookie: a={}\r\n", "b".repeat(4000));
                let right = String::from_utf8(world.right(request)).unwrap();
                right
                    .replacen("\r\n", &format!("\r\n{}", cookie.repeat(8)), 1)
                    .into_bytes()
            }),
        )
        .always(0, ""),
    ]
}

/// Servers that do not say where an answer ends, or say it wrong.
fn framing() -> Vec<Row> {
    vec![
        Row::new(
            "a length that is more, held open",
            Act::Heard(|stream, _| hold(stream, &raw("200 OK\r\ncontent-length: 90", b"[]"))),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "a length that is more, closed",
            Act::Last(|_, _| raw("200 OK\r\ncontent-length: 90", b"[]")),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "a length that is less",
            Act::Answer(|_, _| raw("200 OK\r\ncontent-length: 1", b"[{\"a\":1}]")),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "two lengths",
            Act::Last(|_, _| {
                raw(
                    "200 OK\r\ncontent-length: 2\r\ncontent-length: 9",
                    b"[] []    ",
                )
            }),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "a length beyond all numbers",
            Act::Last(|_, _| raw("200 OK\r\ncontent-length: 99999999999999999999", b"[]")),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "a negative length",
            Act::Last(|_, _| raw("200 OK\r\ncontent-length: -1", b"[]")),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "length and chunks",
            Act::Last(|_, _| {
                let head = "200 OK\r\ncontent-length: 4\r\ntransfer-encoding: chunked";
                raw(head, b"2\r\n[]\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "a chunk without a size",
            Act::Last(|_, _| {
                raw(
                    "200 OK\r\ntransfer-encoding: chunked",
                    b"zz\r\n[]\r\n0\r\n\r\n",
                )
            }),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "a chunk beyond all memory",
            Act::Last(|_, _| {
                raw(
                    "200 OK\r\ntransfer-encoding: chunked",
                    b"ffffffffffffffff\r\n[]",
                )
            }),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "a chunk of another length",
            Act::Last(|_, _| {
                raw(
                    "200 OK\r\ntransfer-encoding: chunked",
                    b"1\r\n[]\r\n0\r\n\r\n",
                )
            }),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "a chunk with words without end",
            Act::Heard(|stream, _| {
                let head = format!("{OPEN}transfer-encoding: chunked\r\n\r\n2;");
                pour(stream, &head, &[b'x'; 8192]);
            }),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "another transfer coding",
            Act::Last(|_, _| raw("200 OK\r\ntransfer-encoding: gzip, identity", b"[]")),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "two answers to one request",
            Act::Answer(|request, world| {
                [world.right(request), said("200 OK", "", "[\"second\"]")].concat()
            }),
        )
        .always(0, ""),
        Row::new(
            "an answer before anything was asked",
            Act::Unheard(|stream, _| hold(stream, &said("200 OK", "", "[]"))),
        )
        .always(1, "")
        .turned(1, "")
        .hides(),
        Row::new(
            "a body where none may be",
            Act::Answer(|_, _| raw("204 None\r\ncontent-length: 9", b"[1,2,3,4]")),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "not modified, with a body",
            Act::Answer(|_, _| raw("304 Same\r\ncontent-length: 9", b"[1,2,3,4]")),
        )
        .always(1, "")
        .turned(1, ""),
    ]
}

/// Servers that break a connection off.
fn resets() -> Vec<Row> {
    vec![
        Row::new("closes at once", Act::Unheard(|_, _| ()))
            .always(3, "")
            .turned(1, ""),
        Row::new("closes when it has heard", Act::Heard(|_, _| ()))
            .always(3, "closes connections without an answer")
            .turned(1, ""),
        Row::new(
            "resets when it is asked",
            Act::Unheard(|stream, _| reset(stream, b"")),
        )
        .always(3, "closes connections without an answer")
        .turned(1, ""),
        Row::new(
            "resets within the status line",
            Act::Unheard(|stream, _| reset(stream, b"HTTP/1.1 20")),
        )
        .always(3, "closes connections without an answer")
        .turned(1, ""),
        Row::new(
            "resets within the head",
            Act::Unheard(|stream, _| reset(stream, b"HTTP/1.1 200 OK\r\ncontent-ty")),
        )
        .always(3, "closes connections without an answer")
        .turned(1, ""),
        Row::new(
            "resets within the body",
            Act::Unheard(|stream, _| reset(stream, &raw("200 OK\r\ncontent-length: 90", b"[1,"))),
        )
        .always(3, "closes connections without an answer")
        .turned(1, ""),
        Row::new(
            "resets within a chunk",
            Act::Unheard(|stream, _| {
                reset(
                    stream,
                    &raw("200 OK\r\ntransfer-encoding: chunked", b"9\r\n[1,"),
                );
            }),
        )
        .always(3, "closes connections without an answer")
        .turned(1, ""),
        Row::new(
            "breaks off in the middle of the right answer",
            Act::Last(|request, world| cut(world, request, 70)),
        )
        .always(3, "closes connections without an answer")
        .turned(1, "")
        .hides(),
    ]
}

/// Servers that speak something else.
fn protocol() -> Vec<Row> {
    vec![
        Row::new("HTTP/0.9", Act::Last(|_, _| b"[]\r\n".to_vec()))
            .always(3, "does not speak HTTP")
            .turned(1, ""),
        Row::new(
            "the preface of HTTP/2",
            Act::Unheard(|stream, _| {
                hold(
                    stream,
                    b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80\0\x04\0\x01\0\0\0\x05\0\xff\xff\xff",
                );
            }),
        )
        .always(3, "does not speak HTTP")
        .turned(1, ""),
        Row::new(
            "an upgrade to HTTP/2",
            Act::Last(|_, _| {
                let head = "101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c";
                raw(
                    head,
                    b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80\0\x04\0\x01\0\0",
                )
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "a version that is none",
            Act::Last(|_, _| b"HTTP/3.7 200 OK\r\ncontent-length: 2\r\n\r\n[]".to_vec()),
        )
        .always(3, "does not speak HTTP")
        .turned(1, ""),
        Row::new(
            "TLS where none was asked for",
            Act::Unheard(|stream, _| hold(stream, b"\x15\x03\x01\0\x02\x02\x46")),
        )
        .always(3, "does not speak HTTP")
        .turned(1, ""),
        Row::new(
            "status 000",
            Act::Last(|_, _| raw("000 None\r\ncontent-length: 2", b"[]")),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new("status 999", Act::Answer(|_, _| said("999 All", "", "[]")))
            .always(1, "")
            .turned(1, ""),
        Row::new(
            "a status of four digits",
            Act::Last(|_, _| raw("2000 OK", b"[]")),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "a header without a colon",
            Act::Last(|_, _| raw("200 OK\r\nnothing", b"[]")),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "a header that is folded",
            Act::Last(|_, _| raw("200 OK\r\nx: a\r\n  b\r\ncontent-length: 2", b"[]")),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "NUL in a header",
            Act::Last(|_, _| raw("200 OK\r\nx: a\0b\r\ncontent-length: 2", b"[]")),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "lines that end otherwise",
            Act::Last(|_, _| b"HTTP/1.1 200 OK\ncontent-length: 2\n\n[]".to_vec()),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "gzip that is none",
            Act::Answer(|request, world| {
                let right = String::from_utf8(world.right(request)).unwrap();
                right
                    .replacen("\r\n", "\r\ncontent-encoding: gzip\r\n", 1)
                    .into_bytes()
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "a content coding that nobody knows",
            Act::Answer(|request, _| {
                said(
                    success(request),
                    "content-encoding: gzip, x-odd, br\r\n",
                    &gzip_bomb()[..9000],
                )
            }),
        )
        .always(1, "")
        .turned(1, ""),
    ]
}

/// Servers that lead somewhere else.
fn elsewhere() -> Vec<Row> {
    vec![
        Row::new(
            "a redirect to a link-local address",
            Act::Answer(|_, _| {
                said(
                    "307 Go",
                    "location: http://169.254.169.254/latest/meta-data\r\n",
                    "{}",
                )
            }),
        )
        .always(3, "answers with redirects to http://169.254.169.254")
        .turned(1, ""),
        Row::new(
            "a redirect to another origin",
            Act::Answer(|_, world| {
                let there = world.elsewhere;
                said(
                    "302 Go",
                    &format!("location: http://{there}/things\r\n"),
                    "{}",
                )
            }),
        )
        .always(3, "answers with redirects to http://127.0.0.1")
        .turned(1, ""),
        Row::new(
            "a redirect to a file",
            Act::Answer(|_, _| said("301 Go", "location: file:///etc/passwd\r\n", "{}")),
        )
        .always(3, "answers with redirects")
        .turned(1, ""),
        Row::new(
            "a redirect to itself",
            Act::Answer(|_, _| said("308 Go", "location: /things\r\n", "{}")),
        )
        .always(3, "answers with redirects")
        .turned(1, ""),
        Row::new(
            "a redirect that is a sequence of escapes",
            Act::Answer(|_, _| {
                let text = format!("location: http://a\u{9b}31m@{}/\r\n", "b".repeat(3000));
                said("303 Go", &text, "{}")
            }),
        )
        .always(3, "answers with redirects")
        .turned(1, ""),
        Row::new(
            "links to another origin",
            Act::Answer(|request, world| {
                let there = format!("http://{}/things", world.elsewhere);
                let fields = format!(
                    "link: <{there}>; rel=next\r\nalt-svc: h2=\"{}\"\r\nrefresh: 0;url={there}\r\n\
                     content-location: {there}\r\nlocation: {there}/1\r\n",
                    world.elsewhere
                );
                let right = String::from_utf8(world.right(request)).unwrap();
                right
                    .replacen("\r\n", &format!("\r\n{fields}"), 1)
                    .into_bytes()
            }),
        )
        .always(0, ""),
        Row::new(
            "only deletions are redirected",
            Act::Answer(|_, world| {
                let there = world.elsewhere;
                said(
                    "307 Go",
                    &format!("location: http://{there}/things\r\n"),
                    "{}",
                )
            }),
        )
        .only(&["DELETE"])
        .always(1, "could not be deleted")
        .turned(1, "could not be deleted"),
    ]
}

/// Servers whose words are meant for whoever shows them.
fn texts() -> Vec<Row> {
    vec![
        Row::new(
            "escapes in a body that is no JSON",
            Act::Answer(|request, _| body(request, ESCAPES)),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "escapes in values",
            Act::Answer(|request, _| body(request, json!({"name": [ESCAPES]}).to_string())),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "escapes in names",
            Act::Answer(|request, _| {
                let odd = json!({"thing_id": "thing_1", "name": "a", ESCAPES: 1});
                let list = request.method == "GET" && !request.target.starts_with("/things/");
                body(request, if list { json!([odd]) } else { odd }.to_string())
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "escapes in the reason",
            Act::Answer(|_, _| said(&format!("500 {}", ESCAPES.replace('\r', "")), "", "{}")),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "eight-bit escapes in the reason",
            Act::Answer(|_, _| said("500 \u{9b}2J\u{9d}0;t\u{9c}", "", "{}")),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "eight-bit escapes in headers",
            Act::Answer(|_, _| {
                let fields = "x-odd: \u{9b}2J\u{9d}52;c;aGk=\u{9c}\u{202e}\r\n";
                let kind = "content-type: text/\u{9b}31m\r\n";
                raw(&format!("500 No\r\n{fields}{kind}content-length: 2"), b"{}")
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "a carriage return in a header",
            Act::Last(|_, _| raw("500 No\r\nx-odd: a\rb\r\ncontent-length: 2", b"{}")),
        )
        .always(3, "")
        .turned(1, ""),
        Row::new(
            "markup in a body",
            Act::Answer(|request, _| body(request, MARKUP)),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "markup in values",
            Act::Answer(|request, _| body(request, json!({"name": [MARKUP]}).to_string())),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "markup in names",
            Act::Answer(|request, _| {
                let odd = json!({"thing_id": "thing_1", "name": "a", MARKUP: 1});
                let list = request.method == "GET" && !request.target.starts_with("/things/");
                body(request, if list { json!([odd]) } else { odd }.to_string())
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "markup in headers",
            Act::Answer(|_, _| {
                let text = MARKUP.replace('\n', " ");
                said(&format!("500 {text}"), &format!("x-odd: {text}\r\n"), "{}")
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "characters that XML cannot hold",
            Act::Answer(|request, _| {
                let odd = json!({"thing_id": 1, "name": [NO_XML], NO_XML: NO_XML});
                let list = request.method == "GET" && !request.target.starts_with("/things/");
                body(request, if list { json!([odd]) } else { odd }.to_string())
            }),
        )
        .always(1, "")
        .turned(1, ""),
    ]
}

/// Servers whose JSON is hard to read.
fn values() -> Vec<Row> {
    vec![
        Row::new(
            "JSON without a bottom",
            Act::Answer(|request, _| body(request, "[{\"a\":".repeat(140_000))),
        )
        .always(3, "bodies that do not end")
        .turned(1, ""),
        Row::new(
            "JSON that is deep and whole",
            Act::Answer(|request, _| {
                body(request, ["[".repeat(200_000), "]".repeat(200_000)].concat())
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "JSON within strings within strings",
            Act::Answer(|request, _| {
                let mut text = "x".to_owned();
                for _ in 0..16 {
                    text = Value::from(text).to_string();
                }
                body(request, text)
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "numbers without end",
            Act::Answer(|request, _| {
                let many = "9".repeat(100_000);
                body(
                    request,
                    format!("[1e999999999,-0,{many},0.{many},1E-99999,{many}e{many}]"),
                )
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "the same member twice",
            Act::Answer(|request, _| {
                body(
                    request,
                    r#"{"thing_id":"thing_1","thing_id":7,"name":"a","name":{}}"#,
                )
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "a byte order mark",
            Act::Answer(|request, _| body(request, "\u{feff}{\"thing_id\":\"a\",\"name\":\"b\"}")),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "no UTF-8",
            Act::Answer(|request, _| {
                body(
                    request,
                    b"{\"thing_id\":\"\xff\xfe\xc0\x80\xed\xa0\x80\",\"name\":\"\xf8\"}",
                )
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "half of a surrogate pair",
            Act::Answer(|request, _| {
                body(request, r#"{"thing_id":"\ud800","name":"\udc00\ud800"}"#)
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "UTF-16",
            Act::Answer(|request, _| {
                let text: Vec<u8> = "\u{feff}[]"
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect();
                body(request, text)
            }),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "NUL in a body",
            Act::Answer(|request, _| body(request, b"[\0]\0\0\0")),
        )
        .always(1, "")
        .turned(1, ""),
        Row::new(
            "everything that is encoded",
            Act::Answer(|request, _| {
                // Each byte begins some encoding that has to be looked into.
                let text =
                    "JTI1MjUlMjUyNSUy%2525=3D&#38;#38;\\\\u005c\\u005c68747470+AAA-eJwDAAAAAAE"
                        .repeat(400);
                body(request, json!([text]).to_string())
            }),
        )
        .always(1, "")
        .turned(1, ""),
    ]
}

/// Servers whose ids are no ids, and such as keep what they should delete.
fn ids() -> Vec<Row> {
    const POST: &[&str] = &["POST"];
    vec![
        Row::new(
            "ids that lead up",
            Act::Answer(|request, _| thing(request, "../../admin", "a")),
        )
        .only(POST)
        .always(1, ""),
        Row::new(
            "an id of two dots",
            Act::Answer(|request, _| thing(request, "..", "a")),
        )
        .only(POST)
        .always(1, ""),
        Row::new(
            "an id of one dot",
            Act::Answer(|request, _| thing(request, ".", "a")),
        )
        .only(POST)
        .always(1, ""),
        Row::new(
            "an id of nothing",
            Act::Answer(|request, _| thing(request, "", "a")),
        )
        .only(POST)
        .always(1, ""),
        Row::new(
            "an id of dots in disguise",
            Act::Answer(|request, _| thing(request, "%2e%2e", "a")),
        )
        .only(POST)
        .always(1, ""),
        Row::new(
            "an id that is a URL",
            Act::Answer(|request, world| {
                thing(request, &format!("http://{}/things", world.elsewhere), "a")
            }),
        )
        .only(POST)
        .always(1, ""),
        Row::new(
            "an id with another request in it",
            Act::Answer(|request, _| {
                thing(
                    request,
                    "a HTTP/1.1\r\nhost: h\r\n\r\nDELETE /admin HTTP/1.1\r\n",
                    "a",
                )
            }),
        )
        .only(POST)
        .always(1, ""),
        Row::new(
            "an id with a query and a fragment",
            Act::Answer(|request, _| thing(request, "a?all=true#b;c", "a")),
        )
        .only(POST)
        .always(1, ""),
        Row::new(
            "an id of escapes",
            Act::Answer(|request, _| thing(request, &format!("{ESCAPES}{MARKUP}{NO_XML}"), "a")),
        )
        .only(POST)
        .always(1, ""),
        Row::new(
            "an id that is far too long",
            Act::Answer(|request, _| thing(request, &"i".repeat(1 << 16), "a")),
        )
        .only(POST)
        .always(1, ""),
        Row::new(
            "an id of each kind",
            Act::Answer(|request, _| body(request, r#"{"thing_id":1e300,"name":"a"}"#)),
        )
        .only(POST)
        .always(1, ""),
        Row::new(
            "the id of something else",
            Act::Answer(|request, _| thing(request, "thing_1", "a")),
        )
        .only(POST)
        .turned(1, ""),
        Row::new(
            "deletions that keep",
            Act::Answer(|_, _| raw("204 Gone", b"")),
        )
        .only(&["DELETE"])
        .turned(0, ""),
        Row::new(
            "deletions that fail",
            Act::Answer(|_, _| said("500 No", "", "{}")),
        )
        .only(&["DELETE"])
        .turned(1, "could not be deleted"),
        Row::new(
            "deletions that never end",
            Act::Heard(|stream, _| hold(stream, b"")),
        )
        .only(&["DELETE"])
        .turned(1, "could not be deleted"),
        Row::new(
            "a list without end",
            Act::Answer(|request, _| {
                let page: u64 = request
                    .target
                    .split("page=")
                    .nth(1)
                    .and_then(|rest| rest.split('&').next().and_then(|text| text.parse().ok()))
                    .unwrap_or(1);
                let things: Vec<Value> = (0..100)
                    .map(|number| json!({"thing_id": format!("{page}-{number}"), "name": "x"}))
                    .collect();
                said("200 OK", "", json!(things).to_string())
            }),
        )
        .only(&["GET"])
        .always(1, ""),
    ]
}
