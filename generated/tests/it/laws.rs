//! Laws of the models against their schemas.
//!
//! A value that a schema allows decodes, and encodes to an equal value that the schema allows. Equal
//! but for null: where absent and null mean the same, null is not written. A value that is broken in
//! one place is refused, and the error names the place; the one exception is an object that no branch
//! of a union claims any more, which is kept as it is.

use std::path::Path;
use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use skyvern_client::models::*;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/openapi/skyvern.yaml");
    serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
});

fn component(name: &str) -> &'static Value {
    &DOCUMENT["components"]["schemas"][name]
}

fn validator(name: &str) -> jsonschema::Validator {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": format!("#/components/schemas/{name}"),
        "components": &DOCUMENT["components"],
    });
    jsonschema::validator_for(&schema).unwrap()
}

/// Values that the schema allows, of the keywords that the document uses.
fn allowed(schema: &'static Value) -> BoxedStrategy<Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return allowed(component(name));
    }
    if let Some(branches) = schema.get("anyOf").or(schema.get("oneOf")) {
        let branches: Vec<_> = branches.as_array().unwrap().iter().map(allowed).collect();
        return proptest::strategy::Union::new(branches).boxed();
    }
    if let Some(value) = schema.get("const") {
        return Just(value.clone()).boxed();
    }
    if let Some(values) = schema["enum"].as_array() {
        return select(values.as_slice()).boxed();
    }
    match schema["type"].as_str() {
        Some("null") => Just(Value::Null).boxed(),
        Some("boolean") => any::<bool>().prop_map(Value::from).boxed(),
        Some("integer") => {
            let least = schema["minimum"].as_i64().unwrap_or(i64::MIN);
            let most = schema["maximum"].as_i64().unwrap_or(i64::MAX);
            (least..=most).prop_map(Value::from).boxed()
        }
        Some("number") => (-1e9..1e9).prop_map(|value: f64| json!(value)).boxed(),
        Some("string") if schema["format"] == "date-time" => select(&[
            "2026-11-21T05:17:39.434043",
            "2026-11-21T05:17:39Z",
            "1969-12-31T23:59:60+05:30",
        ])
        .prop_map(Value::from)
        .boxed(),
        Some("string") => {
            let bound = |name: &str| {
                schema[name]
                    .as_u64()
                    .and_then(|bound| usize::try_from(bound).ok())
            };
            let least = bound("minLength").unwrap_or(0);
            let most = bound("maxLength").unwrap_or(least + 8);
            vec(any::<char>(), least..=most)
                .prop_map(|characters| Value::from(characters.into_iter().collect::<String>()))
                .boxed()
        }
        Some("array") => vec(allowed(&schema["items"]), 0..3)
            .prop_map(Value::from)
            .boxed(),
        Some("object") => object(schema),
        _ => select(vec![
            json!(1),
            json!("any"),
            json!({"a": [null]}),
            json!([true]),
        ])
        .boxed(),
    }
}

fn object(schema: &'static Value) -> BoxedStrategy<Value> {
    let required = schema["required"].as_array();
    let is_required =
        |name: &str| required.is_some_and(|names| names.iter().any(|one| one == name));
    let members: Vec<_> = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            let value = allowed(schema);
            let value = if is_required(name) {
                value.prop_map(Some).boxed()
            } else {
                proptest::option::of(value).boxed()
            };
            (Just(name.clone()), value)
        })
        .collect();
    let more = match &schema["additionalProperties"] {
        Value::Object(_) => vec(
            ("[a-z]{1,4}", allowed(&schema["additionalProperties"])),
            0..3,
        )
        .boxed(),
        _ => Just(Vec::new()).boxed(),
    };
    (members, more)
        .prop_map(|(members, more)| {
            let members = members
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)));
            Value::Object(more.into_iter().chain(members).collect())
        })
        .boxed()
}

/// The value without members that are null.
fn without_null(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), without_null(value)))
            .collect(),
        Value::Array(list) => list.iter().map(without_null).collect(),
        scalar => scalar.clone(),
    }
}

/// Every node but the root, with its place as errors write it.
fn places(value: &Value, pointer: &str, path: &str, found: &mut Vec<(String, String)>) {
    let mut visit = |token: &str, path: String, value: &Value| {
        let pointer = format!("{pointer}/{token}");
        found.push((pointer.clone(), path.clone()));
        places(value, &pointer, &path, found);
    };
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let dot = if path.is_empty() { "" } else { "." };
                visit(name, format!("{path}{dot}{name}"), value);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                visit(&index.to_string(), format!("{path}[{index}]"), value);
            }
        }
        _ => {}
    }
}

