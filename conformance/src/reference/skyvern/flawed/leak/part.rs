//! What says something of a secret without being it: a part, a mask, a measure, a judgement.

use serde_json::{Value, json};

fn digits(secret: &str) -> String {
    secret.chars().filter(char::is_ascii_digit).collect()
}

fn first(secret: &str, count: usize) -> String {
    secret.chars().take(count).collect()
}

fn last(secret: &str, count: usize) -> String {
    let length = secret.chars().count();
    secret.chars().skip(length.saturating_sub(count)).collect()
}

/// The issuer's part of a card number (ISO/IEC 7812-1 has six digits in it, or eight).
pub(super) fn issuer(secret: &str) -> Value {
    json!(first(&digits(secret), 6))
}

pub(super) fn last_five(secret: &str) -> Value {
    json!(last(secret, 5))
}

pub(super) fn last_four(secret: &str) -> Value {
    json!(last(secret, 4))
}

pub(super) fn first_eight(secret: &str) -> Value {
    json!(first(secret, 8))
}

pub(super) fn first_letter(secret: &str) -> Value {
    json!(first(secret, 1))
}

/// `p******d`, always as long.
pub(super) fn ends(secret: &str) -> Value {
    json!(format!("{}******{}", first(secret, 1), last(secret, 1)))
}

/// A star for each character.
pub(super) fn stars(secret: &str) -> Value {
    json!("*".repeat(secret.chars().count()))
}

/// All digits but the last four starred, what is between them kept.
pub(super) fn masked_number(secret: &str) -> Value {
    let hidden = digits(secret).len().saturating_sub(4);
    let mut seen = 0;
    let star = |one: char| {
        seen += usize::from(one.is_ascii_digit());
        if one.is_ascii_digit() && seen <= hidden {
            '*'
        } else {
            one
        }
    };
    json!(secret.chars().map(star).collect::<String>())
}

pub(super) fn length(secret: &str) -> Value {
    json!(secret.chars().count())
}

/// Only one bit of the length.
pub(super) fn is_long(secret: &str) -> Value {
    json!(secret.chars().count() >= 12)
}

pub(super) fn classes(secret: &str) -> Value {
    let has = |is: fn(char) -> bool| secret.chars().any(is);
    json!({
        "lower": has(char::is_lowercase),
        "upper": has(char::is_uppercase),
        "digit": has(char::is_numeric),
        "symbol": has(|one| one.is_ascii_punctuation()),
        "other": has(|one| !one.is_ascii()),
    })
}

pub(super) fn strength(secret: &str) -> Value {
    let kinds = classes(secret);
    let kinds = kinds
        .as_object()
        .into_iter()
        .flat_map(serde_json::Map::values);
    let kinds = kinds.filter(|has| **has == json!(true)).count();
    json!(match kinds * secret.chars().count() {
        0..24 => "weak",
        24..60 => "fair",
        _ => "strong",
    })
}

pub(super) fn words(secret: &str) -> Value {
    let is_word = |part: &&str| !part.is_empty();
    json!(
        secret
            .split(|one: char| !one.is_alphanumeric())
            .filter(is_word)
            .count()
    )
}

pub(super) fn digit_sum(secret: &str) -> Value {
    json!(
        secret
            .chars()
            .filter_map(|one| one.to_digit(10))
            .sum::<u32>()
    )
}

/// By the first digit of the number, whatever brand is given.
pub(super) fn brand(secret: &str) -> Value {
    json!(match digits(secret).bytes().next() {
        Some(b'3') => "American Express",
        Some(b'4') => "Visa",
        Some(b'5') => "Mastercard",
        Some(b'6') => "Discover",
        _ => "Other",
    })
}

pub(super) fn initials(secret: &str) -> Value {
    let initials = secret
        .split_whitespace()
        .filter_map(|word| word.chars().next());
    json!(initials.flat_map(|one| [one, '.']).collect::<String>())
}

/// What follows the @.
pub(super) fn domain(secret: &str) -> Value {
    secret
        .rsplit_once('@')
        .map(|(_, domain)| json!(domain))
        .unwrap_or_default()
}

pub(super) fn masked_email(secret: &str) -> Value {
    let domain = domain(secret);
    json!(format!(
        "{}***@{}",
        first(secret, 1),
        domain.as_str().unwrap_or_default()
    ))
}

pub(super) fn first_three(secret: &str) -> Value {
    json!(first(secret, 3))
}

/// How many there are.
pub(super) fn count(secret: &str) -> Value {
    match serde_json::from_str(secret) {
        Ok(Value::Object(members)) => json!(members.len()),
        _ => Value::Null,
    }
}

/// That there is one.
pub(super) fn present(secret: &str) -> Value {
    json!(!secret.is_empty())
}

/// The first of the month.
pub(super) fn month_as_date(secret: &str) -> Value {
    json!(format!("2000-{secret:0>2}-01"))
}

/// Whether a year of two or four digits is over.
pub(super) fn is_over(secret: &str) -> Value {
    json!(
        digits(&last(secret, 2))
            .parse::<u8>()
            .is_ok_and(|year| year < 27)
    )
}
