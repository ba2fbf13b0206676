//! Judges what a server asks of the credential service behind it, and what it makes of the answers.
//!
//! The exchanges are of two kinds, told apart by their tags. `STEP/NAME/alone`, `together` and
//! `refused` are requests of the runner to the API, about the credential of that name; `STEP/NAME/service`
//! and `elsewhere` are calls that the server made meanwhile, with what the runner answered. All calls
//! of a step stand behind its requests.

mod call;
mod form;
mod model;
mod values;

use std::sync::Arc;

use call::{Call, Place as Origin};
use model::Model;
use spec::Pointer;

use crate::{
    check::{BRI026, BRI027},
    exchange::Exchange,
    finding::{Judgement, Place, Violation},
    suite::credentials::Credentials,
};

/// A request to the API, as its tag describes it.
#[derive(Clone, Copy, Debug)]
struct Asked<'a> {
    number: usize,
    exchange: &'a Exchange,
    name: &'a str,
    manner: Manner,
}

/// How a request was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Alone,
    Together,
    /// The API is to refuse it.
    Refused,
}

/// What happened in one step.
#[derive(Default)]
struct Step<'a> {
    asked: Vec<Asked<'a>>,
    calls: Vec<Call<'a>>,
}

/// Judges all checks of the suite but [`BRI026`], of which only a pass is said here: the session
/// searches every answer for secrets. `token` is the one of the service.
pub(crate) fn judge(
    api: &Credentials,
    token: Option<&str>,
    exchanges: &[Arc<Exchange>],
    judgement: &mut Judgement,
) {
    let mut model = Model::new(api);
    for step in steps(exchanges) {
        for call in &step.calls {
            form::judge(call, judgement);
        }
        for asked in &step.asked {
            contained(token, asked, judgement);
            model.judge(asked, &step, judgement);
        }
    }
}

fn steps(exchanges: &[Arc<Exchange>]) -> Vec<Step<'_>> {
    let mut steps: Vec<(&str, Step<'_>)> = Vec::new();
    for (number, exchange) in exchanges.iter().enumerate() {
        let mut parts = exchange.request.tag.splitn(3, '/');
        let (Some(step), Some(name), Some(manner)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        if steps.last().is_none_or(|(last, _)| *last != step) {
            steps.push((step, Step::default()));
        }
        let Some((_, step)) = steps.last_mut() else {
            continue;
        };
        let mut ask = |manner| {
            step.asked.push(Asked {
                number,
                exchange,
                name,
                manner,
            });
        };
        match manner {
            "alone" => ask(Manner::Alone),
            "together" => ask(Manner::Together),
            "refused" => ask(Manner::Refused),
            "service" => step
                .calls
                .push(Call::new(number, exchange, name, Origin::Service)),
            _ => step
                .calls
                .push(Call::new(number, exchange, name, Origin::Elsewhere)),
        }
    }
    steps.into_iter().map(|(_, step)| step).collect()
}

/// Whether the token comes out of the API.
fn contained(token: Option<&str>, asked: &Asked<'_>, judgement: &mut Judgement) {
    let Some(response) = asked.exchange.response() else {
        return;
    };
    judgement.pass(&BRI026);
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return;
    };
    let holds = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        text.contains(token)
    };
    let header = response.headers.iter().find(|(_, value)| holds(value));
    let place = match header {
        Some((name, _)) => Some(Place::Header(name.clone())),
        None => holds(&response.body).then(|| Place::Body(Pointer::root())),
    };
    let violation = place.map(|place| {
        let summary = format!(
            "the token of the service comes back in the answer to {}",
            asked.word()
        );
        Violation::new(&BRI027, asked.number, place, summary)
    });
    judgement.settle(&BRI027, violation);
}

impl Asked<'_> {
    /// What was asked, for a person.
    fn word(&self) -> String {
        let request = &self.exchange.request;
        format!("{} {}", request.method, request.template)
    }

    fn succeeded(&self) -> bool {
        self.exchange.is_success()
    }
}

#[cfg(test)]
mod tests;
