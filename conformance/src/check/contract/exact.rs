//! What became of a text that came back another one: which kind of character it lost, told from the
//! two texts alone.

use crate::check::{CON016, CON017, CON018, CON019, CON020, CON021, CON022, CON023, Check};

/// A text of this many characters tests whether texts come back whole.
const LONG: usize = 200;

/// A check, and whether a text tests it.
type Trait = (&'static Check, fn(&str) -> bool);

/// What about a text can be lost, each with its check.
const TRAITS: [Trait; 8] = [
    (&CON016, |text| text.chars().any(is_space)),
    (&CON017, |text| text.chars().any(char::is_control)),
    (&CON018, |text| !text.is_ascii()),
    (&CON019, |text| text.chars().any(is_mark)),
    (&CON020, is_number),
    (&CON021, |text| text.chars().count() >= LONG),
    (&CON022, str::is_empty),
    (&CON023, |text| {
        text.to_lowercase() != text && text.to_uppercase() != text
    }),
];

/// The checks that a text tests when it comes back as it was.
pub(super) fn tested(text: &str) -> impl Iterator<Item = &'static Check> {
    TRAITS
        .into_iter()
        .filter(move |(_, has)| has(text))
        .map(|(check, _)| check)
}

/// The check that says what `stored` lost on the way to `shown`, which is another text, and how that
/// is called. `None` if it is another text altogether.
pub(super) fn lost(stored: &str, shown: &str) -> Option<(&'static Check, &'static str)> {
    let without = |text: &str, dropped: fn(char) -> bool| -> String {
        text.chars().filter(|one| !dropped(*one)).collect()
    };
    let same_without =
        |dropped: fn(char) -> bool| without(stored, dropped) == without(shown, dropped);
    if stored.is_empty() {
        return Some((&CON022, "an empty text comes back as another one"));
    }
    if shown.is_empty() {
        return None;
    }
    if stored.to_lowercase() == shown.to_lowercase() {
        return Some((&CON023, "letters change their case"));
    }
    if same_without(is_space) {
        return Some((&CON016, "white space is lost or changed"));
    }
    if same_without(|one| one.is_control() || is_space(one)) {
        return Some((&CON017, "control characters are lost or changed"));
    }
    if is_number(stored) && number(stored) == number(shown) {
        return Some((&CON020, "digits are read as a number"));
    }
    if let Some(rest) = stored.strip_prefix(shown) {
        let long = stored.chars().count() >= LONG;
        match rest.chars().next() {
            Some(next) if next.is_control() => {
                return Some((&CON017, "the text ends at a control character"));
            }
            Some(_) if long => return Some((&CON021, "a long text is cut")),
            _ => {}
        }
    }
    let marks = |text: &str| without(text, |one| !is_mark(one) || one == '?');
    if !stored.is_ascii() && marks(stored) == marks(shown) {
        return Some((&CON018, "characters beyond ASCII are lost or changed"));
    }
    if stored.chars().any(is_mark) {
        return Some((&CON019, "quotes or marks are lost or changed"));
    }
    if !stored.is_ascii() {
        return Some((&CON018, "characters beyond ASCII are lost or changed"));
    }
    if stored.chars().count() >= LONG {
        return Some((&CON021, "a long text is changed"));
    }
    None
}

fn is_space(one: char) -> bool {
    one.is_whitespace() && !one.is_control()
}

fn is_mark(one: char) -> bool {
    one.is_ascii_punctuation() && !matches!(one, '.' | '-' | '_' | '@')
}

/// Whether it is written as a number of JSON or of people: leading zeros, signs and exponents too.
fn is_number(text: &str) -> bool {
    text.starts_with(|one: char| one.is_ascii_digit() || matches!(one, '+' | '-' | '.'))
        && number(text).is_some()
}

/// To the precision of a floating-point number, which is what may have become of it.
fn number(text: &str) -> Option<u64> {
    let value: f64 = text.trim().parse().ok()?;
    // The bits, so that the comparison is one of equality; both zeros are one.
    value.is_finite().then(|| (value + 0.0).to_bits())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_loss_has_its_check() {
        for (stored, shown, check) in [
            (" a ", "a", "CON016"),
            ("a  b", "a b", "CON016"),
            ("a\u{a0}b", "a b", "CON016"),
            ("a\r\nb", "a\nb", "CON017"),
            ("a\0b", "a", "CON017"),
            ("a\tb", "a b", "CON017"),
            ("Zoe\u{308}", "Zo\u{eb}", "CON018"),
            ("😀", "??", "CON018"),
            ("a<b", "a&lt;b", "CON019"),
            ("1+1=2", "1 1=2", "CON019"),
            ("0007", "7", "CON020"),
            ("12345678901234567890", "12345678901234567000", "CON020"),
            ("", "-", "CON022"),
            ("Ada", "ada", "CON023"),
        ] {
            let found = lost(stored, shown).map(|(check, _)| check.id);
            assert_eq!(found, Some(check), "{stored:?} {shown:?}");
            let tests: Vec<&str> = tested(stored).map(|check| check.id).collect();
            assert!(tests.contains(&check), "{stored:?} tests {tests:?}");
        }
        let long = "x".repeat(4097);
        assert_eq!(lost(&long, &long[..4096]).unwrap().0, &CON021);
        assert_eq!(lost("hunter2", "$2b$12$"), None);
        assert_eq!(lost("hunter2", ""), None);
    }
}
