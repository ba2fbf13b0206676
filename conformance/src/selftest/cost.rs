//! What the runner itself costs: the processor time of a run beside that of a bare client that sends
//! the same requests.

use std::{sync::Arc, time::Duration};

use futures_util::stream::{self, StreamExt};

use super::{Bench, IN_FLIGHT, base};
use crate::{
    embedded::{Config, Embedded},
    ledger::Scope,
    plan::{self, Selection},
    reference::Server,
    run::Context,
    seed::Seed,
    setup::SetupError,
    target::Target,
    transport::{Transport, client_for},
};

/// The processor time of the thread, each part of it.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// How many requests the run sent.
    pub requests: u64,
    /// To read the schemas and to list the cases.
    pub planning: Duration,
    /// To draw inputs, send, and judge what comes back.
    pub running: Duration,
    /// How many of the requests a bare client can send as they are.
    pub bare_requests: usize,
    /// To send these and to read the answers, and nothing else.
    pub bare: Duration,
}

impl Bench {
    /// Runs the plan against a correct server, and sends the same again without a thought. `clock`
    /// tells the processor time of this thread; the server has a thread of its own.
    ///
    /// # Errors
    /// If a server or a client cannot be started.
    pub async fn cost(&self, seed: Seed, clock: impl Fn() -> Duration) -> Result<Cost, SetupError> {
        // Once for the copies, which cost something, and once for the time.
        let (copies, _, planning, _) = self.pass(seed, Copies::Kept, &clock).await?;
        let (_, requests, _, running) = self.pass(seed, Copies::None, &clock).await?;
        let bare_requests = copies.len();
        let started = clock();
        self.bare(copies).await?;
        Ok(Cost {
            requests,
            planning,
            running,
            bare_requests,
            bare: clock().saturating_sub(started),
        })
    }

    async fn pass(
        &self,
        seed: Seed,
        copies: Copies,
        clock: &impl Fn() -> Duration,
    ) -> Result<(Vec<reqwest::Request>, u64, Duration, Duration), SetupError> {
        let (server, target, mut transport) = self.reach()?;
        if copies == Copies::Kept {
            transport.keep_copies();
        }
        let started = clock();
        let selection = Selection {
            suites: self.suites.clone(),
            ..Selection::default()
        };
        let budget = self.profile.budget();
        let cases = plan::make(&target, &budget, &selection);
        let planned = clock();
        let context = Arc::new(Context::new(target, transport, seed, budget, selection));
        stream::iter(cases.iter().enumerate())
            .map(|(number, case)| {
                let context = &context;
                async move {
                    case.property.run(case, Scope(number), context).await;
                    context.clean(Some(Scope(number))).await;
                }
            })
            .buffer_unordered(self.jobs.max(1))
            .collect::<()>()
            .await;
        let done = clock();
        server.leave();
        Ok((
            context.transport.take_copies(),
            context.requests(),
            planned.saturating_sub(started),
            done.saturating_sub(planned),
        ))
    }

    /// A correct server, and what reaches it.
    fn reach(&self) -> Result<(Embedded, Arc<Target>, Transport), SetupError> {
        let failed = |error: &dyn std::fmt::Display| SetupError::could_not_test(error.to_string());
        let server = Embedded::start(Config::new(Server::Skyvern, 0, None, &[]))
            .map_err(|error| failed(&error))?;
        let base = base(server.url())?;
        let target = Arc::new(self.skyvern.at(base.clone()));
        let key = Some(server.key().clone());
        let transport = Transport::new(base, target.auth.clone(), key, self.options())
            .map_err(|error| failed(&error))?;
        Ok((server, target, transport))
    }

    /// Sends `requests` to a correct server and reads the answers.
    async fn bare(&self, requests: Vec<reqwest::Request>) -> Result<(), SetupError> {
        let (server, ..) = self.reach()?;
        let failed = |error: &dyn std::fmt::Display| SetupError::could_not_test(error.to_string());
        let url = reqwest::Url::parse(server.url()).map_err(|error| failed(&error))?;
        let client = client_for(server.url())
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .tcp_nodelay(true)
            .build()
            .map_err(|error| failed(&error))?;
        let key = reqwest::header::HeaderValue::from_str(server.key().expose());
        let key = key.map_err(|error| failed(&error))?;
        stream::iter(requests)
            .map(|mut request| {
                // The same but for the server and its key.
                let _ = request.url_mut().set_port(url.port());
                if let Some(sent) = request.headers_mut().get_mut("x-api-key") {
                    *sent = key.clone();
                }
                let client = &client;
                async move {
                    // An odd request may be answered by hanging up.
                    if let Ok(answer) = client.execute(request).await {
                        let _ = answer.bytes().await;
                    }
                }
            })
            .buffer_unordered(self.jobs.max(1) * IN_FLIGHT)
            .collect::<()>()
            .await;
        server.leave();
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Copies {
    Kept,
    None,
}
