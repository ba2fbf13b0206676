//! Two texts side by side, one below the other, with a mark under what differs.

/// Characters before and after the difference that are shown.
const AROUND: usize = 40;
/// Most characters of the difference itself.
const SHOWN: usize = 60;

/// Two lines with these labels and a third with marks. White space that cannot be seen is written
/// as an escape.
pub(crate) fn side_by_side(labels: [&str; 2], texts: [&str; 2]) -> String {
    let [one, two] = texts.map(|text| -> Vec<char> { text.escape_debug().collect() });
    let alike =
        |pairs: &mut dyn Iterator<Item = (&char, &char)>| pairs.take_while(|(a, b)| a == b).count();
    let before = alike(&mut one.iter().zip(&two));
    let rest = one.len().min(two.len()) - before;
    let after = alike(&mut one.iter().rev().zip(two.iter().rev())).min(rest);
    let from = before.saturating_sub(AROUND);
    let line = |text: &[char]| {
        let end = text.len() - after;
        let to = end.min(before + SHOWN);
        let mut line = String::new();
        if from > 0 {
            line.push('…');
        }
        line.extend(&text[from..to]);
        if to < end {
            line.push('…');
        }
        line.extend(&text[end..text.len().min(end + AROUND)]);
        if end + AROUND < text.len() {
            line.push('…');
        }
        line
    };
    let width = labels.map(|label| label.chars().count());
    let width = width[0].max(width[1]);
    let longest = one.len().max(two.len()) - after - before;
    let indent = width + 2 + before - from + usize::from(from > 0);
    format!(
        "{:<width$}  {}\n{:<width$}  {}\n{:indent$}{}",
        labels[0],
        line(&one),
        labels[1],
        line(&two),
        "",
        "^".repeat(longest.clamp(1, SHOWN + 1))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_marked() {
        let told = side_by_side(["usual", "longer"], ["size 24 ok", "size 135 ok"]);
        assert_eq!(
            told,
            "usual   size 24 ok\nlonger  size 135 ok\n             ^^^"
        );
    }

    #[test]
    fn long_texts_are_cut_and_the_end_is_no_panic() {
        let long = format!("{}a{}", "x".repeat(100), "y".repeat(100));
        let other = long.replace('a', &"b".repeat(80));
        let told = side_by_side(["one", "two"], [&long, &other]);
        for line in told.lines() {
            assert!(line.chars().count() < 160, "{told}");
        }
        assert_eq!(side_by_side(["a", "b"], ["", "\n"]).lines().count(), 3);
        assert_eq!(side_by_side(["a", "b"], ["aa", "aaa"]).lines().count(), 3);
    }
}
