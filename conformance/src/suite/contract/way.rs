//! The connection test, and the way to the service.

use std::sync::Arc;

use futures_util::future::{FutureExt, LocalBoxFuture};

use super::api::{Api, plain};
use crate::{
    case::{Case, Property},
    check::{CON063, CON064, CON065, Check, answer::excerpt, contract, seen},
    exchange::Exchange,
    finding::{Judgement, Place, Violation},
    session::{Session, Stop},
    target::Target,
};

/// The connection test as one check wants it.
struct Test {
    check: &'static Check,
    api: Arc<Api>,
}

/// The cases: what is said of the URL only if the service is on another machine.
pub(super) fn cases(target: &Target, api: &Arc<Api>) -> Vec<Case> {
    let checks: &[&'static Check] = if target.base.is_loopback() {
        &[&CON063, &CON064]
    } else {
        &[&CON063, &CON064, &CON065]
    };
    checks
        .iter()
        .map(|check| {
            let api = Arc::clone(api);
            Case::new(check, "connection", Test { check, api }).also(&contract::BY_THE_WAY)
        })
        .collect()
}

impl Property for Test {
    type Input = ();

    fn coverage(&self) -> Vec<()> {
        vec![()]
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        _input: &'a (),
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        async move {
            let request = if self.check == &CON064 {
                plain("GET", "/credentials").raw_path("/credentials/")
            } else {
                self.api.test()
            };
            let is_tls = if session.target().base.is_tls() {
                "tls"
            } else {
                "plain"
            };
            session.send(request.tag(is_tls)).await?;
            Ok(())
        }
        .boxed_local()
    }

    fn judge(&self, _input: &(), exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        contract::judge_wire(exchanges, judgement);
        let Some(test) = seen::all(exchanges).next() else {
            return;
        };
        if self.check == &CON065 {
            let violation = (test.exchange.request.tag == "plain").then(|| {
                let summary = "token and secrets cross the network without encryption";
                Violation::new(&CON065, test.number, Place::Connection, summary)
            });
            return judgement.settle(&CON065, violation);
        }
        let Some(response) = test.response().filter(|one| !one.is_server_error()) else {
            return;
        };
        let violation = (!response.is_success()).then(|| {
            let summary = format!("the connection test is answered {}", response.status);
            Violation::new(self.check, test.number, Place::Status, summary)
                .evidence(excerpt(response))
        });
        judgement.settle(self.check, violation);
    }
}
