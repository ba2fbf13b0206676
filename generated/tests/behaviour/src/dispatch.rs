//! The code that puts a value through the type of a name, as text.

use std::fmt::Write as _;

use codegen::ir::Api;

/// A function `trip(name, value)` over all types of `api`, which are in `{krate}::models`.
pub fn dispatch(api: &Api, krate: &str) -> String {
    let mut text = String::from(
        "// Written by `dispatch`; do not edit.\n#![cfg_attr(rustfmt, rustfmt_skip)]\n\n\
         /// Reads the value as the type of that name, and writes it.\n\
         pub(crate) fn trip(name: &str, value: &serde_json::Value) -> Result<serde_json::Value, String> {\n    match name {\n",
    );
    for def in &api.types {
        let name = &def.name;
        let _ = writeln!(
            text,
            "        {name:?} => through::<{krate}::models::{name}>(value),"
        );
    }
    text.push_str(
        "        other => Err(format!(\"there is no type {other}\")),\n    }\n}\n\n\
         fn through<T: serde::Serialize + serde::de::DeserializeOwned>(\n    \
             value: &serde_json::Value,\n\
         ) -> Result<serde_json::Value, String> {\n    \
             let read: T = serde_json::from_str(&value.to_string()).map_err(|error| error.to_string())?;\n    \
             serde_json::to_value(&read).map_err(|error| error.to_string())\n}\n",
    );
    text
}
