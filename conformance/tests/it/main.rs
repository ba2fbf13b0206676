//! Behaviour of the library over its public interface.

mod cli;
mod redaction;
mod reference;
mod schema;
mod suites;
