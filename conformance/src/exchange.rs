//! One request and what came back: the only thing that checks see of the network.
//!
//! A [`Request`] says exactly which bytes go out, also those that no polite client sends. It does
//! not know the server's address or key: the transport adds them.

use std::{
    borrow::Cow,
    fmt,
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::secret::view;

/// Everything but the unreserved characters of RFC 3986.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Most bytes that a compressed body may become.
const MOST_INFLATED: usize = 8 << 20;
/// Most values of a body that is read as JSON: few bytes can hold very many, and each takes a hundred
/// in memory.
const MOST_VALUES: usize = 1 << 18;

/// Percent-encodes all but unreserved characters, for one path segment, query name or query value.
pub fn encode_component(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, COMPONENT).into()
}

/// How a request proves who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// With the credentials given for the run.
    Given,
    /// Not at all.
    None,
    /// With another value in the place of the given credential.
    Instead(Credential),
}

/// A value sent in the place of the right key, made from it by the transport when it is sent, so
/// that cases and recordings never hold the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// The header is there and empty.
    Empty,
    /// One space.
    Blank,
    /// Other characters of the same kinds and number.
    Wrong,
    /// Without its last character.
    WithoutLast,
    /// Without its first character.
    WithoutFirst,
    /// With one more character at the end.
    Lengthened,
    /// With the case of its letters changed; the same as the key if it has none.
    OtherCase,
    /// The right key, as query parameter of the header's name.
    InQuery,
    /// The right key, as `Authorization: Bearer`.
    AsBearer,
    /// The right key, as a cookie of the header's name.
    InCookie,
    /// The right key, in a header of this name.
    InHeader(String),
    /// The right key between two texts, as the whole of `Authorization`.
    Around {
        /// What stands before it, the scheme for instance.
        before: String,
        /// What stands behind it.
        after: String,
    },
    /// This text.
    Text(String),
}

/// What follows the headers of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Nothing.
    None,
    /// JSON, written without white space, as `application/json`.
    Json(Value),
    /// These bytes. The content type is what [`Request::headers`] say, or none.
    Bytes(Bytes),
}

/// How the length of the body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// As it is.
    Honest,
    /// In chunks of this many bytes, with `Transfer-Encoding: chunked`.
    Chunked(usize),
    /// `Content-Length` says this; only the bytes of the body follow, and the sending side closes.
    Claimed(u64),
}

/// A request, as it goes out.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The name of the operation that it is, or tries to be; for reports.
    pub operation: Option<String>,
    /// The method, any token.
    pub method: String,
    /// The path of the document, `/v1/credentials/{credential_id}`; for reports and the ledger.
    pub template: String,
    /// The path below the base URL, percent-encoded, exactly as it goes out.
    pub path: String,
    /// The query without `?`, percent-encoded, exactly as it goes out.
    pub query: Option<String>,
    /// Headers besides those of authentication and length, in order, duplicates included.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Body,
    /// How its length is told.
    pub framing: Framing,
    /// Who asks.
    pub auth: Auth,
    /// Whether a connection of its own is opened and closed.
    pub fresh_connection: bool,
    /// Whether the answer is kept back on purpose: nobody who wants quiet waits for it.
    pub held: bool,
    /// A word by which the judge finds this exchange again; not sent.
    pub tag: Cow<'static, str>,
}

impl Request {
    /// A request with the given credentials, without query, headers and body. `template` is a path
    /// of the document; fill its variables with [`Request::path_param`].
    pub fn new(method: &str, template: &str) -> Self {
        Self {
            operation: None,
            method: method.to_owned(),
            template: template.to_owned(),
            path: template.to_owned(),
            query: None,
            headers: Vec::new(),
            body: Body::None,
            framing: Framing::Honest,
            auth: Auth::Given,
            fresh_connection: false,
            held: false,
            tag: Cow::Borrowed(""),
        }
    }

    /// Names the operation.
    #[must_use]
    pub fn operation(mut self, name: &str) -> Self {
        self.operation = Some(name.to_owned());
        self
    }

    /// Fills `{name}` of the path, percent-encoded.
    #[must_use]
    pub fn path_param(self, name: &str, value: &str) -> Self {
        let value = encode_component(value).into_owned();
        self.raw_path_param(name, &value)
    }

