//! Makes a trial smaller that shows a secret or a difference: no property or one, then one field, then
//! as few steps of the scenario as show it.

use proptest::strategy::ValueTree;

use super::Trial;

/// The smallest trial that showed the difference so far, and what is tried next.
pub(super) struct Tree {
    best: Trial,
    current: Trial,
    stage: Stage,
}

/// What is being made smaller.
#[derive(Clone, Copy)]
enum Stage {
    /// One run alone, with nothing to compare: enough for a secret that comes back.
    Alone,
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
    /// Begins with `trial`.
    pub(super) fn new(trial: Trial) -> Self {
        Self {
            current: trial.clone(),
            best: trial,
            stage: Stage::Alone,
        }
    }

    /// The next smaller trial; whether there is one.
    fn next(&mut self) -> bool {
        loop {
            let mut tried = self.best.clone();
            match self.stage {
                Stage::Alone => {
                    self.stage = Stage::Properties(0);
                    if self.best.properties.is_empty() {
                        self.begin_steps();
                        continue;
                    }
                    tried.properties.clear();
                }
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
                    match self.best.fields.get(number) {
                        Some(field) if self.best.fields.len() > 1 => {
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
                    let steps = &self.best.steps;
                    if from >= steps.len() {
                        let length = length / 2;
                        self.stage = Stage::Steps { length, from: 0 };
                        continue;
                    }
                    let end = (from + length).min(steps.len());
                    self.stage = Stage::Steps { length, from: end };
                    let kept = [&steps[..from], &steps[end..]].concat();
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
        let length = self.best.steps.len() / 2;
        self.stage = Stage::Steps { length, from: 0 };
    }

    /// Keeps what was tried, and goes on from there.
    fn keep(&mut self) {
        let removed = self.best.steps.len() - self.current.steps.len();
        if removed > 0
            && let Stage::Steps { length, from } = self.stage
        {
            let from = from.saturating_sub(removed);
            self.stage = Stage::Steps { length, from };
        }
        match self.stage {
            Stage::Properties(_) if self.current.properties.is_empty() => self.begin_steps(),
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
        let trial = Trial {
            properties: Differing::ALL.to_vec(),
            fields: ["/a", "/b", "/c"].map(str::to_owned).to_vec(),
            steps: (0..40).collect(),
        };
        let mut tree = Tree::new(trial.clone());
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
            trial.properties.contains(&Differing::Length)
                && trial.fields.contains(&b)
                && trial.steps.contains(&0)
                && trial.steps.contains(&17)
        });
        assert_eq!(found.properties, [Differing::Length]);
        assert_eq!(found.fields, [b]);
        assert_eq!(found.steps, [0, 17]);
    }

    #[test]
    fn what_one_run_shows_needs_no_other() {
        let found = smallest(|trial| trial.steps.contains(&9));
        assert!(found.properties.is_empty());
        assert_eq!(found.steps, [9]);
    }

    #[test]
    fn what_needs_everything_stays() {
        let found = smallest(|trial| trial.fields.len() == 3 && trial.steps.len() == 40);
        assert!(found.properties.is_empty());
        assert_eq!((found.fields.len(), found.steps.len()), (3, 40));
    }
}
