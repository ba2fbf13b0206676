//! The credentials API of a Skyvern document: its operations, found by how they are linked, and
//! requests to them.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::{
    exchange::{Exchange, Request},
    ledger::names_one,
    target::{Operation, ParameterPlace, Target, TargetKind},
};

/// The operations on credentials.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    variable: String,
    create: Operation,
    list: Operation,
    read: Operation,
    update: Operation,
    delete: Operation,
    /// Posts a one-time code, if the document has that.
    pub(crate) totp: Option<Operation>,
}

/// Which operation a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Create,
    List,
    Read,
    Update,
    Delete,
}

impl Credentials {
    /// The credentials API of `target`; `None` if it is another one, or lacks an operation.
    pub(crate) fn of(target: &Target) -> Option<Self> {
        if target.kind != TargetKind::Skyvern {
            return None;
        }
        target.resources.iter().find_map(|resource| {
            let operation = |name: &str| target.operation(name).cloned();
            let create = operation(&resource.create)?;
            let item = format!("{}/{{{}}}", create.path, resource.variable);
            let at = |path: String| {
                target
                    .operations
                    .iter()
                    .find(|one| one.path == path)
                    .cloned()
            };
            Some(Self {
                list: operation(resource.list.as_deref()?)?,
                read: operation(resource.read.as_deref()?)?,
                update: at(format!("{item}/update"))?,
                delete: operation(resource.delete.as_deref()?)?,
                totp: at(format!("{}/totp", create.path)),
                variable: resource.variable.clone(),
                create,
            })
        })
    }

    /// Creates a credential.
    pub(crate) fn create(&self, body: Value) -> Request {
        request(&self.create).json(body)
    }

    /// Reads one.
    pub(crate) fn read(&self, id: &str) -> Request {
        request(&self.read).path_param(&self.variable, id)
    }

    /// Replaces one.
    pub(crate) fn update(&self, id: &str, body: Value) -> Request {
        request(&self.update)
            .path_param(&self.variable, id)
            .json(body)
    }

    /// Deletes one.
    pub(crate) fn delete(&self, id: &str) -> Request {
        request(&self.delete).path_param(&self.variable, id)
    }

    /// A page of the list.
    pub(crate) fn list(&self) -> Request {
        request(&self.list)
    }

    /// What `request` is, by its name.
    pub(crate) fn role(&self, request: &Request) -> Option<Role> {
        let name = request.operation.as_deref()?;
        let roles = [
            (&self.create, Role::Create),
            (&self.list, Role::List),
            (&self.read, Role::Read),
            (&self.update, Role::Update),
            (&self.delete, Role::Delete),
        ];
        roles
            .into_iter()
            .find(|(operation, _)| operation.name == name)
            .map(|(_, role)| role)
    }

    /// The id in the path of `request`.
    pub(crate) fn id_in(&self, request: &Request) -> Option<String> {
        let rest = request.path.strip_prefix(&self.create.path)?;
        let segment = rest.strip_prefix('/')?.split('/').next()?;
        let id = percent_decode_str(segment).decode_utf8().ok()?;
        Some(id.into_owned())
    }

    /// The id in an answer, if a path can name it.
    pub(crate) fn id_of<'a>(&self, answer: &'a Value) -> Option<&'a str> {
        let id = answer.get(&self.variable)?.as_str()?;
        names_one(id).then_some(id)
    }

    /// The id in the answer to a create that succeeded.
    pub(crate) fn id_in_answer(&self, exchange: &Exchange) -> Option<String> {
        let answer = exchange.json().filter(|_| exchange.is_success())?;
        self.id_of(answer).map(str::to_owned)
    }

    /// The operation that `role` names.
    pub(crate) fn operation(&self, role: Role) -> &Operation {
        match role {
            Role::Create => &self.create,
            Role::List => &self.list,
            Role::Read => &self.read,
            Role::Update => &self.update,
            Role::Delete => &self.delete,
        }
    }

    /// Whether the list takes a query parameter of that name.
    pub(crate) fn lists_by(&self, name: &str) -> bool {
        self.list
            .parameters_in(ParameterPlace::Query)
            .any(|parameter| parameter.name == name)
    }
}

/// A request to `operation`, its path not filled.
pub(crate) fn request(operation: &Operation) -> Request {
    Request::new(&operation.method, &operation.path).operation(&operation.name)
}
