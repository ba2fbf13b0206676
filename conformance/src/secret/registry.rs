//! Which request submitted which secret in which field.
//!
//! A secret is named by its field, its class and its request, `‹canary:password plain #3›`; its value
//! never leaves this module and the search.

use std::fmt;

use spec::Pointer;
use zeroize::Zeroizing;

use super::{canary::Class, shape::Shape};

/// A secret of the run, in the order of submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretId(pub(crate) u32);

/// Requests that belong together: one input of a case. What they submit is looked for more closely
/// in their answers than elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(pub u64);

/// How much of a secret may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// The last four characters, and nothing more.
    LastFour,
    /// Any run of its characters.
    Excerpt,
}

/// An exception to "must never come back": a part, in one member of answers.
///
/// Where it is the whole, only the thing itself may show it: the answer to a request whose path has
/// the id that the secret was stored under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// How much.
    pub part: Part,
    /// The name of the member that may show it, or that holds what may.
    pub member: String,
    /// In successful answers to these only, each as `METHOD /path` of the document; in any answer if
    /// there are none.
    pub operations: Vec<String>,
}

/// A secret as it was submitted.
pub struct Submission {
    /// The member of the request body, or the parameter.
    pub field: Pointer,
    /// What the field holds.
    pub shape: Shape,
    /// What sort of value it is.
    pub class: Class,
    /// The number of the request in the run, from 1.
    pub request: u64,
    /// The requests that it belongs to.
    pub group: Group,
    /// What may be shown of it.
    pub permitted: Vec<Permission>,
    /// The ids of what was made with it.
    pub stored: Vec<String>,
    /// The value.
    pub value: Zeroizing<String>,
}

impl Submission {
    /// The name of the field.
    pub fn name(&self) -> String {
        match self.shape {
            Shape::Body => "body".to_owned(),
            _ => field_name(&self.field),
        }
    }
}

/// The name of a field: the last token of its pointer that is no index and hides no name.
pub(crate) fn field_name(field: &Pointer) -> String {
    let mut tokens = field.tokens().rev();
    let name = tokens.find(|token| token != "*" && token.parse::<usize>().is_err());
    name.unwrap_or_else(|| "value".to_owned())
}

impl fmt::Display for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, class) = (self.name(), self.class.name());
        write!(f, "‹canary:{name} {class} #{}›", self.request)
    }
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_named_by_field_class_and_request() {
        let submission = Submission {
            field: Pointer::parse("/credential/metadata/0").unwrap(),
            shape: Shape::Text,
            class: Class::Plain,
            request: 3,
            group: Group(1),
            permitted: Vec::new(),
            stored: Vec::new(),
            value: Zeroizing::new("hidden".to_owned()),
        };
        assert_eq!(submission.to_string(), "‹canary:metadata plain #3›");
        assert_eq!(format!("{submission:?}"), "‹canary:metadata plain #3›");
    }
}
