//! Why a call did not succeed.
//!
//! Errors keep what the server answered, but `Display` and `Debug` show statuses, places and
//! reasons only: an answer may repeat what was sent.

use std::convert::Infallible;
use std::fmt;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::decode::DecodeError;

/// Why a call did not succeed. `E` is what the operation's documented error answers hold.
#[non_exhaustive]
pub enum Error<E = Infallible> {
    /// An argument cannot be written where it belongs. Nothing was sent.
    Argument(ArgumentError),
    /// No complete answer came: the connection failed, a time-out passed, the body broke off.
    Transport(TransportError),
    /// The server answered with an error that the document describes.
    Documented(Box<Failure<E>>),
    /// The server answered with a status that the document does not describe.
    Unexpected(Box<Failure<()>>),
    /// The status is documented, but the body is not what the document says.
    Decode(Box<Failure<DecodeError>>),
}

/// An answer that is no success.
#[derive(Clone)]
#[non_exhaustive]
pub struct Failure<E> {
    /// The status.
    pub status: StatusCode,
    /// The headers. They may hold secrets of the server, such as cookies.
    pub headers: HeaderMap,
    /// The body, at most as long as the client accepts. It may repeat what was sent.
    pub body: Bytes,
    /// The body, read.
    pub error: E,
}

impl<E> Error<E> {
    /// The status of the answer, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.answer().map(|(status, _, _)| status)
    }

    /// The headers of the answer, if there was one.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.answer().map(|(_, headers, _)| headers)
    }

    /// The body of the answer, if there was one. It may repeat what was sent.
    pub fn body(&self) -> Option<&Bytes> {
        self.answer().map(|(_, _, body)| body)
    }

    /// The documented error.
    pub fn documented(&self) -> Option<&E> {
        match self {
            Self::Documented(failure) => Some(&failure.error),
            _ => None,
        }
    }

    /// Whether a time-out passed.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Transport(TransportError::Http(error)) => error.is_timeout(),
            Self::Transport(TransportError::TimedOut) => true,
            _ => false,
        }
    }

    fn answer(&self) -> Option<(StatusCode, &HeaderMap, &Bytes)> {
        match self {
            Self::Documented(failure) => Some(failure.parts()),
            Self::Unexpected(failure) => Some(failure.parts()),
            Self::Decode(failure) => Some(failure.parts()),
            Self::Argument(_) | Self::Transport(_) => None,
        }
    }
}

impl<E> Failure<E> {
    fn parts(&self) -> (StatusCode, &HeaderMap, &Bytes) {
        (self.status, &self.headers, &self.body)
    }
}

impl<E> fmt::Display for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}, {} bytes", self.status, self.body.len())
    }
}

impl<E> fmt::Debug for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Failure({self})")
    }
}

impl<E> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument(error) => write!(f, "the request cannot be written: {error}"),
            Self::Transport(error) => write!(f, "no complete answer: {error}"),
            Self::Documented(failure) => write!(f, "the server refused: {failure}"),
            Self::Unexpected(failure) => write!(f, "the answer is not documented: {failure}"),
            Self::Decode(failure) => {
                let error = &failure.error;
                write!(f, "the body is not as documented ({failure}): {error}")
            }
        }
    }
}

impl<E> fmt::Debug for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl<E> std::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Argument(error) => Some(error),
            Self::Transport(error) => Some(error),
            Self::Decode(failure) => Some(&failure.error),
            Self::Documented(_) | Self::Unexpected(_) => None,
        }
    }
}

impl<E> From<Fault> for Error<E> {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Argument(error) => Self::Argument(error),
            Fault::Transport(error) => Self::Transport(error),
        }
    }
}

/// What goes wrong whatever the operation.
pub(crate) enum Fault {
    Argument(ArgumentError),
    Transport(TransportError),
}

/// An argument that cannot be written where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArgumentError {
    /// The name of the argument in the document; `body` for the body.
    pub name: String,
    /// What is wrong with it, without its value.
    pub reason: &'static str,
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.reason)
    }
}

impl std::error::Error for ArgumentError {}

/// No complete answer came.
#[derive(Debug)]
#[non_exhaustive]
pub enum TransportError {
    /// The HTTP library failed. The URL is taken out: it may hold secrets.
    Http(reqwest::Error),
    /// The body is longer than this many bytes, the most that the client accepts.
    TooLong(usize),
    /// The answer did not begin in time.
    TimedOut,
}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error.without_url())
    }
}

impl From<reqwest::Error> for Fault {
    fn from(error: reqwest::Error) -> Self {
        Self::Transport(error.into())
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(error) => error.fmt(f),
            Self::TooLong(most) => write!(f, "the body is longer than {most} bytes"),
            Self::TimedOut => f.write_str("the answer did not begin in time"),
        }
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Http(error) => std::error::Error::source(error),
            Self::TooLong(_) | Self::TimedOut => None,
        }
    }
}

/// Why a client cannot be built.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL is not absolute, is not `http` or `https`, or has a query or a fragment.
    BaseUrl,
    /// This credential holds characters that a header cannot.
    Credential(&'static str),
    /// The HTTP library cannot be set up, e.g. for want of a TLS backend.
    Http(reqwest::Error),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BaseUrl => f.write_str(
                "the base URL must be absolute, begin with http or https, and have no query or fragment",
            ),
            Self::Credential(name) => write!(f, "{name} holds characters that a header cannot"),
            Self::Http(_) => f.write_str("the HTTP library cannot be set up"),
        }
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Http(error) => Some(error),
            Self::BaseUrl | Self::Credential(_) => None,
        }
    }
}
