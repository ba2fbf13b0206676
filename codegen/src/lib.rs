//! Writes a typed Rust client for an OpenAPI document.
//!
//! A [`spec::Document`] comes in; the [`ir`] says in plain data what Rust items
//! there will be; out go the files of a crate. Nothing here touches the disk.

pub mod ir;
