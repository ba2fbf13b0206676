//! Behaviour of the library over its public interface.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bridge;
mod cli;
mod contract;
mod docs;
mod foreign;
mod fuzz;
mod hostile;
mod redaction;
mod reference;
mod schema;
mod suites;
