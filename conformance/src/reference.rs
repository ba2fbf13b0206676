//! The reference servers: small, correct, in memory, written from the documents, and able to be
//! wrong on purpose in one named way at a time.
//!
//! They are what `run` tests without a URL, what `serve` starts, and the measure of the runner: it
//! must find each fault of [`skyvern::DEFECTS`] and report none of the benign variations. They do
//! not know that they are under test; no request tells them.

pub mod defect;
mod server;
pub mod skyvern;
mod strict_json;

pub use defect::{Defect, Kind};
pub use server::Running;
