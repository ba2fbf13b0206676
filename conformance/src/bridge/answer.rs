//! What the service answers: right, right in another way, or wrong in one of many.

use std::io::{self, Write as _};

use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, StatusCode},
    response::Response as Outgoing,
};
use flate2::{Compression, write::GzEncoder};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ODD_QUERY;

/// How a call is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// As documented.
    #[default]
    Right,
    /// In another way that Skyvern accepts.
    Also(RightForm),
    /// With another kind of id.
    Id(IdForm),
    /// An error.
    Error { status: u16, echo: Echo },
    /// Success, and nothing that is one.
    Wrong(WrongForm),
    /// A redirect to another origin.
    Elsewhere(u16),
    /// No whole answer.
    Silence(Silence),
}

/// Ways to be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RightForm {
    /// 200.
    Ok,
    /// 202.
    Accepted,
    /// 204 without a body: for a delete only.
    NoContent,
    /// `application/json; charset=utf-8`.
    Charset,
    /// A type that ends in `+json`.
    Suffix,
    /// With all that was submitted beside the id.
    Echoing,
    /// Under gzip.
    Coded,
    /// A text: for a delete only.
    Text,
}

/// Kinds of ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IdForm {
    /// A number that a double cannot hold.
    Number,
    /// Both cases of letters.
    Capitals,
    /// Every unreserved character that is no letter or digit.
    Unreserved,
    /// 200 characters.
    Long,
    Slash,
    Question,
    Hash,
    Percent,
    Space,
    NonAscii,
    /// Leads out of the service and into it again, to another credential.
    Dots,
}

impl IdForm {
    /// An id that begins with `plain`, which is one itself.
    pub(super) fn of(self, plain: &str, number: u64) -> Value {
        match self {
            Self::Number => json!((1_u64 << 53) + 2 * number + 1),
            Self::Capitals => json!(format!("{plain}-Ab")),
            Self::Unreserved => json!(format!("{plain}._~-")),
            Self::Long => json!(format!("{plain}-{}", "0123456789".repeat(20))),
            Self::Slash => json!(format!("{plain}/b")),
            Self::Question => json!(format!("{plain}?{ODD_QUERY}")),
            Self::Hash => json!(format!("{plain}#b")),
            Self::Percent => json!(format!("{plain}%2Fb")),
            Self::Space => json!(format!("{plain} b")),
            Self::NonAscii => json!(format!("{plain}é")),
            Self::Dots => json!(format!("../credentials/{plain}")),
        }
    }
}

/// Where an error shows the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Echo {
    Nowhere,
    Message,
    Error,
    Detail,
    ErrorMessage,
    /// In a list of problems, as frameworks do.
    Problems,
    Text,
    Html,
    /// The token, in `message`.
    Token,
}

/// Answers with 2xx from which no id can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WrongForm {
    NoContent,
    Empty,
    /// JSON that is declared as `text/plain`.
    Text,
    /// What was submitted, without an id.
    NoId,
    NullId,
    EmptyId,
    ZeroId,
    Array,
    Wrapped,
    NotJson,
    /// JSON that ends too early.
    Truncated,
}

/// Ways not to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Silence {
    /// The connection is closed.
    Dropped,
    /// It is closed within the body.
    Cut,
    /// It is held open.
    Held,
}

/// An answer as it is written.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    /// Whether it ends before it is whole: at once without a body, else within it.
    pub(super) is_cut: bool,
}

