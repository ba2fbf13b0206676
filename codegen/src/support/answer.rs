//! Answers: what statuses mean and how bodies are read.

use std::convert::Infallible;
use std::ops::RangeInclusive;

use bytes::{Bytes, BytesMut};
use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;

use crate::decode::{self, DecodeError};
use crate::error::{Error, Failure, Fault, TransportError};

/// The documented errors of an operation: an enum with a variant for each status, a class of them such
/// as `4XX`, or any other, which is `_`. `json` and `text` say how the body is read; without them it is only kept.
macro_rules! errors {
    ($name:ident of $method:ident {
        $($(#[$about:meta])* $variant:ident $(($how:ident $held:ty))? = $status:tt,)*
    }) => {
        #[doc = concat!("The documented errors of [`Client::", stringify!($method), "`].")]
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = $crate::answer::status!(doc $status)]
                $(#[$about])*
                $variant $(($held))?,
            )*
        }

        impl $crate::answer::Documented for $name {
            fn read(answer: $crate::answer::Answer) -> $crate::Error<Self> {
                #[allow(unreachable_patterns, clippy::match_overlapping_arm, reason = "classes and `_` come last")]
                match answer.status() {
                    $($crate::answer::status!($status) => {
                        $crate::answer::error!(answer $variant $($how)?)
                    })*
                    _ => answer.unexpected(),
                }
            }
        }
    };
}

/// The statuses that a number, a class or `_` stands for: as a pattern, and in words.
macro_rules! status {
    (1XX) => { 100..=199 };
    (3XX) => { 300..=399 };
    (4XX) => { 400..=499 };
    (5XX) => { 500..=599 };
    ($status:tt) => { $status };
    (doc _) => { "Any other status." };
    (doc $status:tt) => { concat!("Status ", stringify!($status), ".") };
}

/// What one variant is made of.
macro_rules! error {
    ($answer:ident $variant:ident) => { $answer.error(Self::$variant) };
    ($answer:ident $variant:ident json) => { $answer.json_error(Self::$variant) };
    ($answer:ident $variant:ident text) => { $answer.text_error(Self::$variant) };
}

pub(crate) use {error, errors, status};

/// The errors that the document describes for an operation.
pub(crate) trait Documented: Sized {
    /// The error that an answer is whose status is none of a success.
    fn read(answer: Answer) -> Error<Self>;
}

impl Documented for Infallible {
    fn read(answer: Answer) -> Error<Self> {
        answer.unexpected()
    }
}

/// The statuses of a success: one, several, or a class.
pub(crate) trait Statuses {
    fn include(&self, status: u16) -> bool;
}

impl Statuses for u16 {
    fn include(&self, status: u16) -> bool {
        *self == status
    }
}

impl<const N: usize> Statuses for [u16; N] {
    fn include(&self, status: u16) -> bool {
        self.contains(&status)
    }
}

impl Statuses for RangeInclusive<u16> {
    fn include(&self, status: u16) -> bool {
        self.contains(&status)
    }
}

/// An answer whose body is still to be read.
pub(crate) struct Opened {
    pub(crate) response: Response,
    max_body: usize,
}

impl Opened {
    pub(crate) fn new(response: Response, max_body: usize) -> Self {
        Self { response, max_body }
    }

    pub(crate) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// Reads the body, up to the client's limit.
    pub(crate) async fn read(mut self) -> Result<Answer, Fault> {
        let mut body = BytesMut::new();
        while let Some(chunk) = self.response.chunk().await? {
            if body.len() + chunk.len() > self.max_body {
                return Err(Fault::Transport(TransportError::TooLong(self.max_body)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status: self.response.status(),
            headers: std::mem::take(self.response.headers_mut()),
            body: body.freeze(),
        })
    }

    /// Reads the body of an answer that is no success.
    pub(crate) async fn refused<T, E: Documented>(self) -> Result<T, Error<E>> {
        Err(E::read(self.read().await?))
    }
}

/// A whole answer.
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The body as JSON.
    pub(crate) fn json<T: DeserializeOwned, E>(self) -> Result<T, Error<E>> {
        match decode::from_slice(&self.body) {
            Ok(value) => Ok(value),
            Err(error) => Err(self.undecodable(error)),
        }
    }

    /// The body as text.
    pub(crate) fn text<E>(self) -> Result<String, Error<E>> {
        match std::str::from_utf8(&self.body) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(self.undecodable(DecodeError::new("invalid UTF-8"))),
        }
    }

    /// The status is none of a success.
    pub(crate) fn refused<T, E: Documented>(self) -> Result<T, Error<E>> {
        Err(E::read(self))
    }

    /// The body as the documented error that `variant` stands for.
    pub(crate) fn json_error<T: DeserializeOwned, E>(
        self,
        variant: impl FnOnce(T) -> E,
    ) -> Error<E> {
        match decode::from_slice(&self.body) {
            Ok(value) => self.error(variant(value)),
            Err(error) => self.undecodable(error),
        }
    }

    /// The body as the documented error that `variant` stands for.
    pub(crate) fn text_error<E>(self, variant: impl FnOnce(String) -> E) -> Error<E> {
        let text = String::from_utf8_lossy(&self.body).into_owned();
        self.error(variant(text))
    }

    /// The documented error, whatever the body.
    pub(crate) fn error<E>(self, error: E) -> Error<E> {
        Error::Documented(self.failure(error))
    }

    /// The status is not documented.
    pub(crate) fn unexpected<E>(self) -> Error<E> {
        Error::Unexpected(self.failure(()))
    }

    fn undecodable<E>(self, error: DecodeError) -> Error<E> {
        Error::Decode(self.failure(error))
    }

    fn failure<E>(self, error: E) -> Box<Failure<E>> {
        Box::new(Failure {
            status: self.status,
            headers: self.headers,
            body: self.body,
            error,
        })
    }
}
