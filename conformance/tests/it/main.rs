//! Behaviour of the library over its public interface.

mod cli;
mod reference;
mod schema;
mod suites;
