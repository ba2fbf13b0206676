//! Numbers between bounds, at bounds and on a grid of multiples.

use std::cmp::Ordering;

use proptest::{prelude::RngExt, test_runner::TestRng};
use serde_json::{Number, Value};

use super::node::Types;

/// Integers outside are not exact in every JSON reader (RFC 8259, section 6).
const EXACT: i128 = (1 << 53) - 1;

/// A bound of a range.
#[derive(Clone, Debug)]
pub(crate) struct Limit {
    pub(crate) value: Number,
    pub(crate) exclusive: bool,
}

/// Which numbers there are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bounds {
    pub(crate) min: Option<Limit>,
    pub(crate) max: Option<Limit>,
    pub(crate) steps: Vec<Number>,
}

impl Bounds {
    pub(crate) fn at_least(&mut self, value: &Number, exclusive: bool) {
        let tighter = self
            .min
            .as_ref()
            .is_none_or(|min| match compare(value, &min.value) {
                Ordering::Greater => true,
                Ordering::Equal => exclusive,
                Ordering::Less => false,
            });
        if tighter {
            self.min = Some(Limit {
                value: value.clone(),
                exclusive,
            });
        }
    }

    pub(crate) fn at_most(&mut self, value: &Number, exclusive: bool) {
        let tighter = self
            .max
            .as_ref()
            .is_none_or(|max| match compare(value, &max.value) {
                Ordering::Less => true,
                Ordering::Equal => exclusive,
                Ordering::Greater => false,
            });
        if tighter {
            self.max = Some(Limit {
                value: value.clone(),
                exclusive,
            });
        }
    }

    /// The integers between the bounds, both ends included, as multiples of the step that comes
    /// third: `low * step ..= high * step`. `None` if there are none.
    pub(crate) fn integers(&self) -> Option<(i128, i128, i128)> {
        let mut low = self.min.as_ref().map(|limit| {
            let (whole, exact) = floor(&limit.value);
            if exact && !limit.exclusive {
                whole
            } else {
                whole + 1
            }
        });
        let mut high = self.max.as_ref().map(|limit| {
            let (whole, exact) = floor(&limit.value);
            if exact && limit.exclusive {
                whole - 1
            } else {
                whole
            }
        });
        if low.is_none() {
            low = Some(high.map_or(-EXACT, |high| (-EXACT).min(high.saturating_sub(EXACT))));
        }
        if high.is_none() {
            high = low.map(|low| EXACT.max(low.saturating_add(EXACT)));
        }
        let mut step: i128 = 1;
        for one in &self.steps {
            let (digits, scale) = decimal(one)?;
            let power = 10_i128.checked_pow(scale)?;
            let whole = digits / gcd(digits, power);
            step = step.checked_mul(whole / gcd(step, whole))?;
        }
        let low = low?.clamp(i128::from(i64::MIN), i128::from(u64::MAX));
        let high = high?.clamp(i128::from(i64::MIN), i128::from(u64::MAX));
        let (low, high) = (-((-low).div_euclid(step)), high.div_euclid(step));
        (low <= high).then_some((low, high, step))
    }

    /// The ends between which there are numbers with a fraction; `None` if there are none.
    pub(crate) fn fractions(&self) -> Option<(f64, f64)> {
        let float = |limit: &Limit| limit.value.as_f64();
        let low = self.min.as_ref().map(float);
        let high = self.max.as_ref().map(float);
        let (low, high) = match (low, high) {
            (None, None) => (-1.0e6, 1.0e6),
            (Some(low), None) => (low?, low? + 1.0e6),
            (None, Some(high)) => (high? - 1.0e6, high?),
            (Some(low), Some(high)) => (low?, high?),
        };
        if self
            .steps
            .iter()
            .any(|step| step.as_f64().is_some_and(|step| step.fract() == 0.0))
        {
            return None;
        }
        let inclusive = [&self.min, &self.max]
            .into_iter()
            .flatten()
            .all(|limit| !limit.exclusive);
        (low < high || (inclusive && low.to_bits() == high.to_bits() && low.fract() != 0.0))
            .then_some((low, high))
    }

