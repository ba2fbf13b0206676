//! Not more requests than asked for.

use std::{fmt, str::FromStr, time::Duration};

use parking_lot::Mutex;
use tokio::time::Instant;

/// At most so many requests in a span of time: `20/s`, `100/m`; or `none`: as many as go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// The pause from one request to the next; zero if there is no limit.
    pub interval: Duration,
}

impl Rate {
    /// No limit.
    pub const UNLIMITED: Self = Self {
        interval: Duration::ZERO,
    };
    /// On another machine, unless something else is asked for: other people use it, too.
    pub const POLITE: Self = Self {
        interval: Duration::from_millis(50),
    };
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no rate: write 20/s, 100/m, 1000/h or none");
        if text == "none" {
            return Ok(Self::UNLIMITED);
        }
        let (count, unit) = text.split_once('/').ok_or_else(wrong)?;
        let count: f64 = count.trim().parse().map_err(|_| wrong())?;
        let seconds = match unit.trim() {
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(wrong()),
        };
        let interval = Duration::try_from_secs_f64(seconds / count).map_err(|_| wrong())?;
        if interval.is_zero() {
            return Err(wrong());
        }
        Ok(Self { interval })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.interval.is_zero() {
            return f.write_str("none");
        }
        let per_second = 1.0 / self.interval.as_secs_f64();
        write!(f, "{}/s", (per_second * 1e4).round() / 1e4)
    }
}

/// Lets one request pass at a time, an interval apart.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Option<Duration>,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    pub(super) fn new(rate: Option<Rate>) -> Self {
        Self {
            interval: rate
                .map(|rate| rate.interval)
                .filter(|interval| !interval.is_zero()),
            next: Mutex::new(None),
        }
    }

    pub(super) async fn wait(&self) {
        let Some(interval) = self.interval else {
            return;
        };
        let turn = {
            let mut next = self.next.lock();
            let now = Instant::now();
            let turn = next.map_or(now, |next| next.max(now));
            *next = Some(turn + interval);
            turn
        };
        tokio::time::sleep_until(turn).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read() {
        let millis = |text: &str| text.parse::<Rate>().map(|rate| rate.interval.as_millis());
        assert_eq!(millis("20/s"), Ok(50));
        assert_eq!(millis("100/m"), Ok(600));
        assert_eq!("none".parse(), Ok(Rate::UNLIMITED));
        assert_eq!(Rate::POLITE.to_string(), "20/s");
        assert_eq!("20/s".parse(), Ok(Rate::POLITE));
        for wrong in ["20", "0/s", "-1/s", "x/s", "1/d", "NaN/s"] {
            assert!(millis(wrong).is_err(), "{wrong}");
        }
    }
}
