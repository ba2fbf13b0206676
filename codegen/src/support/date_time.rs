//! Dates and times that keep the text they came as.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time as RFC 3339 writes it. The offset may be missing, as it is in answers of many servers.
///
/// Two values are equal when their texts are.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DateTime {
    text: String,
}

/// A `full-date` of RFC 3339, e.g. `2026-11-21`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    text: String,
}

/// The text is no date, or no date and time, of RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateError {
    expected: &'static str,
}

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid value: expected {}", self.expected)
    }
}

impl std::error::Error for DateError {}

impl DateTime {
    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Minutes east of UTC; `None` if the text does not say.
    pub fn offset_minutes(&self) -> Option<i32> {
        match self.text.as_bytes() {
            [.., b'Z' | b'z'] => Some(0),
            [.., sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
                let minutes = i32::from(pair(*h1, *h2)?) * 60 + i32::from(pair(*m1, *m2)?);
                Some(if *sign == b'-' { -minutes } else { minutes })
            }
            _ => None,
        }
    }

    /// Seconds since 1970-01-01T00:00:00Z, fractions dropped; UTC where the text names no offset.
    pub fn unix_seconds(&self) -> i64 {
        let text = self.text.as_bytes();
        let part = |at: usize| match text.get(at..at + 2) {
            Some([tens, ones]) => pair(*tens, *ones).map_or(0, i64::from),
            _ => 0,
        };
        let days = days_since_epoch(part(0) * 100 + part(2), part(5), part(8));
        let offset = i64::from(self.offset_minutes().unwrap_or(0));
        days * 86_400 + part(11) * 3_600 + (part(14) - offset) * 60 + part(17)
    }
}

impl Date {
    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for DateTime {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        if is_date_time(text.as_bytes()) {
            let text = text.to_owned();
            Ok(Self { text })
        } else {
            let expected = "a date and time of RFC 3339";
            Err(DateError { expected })
        }
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        if full_date(text.as_bytes()).is_some_and(<[u8]>::is_empty) {
            let text = text.to_owned();
            Ok(Self { text })
        } else {
            let expected = "a full-date of RFC 3339";
            Err(DateError { expected })
        }
    }
}

fn pair(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}

/// What follows a valid date.
fn full_date(text: &[u8]) -> Option<&[u8]> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, rest @ ..] = text else {
        return None;
    };
    let year = i64::from(pair(*y1, *y2)?) * 100 + i64::from(pair(*y3, *y4)?);
    let (month, day) = (pair(*m1, *m2)?, pair(*d1, *d2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    (1..=length).contains(&day).then_some(rest)
}

fn is_date_time(text: &[u8]) -> bool {
    let Some(
        [
            b'T' | b't' | b' ',
            h1,
            h2,
            b':',
            m1,
            m2,
            b':',
            s1,
            s2,
            rest @ ..,
        ],
    ) = full_date(text)
    else {
        return false;
    };
    // 60 is a leap second.
    let within = |tens, ones, most| pair(tens, ones).is_some_and(|value| value <= most);
    if !(within(*h1, *h2, 23) && within(*m1, *m2, 59) && within(*s1, *s2, 60)) {
        return false;
    }
    let rest = match rest {
        [b'.', digit, fraction @ ..] if digit.is_ascii_digit() => {
            let digits = fraction.iter().take_while(|digit| digit.is_ascii_digit());
            &fraction[digits.count()..]
        }
        rest => rest,
    };
    match rest {
        [] | [b'Z' | b'z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => within(*h1, *h2, 23) && within(*m1, *m2, 59),
        _ => false,
    }
}

/// Of the proleptic Gregorian calendar: years are counted from March, so that a leap day is a year's last.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

macro_rules! keeps_its_text {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.text)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

keeps_its_text!(DateTime Date);
