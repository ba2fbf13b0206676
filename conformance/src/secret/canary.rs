//! Makes up values for secret members: of the field's own shape, different for each field and
//! request, and with so much chance in them that finding one again is no accident.
//!
//! The same draw gives the same value. A value that stands in the public text of its scenario is
//! drawn again. Nothing is remembered here.

use proptest::{
    prelude::RngExt,
    test_runner::{RngAlgorithm, TestRng},
};

use super::shape::Shape;
use crate::digest;

/// A kind of value; each gives servers another occasion to go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// 24 letters and digits.
    Plain,
    /// With quotes, backslashes, and what HTML, URLs and shells escape.
    Quoted,
    /// With letters beyond ASCII and beyond the basic plane.
    Unicode,
    /// With spaces before and after.
    Padded,
    /// Eight characters.
    Short,
    /// 600 characters.
    Long,
    /// 18 digits.
    Digits,
    /// 13 to 19 digits that pass the Luhn check (ISO/IEC 7812-1).
    Card,
    /// The same, in groups of four.
    CardSeparated,
    /// Three or four digits.
    VerificationCode,
    /// `01` to `12`.
    Month,
    /// Four digits.
    Year,
    /// 32 characters of base32 (RFC 4648 section 6).
    Base32,
    /// An `otpauth:` URI that holds such a key.
    OtpAuth,
    /// An e-mail address.
    EmailLike,
    /// A telephone number.
    Phone,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 16] = [
        Self::Plain,
        Self::Quoted,
        Self::Unicode,
        Self::Padded,
        Self::Short,
        Self::Long,
        Self::Digits,
        Self::Card,
        Self::CardSeparated,
        Self::VerificationCode,
        Self::Month,
        Self::Year,
        Self::Base32,
        Self::OtpAuth,
        Self::EmailLike,
        Self::Phone,
    ];

    /// The word of labels and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Quoted => "quoted",
            Self::Unicode => "unicode",
            Self::Padded => "padded",
            Self::Short => "short",
            Self::Long => "long",
            Self::Digits => "digits",
            Self::Card => "card",
            Self::CardSeparated => "separated",
            Self::VerificationCode => "code",
            Self::Month => "month",
            Self::Year => "year",
            Self::Base32 => "base32",
            Self::OtpAuth => "otpauth",
            Self::EmailLike => "e-mail",
            Self::Phone => "phone",
        }
    }

    /// The class that `value`, of a field of `shape`, belongs to, also if it was not drawn here.
    pub fn of(shape: Shape, value: &str) -> Self {
        let separated = !value.bytes().all(|one| one.is_ascii_digit());
        match shape {
            Shape::CardNumber if separated => Self::CardSeparated,
            Shape::CardNumber => Self::Card,
            Shape::VerificationCode => Self::VerificationCode,
            Shape::Month => Self::Month,
            Shape::Year => Self::Year,
            Shape::Phone => Self::Phone,
            Shape::Body => Self::Plain,
            _ if value.starts_with("otpauth://") => Self::OtpAuth,
            Shape::TotpKey => Self::Base32,
            _ if value.len() >= LONG => Self::Long,
            _ if !value.is_ascii() => Self::Unicode,
            _ if value.trim() != value => Self::Padded,
            _ if !separated => Self::Digits,
            _ if value.contains('@') && value.ends_with(".example") => Self::EmailLike,
            _ if value
                .bytes()
                .any(|one| AWKWARD.iter().any(|mark| mark.as_bytes() == [one])) =>
            {
                Self::Quoted
            }
            _ if value.len() < SHORT => Self::Short,
            _ => Self::Plain,
        }
    }

    /// Whether a value is too short to be told from chance where it stands alone.
    pub fn is_guessable(self) -> bool {
        matches!(self, Self::VerificationCode | Self::Month | Self::Year)
    }
}

/// The draw of one value, made from everything that it depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw([u8; 32]);

/// Most times that a value is drawn again because public text holds it.
const REDRAWS: u64 = 64;

/// A text from so many bytes on is long.
const LONG: usize = 200;
/// A text of fewer bytes is short.
const SHORT: usize = 12;

const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const DIGITS: &[u8] = b"0123456789";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Each is escaped or dropped by some layer between a form and a log.
const AWKWARD: [&str; 12] = ["\"", "\\", "'", "<", "&", "%", "/", "+", "=", "$", "`", " "];
const BEYOND_ASCII: [&str; 10] = ["é", "ß", "ł", "Ж", "λ", "中", "東", "😀", "𝒳", "ñ"];

impl Draw {
    /// A draw that depends on these parts alone.
    pub fn of(parts: &[&[u8]]) -> Self {
        Self(digest::of(parts))
    }

    /// A value of `class` that stands nowhere in `public`. A value of a guessable class that
    /// stands there all the same after many draws is returned as it is: there are only twelve
    /// months.
    pub fn value(self, class: Class, public: &[&str]) -> String {
        let mut drawn = String::new();
        for attempt in 0..REDRAWS {
            let seed = digest::of(&[&self.0, &attempt.to_be_bytes()]);
            let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
            drawn = draw(class, &mut rng);
            if !public.iter().any(|text| text.contains(drawn.trim())) {
                break;
            }
        }
        drawn
    }
}

