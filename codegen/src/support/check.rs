//! Constraints of the document, checked on request before a value is sent.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::Serialize;

/// What a constraint refuses: where, and what it asks for. Never the value itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// JSON pointer (RFC 6901) from the checked value, e.g. `/credential/totp`.
    pub pointer: String,
    /// What is asked for, e.g. `must have at most 200 characters`.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.message)
    }
}

impl std::error::Error for Violation {}

/// A value whose schema has constraints beyond types.
pub trait Check {
    /// Everything in the value that the document refuses; the server may refuse more.
    ///
    /// # Errors
    /// All violations, in the order of the members.
    fn check(&self) -> Result<(), Vec<Violation>> {
        let mut findings = Findings::default();
        self.check_in(&mut findings);
        if findings.violations.is_empty() {
            Ok(())
        } else {
            Err(findings.violations)
        }
    }

    /// Adds what this value violates to `findings`.
    #[doc(hidden)]
    fn check_in(&self, findings: &mut Findings);
}

/// The violations so far, and where the check is.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Findings {
    pointer: String,
    violations: Vec<Violation>,
}

impl Findings {
    /// The findings at the member or element `token`.
    pub(crate) fn at(&mut self, token: impl fmt::Display) -> At<'_> {
        let token = token.to_string().replace('~', "~0").replace('/', "~1");
        self.pointer.push('/');
        self.pointer.push_str(&token);
        At(self)
    }

    pub(crate) fn require(&mut self, met: bool, message: fmt::Arguments<'_>) {
        if !met {
            self.violations.push(Violation {
                pointer: self.pointer.clone(),
                message: message.to_string(),
            });
        }
    }

    /// In characters, as JSON Schema counts them.
    pub(crate) fn min_length(&mut self, text: &str, least: usize) {
        let met = least == 0 || text.chars().nth(least - 1).is_some();
        self.require(met, format_args!("must have at least {least} characters"));
    }

    /// In characters, as JSON Schema counts them.
    pub(crate) fn max_length(&mut self, text: &str, most: usize) {
        let met = text.chars().nth(most).is_none();
        self.require(met, format_args!("must have at most {most} characters"));
    }

    pub(crate) fn minimum<T: PartialOrd + fmt::Display + Copy>(&mut self, value: T, least: T) {
        self.require(value >= least, format_args!("must be at least {least}"));
    }

    pub(crate) fn maximum<T: PartialOrd + fmt::Display + Copy>(&mut self, value: T, most: T) {
        self.require(value <= most, format_args!("must be at most {most}"));
    }

    pub(crate) fn exclusive_minimum<T: PartialOrd + fmt::Display + Copy>(
        &mut self,
        value: T,
        bound: T,
    ) {
        self.require(value > bound, format_args!("must be more than {bound}"));
    }

    pub(crate) fn exclusive_maximum<T: PartialOrd + fmt::Display + Copy>(
        &mut self,
        value: T,
        bound: T,
    ) {
        self.require(value < bound, format_args!("must be less than {bound}"));
    }

    pub(crate) fn multiple_of_integer(&mut self, value: impl Into<i128>, factor: i128) {
        let met = value.into() % factor == 0;
        self.require(met, format_args!("must be a multiple of {factor}"));
    }

    pub(crate) fn multiple_of(&mut self, value: impl Into<f64>, factor: f64) {
        let quotient = value.into() / factor;
        let met = (quotient - quotient.round()).abs() <= quotient.abs() * 4.0 * f64::EPSILON;
        self.require(met, format_args!("must be a multiple of {factor}"));
    }

    pub(crate) fn min_items(&mut self, length: usize, least: usize) {
        self.require(
            length >= least,
            format_args!("must have at least {least} elements"),
        );
    }

    pub(crate) fn max_items(&mut self, length: usize, most: usize) {
        self.require(
            length <= most,
            format_args!("must have at most {most} elements"),
        );
    }

    pub(crate) fn unique_items<T: Serialize>(&mut self, list: &[T]) {
        let texts: BTreeSet<_> = list
            .iter()
            .map(|item| serde_json::to_string(item).ok())
            .collect();
        self.require(
            texts.len() == list.len(),
            format_args!("must not have equal elements"),
        );
    }

    pub(crate) fn min_properties(&mut self, count: usize, least: usize) {
        self.require(
            count >= least,
            format_args!("must have at least {least} members"),
        );
    }

    pub(crate) fn max_properties(&mut self, count: usize, most: usize) {
        self.require(
            count <= most,
            format_args!("must have at most {most} members"),
        );
    }
}

/// Findings within a member or element, until it is dropped.
pub(crate) struct At<'a>(&'a mut Findings);

impl Deref for At<'_> {
    type Target = Findings;

    fn deref(&self) -> &Findings {
        self.0
    }
}

impl DerefMut for At<'_> {
    fn deref_mut(&mut self) -> &mut Findings {
        self.0
    }
}

impl Drop for At<'_> {
    fn drop(&mut self) {
        let end = self.0.pointer.rfind('/').unwrap_or(0);
        self.0.pointer.truncate(end);
    }
}

/// How many members an object has once it is written.
pub(crate) fn member_count<T: Serialize>(value: &T) -> usize {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::Object(members)) => members.len(),
        _ => 0,
    }
}
