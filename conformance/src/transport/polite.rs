//! Requests that a common HTTP client can send, over pooled connections.

use std::{
    collections::{HashMap, hash_map::Entry},
    mem,
    thread::{self, ThreadId},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::ext::ReasonPhrase;
use parking_lot::Mutex;
use reqwest::{
    Client, Method, Url, Version,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use rustls::ClientConfig;

use super::{Outgoing, TransportOptions, TransportSetupError, client_for};
use crate::{
    exchange::{Response, TransportError},
    target::BaseUrl,
};

/// Headers that the client writes itself; a request that has its own opinion of them is raw.
const FRAMING_HEADERS: [&str; 8] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "transfer-encoding",
    "upgrade",
];

pub(super) struct Polite {
    /// A connection lives in the event loop of the thread that opened it: each has a client of its own.
    clients: Mutex<HashMap<ThreadId, Client>>,
    settings: Settings,
    origin: String,
    max_body: usize,
    /// What was sent, if that is kept.
    copies: Option<Mutex<Vec<reqwest::Request>>>,
}

/// What clients are made with.
struct Settings {
    in_flight: usize,
    timeout: Duration,
    proxy: Option<Url>,
    tls: Option<ClientConfig>,
}

impl Polite {
    pub(super) fn new(
        base: &BaseUrl,
        options: &TransportOptions,
        tls: Option<ClientConfig>,
    ) -> Result<Self, TransportSetupError> {
        let scheme = if base.is_tls() { "https" } else { "http" };
        let origin = format!("{scheme}://{}", base.authority());
        let settings = Settings {
            in_flight: options.in_flight,
            timeout: options.timeout,
            proxy: options.proxy.clone(),
            tls,
        };
        let client = settings.client(&origin);
        let client = client.map_err(|error| TransportSetupError::Client(chain(&error)))?;
        Ok(Self {
            clients: Mutex::new(HashMap::from([(thread::current().id(), client)])),
            settings,
            origin,
            max_body: options.max_body,
            copies: None,
        })
    }

    /// That of this thread.
    fn client(&self) -> Result<Client, TransportError> {
        let mut clients = self.clients.lock();
        match clients.entry(thread::current().id()) {
            Entry::Occupied(known) => Ok(known.get().clone()),
            Entry::Vacant(none) => {
                let client = self.settings.client(&self.origin);
                let client = client.map_err(|error| TransportError::Unsendable(chain(&error)))?;
                Ok(none.insert(client).clone())
            }
        }
    }

    /// Keeps a copy of every request from now on.
    pub(super) fn keep_copies(&mut self) {
        self.copies = Some(Mutex::default());
    }

    /// The copies that were kept.
    pub(super) fn take_copies(&self) -> Vec<reqwest::Request> {
        let copies = self.copies.as_ref();
        copies
            .map(|copies| mem::take(&mut *copies.lock()))
            .unwrap_or_default()
    }

    /// The request of the client; `None` if the client would send something else.
    pub(super) fn prepare(&self, outgoing: &Outgoing) -> Option<reqwest::Request> {
        let url = Url::parse(&format!("{}{}", self.origin, outgoing.target)).ok()?;
        let kept = match url.query() {
            Some(query) => outgoing
                .target
                .strip_suffix(query)
                .and_then(|rest| rest.strip_suffix('?'))
                .is_some_and(|path| path == url.path()),
            None => outgoing.target == url.path(),
        };
        if !kept || url.fragment().is_some() {
            return None;
        }
        let method = Method::from_bytes(outgoing.method.as_bytes()).ok()?;
        let mut request = reqwest::Request::new(method, url);
        for (name, value) in &outgoing.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            if FRAMING_HEADERS.contains(&name.as_str()) {
                return None;
            }
            let value = HeaderValue::from_bytes(value).ok()?;
            request.headers_mut().append(name, value);
        }
        if !outgoing.body.is_empty() {
            *request.body_mut() = Some(outgoing.body.clone().into());
        }
        Some(request)
    }

    pub(super) async fn send(&self, request: reqwest::Request) -> Result<Response, TransportError> {
        if let Some(copies) = &self.copies {
            copies.lock().extend(request.try_clone());
        }
        let answer = self
            .client()?
            .execute(request)
            .await
            .map_err(|error| classify(&error))?;
        // Only frames of the body have its trailers.
        let (head, mut frames) = hyper::Response::<reqwest::Body>::from(answer).into_parts();
        let reason = match head.extensions.get::<ReasonPhrase>() {
            Some(reason) => Bytes::copy_from_slice(reason.as_bytes()),
            None if head.version == Version::HTTP_2 => Bytes::new(),
            // What was sent, as it is the usual one.
            None => Bytes::from_static(head.status.canonical_reason().unwrap_or("").as_bytes()),
        };
        let mut body = BytesMut::new();
        let mut trailers = Vec::new();
        let mut truncated = false;
        while let Some(frame) = frames.frame().await {
            match frame.map_err(|error| classify(&error))?.into_data() {
                Ok(chunk) => {
                    let room = self.max_body - body.len();
                    body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() > room {
                        truncated = true;
                        break;
                    }
                }
                Err(frame) => {
                    if let Ok(fields) = frame.into_trailers() {
                        trailers.extend(listed(&fields));
                    }
                }
            }
        }
        let headers = listed(&head.headers).collect();
        let status = head.status.as_u16();
        let body = body.freeze();
        Ok(Response {
            reason,
            trailers,
            ..Response::new(status, version(head.version), headers, body, truncated)
        })
    }
}

impl Settings {
    fn client(&self, origin: &str) -> reqwest::Result<Client> {
        let mut builder = client_for(origin)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .no_proxy()
            .tcp_nodelay(true)
            .pool_max_idle_per_host(self.in_flight)
            .connect_timeout(self.timeout);
        if let Some(mut tls) = self.tls.clone() {
            tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
            builder = builder.tls_backend_preconfigured(tls);
        }
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(reqwest::Proxy::all(proxy.clone())?);
        }
        builder.build()
    }
}

/// Names and values as they came.
fn listed(fields: &HeaderMap) -> impl Iterator<Item = (String, Bytes)> {
    fields.iter().map(|(name, value)| {
        let value = Bytes::copy_from_slice(value.as_bytes());
        (name.as_str().to_owned(), value)
    })
}

fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "HTTP/0.9",
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2.0",
        Version::HTTP_3 => "HTTP/3.0",
        _ => "HTTP/1.1",
    }
}

/// What an error of the client means. Its texts name the address and never a header.
fn classify(error: &reqwest::Error) -> TransportError {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = source {
        if let Some(tls) = tls_error(inner) {
            return TransportError::Tls(tls);
        }
        if !error.is_connect()
            && let Some(hyper) = inner.downcast_ref::<hyper::Error>()
            && hyper.is_parse()
        {
            return TransportError::Malformed(hyper.to_string());
        }
        source = inner.source();
    }
    if error.is_connect() {
        return TransportError::Connect(root(error));
    }
    if error.is_builder() {
        return TransportError::Unsendable(root(error));
    }
    TransportError::Closed
}

/// The text of a TLS error, also when it is wrapped in one of I/O, which hides it from `source`.
pub(super) fn tls_error(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return Some(tls.to_string());
    }
    let io = error.downcast_ref::<std::io::Error>()?;
    tls_error(io.get_ref()?)
}

/// The innermost error, which says what happened; the outer ones repeat what was tried.
fn root(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut inner = error.source();
    while let Some(source) = inner {
        text.push_str(": ");
        text.push_str(&source.to_string());
        inner = source.source();
    }
    text
}
