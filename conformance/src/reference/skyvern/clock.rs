//! Dates and times as Skyvern writes them, in UTC and without an offset, and as it takes them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Now, as `2026-11-21T05:17:39.434043`.
pub(super) fn now() -> String {
    let elapsed = since_epoch();
    format_since_epoch(elapsed.as_secs(), elapsed.subsec_micros())
}

/// Seconds since the epoch.
pub(super) fn seconds() -> u64 {
    since_epoch().as_secs()
}

fn since_epoch() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

fn format_since_epoch(seconds: u64, micros: u32) -> String {
    let (mut days, second_of_day) = (seconds / 86_400, seconds % 86_400);
    let (mut year, mut month) = (1970, 1);
    while days >= days_in_year(year) {
        days -= days_in_year(year);
        year += 1;
    }
    while days >= days_in_month(year, month) {
        days -= days_in_month(year, month);
        month += 1;
    }
    let (hour, minute, second) = (
        second_of_day / 3600,
        second_of_day / 60 % 60,
        second_of_day % 60,
    );
    let day = days + 1;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}")
}

/// Whether `text` is a date and time of RFC 3339, its offset being optional.
pub(super) fn is_date_time(text: &str) -> bool {
    read_date_time(text.as_bytes()).is_some()
}

fn read_date_time(text: &[u8]) -> Option<()> {
    let (year, rest) = number(text, 4)?;
    let (month, rest) = number(rest.strip_prefix(b"-")?, 2)?;
    let (day, rest) = number(rest.strip_prefix(b"-")?, 2)?;
    let [b'T' | b't' | b' ', rest @ ..] = rest else {
        return None;
    };
    let (hour, rest) = number(rest, 2)?;
    let (minute, rest) = number(rest.strip_prefix(b":")?, 2)?;
    let (second, rest) = number(rest.strip_prefix(b":")?, 2)?;
    let rest = match rest {
        [b'.', fraction @ ..] => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit());
            match digits.count() {
                0 => return None,
                length => &fraction[length..],
            }
        }
        _ => rest,
    };
    let offset_fits = match rest {
        [] | [b'Z' | b'z'] => true,
        [b'+' | b'-', offset @ ..] => {
            let (hours, rest) = number(offset, 2)?;
            let (minutes, rest) = number(rest.strip_prefix(b":")?, 2)?;
            rest.is_empty() && hours < 24 && minutes < 60
        }
        _ => false,
    };
    let fits = (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        // 60 is a leap second.
        && second <= 60
        && offset_fits;
    fits.then_some(())
}

/// The first `digits` bytes as a number, and the rest.
fn number(text: &[u8], digits: usize) -> Option<(u64, &[u8])> {
    let (head, rest) = text.split_at_checked(digits)?;
    let fold = |number, byte: &u8| {
        byte.is_ascii_digit()
            .then(|| number * 10 + u64::from(byte - b'0'))
    };
    Some((head.iter().try_fold(0, fold)?, rest))
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in_year(year: u64) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

/// `month` is from 1 to 12.
fn days_in_month(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_civil_date() {
        assert_eq!(format_since_epoch(0, 0), "1970-01-01T00:00:00.000000");
        // `date -u -d @1709251199`: a leap day.
        assert_eq!(
            format_since_epoch(1_709_251_199, 7),
            "2024-02-29T23:59:59.000007"
        );
        assert_eq!(
            format_since_epoch(1_795_238_259, 434_043),
            "2026-11-21T05:17:39.434043"
        );
        assert!(is_date_time(&now()));
    }

    #[test]
    fn takes_rfc_3339_and_a_missing_offset() {
        for text in [
            "2025-01-01T00:00:00Z",
            "2025-01-01T00:00:00",
            "2024-02-29t23:59:60.5+05:30",
        ] {
            assert!(is_date_time(text), "{text}");
        }
        for text in [
            "",
            "tomorrow",
            "2025-01-01",
            "2025-02-29T00:00:00Z",
            "2025-13-01T00:00:00Z",
            "2025-01-01T24:00:00Z",
            "2025-01-01T00:00:00.Z",
            "2025-01-01T00:00:00+0100",
            "2025-01-01T00:00:00Zx",
        ] {
            assert!(!is_date_time(text), "{text}");
        }
    }
}
