//! What to ask: a case is one check (with what it judges by the way) of one subject, and a property
//! that says which inputs to try, how to send one, and how to judge what came back.
//!
//! Two kinds of property share one engine and one way of shrinking:
//!
//! - **over inputs**: `Input` is one request (with the reason why it is valid or not); `execute`
//!   sends it, with whatever has to be created before;
//! - **over sequences**: `Input` is a `Vec` of steps from [`proptest::collection::vec`], whose
//!   value tree drops steps before it simplifies them. A step names earlier resources by index, so
//!   that every shortened sequence still makes sense; `execute` builds them anew for each try.
//!
//! Cases run on several threads, each on one from its beginning to its end: futures and inputs need
//! not be `Send`, but what is in a property is shared.

mod listed;
pub(crate) mod tree;

use std::{fmt, sync::Arc};

use futures_util::future::LocalBoxFuture;
use proptest::strategy::{SBoxedStrategy, ValueTree};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    check::{Check, Suite},
    exchange::Exchange,
    finding::Judgement,
    session::{Session, Stop},
};

pub use listed::{Listed, choose};

/// An input and the simpler ones that it can be replaced by, step by step.
pub type InputTree<I> = Box<dyn ValueTree<Value = I>>;

/// The name of a case: `suite::check::subject`, e.g. `schema::body_valid::create_credential`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseId(String);

impl CaseId {
    /// The case of `check` for `subject`, an operation's name or another word in `snake_case`.
    pub fn new(check: &Check, subject: &str) -> Self {
        Self(format!("{}::{}::{subject}", check.suite, check.name))
    }

    /// Its first part.
    pub(crate) fn suite(&self) -> &str {
        self.0.split("::").next().unwrap_or_default()
    }

    /// Its last part.
    pub fn subject(&self) -> &str {
        self.0.rsplit("::").next().unwrap_or_default()
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Where an input comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Failed in an earlier run.
    Regression,
    /// The document's own examples.
    Example,
    /// One of a list that goes through every constraint; the same for every seed.
    Coverage,
    /// Drawn from the strategy.
    Random,
}

impl Phase {
    /// The word of reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Regression => "regression",
            Self::Example => "example",
            Self::Coverage => "coverage",
            Self::Random => "random",
        }
    }
}

/// Inputs, how to send one, and how to judge the answers.
pub trait Property: Send + Sync + 'static {
    /// What is varied. It is recorded as JSON and read back by `replay`.
    type Input: Clone + fmt::Debug + Serialize + DeserializeOwned + 'static;

    /// The document's own examples, tried first.
    fn examples(&self) -> Vec<Self::Input> {
        Vec::new()
    }

    /// Inputs that go through every constraint, tried after the examples.
    fn coverage(&self) -> Vec<Self::Input> {
        Vec::new()
    }

    /// The inputs of [`Self::coverage`], each with what it shows: with fewer to be tried than there
    /// are ([`crate::plan::Budget`]), [`choose`] takes those that show most.
    fn listed(&self) -> Vec<Listed<Self::Input>> {
        self.coverage().into_iter().map(Listed::plain).collect()
    }

    /// What makes `input`, an example or a listed one that failed, simpler. Every input on the way
    /// is valid or invalid like it, and for the same reason. `None` if it is as simple as can be.
    fn simpler(&self, _input: &Self::Input) -> Option<InputTree<Self::Input>> {
        None
    }

    /// `input` as a person is told of it: what is sent, without what only the judge needs.
    fn told(&self, input: &Self::Input) -> Value {
        serde_json::to_value(input).unwrap_or_default()
    }

    /// Random inputs, tried last. `None` if the lists above say it all.
    fn random(&self) -> Option<SBoxedStrategy<Self::Input>> {
        None
    }

    /// Sends what `input` asks for, in one request or many. Every request of `session` is recorded
    /// in the order of the calls. What was created is deleted by the engine.
    ///
    /// # Errors
    /// Passes on [`Stop`] from the session: the run ends, and nothing is judged.
    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a Self::Input,
    ) -> LocalBoxFuture<'a, Result<(), Stop>>;

    /// Says of each check whether it held, from the exchanges alone: no I/O, no clock, no panic.
    /// A check of which nothing is said was not tested by this input.
    fn judge(&self, input: &Self::Input, exchanges: &[Arc<Exchange>], judgement: &mut Judgement);
}

/// An entry of the plan.
pub struct Case {
    /// Its place in the plan of all shards, from 0.
    pub number: usize,
    /// Its name.
    pub id: CaseId,
    /// The check in its name.
    pub check: &'static Check,
    /// All checks that it can judge, [`Self::check`] first.
    pub judges: Vec<&'static Check>,
    /// The operation under test, by the name in [`crate::target::Operation::name`]. `None` if it
    /// concerns several.
    pub operation: Option<String>,
    /// Operations that get valid input and the key, so that they do what they are for.
    pub performs: Vec<String>,
    /// Inputs, sending and judging, with the type of the input erased.
    pub(crate) property: Box<dyn crate::run::Erased>,
}

impl Case {
    /// A case of `check` for `subject` (see [`CaseId::new`]), without an operation.
    pub fn new(check: &'static Check, subject: &str, property: impl Property) -> Self {
        Self {
            number: 0,
            id: CaseId::new(check, subject),
            check,
            judges: vec![check],
            operation: None,
            performs: Vec::new(),
            property: Box::new(property),
        }
    }

    /// Names the operation under test.
    #[must_use]
    pub fn operation(mut self, name: &str) -> Self {
        self.operation = Some(name.to_owned());
        self
    }

    /// Names an operation that gets valid input and the key: where nothing could take back what it
    /// does, the case is withheld.
    #[must_use]
    pub fn performs(mut self, name: &str) -> Self {
        self.performs.push(name.to_owned());
        self
    }

    /// Adds checks that are judged by the way.
    #[must_use]
    pub fn also(mut self, checks: &[&'static Check]) -> Self {
        self.judges.extend(checks);
        self
    }

    /// The suite of its check.
    pub fn suite(&self) -> Suite {
        self.check.suite
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Case").field(&self.id).finish()
    }
}
