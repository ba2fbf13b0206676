//! Judges what a credential service answers, by what Skyvern makes of it.

mod access;
mod exact;
mod history;
mod secrecy;
mod stored;
mod wire;

pub(crate) use access::{TOKEN_CANARY, judge as judge_access};
pub(crate) use history::{ROUND_TRIP, judge as judge_history};
pub(crate) use secrecy::{judge as judge_secrecy, violation};
pub(crate) use stored::{answered_id, is_safe};
pub(crate) use wire::{BY_THE_WAY, judge as judge_wire};

/// The name of a mark in a tag: the tag is the mark, a space and a number.
pub(crate) mod mark {
    /// A create in the bytes that Skyvern sends.
    pub(crate) const CREATE: &str = "create";
    /// A create in other bytes that mean the same.
    pub(crate) const OTHER_CREATE: &str = "other-create";
    /// A create among several at once.
    pub(crate) const TOGETHER: &str = "together";
    /// A create among many.
    pub(crate) const MANY: &str = "many";
    pub(crate) const READ: &str = "read";
    pub(crate) const DELETE: &str = "delete";
    /// A read of an id near that of the credential.
    pub(crate) const NEAR: &str = "near";
    /// A read of an id that nobody gave out.
    pub(crate) const UNKNOWN: &str = "unknown";
}
