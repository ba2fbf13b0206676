//! The cases of the suite `lifecycle`.

use std::rc::Rc;

use crate::{case::Case, plan::Budget, target::Target};

/// The cases of this suite.
pub(super) fn cases(_target: &Rc<Target>, _budget: &Budget) -> Vec<Case> {
    Vec::new()
}
