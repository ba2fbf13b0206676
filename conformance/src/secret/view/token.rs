//! Texts in small alphabets: base64, base32, hexadecimal, lists of codes, and numbers.

use super::Decoding;

/// Characters that each stand for a few bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// RFC 4648 sections 4 and 5 together.
    Base64,
    /// RFC 4648 section 6, either case.
    Base32,
    /// Either case.
    Hexadecimal,
}

impl Alphabet {
    fn bits(self) -> u32 {
        match self {
            Self::Base64 => 6,
            Self::Base32 => 5,
            Self::Hexadecimal => 4,
        }
    }

    fn value(self, symbol: u8) -> Option<u8> {
        match self {
            Self::Base64 => match symbol {
                b'A'..=b'Z' => Some(symbol - b'A'),
                b'a'..=b'z' => Some(symbol - b'a' + 26),
                b'0'..=b'9' => Some(symbol - b'0' + 52),
                b'+' | b'-' => Some(62),
                b'/' | b'_' => Some(63),
                _ => None,
            },
            Self::Base32 => match symbol {
                b'A'..=b'Z' => Some(symbol - b'A'),
                b'a'..=b'z' => Some(symbol - b'a'),
                b'2'..=b'7' => Some(symbol - b'2' + 26),
                _ => None,
            },
            Self::Hexadecimal => match symbol {
                b'0'..=b'9' => Some(symbol - b'0'),
                b'a'..=b'f' => Some(symbol - b'a' + 10),
                b'A'..=b'F' => Some(symbol - b'A' + 10),
                _ => None,
            },
        }
    }

    fn decoding(self) -> Decoding {
        match self {
            Self::Base64 => Decoding::Base64,
            Self::Base32 => Decoding::Base32,
            Self::Hexadecimal => Decoding::Hexadecimal,
        }
    }

    /// Symbols after which the bytes are aligned again.
    fn alignments(self) -> usize {
        match self {
            Self::Base64 => 4,
            Self::Base32 => 8,
            Self::Hexadecimal => 2,
        }
    }
}

