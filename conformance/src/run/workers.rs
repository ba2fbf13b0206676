//! The threads in which cases run: each takes the next case of the plan when it has room for one. In go
//! the parts of a run, out comes what becomes of their cases, in the order in which it happens.
//!
//! A case stays on one thread. What cases share is behind locks ([`Context`]); all that depends on their
//! order is told by whoever listens.

use std::{
    any::Any,
    io,
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use tokio::{
    runtime,
    sync::{mpsc, watch},
    time::timeout_at,
};

use super::{Context, Part, property::Verdict};
use crate::{case::Case, ledger::Scope};

/// What becomes of the case of that number, counted over all parts.
pub(super) enum News {
    Begun(usize),
    Done(usize, Verdict, Duration),
}

/// What threads say: news, or the words of a panic.
type Said = Result<News, Box<dyn Any + Send>>;

/// The threads at work.
pub(super) struct Workers {
    said: mpsc::UnboundedReceiver<Said>,
    /// Cases are given up once this is dropped.
    going: watch::Sender<()>,
}

/// What threads share.
struct Work {
    parts: Vec<(Arc<Context>, Arc<[Case]>)>,
    next: AtomicUsize,
    say: mpsc::UnboundedSender<Said>,
}

impl Workers {
    /// Begins with the cases of `parts`, `jobs` at the same time, on as many threads as there are
    /// processors at most.
    ///
    /// # Errors
    /// If there is no thread, or no event loop for one.
    pub(super) fn start(parts: &[Part], jobs: usize) -> io::Result<Self> {
        let count: usize = parts.iter().map(|part| part.cases.len()).sum();
        let jobs = jobs.clamp(1, count.max(1));
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let threads = jobs.min(processors);
        let (say, said) = mpsc::unbounded_channel();
        let (going, gone) = watch::channel(());
        let work = Arc::new(Work {
            parts: parts
                .iter()
                .map(|part| (Arc::clone(&part.context), Arc::clone(&part.cases)))
                .collect(),
            next: AtomicUsize::new(0),
            say,
        });
        for number in 0..threads {
            let lanes = (jobs + number) / threads;
            let event_loop = runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let (work, mut gone) = (Arc::clone(&work), gone.clone());
            let body = move || {
                let working = AssertUnwindSafe(|| {
                    event_loop.block_on(async {
                        tokio::select! {
                            biased;
                            _ = gone.changed() => {}
                            _ = join_all((0..lanes).map(|_| work.lane())) => {}
                        }
                    });
                });
                if let Err(panic) = panic::catch_unwind(working) {
                    work.say(Err(panic));
                }
            };
            let spawned = thread::Builder::new()
                .name(format!("cases-{number}"))
                .spawn(body);
            match spawned {
                Ok(_) => {}
                // Those that there are do all of it.
                Err(_) if number > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(Self { said, going })
    }

    /// What happens next; `None` when all is done.
    ///
    /// # Panics
    /// If a case does.
    pub(super) async fn next(&mut self) -> Option<News> {
        Some(news(self.said.recv().await?))
    }

    /// Gives up what is under way, and waits until the threads have left it, `patience` at most: one
    /// that is busy leaves when it is done. What was done and not told yet.
    ///
    /// # Panics
    /// If a case does.
    pub(super) async fn give_up(self, patience: Duration) -> Vec<News> {
        let Self { mut said, going } = self;
        drop(going);
        let mut all = Vec::new();
        let end = Instant::now() + patience;
        while let Ok(Some(one)) = timeout_at(end.into(), said.recv()).await {
            all.push(news(one));
        }
        all
    }
}

/// A case that is to be run.
struct Task<'a> {
    /// Counted over all parts.
    number: usize,
    context: &'a Arc<Context>,
    scope: Scope,
    case: &'a Case,
}

/// A panic goes on where it is listened to.
fn news(said: Said) -> News {
    said.unwrap_or_else(|panic| panic::resume_unwind(panic))
}

impl Work {
    /// One case after another.
    async fn lane(&self) {
        while let Some(Task {
            number,
            context,
            scope,
            case,
        }) = self.take()
        {
            let started = Instant::now();
            if let Err(stop) = context.go_on() {
                let verdict = Verdict {
                    stopped: Some(stop),
                    ..Verdict::default()
                };
                self.say(Ok(News::Done(number, verdict, Duration::ZERO)));
                continue;
            }
            self.say(Ok(News::Begun(number)));
            let verdict = case.property.run(case, scope, context).await;
            if verdict.stopped.is_none() {
                context.clean(Some(scope)).await;
            }
            self.say(Ok(News::Done(number, verdict, started.elapsed())));
        }
    }

    /// The next case, unless all are begun.
    fn take(&self) -> Option<Task<'_>> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut place = number;
        for (context, cases) in &self.parts {
            if let Some(case) = cases.get(place) {
                return Some(Task {
                    number,
                    context,
                    scope: Scope(place),
                    case,
                });
            }
            place -= cases.len();
        }
        None
    }

    fn say(&self, said: Said) {
        // Nobody listens any more when the run was left at once.
        let _ = self.say.send(said);
    }
}
