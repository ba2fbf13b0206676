//! Runs a plan: cases at the same time, inputs one after another, and tells what happens as events.

mod context;
mod property;

pub(crate) use context::Context;
pub(crate) use property::Erased;
