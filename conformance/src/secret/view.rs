//! Undoes encodings: from bytes that were received, the bytes that they may stand for.
//!
//! What is no encoding at all is decoded too, into nonsense in which nothing is found: that a text
//! is base64 cannot be known, and need not be. Nested encodings are undone by decoding what was
//! decoded; [`Budget`] bounds the effort.

mod escape;
mod token;

use std::{fmt, io::Read};

use super::{
    form::is_kept,
    known::{Known, Reading},
};

use token::Token;
pub use token::{Alphabet, decode_symbols};

/// What was undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decoding {
    /// Backslash escapes of JSON, JavaScript, Python, C and Rust.
    Escapes,
    /// `%41` and `+` of URLs and forms.
    Percent,
    /// `=41` of quoted-printable (RFC 2045).
    QuotedPrintable,
    /// Character references of HTML.
    Html,
    /// Base64, also in the alphabet of URLs, at any alignment.
    Base64,
    /// Base32.
    Base32,
    /// Hexadecimal.
    Hexadecimal,
    /// A list of character codes.
    Codes,
    /// A decimal number, as bytes.
    Decimal,
    /// UTF-16, either byte order.
    Utf16,
    /// UTF-8 that was read as Latin-1.
    Latin1,
    /// gzip, zlib or deflate.
    Deflate,
    /// White space in between.
    WhiteSpace,
    /// Anything in between that is neither letter nor digit.
    Separators,
    /// Pieces in several members.
    Split,
}

impl fmt::Display for Decoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Escapes => "backslash escapes",
            Self::Percent => "percent encoding",
            Self::QuotedPrintable => "quoted-printable",
            Self::Html => "HTML character references",
            Self::Base64 => "base64",
            Self::Base32 => "base32",
            Self::Hexadecimal => "hexadecimal",
            Self::Codes => "character codes",
            Self::Decimal => "a decimal number",
            Self::Utf16 => "UTF-16",
            Self::Latin1 => "UTF-8 read as Latin-1",
            Self::Deflate => "compression",
            Self::WhiteSpace => "white space in between",
            Self::Separators => "separators in between",
            Self::Split => "pieces",
        })
    }
}

/// How deep encodings are undone, and how much may come of it.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Levels of nesting.
    pub depth: usize,
    /// Bytes that may still be decoded.
    pub bytes: usize,
}

impl Budget {
    pub(super) const DEPTH: usize = 4;
    /// Decoded bytes for each byte that was received.
    const RATIO: usize = 48;
    const LEAST: usize = 1 << 16;
    pub(super) const MOST: usize = 1 << 24;

    /// The budget for a text of that length.
    pub fn for_length(length: usize) -> Self {
        let bytes = length.saturating_mul(Self::RATIO);
        Self {
            depth: Self::DEPTH,
            bytes: bytes.clamp(Self::LEAST, Self::MOST),
        }
    }
}

/// Calls `each` with `bytes` and with everything that they may stand for, and with what was undone
/// to come there, outermost first; it says whether the same may show a secret another time. What is
/// `known` not to is left out, and more becomes known so.
pub(super) fn each_view(
    bytes: &[u8],
    known: &Known,
    budget: &mut Budget,
    each: &mut dyn FnMut(&[u8], &[Decoding]) -> bool,
) {
    let whole = Reading::Whole(budget.depth);
    if known.has(whole, bytes) {
        return;
    }
    let mut walk = Walk {
        known,
        budget,
        path: Vec::new(),
        each,
        may_show: false,
    };
    walk.view(bytes);
    if !walk.may_show {
        known.showed_nothing(whole, bytes);
    }
}

/// On the way through what a text may stand for.
struct Walk<'a> {
    known: &'a Known,
    budget: &'a mut Budget,
    path: Vec<Decoding>,
    each: &'a mut dyn FnMut(&[u8], &[Decoding]) -> bool,
    /// Whether something showed since this was last cleared, or could have with more budget.
    may_show: bool,
}

