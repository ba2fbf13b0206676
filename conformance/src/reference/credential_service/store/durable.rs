//! Keeps credentials in a database in one file, each encrypted under a key that is not in it.
//!
//! [redb](https://www.redb.org) writes pages aside, flushes them to the disk, and only then moves
//! the root: a process that is killed leaves the last commit or the one before it, never half of
//! one. A create is answered after its commit. XChaCha20-Poly1305 encrypts each credential under a
//! random nonce, long enough that none is drawn twice, and binds it to its id: a record that is
//! changed, or moved to another id, cannot be read. The ids stand in the open; they are random.

mod key;

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead as _, Generate as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use futures_util::future::{BoxFuture, FutureExt as _};
use redb::backends::FileBackend;
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};
use serde_json::Value;
use zeroize::Zeroizing;

pub use self::key::{Key, KeyError};
use super::{Credential, Store, StoreError};

/// Credentials by id: a nonce, and what it encrypts.
const CREDENTIALS: TableDefinition<&str, &[u8]> = TableDefinition::new("credentials");
/// What is known of the file as a whole.
const META: TableDefinition<&str, &[u8]> = TableDefinition::new("meta");
/// Encrypted like a credential, so that a wrong key is known before anything is lost with it.
const KEY_CHECK: &str = "key";
/// What is bound to every record beside its id; another layout takes another one.
const LAYOUT: &[u8] = b"skyvern credential service, layout 1\0";
const NONCE: usize = 24;

