//! Where references lead: pointers, anchors, `$id`s, and files beside the document.
//!
//! What comes in are the files; what goes out is the node that a `$ref` names, or why there is none.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Component, Path, PathBuf},
};

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::{
    diagnostic::Diagnostics,
    location::{Location, Pointer, SourceId},
    read,
    source::Sources,
};

/// How many files one document may be spread over.
const MAX_FILES: usize = 1000;

/// Why a reference leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unresolved {
    /// The file is there, the node in it is not.
    NoNode(SourceId),
    /// The fragment is neither empty, nor a pointer, nor a known anchor.
    NoAnchor,
    /// A percent sign without two hexadecimal digits, or bytes that are no UTF-8.
    Malformed,
    /// It names another host, and nothing is fetched.
    Url,
    /// The file lies outside the folder of the document.
    Outside,
    /// The document has no folder: it was given as a text.
    NoFolder,
    /// The file is there, but could not be read; what is wrong with it is told.
    Unreadable(Diagnostics),
    /// There are too many files already.
    TooManyFiles,
}

/// What references resolve by, besides pointers.
#[derive(Debug, Default)]
pub(crate) struct References {
    /// The file part of a `$ref` as it is written in a file, and what became of it.
    files: HashMap<(SourceId, String), Result<SourceId, Unresolved>>,
    /// `$anchor` and `$dynamicAnchor`.
    anchors: HashMap<(SourceId, String), Location>,
    /// `$id`, as it is written.
    ids: HashMap<String, Location>,
}

impl References {
    /// Reads all files that the root document refers to, directly or not, and adds them to `sources`.
    /// `file` is the root document, if it is one. Faults wait until a reference leads to them.
    pub(crate) fn collect(root: &Value, file: Option<&Path>, sources: &mut Sources) -> Self {
        let mut references = Self::default();
        let mut folder = file.map(Folder::of);
        let mut wanted = Vec::new();
        references.scan(root, SourceId::ROOT, &mut wanted);
        while let Some((from, part)) = wanted.pop() {
            let key = (from, part);
            if references.files.contains_key(&key) || references.ids.contains_key(&key.1) {
                continue;
            }
            let known = sources.files.len();
            let found = match &mut folder {
                _ if is_url(&key.1) => Err(Unresolved::Url),
                None => Err(Unresolved::NoFolder),
                Some(folder) => folder.open(from, &key.1, sources),
            };
            if let Ok(id) = found
                && sources.files.len() > known
                && let Some(file) = sources.file(id)
            {
                references.scan(&file.value, id, &mut wanted);
            }
            references.files.insert(key, found);
        }
        references
    }

    /// Notes anchors and identifiers of one file, and which files it wants.
    fn scan(&mut self, value: &Value, id: SourceId, wanted: &mut Vec<(SourceId, String)>) {
        let mut path = Vec::new();
        self.scan_node(value, id, &mut path, wanted);
    }

