//! What a property has of the run while one input is tried: it sends, and everything is recorded.

use std::{
    cell::{Cell, RefCell},
    sync::Arc,
};

use futures_util::future::join_all;
use tokio::sync::RwLockWriteGuard;

use crate::{
    bridge::Bridge,
    case::CaseId,
    check::Suite,
    exchange::{Exchange, Request},
    given,
    ledger::{Entry, Scope},
    run::Context,
    secret::{registry::Group, watch::Caught},
    target::Target,
    transport::Limited,
};

/// Most bytes of answers to one input that are kept; further ones are cut off.
const MAX_HELD: usize = 24 << 20;
/// What is kept of an answer beyond that.
const MAX_FURTHER: usize = 64 << 10;

/// The run ends: pass it on. Nothing can be sent any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop(pub(crate) StopReason);

/// Why a run ends before its plan is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StopReason {
    /// Ctrl-C or a termination signal.
    Interrupted,
    /// `--max-time`.
    OutOfTime,
    /// `--fail-fast` or `--max-failures`.
    EnoughFailures,
    /// The server accepts no connections any more.
    ServerGone,
    /// The server answers 429 beyond all patience.
    RateLimited,
}

/// Which input of a case, and which try of it: shrinking tries many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InputNumber {
    pub(crate) input: usize,
    pub(crate) attempt: usize,
}

/// While it lives, no other case of the run changes anything on the server.
pub struct Quiet<'a> {
    session: &'a Session,
    _turn: Option<RwLockWriteGuard<'a, ()>>,
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        self.session.quiet.set(self.session.quiet.get() - 1);
    }
}

/// One try of one input.
pub struct Session {
    context: Arc<Context>,
    scope: Scope,
    case: CaseId,
    input: InputNumber,
    names: Cell<usize>,
    /// How many [`Quiet`]s there are.
    quiet: Cell<usize>,
    exchanges: RefCell<Vec<Option<Arc<Exchange>>>>,
    /// Bytes of the bodies of their answers.
    held: Cell<usize>,
    group: Cell<Group>,
    /// Secrets that came back, each with the number of the exchange.
    caught: RefCell<Vec<(usize, Caught)>>,
}

impl Session {
    pub(crate) fn new(
        context: Arc<Context>,
        scope: Scope,
        case: CaseId,
        input: InputNumber,
    ) -> Self {
        Self {
            group: Cell::new(context.watch.group()),
            context,
            scope,
            case,
            input,
            names: Cell::new(0),
            quiet: Cell::new(0),
            exchanges: RefCell::default(),
            held: Cell::new(0),
            caught: RefCell::default(),
        }
    }

    /// The target under test.
    pub fn target(&self) -> &Arc<Target> {
        &self.context.target
    }

    /// A name for something to be created: recognisable as this tool's, unique in the run, the
    /// same in a run with the same seed, and part of no other: `conformance-5d41402abc`.
    pub fn unique_name(&self) -> String {
        let name = self.names.get();
        self.names.set(name + 1);
        let word = self.context.seed.word(&self.case, self.input, name);
        format!("{}{word}", given::MARK)
    }

    /// Sends `request` and waits for the answer or for the reason why there is none.
    ///
    /// # Errors
    /// [`Stop`] if the run ends.
    // Not an `async fn`: the place of the exchange is the order of the calls, not of the polls.
    pub fn send(&self, request: Request) -> impl Future<Output = Result<Arc<Exchange>, Stop>> {
        let place = {
            let mut exchanges = self.exchanges.borrow_mut();
            exchanges.push(None);
            exchanges.len() - 1
        };
        async move {
            let changes = !matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS");
            let turn = if changes && !request.held && self.quiet.get() == 0 {
                Some(self.context.changes.read().await)
            } else {
                None
            };
            self.context.show(self.case.as_str(), &request);
            let watch = &self.context.watch;
            let sent = watch.sent(&request, self.group.get());
            let exchange = Box::pin(self.context.send(request, self.limited())).await?;
            drop(turn);
            let exchange = Arc::new(self.bounded(exchange));
            let caught = watch.received(&self.context.target, &exchange, &sent);
            let caught = caught.into_iter().map(|one| (place, one));
            self.caught.borrow_mut().extend(caught);
            self.context
                .ledger
                .observe(&self.context.target, self.scope, &exchange);
            self.exchanges.borrow_mut()[place] = Some(Arc::clone(&exchange));
            if exchange.found_nobody() {
                return Err(self.context.stop(StopReason::ServerGone));
            }
            Ok(exchange)
        }
    }

