//! A reference server as a running thing: its address, and how it ends.
//!
//! Takes a router; knows nothing of what it answers.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::defect::UnknownDefect;

/// How long a stop waits for requests that are being answered.
const GRACE: Duration = Duration::from_secs(1);

/// A reference server that accepts connections on loopback until it is shut down or dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    path: &'static str,
    stop: watch::Sender<bool>,
    task: JoinHandle<io::Result<()>>,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It cannot listen on the port.
    #[error("cannot listen on port {port} of 127.0.0.1")]
    Listen {
        /// As asked for; 0 is any free one.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// It cannot write its log.
    #[error("cannot write the log {}", path.display())]
    Log {
        /// As asked for.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is no client for the credential service behind it.
    #[error("cannot talk to the credential service: {0}")]
    Client(String),
    /// A defect that the server's table does not have.
    #[error(transparent)]
    UnknownDefect(#[from] UnknownDefect),
}

impl Running {
    /// The base URL, without a trailing slash: `http://127.0.0.1:43117`.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.path)
    }

    /// The same server, its base URL at `path`.
    pub(crate) fn below(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts nothing more, lets requests under way finish for at most a second, and returns when nobody listens.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(GRACE, &mut self.task).await.is_err() {
            self.task.abort();
            // Whatever the task ended with, it has ended.
            let _ = (&mut self.task).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.task.abort();
    }
}

/// Resolves once the server is asked to stop.
#[derive(Clone)]
pub(crate) struct Stopping(watch::Receiver<bool>);

impl Stopping {
    pub(crate) async fn wait(mut self) {
        // An error means that the sender is gone, which is a stop as well.
        let _ = self.0.wait_for(|stopping| *stopping).await;
    }
}

/// Serves what `router` makes, on `port` of 127.0.0.1 (0: a free one).
pub(crate) async fn start(
    port: u16,
    router: impl FnOnce(Stopping) -> Router,
) -> io::Result<Running> {
    start_at((Ipv4Addr::LOCALHOST, port).into(), router).await
}

/// Serves what `router` makes, at `address`.
pub(crate) async fn start_at(
    address: SocketAddr,
    router: impl FnOnce(Stopping) -> Router,
) -> io::Result<Running> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let (stop, stopping) = watch::channel(false);
    let stopping = Stopping(stopping);
    let listener = listener.tap_io(|stream| {
        // Small answers must not wait for the peer's delayed acknowledgement; without the option
        // they only come later.
        let _ = stream.set_nodelay(true);
    });
    let served =
        axum::serve(listener, router(stopping.clone())).with_graceful_shutdown(stopping.wait());
    let task = tokio::spawn(async move { served.await });
    Ok(Running {
        address,
        path: "",
        stop,
        task,
    })
}
