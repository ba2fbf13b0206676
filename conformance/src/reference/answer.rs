//! An answer before it is written, as all reference servers make it.

use std::io;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use futures_util::stream;
use serde_json::Value;

/// An answer before it is written; without a body, it also has no content type.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Value>,
}

impl Answer {
    pub(crate) fn json(status: StatusCode, body: Value) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Some(body),
        }
    }

    pub(crate) fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            headers: HeaderMap::new(),
            body: None,
        }
    }

    pub(crate) fn into_response(self) -> Response {
        let mut response = Response::new(match &self.body {
            Some(body) => Body::from(body.to_string()),
            None => Body::empty(),
        });
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        if self.body.is_some() {
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        response
    }
}

/// A body that fails closes the connection before the head is sent.
pub(crate) fn dropped() -> Response {
    let failure = io::Error::from(io::ErrorKind::ConnectionReset);
    Response::new(Body::from_stream(stream::iter([Err::<Bytes, _>(failure)])))
}
