//! The log of a server: a line of JSON for each request that was answered.
//!
//! What a request carried has no place in it; the defects here write it all the same.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Mutex;

use axum::http::StatusCode;
use data_encoding::HEXLOWER;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::flawed::leak::Asked;
use super::flawed::{Flaw, Flaws};
use super::{clock, locked};
use crate::reference::Defect;

/// Whether `defect` shows in the log and nowhere else.
pub fn holds(defect: &Defect) -> bool {
    ["body-logged", "refusal-logged", "body-digest-logged"].contains(&defect.name)
}

/// A file that lines are appended to.
pub(super) struct Log(Mutex<File>);

impl Log {
    /// Opens the file at `path`, or makes it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        Ok(Self(Mutex::new(file)))
    }

    /// Writes the line of a request that is answered with `status`.
    pub(super) fn write(&self, flaws: &Flaws, asked: &Asked, status: StatusCode) {
        let body = asked.heard();
        let mut line = json!({
            "time": clock::now(),
            "method": asked.method().as_str(),
            "path": asked.path(),
            "status": status.as_u16(),
        });
        if flaws.has(Flaw::BodyLogged) {
            line["body"] = json!(String::from_utf8_lossy(&body));
        }
        if flaws.has(Flaw::RefusalLogged) && status.is_client_error() {
            line["error"] = json!(format!(
                "cannot accept {:?}",
                String::from_utf8_lossy(&body)
            ));
        }
        if flaws.has(Flaw::BodyDigestLogged) {
            line["digest"] = json!(HEXLOWER.encode(&Sha256::digest(&body)));
        }
        // A server whose disk is full goes on answering.
        let _ = writeln!(locked(&self.0), "{line}");
    }
}
