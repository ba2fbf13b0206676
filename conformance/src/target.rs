//! What is tested: a document, the operations in it, and where a server that claims them stands.
//!
//! A target knows how the key travels, never the key itself.

mod auth;
mod base;
mod lasting;
mod operation;
mod resource;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;
use spec::{Document, Location};

use crate::schema::{Direction, Schemas};

pub use auth::{AuthPlace, AuthScheme};
pub use base::{BaseUrl, BaseUrlError};
use lasting::Lasting;
pub use operation::{
    HeaderSpec, MediaType, Operation, Parameter, ParameterPlace, RequestBody, ResponseSpec,
    StatusRange,
};
pub use resource::Resource;

/// What kind of server the URL is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// A Skyvern server: its credentials API.
    Skyvern,
    /// A credential service behind a Skyvern server.
    CredentialService,
    /// A server of any OpenAPI document.
    OpenApi,
}

impl TargetKind {
    /// The word of the command line and the reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skyvern => "skyvern",
            Self::CredentialService => "credential-service",
            Self::OpenApi => "openapi",
        }
    }
}

/// Which credentials the server under test keeps in the runner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bridged {
    /// None.
    No,
    /// Those that name no vault.
    ByDefault,
    /// Those that name the vault `custom`.
    ByName,
}

/// A document and the server that is held against it.
pub struct Target {
    /// What kind of server.
    pub kind: TargetKind,
    /// The document, overlays applied: the truth about schemas.
    pub document: Arc<Document>,
    /// Its schemas, for what is sent.
    pub requests: Schemas,
    /// Its schemas, for what is answered.
    pub answers: Schemas,
    /// Where paths of the document begin.
    pub base: BaseUrl,
    /// How the key travels; `None` if the document names no way.
    pub auth: Option<AuthScheme>,
    /// Whether a key was given for the run.
    pub has_key: bool,
    /// The operations, in document order.
    pub operations: Vec<Operation>,
    /// Things that can be created and deleted, in document order of their creation.
    pub resources: Vec<Resource>,
    /// Whether the server keeps its credentials in the runner.
    pub bridged: Bridged,
    /// Operations that get no valid input, as nothing could take back what they do, each with the
    /// reason. None on a reference server.
    pub withheld: BTreeMap<String, String>,
}

impl Target {
    /// Reads operations, authentication and resources from `document`.
    pub fn new(kind: TargetKind, document: Arc<Document>, base: BaseUrl, has_key: bool) -> Self {
        let auth = AuthScheme::of(&document, kind);
        let operations = Operation::all(&document, auth.as_ref());
        let resources = Resource::all(&document, &operations);
        let schemas = Schemas::new(Arc::clone(&document));
        Self {
            kind,
            requests: schemas.in_direction(Direction::Request),
            answers: schemas.in_direction(Direction::Response),
            document,
            base,
            auth,
            has_key,
            operations,
            resources,
            bridged: Bridged::No,
            withheld: BTreeMap::new(),
        }
    }

    /// The same server, which this run did not start: what it could not take back is withheld.
    #[must_use]
    pub fn of_others(mut self) -> Self {
        let reason = |operation: &Operation| {
            Lasting::of(&self.document, operation, &self.resources)?.reason(&self.base)
        };
        self.withheld = self
            .operations
            .iter()
            .filter_map(|operation| Some((operation.name.clone(), reason(operation)?)))
            .collect();
        self
    }

    /// The same document on another server. What is compiled of its schemas is shared.
    #[must_use]
    pub fn at(&self, base: BaseUrl) -> Self {
        let base = base.standing_as(&self.base);
        Self {
            kind: self.kind,
            document: Arc::clone(&self.document),
            requests: self.requests.clone(),
            answers: self.answers.clone(),
            base,
            auth: self.auth.clone(),
            has_key: self.has_key,
            operations: self.operations.clone(),
            resources: self.resources.clone(),
            bridged: self.bridged,
            withheld: self.withheld.clone(),
        }
    }

    /// The operation of that name.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations
            .iter()
            .find(|operation| operation.name == name)
    }

    /// The raw schema at `location`, references not followed.
    pub fn schema(&self, location: &Location) -> Option<&Value> {
        self.document.get(location)
    }
}
