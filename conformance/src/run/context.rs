//! What all cases of a run share.

use std::{
    cell::Cell,
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use futures_util::stream::{self, StreamExt};
use hdrhistogram::Histogram;
use parking_lot::Mutex;
use tokio::sync::RwLock;

use crate::{
    bridge::Bridge,
    event::Latency,
    exchange::{Exchange, Request},
    ledger::{Ledger, Scope, delete_request},
    plan::{Budget, Selection},
    regressions::Regressions,
    rehearsal::Rehearsal,
    secret::watch::Watch,
    seed::Seed,
    session::{Stop, StopReason},
    target::Target,
    transport::{Limited, Transport},
};

/// The longest time that the latencies tell apart, in microseconds: an hour.
const LONGEST: u64 = 3_600_000_000;
/// Most deletions under way at once in a clean-up.
const CLEANERS: usize = 8;

/// Target, transport, ledger, limits, and whether the run goes on.
pub(crate) struct Context {
    pub(crate) target: Arc<Target>,
    pub(crate) transport: Transport,
    pub(crate) ledger: Ledger,
    pub(crate) watch: Watch,
    /// The credential service behind the server, if the run is one.
    pub(crate) bridge: Option<Bridge>,
    pub(crate) seed: Seed,
    pub(crate) budget: Budget,
    pub(crate) selection: Selection,
    /// Shows each request, if the run is only rehearsed.
    pub(crate) rehearsal: Option<Rehearsal>,
    /// Inputs that failed in earlier runs.
    pub(crate) regressions: Regressions,
    /// Held for reading by whoever changes something on the server, for writing by whoever wants
    /// nothing to be changed.
    pub(crate) changes: RwLock<()>,
    stop: OnceLock<StopReason>,
    /// How many answers had each status; `none` without an answer.
    statuses: Mutex<BTreeMap<String, u64>>,
    /// In microseconds; `None` only if a histogram of these bounds could not be made.
    latency: Mutex<Option<Histogram<u64>>>,
}

impl Context {
    pub(crate) fn new(
        target: Arc<Target>,
        transport: Transport,
        seed: Seed,
        budget: Budget,
        selection: Selection,
    ) -> Self {
        Self {
            watch: Watch::new(&target),
            target,
            transport,
            ledger: Ledger::default(),
            bridge: None,
            seed,
            budget,
            selection,
            rehearsal: None,
            regressions: Regressions::default(),
            changes: RwLock::new(()),
            stop: OnceLock::new(),
            statuses: Mutex::default(),
            latency: Mutex::new(Histogram::new_with_max(LONGEST, 2).ok()),
        }
    }

    /// The same with the credential service that the server is to keep its credentials in.
    #[must_use]
    pub(crate) fn with_bridge(self, bridge: Option<Bridge>) -> Self {
        Self { bridge, ..self }
    }

    /// Sends `request`, unless the run is over. A server that answers 429 beyond all patience ends it.
    pub(crate) async fn send(&self, request: Request, limited: Limited) -> Result<Exchange, Stop> {
        self.go_on()?;
        let exchange = self.send_with(request, limited).await;
        if exchange.status() == Some(429) && limited == Limited::Obeyed {
            return Err(self.stop(StopReason::RateLimited));
        }
        Ok(exchange)
    }

    /// Deletes what `scope` left on the server, or what all scopes left. What the server does not
    /// let go stays in the ledger; once it takes no connections, nothing more is tried.
    pub(crate) async fn clean(&self, scope: Option<Scope>) {
        let is_gone = Cell::new(false);
        let is_gone = &is_gone;
        let deletions = self.ledger.open(scope).into_iter().filter_map(|entry| {
            let request = delete_request(&self.target, &entry)?;
            Some(async move {
                if is_gone.get() {
                    return;
                }
                self.show("clean-up", &request);
                let turn = self.changes.read().await;
                let exchange = Arc::new(self.send_regardless(request).await);
                drop(turn);
                self.watch.stray(&self.target, &exchange);
                // Gone already is as good: another request of the case may have deleted it.
                let gone = matches!(exchange.status(), Some(404 | 410));
                if gone || exchange.is_success() {
                    self.ledger.deleted(&entry.variable, &entry.id);
                }
                is_gone.set(is_gone.get() || exchange.found_nobody());
            })
        });
        stream::iter(deletions)
            .buffer_unordered(CLEANERS)
            .for_each(|()| async {})
            .await;
    }

    /// Shows `request` of the case `name`, if the run is only rehearsed.
    pub(crate) fn show(&self, name: &str, request: &Request) {
        if let Some(rehearsal) = &self.rehearsal {
            rehearsal.show(name, request);
        }
    }

    /// Sends `request` also when the run is over: for clean-up.
    pub(crate) async fn send_regardless(&self, request: Request) -> Exchange {
        self.send_with(request, Limited::Obeyed).await
    }

    async fn send_with(&self, request: Request, limited: Limited) -> Exchange {
        let exchange = self.transport.send_with(request, limited).await;
        let status = exchange.status();
        let status = status.map_or_else(|| "none".to_owned(), |status| status.to_string());
        *self.statuses.lock().entry(status).or_default() += 1;
        if let Some(latency) = &mut *self.latency.lock() {
            let micros = u64::try_from(exchange.elapsed.as_micros()).unwrap_or(u64::MAX);
            latency.saturating_record(micros);
        }
        exchange
    }

    /// `Err` once the run is over.
    pub(crate) fn go_on(&self) -> Result<(), Stop> {
        self.stop.get().map_or(Ok(()), |reason| Err(Stop(*reason)))
    }

    /// Ends the run. The first reason stays.
    pub(crate) fn stop(&self, reason: StopReason) -> Stop {
        Stop(*self.stop.get_or_init(|| reason))
    }

    /// How many answers had each status; `none` without an answer.
    pub(crate) fn statuses(&self) -> BTreeMap<String, u64> {
        self.statuses.lock().clone()
    }

    /// How many requests were sent.
    pub(crate) fn requests(&self) -> u64 {
        self.statuses.lock().values().sum()
    }

    /// How long answers took.
    pub(crate) fn latency(&self) -> Latency {
        let latency = self.latency.lock();
        latency.as_ref().map(Latency::of).unwrap_or_default()
    }
}
