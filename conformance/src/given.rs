//! Names that a run gives to what it creates: `conformance-` and ten hexadecimal digits, perhaps more
//! behind them. They are unique in the run, the same in a run with the same seed, and part of no other.

/// How they begin.
pub(crate) const MARK: &str = "conformance-";
const DIGITS: usize = 10;

/// The name in which `name` begins, if a run gave that.
pub(crate) fn beginning(name: &str) -> Option<&str> {
    let digits = name.strip_prefix(MARK)?.get(..DIGITS)?;
    let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_given = digits.bytes().all(is_digit);
    is_given.then(|| &name[..MARK.len() + DIGITS])
}

/// All such names in `text`.
pub(crate) fn all_in(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(MARK)
        .filter_map(|(start, _)| beginning(&text[start..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_by_its_beginning() {
        for name in [
            "conformance-5d41402abc",
            "conformance-5d41402abc and more",
            "conformance-0123456789 of the same name",
            "conformance-42031795e1-1 \u{e9}",
        ] {
            assert_eq!(beginning(name), name.get(..22), "{name}");
        }
        for name in [
            "",
            "conformance-",
            "conformance-notes-of-mine",
            "conformance-5d4140",
            "conformance-5D41402ABC",
            "conformance-5d41402ab\u{e9}",
            "conformance-\u{e9}2031795e1",
            "my conformance-5d41402abc",
        ] {
            assert_eq!(beginning(name), None, "{name}");
        }
        let text = r#"{"name":"conformance-5d41402abc","also":"conformance-0123456789-b"}"#;
        let all: Vec<&str> = all_in(text).collect();
        assert_eq!(all, ["conformance-5d41402abc", "conformance-0123456789"]);
    }
}
