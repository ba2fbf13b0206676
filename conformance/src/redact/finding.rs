//! A violation made fit to be shown: what reporters print and recordings keep.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec::{Document, Location, Pointer};

use super::{MAX_EVIDENCE, Redactor, Shown, Transcript};
use crate::{
    baseline::Accepted,
    case::{CaseId, Phase},
    check::Check,
    event::FindingKey,
    exchange::Request,
    run::Failure,
};

/// A check that did not hold, with everything that helps to see why. Written to recordings and
/// read back from them as it stands: a member that is added needs `#[serde(default)]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// The check.
    pub check: &'static Check,
    /// The case in which it showed first.
    pub case: CaseId,
    /// The operation under test.
    pub operation: Option<String>,
    /// What is wrong with this server.
    pub summary: Shown<String>,
    /// Where it shows.
    pub location: Shown<String>,
    /// The same without positions in lists.
    pub place: Shown<String>,
    /// The member of the request that holds the secret.
    pub secret: Option<String>,
    /// What was expected and what was there.
    pub evidence: Shown<String>,
    /// The place in the document that promises what was broken.
    pub spec: Option<Excerpt>,
    /// The operation of the decisive request in the document.
    #[serde(default)]
    pub asked: Option<Excerpt>,
    /// Where the input comes from.
    pub phase: Phase,
    /// The smallest input that fails.
    pub input: Shown<Value>,
    /// An input that passes and differs as little as was found.
    pub nearest_pass: Option<Shown<Value>>,
    /// The two as a person is told of them: what is sent, in words where it is a sequence.
    pub told: Shown<Value>,
    /// See [`Self::told`].
    pub nearest_told: Option<Shown<Value>>,
    /// How many inputs were tried to find the two.
    pub tried: usize,
    /// Whether the same input showed it when it was sent once more; `None` if that was not tried.
    pub again: Option<bool>,
    /// All exchanges of the input, or the last of them.
    pub exchanges: Vec<Shown<Transcript>>,
    /// The decisive one among them.
    pub exchange: usize,
    /// The name for `replay`.
    pub replay: String,
    /// The [`Self::replay`] of another finding that has the same cause and that this one is told with.
    pub folded_into: Option<String>,
    /// How often it was found, also by other inputs and cases.
    pub count: u64,
    /// What the baseline says of it.
    #[serde(default)]
    pub accepted: Option<Accepted>,
}

impl Finding {
    /// What makes two findings one.
    pub fn key(&self) -> FindingKey {
        FindingKey {
            check: self.check.id.to_owned(),
            operation: self.operation.clone(),
            place: self.place.clone(),
        }
    }

    /// Whether the baseline accepted it up to a day that is past.
    pub fn is_expired(&self) -> bool {
        self.accepted
            .as_ref()
            .is_some_and(|accepted| !accepted.holds)
    }

    /// Whether the baseline accepts it today.
    pub fn is_known(&self) -> bool {
        self.accepted
            .as_ref()
            .is_some_and(|accepted| accepted.holds)
    }
}

impl Finding {
    /// The same with its decisive exchange only, and little of that.
    pub(crate) fn shortened(&self) -> Self {
        let decisive = self.exchanges.get(self.exchange);
        let exchanges = decisive.map(|exchange| exchange.shortened(SHORT_BODY));
        Self {
            exchange: 0,
            exchanges: exchanges.into_iter().collect(),
            ..self.clone()
        }
    }

    /// About how many bytes it takes.
    pub(crate) fn size(&self) -> usize {
        let fields = |fields: &[(String, String)]| -> usize {
            let each = fields.iter();
            each.map(|(name, value)| name.len() + value.len()).sum()
        };
        let exchanges = self.exchanges.iter().map(|one| {
            one.url.len()
                + one.request_body.len()
                + one.response_body.len()
                + fields(&one.request_headers)
                + fields(&one.response_headers)
        });
        self.evidence.len() + exchanges.sum::<usize>()
    }
}

/// Most characters of a body of a shortened finding.
const SHORT_BODY: usize = 1024;

/// A line of the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// The file.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The line itself.
    pub text: String,
}

impl Excerpt {
    /// The line of the operation that `request` is, or tries to be.
    fn of_operation(document: &Document, request: &Request) -> Option<Self> {
        let paths = Location::root(Pointer::root().child("paths"));
        let path = paths.child(&request.template);
        let operation = path.child(&request.method.to_ascii_lowercase());
        // A method that the path does not have is still a request to the path.
        Self::of(document, &operation).or_else(|| Self::of(document, &path))
    }

    /// The line of `location`.
    pub fn of(document: &Document, location: &Location) -> Option<Self> {
        let span = document.span(location, true)?;
        let text = document.sources().text(span.source);
        let line = text.lines().nth(span.line.saturating_sub(1))?;
        Some(Self {
            text: line.chars().take(120).collect(),
            file: span.file,
            line: span.line,
            column: span.column,
        })
    }
}

/// Most exchanges that a finding keeps: a long sequence is kept in its last part.
const MAX_EXCHANGES: usize = 40;

impl Redactor {
    /// The finding of `failure` in `case`.
    pub(crate) fn finding(
        &self,
        document: &Document,
        case: &CaseId,
        operation: Option<&str>,
        failure: &Failure,
        replay: String,
    ) -> Finding {
        let violation = &failure.violation;
        let count = failure.exchanges.len();
        let last = violation.exchange.min(count.saturating_sub(1));
        let kept = (last + 1).saturating_sub(MAX_EXCHANGES)..(last + 1).min(count);
        let decisive = failure.exchanges.get(last);
        Finding {
            check: violation.check,
            case: case.clone(),
            operation: operation
                .map(str::to_owned)
                .or_else(|| decisive.and_then(|one| one.request.operation.clone())),
            summary: self.place(&violation.summary),
            location: self.place(&violation.place.to_string()),
            place: self.place(&violation.place.normal()),
            secret: violation.secret.as_ref().map(ToString::to_string),
            evidence: self.beginning(&violation.evidence, MAX_EVIDENCE),
            spec: violation
                .spec
                .as_ref()
                .and_then(|location| Excerpt::of(document, location)),
            asked: decisive.and_then(|one| Excerpt::of_operation(document, &one.request)),
            phase: failure.phase,
            input: self.value(&failure.input),
            nearest_pass: failure.nearest.as_ref().map(|input| self.value(input)),
            told: self.value(&failure.told),
            nearest_told: failure.nearest_told.as_ref().map(|input| self.value(input)),
            tried: failure.tried,
            again: failure.again,
            exchange: last - kept.start.min(last),
            exchanges: failure.exchanges[kept]
                .iter()
                .map(|exchange| self.exchange(exchange))
                .collect(),
            replay,
            folded_into: None,
            count: failure.count,
            accepted: None,
        }
    }
}
