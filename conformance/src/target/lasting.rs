//! What a run could not take back: operations that change something on the server which no
//! operation of the document deletes or restores.

use serde_json::Value;
use spec::Document;

use super::{BaseUrl, Operation, Resource};

/// The extension that says why the effect of an operation stays, or `false` if it has none.
const EXTENSION: &str = "x-no-way-back";

/// Why the effect of an operation would stay on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lasting {
    /// As the document or an overlay says.
    Marked(String),
    /// As far as names and shapes link operations.
    Unlinked,
}

impl Lasting {
    /// `None` for an operation that changes nothing, that creates what another one deletes, or
    /// that is about something that the run created.
    pub(super) fn of(
        document: &Document,
        operation: &Operation,
        resources: &[Resource],
    ) -> Option<Self> {
        let mark = document
            .get(&operation.location)
            .and_then(|node| node.get(EXTENSION));
        match mark {
            Some(Value::String(why)) => return Some(Self::Marked(why.clone())),
            Some(Value::Bool(false)) => return None,
            _ => {}
        }
        let mut deletable = resources.iter().filter(|one| one.delete.is_some());
        let own = |resource: &Resource| {
            resource.create == operation.name
                || operation
                    .path_variables()
                    .any(|name| name == resource.variable)
        };
        (!operation.is_safe() && !deletable.any(own)).then_some(Self::Unlinked)
    }

    /// Why it is not done on the server at `base`, which others may depend on. What is only not
    /// linked is done on one's own machine.
    pub(super) fn reason(self, base: &BaseUrl) -> Option<String> {
        match self {
            Self::Marked(why) => Some(why),
            Self::Unlinked if base.is_loopback() => None,
            Self::Unlinked => {
                Some("no operation of the document deletes what it creates or changes".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::target::{BaseUrl, Target, TargetKind};
    use spec::Document;

    const TEXT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /pets:
    get: {operationId: list_pets, responses: {}}
    post:
      operationId: create_pet
      responses:
        '201':
          description: d
          content: {application/json: {schema: {properties: {id: {type: string}}}}}
  /pets/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    put: {operationId: replace_pet, responses: {}}
    delete: {operationId: delete_pet, responses: {}}
  /pets/{id}/photos:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    post: {operationId: add_photo, responses: {}}
  /log:
    post: {operationId: write_log, responses: {}}
  /echo:
    post: {operationId: echo, x-no-way-back: false, responses: {}}
  /settings:
    put: {operationId: set, x-no-way-back: it replaces the setting, responses: {}}
";

    fn withheld(url: &str) -> Vec<(String, String)> {
        let document = Document::from_text("test.yaml", TEXT, &[]).unwrap();
        let base: BaseUrl = url.parse().unwrap();
        let target = Target::new(TargetKind::OpenApi, Arc::new(document), base, true);
        target.of_others().withheld.into_iter().collect()
    }

    #[test]
    fn what_nothing_takes_back_is_withheld_from_servers_of_others() {
        let marked = ("set".to_owned(), "it replaces the setting".to_owned());
        assert_eq!(
            withheld("http://127.0.0.1:8000"),
            std::slice::from_ref(&marked)
        );
        let unlinked = "no operation of the document deletes what it creates or changes";
        assert_eq!(
            withheld("https://example.org"),
            [marked, ("write_log".to_owned(), unlinked.to_owned())]
        );
    }
}
