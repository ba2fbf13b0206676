//! Judges what a request gets that no polite client sends: an answer at all, in time, that does not
//! say that the server failed.

use super::{ROB016, ROB017, ROB018, ROB019, answer::excerpt, seen::Seen};
use crate::{
    exchange::{Response, TransportError},
    finding::{Judgement, Place, Violation},
};

/// Whether 501 is an answer like another: to a method that the server does not know it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Known,
    Unknown,
}

/// Judges ROB016, ROB017 and ROB018; gives back the answer if there is one to judge further.
pub(crate) fn survived<'a>(
    seen: Seen<'a>,
    method: Method,
    what: &str,
    judgement: &mut Judgement,
) -> Option<&'a Response> {
    let fail = |check, summary: String, evidence: String| {
        Violation::new(check, seen.number, Place::Connection, summary).evidence(evidence)
    };
    let response = match &seen.exchange.outcome {
        Ok(response) => response,
        Err(error @ TransportError::Timeout(_)) => {
            let summary = format!("{what} is not answered in time");
            judgement.fail(fail(&ROB016, summary, error.to_string()));
            return None;
        }
        Err(error @ (TransportError::Closed | TransportError::Malformed(_))) => {
            let summary = format!("{what} closes the connection without an answer");
            judgement.fail(fail(&ROB017, summary, error.to_string()));
            return None;
        }
        Err(_) => return None,
    };
    judgement.pass(&ROB016);
    judgement.pass(&ROB017);
    let allowed = method == Method::Unknown && response.status == 501;
    if response.is_server_error() && !allowed {
        let summary = format!("{what} is answered {}", response.status);
        judgement.fail(
            Violation::new(&ROB018, seen.number, Place::Status, summary)
                .evidence(excerpt(response)),
        );
        return None;
    }
    judgement.pass(&ROB018);
    Some(response)
}

/// Whether a plain request after a malformed one is answered as one before it would be.
pub(crate) fn answers_afterwards(seen: Seen<'_>, what: &str) -> Option<Violation> {
    let summary = match &seen.exchange.outcome {
        Ok(response) if response.is_server_error() => {
            format!(
                "after {what} a good request is answered {}",
                response.status
            )
        }
        Ok(_) => return None,
        Err(error) => format!("after {what} a good request gets no answer: {error}"),
    };
    let place = Place::Connection;
    Some(Violation::new(&ROB019, seen.number, place, summary))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;
    use crate::exchange::{Exchange, Request};

    fn judged(outcome: Result<u16, TransportError>) -> (Vec<&'static str>, Option<u16>) {
        let exchange = Exchange {
            request: Request::new("POST", "/things"),
            outcome: outcome
                .map(|status| Response::new(status, "HTTP/1.1", Vec::new(), Bytes::new(), false)),
            began: None,
            elapsed: Duration::ZERO,
        };
        let seen = Seen {
            number: 0,
            exchange: &exchange,
        };
        let mut judgement = Judgement::default();
        let answer = survived(seen, Method::Known, "it", &mut judgement);
        let failed = judgement.violations().iter().map(|one| one.check.id);
        (failed.collect(), answer.map(|answer| answer.status))
    }

    #[test]
    fn each_way_of_not_answering_has_its_check() {
        assert_eq!(judged(Ok(422)), (vec![], Some(422)));
        assert_eq!(judged(Ok(500)), (vec!["ROB018"], None));
        assert_eq!(judged(Err(TransportError::Closed)), (vec!["ROB017"], None));
        let late = TransportError::Timeout(Duration::from_secs(1));
        assert_eq!(judged(Err(late)), (vec!["ROB016"], None));
    }
}
