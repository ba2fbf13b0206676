//! Escapes within a text: a mark, and then the code of a character.

/// Undoes backslash escapes: those of JSON (RFC 8259 section 7), and `\x41`, `\u{41}`,
/// `\U00000041`, `\101` of other languages. What is no escape stays.
pub(super) fn backslashes(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        if *byte != b'\\' {
            out.push(*byte);
            rest = after;
            continue;
        }
        let Some((kind, after)) = after.split_first() else {
            out.push(*byte);
            break;
        };
        rest = after;
        match kind {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'u' => rest = unicode(after, &mut out),
            b'U' => match digits(after, 8, 16) {
                Some(code) => {
                    push(char::from_u32(code), &mut out);
                    rest = &after[8..];
                }
                None => out.extend(b"\\U"),
            },
            b'x' => match digits(after, 2, 16) {
                Some(code) => {
                    out.extend(u8::try_from(code));
                    rest = &after[2..];
                }
                None => out.extend(b"\\x"),
            },
            b'0'..=b'3' => match digits(&bytes[bytes.len() - after.len() - 1..], 3, 8) {
                Some(code) => {
                    out.extend(u8::try_from(code));
                    rest = &after[2..];
                }
                None => out.extend([b'\\', *kind]),
            },
            other => out.push(*other),
        }
    }
    out
}

/// What follows `\u`: four digits, two such escapes for a character beyond the basic plane, or
/// digits in braces.
fn unicode<'a>(after: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    if let Some(braced) = after.strip_prefix(b"{") {
        let length = braced
            .iter()
            .take_while(|one| one.is_ascii_hexdigit())
            .count();
        if let Some(code) = digits(braced, length, 16)
            && braced.get(length) == Some(&b'}')
        {
            push(char::from_u32(code), out);
            return &braced[length + 1..];
        }
    }
    let Some(first) = digits(after, 4, 16) else {
        out.extend(b"\\u");
        return after;
    };
    let rest = &after[4..];
    if (0xd800..0xdc00).contains(&first)
        && let Some(second) = rest.strip_prefix(b"\\u").and_then(|one| digits(one, 4, 16))
        && (0xdc00..0xe000).contains(&second)
    {
        push(
            char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)),
            out,
        );
        return &rest[6..];
    }
    push(char::from_u32(first), out);
    rest
}

fn push(one: Option<char>, out: &mut Vec<u8>) {
    let one = one.unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend(one.encode_utf8(&mut [0; 4]).as_bytes());
}

/// The number that the first `count` bytes are in `radix`.
fn digits(bytes: &[u8], count: usize, radix: u32) -> Option<u32> {
    if count == 0 || count > 8 {
        return None;
    }
    bytes.get(..count)?.iter().try_fold(0_u32, |number, byte| {
        let digit = char::from(*byte).to_digit(radix)?;
        number.checked_mul(radix)?.checked_add(digit)
    })
}

/// Undoes `%41` and `%u0041`, and `+` for a space; with another mark, `=41` and soft line breaks.
pub(super) fn hexadecimal(bytes: &[u8], mark: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte == mark {
            if let Some(code) = digits(after, 2, 16) {
                out.extend(u8::try_from(code));
                rest = &after[2..];
            } else if mark == b'%' && matches!(after.first(), Some(b'u' | b'U')) {
                rest = unicode_of_urls(after, &mut out);
            } else if mark == b'=' && after.starts_with(b"\r\n") {
                rest = &after[2..];
            } else if mark == b'=' && after.starts_with(b"\n") {
                rest = &after[1..];
            } else {
                out.push(*byte);
            }
        } else if *byte == b'+' && mark == b'%' {
            out.push(b' ');
        } else {
            out.push(*byte);
        }
    }
    out
}

fn unicode_of_urls<'a>(after: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    if let Some(code) = digits(&after[1..], 4, 16) {
        push(char::from_u32(code), out);
        return &after[5..];
    }
    out.push(b'%');
    after
}

/// Names of character references that layers between a form and a page write.
const NAMES: [(&[u8], char); 14] = [
    (b"amp", '&'),
    (b"lt", '<'),
    (b"gt", '>'),
    (b"quot", '"'),
    (b"apos", '\''),
    (b"nbsp", ' '),
    (b"sol", '/'),
    (b"bsol", '\\'),
    (b"percnt", '%'),
    (b"plus", '+'),
    (b"equals", '='),
    (b"dollar", '$'),
    (b"grave", '`'),
    (b"commat", '@'),
];

/// Undoes character references of HTML: `&#65;`, `&#x41;` and a few names.
pub(super) fn references(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let reference = if *byte == b'&' {
            reference(after)
        } else {
            None
        };
        match reference {
            Some((one, length)) => {
                push(Some(one), &mut out);
                rest = &after[length..];
            }
            None => out.push(*byte),
        }
    }
    out
}

/// The character behind `&`, and how many bytes name it; the semicolon may be missing after a
/// number.
fn reference(after: &[u8]) -> Option<(char, usize)> {
    let length = after
        .iter()
        .take(10)
        .take_while(|one| one.is_ascii_alphanumeric() || **one == b'#')
        .count();
    let name = &after[..length];
    let closed = usize::from(after.get(length) == Some(&b';'));
    let number = |text: &[u8], radix| digits(text, text.len(), radix).and_then(char::from_u32);
    if let Some(text) = name.strip_prefix(b"#x").or(name.strip_prefix(b"#X")) {
        return number(text, 16).map(|one| (one, length + closed));
    }
    if let Some(text) = name.strip_prefix(b"#") {
        return number(text, 10).map(|one| (one, length + closed));
    }
    let known = NAMES.iter().find(|(known, _)| *known == name)?;
    (closed == 1).then_some((known.1, length + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn backslash_escapes_of_several_languages_are_undone() {
        for (escaped, plain) in [
            (r#"a\"b\\c\/d"#, r#"a"b\c/d"#),
            (r"\u00e9\ud83d\ude00", "é😀"),
            (r"\u{1F600}\x41\U0001F600", "😀A😀"),
            (r"\303\251", "é"),
            (r"\'\q", "'q"),
            (r"\u12", r"\u12"),
            ("end\\", "end\\"),
        ] {
            assert_eq!(text(backslashes(escaped.as_bytes())), plain, "{escaped}");
        }
    }

    #[test]
    fn escapes_of_urls_and_mail_are_undone() {
        assert_eq!(
            text(hexadecimal(b"a%20b+c%C3%A9%u00e9%zz", b'%')),
            "a b céé%zz"
        );
        assert_eq!(text(hexadecimal(b"a=C3=A9=\r\nb=zz", b'=')), "aéb=zz");
    }

    #[test]
    fn character_references_are_undone() {
        assert_eq!(
            text(references(b"&lt;&#x41;&#66;&quot;&amp;lt;&nope;&")),
            "<AB\"&lt;&nope;&"
        );
    }
}