    fn scan_node<'a>(
        &mut self,
        value: &'a Value,
        id: SourceId,
        path: &mut Vec<Step<'a>>,
        wanted: &mut Vec<(SourceId, String)>,
    ) {
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push(Step::Index(index));
                    self.scan_node(item, id, path, wanted);
                    path.pop();
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    match (name.as_str(), member) {
                        ("$ref", Value::String(reference)) => {
                            let file = reference.split('#').next().unwrap_or_default();
                            if !file.is_empty() {
                                wanted.push((id, file.to_owned()));
                            }
                        }
                        ("$anchor" | "$dynamicAnchor", Value::String(anchor)) => {
                            let location = location(id, path);
                            self.anchors.entry((id, anchor.clone())).or_insert(location);
                        }
                        ("$id", Value::String(uri)) => {
                            let uri = uri.trim_end_matches('#').to_owned();
                            self.ids.entry(uri).or_insert_with(|| location(id, path));
                        }
                        (_, Value::Object(_) | Value::Array(_)) => {
                            path.push(Step::Key(name));
                            self.scan_node(member, id, path, wanted);
                            path.pop();
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// The node that `reference`, standing in file `from`, names.
    pub(crate) fn resolve(
        &self,
        root: &Value,
        sources: &Sources,
        from: SourceId,
        reference: &str,
    ) -> Result<Location, Unresolved> {
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let fragment = decode(fragment).ok_or(Unresolved::Malformed)?;
        let base = if file.is_empty() {
            Location {
                source: from,
                pointer: Pointer::root(),
            }
        } else if let Some(identified) = self.ids.get(file) {
            identified.clone()
        } else {
            let source = match self.files.get(&(from, file.to_owned())) {
                Some(found) => found.clone()?,
                None => return Err(Unresolved::NoFolder),
            };
            Location {
                source,
                pointer: Pointer::root(),
            }
        };
        let location = match Pointer::parse(&fragment) {
            Some(pointer) => Location {
                source: base.source,
                pointer: Pointer::parse(&format!("{}{pointer}", base.pointer)).unwrap_or_default(),
            },
            None => self
                .anchors
                .get(&(base.source, fragment))
                .cloned()
                .ok_or(Unresolved::NoAnchor)?,
        };
        let file = match location.source {
            SourceId::ROOT => Some(root),
            other => sources.file(other).map(|file| &file.value),
        };
        match file.and_then(|value| location.pointer.find(value)) {
            Some(_) => Ok(location),
            None => Err(Unresolved::NoNode(location.source)),
        }
    }

    /// All anchors of a file, for guesses.
    pub(crate) fn anchors(&self, id: SourceId) -> BTreeMap<&str, &Location> {
        let mine = self.anchors.iter().filter(|((source, _), _)| *source == id);
        mine.map(|((_, name), location)| (name.as_str(), location))
            .collect()
    }
}

enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

fn location(id: SourceId, path: &[Step<'_>]) -> Location {
    let mut pointer = Pointer::root();
    for step in path {
        pointer = match step {
            Step::Key(name) => pointer.child(name),
            Step::Index(index) => pointer.index(*index),
        };
    }
    Location {
        source: id,
        pointer,
    }
}

/// The percent-decoded text; `None` if an escape is cut or the bytes are no UTF-8.
fn decode(text: &str) -> Option<String> {
    let escapes = text.split('%').skip(1);
    let complete = |escape: &str| {
        let digits = escape.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !escapes.clone().all(complete) {
        return None;
    }
    percent_decode_str(text)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// Whether a reference begins with a scheme (RFC 3986, section 3.1) or a host.
fn is_url(reference: &str) -> bool {
    let scheme = reference.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    });
    scheme || reference.starts_with("//")
}

/// The folder of the root document: the only place that files are read from.
struct Folder {
    path: PathBuf,
    /// The files that were read, by their path in the folder.
    read: HashMap<PathBuf, Result<SourceId, Unresolved>>,
    /// In which folder below `path` each file stands.
    homes: HashMap<SourceId, PathBuf>,
}

impl Folder {
    /// The folder in which `file`, the root document, stands.
    fn of(file: &Path) -> Self {
        let name = file.file_name().unwrap_or_default();
        Self {
            path: file.parent().unwrap_or(Path::new("")).to_owned(),
            read: HashMap::from([(PathBuf::from(name), Ok(SourceId::ROOT))]),
            homes: HashMap::from([(SourceId::ROOT, PathBuf::new())]),
        }
    }

    fn open(
        &mut self,
        from: SourceId,
        part: &str,
        sources: &mut Sources,
    ) -> Result<SourceId, Unresolved> {
        let part = decode(part).ok_or(Unresolved::Malformed)?;
        let home = self.homes.get(&from).cloned().unwrap_or_default();
        let inner = normal(&home, Path::new(&part)).ok_or(Unresolved::Outside)?;
        if let Some(known) = self.read.get(&inner) {
            return known.clone();
        }
        let found = self.read_file(&inner, sources);
        self.read.insert(inner, found.clone());
        found
    }

    fn read_file(&mut self, inner: &Path, sources: &mut Sources) -> Result<SourceId, Unresolved> {
        if sources.files.len() >= MAX_FILES {
            return Err(Unresolved::TooManyFiles);
        }
        let path = self.path.join(inner);
        // A link may lead out of the folder although its path does not.
        if let (Ok(real), Ok(folder)) = (path.canonicalize(), self.path.join(".").canonicalize())
            && !real.starts_with(folder)
        {
            return Err(Unresolved::Outside);
        }
        let next =
            SourceId(u16::try_from(sources.files.len()).map_err(|_| Unresolved::TooManyFiles)?);
        let (source, diagnostics) = read::file(&path, &path.display().to_string(), next);
        let id = sources.add(source);
        if diagnostics.is_empty() {
            self.homes
                .insert(id, inner.parent().unwrap_or(Path::new("")).to_owned());
            Ok(id)
        } else {
            Err(Unresolved::Unreadable(diagnostics))
        }
    }
}

/// `part` seen from `home`, without `.` and `..`; `None` if it leaves the folder.
fn normal(home: &Path, part: &Path) -> Option<PathBuf> {
    let mut inner = home.to_owned();
    for component in part.components() {
        match component {
            Component::Normal(name) => inner.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !inner.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_folder() {
        let inner = |home: &str, part: &str| normal(Path::new(home), Path::new(part));
        assert_eq!(inner("", "a/./b.yaml"), Some("a/b.yaml".into()));
        assert_eq!(inner("a", "../b.yaml"), Some("b.yaml".into()));
        assert_eq!(inner("a", "../../b.yaml"), None);
        assert_eq!(inner("", "/etc/passwd"), None);
    }

    #[test]
    fn fragments_are_percent_decoded() {
        assert_eq!(decode("/a%20b/%7Eid").as_deref(), Some("/a b/~id"));
        assert_eq!(decode("%C3%A9").as_deref(), Some("é"));
        assert_eq!(decode("%C3"), None);
        assert_eq!(decode("100%"), None);
        assert_eq!(decode("%zz"), None);
    }

    #[test]
    fn schemes_and_hosts_are_urls() {
        assert!(is_url("https://example.com/a.yaml"));
        assert!(is_url("urn:example:a"));
        assert!(is_url("//example.com/a.yaml"));
        assert!(!is_url("a.yaml"));
        assert!(!is_url("./dir:x/a.yaml"));
    }
}
