//! A server on loopback that records what it is sent and answers what it is told.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::Response;
use serde_json::Value;

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    /// Path and query, still percent-encoded.
    pub(crate) target: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Recorded {
    /// `POST /v1/credentials`.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What the server answers.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// How long the answer takes; `None` for ever.
    pub(crate) after: Option<Duration>,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
            after: Some(Duration::ZERO),
        }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, body.to_string())
    }

    pub(crate) fn never() -> Self {
        Self {
            after: None,
            ..Self::new(200, "")
        }
    }
}

/// A server that stops with the test.
pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Recorded>>>,
}

impl Server {
    /// Answers every request as `answer` says.
    pub(crate) async fn start(
        answer: impl Fn(&Recorded) -> Reply + Clone + Send + Sync + 'static,
    ) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let app = Router::new().fallback(move |request: Request| {
            let (answer, log) = (answer.clone(), Arc::clone(&log));
            async move {
                let recorded = record(request).await;
                let reply = answer(&recorded);
                log.lock().unwrap().push(recorded);
                match reply.after {
                    Some(Duration::ZERO) => {}
                    Some(after) => tokio::time::sleep(after).await,
                    None => std::future::pending().await,
                }
                let mut response = Response::builder().status(reply.status);
                for (name, value) in reply.headers {
                    response = response.header(name, value);
                }
                response.body(Body::from(reply.body)).unwrap()
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, seen }
    }

    /// Answers the requests one after the other; the last answer is repeated.
    pub(crate) async fn script(replies: impl Into<Vec<Reply>>) -> Self {
        let replies = Arc::new(replies.into());
        let next = Arc::new(Mutex::new(0));
        Self::start(move |_| {
            let mut next = next.lock().unwrap();
            let reply: &Reply = &replies[(*next).min(replies.len() - 1)];
            *next += 1;
            reply.clone()
        })
        .await
    }

    /// Everything that was sent so far.
    pub(crate) fn seen(&self) -> Vec<Recorded> {
        self.seen.lock().unwrap().clone()
    }
}

async fn record(request: Request) -> Recorded {
    let (parts, body) = request.into_parts();
    Recorded {
        method: parts.method.to_string(),
        target: parts.uri.to_string(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned()))
            .collect(),
        body: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
    }
}

/// Runs a test with a limit, so that a client that hangs is a failure and not a wait.
pub(crate) fn run<F: Future<Output = ()>>(test: F) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        tokio::time::timeout(Duration::from_secs(20), test)
            .await
            .expect("the test takes too long");
    });
}
