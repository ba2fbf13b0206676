//! Where random inputs come from: a generator for each input that depends on the seed, the case
//! and the number of the input, and on nothing else. Neither concurrency nor shards nor the choice
//! of other cases changes what is sent.

use std::{fmt, str::FromStr};

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::{case::CaseId, digest, session::InputNumber};

/// The seed of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Seed(pub u64);

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Seed {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Seed {
    /// A seed that nobody chose. It is small enough to be typed.
    pub fn fresh() -> Self {
        let nanoseconds = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |elapsed| elapsed.as_nanos());
        Self(digest::number(&[&nanoseconds.to_be_bytes()]) >> 32)
    }

    /// The bytes for input `number` of `case`.
    fn derive(self, case: &CaseId, number: usize) -> [u8; 32] {
        let number = (number as u64).to_be_bytes();
        digest::of(&[&self.0.to_be_bytes(), case.as_str().as_bytes(), &number])
    }

    /// The generator for input `number` of `case`.
    pub(crate) fn runner(self, case: &CaseId, number: usize) -> TestRunner {
        let config = Config {
            failure_persistence: None,
            ..Config::default()
        };
        let bytes = self.derive(case, number);
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
    }

    /// A short word for name `name` of a try of an input of `case`.
    pub(crate) fn word(self, case: &CaseId, input: InputNumber, name: usize) -> String {
        let attempt = (input.attempt as u64).to_be_bytes();
        let name = (name as u64).to_be_bytes();
        digest::word(&[&self.derive(case, input.input), &attempt, &name], 5)
    }
}

/// A number for a case that depends on its id alone: which shard runs it.
pub(crate) fn shard_hash(case: &CaseId) -> u64 {
    digest::number(&[case.as_str().as_bytes()])
}

#[cfg(test)]
mod tests {
    use proptest::{
        prelude::any,
        strategy::{Strategy, ValueTree},
    };

    use super::*;
    use crate::check::SCH003;

    #[test]
    fn an_input_depends_on_seed_case_and_number() {
        let draw = |seed, subject, number| {
            let case = CaseId::new(&SCH003, subject);
            let mut runner = Seed(seed).runner(&case, number);
            any::<u64>().new_tree(&mut runner).unwrap().current()
        };
        assert_eq!(draw(1, "a", 0), draw(1, "a", 0));
        for other in [draw(2, "a", 0), draw(1, "b", 0), draw(1, "a", 1)] {
            assert_ne!(draw(1, "a", 0), other);
        }
    }

    #[test]
    fn shards_stay_where_they_are() {
        // A change here moves cases between shards of runs that are compared with each other.
        let case = CaseId::new(&SCH003, "create_credential");
        assert_eq!(shard_hash(&case), 7_568_319_753_637_016_151);
    }
}
