//! Behaviour of the library over its public interface.

mod cli;
mod foreign;
mod redaction;
mod reference;
mod schema;
mod suites;
