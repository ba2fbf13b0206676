//! What the generator promises, on tiny documents and on real ones.

mod emit;
