//! What a server asks for with 429 (RFC 6585 section 4): that requests wait. All of them wait
//! together, then the one that was refused is sent again. Patience has an end, and what was waited
//! is counted.

use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::exchange::Response;

/// The first pause if the server names none; each further one in a row is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The shortest pause: `Retry-After: 0` is no reason to press.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause that is waited.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);
/// Most pauses in a row, without another answer between them.
const MOST_IN_A_ROW: u32 = 8;
/// Most that a run waits in all.
const LONGEST_IN_ALL: Duration = Duration::from_mins(15);

/// What waiting for a server that limits requests came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waited {
    /// How many requests were answered with 429.
    pub refusals: u64,
    /// How long no request was sent because of that.
    pub time: Duration,
}

impl Waited {
    /// Adds what another part of the run waited beside this one.
    pub(crate) fn add(&mut self, other: &Self) {
        self.refusals += other.refusals;
        self.time += other.time;
    }
}

/// Whether a request that was answered with 429 is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Again,
    GiveUp,
}

/// Keeps requests back while the server asks for it.
#[derive(Debug, Default)]
pub(super) struct Patience(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    until: Option<Instant>,
    in_a_row: u32,
    waited: Waited,
}

impl Patience {
    /// Waits as long as the server asks for.
    pub(super) async fn wait(&self) {
        // It may ask for more in the meantime.
        while let Some(until) = self.until().filter(|until| *until > Instant::now()) {
            tokio::time::sleep_until(until).await;
        }
    }

    /// Takes note of an answer that is no 429.
    pub(super) fn served(&self) {
        self.0.lock().in_a_row = 0;
    }

    /// Takes note of a 429 that asks for a pause of `asked`.
    pub(super) fn refused(&self, asked: Option<Duration>) -> Next {
        let mut state = self.0.lock();
        state.waited.refusals += 1;
        let now = Instant::now();
        let held = state.until.filter(|until| *until > now);
        let pause = match (asked, held) {
            (Some(asked), _) => asked.max(SHORTEST_PAUSE),
            // Others were refused with it: they wait already.
            (None, Some(_)) => return Next::Again,
            (None, None) => FIRST_PAUSE * (1 << state.in_a_row.min(6)),
        };
        if held.is_none() {
            state.in_a_row += 1;
        }
        if pause > LONGEST_PAUSE {
            return Next::GiveUp;
        }
        let from = held.unwrap_or(now);
        let until = from.max(now + pause);
        let time = state.waited.time + (until - from);
        if state.in_a_row > MOST_IN_A_ROW || time > LONGEST_IN_ALL {
            return Next::GiveUp;
        }
        state.until = Some(until);
        state.waited.time = time;
        Next::Again
    }

    /// How long no request goes out from now on.
    pub(super) fn left(&self) -> Duration {
        self.until().map_or(Duration::ZERO, |until| {
            until.saturating_duration_since(Instant::now())
        })
    }

    fn until(&self) -> Option<Instant> {
        self.0.lock().until
    }

    /// What was waited so far, or is being waited now.
    pub(super) fn waited(&self) -> Waited {
        self.0.lock().waited.clone()
    }
}

/// The pause that `Retry-After` of `response` asks for at `now`: seconds or a date (RFC 9110 section
/// 10.2.3). A date is read by the server's clock if it tells it.
pub(super) fn asked(response: &Response, now: SystemTime) -> Option<Duration> {
    let text = response.header("retry-after")?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    let now = response
        .header("date")
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or(now);
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn paused(test: impl AsyncFnOnce(Patience)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(test(Patience::default()));
    }

    fn seconds(number: u64) -> Duration {
        Duration::from_secs(number)
    }

    #[test]
    fn a_pause_is_read_as_seconds_and_as_a_date() {
        let now = SystemTime::UNIX_EPOCH;
        let pause = |headers: &[(&str, &str)]| {
            let headers = headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Bytes::copy_from_slice(value.as_bytes())))
                .collect();
            asked(
                &Response::new(429, "HTTP/1.1", headers, Bytes::new(), false),
                now,
            )
        };
        let date = ("retry-after", "Thu, 01 Jan 1970 00:00:30 GMT");
        let clock = ("date", "Thu, 01 Jan 1970 00:00:20 GMT");
        assert_eq!(pause(&[("retry-after", "120")]), Some(seconds(120)));
        assert_eq!(pause(&[date]), Some(seconds(30)));
        assert_eq!(pause(&[date, clock]), Some(seconds(10)));
        let past = ("date", "Thu, 01 Jan 1970 00:01:00 GMT");
        assert_eq!(pause(&[date, past]), Some(Duration::ZERO));
        // More than any number holds is still more than anybody waits.
        assert_eq!(
            pause(&[("retry-after", "99999999999999999999999")]),
            Some(seconds(u64::MAX))
        );
        for nonsense in ["", "soon", "-1", "1.5"] {
            assert_eq!(pause(&[("retry-after", nonsense)]), None, "{nonsense}");
        }
        assert_eq!(pause(&[]), None);
    }

    #[test]
    fn everybody_waits_as_long_as_is_asked_for() {
        paused(async |patience| {
            let begun = Instant::now();
            assert_eq!(patience.refused(Some(seconds(3))), Next::Again);
            // Refused with it, and one of them later: it is one pause.
            assert_eq!(patience.refused(None), Next::Again);
            assert_eq!(patience.refused(Some(seconds(5))), Next::Again);
            patience.wait().await;
            assert_eq!(begun.elapsed().as_secs(), 5);
            let waited = patience.waited();
            assert_eq!((waited.refusals, waited.time), (3, seconds(5)));
            patience.wait().await;
            assert_eq!(begun.elapsed().as_secs(), 5);
        });
    }

    #[test]
    fn without_a_word_of_the_server_pauses_grow_and_end() {
        paused(async |patience| {
            let begun = Instant::now();
            let mut pauses = Vec::new();
            loop {
                let before = begun.elapsed();
                if patience.refused(None) == Next::GiveUp {
                    break;
                }
                patience.wait().await;
                pauses.push(begun.elapsed().saturating_sub(before).as_secs());
            }
            assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 64]);
        });
    }

    #[test]
    fn an_answer_begins_the_row_anew_and_all_of_it_is_bounded() {
        paused(async |patience| {
            let mut pauses = 0;
            while patience.refused(Some(seconds(60))) == Next::Again {
                patience.wait().await;
                patience.served();
                pauses += 1;
            }
            assert_eq!(pauses, 15);
            assert_eq!(patience.waited().time, LONGEST_IN_ALL);
        });
    }

    #[test]
    fn nobody_waits_for_hours() {
        paused(async |patience| {
            assert_eq!(patience.refused(Some(seconds(3600))), Next::GiveUp);
            // Longer than any clock goes.
            assert_eq!(patience.refused(Some(seconds(u64::MAX))), Next::GiveUp);
            assert_eq!(patience.waited().time, Duration::ZERO);
            assert_eq!(patience.refused(Some(seconds(0))), Next::Again);
            assert_eq!(patience.waited().time, SHORTEST_PAUSE);
        });
    }
}