/// The error as the client would tell it.
fn decode<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let (path, message) = (error.path().to_string(), error.inner().to_string());
        let joint = if message.starts_with('.') { "" } else { ": " };
        format!("{path}{joint}{message}")
            .trim_start_matches('.')
            .to_owned()
    })
}

fn holds<T: Serialize + DeserializeOwned>(name: &str) {
    let validator = validator(name);
    let config = Config {
        cases: 48,
        failure_persistence: None,
        ..Config::default()
    };
    let strategy = (allowed(component(name)), any::<prop::sample::Index>());
    let result = TestRunner::new(config).run(&strategy, |(value, index)| {
        prop_assert!(validator.is_valid(&value), "the strategy is wrong: {value}");
        let read: T = decode(&value).map_err(TestCaseError::fail)?;
        let written = serde_json::to_value(&read).unwrap();
        prop_assert!(validator.is_valid(&written), "not allowed: {written}");
        prop_assert_eq!(without_null(&written), without_null(&value));

        let mut all = Vec::new();
        places(&value, "", "", &mut all);
        if all.is_empty() {
            return Ok(());
        }
        let (pointer, path) = index.get(&all);
        refuses_another_type::<T>(&validator, &value, pointer, path)?;
        refuses_a_missing_member::<T>(&validator, &value, pointer, path)
    });
    if let Err(failure) = result {
        panic!("{name}: {failure}");
    }
}

fn refuses_another_type<T: Serialize + DeserializeOwned>(
    validator: &jsonschema::Validator,
    value: &Value,
    pointer: &str,
    path: &str,
) -> Result<(), TestCaseError> {
    let mut broken = value.clone();
    let node = broken.pointer_mut(pointer).unwrap();
    *node = if node.is_array() {
        json!("no array")
    } else {
        json!([[]])
    };
    if validator.is_valid(&broken) {
        return Ok(());
    }
    match decode::<T>(&broken) {
        Ok(_) => prop_assert!(false, "{path} is not refused in {broken}"),
        Err(error) => prop_assert!(error.starts_with(path), "{path} is not named: {error}"),
    }
    Ok(())
}

fn refuses_a_missing_member<T: Serialize + DeserializeOwned>(
    validator: &jsonschema::Validator,
    value: &Value,
    pointer: &str,
    path: &str,
) -> Result<(), TestCaseError> {
    let mut broken = value.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let Some(members) = broken.pointer_mut(parent).and_then(Value::as_object_mut) else {
        return Ok(());
    };
    members.shift_remove(name);
    if validator.is_valid(&broken) {
        return Ok(());
    }
    match decode::<T>(&broken) {
        // No branch of a union claims it.
        Ok(read) => prop_assert_eq!(
            without_null(&serde_json::to_value(&read).unwrap()),
            without_null(&broken)
        ),
        Err(error) => {
            let parent = path.strip_suffix(name).unwrap().trim_end_matches('.');
            prop_assert!(
                error.starts_with(parent) && error.contains(name),
                "{path}: {error}"
            );
        }
    }
    Ok(())
}

macro_rules! laws {
    ($($test:ident: $type:ident = $component:literal,)*) => {$(
        #[test]
        fn $test() {
            holds::<$type>($component);
        }
    )*};
}

laws! {
    create_credential_request: CreateCredentialRequest = "CreateCredentialRequest",
    credential_response: CredentialResponse = "CredentialResponse",
    totp_code_create: TotpCodeCreate = "TOTPCodeCreate",
    totp_code: TotpCode = "TOTPCode",
    http_validation_error: HttpValidationError = "HTTPValidationError",
    error_response: ErrorResponse = "ErrorResponse",
    custom_config_request: CreateCustomCredentialServiceConfigRequest = "CreateCustomCredentialServiceConfigRequest",
    custom_config_response: CustomCredentialServiceConfigResponse = "CustomCredentialServiceConfigResponse",
    test_connection_response: TestConnectionResponse = "TestConnectionResponse",
    credit_card: NonEmptyCreditCardCredential = "NonEmptyCreditCardCredential",
    geo_target: GeoTarget = "GeoTarget",
}
