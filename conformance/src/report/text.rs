//! Text for terminals: what a server or a document says must not move the cursor.

use std::fmt::Write as _;

/// `text` with control characters, characters that turn the direction of writing or end a line, and
/// such as XML cannot hold, escaped.
pub(crate) fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || is_odd(character) {
            // Writing to a string does not fail.
            let _ = write!(safe, "{}", character.escape_default());
        } else {
            safe.push(character);
        }
    }
    safe
}

/// As [`printable`], but for the ends of lines and tabs: a whole page.
pub(crate) fn printable_lines(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for piece in text.split_inclusive(['\n', '\t']) {
        let kept = piece.strip_suffix(['\n', '\t']).unwrap_or(piece);
        safe.push_str(&printable(kept));
        safe.push_str(&piece[kept.len()..]);
    }
    safe
}

fn is_odd(character: char) -> bool {
    matches!(character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || u32::from(character) & 0xfffe == 0xfffe
}

/// The same JSON, its strings without characters that do something to whoever shows them as they are.
pub(crate) fn inert(json: Vec<u8>) -> Vec<u8> {
    if json.iter().all(|byte| *byte < 0x7f) {
        return json;
    }
    let mut safe = String::with_capacity(json.len());
    for character in String::from_utf8_lossy(&json).chars() {
        // White space between values is no string.
        if character != '\n' && (character.is_control() || is_odd(character)) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    safe.into_bytes()
}

/// The first `limit` characters, and an ellipsis if there are more.
pub(crate) fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// `1 case`, `2 cases`.
pub(crate) fn counted(count: impl Into<u64>, noun: &str) -> String {
    let count = count.into();
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_shown() {
        assert_eq!(
            printable("a\u{1b}[2J\u{202e}\u{2028}\u{fffe}é\n"),
            "a\\u{1b}[2J\\u{202e}\\u{2028}\\u{fffe}é\\n"
        );
    }

    #[test]
    fn a_page_keeps_its_lines() {
        let page = "a\u{1b}b\r\n\tc\u{202e}\n\nd";
        assert_eq!(printable_lines(page), "a\\u{1b}b\\r\n\tc\\u{202e}\n\nd");
    }

    #[test]
    fn json_says_the_same_and_does_nothing() {
        let value = serde_json::json!({"a\u{7f}\u{9b}": ["\u{1b}\u{202e}\n", "é\u{1fffe}", 1]});
        let text = inert(format!("{value:#}\n").into_bytes());
        let read: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(read, value);
        let text = String::from_utf8(text).unwrap();
        assert!(text.lines().all(|line| printable(line) == line), "{text}");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(shortened("ééé", 2), "éé…");
        assert_eq!(shortened("ééé", 3), "ééé");
    }
}
