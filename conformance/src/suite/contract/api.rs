//! Requests to a credential service: as Skyvern writes them, byte for byte, and a create as other
//! clients write it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    exchange::Request,
    python_json,
    target::{Target, TargetKind},
};

const BASE: &str = "/credentials";
const ITEM: &str = "/credentials/{id}";
const JSON: &str = "application/json";

/// The operations by their names.
#[derive(Clone, Debug)]
pub(super) struct Api {
    create: String,
    read: String,
    delete: String,
    test: String,
}

/// How a client writes a create that means the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Writing {
    /// As Skyvern does.
    Skyvern,
    /// With a charset behind the media type.
    Charset,
    /// The same in capitals.
    MediaTypeCase,
    /// Without white space, and over a connection that is kept.
    Compact,
    /// With line breaks and indents.
    Pretty,
    /// Characters beyond ASCII as they are.
    Unescaped,
    /// Every character as an escape.
    Escaped,
    /// The members in reverse order.
    Reversed,
    /// With `Expect`, `User-Agent` and other headers that do not matter.
    MoreHeaders,
    /// In chunks.
    Chunked,
}

impl Writing {
    /// All but Skyvern's.
    pub(super) const OTHER: [Self; 9] = [
        Self::Charset,
        Self::MediaTypeCase,
        Self::Compact,
        Self::Pretty,
        Self::Unescaped,
        Self::Escaped,
        Self::Reversed,
        Self::MoreHeaders,
        Self::Chunked,
    ];
}

impl Api {
    /// `None` if the target is no credential service, or lacks an operation.
    pub(super) fn of(target: &Target) -> Option<Self> {
        let named = |method: &str, path: &str| {
            let mut all = target.operations.iter();
            let found = all.find(|one| one.method == method && one.path == path)?;
            Some(found.name.clone())
        };
        if target.kind != TargetKind::CredentialService {
            return None;
        }
        Some(Self {
            create: named("POST", BASE)?,
            read: named("GET", ITEM)?,
            delete: named("DELETE", ITEM)?,
            test: named("GET", BASE)?,
        })
    }

    /// Stores `body`.
    pub(super) fn create(&self, body: &Value) -> Request {
        self.create_of(python_json::text(body).into_bytes(), Some(JSON))
    }

    /// A create of these bytes, in everything else as Skyvern sends one.
    pub(super) fn create_of(&self, body: Vec<u8>, content_type: Option<&str>) -> Request {
        plain("POST", BASE)
            .operation(&self.create)
            .bytes(content_type, body)
    }

    /// Stores `body`, written in another way.
    pub(super) fn create_as(&self, body: &Value, writing: Writing) -> Request {
        let with = |text: String, content_type: &str| {
            self.create_of(text.into_bytes(), Some(content_type))
        };
        match writing {
            Writing::Skyvern => self.create(body),
            Writing::Charset => with(python_json::text(body), "application/json; charset=utf-8"),
            Writing::MediaTypeCase => with(python_json::text(body), "Application/JSON"),
            Writing::Compact => {
                let mut request = with(body.to_string(), JSON);
                request.fresh_connection = false;
                request
            }
            Writing::Pretty => with(format!(" {body:#}\r\n"), JSON),
            Writing::Unescaped => with(body.to_string(), JSON),
            Writing::Escaped => with(escaped(body), JSON),
            Writing::Reversed => {
                let members = body.as_object().cloned().unwrap_or_default();
                let reversed: Map<String, Value> = members.into_iter().rev().collect();
                with(python_json::text(&Value::Object(reversed)), JSON)
            }
            Writing::MoreHeaders => with(python_json::text(body), JSON)
                .header("User-Agent", "conformance")
                .header("Accept-Language", "en")
                .header("X-Request-Id", "1"),
            Writing::Chunked => {
                with(python_json::text(body), JSON).framing(crate::exchange::Framing::Chunked(64))
            }
        }
    }

    /// Reads a credential; the id goes in as it is.
    pub(super) fn read(&self, id: &str) -> Request {
        plain("GET", ITEM)
            .operation(&self.read)
            .raw_path_param("id", id)
            .header("Content-Type", JSON)
    }

    /// Deletes a credential; the id goes in as it is. The length of no body is told as 0.
    pub(super) fn delete(&self, id: &str) -> Request {
        plain("DELETE", ITEM)
            .operation(&self.delete)
            .raw_path_param("id", id)
            .header("Content-Type", JSON)
    }

    /// The connection test.
    pub(super) fn test(&self) -> Request {
        plain("GET", BASE).operation(&self.test)
    }
}

/// What all four calls have: a connection of their own, and these headers.
pub(super) fn plain(method: &str, path: &str) -> Request {
    Request::new(method, path)
        .header("Accept", "*/*")
        .header("Accept-Encoding", "gzip, deflate")
        .fresh_connection()
}

/// Every character of every text as an escape.
fn escaped(body: &Value) -> String {
    let unit = |unit: u16| format!("\\u{unit:04X}");
    match body {
        Value::String(text) => {
            let text: String = text.encode_utf16().map(unit).collect();
            format!("\"{text}\"")
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| {
                    format!("{}:{}", escaped(&name.as_str().into()), escaped(value))
                })
                .collect();
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn api() -> Api {
        let name = String::new;
        Api {
            create: name(),
            read: name(),
            delete: name(),
            test: name(),
        }
    }

    #[test]
    fn a_create_is_written_as_skyvern_writes_it() {
        let body = json!({"name": "Zoë 😀", "type": "password", "username": "u", "password": "p",
            "totp": null, "totp_type": "none"});
        let request = api().create(&body);
        assert_eq!(
            request.body_bytes(),
            r#"{"name": "Zo\u00eb \ud83d\ude00", "type": "password", "username": "u", "password": "p", "totp": null, "totp_type": "none"}"#
        );
        let headers: Vec<(&str, &[u8])> = request
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        assert_eq!(
            headers,
            [
                ("Accept", &b"*/*"[..]),
                ("Accept-Encoding", b"gzip, deflate"),
                ("content-type", b"application/json"),
            ]
        );
        assert!(request.fresh_connection);
    }

    #[test]
    fn other_clients_mean_the_same() {
        let body =
            json!({"name": "é", "type": "secret", "secret_value": "a\"\n", "m": {"k": null}});
        for writing in Writing::OTHER {
            let request = api().create_as(&body, writing);
            let read: Value = serde_json::from_slice(&request.body_bytes()).unwrap();
            assert_eq!(read, body, "{writing:?}");
        }
    }
}
