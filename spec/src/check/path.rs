//! Where a walk stands: a chain on the stack that becomes a location only when there is a fault to tell.

use crate::location::{Location, Pointer};

/// A node on the way down from where the walk began.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    Start(&'a Location),
    Key(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl<'a> Path<'a> {
    pub(super) fn key(&'a self, name: &'a str) -> Self {
        Self::Key(self, name)
    }

    pub(super) fn index(&'a self, index: usize) -> Self {
        Self::Index(self, index)
    }

    pub(super) fn location(&self) -> Location {
        let mut tokens = Vec::new();
        let mut here = self;
        loop {
            match here {
                Self::Start(location) => {
                    return tokens
                        .iter()
                        .rev()
                        .fold((*location).clone(), |location, token| match token {
                            Self::Index(_, index) => location.index(*index),
                            Self::Key(_, name) => location.child(name),
                            Self::Start(_) => location,
                        });
                }
                Self::Key(parent, _) | Self::Index(parent, _) => {
                    tokens.push(*here);
                    here = parent;
                }
            }
        }
    }

    /// The pointer alone, for a sentence.
    pub(super) fn pointer(&self) -> Pointer {
        self.location().pointer
    }
}
