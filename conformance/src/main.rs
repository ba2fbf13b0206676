//! `skyvern-conformance`: tests a running server against its OpenAPI document.

fn main() {}