    /// Fills `{name}` of the path with `value` as it stands.
    #[must_use]
    pub fn raw_path_param(mut self, name: &str, value: &str) -> Self {
        self.path = self.path.replace(&format!("{{{name}}}"), value);
        self
    }

    /// Replaces the whole path by `path` as it stands.
    #[must_use]
    pub fn raw_path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// Appends a query parameter, percent-encoded.
    #[must_use]
    pub fn query(self, name: &str, value: &str) -> Self {
        let pair = format!("{}={}", encode_component(name), encode_component(value));
        self.raw_query(&pair)
    }

    /// Appends `text` to the query as it stands.
    #[must_use]
    pub fn raw_query(mut self, text: &str) -> Self {
        self.query = Some(match self.query {
            Some(query) => format!("{query}&{text}"),
            None => text.to_owned(),
        });
        self
    }

    /// Appends a header; any bytes.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(mut self, value: Value) -> Self {
        self.body = Body::Json(value);
        self
    }

    /// Sets a body of these bytes, under `content_type` or under none.
    #[must_use]
    pub fn bytes(mut self, content_type: Option<&str>, bytes: impl Into<Bytes>) -> Self {
        self.body = Body::Bytes(bytes.into());
        if let Some(content_type) = content_type {
            self.headers
                .push(("content-type".to_owned(), content_type.into()));
        }
        self
    }

    /// Sets how the length of the body is told.
    #[must_use]
    pub fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Sets who asks.
    #[must_use]
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    /// Opens a connection of its own.
    #[must_use]
    pub fn fresh_connection(mut self) -> Self {
        self.fresh_connection = true;
        self
    }

    /// Says that the answer is kept back on purpose.
    #[must_use]
    pub fn held(mut self) -> Self {
        self.held = true;
        self
    }

    /// Sets the word by which the judge finds it again.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<Cow<'static, str>>) -> Self {
        self.tag = tag.into();
        self
    }

    /// Path and query as they go out, below the base URL.
    pub fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// The bytes of the body.
    pub fn body_bytes(&self) -> Bytes {
        match &self.body {
            Body::None => Bytes::new(),
            Body::Json(value) => Bytes::from(value.to_string()),
            Body::Bytes(bytes) => bytes.clone(),
        }
    }
}

/// An answer, read up to a limit.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// `HTTP/1.1`, `HTTP/2.0`.
    pub version: &'static str,
    /// The reason phrase of the status line; empty where there is none, as in HTTP/2.
    pub reason: Bytes,
    /// Headers in order, names in lower case, duplicates included.
    pub headers: Vec<(String, Bytes)>,
    /// The body, as far as it was read; content codings are not undone.
    pub body: Bytes,
    /// Fields that followed the body, as [`Self::headers`].
    pub trailers: Vec<(String, Bytes)>,
    /// Whether there was more than the limit.
    pub truncated: bool,
    pub(crate) json: OnceLock<Option<Value>>,
}

impl Response {
    /// An answer of these parts, without reason phrase and trailers.
    pub fn new(
        status: u16,
        version: &'static str,
        headers: Vec<(String, Bytes)>,
        body: Bytes,
        truncated: bool,
    ) -> Self {
        Self {
            status,
            version,
            reason: Bytes::new(),
            headers,
            body,
            trailers: Vec::new(),
            truncated,
            json: OnceLock::new(),
        }
    }

