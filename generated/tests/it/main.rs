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
