//! Makes a trial smaller that shows a difference: one property, then one field, then as few steps of
//! the scenario as show it.

use proptest::strategy::ValueTree;

use super::Trial;

/// The smallest trial that showed the difference so far, and what is tried next.
pub(super) struct Tree {
    best: Trial,
    current: Trial,
    fields: Vec<String>,
    steps: Vec<usize>,
    stage: Stage,
}

/// What is being made smaller.
#[derive(Clone, Copy)]
enum Stage {
    /// The property of that number alone.
    Properties(usize),
    /// The field of that number alone.
    Fields(usize),
    /// Without so many steps, from that one on.
    Steps {
        length: usize,
        from: usize,
    },
    Done,
}

impl Tree {
    /// Begins with `trial`, which has these fields and steps.
    pub(super) fn new(trial: Trial, fields: &[String], steps: &[usize]) -> Self {
        Self {
            current: trial.clone(),
            best: trial,
            fields: fields.to_vec(),
            steps: steps.to_vec(),
            stage: Stage::Properties(0),
        }
    }

    /// The next smaller trial; whether there is one.
    fn next(&mut self) -> bool {
        loop {
            let mut tried = self.best.clone();
            match self.stage {
                Stage::Properties(number) => {
                    self.stage = Stage::Properties(number + 1);
                    match self.best.properties.get(number) {
                        Some(_) if self.best.properties.len() == 1 => {
                            self.stage = Stage::Fields(0);
                            continue;
                        }
                        Some(property) => tried.properties = vec![*property],
                        None => {
                            self.stage = Stage::Fields(0);
                            continue;
                        }
                    }
                }
                Stage::Fields(number) => {
                    self.stage = Stage::Fields(number + 1);
                    match self.fields.get(number) {
                        Some(field) if self.fields.len() > 1 => {
                            tried.fields = vec![field.clone()];
                        }
                        _ => {
                            self.begin_steps();
                            continue;
                        }
                    }
                }
                Stage::Steps { length, from } => {
                    if length == 0 {
                        self.stage = Stage::Done;
                        continue;
                    }
                    if from >= self.steps.len() {
                        let length = length / 2;
                        self.stage = Stage::Steps { length, from: 0 };
                        continue;
                    }
                    let end = (from + length).min(self.steps.len());
                    self.stage = Stage::Steps { length, from: end };
                    let kept = [&self.steps[..from], &self.steps[end..]].concat();
                    if kept.is_empty() {
                        continue;
                    }
                    tried.steps = kept;
                }
                Stage::Done => return false,
            }
            self.current = tried;
            return true;
        }
    }

    fn begin_steps(&mut self) {
        let length = self.steps.len() / 2;
        self.stage = Stage::Steps { length, from: 0 };
    }

    /// Keeps what was tried, and goes on from there.
    fn keep(&mut self) {
        let removed = self.steps.len().saturating_sub(self.current.steps.len());
        if !self.current.steps.is_empty() && self.current.steps != self.steps {
            self.steps.clone_from(&self.current.steps);
            if let Stage::Steps { length, from } = self.stage {
                let from = from.saturating_sub(removed);
                self.stage = Stage::Steps { length, from };
            }
        }
        match self.stage {
            Stage::Properties(_) if self.current.properties.len() == 1 => {
                self.stage = Stage::Fields(0);
            }
            Stage::Fields(_) if self.current.fields.len() == 1 => self.begin_steps(),
            _ => {}
        }
        self.best = self.current.clone();
    }
}

impl ValueTree for Tree {
    type Value = Trial;

    fn current(&self) -> Trial {
        self.current.clone()
    }

    fn simplify(&mut self) -> bool {
        self.keep();
        let found = self.next();
        if !found {
            self.current = self.best.clone();
        }
        found
    }

    fn complicate(&mut self) -> bool {
        let found = self.next();
        if !found {
            self.current = self.best.clone();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Differing, *};

    /// Shrinks as the engine does, with `shows` in the place of the server.
    fn smallest(shows: impl Fn(&Trial) -> bool) -> Trial {
        let fields = ["/a", "/b", "/c"].map(str::to_owned);
        let steps: Vec<usize> = (0..40).collect();
        let trial = Trial {
            properties: Differing::ALL.to_vec(),
            fields: Vec::new(),
            steps: Vec::new(),
        };
        let mut tree = Tree::new(trial.clone(), &fields, &steps);
        let mut best = trial;
        let mut going = tree.simplify();
        while going {
            let current = tree.current();
            going = if shows(&current) {
                best = current;
                tree.simplify()
            } else {
                tree.complicate()
            };
        }
        best
    }

    #[test]
    fn one_property_one_field_and_the_steps_that_matter_are_left() {
        let b = "/b".to_owned();
        let found = smallest(|trial| {
            let has = |step| trial.steps.is_empty() || trial.steps.contains(&step);
            trial.properties.contains(&Differing::Length)
                && (trial.fields.is_empty() || trial.fields.contains(&b))
                && has(0)
                && has(17)
        });
        assert_eq!(found.properties, [Differing::Length]);
        assert_eq!(found.fields, [b]);
        assert_eq!(found.steps, [0, 17]);
    }

    #[test]
    fn what_needs_everything_stays() {
        let found = smallest(|trial| trial.fields.is_empty() && trial.steps.is_empty());
        assert_eq!(found.properties, [Differing::Content]);
        assert!(found.fields.is_empty() && found.steps.is_empty());
    }
}
