//! Bytes of one file to a JSON value: decides what the text is, and says what is wrong with it.
//!
//! Knows nothing of OpenAPI.

mod json;
pub(crate) mod positions;
mod scalar;
mod yaml;

use std::{
    io::{self, Read},
    ops::Range,
    path::Path,
};

use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    location::{Location, SourceId},
    source::Source,
};
use positions::Positions;

/// How deep objects and arrays may lie within each other, in JSON and in YAML alike.
pub(crate) const MAX_DEPTH: usize = 127;

/// The longest file that is read, in bytes.
const MAX_FILE: u64 = 1 << 30;

/// What a reader of one format gives.
struct Parsed {
    value: Value,
    /// Known already (YAML) or found on demand (JSON).
    positions: Option<Positions>,
    duplicates: bool,
    warnings: Vec<Diagnostic>,
}

/// Reads the file at `path`; `name` stands for it in diagnostics.
pub(crate) fn file(path: &Path, name: &str, id: SourceId) -> (Source, Diagnostics) {
    let fault = |diagnostic: Diagnostic| {
        let source = Source::unreadable(name.to_owned(), String::new());
        (source, vec![diagnostic.in_file(id)])
    };
    match bytes_of(path, name) {
        Ok(bytes) => self::bytes(name, bytes, id),
        Err(diagnostic) => fault(*diagnostic),
    }
}

fn bytes_of(path: &Path, name: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
    let error = |code, message: String| Diagnostic::error(code, Location::default(), message);
    let metadata = std::fs::metadata(path);
    if metadata.as_ref().is_ok_and(std::fs::Metadata::is_dir) {
        return Err(Box::new(
            error(
                "is-a-directory",
                format!("`{name}` is a directory, not a file"),
            )
            .hint("name the OpenAPI document in it, e.g. `openapi.yaml`"),
        ));
    }
    if metadata
        .as_ref()
        .is_ok_and(|metadata| metadata.len() > MAX_FILE)
    {
        return Err(Box::new(
            error("file-too-large", format!("`{name}` is larger than 1 GiB")).hint(
                "an OpenAPI document is a text of at most some megabytes: is this the right file?",
            ),
        ));
    }
    // Pipes and devices have no length to ask for, and may never end.
    let read = std::fs::File::open(path).and_then(|file| {
        let mut bytes = Vec::new();
        file.take(MAX_FILE).read_to_end(&mut bytes).map(|_| bytes)
    });
    read.map_err(|cause| {
        Box::new(match cause.kind() {
            io::ErrorKind::NotFound => error(
                "file-not-found",
                format!("there is no file `{name}`"),
            )
            .hint(nearest_file(path).map_or_else(
                || "check the path; it is taken relative to the current directory".to_owned(),
                |near| format!("did you mean `{near}`?"),
            )),
            io::ErrorKind::PermissionDenied => error(
                "file-unreadable",
                format!("`{name}` may not be read: {cause}"),
            )
            .hint("give the user who runs this permission to read the file"),
            _ => error(
                "file-unreadable",
                format!("`{name}` cannot be read: {cause}"),
            )
            .hint("check that the path names a regular file"),
        })
    })
}

fn nearest_file(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?;
    let folder = path.parent()?;
    let readable = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let names: Vec<String> = std::fs::read_dir(readable)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let near = crate::similar::nearest(wanted, names.iter().map(String::as_str))?;
    Some(folder.join(near).display().to_string())
}

/// Reads a text that is already in memory.
pub(crate) fn bytes(name: &str, bytes: Vec<u8>, id: SourceId) -> (Source, Diagnostics) {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let line = text[..at].matches('\n').count() + 1;
            let bytes = error.as_bytes();
            let (message, hint) = if bytes.starts_with(&[0xFF, 0xFE])
                || bytes.starts_with(&[0xFE, 0xFF])
            {
                (
                    "the file is UTF-16, not UTF-8".to_owned(),
                    "save it as UTF-8, e.g. with `iconv -f UTF-16 -t UTF-8`",
                )
            } else {
                (
                    format!(
                        "the file is not UTF-8: byte {:#04x} at offset {at}, in line {line}, belongs to no character",
                        bytes[at]
                    ),
                    "save the file as UTF-8; if it is in another encoding, convert it, e.g. with `iconv -f LATIN1 -t UTF-8`",
                )
            };
            let width = text[at..].chars().next().map_or(0, char::len_utf8);
            let diagnostic = Diagnostic::syntax("not-utf8", at..at + width, message).hint(hint);
            return (
                Source::unreadable(name.to_owned(), text),
                vec![diagnostic.in_file(id)],
            );
        }
    };
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    match parse(name, &text) {
        Ok(mut parsed) => {
            let mut diagnostics = parsed.warnings;
            if parsed.duplicates {
                let positions = parsed
                    .positions
                    .get_or_insert_with(|| json::positions(&text));
                diagnostics.extend(duplicate_keys(&text, positions));
            }
            let diagnostics = diagnostics.into_iter().map(|one| one.in_file(id)).collect();
            let source = Source::new(name.to_owned(), text, parsed.value, parsed.positions);
            (source, diagnostics)
        }
        Err(diagnostic) => (
            Source::unreadable(name.to_owned(), text),
            vec![diagnostic.in_file(id)],
        ),
    }
}

/// Where the nodes of a JSON text stand.
pub(crate) fn json_positions(text: &str) -> Positions {
    json::positions(text)
}

fn parse(name: &str, text: &str) -> Result<Parsed, Box<Diagnostic>> {
    if let Some(at) = text.find('\0') {
        return Err(Box::new(
            Diagnostic::syntax(
                "nul-byte",
                at..at + 1,
                format!("the text contains a NUL byte at offset {at}"),
            )
            .hint("this is a binary file or a damaged one; an OpenAPI document is plain text"),
        ));
    }
    let Some(first) = text.trim_start().chars().next() else {
        return Err(Box::new(
            Diagnostic::syntax("empty-document", 0..0, "the file is empty")
                .hint("an OpenAPI document begins with `openapi: 3.1.0`"),
        ));
    };
    let extension = Path::new(name)
        .extension()
        .and_then(std::ffi::OsStr::to_str);
    let is =
        |wanted: &str| extension.is_some_and(|extension| extension.eq_ignore_ascii_case(wanted));
    if is("json") {
        return json::parse(text);
    }
    if !matches!(first, '{' | '[') {
        return yaml::parse(text);
    }
    // Braces begin a YAML flow mapping too; what is valid JSON is read the quick and exact way.
    let parsed = json::parse(text);
    if parsed.is_err() && (is("yaml") || is("yml")) {
        return yaml::parse(text);
    }
    parsed
}

fn duplicate_keys(text: &str, positions: &Positions) -> Vec<Diagnostic> {
    positions
        .duplicates(text)
        .into_iter()
        .map(|(pointer, second, first)| {
            let name = pointer.last().unwrap_or_default();
            let location = Location::root(pointer);
            let mut diagnostic = Diagnostic::error(
                "duplicate-key",
                location,
                format!("the key `{name}` is given twice in the same object"),
            )
            .hint("keep one of the two; readers disagree on which of them counts");
            diagnostic.range = Some(second);
            diagnostic
                .related_ranges
                .push((first, "first given here".to_owned()));
            diagnostic
        })
        .collect()
}

fn too_deep(range: Range<usize>) -> Diagnostic {
    Diagnostic::syntax(
        "too-deep",
        range,
        format!("objects and arrays are nested more than {MAX_DEPTH} levels deep"),
    )
    .hint("move inner schemas to `components/schemas` and refer to them with `$ref`")
}