    /// Some integer: small ones, ends of the range and powers more often than others.
    pub(crate) fn integer(&self, format: Option<&str>, rng: &mut TestRng) -> Option<Value> {
        let (mut low, mut high, step) = self.integers()?;
        if format == Some("int32") {
            let (least, most) = (i128::from(i32::MIN) / step, i128::from(i32::MAX) / step);
            if least <= high && low <= most {
                (low, high) = (low.max(least), high.min(most));
            }
        }
        let pick = match rng.random_range(0..8_u8) {
            0 => low,
            1 => high,
            2 => 0,
            3..=5 => low.max(0).saturating_add(rng.random_range(0..100)),
            6 => {
                let power: i128 = 1 << rng.random_range(0..53_u8);
                if rng.random_bool(0.5) { power } else { -power }
            }
            _ => rng.random_range(low..=high),
        };
        integer(pick.clamp(low, high).saturating_mul(step))
    }

    /// The integer nearest to zero.
    pub(crate) fn simplest_integer(&self) -> Option<Value> {
        let (low, high, step) = self.integers()?;
        integer(0_i128.clamp(low, high).saturating_mul(step))
    }

    /// The integer right above the lower bound.
    pub(crate) fn least_integer(&self) -> Option<Value> {
        let (low, _, step) = self.integers()?;
        integer(low.saturating_mul(step))
    }

    /// The integer right below the upper bound.
    pub(crate) fn greatest_integer(&self) -> Option<Value> {
        let (_, high, step) = self.integers()?;
        integer(high.saturating_mul(step))
    }

    /// A number beside the multiples of `step`.
    pub(crate) fn beside(&self, step: &Number, types: Types) -> Option<Value> {
        let wide = step.as_f64()?;
        if wide > 1.0 && types.has(Types::INTEGER) {
            let (low, high, _) = self.integers()?;
            let near = 1_i128.clamp(low, high);
            return integer(near);
        }
        let (low, high) = self.fractions()?;
        let start = (low.max(0.0) / wide).ceil() * wide;
        let float = start + wide / 2.0;
        (float <= high)
            .then(|| Number::from_f64(float).map(Value::Number))
            .flatten()
    }

    /// The integers at the ends of the range, each with what it is.
    pub(crate) fn integer_ends(&self) -> Vec<(Value, &'static str)> {
        let Some((low, high, step)) = self.integers() else {
            return Vec::new();
        };
        let mut ends = Vec::new();
        let mut add = |number: i128, label| {
            if let Some(value) = integer(number.saturating_mul(step))
                && !ends.iter().any(|(known, _)| known == &value)
            {
                ends.push((value, label));
            }
        };
        if self.min.is_some() {
            add(low, "least");
            if low < high {
                add(low + 1, "next to least");
            }
        }
        if self.max.is_some() {
            add(high, "greatest");
            if low < high {
                add(high - 1, "next to greatest");
            }
        }
        if low <= 0 && high >= 0 {
            add(0, "zero");
        }
        if low <= -1 && high >= -1 && self.min.is_none() {
            add(-1, "negative");
        }
        ends
    }

    /// Some number with a fraction.
    pub(crate) fn fraction(&self, rng: &mut TestRng) -> Option<Value> {
        let (low, high) = self.fractions()?;
        if let Some((digits, scale)) = self.steps.first().and_then(decimal) {
            return self.on_grid(digits, scale, low, high, rng);
        }
        let near = |float: f64| (float * 8.0).round() / 8.0;
        for _ in 0..8 {
            let mut float: f64 = match rng.random_range(0..4_u8) {
                0 => low.max(0.0) + 0.5,
                1 | 2 => near(low + (high - low).min(100.0) * rng.random_range(0.0..=1.0)),
                _ => low + (high - low) * rng.random_range(0.0..=1.0),
            };
            if float.fract() == 0.0 {
                float += 0.125;
            }
            if self.holds(float) {
                return Number::from_f64(float).map(Value::Number);
            }
        }
        let middle = f64::midpoint(low, high);
        (middle.fract() != 0.0)
            .then(|| Number::from_f64(middle).map(Value::Number))
            .flatten()
    }

