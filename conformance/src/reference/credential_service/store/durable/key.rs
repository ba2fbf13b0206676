//! The key of a database: 32 random bytes in a file of their own, readable by its owner only.

use std::path::Path;
use std::{fs, io};

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use zeroize::Zeroizing;

use super::is_shared;

const LENGTH: usize = 32;

/// A key. It is wiped when it is dropped.
pub struct Key(Zeroizing<[u8; LENGTH]>);

/// Why there is no key. Nothing of the file stands in it.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    File(#[from] io::Error),
    /// Somebody beside its owner can read it.
    #[error("it can be read by others than its owner: `chmod 600` it")]
    Shared,
    /// It holds something else.
    #[error(
        "it does not hold 32 bytes in hexadecimal or base64: `openssl rand -hex 32` writes some"
    )]
    Malformed,
}

impl Key {
    /// Reads the key in the file at `path`; white space around it does not count.
    ///
    /// # Errors
    /// If it holds none, or others can read it.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        if is_shared(&fs::metadata(path)?) {
            return Err(KeyError::Shared);
        }
        let text = Zeroizing::new(fs::read(path)?);
        Self::parse(text.trim_ascii()).ok_or(KeyError::Malformed)
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let bytes = HEXLOWER_PERMISSIVE
            .decode(text)
            .or_else(|_| BASE64.decode(text));
        let bytes = Zeroizing::new(bytes.ok()?);
        let bytes: [u8; LENGTH] = bytes.as_slice().try_into().ok()?;
        Some(Self(Zeroizing::new(bytes)))
    }

    pub(super) fn expose(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_and_base64_are_read() {
        let hex = "00112233445566778899aAbBcCdDeEfF00112233445566778899aabbccddeeff";
        let base64 = "ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=";
        let read = |text: &str| Key::parse(text.as_bytes()).map(|key| *key.expose());
        assert!(read(hex).is_some());
        assert_eq!(read(hex), read(base64));
        for wrong in ["", "00", &hex[2..], "a key that somebody thought of, 32 b"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
