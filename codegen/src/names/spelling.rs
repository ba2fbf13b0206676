//! From any text to an identifier, always in the same way.

use heck::{ToSnakeCase, ToUpperCamelCase};

/// Upper camel case; never empty, never beginning with a digit. `skyvern-1.0` is `Skyvern1_0`.
pub(crate) fn camel(text: &str) -> String {
    let text = ascii_marks(text);
    let joined = number_groups(&text)
        .iter()
        .map(|group| group.to_upper_camel_case())
        .filter(|group| !group.is_empty())
        .collect::<Vec<_>>()
        .join("_");
    solid(&joined, &text, "V", str::to_upper_camel_case)
}

/// Snake case; never empty, never beginning with a digit, not yet escaped.
pub(crate) fn snake(text: &str) -> String {
    let text = ascii_marks(text);
    solid(&text.to_snake_case(), &text, "n", str::to_snake_case)
}

/// Upper camel case that keeps the case of every letter: `ASC` stays `ASC`, `asc` becomes `Asc`.
pub(crate) fn camel_as_written(text: &str) -> String {
    let mut name = String::new();
    let mut start = true;
    for character in ascii_marks(text).chars() {
        if !character.is_alphanumeric() {
            start = true;
        } else if start {
            name.extend(character.to_uppercase());
            start = false;
        } else {
            name.push(character);
        }
    }
    solid(&name, text, "V", str::to_upper_camel_case)
}

/// The text with its punctuation in words, as raw material for [`camel`] and [`snake`].
pub(crate) fn spelled(text: &str) -> String {
    let mut words = String::new();
    for character in text.chars() {
        if character.is_alphanumeric() {
            words.push(character);
            continue;
        }
        words.push(' ');
        match symbol(character) {
            Some(word) => words.push_str(word),
            None => words.push_str(&code_point(character)),
        }
        words.push(' ');
    }
    words
}

/// How the letters are cased, as a word, for names that differ in nothing else.
pub(crate) fn case_word(text: &str) -> &'static str {
    let has_upper = text.chars().any(char::is_uppercase);
    let has_lower = text.chars().any(char::is_lowercase);
    match (has_upper, has_lower) {
        (true, false) => "upper",
        (true, true) if text.starts_with(char::is_uppercase) => "capital",
        (true, true) => "camel",
        (false, true) => "lower",
        (false, false) if text.is_empty() => "empty text",
        (false, false) => "plain",
    }
}

/// The words of an identifier, for taking what siblings share away.
pub(crate) fn words(camel: &str) -> Vec<String> {
    camel
        .to_snake_case()
        .split('_')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Marks in front that carry the whole meaning: `-1` and `+1`, `@id`.
fn ascii_marks(text: &str) -> String {
    let mut characters = text.chars();
    let (Some(first), Some(second)) = (characters.next(), characters.next()) else {
        return text.replace('\'', "");
    };
    let sign = match first {
        '-' if second.is_ascii_digit() => "minus ",
        '+' if second.is_ascii_digit() => "plus ",
        _ => return text.replace('\'', ""),
    };
    format!("{sign}{}", &text[first.len_utf8()..]).replace('\'', "")
}

/// Pieces to be kept apart by an underscore: a mark between two digits would otherwise vanish.
fn number_groups(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut groups = Vec::new();
    let mut start = 0;
    for at in 1..bytes.len().saturating_sub(1) {
        let mark = matches!(bytes[at], b'.' | b'-' | b'_' | b' ' | b':' | b'x' | b'/');
        if mark
            && bytes[at - 1].is_ascii_digit()
            && bytes[at + 1].is_ascii_digit()
            && bytes[at] != b'x'
        {
            groups.push(&text[start..at]);
            start = at + 1;
        }
    }
    groups.push(&text[start..]);
    groups
}

/// Makes `name` an identifier: characters that Rust refuses go, an empty one is spelled out, a digit gets `prefix`.
fn solid(name: &str, text: &str, prefix: &str, case: impl Fn(&str) -> String) -> String {
    let mut name: String = name
        .chars()
        .filter(|character| *character == '_' || character.is_alphanumeric())
        .collect();
    let plain = name
        .bytes()
        .all(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
    if name.is_empty() || !plain && syn::parse_str::<syn::Ident>(&format!("a{name}")).is_err() {
        name = case(&spelled(text))
            .chars()
            .filter(|character| *character == '_' || character.is_ascii_alphanumeric())
            .collect();
    }
    if name.is_empty() {
        return case("empty");
    }
    if !name.starts_with(|first: char| first.is_alphabetic()) {
        name.insert_str(0, prefix);
    }
    name
}

fn code_point(character: char) -> String {
    format!("u{:x}", u32::from(character))
}

fn symbol(character: char) -> Option<&'static str> {
    Some(match character {
        ' ' => "space",
        '!' => "not",
        '"' => "quote",
        '#' => "hash",
        '$' => "dollar",
        '%' => "percent",
        '&' => "and",
        '\'' => "tick",
        '(' | ')' => "parenthesis",
        '*' => "star",
        '+' => "plus",
        ',' => "comma",
        '-' => "dash",
        '.' => "dot",
        '/' => "slash",
        ':' => "colon",
        ';' => "semicolon",
        '<' => "less",
        '=' => "equal",
        '>' => "greater",
        '?' => "question",
        '@' => "at",
        '[' | ']' => "bracket",
        '\\' => "backslash",
        '^' => "caret",
        '_' => "underscore",
        '`' => "backtick",
        '{' | '}' => "brace",
        '|' => "or",
        '~' => "tilde",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_variants() {
        for (text, name) in [
            ("CredentialType-Output", "CredentialTypeOutput"),
            ("HTTPValidationError", "HttpValidationError"),
            ("US-CA", "UsCa"),
            ("1password", "V1password"),
            ("skyvern-1.0", "Skyvern1_0"),
            ("2024-01-01", "V2024_01_01"),
            ("-1", "Minus1"),
            ("+1", "Plus1"),
            (".", "Dot"),
            ("", "Empty"),
            ("user's", "Users"),
            ("größe", "Größe"),
            ("<", "Less"),
            ("✓", "U2713"),
            ("日本", "日本"),
        ] {
            assert_eq!(camel(text), name, "{text:?}");
        }
    }

    #[test]
    fn members() {
        for (text, name) in [
            ("X-Api-Key", "x_api_key"),
            ("fooBar", "foo_bar"),
            ("2fa", "n2fa"),
            ("@type", "type"),
            ("$ref", "ref"),
            ("", "empty"),
            ("_", "underscore"),
        ] {
            assert_eq!(snake(text), name, "{text:?}");
        }
    }

    #[test]
    fn case_is_kept_where_it_tells_names_apart() {
        assert_eq!(camel_as_written("ASC"), "ASC");
        assert_eq!(camel_as_written("asc"), "Asc");
        assert_eq!(camel_as_written("us-CA"), "UsCA");
    }
}
