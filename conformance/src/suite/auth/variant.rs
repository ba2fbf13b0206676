//! An operation with something other than the right key.

use std::sync::Arc;

use futures_util::future::{FutureExt, LocalBoxFuture};
use serde::{Deserialize, Serialize};

use crate::{
    case::Property,
    check::{AUT001, AUT004, AUT005, AUT007, AUT010, Check, access, seen},
    exchange::{Auth, Credential, Exchange},
    finding::Judgement,
    session::{Session, Stop},
    suite::sample::{Sample, create_existing},
    target::Target,
};

/// What stands in the place of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Key {
    Missing,
    Empty,
    Blank,
    Wrong,
    WithoutLast,
    WithoutFirst,
    Lengthened,
    OtherCase,
    InQuery,
    AsBearer,
    InCookie,
    Canary,
}

impl Key {
    pub(super) fn auth(self) -> Auth {
        Auth::Instead(match self {
            Self::Missing => return Auth::None,
            Self::Empty => Credential::Empty,
            Self::Blank => Credential::Blank,
            Self::Wrong => Credential::Wrong,
            Self::WithoutLast => Credential::WithoutLast,
            Self::WithoutFirst => Credential::WithoutFirst,
            Self::Lengthened => Credential::Lengthened,
            Self::OtherCase => Credential::OtherCase,
            Self::InQuery => Credential::InQuery,
            Self::AsBearer => Credential::AsBearer,
            Self::InCookie => Credential::InCookie,
            Self::Canary => super::canary(),
        })
    }

    fn words(self) -> &'static str {
        match self {
            Self::Missing => "no key",
            Self::Empty => "an empty key",
            Self::Blank => "a blank key",
            Self::Wrong | Self::Canary => "a wrong key",
            Self::WithoutLast => "a key that lacks its last character",
            Self::WithoutFirst => "a key that lacks its first character",
            Self::Lengthened => "a key that is one character too long",
            Self::OtherCase => "the key in other letters of case",
            Self::InQuery => "the key in the query",
            Self::AsBearer => "the key as a bearer token",
            Self::InCookie => "the key in a cookie",
        }
    }
}

/// One operation with each of some keys.
pub(super) struct Variants {
    pub(super) check: &'static Check,
    pub(super) sample: Arc<Sample>,
    pub(super) target: Arc<Target>,
    pub(super) keys: Vec<Key>,
}

impl Variants {
    /// The key whose acceptance would explain that of others.
    fn cause(&self) -> Option<Key> {
        if self.check == &AUT001 || self.check == &AUT010 || self.check == &AUT007 {
            None
        } else if self.check == &AUT004 || self.check == &AUT005 {
            Some(Key::Wrong)
        } else {
            Some(Key::Missing)
        }
    }
}

impl Property for Variants {
    type Input = Key;

    fn coverage(&self) -> Vec<Key> {
        self.keys.clone()
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a Key,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        async move {
            let Some(existing) = create_existing(session, &self.sample.operation).await? else {
                return Ok(());
            };
            let request = self.sample.request(&existing, &session.unique_name());
            let asked = session
                .send(request.clone().auth(input.auth()).tag("asked"))
                .await?;
            if matches!(asked.status(), Some(401 | 403)) {
                return Ok(());
            }
            if let Some(cause) = self.cause() {
                // What was done cannot always be done again: there is nothing left to delete.
                let fresh = create_existing(session, &self.sample.operation).await?;
                let request = self
                    .sample
                    .request(&fresh.unwrap_or(existing), &session.unique_name());
                session
                    .send(request.auth(cause.auth()).tag("cause"))
                    .await?;
            }
            if !asked.is_success() {
                session.send(request.tag("baseline")).await?;
            }
            Ok(())
        }
        .boxed_local()
    }

    fn judge(&self, input: &Key, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        let Some(asked) = seen::tagged(exchanges, "asked") else {
            return;
        };
        let Some(response) = asked.response().filter(|one| !one.is_server_error()) else {
            return;
        };
        let baseline = seen::tagged(exchanges, "baseline");
        if self.check == &AUT010 {
            return judgement.settle(&AUT010, access::quoted(asked, response, super::CANARY));
        }
        let explained = seen::tagged(exchanges, "cause")
            .and_then(|cause| access::let_in(cause, baseline))
            .unwrap_or(false);
        if explained {
            return;
        }
        if self.check == &AUT007 {
            if access::let_in(asked, baseline) == Some(false) {
                let violation =
                    access::documented(&self.target, &self.sample.operation, asked, response);
                judgement.settle(&AUT007, violation);
            }
            return;
        }
        if let Some(outcome) = access::refused(self.check, asked, baseline, input.words()) {
            judgement.settle(self.check, outcome.err());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::AUT003;

    #[test]
    fn near_keys_are_explained_by_any_wrong_key() {
        assert!(AUT004.follows.contains(&AUT003.id));
        assert!(AUT005.follows.contains(&AUT003.id));
    }
}