    fn on_grid(
        &self,
        digits: i128,
        scale: u32,
        low: f64,
        high: f64,
        rng: &mut TestRng,
    ) -> Option<Value> {
        let power = 10_i128.checked_pow(scale)?;
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            reason = "a draw near the range is enough: what is off is drawn again"
        )]
        let (least, most) = {
            let step = digits as f64 / power as f64;
            ((low / step).ceil() as i128, (high / step).floor() as i128)
        };
        if least > most {
            return None;
        }
        for _ in 0..8 {
            let near = if rng.random_bool(0.5) {
                rng.random_range(least..=most)
            } else {
                least
                    .max(0)
                    .saturating_add(rng.random_range(0..10))
                    .min(most)
            };
            let scaled = near.checked_mul(digits)?;
            let text = format!(
                "{}{}.{:0width$}",
                if scaled < 0 { "-" } else { "" },
                scaled.abs() / power,
                scaled.abs() % power,
                width = scale.max(1) as usize,
            );
            let float: f64 = text.parse().ok()?;
            if float.fract() != 0.0 && self.holds(float) {
                return Number::from_f64(float).map(Value::Number);
            }
        }
        None
    }

    fn holds(&self, float: f64) -> bool {
        let above = self.min.as_ref().is_none_or(|limit| {
            limit
                .value
                .as_f64()
                .is_some_and(|min| float > min || (!limit.exclusive && float >= min))
        });
        let below = self.max.as_ref().is_none_or(|limit| {
            limit
                .value
                .as_f64()
                .is_some_and(|max| float < max || (!limit.exclusive && float <= max))
        });
        above && below
    }
}

/// Whether JSON Schema takes two values for equal: `1` and `1.0` are.
pub(crate) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => compare(a, b) == Ordering::Equal,
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, a)| b.get(name).is_some_and(|b| equal(a, b)))
        }
        (a, b) => a == b,
    }
}

/// The integer as JSON, if it fits.
fn integer(number: i128) -> Option<Value> {
    i64::try_from(number)
        .map(Value::from)
        .or_else(|_| u64::try_from(number).map(Value::from))
        .ok()
}

fn whole(number: &Number) -> Option<i128> {
    number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from))
}

fn compare(a: &Number, b: &Number) -> Ordering {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a
            .as_f64()
            .partial_cmp(&b.as_f64())
            .unwrap_or(Ordering::Equal),
    }
}

/// The greatest integer that is not greater, and whether the number is that integer.
fn floor(number: &Number) -> (i128, bool) {
    if let Some(whole) = whole(number) {
        return (whole, true);
    }
    let float = number.as_f64().unwrap_or_default();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a bound beyond the range of integers saturates, and is clamped"
    )]
    let whole = float.floor() as i128;
    (whole, float.fract() == 0.0)
}

/// The number as digits and how many of them are behind the point; `None` if there are too many.
fn decimal(number: &Number) -> Option<(i128, u32)> {
    let text = number.to_string();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text.as_str(), 0),
    };
    let (front, back) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let back = back.trim_end_matches('0');
    let mut digits: i128 = format!("{front}{back}").parse().ok()?;
    let mut scale = i32::try_from(back.len()).ok()? - exponent;
    if scale < 0 {
        digits = digits.checked_mul(10_i128.checked_pow(scale.unsigned_abs())?)?;
        scale = 0;
    }
    (digits > 0).then_some((digits, scale.unsigned_abs()))
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}
