//! One case: its inputs in their phases, each executed and judged.

use crate::case::Property;

/// A [`Property`] whose type of input is known inside only.
pub(crate) trait Erased {}

impl<P: Property> Erased for P {}