/// Why a database is not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no such file and none can be made, or somebody else holds it.
    #[error("{0}")]
    File(#[from] io::Error),
    /// Somebody beside its owner can read or write it.
    #[error("it can be read or written by others than its owner: `chmod 600` it")]
    Shared,
    /// It is none, or it is held by another process.
    #[error("it cannot be opened: {0}")]
    Database(#[source] Box<redb::Error>),
    /// It was made with another key.
    #[error("it was made with another key")]
    WrongKey,
}

/// A database of credentials.
pub struct Durable(Arc<Inner>);

struct Inner {
    database: Database,
    cipher: XChaCha20Poly1305,
}

/// What went wrong with a record.
#[derive(Debug, thiserror::Error)]
enum RecordError {
    #[error(transparent)]
    Database(#[from] Box<redb::Error>),
    #[error("a record does not belong to its id and key")]
    Forged,
}

impl Durable {
    /// Opens the database at `path`, or makes it. What a process that was killed left half-done is
    /// undone.
    ///
    /// # Errors
    /// If the file cannot be opened, is no such database, or has another key.
    pub fn open(path: &Path, key: &Key) -> Result<Self, OpenError> {
        let file = private(path)?;
        let backend = FileBackend::new(file).map_err(|error| OpenError::Database(boxed(error)))?;
        let database = redb::Builder::new()
            // A file that somebody damaged is told, and does not end the process.
            .set_check_integrity_on_open(true)
            .create_with_backend(backend)
            .map_err(|error| OpenError::Database(Box::new(error.into())))?;
        let inner = Inner {
            database,
            cipher: XChaCha20Poly1305::new(key.expose().into()),
        };
        inner.check_key()?;
        Ok(Self(Arc::new(inner)))
    }

    /// Does `act` where waiting for the disk holds nobody up.
    fn with<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Inner) -> Result<T, RecordError> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, StoreError>> {
        let inner = Arc::clone(&self.0);
        async move {
            let done = tokio::task::spawn_blocking(move || act(&inner)).await;
            done.map_err(|error| StoreError(error.into()))?
                .map_err(|error| StoreError(error.into()))
        }
        .boxed()
    }
}

impl Inner {
    fn check_key(&self) -> Result<(), OpenError> {
        let failed = OpenError::Database;
        let write = self.database.begin_write().map_err(boxed).map_err(failed)?;
        {
            let mut meta = write.open_table(META).map_err(boxed).map_err(failed)?;
            // So that a read of a new database finds a table.
            write
                .open_table(CREDENTIALS)
                .map_err(boxed)
                .map_err(failed)?;
            let known = meta.get(KEY_CHECK).map_err(boxed).map_err(failed)?;
            let known = known.map(|record| record.value().to_vec());
            if let Some(record) = known {
                self.decrypt(KEY_CHECK, &record)
                    .map_err(|_| OpenError::WrongKey)?;
            } else {
                let record = self
                    .encrypt(KEY_CHECK, b"")
                    .map_err(|_| OpenError::WrongKey)?;
                meta.insert(KEY_CHECK, record.as_slice())
                    .map_err(boxed)
                    .map_err(failed)?;
            }
        }
        write.commit().map_err(boxed).map_err(failed)
    }

    /// A nonce and the ciphertext of `plain`, bound to `id`.
    fn encrypt(&self, id: &str, plain: &[u8]) -> Result<Vec<u8>, RecordError> {
        let nonce = XNonce::generate();
        let aad = bound_to(id);
        let payload = Payload {
            msg: plain,
            aad: &aad,
        };
        let sealed = self.cipher.encrypt(&nonce, payload);
        let sealed = sealed.map_err(|_| RecordError::Forged)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn decrypt(&self, id: &str, record: &[u8]) -> Result<Zeroizing<Vec<u8>>, RecordError> {
        let (nonce, sealed) = record
            .split_first_chunk::<NONCE>()
            .ok_or(RecordError::Forged)?;
        let aad = bound_to(id);
        let payload = Payload {
            msg: sealed,
            aad: &aad,
        };
        let plain = self.cipher.decrypt(&XNonce::from(*nonce), payload);
        plain.map(Zeroizing::new).map_err(|_| RecordError::Forged)
    }

    fn create(&self, id: &str, plain: &[u8]) -> Result<(), RecordError> {
        let record = self.encrypt(id, plain)?;
        let write = self.database.begin_write().map_err(boxed)?;
        write
            .open_table(CREDENTIALS)
            .map_err(boxed)?
            .insert(id, record.as_slice())
            .map_err(boxed)?;
        // Returns once it is on the disk.
        Ok(write.commit().map_err(boxed)?)
    }

    fn read(&self, id: &str) -> Result<Option<Zeroizing<Vec<u8>>>, RecordError> {
        let read = self.database.begin_read().map_err(boxed)?;
        let table = read.open_table(CREDENTIALS).map_err(boxed)?;
        let record = table.get(id).map_err(boxed)?;
        record
            .map(|record| self.decrypt(id, record.value()))
            .transpose()
    }

    fn delete(&self, id: &str) -> Result<(), RecordError> {
        let write = self.database.begin_write().map_err(boxed)?;
        write
            .open_table(CREDENTIALS)
            .map_err(boxed)?
            .remove(id)
            .map_err(boxed)?;
        Ok(write.commit().map_err(boxed)?)
    }
}

fn boxed(error: impl Into<redb::Error>) -> Box<redb::Error> {
    Box::new(error.into())
}

fn bound_to(id: &str) -> Vec<u8> {
    [LAYOUT, id.as_bytes()].concat()
}

/// The file at `path`, made for its owner alone if there is none.
fn private(path: &Path) -> Result<File, OpenError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    if is_shared(&file.metadata()?) {
        return Err(OpenError::Shared);
    }
    Ok(file)
}

/// Whether anybody but the owner may read or write a file. Not known outside Unix.
fn is_shared(metadata: &fs::Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::mode(metadata) & 0o077 != 0;
    #[cfg(not(unix))]
    {
        let _ = metadata;
        false
    }
}

impl Store for Durable {
    fn create<'a>(
        &'a self,
        id: &'a str,
        credential: Credential,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        let id = id.to_owned();
        self.with(move |inner| {
            let plain = Zeroizing::new(credential.to_value().to_string());
            inner.create(&id, plain.as_bytes())
        })
    }

    fn read<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<Credential>, StoreError>> {
        let id = id.to_owned();
        self.with(move |inner| {
            let Some(plain) = inner.read(&id)? else {
                return Ok(None);
            };
            match serde_json::from_slice(&plain) {
                Ok(Value::Object(members)) => Ok(Some(Credential::from_stored(members))),
                _ => Err(RecordError::Forged),
            }
        })
    }

    fn delete<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        let id = id.to_owned();
        self.with(move |inner| inner.delete(&id))
    }
}

#[cfg(test)]
mod tests;
