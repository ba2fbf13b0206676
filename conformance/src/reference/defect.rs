//! What a named defect is, and the set of those switched on in one server.
//!
//! Each server declares its table with [`defects!`], which also makes the enum that the server's
//! stages ask for, so that a row without a switch, or a switch without a row, cannot be written.

use std::marker::PhantomData;

use crate::check::Suite;

/// Whether a defect must be found or must be left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Wrong in exactly one way.
    Fault,
    /// Different and still right: reporting it is a false alarm.
    Benign,
}

/// A way in which a reference server can depart from what it usually does.
#[derive(Debug)]
pub struct Defect {
    /// What `serve --defect` takes: kebab-case, unique in its table.
    pub name: &'static str,
    /// The suite of [`Self::check`].
    pub suite: Suite,
    /// Whether it must be found.
    pub kind: Kind,
    /// What the server does, as one lowercase fragment.
    pub summary: &'static str,
    /// The id of the check that should find a fault, or that would be the first to raise a false
    /// alarm over a benign variation.
    pub check: &'static str,
    /// Ids of further checks that fail with it, always or with some seeds.
    pub also: &'static [&'static str],
}

/// A defect that was asked of a server whose table does not have it.
#[derive(Debug, thiserror::Error)]
#[error("this server has no defect `{0}`")]
pub struct UnknownDefect(pub String);

/// The position of a defect in its table.
pub(crate) trait Row: Copy {
    fn row(self) -> usize;
}

/// Which defects of one table are switched on.
pub(crate) struct Flaws<F> {
    on: Vec<bool>,
    any: bool,
    table: PhantomData<F>,
}

impl<F: Row> Flaws<F> {
    pub(crate) fn of(table: &[Defect], chosen: &[&Defect]) -> Result<Self, UnknownDefect> {
        if let Some(foreign) = chosen
            .iter()
            .find(|defect| !table.iter().any(|row| row.name == defect.name))
        {
            return Err(UnknownDefect(foreign.name.to_owned()));
        }
        let is_chosen = |row: &Defect| chosen.iter().any(|defect| defect.name == row.name);
        Ok(Self {
            on: table.iter().map(is_chosen).collect(),
            any: !chosen.is_empty(),
            table: PhantomData,
        })
    }

    /// Whether any is.
    pub(crate) fn any(&self) -> bool {
        self.any
    }

    pub(crate) fn has(&self, flaw: F) -> bool {
        self.on[flaw.row()]
    }
}

/// Declares the defects of one server: `Flaw Kind CHECK "name" "summary";` a row; `also` and further
/// checks may stand before its semicolon.
macro_rules! defects {
    ($($flaw:ident $kind:ident $check:ident $name:literal $summary:literal $(also $($also:ident)+)?;)+) => {
        /// A switch in a stage of the server.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Flaw {
            $(#[doc = $summary] $flaw,)+
        }

        impl crate::reference::defect::Row for Flaw {
            fn row(self) -> usize {
                self as usize
            }
        }

        /// All named defects of this server.
        pub static DEFECTS: &[crate::reference::Defect] = &[
            $(crate::reference::Defect {
                name: $name,
                suite: crate::check::$check.suite,
                kind: crate::reference::Kind::$kind,
                summary: $summary,
                check: crate::check::$check.id,
                also: &[$($(stringify!($also)),+)?],
            },)+
        ];
    };
}
pub(crate) use defects;
