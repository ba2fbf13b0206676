//! Compares: from candidates of the index to what of a secret stands in a text.

use std::collections::BTreeMap;

use super::{Disclosure, Local, Scanner, Seen};
use crate::secret::{
    form::Form,
    index::GRAM,
    registry::SecretId,
    view::{self, Budget, Decoding},
};

/// Chance, in bits, against which a match in an answer to the same group of requests is no
/// accident: a few dozen secrets, some thousand places, a million answers.
const ENOUGH_HERE: f32 = 37.0;
/// The same for any answer and any secret of the run, in a whole token.
const ENOUGH_WHOLE: f32 = 40.0;
/// The same for a part within a text.
const ENOUGH_ANYWHERE: f32 = 50.0;

/// A search with the secrets of one group at hand.
#[derive(Clone, Copy)]
pub(super) struct Search<'a> {
    pub(super) scanner: &'a Scanner,
    pub(super) local: Option<&'a Local>,
}

impl Search<'_> {
    /// What shows in `text`, however encoded: each secret once, as clearly as possible.
    pub(super) fn text(self, text: &[u8]) -> Vec<Seen> {
        self.within(text, &mut Budget::for_length(text.len()))
    }

    /// The same, undoing no more than `depth` encodings.
    pub(super) fn shallow(self, text: &[u8], depth: usize) -> Vec<Seen> {
        let mut budget = Budget {
            depth,
            ..Budget::for_length(text.len())
        };
        self.within(text, &mut budget)
    }

    /// The same, as far as `budget` goes.
    pub(super) fn within(self, text: &[u8], budget: &mut Budget) -> Vec<Seen> {
        let mut best: BTreeMap<SecretId, Seen> = BTreeMap::new();
        if self.scanner.index.is_empty() {
            return Vec::new();
        }
        let mut folded = Vec::new();
        let known = &self.scanner.known_texts;
        view::each_view(text, known, budget, &mut |bytes, path| {
            // The beginning of a digest is told in some answers only.
            let beginning = beginning(bytes, path);
            let known = &self.scanner.beginnings;
            let mut may_show = beginning.is_some_and(|one| known.contains(&one));
            folded.clear();
            folded.extend(bytes.iter().map(u8::to_ascii_lowercase));
            let view = View {
                bytes,
                folded: &folded,
            };
            let mut covered: BTreeMap<SecretId, usize> = BTreeMap::new();
            let mut take = |secret: SecretId, found: Match, forms: &[Form]| {
                let form = &forms[found.form];
                let seen = Seen {
                    secret,
                    disclosure: found.disclosure(form),
                    decodings: path.to_vec(),
                    bits: found.bits(form),
                };
                if best
                    .get(&secret)
                    .is_none_or(|other| seen.shows_more_than(other))
                {
                    best.insert(secret, seen);
                }
            };
            self.scanner.index.search(&folded, |place, secret| {
                if covered.get(&secret).is_some_and(|end| place + GRAM <= *end) {
                    return;
                }
                let forms = self.scanner.forms(secret);
                let Some(found) = view.longest(place, &forms) else {
                    return;
                };
                may_show = true;
                covered.insert(secret, found.end());
                if self.is_enough(secret, &view, found, &forms) {
                    take(secret, found, &forms);
                }
            });
            if let Some(beginning) = beginning
                && let Some((secret, found)) = self.short_digest(bytes, beginning)
            {
                take(secret, found, &self.scanner.forms(secret));
            }
            may_show
        });
        best.into_values().collect()
    }

    fn is_enough(self, secret: SecretId, view: &View<'_>, found: Match, forms: &[Form]) -> bool {
        let form = &forms[found.form];
        let bits = found.bits(form);
        let here = self
            .local
            .is_some_and(|local| local.secrets.contains(&secret));
        let whole = found.length == form.bytes.len() && view.is_token(found);
        bits >= ENOUGH_ANYWHERE || here && bits >= ENOUGH_HERE || whole && bits >= ENOUGH_WHOLE
    }

    /// A whole token that is the beginning of a digest, too short for the index.
    fn short_digest(self, bytes: &[u8], beginning: [u8; 4]) -> Option<(SecretId, Match)> {
        let secret = *self.local?.digests.get(&beginning)?;
        let forms = self.scanner.forms(secret);
        let form = forms
            .iter()
            .position(|form| !form.kind.folds_case() && form.bytes.starts_with(bytes))?;
        let found = Match {
            form,
            start: 0,
            place: 0,
            length: bytes.len(),
        };
        Some((secret, found))
    }
}

/// What a token begins with that may be the beginning of a digest: eight hexadecimal digits and more.
fn beginning(bytes: &[u8], path: &[Decoding]) -> Option<[u8; 4]> {
    let least = match path.last()? {
        Decoding::Hexadecimal | Decoding::Decimal => 4,
        Decoding::Base64 | Decoding::Base32 => 6,
        _ => return None,
    };
    if bytes.len() < least || bytes.len() >= GRAM {
        return None;
    }
    bytes.first_chunk().copied()
}

/// A text and the same in lower case.
struct View<'a> {
    bytes: &'a [u8],
    folded: &'a [u8],
}

/// A run of a form in a text.
#[derive(Clone, Copy, Debug)]
struct Match {
    form: usize,
    /// In the form.
    start: usize,
    /// In the text.
    place: usize,
    length: usize,
}

impl View<'_> {
    /// The longest run of any of `forms` that has the eight bytes at `place`.
    fn longest(&self, place: usize, forms: &[Form]) -> Option<Match> {
        let mut best: Option<(f32, Match)> = None;
        for (number, form) in forms.iter().enumerate() {
            let text = if form.kind.folds_case() {
                self.folded
            } else {
                self.bytes
            };
            let window = &text[place..place + GRAM];
            for start in (0..form.bytes.len().saturating_sub(GRAM - 1))
                .filter(|start| &form.bytes[*start..*start + GRAM] == window)
            {
                let before = common(text[..place].iter().rev(), form.bytes[..start].iter().rev());
                let after = common(
                    text[place + GRAM..].iter(),
                    form.bytes[start + GRAM..].iter(),
                );
                let found = Match {
                    form: number,
                    start: start - before,
                    place: place - before,
                    length: before + GRAM + after,
                };
                let bits = found.bits(form);
                if best.is_none_or(|(most, _)| bits > most) {
                    best = Some((bits, found));
                }
            }
        }
        best.map(|(_, found)| found)
    }

    /// Whether neither a letter nor a digit stands on either side.
    fn is_token(&self, found: Match) -> bool {
        let is_free = |byte: Option<&u8>| byte.is_none_or(|one| !one.is_ascii_alphanumeric());
        let before = found.place.checked_sub(1).and_then(|at| self.bytes.get(at));
        is_free(before) && is_free(self.bytes.get(found.end()))
    }
}

fn common<'a>(one: impl Iterator<Item = &'a u8>, other: impl Iterator<Item = &'a u8>) -> usize {
    one.zip(other).take_while(|(a, b)| a == b).count()
}

impl Match {
    fn end(self) -> usize {
        self.place + self.length
    }

    #[expect(clippy::cast_precision_loss, reason = "lengths of texts are small")]
    fn bits(self, form: &Form) -> f32 {
        self.length as f32 * form.bits
    }

    fn disclosure(self, form: &Form) -> Disclosure {
        if self.length == form.bytes.len() {
            return Disclosure::Whole(form.kind);
        }
        Disclosure::Part {
            kind: form.kind,
            first: self.start,
            length: self.length,
            of: form.bytes.len(),
        }
    }
}