impl Reply {
    pub(super) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            is_cut: false,
        }
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    pub(super) fn text(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            headers: vec![("content-type", content_type.to_owned())],
            body: body.into(),
            ..Self::empty(status)
        }
    }

    pub(super) fn closed() -> Self {
        Self {
            is_cut: true,
            ..Self::empty(200)
        }
    }

    fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn redirect(status: u16, location: &str) -> Self {
        Self::empty(status).header("location", location)
    }

    pub(super) fn into_response(self) -> Outgoing {
        if self.is_cut && self.body.is_empty() {
            return dropped();
        }
        let mut response = Outgoing::new(if self.is_cut {
            let parts = [
                Ok(Bytes::from(self.body)),
                Err(io::Error::from(io::ErrorKind::ConnectionReset)),
            ];
            Body::from_stream(stream::iter(parts))
        } else {
            Body::from(self.body)
        });
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or_default();
        for (name, value) in self.headers {
            // Values are made here, of visible characters.
            if let Ok(value) = HeaderValue::from_str(&value) {
                let name = HeaderName::from_static(name);
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// A body that fails closes the connection before the head is sent.
pub(super) fn dropped() -> Outgoing {
    let failure = io::Error::from(io::ErrorKind::ConnectionReset);
    Outgoing::new(Body::from_stream(stream::iter([Err::<Bytes, _>(failure)])))
}

/// The answer to a create that is kept under `id`, or to a delete (then there is no id).
pub(super) fn right(form: Option<RightForm>, id: Option<&Value>, submitted: &Value) -> Reply {
    let is_create = id.is_some();
    let mut body = match id {
        Some(id) => json!({ "id": id }),
        None => json!({"deleted": true}),
    };
    let usual = if is_create { 201 } else { 200 };
    let Some(form) = form else {
        return Reply::json(usual, &body);
    };
    match form {
        RightForm::Ok => Reply::json(200, &body),
        RightForm::Accepted => Reply::json(202, &body),
        RightForm::NoContent if !is_create => Reply::empty(204),
        RightForm::Text if !is_create => Reply::text(200, "text/plain", "gone"),
        RightForm::NoContent | RightForm::Text => Reply::json(usual, &body),
        RightForm::Charset => {
            Reply::text(usual, "application/json; charset=utf-8", body.to_string())
        }
        RightForm::Suffix => Reply::text(usual, "application/vnd.service+json", body.to_string()),
        RightForm::Echoing => {
            if let (Value::Object(members), Value::Object(submitted)) = (&mut body, submitted) {
                for (name, value) in submitted {
                    members.entry(name).or_insert_with(|| value.clone());
                }
            }
            Reply::json(usual, &body)
        }
        RightForm::Coded => {
            let mut coder = GzEncoder::new(Vec::new(), Compression::fast());
            // Writing to memory does not fail.
            let _ = coder.write_all(body.to_string().as_bytes());
            let coded = coder.finish().unwrap_or_default();
            Reply::text(usual, "application/json", coded).header("content-encoding", "gzip")
        }
    }
}

/// An error that shows `submitted`, the text of the request, and `authorization`.
pub(super) fn error(status: u16, echo: Echo, submitted: &str, authorization: &str) -> Reply {
    let said = format!("could not store {submitted}");
    let member = |name: &str| Reply::json(status, &json!({ name: said }));
    match echo {
        Echo::Nowhere => Reply::json(status, &json!({"message": "out of order"})),
        Echo::Message => member("message"),
        Echo::Error => member("error"),
        Echo::Detail => member("detail"),
        Echo::ErrorMessage => member("error_message"),
        Echo::Problems => {
            let input: Value = serde_json::from_str(submitted).unwrap_or_default();
            let problem = json!({"type": "missing", "loc": ["body", "owner"],
                "msg": "Field required", "input": input});
            Reply::json(status, &json!({"detail": [problem]}))
        }
        Echo::Text => Reply::text(status, "text/plain", said),
        Echo::Html => Reply::text(status, "text/html", format!("<pre>{said}</pre>")),
        Echo::Token => Reply::json(
            status,
            &json!({"message": format!("not with {authorization}")}),
        ),
    }
}

/// A success from which no id can be read; `id` is one that it might have had.
pub(super) fn wrong(form: WrongForm, id: &str, submitted: &str) -> Reply {
    let echoed: Value = serde_json::from_str(submitted).unwrap_or_default();
    let with_id = |id: Value| Reply::json(201, &json!({"id": id, "kept": echoed}));
    match form {
        WrongForm::NoContent => Reply::empty(204),
        WrongForm::Empty => Reply::text(201, "application/json", ""),
        WrongForm::Text => Reply::text(201, "text/plain", json!({ "id": id }).to_string()),
        WrongForm::NoId => Reply::json(201, &echoed),
        WrongForm::NullId => with_id(Value::Null),
        WrongForm::EmptyId => with_id(json!("")),
        WrongForm::ZeroId => with_id(json!(0)),
        WrongForm::Array => Reply::json(201, &json!([{ "id": id }])),
        WrongForm::Wrapped => Reply::json(201, &json!({"credential": {"id": id}})),
        WrongForm::NotJson => Reply::text(201, "application/json", format!("stored {submitted}")),
        WrongForm::Truncated => {
            let text = json!({"id": id, "kept": echoed}).to_string();
            let end = text.floor_char_boundary(text.len() - 2);
            Reply::text(201, "application/json", &text[..end])
        }
    }
}
