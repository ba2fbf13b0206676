//! `cargo xtask`: the one door to what this repository does to itself.

fn main() {}
