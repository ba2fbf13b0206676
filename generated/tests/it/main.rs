//! What the generated client promises, against a server on loopback and against the schemas.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod calls;
mod cookbook;
#[expect(dead_code, reason = "its `main` is run as a program of its own")]
#[path = "../../examples/credentials.rs"]
mod example;
mod laws;
#[path = "../../examples/cookbook.rs"]
mod recipes;
mod retries;
mod secrets;
mod server;
mod tour;
mod unions;

use std::time::Duration;

use skyvern_client::{Client, ClientBuilder, RetryPolicy};

/// A builder of clients. This workspace builds the HTTP library without a TLS provider of its own,
/// and then one has to be named before any client is made, also for plain `http`.
fn builder(url: &str) -> ClientBuilder {
    // The second one to name it is told that it was first named by another.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder(url)
}

impl server::Server {
    /// A client of this server that repeats nothing.
    fn client(&self) -> Client {
        builder(&self.url)
            .api_key("test-key")
            .retry(RetryPolicy::NEVER)
            .timeout(Duration::from_secs(5))
            .build()
            .unwrap()
    }
}
