//! Paths and responses, the objects whose keys name what an API is made of; and links, which hold one of two members.

use openapiv3::{Link, LinkOperation, Paths, Responses, StatusCode};
use serde_json::{Map, Value};

use super::{
    mark::{self, raise_extensions},
    model::{Member, Node, Shape, members, put, read},
    walk::{At, Walk},
};
use crate::account::Rule;

impl Node for Paths {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        let members = members(raw, at, walk)?;
        let mut paths = Self::default();
        let owner = walk.begin(at);
        for (key, value) in members {
            let at = at.child(key);
            if key.starts_with("x-") {
                walk.unknown(key, value, &at);
            } else if let Some(item) = Node::lower(value, &at, walk) {
                paths.paths.insert(key.clone(), item);
            }
        }
        paths.extensions = walk.end(&owner);
        Some(paths)
    }

    fn raise(&self) -> Value {
        let mut members: Map<String, Value> = self
            .paths
            .iter()
            .map(|(key, item)| (key.clone(), item.raise()))
            .collect();
        raise_extensions(&mut members, &self.extensions);
        Value::Object(members)
    }
}

impl Node for Responses {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        let members = members(raw, at, walk)?;
        let mut responses = Self::default();
        let mut respelled = Map::new();
        let owner = walk.begin(at);
        for (key, value) in members {
            let at = at.child(key);
            if key == "default" && !value.is_null() {
                responses.default = Member::read(value, &at, walk);
                continue;
            }
            let status = status_code(key).filter(|it| !responses.responses.contains_key(it));
            let Some(status) = status else {
                walk.unknown(key, value, &at);
                continue;
            };
            let spelled = status.to_string();
            if spelled != *key {
                walk.rewrite(Rule::StatusKey, &at);
                respelled.insert(spelled, Value::from(key.as_str()));
            }
            if let Some(response) = Node::lower(value, &at, walk) {
                responses.responses.insert(status, response);
            }
        }
        if !respelled.is_empty() {
            walk.mark(mark::STATUS_KEYS, respelled);
        }
        responses.extensions = walk.end(&owner);
        Some(responses)
    }

    fn raise(&self) -> Value {
        let mut members = Map::new();
        put(&mut members, "default", &self.default);
        for (status, response) in &self.responses {
            let key = super::response_key(self, status);
            members.insert(key, response.raise());
        }
        raise_extensions(&mut members, &self.extensions);
        Value::Object(members)
    }
}

/// A status or a range of statuses: OpenAPI Specification 3.0.4, section 4.7.16.
fn status_code(key: &str) -> Option<StatusCode> {
    let [first @ b'1'..=b'9', second, third] = *key.as_bytes() else {
        return None;
    };
    if second.eq_ignore_ascii_case(&b'x') && third.eq_ignore_ascii_case(&b'x') {
        return Some(StatusCode::Range(u16::from(first - b'0')));
    }
    let digits = second.is_ascii_digit() && third.is_ascii_digit();
    let code = key.parse().ok().filter(|_| digits)?;
    Some(StatusCode::Code(code))
}

impl Node for Link {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        let members = members(raw, at, walk)?;
        // The model holds one of the two, which exclude each other.
        let has = |key| members.get(key).is_some_and(|value| !value.is_null());
        let (with_reference, with_id) = (has("operationRef"), has("operationId"));
        let shape = Shape {
            without: if with_reference {
                &["operationId"]
            } else {
                &[]
            },
            lacking: (!with_reference && !with_id).then_some("operationId"),
        };
        read!(
            members, at, walk, shape => extensions;
            description: "description",
            operation_ref: "operationRef",
            operation_id: "operationId",
            request_body: "requestBody",
            parameters: "parameters",
            server: "server"
        );
        let operation: (Option<String>, Option<String>) = (operation_ref, operation_id);
        let operation = match operation {
            (Some(reference), _) => LinkOperation::OperationRef(reference),
            (None, id) => LinkOperation::OperationId(id.unwrap_or_default()),
        };
        Some(Self {
            description,
            operation,
            request_body,
            parameters,
            server,
            extensions,
        })
    }

    fn raise(&self) -> Value {
        let mut members = Map::new();
        put(&mut members, "description", &self.description);
        match &self.operation {
            LinkOperation::OperationRef(reference) => put(&mut members, "operationRef", reference),
            LinkOperation::OperationId(id) => put(&mut members, "operationId", id),
        }
        put(&mut members, "requestBody", &self.request_body);
        put(&mut members, "parameters", &self.parameters);
        put(&mut members, "server", &self.server);
        raise_extensions(&mut members, &self.extensions);
        Value::Object(members)
    }
}