impl Walk<'_> {
    fn view(&mut self, bytes: &[u8]) {
        self.look(bytes);
        if self.path.len() >= self.budget.depth || bytes.len() < SHORTEST {
            return;
        }
        let marks = Marks::of(bytes);
        if let Some(inflated) = inflate(bytes, self.budget.bytes) {
            self.may_show |= inflated.len() == self.budget.bytes;
            self.decoded(Decoding::Deflate, &inflated);
            return;
        }
        let escapes: [(bool, Decoding, Decode); 4] = [
            (marks.backslash, Decoding::Escapes, escape::backslashes),
            (marks.percent, Decoding::Percent, |bytes| {
                escape::hexadecimal(bytes, b'%')
            }),
            (marks.equals, Decoding::QuotedPrintable, |bytes| {
                escape::hexadecimal(bytes, b'=')
            }),
            (marks.ampersand, Decoding::Html, escape::references),
        ];
        for (is_marked, decoding, decode) in escapes {
            if is_marked {
                let decoded = decode(bytes);
                if decoded != bytes {
                    self.decoded(decoding, &decoded);
                }
            }
        }
        if marks.latin
            && let Some(decoded) = latin1(bytes)
        {
            self.decoded(Decoding::Latin1, &decoded);
        }
        if marks.newline {
            let kept: Vec<u8> = bytes
                .iter()
                .copied()
                .filter(|one| !one.is_ascii_whitespace())
                .collect();
            self.decoded(Decoding::WhiteSpace, &kept);
        }
        if marks.separator {
            self.decoded(Decoding::Separators, &squeezed(bytes));
        }
        token::each(bytes, &mut |token| match token {
            Token::Symbols(alphabet, symbols) => self.symbols(alphabet, symbols),
            Token::Decoded(decoding, decoded) => self.decoded(decoding, decoded),
        });
        // Zeros that stand for no text can use the budget up.
        if marks.zero {
            for text in utf16(bytes) {
                self.decoded(Decoding::Utf16, text.as_bytes());
            }
        }
    }

    fn look(&mut self, bytes: &[u8]) {
        self.may_show |= (self.each)(bytes, &self.path);
    }

    fn decoded(&mut self, decoding: Decoding, decoded: &[u8]) {
        if decoded.is_empty() {
            return;
        }
        if decoded.len() > self.budget.bytes {
            self.may_show = true;
            return;
        }
        self.budget.bytes -= decoded.len();
        self.path.push(decoding);
        if worth_decoding(decoding, decoded) {
            self.view(decoded);
        } else {
            self.look(decoded);
        }
        self.path.pop();
    }

    fn symbols(&mut self, alphabet: Alphabet, symbols: &[u8]) {
        if self.known.has(Reading::Symbols(alphabet), symbols) {
            return;
        }
        let before = std::mem::take(&mut self.may_show);
        token::aligned(symbols, alphabet, &mut |decoded| {
            self.decoded(alphabet.decoding(), decoded);
        });
        // Further down less is decoded of it.
        let is_full = self.path.is_empty() && self.budget.depth == Budget::DEPTH;
        if is_full && !self.may_show {
            self.known
                .showed_nothing(Reading::Symbols(alphabet), symbols);
        }
        self.may_show |= before;
    }
}

/// Undoes an encoding as far as there is any.
type Decode = fn(&[u8]) -> Vec<u8>;

/// Nothing shorter can hold an encoded secret.
const SHORTEST: usize = 8;
/// More zeros in a row are no part of a text in UTF-16 or UTF-32.
const MOST_ZEROS: usize = 3;

/// Which characters occur that make a decoding worth trying.
#[derive(Default)]
struct Marks {
    backslash: bool,
    percent: bool,
    equals: bool,
    ampersand: bool,
    zero: bool,
    latin: bool,
    newline: bool,
    separator: bool,
}

impl Marks {
    fn of(bytes: &[u8]) -> Self {
        let mut seen = [false; 256];
        for byte in bytes {
            seen[usize::from(*byte)] = true;
        }
        let has = |byte: u8| seen[usize::from(byte)];
        Self {
            backslash: has(b'\\'),
            percent: has(b'%') || has(b'+'),
            equals: has(b'='),
            ampersand: has(b'&'),
            zero: has(0),
            latin: has(0xc2) || has(0xc3),
            newline: has(b'\n'),
            separator: (0_u8..0x80).any(|byte| has(byte) && !is_kept(char::from(byte)))
                || has(0xe2)
                || has(0xef),
        }
    }
}

