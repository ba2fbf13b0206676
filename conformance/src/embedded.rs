//! The reference server in a thread of its own, so that the time it needs is not the runner's.

use std::{io, thread};

use tokio::{runtime, sync::oneshot};

use crate::{
    reference::{Defect, skyvern},
    transport::Secret,
};

/// Why a reference server could not be started.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// It cannot listen, or has no such defect.
    #[error("{start}{}", reason(.0), start = .0)]
    Start(skyvern::StartError),
    /// There is no thread or no event loop for it.
    #[error("there is no thread for it: {0}")]
    Thread(#[from] io::Error),
}

fn reason(error: &skyvern::StartError) -> String {
    let source = std::error::Error::source(error);
    source
        .map(|source| format!(": {source}"))
        .unwrap_or_default()
}

/// A reference server that runs until this is dropped.
pub struct Embedded {
    url: String,
    key: Secret,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Embedded {
    /// Starts a Skyvern reference server with `defects` on `port` (0: a free one) that lets in
    /// `key`, or else a new random one.
    ///
    /// # Errors
    /// If the port is taken, or no thread can be had.
    pub fn start(
        port: u16,
        key: Option<Secret>,
        defects: &[&'static Defect],
    ) -> Result<Self, EmbeddedError> {
        let config = config(port, key, defects);
        let key = Secret::new(config.api_key.clone());
        let (stop, stopped) = oneshot::channel();
        let (ready, started) = std::sync::mpsc::channel();
        let thread = thread::Builder::new()
            .name("reference-server".to_owned())
            .spawn(move || serve(config, &ready, stopped))?;
        let url = started
            .recv()
            .unwrap_or_else(|_| Err(io::Error::other("the server's thread ended").into()))?;
        Ok(Self {
            url,
            key,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The base URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The key that is let in.
    pub fn key(&self) -> &Secret {
        &self.key
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        // The server may have ended by itself.
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn config(port: u16, key: Option<Secret>, defects: &[&'static Defect]) -> skyvern::Config {
    let mut config = skyvern::Config::new();
    config.port = port;
    config.defects = defects.to_vec();
    if let Some(key) = key {
        key.expose().clone_into(&mut config.api_key);
    }
    config
}

fn serve(
    config: skyvern::Config,
    ready: &std::sync::mpsc::Sender<Result<String, EmbeddedError>>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    // The starter waits for one message; whether it still does is no matter here.
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(error.into()));
            return;
        }
    };
    runtime.block_on(async {
        let running = match skyvern::start(config).await {
            Ok(running) => running,
            Err(error) => {
                let _ = ready.send(Err(EmbeddedError::Start(error)));
                return;
            }
        };
        let _ = ready.send(Ok(running.url()));
        // Stopping and the end of the starter are the same.
        let _ = stopped.await;
        running.shutdown().await;
    });
}