/// The whole bytes that `symbols` stand for; `None` if one of them is none of the alphabet.
/// Padding is not expected, and left-over bits are dropped.
pub fn decode_symbols(symbols: &[u8], alphabet: Alphabet) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(symbols.len());
    let (mut held, mut count) = (0_u32, 0);
    for symbol in symbols {
        held = held << alphabet.bits() | u32::from(alphabet.value(*symbol)?);
        count += alphabet.bits();
        if count >= 8 {
            count -= 8;
            bytes.extend(u8::try_from(held >> count));
            held &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

/// Shortest texts that are decoded: eight bytes of a secret, or four of a digest in hexadecimal.
const SHORTEST_BASE64: usize = 8;
const SHORTEST_BASE32: usize = 12;
const SHORTEST_HEXADECIMAL: usize = 8;
/// Fewest codes and digits.
const SHORTEST_CODES: usize = 8;
const SHORTEST_NUMBER: usize = 9;
const LONGEST_NUMBER: usize = 39;

/// Calls `each` with what every text in a small alphabet within `bytes` stands for.
pub(super) fn each(bytes: &[u8], each: &mut dyn FnMut(Decoding, &[u8])) {
    for token in bytes.split(|one| Alphabet::Base64.value(*one).is_none()) {
        if token.len() >= SHORTEST_BASE64 {
            base64(token, each);
        }
    }
    hexadecimal(bytes, each);
    for token in bytes.split(|one| Alphabet::Base32.value(*one).is_none()) {
        if token.len() >= SHORTEST_BASE32 {
            aligned(token, Alphabet::Base32, each);
        }
    }
    numbers(bytes, each);
}

/// Paths and dates are made of the same characters, so the parts between `/`, `-` and `_` are
/// tried alone too.
fn base64(token: &[u8], each: &mut dyn FnMut(Decoding, &[u8])) {
    aligned(token, Alphabet::Base64, each);
    if token.iter().any(|one| !one.is_ascii_alphanumeric()) {
        for part in token.split(|one| !one.is_ascii_alphanumeric()) {
            if part.len() >= SHORTEST_BASE64 && part.len() < token.len() {
                aligned(part, Alphabet::Base64, each);
            }
        }
    }
}

/// Decodes from each alignment: a text may begin within another. What is short must be a whole
/// text.
fn aligned(token: &[u8], alphabet: Alphabet, each: &mut dyn FnMut(Decoding, &[u8])) {
    for skipped in 0..alphabet.alignments() {
        let symbols = token.get(skipped..).unwrap_or_default();
        let decoded = decode_symbols(symbols, alphabet);
        if let Some(decoded) = decoded.filter(|one| skipped == 0 || one.len() >= super::SHORTEST) {
            each(alphabet.decoding(), &decoded);
        }
    }
}

/// Digits of the groups of a UUID (RFC 9562 section 4).
const UUID: [usize; 5] = [8, 4, 4, 4, 12];
/// Fewest digits in groups that are put together.
const SHORTEST_GROUPED: usize = 16;

/// Hexadecimal digits in a row, and in groups with `-`, `:` or a blank in between, as in dumps. The
/// groups of a UUID are none without the others.
fn hexadecimal(bytes: &[u8], each: &mut dyn FnMut(Decoding, &[u8])) {
    let mut groups: Vec<&[u8]> = Vec::new();
    let mut flush = |groups: &mut Vec<&[u8]>| {
        let is_uuid = groups.iter().map(|group| group.len()).eq(UUID);
        let alone = groups.iter().filter(|_| !is_uuid);
        for group in alone.filter(|group| group.len() >= SHORTEST_HEXADECIMAL) {
            aligned(group, Alphabet::Hexadecimal, each);
        }
        if groups.len() > 1 {
            let together = groups.concat();
            if together.len() >= SHORTEST_GROUPED {
                aligned(&together, Alphabet::Hexadecimal, each);
            }
        }
        groups.clear();
    };
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let is_digit = |one: &&u8| Alphabet::Hexadecimal.value(**one).is_some();
        let digits = rest.iter().take_while(is_digit).count();
        if digits > 0 {
            groups.push(&rest[..digits]);
        }
        at += digits + 1;
        let goes_on = matches!(rest.get(digits), Some(b'-' | b':' | b' '));
        if digits == 0 || !goes_on {
            flush(&mut groups);
        }
    }
    flush(&mut groups);
}

/// Numbers in a row as the codes of characters, and long numbers as bytes.
fn numbers(bytes: &[u8], each: &mut dyn FnMut(Decoding, &[u8])) {
    let mut codes = String::new();
    let mut gap = 0;
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            gap += 1;
            at += 1;
            continue;
        }
        let digits = bytes[at..]
            .iter()
            .take_while(|one| one.is_ascii_digit())
            .count();
        let number = &bytes[at..at + digits];
        if gap > 4 {
            flush_codes(&mut codes, each);
        }
        match code(number) {
            Some(one) => codes.push(one),
            None => flush_codes(&mut codes, each),
        }
        if (SHORTEST_NUMBER..=LONGEST_NUMBER).contains(&digits)
            && let Some(value) = decimal(number)
        {
            let wide = value.to_be_bytes();
            let zeros = value.leading_zeros() as usize / 8;
            // A number of 32 or 64 bits may begin with zeros.
            let first = match 16 - zeros {
                0..=4 => 12,
                5..=8 => 8,
                _ => zeros,
            };
            each(Decoding::Decimal, &wide[first..]);
        }
        at += digits;
        gap = 0;
    }
    flush_codes(&mut codes, each);
}

fn flush_codes(codes: &mut String, each: &mut dyn FnMut(Decoding, &[u8])) {
    if codes.chars().count() >= SHORTEST_CODES {
        each(Decoding::Codes, codes.as_bytes());
    }
    codes.clear();
}

fn code(digits: &[u8]) -> Option<char> {
    if digits.len() > 7 {
        return None;
    }
    let number = u32::try_from(decimal(digits)?).ok()?;
    char::from_u32(number).filter(|one| !one.is_control())
}

fn decimal(digits: &[u8]) -> Option<u128> {
    digits.iter().try_fold(0_u128, |number, digit| {
        number
            .checked_mul(10)?
            .checked_add(u128::from(digit - b'0'))
    })
}
