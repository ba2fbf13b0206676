//! Texts in small alphabets: base64, base32, hexadecimal, lists of codes, and numbers.

use super::Decoding;

/// Characters that each stand for a few bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Alphabet {
    /// RFC 4648 sections 4 and 5 together.
    Base64,
    /// RFC 4648 section 6, either case.
    Base32,
    /// Either case.
    Hexadecimal,
}

impl Alphabet {
    pub(crate) const ALL: [Self; 3] = [Self::Base64, Self::Base32, Self::Hexadecimal];

    fn bits(self) -> u32 {
        match self {
            Self::Base64 => 6,
            Self::Base32 => 5,
            Self::Hexadecimal => 4,
        }
    }

    /// What each byte stands for; [`NONE`] if it is no symbol.
    fn values(self) -> &'static [u8; 256] {
        match self {
            Self::Base64 => &BASE64,
            Self::Base32 => &BASE32,
            Self::Hexadecimal => &HEXADECIMAL,
        }
    }

    fn has(self, symbol: u8) -> bool {
        self.values()[usize::from(symbol)] != NONE
    }

    pub(super) fn decoding(self) -> Decoding {
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

/// What stands for nothing.
const NONE: u8 = 0xff;
static BASE64: [u8; 256] = table(&[
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
]);
static BASE32: [u8; 256] = table(&[
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    b"abcdefghijklmnopqrstuvwxyz234567",
]);
static HEXADECIMAL: [u8; 256] = table(&[b"0123456789abcdef", b"0123456789ABCDEF"]);

/// The table of an alphabet that is written in these ways.
const fn table<const N: usize>(alphabets: &[&[u8; N]]) -> [u8; 256] {
    let mut table = [NONE; 256];
    let mut way = 0;
    while way < alphabets.len() {
        let mut value = 0;
        while value < N {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "there are at most 64 symbols"
            )]
            let number = value as u8;
            table[alphabets[way][value] as usize] = number;
            value += 1;
        }
        way += 1;
    }
    table
}

/// The whole bytes that `symbols` stand for; `None` if one of them is none of the alphabet.
/// Padding is not expected, and left-over bits are dropped.
pub fn decode_symbols(symbols: &[u8], alphabet: Alphabet) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(symbols.len());
    decode_into(&mut bytes, symbols, alphabet).then_some(bytes)
}

/// As [`decode_symbols`], into `bytes`. Whether all are symbols.
fn decode_into(bytes: &mut Vec<u8>, symbols: &[u8], alphabet: Alphabet) -> bool {
    bytes.clear();
    let (values, bits) = (alphabet.values(), alphabet.bits());
    let (mut held, mut count) = (0_u32, 0);
    for symbol in symbols {
        let value = values[usize::from(*symbol)];
        if value == NONE {
            return false;
        }
        held = held << bits | u32::from(value);
        count += bits;
        if count >= 8 {
            count -= 8;
            let [.., byte] = (held >> count).to_be_bytes();
            bytes.push(byte);
        }
    }
    true
}

/// Shortest texts that are decoded: eight bytes of a secret, or four of a digest in hexadecimal.
const SHORTEST_BASE64: usize = 8;
const SHORTEST_BASE32: usize = 12;
const SHORTEST_HEXADECIMAL: usize = 8;
/// Fewest codes and digits.
const SHORTEST_CODES: usize = 8;
const SHORTEST_NUMBER: usize = 9;
const LONGEST_NUMBER: usize = 39;

/// A text in a small alphabet.
pub(super) enum Token<'a> {
    /// Symbols in a row, to be decoded by [`aligned`].
    Symbols(Alphabet, &'a [u8]),
    /// Numbers, and what they stand for.
    Decoded(Decoding, &'a [u8]),
}

/// Calls `each` with every text in a small alphabet within `bytes`.
pub(super) fn each(bytes: &[u8], each: &mut dyn FnMut(Token<'_>)) {
    for token in bytes.split(|one| !Alphabet::Base64.has(*one)) {
        if token.len() >= SHORTEST_BASE64 {
            base64(token, each);
        }
    }
    hexadecimal(bytes, each);
    for token in bytes.split(|one| !Alphabet::Base32.has(*one)) {
        if token.len() >= SHORTEST_BASE32 {
            each(Token::Symbols(Alphabet::Base32, token));
        }
    }
    numbers(bytes, each);
}

/// Paths and dates are made of the same characters, so the parts between `/`, `-` and `_` are
/// tried alone too.
fn base64(token: &[u8], each: &mut dyn FnMut(Token<'_>)) {
    each(Token::Symbols(Alphabet::Base64, token));
    if token.iter().any(|one| !one.is_ascii_alphanumeric()) {
        for part in token.split(|one| !one.is_ascii_alphanumeric()) {
            if part.len() >= SHORTEST_BASE64 && part.len() < token.len() {
                each(Token::Symbols(Alphabet::Base64, part));
            }
        }
    }
}

/// Calls `each` with what the symbols stand for from each alignment: a text may begin within
/// another. What is short must be a whole text.
pub(super) fn aligned(symbols: &[u8], alphabet: Alphabet, each: &mut dyn FnMut(&[u8])) {
    let mut decoded = Vec::with_capacity(symbols.len());
    for skipped in 0..alphabet.alignments() {
        let rest = symbols.get(skipped..).unwrap_or_default();
        let is_whole = decode_into(&mut decoded, rest, alphabet);
        if is_whole && (skipped == 0 || decoded.len() >= super::SHORTEST) {
            each(&decoded);
        }
    }
}

/// Digits of the groups of a UUID (RFC 9562 section 4).
const UUID: [usize; 5] = [8, 4, 4, 4, 12];
/// Fewest digits in groups that are put together.
const SHORTEST_GROUPED: usize = 16;

/// Hexadecimal digits in a row, and in groups with `-`, `:` or a blank in between, as in dumps. The
/// groups of a UUID are none without the others.
fn hexadecimal(bytes: &[u8], each: &mut dyn FnMut(Token<'_>)) {
    let mut groups: Vec<&[u8]> = Vec::new();
    let mut flush = |groups: &mut Vec<&[u8]>| {
        let is_uuid = groups.iter().map(|group| group.len()).eq(UUID);
        let alone = groups.iter().filter(|_| !is_uuid);
        for group in alone.filter(|group| group.len() >= SHORTEST_HEXADECIMAL) {
            each(Token::Symbols(Alphabet::Hexadecimal, group));
        }
        if groups.len() > 1 {
            let together = groups.concat();
            if together.len() >= SHORTEST_GROUPED {
                each(Token::Symbols(Alphabet::Hexadecimal, &together));
            }
        }
        groups.clear();
    };
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let is_digit = |one: &&u8| Alphabet::Hexadecimal.has(**one);
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
fn numbers(bytes: &[u8], each: &mut dyn FnMut(Token<'_>)) {
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
            each(Token::Decoded(Decoding::Decimal, &wide[first..]));
        }
        at += digits;
        gap = 0;
    }
    flush_codes(&mut codes, each);
}

fn flush_codes(codes: &mut String, each: &mut dyn FnMut(Token<'_>)) {
    if codes.chars().count() >= SHORTEST_CODES {
        each(Token::Decoded(Decoding::Codes, codes.as_bytes()));
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
