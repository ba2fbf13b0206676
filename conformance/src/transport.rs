//! The one way to the server: takes a [`Request`], adds address, key and the headers given for the
//! run, sends it, and gives back the answer or the reason why there is none.
//!
//! What a polite client can send goes through one pooled `reqwest` client that follows nothing,
//! repeats nothing and decodes nothing. Everything else (raw paths, broken headers, false lengths,
//! a connection of its own) is written to a socket by [`raw`]. Time, size and rate are bounded.

mod credential;
mod patience;
mod polite;
mod rate;
mod raw;
mod tls;

use std::time::{Duration, Instant, SystemTime};

use tokio::sync::Semaphore;

use crate::{
    exchange::{Exchange, Request, Response, TransportError},
    target::{AuthScheme, BaseUrl},
};

pub use credential::Secret;
pub use patience::Waited;
pub use rate::Rate;
pub(crate) use tls::client_for;
pub use tls::{ClientIdentity, TlsError, TlsOptions, install_provider};

use patience::{Next, Patience};
use polite::Polite;
use raw::Raw;

/// The first pause before a connection is tried again; each further one is four times as long.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// A timer that goes off so much later than it should tells that this thread was busy.
const LATE: Duration = Duration::from_millis(20);

/// How requests are sent.
#[derive(Clone, Debug)]
pub struct TransportOptions {
    /// From the first byte of a request to the last of its answer.
    pub timeout: Duration,
    /// Most bytes of a body that are read; the rest is cut off.
    pub max_body: usize,
    /// How often a connection that failed is tried again.
    pub retries: u32,
    /// Most requests under way at once.
    pub in_flight: usize,
    /// Most requests in a span of time.
    pub rate: Option<Rate>,
    /// Headers for every request.
    pub headers: Vec<(String, Secret)>,
    /// `http://` proxy for every request; none is taken from the environment.
    pub proxy: Option<url::Url>,
    /// Certificates.
    pub tls: TlsOptions,
}

/// Why no transport could be made.
#[derive(Debug, thiserror::Error)]
pub enum TransportSetupError {
    /// A certificate or key could not be read or used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Anything else, e.g. a proxy of an unknown kind.
    #[error("the HTTP client could not be made: {0}")]
    Client(String),
}

/// A request with everything that the target adds to it, ready to be written.
pub(crate) struct Outgoing {
    method: String,
    /// Path and query as in the request line, the base URL's path in front.
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: bytes::Bytes,
}

/// The way to one server.
pub struct Transport {
    base: BaseUrl,
    auth: Option<AuthScheme>,
    key: Option<Secret>,
    options: TransportOptions,
    polite: Polite,
    raw: Raw,
    slots: Semaphore,
    pace: rate::Pace,
    patience: Patience,
    /// Answers in the place of a server.
    stand_in: Option<StandIn>,
}

/// What is answered without sending anything.
pub(crate) type StandIn = Box<dyn Fn(&Request) -> Response + Send + Sync>;

/// What is done about an answer with 429.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limited {
    /// It is obeyed.
    Obeyed,
    /// It is obeyed if it says for how long; otherwise it may be a word of another server, passed on.
    ObeyedIfTimed,
}

impl Transport {
    /// A transport to `base` that proves itself with `key` in the way of `auth`.
    ///
    /// # Errors
    /// If certificates cannot be read or the client cannot be built.
    pub fn new(
        base: BaseUrl,
        auth: Option<AuthScheme>,
        key: Option<Secret>,
        options: TransportOptions,
    ) -> Result<Self, TransportSetupError> {
        install_provider();
        let tls = if base.is_tls() {
            Some(tls::client_config(&options.tls)?)
        } else {
            None
        };
        Ok(Self {
            polite: Polite::new(&base, &options, tls.clone())?,
            raw: Raw::new(&base, &options, tls),
            slots: Semaphore::new(options.in_flight.max(1)),
            pace: rate::Pace::new(options.rate),
            patience: Patience::default(),
            stand_in: None,
            base,
            auth,
            key,
            options,
        })
    }

    /// The same, with answers of `stand_in` and without a connection.
    pub(crate) fn answered_by(self, stand_in: StandIn) -> Self {
        Self {
            stand_in: Some(stand_in),
            ..self
        }
    }

    /// Sends `request` and reads the answer. After a 429 it waits and sends it again; a 429 that it
    /// gives is one that goes on beyond all patience.
    pub async fn send(&self, request: Request) -> Exchange {
        self.send_with(request, Limited::Obeyed).await
    }

    /// As [`Self::send`], with a say in what is obeyed.
    pub(crate) async fn send_with(&self, request: Request, limited: Limited) -> Exchange {
        if let Some(stand_in) = &self.stand_in {
            let outcome = Ok(stand_in(&request));
            return Exchange {
                request,
                outcome,
                began: None,
                elapsed: Duration::ZERO,
            };
        }
        if credential::changes_nothing(self.key.as_ref(), &request.auth) {
            let reason = "the key has no letters".to_owned();
            return Exchange {
                request,
                outcome: Err(TransportError::Unsendable(reason)),
                began: None,
                elapsed: Duration::ZERO,
            };
        }
        let outgoing = self.outgoing(&request);
        let mut attempt = 0;
        let mut pause = FIRST_PAUSE;
        loop {
            self.patience.wait().await;
            let (outcome, began, elapsed) = self.attempt(&request, &outgoing).await;
            if self.is_to_be_sent_again(&outcome, limited) {
                continue;
            }
            if matches!(outcome, Err(TransportError::Connect(_))) && attempt < self.options.retries
            {
                attempt += 1;
                tokio::time::sleep(pause).await;
                pause *= 4;
                continue;
            }
            return Exchange {
                request,
                outcome,
                began: Some(began),
                elapsed,
            };
        }
    }

