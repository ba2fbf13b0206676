//! What the generator promises, on tiny documents and on real ones.

mod emit;
mod features;
mod ir;
mod ir_real;
mod ir_stability;
mod styles;
