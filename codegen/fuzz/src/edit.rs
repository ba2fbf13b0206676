//! Documents from bytes: one of the documents of the tests, changed as the bytes say.
//!
//! Bytes that are changed at random are seldom YAML, and YAML at random is seldom OpenAPI. So each byte here
//! is a decision about a document that is one already: which node, what becomes of it.

use std::{path::Path, sync::OnceLock};

use serde_json::{Map, Value, json};
use spec::Document;

/// Most changes of one document.
const MOST: usize = 40;

/// Names and texts that mean something where they do not belong: to Rust, to comments, to paths, to terminals.
/// `fuzz_out!()` is looked for afterwards.
pub const NAMES: &[&str] = &[
    "\"; fuzz_out!(); //",
    "*/ fuzz_out!() /*",
    "\n fuzz_out!() \n",
    "\"# fuzz_out!() r#\"",
    "\\\"; fuzz_out!(); \\",
    "#![fuzz_out!()]",
    "]; fuzz_out!{} [",
    "'\\'",
    "```\nfuzz_out!()\n```",
    "../../../tmp/fuzz_out",
    "/",
    "\\",
    "..",
    "",
    "_",
    "__",
    "-1",
    "1",
    "0x",
    "self",
    "Self",
    "self_",
    "crate",
    "super",
    "type",
    "r#type",
    "gen",
    "async",
    "try",
    "Option",
    "Vec",
    "String",
    "Result",
    "Box",
    "Some",
    "None",
    "Ok",
    "Err",
    "Client",
    "Error",
    "Secret",
    "Value",
    "Unknown",
    "std",
    "core",
    "serde",
    "main",
    "mod",
    "lib",
    "Default",
    "Drop",
    "u8",
    "str",
    "{}",
    "{0}",
    "{a}",
    "{{",
    "$crate",
    "#",
    "~",
    "%00",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\u{0301}",
    "ß",
    "İ",
    "ǆ",
    "变量",
    "🦀",
    "\u{1b}[31m",
    "\r",
    "\u{2028}",
    "a b",
    "a_b",
    "aB",
    "A-B",
    "additional_properties",
    "AdditionalProperties",
    "application/json",
    "application/octet-stream",
    "multipart/form-data",
    "text/event-stream",
    "4XX",
    "default",
    "200",
    "password",
    "date-time",
    "int32",
    "binary",
    "deepObject",
    "pipeDelimited",
    "null",
    "object",
    "array",
    "string",
    "integer",
    "number",
    "boolean",
];

const KEYWORDS: &[&str] = &[
    "type",
    "properties",
    "required",
    "items",
    "prefixItems",
    "additionalProperties",
    "patternProperties",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "enum",
    "const",
    "default",
    "nullable",
    "format",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "discriminator",
    "readOnly",
    "writeOnly",
    "deprecated",
    "description",
    "title",
    "x-rust-name",
    "x-secret",
    "x-null-is-meaningful",
    "x-enum-varnames",
    "x-pagination",
    "$ref",
    "$defs",
    "$anchor",
    "$id",
    "$dynamicRef",
    "parameters",
    "requestBody",
    "responses",
    "content",
    "schema",
    "style",
    "explode",
    "in",
    "name",
    "tags",
    "operationId",
    "security",
    "servers",
    "headers",
    "links",
    "callbacks",
    "if",
    "then",
    "else",
    "dependentRequired",
    "unevaluatedProperties",
];

/// The documents of the tests that load without other files.
fn seeds() -> &'static [Value] {
    static SEEDS: OnceLock<Vec<Value>> = OnceLock::new();
    SEEDS.get_or_init(|| {
        let mut files = Vec::new();
        for folder in ["cases", "documents"] {
            let entries = Path::new(super::CASES).join(folder).read_dir();
            files.extend(
                entries
                    .into_iter()
                    .flatten()
                    .flatten()
                    .map(|one| one.path()),
            );
        }
        files.sort();
        let values = files.iter().filter_map(|path| {
            let value = Document::load(path, &[]).ok()?.root().clone();
            let alone = Document::from_text("seed.json", &value.to_string(), &[]);
            alone.is_ok().then_some(value)
        });
        values.collect()
    })
}

/// Decisions, one after the other; zeros when the bytes are used up.
pub struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    /// The decisions of these bytes.
    pub fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A number below 256.
    pub fn byte(&mut self) -> usize {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        usize::from(*first)
    }

    /// A number below `bound`, or 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let number = if bound > 256 {
            self.byte() * 256 + self.byte()
        } else {
            self.byte()
        };
        number % bound.max(1)
    }

    /// One of a list that is not empty.
    pub fn of<'b, T>(&mut self, list: &'b [T]) -> &'b T {
        &list[self.below(list.len())]
    }

    /// The rest.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }
}

