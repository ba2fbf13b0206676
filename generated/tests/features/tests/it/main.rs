//! What a generated client writes and reads, byte for byte, for each feature of `features.yaml`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod answers;
mod bodies;
mod login;
mod parameters;
#[expect(dead_code, reason = "the tests of the other client use all of it")]
#[path = "../../../it/server.rs"]
mod server;

use features_client::{Client, ClientBuilder, RetryPolicy};
use server::{Recorded, Reply, Server};

impl Server {
    fn builder(&self) -> ClientBuilder {
        Client::builder(&self.url).retry(RetryPolicy::NEVER)
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