    /// The exchange, its answer cut off if the answers so far are too much to be kept.
    fn bounded(&self, mut exchange: Exchange) -> Exchange {
        if let Ok(response) = &mut exchange.outcome {
            if self.held.get() > MAX_HELD {
                response.cut(MAX_FURTHER);
            }
            self.held.set(self.held.get() + response.body.len());
        }
        exchange
    }

    /// Where the service behind the server answers 429 on purpose, the server may pass that on.
    fn limited(&self) -> Limited {
        if self.case.suite() == Suite::Bridge.name() {
            Limited::ObeyedIfTimed
        } else {
            Limited::Obeyed
        }
    }

    /// The credential service behind the server under test, if the run is one.
    pub(crate) fn bridge(&self) -> Option<&Bridge> {
        self.context.bridge.as_ref()
    }

    /// Records exchanges that were made by others, behind those sent so far.
    pub(crate) fn record(&self, exchanges: impl Iterator<Item = Exchange>) {
        let exchanges = exchanges.map(|exchange| Some(Arc::new(exchange)));
        self.exchanges.borrow_mut().extend(exchanges);
    }

    /// Sends all of `requests` at once; the exchanges are recorded in their order.
    ///
    /// # Errors
    /// As [`Session::send`].
    pub async fn send_all(&self, requests: Vec<Request>) -> Result<Vec<Arc<Exchange>>, Stop> {
        let sending = requests.into_iter().map(|request| self.send(request));
        join_all(sending).await.into_iter().collect()
    }

    /// Waits until no other case of this run changes anything, and keeps it so until the guard is
    /// dropped: for reading a list page by page. This session itself may go on changing things;
    /// other people's may too.
    pub async fn quiet(&self) -> Quiet<'_> {
        let turn = if self.quiet.get() == 0 {
            Some(self.context.changes.write().await)
        } else {
            None
        };
        self.quiet.set(self.quiet.get() + 1);
        Quiet {
            session: self,
            _turn: turn,
        }
    }

    /// Tells the ledger of something that it cannot recognise by the links of the target.
    pub fn created(&self, variable: &str, id: &str, delete: &str) {
        self.context.ledger.created(Entry {
            scope: self.scope,
            variable: variable.to_owned(),
            id: id.to_owned(),
            delete: Some(delete.to_owned()),
        });
    }

    /// From here on requests belong together, and no longer with those before: secrets of the same
    /// group are looked for most closely in each other's answers.
    pub(crate) fn begin_group(&self) {
        self.group.set(self.context.watch.group());
    }

    /// Whether a secret came back in exchange `number`.
    pub(crate) fn caught_in(&self, number: usize) -> bool {
        self.caught.borrow().iter().any(|(one, _)| *one == number)
    }

    /// How many requests were sent.
    pub(crate) fn sent(&self) -> usize {
        self.exchanges.borrow().len()
    }

    /// Secrets that came back, each with the number of the exchange.
    pub(crate) fn take_caught(&self) -> Vec<(usize, Caught)> {
        self.caught.take()
    }

    /// All exchanges, in the order in which they were sent.
    pub(crate) fn into_exchanges(self) -> Vec<Arc<Exchange>> {
        self.exchanges.into_inner().into_iter().flatten().collect()
    }
}
