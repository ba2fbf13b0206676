//! Names: what the document calls a thing comes in, what Rust calls it goes out.
//!
//! [`spelling`] turns words into identifiers, [`distinct`] keeps siblings apart,
//! [`reserved`] knows what generated code already uses, and [`lock`] remembers what was
//! decided before. Nothing here reads schemas, and nothing looks at a `title`.

pub(crate) mod distinct;
pub(crate) mod lock;
pub(crate) mod reserved;
pub(crate) mod spelling;

pub use lock::{LockError, NameLock};
