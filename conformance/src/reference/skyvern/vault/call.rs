//! One call to the credential service: a connection of its own, the documented headers, a time
//! limit, and no redirect to another origin.

use std::io::Read as _;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, Method, header};
use flate2::read::{GzDecoder, ZlibDecoder};
use reqwest::{Client, Url, redirect};
use serde_json::Value;

use super::flawed;
use super::{Flaw, Flaws};
use crate::{exchange::encode_component, transport::client_for};

/// Most bytes of an answer that are read.
const ANSWER_LIMIT: usize = 1 << 20;
/// Most redirects that are followed, as Skyvern does.
const REDIRECTS: usize = 10;

/// What the service answered.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) location: String,
    /// Whether it came under a content coding.
    pub(super) is_coded: bool,
    /// Its content coding undone.
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The content type without parameters, in lower case.
    pub(super) fn media_type(&self) -> String {
        let essence = self.content_type.split(';').next().unwrap_or_default();
        essence.trim().to_ascii_lowercase()
    }

    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Why a call did not do what it was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Why {
    /// No connection, or none that lasted.
    Dropped,
    NotInTime,
    /// Not 2xx.
    Status(u16),
    /// 2xx, and not JSON.
    NotJson,
    /// 2xx, and no id, or none that a URL can name.
    NoId,
    TooLarge,
}

impl Why {
    /// For people. Nothing that the service said stands in it but its status.
    pub(in super::super) fn message(self) -> String {
        match self {
            Self::Dropped => "the credential service could not be reached".to_owned(),
            Self::NotInTime => "the credential service did not answer in time".to_owned(),
            Self::Status(status) => format!("the credential service answered {status}"),
            Self::NotJson => "the credential service did not answer JSON".to_owned(),
            Self::NoId => "the credential service answered no usable id".to_owned(),
            Self::TooLarge => "the answer of the credential service is too large".to_owned(),
        }
    }
}

/// A call that failed.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) why: Why,
    /// What was answered, if anything was.
    pub(super) reply: Option<Box<Reply>>,
    /// The body that was sent.
    pub(super) sent: Vec<u8>,
}

/// What reaches the service.
pub(super) struct Line {
    client: Client,
    /// Without slashes at its end.
    base: String,
    token: String,
    pub(super) flaws: Flaws,
}

impl Line {
    pub(super) fn new(
        base: &str,
        token: String,
        time_limit: Duration,
        flaws: Flaws,
    ) -> Result<Self, reqwest::Error> {
        let follow = if flaws.has(Flaw::FollowsElsewhere) {
            redirect::Policy::limited(REDIRECTS)
        } else {
            redirect::Policy::custom(stay)
        };
        let client = client_for(base)
            .no_proxy()
            .http1_only()
            .http1_title_case_headers()
            .pool_max_idle_per_host(if flaws.has(Flaw::KeepsConnections) {
                8
            } else {
                0
            })
            .timeout(time_limit)
            .redirect(follow)
            .referer(false)
            .build()?;
        Ok(Self {
            client,
            base: base.trim_end_matches('/').to_owned(),
            token,
            flaws,
        })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Calls the service, below its base URL if there is an id. Any answer is one.
    pub(super) async fn call(
        &self,
        method: Method,
        id: Option<&str>,
        body: Option<&[u8]>,
    ) -> Result<Reply, Why> {
        let mut url = self.base.clone();
        if let Some(id) = id {
            url.push('/');
            if self.flaws.has(Flaw::PastesId) {
                url.push_str(id);
            } else {
                url.push_str(&encode_component(id));
            }
        }
        let url = flawed::url(self, &method, url);
        let url = Url::parse(&url).map_err(|_| Why::Dropped)?;
        let mut headers = HeaderMap::new();
        let token = HeaderValue::from_str(&format!("Bearer {}", self.token));
        headers.insert(header::AUTHORIZATION, token.map_err(|_| Why::Dropped)?);
        let accepted = HeaderValue::from_static("gzip, deflate");
        headers.insert(header::ACCEPT_ENCODING, accepted);
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
        if method == Method::DELETE {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        flawed::headers(&self.flaws, &method, &mut headers);
        flawed::wait(&self.flaws).await;
        let mut request = self.client.request(method, url).headers(headers);
        if let Some(body) = body {
            request = request.body(body.to_vec());
        }
        let answer = request.send().await.map_err(|error| unsent(&error))?;
        let answer = flawed::redirected(self, answer, body).await?;
        read(answer).await
    }
}

/// Follows a redirect within the origin that was asked.
fn stay(attempt: redirect::Attempt) -> redirect::Action {
    let first = attempt.previous().first().map(Url::origin);
    if first == Some(attempt.url().origin()) && attempt.previous().len() <= REDIRECTS {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

pub(super) fn unsent(error: &reqwest::Error) -> Why {
    if error.is_timeout() {
        Why::NotInTime
    } else {
        Why::Dropped
    }
}

async fn read(mut answer: reqwest::Response) -> Result<Reply, Why> {
    let text = |name| {
        let value = answer
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let content_type = text(header::CONTENT_TYPE);
    let location = text(header::LOCATION);
    let coding = text(header::CONTENT_ENCODING);
    let status = answer.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| unsent(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_LIMIT {
            return Err(Why::TooLarge);
        }
    }
    Ok(Reply {
        status,
        content_type,
        location,
        is_coded: !coding.is_empty(),
        body: decoded(&coding, body)?,
    })
}

/// Undoes a coding that [`Line::call`] accepts.
fn decoded(coding: &str, body: Vec<u8>) -> Result<Vec<u8>, Why> {
    let limit = ANSWER_LIMIT as u64 + 1;
    let mut plain = Vec::new();
    let read = match coding.trim() {
        "" | "identity" => return Ok(body),
        "gzip" | "x-gzip" => GzDecoder::new(&body[..])
            .take(limit)
            .read_to_end(&mut plain),
        "deflate" => ZlibDecoder::new(&body[..])
            .take(limit)
            .read_to_end(&mut plain),
        _ => return Err(Why::NotJson),
    };
    match read {
        Ok(length) if length <= ANSWER_LIMIT => Ok(plain),
        Ok(_) => Err(Why::TooLarge),
        Err(_) => Err(Why::NotJson),
    }
}
