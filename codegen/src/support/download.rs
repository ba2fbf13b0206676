//! A body that is read piece by piece.

use std::fmt;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::error::TransportError;
use crate::answer::Opened;

/// The body of a successful answer, still to be read. No limit holds but the one that the reader sets.
pub struct Download {
    opened: Opened,
}

impl Download {
    pub(crate) fn new(opened: Opened) -> Self {
        Self { opened }
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.opened.response.status()
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        self.opened.response.headers()
    }

    /// The next piece; `None` after the last.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        Ok(self.opened.response.chunk().await?)
    }

    /// All of it, if it is not longer than `most` bytes.
    pub async fn bytes(mut self, most: usize) -> Result<Vec<u8>, TransportError> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            if body.len() + chunk.len() > most {
                return Err(TransportError::TooLong(most));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Download(status {})", self.status())
    }
}
