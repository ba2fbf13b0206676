//! How long answers took, as counts of times: those of several runs can be added.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// Times in microseconds, each with how many answers took it; ascending, two digits exact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Latency(Vec<(u64, u64)>);

impl Latency {
    /// The counts of `histogram`, whose values are microseconds.
    pub(crate) fn of(histogram: &Histogram<u64>) -> Self {
        let recorded = histogram.iter_recorded();
        Self(
            recorded
                .map(|step| (step.value_iterated_to(), step.count_at_value()))
                .collect(),
        )
    }

    /// Adds the counts of another run.
    pub(crate) fn add(&mut self, other: &Self) {
        let mut counts: std::collections::BTreeMap<u64, u64> = self.0.drain(..).collect();
        for (micros, count) in &other.0 {
            *counts.entry(*micros).or_default() += count;
        }
        self.0 = counts.into_iter().collect();
    }

    /// How many answers.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// The time within which `share` of all answers came; zero if there are none.
    pub fn quantile(&self, share: f64) -> Duration {
        // Counts stay far below 2^52.
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count of requests"
        )]
        let wanted = ((self.count() as f64 * share).ceil() as u64).max(1);
        let mut seen = 0;
        let reached = self.0.iter().find(|(_, count)| {
            seen += count;
            seen >= wanted
        });
        Duration::from_micros(reached.map_or(0, |(micros, _)| *micros))
    }

    /// Counts of answers by the power of two of microseconds that they took at most, from the
    /// fastest to the slowest without gaps: `(4096, 12)` are twelve answers in 2.048 to 4.096 ms.
    pub fn by_power(&self) -> Vec<(u64, u64)> {
        let power = |micros: u64| micros.max(1).next_power_of_two();
        let (Some(first), Some(last)) = (self.0.first(), self.0.last()) else {
            return Vec::new();
        };
        let mut steps = Vec::new();
        let mut step = power(first.0);
        while step <= power(last.0) {
            let within = self.0.iter().filter(|(micros, _)| power(*micros) == step);
            steps.push((step, within.map(|(_, count)| count).sum()));
            step *= 2;
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latency(times: &[u64]) -> Latency {
        let mut histogram = Histogram::new_with_max(3_600_000_000, 2).unwrap();
        for time in times {
            histogram.record(*time).unwrap();
        }
        Latency::of(&histogram)
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let mut parts = latency(&[100, 900, 40_000]);
        parts.add(&latency(&[100, 5_000_000]));
        assert_eq!(parts, latency(&[100, 100, 900, 40_000, 5_000_000]));
        assert_eq!(parts.count(), 5);
    }

    #[test]
    fn quantiles_are_those_of_the_histogram() {
        let times: Vec<u64> = (1..=1000).map(|n| n * n).collect();
        let mut histogram = Histogram::<u64>::new_with_max(3_600_000_000, 2).unwrap();
        for time in &times {
            histogram.record(*time).unwrap();
        }
        for share in [0.0, 0.5, 0.9, 0.99, 1.0] {
            let expected = Duration::from_micros(histogram.value_at_quantile(share));
            assert_eq!(latency(&times).quantile(share), expected, "{share}");
        }
        assert_eq!(latency(&[]).quantile(0.5), Duration::ZERO);
    }

    #[test]
    fn powers_have_no_gaps() {
        let steps = latency(&[3, 60]).by_power();
        assert_eq!(steps, [(4, 1), (8, 0), (16, 0), (32, 0), (64, 1)]);
    }
}
