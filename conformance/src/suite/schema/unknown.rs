//! A request for something that does not exist: refused with an error of the right shape.

use std::sync::Arc;

use futures_util::future::{FutureExt, LocalBoxFuture};

use crate::{
    case::Property,
    check::{SCH010, answer, refusal, seen},
    exchange::Exchange,
    finding::Judgement,
    session::{Session, Stop},
    suite::sample::{Existing, Sample, resource},
    target::Target,
};

/// An operation with ids that nobody gave out.
pub(super) struct Unknown {
    target: Arc<Target>,
    sample: Arc<Sample>,
    ids: Existing,
}

impl Unknown {
    /// `None` if the operation concerns nothing that can be created.
    pub(super) fn of(target: &Arc<Target>, sample: &Arc<Sample>) -> Option<Self> {
        let operation = &sample.operation;
        let ids: Existing = operation
            .path_variables()
            .filter(|variable| resource(target, operation, variable).is_some())
            .map(|variable| (variable.to_owned(), "cred_000000000000000001".to_owned()))
            .collect();
        (!ids.is_empty()).then(|| Self {
            target: Arc::clone(target),
            sample: Arc::clone(sample),
            ids,
        })
    }
}

impl Property for Unknown {
    type Input = ();

    fn coverage(&self) -> Vec<()> {
        vec![()]
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        _input: &'a (),
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        let request = self.sample.request(&self.ids, &session.unique_name());
        async move { session.send(request.tag("asked")).await.map(drop) }.boxed_local()
    }

    fn judge(&self, _input: &(), exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        let Some(asked) = seen::tagged(exchanges, "asked") else {
            return;
        };
        let operation = &self.sample.operation;
        answer::judge(&self.target, operation, asked, judgement);
        if let Some(response) = asked.response().filter(|one| one.is_refusal()) {
            let shape = refusal::shape(&self.target, operation, asked, response);
            judgement.settle(&SCH010, shape);
        }
    }
}
