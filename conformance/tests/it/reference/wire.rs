//! Bytes to a server on loopback and what comes back, without a polite client in between.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use skyvern_conformance::reference::skyvern::{self, Config};
use skyvern_conformance::reference::{Defect, Running};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// No answer of a server that is not hanging takes this long on loopback.
const PATIENCE: Duration = Duration::from_millis(1500);

pub(crate) const KEY: &str = "sk-Reference-Key-0123456789abcdef";

pub(crate) async fn start(defects: Vec<&'static Defect>) -> Running {
    skyvern::start(Config {
        log: None,
        port: 0,
        api_key: KEY.to_owned(),
        vault: None,
        defects,
    })
    .await
    .expect("a free port and defects of the table")
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) reason: String,
    /// The header lines, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let line = self.headers.iter().find(|(header, _)| header == name)?;
        Some(&line.1)
    }

    /// The body; null when it is not JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }
}

/// What a request comes to. A server that closes or never answers has status 0.
pub(crate) async fn exchange(address: SocketAddr, request: &[u8]) -> Reply {
    let nothing = |text: &str| Reply {
        status: 0,
        reason: String::new(),
        headers: Vec::new(),
        text: text.to_owned(),
    };
    let mut stream = TcpStream::connect(address)
        .await
        .expect("the server listens");
    let (mut reader, mut writer) = stream.split();
    let mut bytes = Vec::new();
    let receive = async {
        // Whether the server has read everything shows in what it answers.
        let (_, read) = tokio::join!(writer.write_all(request), reader.read_to_end(&mut bytes));
        read
    };
    if tokio::time::timeout(PATIENCE, receive).await.is_err() {
        return nothing("hangs");
    }
    parse(&bytes, request.starts_with(b"HEAD ")).unwrap_or_else(|| nothing("closed"))
}

fn parse(bytes: &[u8], to_head: bool) -> Option<Reply> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let mut line = lines.next()?.splitn(3, ' ').skip(1);
    let status = line.next()?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let text = match length {
        Some(_) if to_head => String::new(),
        Some((_, length)) if length.parse() != Ok(body.len()) => return None,
        None if headers.iter().any(|(name, _)| name == "transfer-encoding") => unchunk(body)?,
        _ => body.to_owned(),
    };
    Some(Reply {
        status,
        reason: line.next().unwrap_or_default().to_owned(),
        headers,
        text,
    })
}

/// Takes RFC 9112 chunks apart; none when the last one is missing.
fn unchunk(mut body: &str) -> Option<String> {
    let mut whole = String::new();
    loop {
        let (size, rest) = body.split_once("\r\n")?;
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(whole);
        }
        whole.push_str(rest.get(..size)?);
        body = rest.get(size + 2..)?;
    }
}

/// A request, sent with the key and as JSON unless told otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

pub(crate) fn ask(method: &str, path: &str) -> Ask {
    Ask {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: vec![("x-api-key".to_owned(), KEY.to_owned())],
        body: Vec::new(),
    }
}

pub(crate) fn get(path: &str) -> Ask {
    ask("GET", path)
}

pub(crate) fn post(path: &str, body: &Value) -> Ask {
    ask("POST", path).raw(body.to_string())
}

impl Ask {
    /// For a person: the request line, the headers, and how the body begins.
    pub(crate) fn label(&self) -> String {
        let body: String = String::from_utf8_lossy(&self.body)
            .chars()
            .take(90)
            .collect();
        let path: String = self.path.chars().take(90).collect();
        format!("{} {path} {:?} {body}", self.method, self.headers)
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(header, _)| header != name);
        self
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.with("x-api-key", key)
    }

    pub(crate) fn raw(self, body: impl AsRef<[u8]>) -> Self {
        let mut asked = self.with("content-type", "application/json");
        asked.body = body.as_ref().into();
        asked
    }

    pub(crate) async fn send(&self, server: &Running) -> Reply {
        let mut lines = vec![
            format!("{} {} HTTP/1.1", self.method, self.path),
            "host: test".to_owned(),
            "connection: close".to_owned(),
            format!("content-length: {}", self.body.len()),
        ];
        let headers = self.headers.iter();
        lines.extend(headers.map(|(name, value)| format!("{name}: {value}")));
        let head = lines.join("\r\n") + "\r\n\r\n";
        let request = [head.as_bytes(), &self.body].concat();
        exchange(server.address(), &request).await
    }
}

pub(crate) fn password(name: &str) -> Value {
    json!({
        "name": name,
        "credential_type": "password",
        "credential": {"username": format!("{name}@example.org"), "password": "pw-not-shown"},
    })
}

pub(crate) fn card(name: &str, number: &str) -> Value {
    json!({
        "name": name,
        "credential_type": "credit_card",
        "credential": {
            "card_number": number, "card_cvv": "cvv-not-shown", "card_exp_month": "exp-not-shown",
            "card_exp_year": "year-not-shown", "card_brand": "Visa",
            "card_holder_name": "holder-not-shown",
        },
    })
}

pub(crate) fn secret(name: &str, label: Option<&str>) -> Value {
    json!({
        "name": name,
        "credential_type": "secret",
        "credential": {"secret_value": "value-not-shown", "secret_label": label},
    })
}

/// Creates one and gives its id; empty if it was refused.
pub(crate) async fn create(server: &Running, body: &Value) -> String {
    let reply = post("/v1/credentials", body).send(server).await;
    reply.json()["credential_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}
