//! Lowers a document to the typed model of OpenAPI 3.0, losing nothing unsaid.
//!
//! A [`Document`]'s root file comes in. An [`openapiv3::OpenAPI`] goes out, with an [`Account`] of every
//! node that does not stand in it as it stands in the document; [`raise`] is the way back. References
//! are not followed, and nothing is read from other files.
//!
//! # What a reader of the model may rely on
//!
//! - **Places.** Path items, operations, parameters, request bodies, responses, headers, media types,
//!   callbacks and components stand under the same keys and indexes as in the document, so whoever walks the
//!   model knows the [`Location`](crate::Location) of what is seen. One key needs help: a range of
//!   statuses may be spelled `2xx`, see [`response_key`]. Within a schema the places differ where a rule of
//!   [`Rule`](crate::account::Rule) moved keywords.
//! - **Nothing is merged or guessed.** A member that the typed model cannot hold, or could not tell from
//!   an absent one (`deprecated: false`, `tags: []`, `default: null`), stands raw in an extension of the
//!   nearest object that keeps extensions: `x-oas31-const`, or for a node deeper down its pointer from
//!   there, `x-oas31-parameters/0/summary`. Schemas within such values are raw.
//! - **Schemas** are read through [`schema`], which knows what the rules hid.
//! - **Kinds are openapiv3's own**: it reads what it writes of a real document as the same model. Not so for
//!   a path without its leading slash, which stands here and which its reader leaves out, nor for a schema
//!   that is its catch-all only because of a keyword that had to be carried.
//! - OpenAPI 3.0 ignores the siblings of a `$ref`; those are dropped and reported.

mod keywords;
mod kind;
mod mark;
mod model;
mod nullable;
mod objects;
mod parameter;
mod path;
pub mod schema;
mod security;
mod walk;

use openapiv3::{OpenAPI, Responses, StatusCode};
use serde_json::Value;

use crate::{
    account::Account,
    diagnostic::Diagnostics,
    document::{Document, Version},
    lower::{
        model::Node,
        walk::{At, Walk},
    },
};

/// A document in the typed model, and what became of its nodes.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The typed model of the root file.
    pub api: OpenAPI,
    /// Every node that does not stand in `api` as it stands in the document.
    pub account: Account,
}

/// Lowers the root file of `document`, overlays applied.
///
/// # Errors
/// One diagnostic for each node whose JSON type is not the one that the OpenAPI Specification gives it, such
/// as a number for a title or a string for a schema, and for each parameter or security scheme that does
/// not say of what kind it is. The reading of documents finds these first; a value from elsewhere may have them.
pub fn lower(document: &Document) -> Result<Lowered, Diagnostics> {
    lower_value(document.root(), document.version())
}

/// Lowers a value that need not come from a file.
///
/// # Errors
/// As [`lower`].
pub fn lower_value(root: &Value, version: Version) -> Result<Lowered, Diagnostics> {
    let mut walk = Walk::new(version);
    let api = OpenAPI::lower(root, &At::ROOT, &mut walk);
    let (account, diagnostics) = walk.finish();
    match api {
        Some(api) if diagnostics.is_empty() => Ok(Lowered { api, account }),
        _ => Err(diagnostics),
    }
}

/// The raw value of a lowered document: every rewriting undone. Equal to the root of the document it was
/// lowered from, but for the nodes that the account reports; members may come in another order.
pub fn raise(api: &OpenAPI) -> Value {
    api.raise()
}

/// The key under which the document has the response `status` of `responses`.
pub fn response_key(responses: &Responses, status: &StatusCode) -> String {
    let key = status.to_string();
    mark::status_keys(&responses.extensions)
        .and_then(|keys| keys.get(&key)?.as_str().map(str::to_owned))
        .unwrap_or(key)
}
