//! What a judge says: checks that held, and violations with their place and evidence.
//!
//! A [`Violation`] still holds raw text of exchanges. Only [`crate::redact`] turns one into a
//! [`crate::redact::Finding`], and reporters take nothing else.

use std::fmt;

use serde_json::Value;
use spec::location::{Location, Pointer};

use crate::check::{BRI026, Check, Suite};

/// Where in an exchange something was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The status of the answer.
    Status,
    /// The reason phrase of the answer.
    Reason,
    /// A header of the answer, name in lower case.
    Header(String),
    /// A field after the body of the answer, name in lower case.
    Trailer(String),
    /// A node of the JSON body of the answer; the root for a body that is no JSON.
    Body(Pointer),
    /// A member of the request: which part (`body`, `query`, `path`, `header`), and where in it.
    Request(&'static str, Pointer),
    /// The connection: no answer, or not in time.
    Connection,
    /// A line of a log of the server, from 1.
    Log(String, u64),
}

impl Place {
    /// The place in words, with `*` for every position in a list.
    pub(crate) fn normal(&self) -> String {
        let Self::Body(pointer) = self else {
            return self.to_string();
        };
        format!("response.body:{}", without_positions(pointer))
    }
}

/// `pointer` with `*` for every position in a list, so that the items of a list are one place.
pub(crate) fn without_positions(pointer: &Pointer) -> String {
    let tokens = pointer.tokens().map(|token| match token.parse::<usize>() {
        Ok(_) => "*".to_owned(),
        Err(_) => token,
    });
    tokens.fold(String::new(), |place, token| place + "/" + &token)
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status => f.write_str("response.status"),
            Self::Reason => f.write_str("response.reason"),
            Self::Header(name) => write!(f, "response.header:{name}"),
            Self::Trailer(name) => write!(f, "response.trailer:{name}"),
            Self::Body(pointer) => write!(f, "response.body:{pointer}"),
            Self::Request(part, pointer) => write!(f, "request.{part}:{pointer}"),
            Self::Connection => f.write_str("connection"),
            Self::Log(file, line) => write!(f, "log:{file}:{line}"),
        }
    }
}

/// A check that did not hold.
#[derive(Clone, Debug)]
pub struct Violation {
    /// Which.
    pub check: &'static Check,
    /// What is wrong with this server: one sentence fragment, lowercase.
    pub summary: String,
    /// Where it shows. Violations of one check in one operation at one place are one finding.
    pub place: Place,
    /// The decisive exchange, by its number among those of the input.
    pub exchange: usize,
    /// What was expected and what was there, or the decisive text. May quote the answer.
    pub evidence: String,
    /// The node of the document that promises what was broken.
    pub spec: Option<Location>,
    /// The member of the request that holds the secret, for the redaction suite.
    pub secret: Option<Pointer>,
    /// Expected and actual value, where there are two.
    pub values: Option<(Value, Value)>,
}

impl Violation {
    /// A violation of `check` that shows at `place` of exchange number `exchange`.
    pub fn new(
        check: &'static Check,
        exchange: usize,
        place: Place,
        summary: impl Into<String>,
    ) -> Self {
        Self {
            check,
            summary: summary.into(),
            place,
            exchange,
            evidence: String::new(),
            spec: None,
            secret: None,
            values: None,
        }
    }

    /// The same in a case of `suite`: what comes back there is a matter of the bridge.
    #[must_use]
    pub(crate) fn in_suite(mut self, suite: Suite) -> Self {
        if suite == Suite::Bridge {
            self.check = &BRI026;
        }
        self
    }

    /// Adds what was expected and what was there.
    #[must_use]
    pub fn evidence(mut self, evidence: impl Into<String>) -> Self {
        self.evidence = evidence.into();
        self
    }

    /// Adds the node of the document that promises what was broken.
    #[must_use]
    pub fn spec(mut self, location: Location) -> Self {
        self.spec = Some(location);
        self
    }

    /// Adds the expected and the actual value.
    #[must_use]
    pub fn values(mut self, expected: Value, actual: Value) -> Self {
        self.values = Some((expected, actual));
        self
    }
}

/// A place that was not compared, as it varies by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Masked {
    /// Method and path of the document.
    pub operation: String,
    /// Where.
    pub place: Place,
    /// How many values were seen there.
    pub values: usize,
    /// In so many runs with the same secrets.
    pub runs: usize,
}

impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            operation,
            place,
            values,
            runs,
        } = self;
        write!(
            f,
            "{operation} {place}: {values} values in {runs} runs with the same secrets"
        )
    }
}

/// What one judge says of one input.
#[derive(Debug, Default)]
pub struct Judgement {
    /// Places that were not compared.
    pub(crate) masked: Vec<Masked>,
    /// Checks that were tested and held, each at most once.
    pub(crate) passed: Vec<&'static Check>,
    /// Checks that did not hold.
    pub(crate) violations: Vec<Violation>,
}

impl Judgement {
    /// `check` was tested and held.
    pub fn pass(&mut self, check: &'static Check) {
        if !self.passed.contains(&check) {
            self.passed.push(check);
        }
    }

    /// A check was tested and did not hold.
    pub fn fail(&mut self, violation: Violation) {
        self.violations.push(violation);
    }

    /// A place varies by itself, so that it was not compared.
    pub fn mask(&mut self, masked: Masked) {
        self.masked.push(masked);
    }

    /// Passes `check` if there is no violation, fails it otherwise.
    pub fn settle(&mut self, check: &'static Check, violation: Option<Violation>) {
        match violation {
            Some(violation) => self.fail(violation),
            None => self.pass(check),
        }
    }

    /// Checks that were tested and held.
    pub fn passed(&self) -> &[&'static Check] {
        &self.passed
    }

    /// Checks that did not hold.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Drops violations that another one of the same exchange explains (see [`Check::follows`]),
    /// and those of checks that were not asked for.
    pub(crate) fn fold(&mut self, wanted: impl Fn(&Check) -> bool) {
        let causes: Vec<(&'static str, usize)> = self
            .violations
            .iter()
            .filter(|violation| wanted(violation.check))
            .map(|violation| (violation.check.id, violation.exchange))
            .collect();
        self.violations.retain(|violation| {
            let explained = causes.iter().any(|(id, exchange)| {
                *exchange == violation.exchange && violation.check.follows.contains(id)
            });
            !explained && wanted(violation.check)
        });
        let violations = &self.violations;
        self.passed.retain(|check| {
            wanted(check) && violations.iter().all(|violation| violation.check != *check)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_in_lists_do_not_count() {
        let place = |text| Place::Body(Pointer::parse(text).unwrap());
        assert_eq!(place("/0/name").normal(), place("/12/name").normal());
        assert_ne!(place("/0/name").normal(), place("/0/id").normal());
    }
}
