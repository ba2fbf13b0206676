//! Bodies of several parts (RFC 7578), streamed.

use std::fmt;

use reqwest::multipart::{Form, Part};
use serde::Serialize;
use serde_json::Value;

use crate::transport::Call;

/// A file to upload. Its content is streamed, and so the call is never repeated.
pub struct Upload {
    file_name: String,
    media_type: String,
    content: reqwest::Body,
}

impl Upload {
    /// A file of this name; `content` is bytes, a text, or a stream of the HTTP library.
    pub fn new(file_name: impl Into<String>, content: impl Into<reqwest::Body>) -> Self {
        Self {
            file_name: file_name.into(),
            media_type: "application/octet-stream".to_owned(),
            content: content.into(),
        }
    }

    /// Says what the file holds, e.g. `text/csv`.
    #[must_use]
    pub fn with_media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = media_type.into();
        self
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upload({})", self.media_type)
    }
}

/// The parts so far.
pub(crate) struct Multipart {
    form: Form,
    problem: Option<String>,
}

impl Multipart {
    pub(crate) fn new() -> Self {
        Self {
            form: Form::new(),
            problem: None,
        }
    }

    /// Adds a file.
    pub(crate) fn file(mut self, name: &'static str, upload: Upload) -> Self {
        let part = Part::stream(upload.content).file_name(upload.file_name);
        match part.mime_str(&upload.media_type) {
            Ok(part) => self.form = self.form.part(name, part),
            Err(_) => self.problem = Some(name.to_owned()),
        }
        self
    }

    /// Adds a value: scalars as text, anything else as JSON.
    pub(crate) fn value<T: Serialize + ?Sized>(mut self, name: &'static str, value: &T) -> Self {
        let part = match serde_json::to_value(value) {
            Ok(Value::Null) => return self,
            Ok(Value::String(text)) => Ok(Part::text(text)),
            Ok(value @ (Value::Array(_) | Value::Object(_))) => {
                Part::text(value.to_string()).mime_str("application/json")
            }
            Ok(scalar) => Ok(Part::text(scalar.to_string())),
            Err(_) => {
                self.problem = Some(name.to_owned());
                return self;
            }
        };
        match part {
            Ok(part) => self.form = self.form.part(name, part),
            Err(_) => self.problem = Some(name.to_owned()),
        }
        self
    }
}

impl Call {
    /// A body of several parts.
    pub(crate) fn multipart(mut self, parts: Multipart) -> Self {
        if let Some(name) = parts.problem {
            self.refuse(&name, "cannot be written as a part");
        }
        let form = parts.form;
        self.once(|request| request.multipart(form))
    }
}
