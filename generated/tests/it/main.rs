//! What the generated client promises, against a server on loopback and against the schemas.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod calls;
#[expect(dead_code, reason = "its `main` is run as a program of its own")]
#[path = "../../examples/credentials.rs"]
mod example;
mod laws;
mod retries;
mod secrets;
mod server;
mod tour;
mod unions;

use std::time::Duration;

use skyvern_client::{Client, RetryPolicy};

impl server::Server {
    /// A client of this server that repeats nothing.
    fn client(&self) -> Client {
        Client::builder(&self.url)
            .api_key("test-key")
            .retry(RetryPolicy::NEVER)
            .timeout(Duration::from_secs(5))
            .build()
            .unwrap()
    }
}
