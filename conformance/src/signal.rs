//! The wish of the person at the keyboard, or of the machine's init, to end the run.

use futures_util::future::{FutureExt, LocalBoxFuture};

use crate::run::Interrupts;

/// Ctrl-C and, on Unix, a termination signal. From its making on they do not end the process.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Begins to listen.
    ///
    /// # Errors
    /// If the system does not allow it.
    pub(crate) fn listen() -> std::io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }
}

impl Interrupts for Signals {
    fn next(&mut self) -> LocalBoxFuture<'_, ()> {
        #[cfg(unix)]
        return async {
            tokio::select! {
                Some(()) = self.interrupt.recv() => {}
                Some(()) = self.terminate.recv() => {}
                else => std::future::pending().await,
            }
        }
        .boxed_local();
        #[cfg(not(unix))]
        async {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending().await
            }
        }
        .boxed_local()
    }
}
