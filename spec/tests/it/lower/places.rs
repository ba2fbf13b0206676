//! The promise that outside schemas the model has every node where the document has it.

use openapiv3::{
    Callback, Content, Header, MediaType, OpenAPI, Operation, Parameter, ParameterSchemaOrContent,
    PathItem, ReferenceOr, RequestBody, Response, Responses, Schema,
};
use serde_json::Value;
use spec::{Location, Version, lower};

/// Walks the model like a reader that computes places, and looks each one up in the raw document.
struct Reader<'a> {
    root: &'a Value,
    seen: usize,
}

impl Reader<'_> {
    fn raw(&mut self, at: &Location) -> &Value {
        self.seen += 1;
        let raw = self.root.pointer(at.pointer.as_str());
        raw.unwrap_or_else(|| panic!("nothing at {at}"))
    }

    /// The item, if it is none that is referred to.
    fn item<'m, T>(&mut self, node: &'m ReferenceOr<T>, at: &Location) -> Option<&'m T> {
        match node {
            ReferenceOr::Reference { reference } => {
                assert_eq!(self.raw(at)["$ref"], *reference, "at {at}");
                None
            }
            ReferenceOr::Item(item) => Some(item),
        }
    }

    fn api(&mut self, api: &OpenAPI) {
        let root = Location::default();
        for (path, item) in &api.paths.paths {
            let at = root.join(["paths", path]);
            if let Some(item) = self.item(item, &at) {
                self.path_item(item, &at);
            }
        }
        let Some(components) = &api.components else {
            return;
        };
        let at = root.child("components");
        for (name, schema) in &components.schemas {
            self.schema(schema, &at.join(["schemas", name]));
        }
        for (name, response) in &components.responses {
            self.response(response, &at.join(["responses", name]));
        }
        for (name, parameter) in &components.parameters {
            self.parameter(parameter, &at.join(["parameters", name]));
        }
        for (name, body) in &components.request_bodies {
            self.request_body(body, &at.join(["requestBodies", name]));
        }
        for (name, header) in &components.headers {
            self.header(header, &at.join(["headers", name]));
        }
        for (name, callback) in &components.callbacks {
            let at = at.join(["callbacks", name]);
            if let Some(callback) = self.item(callback, &at) {
                self.callback(callback, &at);
            }
        }
    }

    fn path_item(&mut self, item: &PathItem, at: &Location) {
        self.parameters(&item.parameters, at);
        for (method, operation) in item.iter() {
            self.operation(operation, &at.child(method));
        }
    }

    fn operation(&mut self, operation: &Operation, at: &Location) {
        let raw = self.raw(at);
        assert_eq!(
            raw.get("operationId").and_then(Value::as_str),
            operation.operation_id.as_deref(),
            "at {at}"
        );
        self.parameters(&operation.parameters, at);
        if let Some(body) = &operation.request_body {
            self.request_body(body, &at.child("requestBody"));
        }
        self.responses(&operation.responses, &at.child("responses"));
        for (name, callback) in &operation.callbacks {
            self.callback(callback, &at.join(["callbacks", name]));
        }
    }

    fn callback(&mut self, callback: &Callback, at: &Location) {
        for (expression, item) in callback {
            self.path_item(item, &at.child(expression));
        }
    }

    fn parameters(&mut self, parameters: &[ReferenceOr<Parameter>], at: &Location) {
        for (index, parameter) in parameters.iter().enumerate() {
            self.parameter(parameter, &at.child("parameters").index(index));
        }
    }

    fn parameter(&mut self, parameter: &ReferenceOr<Parameter>, at: &Location) {
        let Some(parameter) = self.item(parameter, at) else {
            return;
        };
        let data = parameter.parameter_data_ref();
        assert_eq!(self.raw(at)["name"], data.name, "at {at}");
        self.format(&data.format, at);
    }

    fn format(&mut self, format: &ParameterSchemaOrContent, at: &Location) {
        match format {
            ParameterSchemaOrContent::Schema(schema) => self.schema(schema, &at.child("schema")),
            ParameterSchemaOrContent::Content(content) => self.content(content, at),
        }
    }

    fn request_body(&mut self, body: &ReferenceOr<RequestBody>, at: &Location) {
        if let Some(body) = self.item(body, at) {
            self.content(&body.content, at);
        }
    }

    fn responses(&mut self, responses: &Responses, at: &Location) {
        if let Some(default) = &responses.default {
            self.response(default, &at.child("default"));
        }
        for (status, response) in &responses.responses {
            let key = lower::response_key(responses, status);
            self.response(response, &at.child(&key));
        }
    }

    fn response(&mut self, response: &ReferenceOr<Response>, at: &Location) {
        let Some(response) = self.item(response, at) else {
            return;
        };
        if let Some(raw) = self.raw(at).get("description") {
            assert_eq!(*raw, response.description, "at {at}");
        }
        for (name, header) in &response.headers {
            self.header(header, &at.join(["headers", name]));
        }
        self.content(&response.content, at);
    }

    fn header(&mut self, header: &ReferenceOr<Header>, at: &Location) {
        if let Some(header) = self.item(header, at) {
            self.raw(at);
            self.format(&header.format, at);
        }
    }

    fn content(&mut self, content: &Content, at: &Location) {
        for (name, MediaType { schema, .. }) in content {
            let at = at.join(["content", name]);
            self.raw(&at);
            if let Some(schema) = schema {
                self.schema(schema, &at.child("schema"));
            }
        }
    }

    fn schema(&mut self, schema: &ReferenceOr<Schema>, at: &Location) {
        let raw = lower::schema::raw_or_reference(schema);
        let is = self.raw(at);
        // In 3.0 the siblings of a reference are gone.
        if is.get("$ref").is_some() {
            assert_eq!(is["$ref"], raw["$ref"], "at {at}");
        } else if is.get("nullable").is_none() {
            assert_eq!(is.get("type"), raw.get("type"), "at {at}");
        }
    }
}

#[test]
fn a_reader_of_the_model_finds_each_node_in_the_document() {
    for (name, root, version) in super::documents::DOCUMENTS.iter() {
        let lowered = lower::lower_value(root, *version).unwrap();
        assert!(read(root, &lowered.api) > 0, "{name} was not read");
    }
    for version in [Version::V3_0, Version::V3_1] {
        let root = super::documents::everything();
        let lowered = lower::lower_value(&root, version).unwrap();
        assert_eq!(read(&root, &lowered.api), 36);
    }
}

/// How many nodes a reader of the model looks up in the document.
fn read(root: &Value, api: &OpenAPI) -> usize {
    let mut reader = Reader { root, seen: 0 };
    reader.api(api);
    reader.seen
}