    /// Takes note of how the server bears the requests; whether this one waits and goes out again.
    fn is_to_be_sent_again(
        &self,
        outcome: &Result<Response, TransportError>,
        limited: Limited,
    ) -> bool {
        let Ok(response) = outcome else {
            return false;
        };
        if response.status != 429 {
            self.patience.served();
            return false;
        }
        let asked = patience::asked(response, SystemTime::now());
        if asked.is_none() && limited == Limited::ObeyedIfTimed {
            return false;
        }
        self.patience.refused(asked) == Next::Again
    }

    /// How many requests are sent at most, if there is a limit.
    pub(crate) fn rate(&self) -> Option<Rate> {
        self.options.rate.filter(|rate| *rate != Rate::UNLIMITED)
    }

    /// How long no request goes out from now on, because the server asked for that with 429.
    pub(crate) fn pause(&self) -> Duration {
        self.patience.left()
    }

    /// What was waited because the server asked for it with 429.
    pub(crate) fn waited(&self) -> Waited {
        self.patience.waited()
    }

    /// Keeps a copy of every request that a common client can send: for measurements.
    pub(crate) fn keep_copies(&mut self) {
        self.polite.keep_copies();
    }

    /// The copies that were kept.
    pub(crate) fn take_copies(&self) -> Vec<reqwest::Request> {
        self.polite.take_copies()
    }

    async fn attempt(
        &self,
        request: &Request,
        outgoing: &Outgoing,
    ) -> (Result<Response, TransportError>, SystemTime, Duration) {
        // The semaphore is never closed.
        let _slot = self.slots.acquire().await;
        self.pace.wait().await;
        let (began, started) = (SystemTime::now(), Instant::now());
        let limit = self.options.timeout;
        let polite =
            if request.fresh_connection || request.framing != crate::exchange::Framing::Honest {
                None
            } else {
                self.polite.prepare(outgoing)
            };
        let sending = async {
            let Some(prepared) = polite else {
                return self.raw.send(request, outgoing).await;
            };
            match self.polite.send(prepared).await {
                // A pooled connection may have been closed by the server just as it was used (RFC
                // 9112 section 9.3.1). Only a fresh one tells.
                Err(TransportError::Closed) => self.raw.send(request, outgoing).await,
                outcome => outcome,
            }
        };
        let outcome = within(limit, Box::pin(sending)).await;
        let outcome = outcome.unwrap_or(Err(TransportError::Timeout(limit)));
        let outcome = outcome.map(Response::with_bounded_values);
        (outcome, began, started.elapsed())
    }

    fn outgoing(&self, request: &Request) -> Outgoing {
        let mut target = self.base.request_target(&request.target());
        let mut headers = request.headers.clone();
        let has = |headers: &[(String, Vec<u8>)], name: &str| {
            headers
                .iter()
                .any(|(key, _)| key.eq_ignore_ascii_case(name))
        };
        if matches!(request.body, crate::exchange::Body::Json(_)) && !has(&headers, "content-type")
        {
            headers.push(("content-type".to_owned(), b"application/json".to_vec()));
        }
        if !has(&headers, "accept") {
            headers.push(("accept".to_owned(), b"*/*".to_vec()));
        }
        for (name, value) in &self.options.headers {
            headers.push((name.clone(), value.expose().as_bytes().to_vec()));
        }
        credential::apply(
            self.auth.as_ref(),
            self.key.as_ref(),
            &request.auth,
            &mut target,
            &mut headers,
        );
        Outgoing {
            method: request.method.clone(),
            target,
            headers,
            body: request.body_bytes(),
        }
    }
}

/// What `sending` comes to within `limit`. While this thread was busy nothing could be read, and the
/// server would be blamed for that: the time is given back. A server may be what keeps it busy, so that
/// no more than twice the limit is.
async fn within<T>(limit: Duration, mut sending: impl Future<Output = T> + Unpin) -> Option<T> {
    let mut end = tokio::time::Instant::now() + limit;
    let mut room = 2 * limit;
    loop {
        if let Ok(outcome) = tokio::time::timeout_at(end, &mut sending).await {
            return Some(outcome);
        }
        let late = end.elapsed();
        if late < LATE || room.is_zero() {
            return None;
        }
        let more = late.min(limit).min(room);
        room -= more;
        end += late + more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_millis(100);

    /// What `within` says of an answer that comes after so long, in a runner that is busy meanwhile.
    fn answered(after: Duration, busy: Duration) -> bool {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (answer, answered) = tokio::sync::oneshot::channel();
            tokio::spawn(async move {
                std::thread::sleep(busy);
                tokio::time::sleep(after).await;
                let _ = answer.send(());
            });
            within(LIMIT, answered).await.is_some()
        })
    }

    #[test]
    fn a_server_is_not_blamed_for_the_time_in_which_the_runner_was_busy() {
        assert!(answered(Duration::ZERO, LIMIT * 3));
        assert!(answered(LIMIT / 10, LIMIT * 3));
        assert!(!answered(LIMIT * 30, LIMIT * 3));
        assert!(!answered(LIMIT * 30, Duration::ZERO));
    }
}
