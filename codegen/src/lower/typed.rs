//! The typed view of everything outside schemas: [`openapiv3`] nodes, each with its place in the document.
//!
//! References are followed, also to nodes that the typed model has no place for (other files,
//! nodes that are no components); those are lowered by themselves.

use std::borrow::Cow;

use openapiv3::{
    Components, OpenAPI, Parameter, PathItem, ReferenceOr, RequestBody, Response, SecurityScheme,
};
use serde_json::{Value, json};
use spec::{Document, Location};

/// A node of the typed model that can be referred to.
pub(super) trait Referable: Clone {
    /// Its map in `components`; `None` for a path item, which the model of 3.0 keeps under `paths`.
    const KIND: &'static str;

    fn find<'a>(api: &'a OpenAPI, name: &str) -> Option<&'a ReferenceOr<Self>>;
}

macro_rules! component {
    ($node:ty, $kind:literal, $field:ident) => {
        impl Referable for $node {
            const KIND: &'static str = $kind;

            fn find<'a>(api: &'a OpenAPI, name: &str) -> Option<&'a ReferenceOr<Self>> {
                let components: &Components = api.components.as_ref()?;
                components.$field.get(name)
            }
        }
    };
}

component!(Parameter, "parameters", parameters);
component!(RequestBody, "requestBodies", request_bodies);
component!(Response, "responses", responses);
component!(SecurityScheme, "securitySchemes", security_schemes);

impl Referable for PathItem {
    const KIND: &'static str = "pathItems";

    fn find<'a>(api: &'a OpenAPI, name: &str) -> Option<&'a ReferenceOr<Self>> {
        api.paths.paths.get(name)
    }
}

/// The typed model of a document.
#[derive(Clone, Copy)]
pub(super) struct Typed<'d> {
    pub(super) document: &'d Document,
    pub(super) api: &'d OpenAPI,
}

impl<'d> Typed<'d> {
    /// The node at `at`, which the model has as `node`, and where it really stands; `None` if it cannot be had.
    pub(super) fn read<'a, T: Referable>(
        self,
        node: &'a ReferenceOr<T>,
        at: &Location,
    ) -> Option<(Location, Cow<'a, T>)>
    where
        'd: 'a,
    {
        if let ReferenceOr::Item(item) = node {
            return Some((at.clone(), Cow::Borrowed(item)));
        }
        let (target, raw) = self.document.follow(at)?;
        let tokens: Vec<String> = target.pointer.tokens().collect();
        let in_root = target.source == spec::SourceId::ROOT;
        if let (true, [first, kind, name]) = (in_root, tokens.as_slice())
            && first == "components"
            && kind == T::KIND
            && let Some(ReferenceOr::Item(item)) = T::find(self.api, name)
        {
            return Some((target, Cow::Borrowed(item)));
        }
        let item = alone::<T>(raw, self.document)?;
        Some((target, Cow::Owned(item)))
    }
}

/// Lowers one node in a document of its own.
fn alone<T: Referable>(raw: &Value, document: &Document) -> Option<T> {
    let is_path = T::KIND == "pathItems";
    let root = json!({
        "openapi": "3.1.0",
        "info": {"title": "", "version": ""},
        "paths": if is_path { json!({"node": raw}) } else { json!({}) },
        "components": if is_path { json!({}) } else { json!({ T::KIND: {"node": raw} }) },
    });
    let lowered = spec::lower::lower_value(&root, document.version()).ok()?;
    match T::find(&lowered.api, "node")? {
        ReferenceOr::Item(item) => Some(item.clone()),
        ReferenceOr::Reference { .. } => None,
    }
}
