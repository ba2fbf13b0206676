//! The table of checks, a file for each suite. An id is never given to another check, also when its check is dropped.

use std::sync::LazyLock;

use super::Check;

/// Writes a static for each check, and `TABLE`, the list of them.
macro_rules! checks {
    ($($id:ident $name:ident $suite:ident $level:ident
       $sentence:literal
       [$($source:expr),+ $(,)?] follows [$($cause:literal),*]
       $explain:literal)+) => {
        $(
            #[doc = concat!("`", stringify!($id), "`: ", $sentence, ".")]
            pub static $id: $crate::check::Check = $crate::check::Check {
                id: stringify!($id),
                name: stringify!($name),
                suite: $crate::check::Suite::$suite,
                level: $crate::check::Level::$level,
                sentence: $sentence,
                sources: { const SOURCES: &[$crate::check::Source] = &[$($source),+]; SOURCES },
                follows: &[$($cause),*],
                explain: $explain,
            };
        )+
        /// The checks of this file, in the order in which they are listed and reported.
        pub(super) static TABLE: &[&$crate::check::Check] = &[$(&$id),+];
    };
}

mod auth;
mod bridge;
mod contract;
mod lifecycle;
mod redaction;
mod robustness;
mod schema;

pub use self::{
    auth::*, bridge::*, contract::*, lifecycle::*, redaction::*, robustness::*, schema::*,
};

/// Every check, in the order in which they are listed and reported: a line for each suite.
pub static CHECKS: LazyLock<Vec<&'static Check>> = LazyLock::new(|| {
    [
        schema::TABLE,
        lifecycle::TABLE,
        auth::TABLE,
        robustness::TABLE,
        redaction::TABLE,
        bridge::TABLE,
        contract::TABLE,
    ]
    .concat()
});
