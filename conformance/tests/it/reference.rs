//! The reference servers over the wire: what the clean one answers, and that each named defect
//! shows.

mod skyvern_clean;
mod skyvern_defects;
mod skyvern_leaks;
mod wire;
