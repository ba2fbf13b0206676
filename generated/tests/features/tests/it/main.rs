//! What a generated client writes and reads, byte for byte, for each feature of `features.yaml`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod answers;
mod bodies;
mod login;
mod parameters;
mod records;
#[expect(dead_code, reason = "the tests of the other client use all of it")]
#[path = "../../../it/server.rs"]
mod server;
mod styles;

use features_client::{Client, ClientBuilder, RetryPolicy};
use server::{Recorded, Reply, Server};

/// A builder of clients. This workspace builds the HTTP library without a TLS provider of its own,
/// and then one has to be named before any client is made, also for plain `http`.
fn builder(url: &str) -> ClientBuilder {
    // The second one to name it is told that it was first named by another.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder(url)
}

impl Server {
    fn builder(&self) -> ClientBuilder {
        builder(&self.url).retry(RetryPolicy::NEVER)
    }

    fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// The only request so far.
    fn only(&self) -> Recorded {
        let [seen] = self.seen().try_into().unwrap();
        seen
    }
}

async fn answering(status: u16, media_type: &str, body: &str) -> Server {
    let mut reply = Reply::new(status, body);
    reply.headers.push(("content-type", media_type.to_owned()));
    Server::script([reply]).await
}
