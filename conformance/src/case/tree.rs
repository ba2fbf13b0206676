//! Value trees that begin at a given input, for inputs that no strategy drew.

use proptest::strategy::ValueTree;

use super::InputTree;

/// The tree of what `make` makes of the values of `tree`.
pub(crate) fn mapped<T, I>(tree: T, make: impl Fn(T::Value) -> I + 'static) -> InputTree<I>
where
    T: ValueTree + 'static,
    I: std::fmt::Debug + 'static,
{
    Box::new(Mapped { tree, make })
}

struct Mapped<T, F> {
    tree: T,
    make: F,
}

impl<T, I, F> ValueTree for Mapped<T, F>
where
    T: ValueTree,
    I: std::fmt::Debug,
    F: Fn(T::Value) -> I,
{
    type Value = I;

    fn current(&self) -> I {
        (self.make)(self.tree.current())
    }

    fn simplify(&mut self) -> bool {
        self.tree.simplify()
    }

    fn complicate(&mut self) -> bool {
        self.tree.complicate()
    }
}

/// The tree of `steps` with fewer and fewer of them: halves are left out first, single ones last.
pub(crate) fn fewer<T: Clone + std::fmt::Debug + 'static>(steps: Vec<T>) -> InputTree<Vec<T>> {
    Box::new(Fewer {
        size: steps.len(),
        start: 0,
        best: steps,
        trying: false,
    })
}

struct Fewer<T> {
    /// The fewest steps known to fail.
    best: Vec<T>,
    /// How many of them are left out at a time, and from where on.
    size: usize,
    start: usize,
    /// Whether these are left out now.
    trying: bool,
}

impl<T> Fewer<T> {
    /// Leaves out the next ones, if there are any.
    fn advance(&mut self) -> bool {
        if self.start >= self.best.len() {
            self.start = 0;
            self.size = match self.size {
                0 | 1 => 0,
                size => size.div_ceil(2),
            };
        }
        self.trying = self.size > 0 && !self.best.is_empty();
        self.trying
    }
}

impl<T: Clone + std::fmt::Debug> ValueTree for Fewer<T> {
    type Value = Vec<T>;

    fn current(&self) -> Vec<T> {
        let left_out = self.start..self.start + self.size;
        let stays = |index: &usize| !(self.trying && left_out.contains(index));
        let indices = (0..self.best.len()).filter(stays);
        indices.map(|index| self.best[index].clone()).collect()
    }

    fn simplify(&mut self) -> bool {
        if self.trying {
            self.best = self.current();
        }
        self.advance()
    }

    fn complicate(&mut self) -> bool {
        self.start += self.size;
        self.advance()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is left of `steps` when only what `fails` takes is gone on with.
    fn smallest(steps: Vec<u8>, fails: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let mut tree = fewer(steps.clone());
        let mut smallest = steps;
        let mut going = tree.simplify();
        while going {
            let current = tree.current();
            going = if fails(&current) {
                smallest = current;
                tree.simplify()
            } else {
                tree.complicate()
            };
        }
        smallest
    }

    proptest! {
        #[test]
        fn what_does_not_matter_is_left_out(steps in prop::collection::vec(0u8..5, 0..40)) {
            let threes = |steps: &[u8]| steps.iter().filter(|step| **step == 3).nth(1).is_some();
            prop_assume!(threes(&steps));
            prop_assert_eq!(smallest(steps, threes), [3, 3]);
        }
    }

    #[test]
    fn everything_goes_if_nothing_matters() {
        assert_eq!(smallest(vec![1, 2, 3], |_| true), [0; 0]);
        assert_eq!(smallest(vec![1, 2, 3], |_| false), [1, 2, 3]);
    }
}
