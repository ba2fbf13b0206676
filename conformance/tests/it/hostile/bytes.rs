//! What hostile servers say: answers by their bytes.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::LazyLock,
    time::Duration,
};

use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder},
};
use serde_json::json;

use super::server::{Request, World};

/// How many bytes a bomb becomes.
const BOMB: usize = 1 << 27;
/// How many of them are compressed at once.
const BLOCK: usize = 1 << 20;

/// What moves a cursor, sets a title or a clipboard, makes a link, or turns the direction of writing:
/// CSI and OSC in their seven-bit and eight-bit forms, DEL, carriage return, backspace.
pub(super) const ESCAPES: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}]52;c;aGk=\u{7}\u{1b}]8;;http://evil/\u{1b}\\x\u{9b}31m\u{9d}0;t\u{9c}\u{7f}\r\u{8}\u{202e}\u{2066}\u{61c}";

/// What would be markup, code or commands in one report or another.
pub(super) const MARKUP: &str = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\" onmouseover=\"alert(1)' --><!-- ]]></failure> ``` ~~~ | @you [a](javascript:alert(1)) ::error::injected\n::error::injected\n::stop-commands::x\n%0A::error::injected";

/// Characters that XML 1.0 cannot hold, or not as they are.
pub(super) const NO_XML: &str =
    "\u{0}\u{1}\u{b}\u{c}\u{1f}\u{fffe}\u{ffff}\u{85}\u{2028}\u{1fffe}]]>&#0;&lol;";

/// An answer with this head, after its status line, and this body.
pub(super) fn raw(head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {head}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// An answer with JSON under this status and with the right length.
pub(super) fn said(status: &str, fields: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head =
        format!("{status}\r\ncontent-type: application/json\r\n{fields}content-length: {length}");
    raw(&head, body)
}

/// Where a success of `request` is told.
pub(super) fn success(request: &Request) -> &'static str {
    match &*request.method {
        "POST" => "201 Created",
        _ => "200 OK",
    }
}

/// What the document promises to `request`, with this id and name.
pub(super) fn thing(request: &Request, id: &str, name: &str) -> Vec<u8> {
    let thing = json!({"thing_id": id, "name": name});
    let body = match (&*request.method, request.target.starts_with("/things/")) {
        ("GET", false) => json!([thing]),
        _ => thing,
    };
    said(success(request), "", body.to_string())
}

/// The right answer, cut off after so many bytes.
pub(super) fn cut(world: &World, request: &Request, length: usize) -> Vec<u8> {
    let mut answer = world.right(request);
    answer.truncate(length);
    answer
}

/// Bytes that become many under gzip: members one after another.
pub(super) fn gzip_bomb() -> &'static [u8] {
    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let member = |text: &[u8]| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        };
        let spaces = member(&[b' '; BLOCK]).repeat(BOMB / BLOCK);
        [member(b"["), spaces, member(b"]")].concat()
    });
    &BYTES
}

/// The same under deflate, and JSON that is far larger when it is read.
pub(super) fn deflate_bomb() -> &'static [u8] {
    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
        // What was flushed ends with a byte, and can follow itself.
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&b"{},".repeat(BLOCK / 3)).unwrap();
        encoder.flush().unwrap();
        let block = encoder.get_ref().clone();
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(b"[").unwrap();
        encoder.flush().unwrap();
        [encoder.get_ref(), &block.repeat(BOMB / BLOCK)[..]].concat()
    });
    &BYTES
}

/// A bomb within a bomb.
pub(super) fn nested_bomb() -> &'static [u8] {
    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(gzip_bomb()).unwrap();
        let member = encoder.finish().unwrap();
        member.repeat(16)
    });
    &BYTES
}

/// Writes `head`, and then `drops` until nobody listens.
pub(super) fn pour(stream: &mut TcpStream, head: &str, drops: &[u8]) {
    if stream.write_all(head.as_bytes()).is_ok() {
        while stream.write_all(drops).is_ok() {}
    }
}

/// Writes `bytes` one by one.
pub(super) fn drip(stream: &mut TcpStream, bytes: &[u8]) {
    for byte in bytes {
        if stream.write_all(&[*byte]).is_err() {
            return;
        }
        // Slowness is what this server is about.
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// Writes `bytes` and keeps the connection open until the other side closes it.
pub(super) fn hold(stream: &mut TcpStream, bytes: &[u8]) {
    if stream.write_all(bytes).is_ok() {
        let mut rest = [0; 1024];
        while stream.read(&mut rest).is_ok_and(|count| count > 0) {}
    }
}

/// Writes `bytes` and resets the connection: what was sent to it is not read, which the system
/// answers so.
pub(super) fn reset(stream: &mut TcpStream, bytes: &[u8]) {
    let mut one = [0];
    if stream.peek(&mut one).is_ok() {
        // Whether they arrive before the reset does not matter.
        let _ = stream.write_all(bytes);
    }
}
