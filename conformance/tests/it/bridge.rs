//! The runner as the credential service behind a Skyvern server, and a service that forgets nothing.

use std::fs;

use crate::cli::command;

mod durable;
mod listening;
mod vault;

/// A file with this text that its owner alone can read.
fn private(directory: &std::path::Path, name: &str, text: &str) -> String {
    let path = directory.join(name);
    fs::write(&path, text).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    path.to_str().unwrap().to_owned()
}
