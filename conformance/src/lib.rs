//! Tests a running server against its OpenAPI document.

pub mod check;
pub mod reference;
pub mod schema;
