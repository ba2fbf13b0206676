//! Tests a running server against its OpenAPI document.
//!
//! Data flows one way: a [`target`] gives a [`plan`] of [`case`]s; a case sends requests and gets
//! [`exchange`]s; a judge makes [`finding`]s of them; [`redact`] makes them fit to be shown; the
//! [`event`]s of a [`run`] go to the reporters.

pub mod case;
pub mod check;
pub mod exchange;
pub mod finding;
pub mod ledger;
pub mod plan;
pub mod reference;
pub mod run;
pub mod schema;
pub mod seed;
pub mod session;
mod suite;
pub mod target;
pub mod transport;
