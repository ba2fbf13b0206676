//! Sends calls and bounds what comes back: the one place that talks to the HTTP library.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue,
};
use reqwest::{Method, RequestBuilder, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Secret;
use crate::answer::{Answer, Documented, Opened, Statuses};
use crate::error::{ArgumentError, BuildError, Error, Fault, TransportError};
use crate::parameters::{self, Escape, Style};
use crate::retry::{self, RetryPolicy};

/// How calls are sent, whatever the operation.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) base_url: String,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) user_agent: Option<String>,
    pub(crate) retry: RetryPolicy,
    pub(crate) max_body: usize,
    pub(crate) http: Option<reqwest::Client>,
}

impl Settings {
    pub(crate) fn new(base_url: &str) -> Self {
        Self {
            base_url: base_url.to_owned(),
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            user_agent: None,
            retry: RetryPolicy::default(),
            max_body: 16 * 1024 * 1024,
            http: None,
        }
    }

    pub(crate) fn build(self) -> Result<Transport, BuildError> {
        let base_url = Url::parse(&self.base_url).map_err(|_| BuildError::BaseUrl)?;
        let plain = base_url.query().is_none() && base_url.fragment().is_none();
        if !(matches!(base_url.scheme(), "http" | "https") && plain) {
            return Err(BuildError::BaseUrl);
        }
        let http = match self.http {
            Some(http) => http,
            None => reqwest::Client::builder()
                .connect_timeout(self.connect_timeout)
                // A redirect could carry a secret to another place.
                .redirect(reqwest::redirect::Policy::none())
                .user_agent(self.user_agent.as_deref().unwrap_or(concat!(
                    env!("CARGO_PKG_NAME"),
                    "/",
                    env!("CARGO_PKG_VERSION")
                )))
                .build()
                .map_err(BuildError::Http)?,
        };
        Ok(Transport {
            http,
            base_url,
            timeout: self.timeout,
            retry: self.retry,
            max_body: self.max_body,
        })
    }
}

/// What the caller shows to be let in, and where it travels.
#[derive(Clone, Debug)]
pub(crate) enum Credential {
    Header(HeaderName, HeaderValue),
    Query(&'static str, Secret),
    Cookie(&'static str, Secret),
    Basic(String, Secret),
}

impl Credential {
    /// A header with this text, which logs of the HTTP library do not show.
    pub(crate) fn header(
        setter: &'static str,
        name: &'static str,
        text: &Secret,
    ) -> Result<Self, BuildError> {
        let bad = |_| BuildError::Credential(setter);
        let name =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| BuildError::Credential(setter))?;
        let mut value = HeaderValue::from_str(text.expose()).map_err(bad)?;
        value.set_sensitive(true);
        Ok(Self::Header(name, value))
    }

    /// `Authorization: Bearer …` (RFC 6750).
    pub(crate) fn bearer(setter: &'static str, token: &Secret) -> Result<Self, BuildError> {
        let text = Secret::from(format!("Bearer {}", token.expose()));
        Self::header(setter, AUTHORIZATION.as_str(), &text)
    }
}

/// One request in the making. The first argument that cannot be written is kept as the problem.
pub(crate) struct Call {
    method: Method,
    path: String,
    query: Vec<String>,
    cookies: Vec<String>,
    headers: HeaderMap,
    /// User and password.
    basic: Option<(String, Secret)>,
    body: Body,
    idempotent: bool,
    problem: Option<ArgumentError>,
}

enum Body {
    Empty,
    Bytes(Bytes),
    /// Can be sent once only.
    Once(Box<dyn FnOnce(RequestBuilder) -> RequestBuilder + Send + Sync>),
}

/// Constructors of calls, each with its method.
macro_rules! methods {
    ($($name:ident $method:ident)*) => {
        $(pub(crate) fn $name(path: &str) -> Self {
            Self::new(Method::$method, path)
        })*
    };
}

impl Call {
    methods!(get GET put PUT post POST delete DELETE options OPTIONS head HEAD patch PATCH trace TRACE);

