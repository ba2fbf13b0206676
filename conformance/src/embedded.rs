//! The reference server in a thread of its own, so that the time it needs is not the runner's.

use std::{io, path::PathBuf, thread};

use tokio::{runtime, sync::oneshot};

use crate::{
    reference::{
        Defect, Running, Server, StartError,
        credential_service::{self, store::durable::Durable},
        skyvern,
    },
    transport::Secret,
};

/// Why a reference server could not be started.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// It cannot listen, or has no such defect.
    #[error("{start}{}", reason(.0), start = .0)]
    Start(StartError),
    /// There is no thread or no event loop for it.
    #[error("there is no thread for it: {0}")]
    Thread(#[from] io::Error),
}

fn reason(error: &StartError) -> String {
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

/// A reference server and how it is to be started.
pub enum Config {
    /// The Skyvern credentials API.
    Skyvern(skyvern::Config),
    /// A credential service.
    CredentialService(credential_service::Config),
}

impl Config {
    /// `server` with `defects` on `port` (0: a free one) that lets in `key`, or else a new random
    /// one.
    pub fn new(
        server: Server,
        port: u16,
        key: Option<Secret>,
        defects: &[&'static Defect],
    ) -> Self {
        let key = key.map(|key| key.expose().to_owned());
        let defects = defects.to_vec();
        match server {
            Server::Skyvern | Server::Bridged => {
                let fresh = skyvern::Config::new();
                Self::Skyvern(skyvern::Config {
                    port,
                    api_key: key.unwrap_or(fresh.api_key),
                    defects,
                    vault: None,
                    log: None,
                })
            }
            Server::CredentialService => {
                let fresh = credential_service::Config::new();
                Self::CredentialService(credential_service::Config {
                    port,
                    token: key.unwrap_or(fresh.token),
                    defects,
                    ..fresh
                })
            }
        }
    }

    /// The same, its secrets kept in a credential service: of a Skyvern server only.
    #[must_use]
    pub fn behind(mut self, vault: Option<skyvern::vault::Config>) -> Self {
        if let Self::Skyvern(config) = &mut self {
            config.vault = vault;
        }
        self
    }

    /// The same, with a log in this file: of a Skyvern server only.
    #[must_use]
    pub fn logging(mut self, log: Option<PathBuf>) -> Self {
        if let Self::Skyvern(config) = &mut self {
            config.log = log;
        }
        self
    }

    /// The same, with this store: of a credential service only.
    #[must_use]
    pub fn keeping(mut self, store: Option<Durable>) -> Self {
        if let (Self::CredentialService(config), Some(store)) = (&mut self, store) {
            config.store = Box::new(store);
        }
        self
    }

    fn key(&self) -> Secret {
        Secret::new(match self {
            Self::Skyvern(config) => config.api_key.clone(),
            Self::CredentialService(config) => config.token.clone(),
        })
    }

    async fn start(self) -> Result<Running, StartError> {
        match self {
            Self::Skyvern(config) => skyvern::start(config).await,
            Self::CredentialService(config) => credential_service::start(config).await,
        }
    }
}

impl Embedded {
    /// Starts a reference server.
    ///
    /// # Errors
    /// If the port is taken, or no thread can be had.
    pub fn start(config: Config) -> Result<Self, EmbeddedError> {
        let key = config.key();
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

    /// Ends it without waiting until it has ended.
    pub fn leave(mut self) {
        self.thread = None;
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

fn serve(
    config: Config,
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
        let running = match config.start().await {
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
