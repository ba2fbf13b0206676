//! `--dry-run`: what a run would send, shown and not sent. In the place of the server stands the
//! reference server, so that ids exist where requests name them; for any other API the document
//! answers, with the first success that it describes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use parking_lot::Mutex;

use crate::{
    exchange::{Exchange, Request, Response, TransportError},
    redact::Redactor,
    report::curl,
    target::{MediaType, StatusRange, Target},
    transport::StandIn,
};

/// Most values of a schema among which the plainest is looked for.
const COVERAGE: usize = 16;

/// Shows requests, each as a command line, under the names of their cases.
pub(crate) struct Rehearsal {
    redactor: Arc<Redactor>,
    write: Box<dyn Fn(&str) + Send + Sync>,
    case: Mutex<String>,
    requests: AtomicU64,
}

impl Rehearsal {
    /// Gives what is shown to `write`, line by line.
    pub(crate) fn new(redactor: Arc<Redactor>, write: Box<dyn Fn(&str) + Send + Sync>) -> Self {
        Self {
            redactor,
            write,
            case: Mutex::default(),
            requests: AtomicU64::new(0),
        }
    }

    /// Shows `request` of the case `name`.
    pub(crate) fn show(&self, name: &str, request: &Request) {
        let mut case = self.case.lock();
        if *case != name {
            name.clone_into(&mut case);
            (self.write)(&format!("# {name}\n"));
        }
        self.requests.fetch_add(1, Ordering::Relaxed);
        let exchange = Exchange {
            request: request.clone(),
            outcome: Err(TransportError::Unsendable("it is a rehearsal".to_owned())),
            began: None,
            elapsed: Duration::ZERO,
        };
        let shown = self.redactor.exchange(&exchange);
        let cut = if shown.truncated { " # cut" } else { "" };
        (self.write)(&format!("{}{cut}\n", curl(&shown)));
    }

    /// How many requests were shown.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

/// Answers as the document of `target` says.
pub(crate) fn answers(target: &Arc<Target>) -> StandIn {
    let target = Arc::clone(target);
    Box::new(move |request| answer(&target, request).unwrap_or_else(|| plain(404, Bytes::new())))
}

fn answer(target: &Target, request: &Request) -> Option<Response> {
    let operation = target.operation(request.operation.as_deref()?)?;
    let success = |status: StatusRange| match status {
        StatusRange::Exact(status) => (200..300).contains(&status).then_some(status),
        StatusRange::Class(2) | StatusRange::Default => Some(200),
        StatusRange::Class(_) => None,
    };
    let mut described = operation.responses.iter();
    let (status, response) =
        described.find_map(|response| Some((success(response.status)?, response)))?;
    let body = response
        .content
        .iter()
        .find(|media| media.is_json())
        .and_then(|media: &MediaType| media.schema.as_ref())
        .and_then(|schema| {
            let coverage = target.answers.coverage_up_to(schema, COVERAGE);
            coverage.valid.into_iter().next()
        });
    let body = body.map(|labelled| labelled.value.to_string());
    Some(plain(status, body.unwrap_or_default().into()))
}

fn plain(status: u16, body: Bytes) -> Response {
    let json = ("content-type".to_owned(), Bytes::from("application/json"));
    let headers = if body.is_empty() {
        Vec::new()
    } else {
        vec![json]
    };
    Response::new(status, "HTTP/1.1", headers, body, false)
}
