//! Bodies that are neither JSON nor in parts.

use bytes::Bytes;
use serde::Serialize;

use crate::parameters;
use crate::transport::Call;

impl Call {
    pub(crate) fn form<T: Serialize + ?Sized>(self, body: &T) -> Self {
        match serde_json::to_value(body) {
            Ok(value) => self.bytes(
                "application/x-www-form-urlencoded",
                parameters::form(&value),
            ),
            Err(_) => self.unwritable(),
        }
    }

    pub(crate) fn optional_form<T: Serialize + ?Sized>(self, body: Option<&T>) -> Self {
        match body {
            Some(body) => self.form(body),
            None => self,
        }
    }

    pub(crate) fn optional_bytes(
        self,
        media_type: &'static str,
        body: Option<impl Into<Bytes>>,
    ) -> Self {
        match body {
            Some(body) => self.bytes(media_type, body),
            None => self,
        }
    }

    pub(crate) fn optional_stream(
        self,
        media_type: &'static str,
        body: Option<reqwest::Body>,
    ) -> Self {
        match body {
            Some(body) => self.stream(media_type, body),
            None => self,
        }
    }

    /// A body that is streamed, and so is never sent again.
    pub(crate) fn stream(mut self, media_type: &'static str, body: reqwest::Body) -> Self {
        self.content_type(media_type);
        self.once(|request| request.body(body))
    }
}