    /// A call of `path`, which names its parameters in braces. It may be sent again
    /// after a failure where its method is idempotent (RFC 9110, section 9.2.2).
    fn new(method: Method, path: &str) -> Self {
        Self {
            idempotent: method.is_idempotent(),
            method,
            path: path.to_owned(),
            query: Vec::new(),
            cookies: Vec::new(),
            headers: HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]),
            basic: None,
            body: Body::Empty,
            problem: None,
        }
    }

    pub(crate) fn accept(mut self, media_type: &'static str) -> Self {
        self.headers
            .insert(ACCEPT, HeaderValue::from_static(media_type));
        self
    }

    pub(crate) fn credential(mut self, credential: Option<&Credential>) -> Self {
        match credential {
            Some(Credential::Header(name, value)) => {
                self.headers.insert(name.clone(), value.clone());
            }
            Some(Credential::Query(name, secret)) => {
                let value = Value::from(secret.expose());
                self.push_query(
                    name,
                    &value,
                    Style::Form { explode: true },
                    Escape::Reserved,
                );
            }
            Some(Credential::Cookie(name, secret)) => {
                let value = Value::from(secret.expose());
                self.push_cookie(name, &value, Style::Form { explode: true });
            }
            Some(Credential::Basic(user, password)) => {
                self.basic = Some((user.clone(), password.clone()));
            }
            None => {}
        }
        self
    }

    /// Fills in the path parameter `name`, as one segment.
    pub(crate) fn path<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.path_as(name, value, Style::Simple { explode: false })
    }

    pub(crate) fn path_as<T: Serialize + ?Sized>(
        mut self,
        name: &str,
        value: &T,
        style: Style,
    ) -> Self {
        let Some(value) = self.json_value(name, value) else {
            return self;
        };
        let text = parameters::write(name, &value, style, Escape::Reserved).unwrap_or_default();
        if text.is_empty() {
            self.refuse(name, "must not be empty in a path");
            return self;
        }
        self.path = self.path.replacen(&format!("{{{name}}}"), &text, 1);
        if self
            .path
            .split('/')
            .any(|segment| matches!(segment, "." | ".."))
        {
            self.refuse(name, "must not be a dot segment");
        }
        self
    }

    /// Adds a query parameter; lists are repeated parameters.
    pub(crate) fn query<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.query_as(name, value, Style::Form { explode: true }, Escape::Reserved)
    }

    pub(crate) fn query_as<T: Serialize + ?Sized>(
        mut self,
        name: &str,
        value: &T,
        style: Style,
        escape: Escape,
    ) -> Self {
        if let Some(value) = self.json_value(name, value) {
            self.push_query(name, &value, style, escape);
        }
        self
    }

    pub(crate) fn header<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.header_as(name, value, Style::Simple { explode: false })
    }

    pub(crate) fn header_as<T: Serialize + ?Sized>(
        mut self,
        name: &str,
        value: &T,
        style: Style,
    ) -> Self {
        if let Some(value) = self.json_value(name, value)
            && let Some(text) = parameters::write(name, &value, style, Escape::Nothing)
        {
            let header = HeaderName::from_bytes(name.as_bytes()).ok();
            match (header, HeaderValue::from_str(&text)) {
                (Some(header), Ok(text)) => {
                    self.headers.append(header, text);
                }
                _ => self.refuse(name, "holds characters that a header cannot"),
            }
        }
        self
    }

    pub(crate) fn cookie<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.cookie_as(name, value, Style::Form { explode: true })
    }

    pub(crate) fn cookie_as<T: Serialize + ?Sized>(
        mut self,
        name: &str,
        value: &T,
        style: Style,
    ) -> Self {
        if let Some(value) = self.json_value(name, value) {
            self.push_cookie(name, &value, style);
        }
        self
    }

    pub(crate) fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.json_as("application/json", body)
    }

    pub(crate) fn json_as<T: Serialize + ?Sized>(self, media_type: &'static str, body: &T) -> Self {
        match serde_json::to_vec(body) {
            Ok(text) => self.bytes(media_type, text),
            Err(_) => self.unwritable(),
        }
    }

    pub(crate) fn optional_json<T: Serialize + ?Sized>(
        self,
        media_type: &'static str,
        body: Option<&T>,
    ) -> Self {
        match body {
            Some(body) => self.json_as(media_type, body),
            None => self,
        }
    }

    pub(crate) fn bytes(mut self, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.content_type(media_type);
        self.body = Body::Bytes(body.into());
        self
    }

    /// A body that the HTTP library makes.
    pub(crate) fn once(
        mut self,
        add: impl FnOnce(RequestBuilder) -> RequestBuilder + Send + Sync + 'static,
    ) -> Self {
        self.body = Body::Once(Box::new(add));
        self
    }

    pub(crate) fn content_type(&mut self, media_type: &'static str) {
        self.headers
            .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }

    fn push_query(&mut self, name: &str, value: &Value, style: Style, escape: Escape) {
        self.query
            .extend(parameters::write(name, value, style, escape));
    }

    fn push_cookie(&mut self, name: &str, value: &Value, style: Style) {
        self.cookies
            .extend(parameters::write(name, value, style, Escape::Reserved));
    }

    fn json_value<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Option<Value> {
        let value = serde_json::to_value(value).ok();
        if value.is_none() {
            self.refuse(name, "cannot be written");
        }
        value
    }

    pub(crate) fn unwritable(mut self) -> Self {
        self.refuse("body", "cannot be written as JSON");
        self
    }

    pub(crate) fn refuse(&mut self, name: &str, reason: &'static str) {
        let name = name.to_owned();
        self.problem.get_or_insert(ArgumentError { name, reason });
    }
}

