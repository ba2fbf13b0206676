//! Where the service keeps credentials: what it asks of a store, and one in memory.

pub mod durable;

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Mutex, PoisonError};

use futures_util::future::{self, BoxFuture, FutureExt as _};

use super::credential::Credential;

/// Keeps credentials under the ids that the service draws. Ids are compared byte for byte.
pub trait Store: Send + Sync {
    /// Keeps `credential` under `id`, which was never used before. The service tells its client so
    /// once this is done: from then on a crash must not lose it.
    fn create<'a>(
        &'a self,
        id: &'a str,
        credential: Credential,
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// What is kept under `id`.
    fn read<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<Credential>, StoreError>>;

    /// Forgets what is kept under `id`, if anything is.
    fn delete<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), StoreError>>;
}

/// A store that cannot do its work; the client is told no more than that.
#[derive(Debug, thiserror::Error)]
#[error("the store failed")]
pub struct StoreError(#[source] pub Box<dyn Error + Send + Sync>);

/// Keeps credentials for as long as the process runs.
#[derive(Default)]
pub struct Memory(Mutex<HashMap<String, Credential>>);

impl Memory {
    fn with<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut HashMap<String, Credential>) -> T,
    ) -> BoxFuture<'static, Result<T, StoreError>> {
        // Nothing that holds the lock can panic half-way through a change.
        let mut credentials = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        future::ready(Ok(act(&mut credentials))).boxed()
    }
}

impl Store for Memory {
    fn create<'a>(
        &'a self,
        id: &'a str,
        credential: Credential,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.with(|all| drop(all.insert(id.to_owned(), credential)))
    }

    fn read<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<Credential>, StoreError>> {
        self.with(|all| all.get(id).cloned())
    }

    fn delete<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        self.with(|all| drop(all.remove(id)))
    }
}
