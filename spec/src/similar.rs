//! The name that was probably meant: nearest by edit distance, or nothing.

/// So many candidates are compared: among more, a guess would be a guess.
const MOST: usize = 5_000;

/// The candidate most like `wanted`, if one is near enough to be worth a guess. Ties go to the first.
pub(crate) fn nearest<'a>(
    wanted: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = wanted.to_lowercase();
    let allowed = ((wanted.chars().count() + 1) / 3).min(4);
    candidates
        .into_iter()
        .take(MOST)
        .filter(|candidate| candidate.len().abs_diff(wanted.len()) <= allowed + 2)
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|&(distance, _)| distance <= allowed)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_the_name_and_a_stranger_does_not() {
        let names = ["string", "integer", "object"];
        assert_eq!(nearest("strin", names), Some("string"));
        assert_eq!(nearest("Object", names), Some("object"));
        assert_eq!(nearest("interger", names), Some("integer"));
        assert_eq!(nearest("file", names), None);
        assert_eq!(nearest("", names), None);
        assert_eq!(nearest("C", ["A", "c"]), Some("c"));
        assert_eq!(nearest("id", ["di", "ab"]), Some("di"));
    }
}
