//! Judges what came back by the two oracles of redaction: canaries say where a secret shows and
//! how, noninterference says whether anything depends on one.

mod canary;
mod difference;
mod fields;

pub(crate) use canary::{SEARCHED, violation};
pub(crate) use difference::{Comparison, Difference, Run, compare, side_by_side};
pub(crate) use fields::{Field, Fields};
