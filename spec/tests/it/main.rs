//! Documents in; values, places and diagnostics out, as a caller of the crate sees them.

#![expect(
    clippy::unwrap_used,
    reason = "a test may fail by a panic, its helpers too"
)]

mod bad_input;
mod diff;
mod files;
mod lower;
mod overlays;
mod reading;
mod real_documents;
mod rendering;
mod skeleton;
