//! Tests a running server against its OpenAPI document.
//!
//! Data flows one way: a [`target`] gives a [`plan`] of [`case`]s; a case sends requests and gets
//! [`exchange`]s; a judge makes [`finding`]s of them; [`redact`] makes them fit to be shown; the
//! [`event`]s of a [`run`] go to the reporters.

pub mod baseline;
mod bridge;
pub mod case;
pub mod check;
pub mod cli;
pub mod command;
pub mod config;
mod digest;
pub mod document;
pub mod embedded;
pub mod event;
pub mod exchange;
pub mod exit;
pub mod finding;
mod given;
pub mod ledger;
mod leftover;
pub mod panics;
pub mod plan;
mod preflight;
mod python_json;
pub mod recording;
pub mod redact;
pub mod reference;
pub mod regressions;
mod rehearsal;
pub mod report;
pub mod run;
pub mod schema;
pub mod secret;
pub mod seed;
pub mod selftest;
pub mod session;
pub mod settings;
pub mod setup;
mod signal;
mod suite;
pub mod target;
pub mod transport;