/// Where calls go and how.
#[derive(Clone)]
pub(crate) struct Transport {
    http: reqwest::Client,
    base_url: Url,
    timeout: Duration,
    retry: RetryPolicy,
    max_body: usize,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("host", &self.base_url.host_str())
            .field("path", &self.base_url.path())
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Transport {
    /// Sends the call for a success whose body is JSON.
    pub(crate) async fn json<T: DeserializeOwned, E: Documented>(
        &self,
        call: Call,
        success: impl Statuses,
    ) -> Result<T, Error<E>> {
        self.succeed(call, success).await?.json()
    }

    /// Sends the call for a success whose body is text.
    pub(crate) async fn text<E: Documented>(
        &self,
        call: Call,
        success: impl Statuses,
    ) -> Result<String, Error<E>> {
        self.succeed(call, success).await?.text()
    }

    /// Sends the call for a success whose body says nothing.
    pub(crate) async fn empty<E: Documented>(
        &self,
        call: Call,
        success: impl Statuses,
    ) -> Result<(), Error<E>> {
        self.succeed(call, success).await.map(drop)
    }

    async fn succeed<E: Documented>(
        &self,
        call: Call,
        success: impl Statuses,
    ) -> Result<Answer, Error<E>> {
        let answer = self.send(call).await?;
        if success.include(answer.status()) {
            Ok(answer)
        } else {
            answer.refused()
        }
    }

    /// Sends the call and reads the whole answer, again and again as the policy permits.
    pub(crate) async fn send(&self, call: Call) -> Result<Answer, Fault> {
        self.repeat(call, Some(self.timeout)).await?.read().await
    }

    /// Sends the call and leaves the body of the answer to be read. The time-out is for its beginning.
    pub(crate) async fn open(&self, call: Call) -> Result<Opened, Fault> {
        self.repeat(call, None).await
    }

    async fn repeat(&self, mut call: Call, timeout: Option<Duration>) -> Result<Opened, Fault> {
        if let Some(problem) = call.problem.take() {
            return Err(Fault::Argument(problem));
        }
        let url = self.url(&call);
        if !call.cookies.is_empty() {
            let text = call.cookies.join("; ").replace('&', "; ");
            let mut value = HeaderValue::from_str(&text).map_err(|_| {
                let (name, reason) = ("cookie".to_owned(), "holds characters that a header cannot");
                Fault::Argument(ArgumentError { name, reason })
            })?;
            value.set_sensitive(true);
            call.headers.insert(COOKIE, value);
        }
        let mut done = 0;
        loop {
            let mut request = self.http.request(call.method.clone(), url.clone());
            request = request.headers(call.headers.clone());
            if let Some((user, password)) = &call.basic {
                request = request.basic_auth(user, Some(password.expose()));
            }
            request = match &mut call.body {
                Body::Empty => request,
                Body::Bytes(bytes) => request.body(bytes.clone()),
                Body::Once(_) => match std::mem::replace(&mut call.body, Body::Empty) {
                    Body::Once(add) => {
                        call.idempotent = false;
                        add(request)
                    }
                    Body::Empty | Body::Bytes(_) => request,
                },
            };
            let outcome = match timeout {
                Some(timeout) => request.timeout(timeout).send().await,
                None => match tokio::time::timeout(self.timeout, request.send()).await {
                    Ok(outcome) => outcome,
                    Err(_) => return Err(Fault::Transport(TransportError::TimedOut)),
                },
            };
            let pause = match &outcome {
                _ if !call.idempotent => None,
                Ok(response) if retry::is_passing(response.status()) => self
                    .retry
                    .pause(done, retry::retry_after(response.headers())),
                Err(error) if error.is_connect() || error.is_request() && !error.is_timeout() => {
                    self.retry.pause(done, None)
                }
                _ => None,
            };
            let Some(pause) = pause else {
                let (response, max_body) = (outcome?, self.max_body);
                return Ok(Opened::new(response, max_body));
            };
            tokio::time::sleep(pause).await;
            done += 1;
        }
    }

    /// The base URL with the path of the call appended to its own.
    fn url(&self, call: &Call) -> Url {
        let mut url = self.base_url.clone();
        let path = format!("{}{}", url.path().trim_end_matches('/'), call.path);
        url.set_path(&path);
        if !call.query.is_empty() {
            url.set_query(Some(&call.query.join("&")));
        }
        url
    }
}
