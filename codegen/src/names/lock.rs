//! The committed lock of names: what was decided once stays.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Rust names by pointer into the document. Entries do not change; new ones are appended, and a name
/// whose node is gone is kept so that it means the same thing if the node comes back.
///
/// Schemas in place that are the same type have one name. Where they come apart, most of them keep
/// it and the entries of the others change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameLock {
    /// Schema → `module::Name`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<String, String>,
    /// Operation → method of the client.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub operations: BTreeMap<String, String>,
    /// Branch of a union, or value of an enum whose name depends on its siblings → variant;
    /// of a shared type under one of its schemas.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variants: BTreeMap<String, String>,
}

/// Why a lock cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// It is no YAML of the expected form.
    #[error("read the lock of names: {0}")]
    Syntax(#[from] serde_yaml::Error),
    /// A name in it is none in Rust.
    #[error("the lock of names gives `{pointer}` the name `{name}`, which is no Rust identifier")]
    Identifier {
        /// The entry.
        pointer: String,
        /// What it says.
        name: String,
    },
}

impl NameLock {
    /// Reads a lock. An empty text is an empty lock.
    ///
    /// # Errors
    /// If the text is no lock, or names something what Rust cannot.
    pub fn read(text: &str) -> Result<Self, LockError> {
        if text
            .lines()
            .all(|line| line.trim().is_empty() || line.starts_with('#'))
        {
            return Ok(Self::default());
        }
        let lock: Self = serde_yaml::from_str(text)?;
        for (pointer, path) in [&lock.types, &lock.operations, &lock.variants]
            .into_iter()
            .flatten()
        {
            if !path.split("::").all(super::reserved::is_identifier) {
                return Err(LockError::Identifier {
                    pointer: pointer.clone(),
                    name: path.clone(),
                });
            }
        }
        Ok(lock)
    }

    /// The lock as YAML, each part sorted by pointer.
    pub fn write(&self) -> String {
        let header = "# Names that generated code has had: entries are added, never changed.\n";
        // A map of strings has no form that YAML cannot take.
        let body = serde_yaml::to_string(self).unwrap_or_default();
        format!("{header}{body}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let mut lock = NameLock::default();
        lock.types
            .insert("/components/schemas/a~1b".into(), "common::AB".into());
        lock.operations
            .insert("/paths/~1x/get".into(), "r#move".into());
        assert_eq!(NameLock::read(&lock.write()).unwrap(), lock);
        assert_eq!(NameLock::read("").unwrap(), NameLock::default());
        assert_eq!(
            NameLock::read(&NameLock::default().write()).unwrap(),
            NameLock::default()
        );
    }

    #[test]
    fn refuses_what_rust_refuses() {
        let error = NameLock::read("types: {/a: 'common::2fa'}").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the lock of names gives `/a` the name `common::2fa`, which is no Rust identifier"
        );
        assert!(NameLock::read("typos: {}").is_err());
    }
}
