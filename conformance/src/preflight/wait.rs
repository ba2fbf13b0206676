//! `--wait`: a server that is still starting is asked again until it answers, or the time is up.

use std::{collections::BTreeSet, time::Duration};

use tokio::time::Instant;

use super::{no_answer, reads};
use crate::{
    exchange::{Exchange, TransportError},
    setup::SetupError,
    target::Target,
    transport::Transport,
};

/// The first pause between two tries; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Waits at most `limit` until the server answers. `tell` is given one line, and only if it has to be
/// waited for.
///
/// # Errors
/// If it is still starting when the time is up.
pub(crate) async fn until_started(
    target: &Target,
    transport: &Transport,
    limit: Duration,
    tell: &dyn Fn(&str),
) -> Result<(), SetupError> {
    let Some(probe) = reads(target, &BTreeSet::new()).into_iter().next() else {
        return Ok(());
    };
    let url = target.base.as_str();
    let end = Instant::now() + limit;
    let mut pause = FIRST_PAUSE;
    let mut told = false;
    loop {
        // A connection that is taken and not served is one more try, not the whole time.
        let sending = transport.send(probe.clone());
        let Ok(exchange) = tokio::time::timeout_at(end, sending).await else {
            let limit = humantime::format_duration(limit);
            let message = format!("{url} gave no whole answer within {limit}");
            return Err(SetupError::could_not_test(message));
        };
        let Some(why) = is_starting(&exchange) else {
            return Ok(());
        };
        if !told {
            let limit = humantime::format_duration(limit);
            tell(&format!("up to {limit} for {url}: {why}"));
            told = true;
        }
        if Instant::now() + pause >= end {
            return Err(match &exchange.outcome {
                Err(error) => no_answer(url, error),
                Ok(_) => SetupError::could_not_test(format!("{url} goes on answering: {why}")),
            }
            .hint(format!(
                "it was waited for {}: --wait",
                humantime::format_duration(limit)
            )));
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Why the server seems to be starting still: nobody listens, a proxy in front of it takes
/// connections and drops them, or says that nobody is behind it.
fn is_starting(exchange: &Exchange) -> Option<String> {
    match &exchange.outcome {
        Err(
            error @ (TransportError::Connect(_)
            | TransportError::Closed
            | TransportError::Timeout(_)),
        ) => Some(error.to_string()),
        Ok(response) if matches!(response.status, 502..=504) => {
            Some(format!("it answers {}", response.status))
        }
        _ => None,
    }
}
