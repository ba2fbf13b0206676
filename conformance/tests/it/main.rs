//! Behaviour of the library over its public interface.

mod reference;
mod schema;
