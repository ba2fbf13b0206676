//! The measure of the runner: whether each named defect of the reference server is found by the
//! check that its table names, and no benign variation is reported.
//!
//! A [`Bench`] holds what all trials share. It starts a server of its own for each trial and sends
//! to nothing else; recordings and reports are not written.

mod checks;
mod cost;
mod page;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    net::Ipv4Addr,
    path::PathBuf,
    sync::Arc,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use futures_util::stream::{self, StreamExt};

use crate::{
    bridge::{self, Bridge},
    check::{self, Check, Suite},
    document,
    embedded::{Config, Embedded},
    ledger::Scope,
    plan::{self, Budget, Pattern, Selection},
    reference::{Defect, Kind, Server, skyvern::log},
    run::{Context, after},
    seed::Seed,
    session::StopReason,
    settings::{Profile, ServerSettings},
    setup::{self, SetupError},
    target::{BaseUrl, Bridged, Target},
    transport::{Secret, TlsOptions, Transport, TransportOptions},
};

pub use checks::checks;
pub use cost::Cost;
pub use page::page;

/// A server on this machine that takes longer hangs. Short, as some defects do.
const TIMEOUT: Duration = Duration::from_secs(3);
/// How long a reference server waits for the credential service behind it.
const VAULT_TIMEOUT: Duration = Duration::from_secs(1);
/// Most bytes of an answer that are read.
const MAX_BODY: usize = 8 << 20;
/// Requests under way at once for each case at the same time.
const IN_FLIGHT: usize = 8;

/// How much is tried about a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The cases that judge its check, until it is found.
    UntilFound,
    /// The whole plan.
    Everything,
}

/// What one server was found to break.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was switched on; `None` for the correct server.
    pub defect: Option<&'static Defect>,
    /// The checks that failed, each with a case and what it says.
    pub found: BTreeMap<&'static str, String>,
    /// What stopped cases from being tried.
    pub problems: Vec<String>,
    /// How many requests were sent.
    pub requests: u64,
    /// How many things were left on the server.
    pub left: usize,
    /// How long it took.
    pub elapsed: Duration,
}

/// What an [`Outcome`] says of the runner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As the table says.
    Right,
    /// The named check did not fail.
    Missed,
    /// A check failed that has no reason to.
    FalseAlarm,
}

impl Outcome {
    /// Compares it with the table of defects.
    pub fn verdict(&self) -> Verdict {
        let expected = self.defect.filter(|defect| defect.kind == Kind::Fault);
        let Some(defect) = expected else {
            return if self.found.is_empty() && self.problems.is_empty() {
                Verdict::Right
            } else {
                Verdict::FalseAlarm
            };
        };
        let explained = |id: &&&'static str| **id == defect.check || defect.also.contains(*id);
        if !self.found.contains_key(defect.check) {
            Verdict::Missed
        } else if self.found.keys().all(|id| explained(&id)) {
            Verdict::Right
        } else {
            Verdict::FalseAlarm
        }
    }
}

/// What all trials share: the document, read once.
pub struct Bench {
    skyvern: Target,
    service: Target,
    profile: Profile,
    jobs: usize,
    suites: Vec<Suite>,
    server: Server,
}

impl Bench {
    /// Reads the built-in documents.
    ///
    /// # Errors
    /// If a built-in document cannot be read.
    pub fn new(profile: Profile, jobs: usize) -> Result<Self, SetupError> {
        Ok(Self {
            skyvern: target(Server::Skyvern)?,
            service: target(Server::CredentialService)?,
            profile,
            jobs,
            suites: Vec::new(),
            server: Server::Skyvern,
        })
    }

    /// Takes this server where no defect is named.
    #[must_use]
    pub fn of_server(mut self, server: Server) -> Self {
        self.server = server;
        self
    }

    /// Makes everything the plan of these suites only.
    #[must_use]
    pub fn of_suites(mut self, suites: &[Suite]) -> Self {
        self.suites = suites.to_vec();
        self
    }

