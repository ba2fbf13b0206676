//! When a request is sent again, and after how long.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// How often and how patiently a request is sent again.
///
/// Only operations that are safe to repeat (RFC 9110, section 9.2.2) are sent again, and only after
/// 429, 502, 503, 504, or when the connection failed. The pause doubles each time, is drawn between
/// half of that and all of it, and is never shorter than the answer's `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    times: u32,
    first_pause: Duration,
    longest_pause: Duration,
}

impl RetryPolicy {
    /// Every request is sent once.
    pub const NEVER: Self = Self::new(0);

    /// At most `times` repetitions, after pauses from a quarter of a second to ten seconds.
    pub const fn new(times: u32) -> Self {
        Self {
            times,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(10),
        }
    }

    /// Sets the first pause and the longest. An answer that asks for a longer one is not repeated.
    #[must_use]
    pub const fn with_pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.first_pause = first;
        self.longest_pause = longest;
        self
    }

    /// The pause before repetition number `done + 1`; `None` to give up.
    pub(crate) fn pause(self, done: u32, asked: Option<Duration>) -> Option<Duration> {
        if done >= self.times || asked.is_some_and(|asked| asked > self.longest_pause) {
            return None;
        }
        let doubled = self.first_pause.saturating_mul(1 << done.min(16));
        let pause = doubled.min(self.longest_pause);
        // The keys of a new hasher are random: no generator is needed for a jitter.
        let draw = RandomState::new().build_hasher().finish() % 1024;
        let drawn = pause / 2 + (pause / 2).saturating_mul(u32::try_from(draw).unwrap_or(0)) / 1024;
        Some(drawn.max(asked.unwrap_or_default()))
    }
}

/// Two repetitions.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new(2)
    }
}

/// Whether the answer says that a repetition may succeed.
pub(crate) fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

/// The pause that `Retry-After` asks for, in seconds or as a date (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}
