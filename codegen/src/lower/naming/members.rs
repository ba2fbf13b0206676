//! Names that the document gives to members and parameters: names in Rust, and each once among its siblings.
//! Those that are made here ([`crate::names`]) are that already.

use std::collections::BTreeMap;

use spec::Location;

use super::{
    super::{builder::Draft, operations::Found, parameters::ARGUMENTS},
    Errors, check_given, collision,
};
use crate::ir::TypeKind;

/// Looks at the members of each struct and at the parameters of each operation.
pub(in crate::lower) fn members(drafts: &[Draft], found: &[Found], errors: &mut Errors) {
    for draft in drafts {
        if let Some(TypeKind::Struct(structure)) = &draft.kind {
            let fields = structure.fields.iter();
            siblings(fields.map(|one| (&*one.rust, &one.origin)), errors);
        }
    }
    for Found { operation, .. } in found {
        let own = ARGUMENTS.iter().map(|name| (*name, &operation.origin));
        let parameters = operation.parameters.iter();
        let parameters = parameters.map(|one| (&*one.rust, &one.origin));
        siblings(own.chain(parameters), errors);
    }
}

fn siblings<'a>(names: impl Iterator<Item = (&'a str, &'a Location)>, errors: &mut Errors) {
    let mut owners: BTreeMap<&str, &Location> = BTreeMap::new();
    for (name, at) in names {
        check_given(name, at, errors);
        if let Some(other) = owners.insert(name, at) {
            errors.push(collision(name, at, other));
        }
    }
}