/// The document that the choices lead to, and the one it was made of.
pub fn document(choices: &mut Choices<'_>) -> (Value, Value) {
    let seed = choices.of(seeds());
    let mut value = seed.clone();
    for _ in 0..MOST {
        if choices.is_empty() {
            break;
        }
        change(&mut value, choices);
    }
    (value, seed.clone())
}

fn change(root: &mut Value, choices: &mut Choices<'_>) {
    let places = places(root);
    let at = choices.of(&places).clone();
    let other: &String = choices.of(&places);
    let other = root.pointer(other).cloned().unwrap_or_default();
    let kind = choices.below(12);
    let components: Vec<String> = root
        .pointer("/components/schemas")
        .and_then(Value::as_object)
        .map(|schemas| schemas.keys().cloned().collect())
        .unwrap_or_default();
    let Some(node) = root.pointer_mut(&at) else {
        return;
    };
    match kind {
        0 => *node = scalar(choices),
        1 => *node = other,
        2 => remove(root, &at),
        3 => rename(root, &at, choices.of::<&str>(NAMES)),
        4 | 5 => {
            if let Value::Object(members) = node {
                let value = match choices.below(4) {
                    0 => scalar(choices),
                    1 => other,
                    2 => reference(&components, choices),
                    _ => json!([other, scalar(choices)]),
                };
                members.insert((*choices.of(KEYWORDS)).to_owned(), value);
            }
        }
        6 => {
            let keyword = *choices.of(&["anyOf", "oneOf", "allOf", "prefixItems"]);
            *node = json!({keyword: [node.take(), other]});
        }
        7 => *node = reference(&components, choices),
        8 => *node = json!({"type": "array", "items": node.take()}),
        9 => {
            let name = *choices.of(NAMES);
            *node = json!({"type": "object", "properties": {name: node.take(), "other": other}});
        }
        10 => match node {
            Value::Array(items) => items.push(other),
            Value::Object(members) => {
                members.insert((*choices.of(NAMES)).to_owned(), other);
            }
            other => *other = scalar(choices),
        },
        _ => {
            let types = [
                "string", "integer", "number", "boolean", "object", "array", "null",
            ];
            if let Value::Object(members) = node {
                let one = *choices.of(&types);
                let value = match choices.below(3) {
                    0 => json!(one),
                    1 => json!([one, choices.of(&types)]),
                    _ => json!([one, "null"]),
                };
                members.insert("type".to_owned(), value);
            }
        }
    }
}

/// Pointers of all nodes.
fn places(root: &Value) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut next = 0;
    while let Some(at) = all.get(next).cloned() {
        next += 1;
        match root.pointer(&at) {
            Some(Value::Object(members)) => all.extend(
                members
                    .keys()
                    .map(|name| format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))),
            ),
            Some(Value::Array(items)) => {
                all.extend((0..items.len()).map(|index| format!("{at}/{index}")));
            }
            _ => {}
        }
        if all.len() > 5_000 {
            break;
        }
    }
    all
}

fn scalar(choices: &mut Choices<'_>) -> Value {
    let numbers = [
        json!(0),
        json!(-1),
        json!(1),
        json!(1.5),
        json!(-0.0),
        json!(1e308),
        json!(5e-324),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(9_007_199_254_740_993_u64),
        json!(2_147_483_648_u64),
    ];
    match choices.below(8) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(false),
        3 => json!({}),
        4 => json!([]),
        5 => choices.of(&numbers).clone(),
        6 => json!(choices.of(KEYWORDS)),
        _ => json!(choices.of(NAMES)),
    }
}

fn reference(components: &[String], choices: &mut Choices<'_>) -> Value {
    if components.is_empty() {
        return json!({"$ref": "#"});
    }
    let name = choices.of(components).replace('~', "~0").replace('/', "~1");
    let name = name.replace('%', "%25");
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn parent<'v>(root: &'v mut Value, at: &str) -> Option<(&'v mut Value, String)> {
    let (around, name) = at.rsplit_once('/')?;
    let name = name.replace("~1", "/").replace("~0", "~");
    Some((root.pointer_mut(around)?, name))
}

fn remove(root: &mut Value, at: &str) {
    match parent(root, at) {
        Some((Value::Object(members), name)) => {
            members.shift_remove(&name);
        }
        Some((Value::Array(items), name)) => {
            if let Ok(index) = name.parse::<usize>()
                && index < items.len()
            {
                items.remove(index);
            }
        }
        _ => {}
    }
}

fn rename(root: &mut Value, at: &str, to: &str) {
    if let Some((Value::Object(members), name)) = parent(root, at) {
        let renamed: Map<String, Value> = std::mem::take(members)
            .into_iter()
            .map(|(key, value)| (if key == name { to.to_owned() } else { key }, value))
            .collect();
        *members = renamed;
    }
}
