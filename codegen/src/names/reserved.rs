//! Identifiers that a generated item must not take.

/// Keywords of edition 2024, strict and reserved (the Rust Reference, "Keywords").
const KEYWORDS: &[&str] = &[
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords that cannot be written raw, and the lone underscore.
const NEVER_RAW: &[&str] = &["Self", "_", "crate", "self", "super"];

/// Types, traits and variants of the prelude of edition 2024, and what generated modules import.
const TYPES: &[&str] = &[
    "AsMut",
    "AsRef",
    "BTreeMap",
    "Box",
    "Client",
    "ClientBuilder",
    "Clone",
    "Copy",
    "Date",
    "DateTime",
    "Debug",
    "Default",
    "Deserialize",
    "DoubleEndedIterator",
    "Download",
    "Drop",
    "Eq",
    "Err",
    "Error",
    "Events",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "Map",
    "None",
    "Ok",
    "Option",
    "Ord",
    "Pages",
    "PartialEq",
    "PartialOrd",
    "Patch",
    "Result",
    "Secret",
    "Send",
    "Serialize",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Upload",
    "Value",
    "Vec",
];

/// Methods that the client has of its own.
const METHODS: &[&str] = &[
    "base_url", "builder", "clone", "drop", "execute", "fmt", "new", "request", "send", "with",
];

/// Modules that the generated crate has of its own.
const MODULES: &[&str] = &[
    "client",
    "common",
    "core",
    "error",
    "lib",
    "main",
    "std",
    "alloc",
    "support",
    "test",
    "tests",
    "mod",
    "types",
    "serde",
    "serde_json",
    "reqwest",
    "bytes",
    "futures_core",
    "zeroize",
    "url",
    "percent_encoding",
    "tokio",
    "regex",
];

/// Whether `name` is a keyword.
pub(crate) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// A field, argument or module name that may be a keyword: raw, or with an underscore where raw is not allowed.
pub(crate) fn escape(name: &str) -> String {
    if NEVER_RAW.contains(&name) {
        format!("{name}_")
    } else if is_keyword(name) {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

/// Whether a type of this name would shadow what generated code uses.
pub(crate) fn is_type(name: &str) -> bool {
    is_keyword(name) || TYPES.contains(&name)
}

/// Whether the client has a method of this name.
pub(crate) fn is_method(name: &str) -> bool {
    METHODS.contains(&name)
}

/// Whether the crate has a module of this name.
pub(crate) fn is_module(name: &str) -> bool {
    is_keyword(name) || MODULES.contains(&name)
}

/// Whether `name` can be written in Rust as it is, raw identifiers included.
pub(crate) fn is_identifier(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_ok()
        || name
            .strip_prefix("r#")
            .is_some_and(|raw| is_keyword(raw) && !NEVER_RAW.contains(&raw))
}
