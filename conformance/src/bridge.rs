//! The runner as the credential service behind the Skyvern server under test: calls come in, are
//! answered as the case that caused them wants, and are kept for its judge.
//!
//! A call belongs to the case whose unique name stands in it: in the name of a credential, or in
//! the id that was given for it. Without a case that wants anything else, and for everybody else,
//! the service is a right one.
//!
//! It runs in a thread of its own: a runner that is busy judging must not look like a slow service.

mod answer;
pub(crate) mod body;
mod desk;
pub(crate) mod probe;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use axum::{
    Router,
    body::to_bytes,
    extract::{Request as Incoming, State},
    http::HeaderMap,
    response::Response as Outgoing,
};
use tokio::{runtime, sync::oneshot};

use crate::{
    exchange::{Exchange, Request},
    reference::{server, skyvern::vault},
    setup,
    transport::Secret,
};

pub(crate) use answer::{Answer, Echo, IdForm, RightForm, Silence, WrongForm};
pub(crate) use desk::Script;
use desk::{Call, Desk, Place};

/// Where the service stands below the address that it listens on.
pub(crate) const PATH: &str = "/credentials";
/// What stands in place of the token in calls that are kept.
pub(crate) const TOKEN: &str = setup::TOKEN.mark;
/// What an id with a question mark makes of a URL that it is pasted into.
pub(crate) const ODD_QUERY: &str = "b=c";
/// Most bytes of a call that are read.
const MAX_CALL: usize = 16 << 20;

/// The service, until this is dropped.
pub(crate) struct Bridge {
    desk: Arc<Mutex<Desk>>,
    url: String,
    host: IpAddr,
    token: Secret,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// How the service is to be started.
pub(crate) struct Config {
    /// Where it listens; port 0 takes a free one.
    pub(crate) listen: SocketAddr,
    /// The token that calls are expected to carry.
    pub(crate) token: Secret,
    /// How long a call is held that is not answered.
    pub(crate) patience: Duration,
}

impl Bridge {
    /// Listens, for the service and for the origin that redirects point to: another port of the
    /// same address.
    ///
    /// # Errors
    /// If it cannot listen there, or there is no thread for it.
    pub(crate) fn start(config: Config) -> io::Result<Self> {
        let Config {
            listen,
            token,
            patience,
        } = config;
        let (stop, stopped) = oneshot::channel();
        let (ready, started) = std::sync::mpsc::channel();
        let desk = Arc::new(Mutex::new(Desk::new(token.clone(), patience)));
        let shared = Arc::clone(&desk);
        let thread = thread::Builder::new()
            .name("bridge".to_owned())
            .spawn(move || serve(listen, &shared, &ready, stopped))?;
        let address = started
            .recv()
            .unwrap_or_else(|_| Err(io::Error::other("the thread of the bridge ended")))?;
        Ok(Self {
            desk,
            url: format!("http://{address}{PATH}"),
            host: address.ip(),
            token,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The base URL of the service.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The token that calls are expected to carry.
    pub(crate) fn token(&self) -> &Secret {
        &self.token
    }

    /// The service as a Skyvern reference server is told of it.
    pub(crate) fn vault(&self, time_limit: Duration) -> vault::Config {
        vault::Config {
            url: self.url.clone(),
            token: self.token.expose().to_owned(),
            is_default: true,
            time_limit,
        }
    }

    /// The header that no report may show.
    pub(crate) fn secret_header(&self) -> (String, Secret) {
        ("authorization".to_owned(), self.token.clone())
    }

    /// The address of the machine that it listens on.
    pub(crate) fn host(&self) -> IpAddr {
        self.host
    }

    /// How many calls came, whosever they were.
    pub(crate) fn calls(&self) -> u64 {
        locked(&self.desk).calls
    }

    /// From now on calls about `name` are answered by `script`.
    pub(crate) fn expect(&self, name: &str, script: Script) {
        locked(&self.desk).expect(name, script);
    }

    /// The calls about `name` since they were last asked for.
    pub(crate) fn take(&self, name: &str) -> Vec<Exchange> {
        locked(&self.desk).take(name)
    }

    /// Forgets `name`: calls about it are answered right and not kept.
    pub(crate) fn forget(&self, name: &str) {
        locked(&self.desk).forget(name);
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        // The thread may have ended by itself.
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Whether `request` is a call of the server under test, and none of the runner.
pub(crate) fn is_call(request: &Request) -> bool {
    request.template.starts_with('(')
}

/// Nothing that holds the lock can panic half-way through a change.
fn locked(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(
    listen: SocketAddr,
    desk: &Arc<Mutex<Desk>>,
    ready: &std::sync::mpsc::Sender<io::Result<SocketAddr>>,
    stopped: oneshot::Receiver<()>,
) {
    let started = || async {
        let service = listener(desk, Place::Service);
        let service = server::start_at(listen, |_| service).await?;
        let other = SocketAddr::new(listen.ip(), 0);
        let elsewhere = listener(desk, Place::Elsewhere);
        let elsewhere = server::start_at(other, |_| elsewhere).await?;
        locked(desk).elsewhere = format!("http://{}{PATH}", elsewhere.address());
        io::Result::Ok((service, elsewhere))
    };
    let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            // The starter waits for one message; whether it still does is no matter here.
            let _ = ready.send(Err(error));
            return;
        }
    };
    runtime.block_on(async {
        let running = match started().await {
            Ok(running) => running,
            Err(error) => {
                let _ = ready.send(Err(error));
                return;
            }
        };
        let _ = ready.send(Ok(running.0.address()));
        // Stopping and the end of the starter are the same.
        let _ = stopped.await;
        drop(running);
    });
}

fn listener(desk: &Arc<Mutex<Desk>>, place: Place) -> Router {
    Router::new()
        .fallback(receive)
        .with_state((Arc::clone(desk), place))
}

async fn receive(
    State((desk, place)): State<(Arc<Mutex<Desk>>, Place)>,
    request: Incoming,
) -> Outgoing {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_CALL).await else {
        return answer::dropped();
    };
    let call = Call {
        place,
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: headers(&head.headers),
        body,
    };
    let (receipt, reply, patience) = {
        let mut desk = locked(&desk);
        let (receipt, reply) = desk.receive(call);
        (receipt, reply, desk.patience)
    };
    let Some(reply) = reply else {
        tokio::time::sleep(patience).await;
        return answer::dropped();
    };
    // Kept before it is written: whoever reads the answer of the API then finds it here.
    locked(&desk).answered(receipt, &reply);
    reply.into_response()
}

/// In order, names in lower case.
fn headers(headers: &HeaderMap) -> Vec<(String, Vec<u8>)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect()
}

#[cfg(test)]
mod tests;