/// Whether something may be encoded within what was decoded. Nonsense is looked at once and not
/// decoded further, or the effort would multiply.
fn worth_decoding(decoding: Decoding, decoded: &[u8]) -> bool {
    match decoding {
        Decoding::Separators | Decoding::Decimal => false,
        Decoding::Base64 | Decoding::Base32 | Decoding::Hexadecimal => {
            is_compressed(decoded) || is_text(decoded)
        }
        _ => true,
    }
}

/// Whether most of it is printable, also as UTF-16; of random bytes not half is.
fn is_text(bytes: &[u8]) -> bool {
    let odd = bytes
        .iter()
        .filter(|one| !matches!(one, 0 | b'\t' | b'\n' | b'\r' | b' '..=b'~'))
        .count();
    odd * 4 <= bytes.len() || std::str::from_utf8(bytes).is_ok()
}

fn is_compressed(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0x1f, 0x8b, 8, ..] | [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..]
    )
}

/// The text without what is neither letter nor digit, nor can be seen.
pub(crate) fn squeezed(bytes: &[u8]) -> Vec<u8> {
    if !bytes.is_ascii()
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        let kept: String = text.chars().filter(|one| is_kept(*one)).collect();
        return kept.into_bytes();
    }
    bytes
        .iter()
        .copied()
        .filter(|one| one.is_ascii_alphanumeric() || !one.is_ascii())
        .collect()
}

/// What gzip or zlib bytes hold, at most `most` bytes of it; also if they end too early.
pub fn inflate(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut inflated = Vec::new();
    let most = most as u64;
    let result = match bytes {
        [0x1f, 0x8b, 8, ..] => flate2::read::MultiGzDecoder::new(bytes)
            .take(most)
            .read_to_end(&mut inflated),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => flate2::read::ZlibDecoder::new(bytes)
            .take(most)
            .read_to_end(&mut inflated),
        _ => return None,
    };
    (result.is_ok() || !inflated.is_empty()).then_some(inflated)
}

/// What deflate bytes without a frame hold, as some servers answer under `deflate`.
pub fn inflate_bare(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut inflated = Vec::new();
    let result = flate2::read::DeflateDecoder::new(bytes)
        .take(most as u64)
        .read_to_end(&mut inflated);
    result.ok().map(|_| inflated)
}

/// UTF-16 in either byte order; which one shows by where the zeros of ASCII are. What stands before
/// may be of odd length, so each order is tried from one start.
fn utf16(bytes: &[u8]) -> Vec<String> {
    let (mut even, mut odd) = (0, 0);
    let mut at = 0;
    for run in bytes.chunk_by(|one, next| (*one == 0) == (*next == 0)) {
        if run[0] == 0 && run.len() <= MOST_ZEROS {
            let second = run.len() / 2;
            let (here, there) = (run.len() - second, second);
            let is_odd = at % 2 == 1;
            even += if is_odd { there } else { here };
            odd += if is_odd { here } else { there };
        }
        at += run.len();
    }
    if even + odd < SHORTEST / 2 {
        return Vec::new();
    }
    let decode = |start: usize, order: fn([u8; 2]) -> u16| {
        let units = bytes[start..]
            .chunks_exact(2)
            .map(|pair| order([pair[0], pair[1]]));
        char::decode_utf16(units)
            .map(|one| one.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    };
    if even > odd {
        vec![decode(0, u16::from_be_bytes), decode(1, u16::from_le_bytes)]
    } else {
        vec![decode(0, u16::from_le_bytes), decode(1, u16::from_be_bytes)]
    }
}

/// The bytes that were taken for characters of Latin-1 and written as UTF-8; other characters stay.
fn latin1(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut narrow = Vec::with_capacity(text.len());
    for one in text.chars() {
        match u8::try_from(u32::from(one)) {
            Ok(byte) => narrow.push(byte),
            Err(_) => narrow.extend(one.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Some(narrow)
}
