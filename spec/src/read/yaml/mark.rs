//! The marks of the parser, which count characters and are generous, as exact bytes of the text.

/// Bytes of character indices, which is what the parser counts in.
pub(super) struct ByteIndex<'a> {
    text: &'a str,
    /// The byte of every 64th character; empty for ASCII, where both are the same.
    checkpoints: Vec<usize>,
}

impl<'a> ByteIndex<'a> {
    const STEP: usize = 64;

    pub(super) fn new(text: &'a str) -> Self {
        let checkpoints = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices()
                .step_by(Self::STEP)
                .map(|(at, _)| at)
                .collect()
        };
        Self { text, checkpoints }
    }

    pub(super) fn of(&self, character: usize) -> usize {
        if self.checkpoints.is_empty() {
            return character.min(self.text.len());
        }
        let Some(&start) = self.checkpoints.get(character / Self::STEP) else {
            return self.text.len();
        };
        let mut rest = self.text[start..].char_indices();
        rest.nth(character % Self::STEP)
            .map_or(self.text.len(), |(at, _)| start + at)
    }
}

/// How long the quoted scalar is that the text begins with.
pub(super) fn quoted_length(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == '\\' && quote == '"' {
            characters.next();
        } else if character == quote {
            if quote == '\'' && characters.peek().is_some_and(|&(_, next)| next == quote) {
                characters.next();
            } else {
                return at + 1;
            }
        }
    }
    text.len()
}
