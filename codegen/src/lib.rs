//! Writes a typed Rust client for an OpenAPI document.
//!
//! A [`spec::Document`] comes in; the [`ir`] says in plain data what Rust items
//! there will be; out go the files of a crate. Nothing here touches the disk.

pub mod ir;
pub mod lower;
pub mod names;
pub mod report;
mod schema;

pub use lower::{Lowered, lower};
pub use names::NameLock;
pub use report::Report;