    /// Tries one defect, or the correct server.
    ///
    /// # Errors
    /// If the server cannot be started.
    pub async fn trial(
        &self,
        defect: Option<&'static Defect>,
        seed: Seed,
        extent: Extent,
    ) -> Result<Outcome, SetupError> {
        let started = Instant::now();
        let kind = defect.map_or(self.server, Server::of);
        let bridge = (kind == Server::Bridged).then(bridge).transpose()?;
        let vault = bridge.as_ref().map(|bridge| bridge.vault(VAULT_TIMEOUT));
        let config = Config::new(kind, 0, None, defect.as_slice());
        let log = defect
            .filter(|defect| log::holds(defect))
            .map(|_| TemporaryFile::new());
        let log = log
            .transpose()
            .map_err(|error| SetupError::could_not_test(format!("no log: {error}")))?;
        let config = config.logging(log.as_ref().map(|log| log.path.clone()));
        let server = Embedded::start(config.behind(vault))
            .map_err(|error| SetupError::could_not_test(error.to_string()))?;
        let of_kind = match kind {
            Server::CredentialService => &self.service,
            Server::Skyvern | Server::Bridged => &self.skyvern,
        };
        let mut target = of_kind.at(base(server.url())?);
        if bridge.is_some() {
            target.bridged = Bridged::ByDefault;
        }
        let target = Arc::new(target);
        let transport = Transport::new(
            target.base.clone(),
            target.auth.clone(),
            Some(server.key().clone()),
            self.options(),
        )
        .map_err(|error| SetupError::could_not_test(error.to_string()))?;
        let wanted = defect
            .filter(|_| extent == Extent::UntilFound)
            .and_then(|defect| check::find(defect.check));
        let suites = match (kind, &wanted) {
            // The other suites say nothing of the service behind a server.
            (Server::Bridged, Some(_)) => vec![Suite::Bridge],
            (Server::Bridged, None) if self.suites.is_empty() => vec![Suite::Bridge],
            (_, Some(_)) => Suite::ALL.to_vec(),
            (_, None) => self.suites.clone(),
        };
        let only = wanted.and_then(|check| Pattern::new(check.id).ok());
        let selection = Selection {
            suites,
            only: only.into_iter().collect(),
            ..Selection::default()
        };
        let budget = Budget {
            shrink: 0,
            ..self.profile.budget()
        };
        let mut cases = plan::make(&target, &budget, &selection);
        // The check's own cases show it soonest.
        cases.sort_by_key(|case| Some(case.check) != wanted);
        let context =
            Arc::new(Context::new(target, transport, seed, budget, selection).with_bridge(bridge));
        if let Some(log) = &log {
            let followed = context.watch.follow(&log.path);
            followed.map_err(|error| SetupError::could_not_test(format!("no log: {error}")))?;
        }
        let mut outcome = Outcome {
            defect,
            found: BTreeMap::new(),
            problems: Vec::new(),
            requests: 0,
            left: 0,
            elapsed: Duration::ZERO,
        };
        let mut running = stream::iter(cases.iter().enumerate())
            .map(|(number, case)| {
                let context = &context;
                async move {
                    let verdict = case.property.run(case, Scope(number), context).await;
                    if verdict.stopped.is_none() {
                        context.clean(Some(Scope(number))).await;
                    }
                    (case, verdict)
                }
            })
            .buffer_unordered(self.jobs.max(1));
        while let Some((case, verdict)) = running.next().await {
            for failure in verdict.failures {
                let violation = failure.violation;
                outcome
                    .found
                    .entry(violation.check.id)
                    .or_insert_with(|| format!("{}: {}", case.id, violation.summary));
            }
            let of_case = |problem| format!("{}: {problem}", case.id);
            outcome
                .problems
                .extend(verdict.problems.into_iter().map(of_case));
            let is_wanted = |check: &'static Check| outcome.found.contains_key(check.id);
            if wanted.is_some_and(is_wanted) {
                context.stop(StopReason::EnoughFailures);
                break;
            }
        }
        drop(running);
        if let Some((_, verdict)) = after::case(&context, cases.len()) {
            for failure in verdict.failures {
                let violation = failure.violation;
                outcome
                    .found
                    .entry(violation.check.id)
                    .or_insert(violation.summary);
            }
        }
        server.leave();
        outcome.requests = context.requests();
        outcome.left = context.ledger.open(None).len();
        outcome.elapsed = started.elapsed();
        Ok(outcome)
    }

    fn options(&self) -> TransportOptions {
        TransportOptions {
            timeout: TIMEOUT,
            max_body: MAX_BODY,
            retries: 0,
            in_flight: self.jobs.max(1) * IN_FLIGHT,
            rate: None,
            headers: Vec::new(),
            proxy: None,
            tls: TlsOptions {
                authorities: Vec::new(),
                identity: None,
                insecure: false,
            },
        }
    }
}

/// A file that is gone with this.
struct TemporaryFile {
    path: PathBuf,
}

impl TemporaryFile {
    fn new() -> io::Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("conformance-{}-{number}.log", std::process::id());
        let path = std::env::temp_dir().join(name);
        File::create_new(&path)?;
        Ok(Self { path })
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        // Nobody needs it; the system clears its folder too.
        let _ = fs::remove_file(&self.path);
    }
}

/// What `server` is held against.
fn target(server: Server) -> Result<Target, SetupError> {
    let settings = ServerSettings {
        target: server.target(),
        ..ServerSettings::embedded()
    };
    let document =
        document::load(&settings).map_err(|error| SetupError::usage(error.to_string()))?;
    let base = base("http://127.0.0.1")?;
    Ok(setup::target_at(settings.target, document, base, true))
}

fn base(url: &str) -> Result<BaseUrl, SetupError> {
    url.parse()
        .map_err(|error: crate::target::BaseUrlError| SetupError::could_not_test(error.to_string()))
}

/// A credential service for one trial.
fn bridge() -> Result<Bridge, SetupError> {
    Bridge::start(bridge::Config {
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        token: Secret::new("the token of the self-test".to_owned()),
        patience: TIMEOUT,
    })
    .map_err(|error| SetupError::could_not_test(error.to_string()))
}

/// The defects and benign variations of all reference servers.
pub fn defects() -> Vec<&'static Defect> {
    Server::ALL.into_iter().flat_map(Server::defects).collect()
}