fn draw(class: Class, rng: &mut TestRng) -> String {
    match class {
        Class::Plain => word(ALPHANUMERIC, 24, rng),
        Class::Quoted => mixed(&AWKWARD, 6, rng),
        Class::Unicode => mixed(&BEYOND_ASCII, 5, rng),
        Class::Padded => format!("  {} ", word(ALPHANUMERIC, 22, rng)),
        // Never all hexadecimal, which would be less of a surprise.
        Class::Short => format!(
            "{}{}",
            word(b"GHJKMNPQRSTVWXYZ", 1, rng),
            word(ALPHANUMERIC, 7, rng)
        ),
        Class::Long => word(ALPHANUMERIC, 600, rng),
        // No leading zero: some servers take it for a number, which noninterference sees.
        Class::Digits => format!("{}{}", word(b"123456789", 1, rng), word(DIGITS, 17, rng)),
        Class::Card => card(rng),
        Class::CardSeparated => separated(&card(rng), if rng.random() { ' ' } else { '-' }),
        Class::VerificationCode => {
            let length = rng.random_range(3..=4);
            word(DIGITS, length, rng)
        }
        Class::Month => format!("{:02}", rng.random_range(1..=12)),
        Class::Year => format!("{}", rng.random_range(2031..=2089)),
        Class::Base32 => word(BASE32, 32, rng),
        Class::OtpAuth => format!(
            "otpauth://totp/{}?secret={}&issuer=Example",
            word(LOWER, 8, rng),
            word(BASE32, 32, rng)
        ),
        Class::EmailLike => format!("{}@{}.example", word(LOWER, 14, rng), word(LOWER, 10, rng)),
        Class::Phone => format!("+{}{}", word(b"123456789", 1, rng), word(DIGITS, 14, rng)),
    }
}

fn word(alphabet: &[u8], length: usize, rng: &mut TestRng) -> String {
    (0..length)
        .map(|_| char::from(alphabet[rng.random_range(0..alphabet.len())]))
        .collect()
}

/// Pieces of four letters or digits with one of `between` after each.
fn mixed(between: &[&str], pieces: usize, rng: &mut TestRng) -> String {
    let mut text = String::new();
    for _ in 0..pieces {
        text.push_str(&word(ALPHANUMERIC, 4, rng));
        text.push_str(between[rng.random_range(0..between.len())]);
    }
    text.push_str(&word(ALPHANUMERIC, 2, rng));
    text
}

/// A number of 13 to 19 digits that passes the Luhn check.
fn card(rng: &mut TestRng) -> String {
    let length = rng.random_range(13..=19);
    let body = format!("4{}", word(DIGITS, length - 2, rng));
    let check = luhn_digit(&body);
    format!("{body}{check}")
}

/// The digit that makes `body` pass the Luhn check.
pub(crate) fn luhn_digit(body: &str) -> u32 {
    let sum: u32 = body
        .chars()
        .rev()
        .filter_map(|one| one.to_digit(10))
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 if digit > 4 => digit * 2 - 9,
            0 => digit * 2,
            _ => digit,
        })
        .sum();
    (10 - sum % 10) % 10
}

fn separated(digits: &str, separator: char) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(number: u64, class: Class) -> String {
        Draw::of(&[&number.to_be_bytes()]).value(class, &[])
    }

    #[test]
    fn the_same_draw_gives_the_same_value_and_another_another() {
        for class in Class::ALL.into_iter().filter(|class| !class.is_guessable()) {
            assert_eq!(value(1, class), value(1, class));
            assert_ne!(value(1, class), value(2, class));
        }
    }

    #[test]
    fn cards_pass_the_luhn_check_in_every_length() {
        let mut lengths = std::collections::BTreeSet::new();
        for number in 0..200 {
            for class in [Class::Card, Class::CardSeparated] {
                let digits: String = value(number, class)
                    .chars()
                    .filter(char::is_ascii_digit)
                    .collect();
                let (body, check) = digits.split_at(digits.len() - 1);
                assert_eq!(luhn_digit(body).to_string(), check);
                lengths.insert(digits.len());
            }
        }
        assert_eq!(lengths, (13..=19).collect());
        assert_eq!(luhn_digit("7992739871"), 3);
    }

    #[test]
    fn each_class_has_what_it_is_for() {
        for number in 0..50 {
            assert!(value(number, Class::Quoted).contains(|one| "\"\\'<&%/+=$` ".contains(one)));
            assert!(!value(number, Class::Unicode).is_ascii());
            assert!(value(number, Class::Padded).starts_with("  "));
            assert!(value(number, Class::Padded).ends_with(' '));
            assert_eq!(value(number, Class::Short).len(), 8);
            assert_eq!(value(number, Class::Long).len(), 600);
            let key = value(number, Class::Base32);
            assert!(key.bytes().all(|one| BASE32.contains(&one)), "{key}");
            assert!(value(number, Class::OtpAuth).starts_with("otpauth://totp/"));
            assert!(value(number, Class::EmailLike).ends_with(".example"));
        }
    }

    #[test]
    fn a_value_tells_its_class() {
        let shapes = [
            Shape::Text,
            Shape::CardNumber,
            Shape::VerificationCode,
            Shape::Month,
            Shape::Year,
            Shape::TotpKey,
            Shape::Email,
            Shape::Phone,
        ];
        for shape in shapes {
            for class in shape.classes() {
                assert_eq!(Class::of(shape, &value(5, *class)), *class);
            }
        }
    }

    #[test]
    fn a_value_that_stands_in_public_text_is_drawn_again() {
        let first = Draw::of(&[b"a"]).value(Class::Month, &[]);
        let second = Draw::of(&[b"a"]).value(Class::Month, &[&first]);
        assert_ne!(first, second);
        let all = "010203040506070809101112";
        assert_eq!(Draw::of(&[b"a"]).value(Class::Month, &[all]).len(), 2);
    }
}
