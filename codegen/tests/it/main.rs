//! What the generator promises, on tiny documents and on real ones.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod emit;
mod features;
mod fuzz;
mod hostile;
mod ir;
mod ir_real;
mod ir_stability;
mod styles;