    /// The first header of that name (lower case), if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .and_then(|(_, value)| std::str::from_utf8(value).ok())
    }

    /// The content type without parameters, in lower case.
    pub fn media_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        let essence = value.split(';').next().unwrap_or_default();
        Some(essence.trim().to_ascii_lowercase())
    }

    /// The body as JSON, whatever its content type; `None` if it is none. Parsed once.
    pub fn json(&self) -> Option<&Value> {
        self.json
            .get_or_init(|| read_json(&self.decoded()))
            .as_ref()
    }

    /// The same, cut off where it holds more values than are read.
    pub(crate) fn with_bounded_values(mut self) -> Self {
        if let Some(end) = end_of_values(&self.body) {
            self.cut(end);
        }
        self
    }

    /// Cuts the body off after so many bytes.
    pub(crate) fn cut(&mut self, most: usize) {
        if self.body.len() > most {
            *self = self.beginning(most);
        }
    }

    /// A copy with at most so many bytes of the body.
    pub(crate) fn beginning(&self, most: usize) -> Self {
        let end = self.body.len().min(most);
        let body = Bytes::copy_from_slice(&self.body[..end]);
        let is_cut = self.truncated || end < self.body.len();
        Self {
            reason: self.reason.clone(),
            trailers: self.trailers.clone(),
            ..Self::new(
                self.status,
                self.version,
                self.headers.clone(),
                body,
                is_cut,
            )
        }
    }

    /// The body, its content coding undone if it is one of those that requests may ask for.
    fn decoded(&self) -> Cow<'_, [u8]> {
        let coding = self.header("content-encoding");
        let inflated = match coding.map(str::to_ascii_lowercase).as_deref() {
            Some("gzip" | "x-gzip" | "deflate") => view::inflate(&self.body, MOST_INFLATED)
                .or_else(|| view::inflate_bare(&self.body, MOST_INFLATED)),
            _ => None,
        };
        inflated.map_or(Cow::Borrowed(&self.body), Cow::Owned)
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether the status is 4xx.
    pub fn is_refusal(&self) -> bool {
        (400..500).contains(&self.status)
    }

    /// Whether the status is 5xx.
    pub fn is_server_error(&self) -> bool {
        (500..600).contains(&self.status)
    }
}

/// What a server said, as JSON; `None` if it is none, or holds more values than are read.
pub(crate) fn read_json(bytes: &[u8]) -> Option<Value> {
    match end_of_values(bytes) {
        None => serde_json::from_slice(bytes).ok(),
        Some(_) => None,
    }
}

/// Where JSON has had [`MOST_VALUES`], if it holds more.
fn end_of_values(bytes: &[u8]) -> Option<usize> {
    if bytes.len() <= MOST_VALUES {
        return None;
    }
    let mut count = 0;
    let mut within = false;
    let mut escaped = false;
    bytes.iter().position(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = within,
            b'"' => within = !within,
            b',' | b'[' | b'{' if !within => count += 1,
            _ => {}
        }
        count > MOST_VALUES
    })
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection: refused, unreachable, unknown name.
    #[error("no connection: {0}")]
    Connect(String),
    /// No TLS session: certificate, protocol.
    #[error("no TLS session: {0}")]
    Tls(String),
    /// No whole answer within the time limit.
    #[error("no whole answer within {0:?}")]
    Timeout(Duration),
    /// The connection ended before the answer did; on a fresh connection too.
    #[error("the connection closed before the answer was complete")]
    Closed,
    /// What came back is not HTTP.
    #[error("the answer is not HTTP: {0}")]
    Malformed(String),
    /// The request cannot be sent at all, e.g. a raw path over a proxy that rewrites it.
    #[error("the request cannot be sent: {0}")]
    Unsendable(String),
}

/// A request and what came back.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What was sent.
    pub request: Request,
    /// What came back.
    pub outcome: Result<Response, TransportError>,
    /// When it was sent, if it was.
    pub began: Option<SystemTime>,
    /// From the first byte of the request to the last of the answer.
    pub elapsed: Duration,
}

impl Exchange {
    /// The answer, if there is one.
    pub fn response(&self) -> Option<&Response> {
        self.outcome.as_ref().ok()
    }

    /// The status, if there is an answer.
    pub fn status(&self) -> Option<u16> {
        self.response().map(|response| response.status)
    }

    /// The JSON body of the answer, if there is one.
    pub fn json(&self) -> Option<&Value> {
        self.response().and_then(Response::json)
    }

    /// Whether the answer is 2xx.
    pub fn is_success(&self) -> bool {
        self.response().is_some_and(Response::is_success)
    }

    /// Whether there was no connection: nobody listens there, or not with this certificate.
    pub fn found_nobody(&self) -> bool {
        matches!(
            self.outcome,
            Err(TransportError::Connect(_) | TransportError::Tls(_))
        )
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.request.method, self.request.template)?;
        match &self.outcome {
            Ok(response) => write!(f, " → {}", response.status),
            Err(error) => write!(f, " → {error}"),
        }
    }
}
