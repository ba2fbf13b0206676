//! `conformance.toml`: where it is, and what stands in it at which line.

use std::{
    fs,
    path::{Path, PathBuf},
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{ConfigError, FILE};

/// A value of the file.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) value: Given,
    /// `conformance.toml:3:8`, for messages.
    pub(super) place: String,
    pub(super) line: usize,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Given {
    Switch(bool),
    One(String),
    Many(Vec<String>),
}

/// The file: what holds always, and what holds in each profile.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) entries: Vec<Entry>,
    pub(super) profiles: Vec<(String, Vec<Entry>)>,
}

/// The file in `directory` or the nearest one above it.
pub(super) fn find(directory: &Path) -> Option<PathBuf> {
    let found = directory
        .ancestors()
        .map(|above| above.join(FILE))
        .find(|file| file.is_file())?;
    // Beside us it needs no directory.
    Some(
        found
            .strip_prefix(directory)
            .map(Path::to_owned)
            .unwrap_or(found),
    )
}

/// Reads the file.
pub(super) fn read(path: &Path) -> Result<File, ConfigError> {
    let text = fs::read_to_string(path).map_err(|error| {
        ConfigError(vec![format!("{} cannot be read: {error}", path.display())])
    })?;
    let table = DeTable::parse(&text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let place = place(path, &text, at).0;
        ConfigError(vec![format!("{place}: {}", error.message())])
    })?;
    let mut reading = Reading {
        path,
        text: &text,
        wrong: Vec::new(),
    };
    let mut file = File {
        path: path.to_owned(),
        ..File::default()
    };
    for (key, value) in table.get_ref() {
        if key.get_ref() == "profile" && value.get_ref().is_table() {
            file.profiles = reading.profiles(value);
        } else {
            file.entries
                .extend(reading.entry(key.get_ref(), key.span().start, value));
        }
    }
    file.entries.sort_by_key(|entry| entry.line);
    if reading.wrong.is_empty() {
        Ok(file)
    } else {
        Err(ConfigError(reading.wrong))
    }
}

struct Reading<'a> {
    path: &'a Path,
    text: &'a str,
    wrong: Vec<String>,
}

impl Reading<'_> {
    fn profiles(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<(String, Vec<Entry>)> {
        let mut profiles = Vec::new();
        for (name, table) in value.get_ref().as_table().into_iter().flatten() {
            let Some(members) = table.get_ref().as_table() else {
                let place = place(self.path, self.text, name.span().start).0;
                self.wrong.push(format!(
                    "{place}: a profile is a table: write [profile.{}]",
                    name.get_ref()
                ));
                continue;
            };
            let entries = members
                .iter()
                .filter_map(|(key, value)| self.entry(key.get_ref(), key.span().start, value));
            profiles.push((name.get_ref().to_string(), entries.collect()));
        }
        profiles
    }

    fn entry(&mut self, key: &str, at: usize, value: &Spanned<DeValue<'_>>) -> Option<Entry> {
        let (place, line) = place(self.path, self.text, at);
        let given = match value.get_ref() {
            DeValue::Boolean(switch) => Some(Given::Switch(*switch)),
            DeValue::Array(items) => items
                .iter()
                .map(|item| scalar(item.get_ref()))
                .collect::<Option<_>>()
                .map(Given::Many),
            other => scalar(other).map(Given::One),
        };
        match given {
            Some(value) => Some(Entry {
                key: key.to_owned(),
                value,
                place,
                line,
            }),
            None if value.get_ref().is_table() => {
                self.wrong.push(format!("{place}: there is no table `{key}`: options stand at the top, or in [profile.NAME]"));
                None
            }
            None => {
                self.wrong
                    .push(format!("{place}: `{key}` takes texts and numbers"));
                None
            }
        }
    }
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        _ => None,
    }
}

/// `file:line:column` of a byte, and its line.
pub(super) fn place(path: &Path, text: &str, at: usize) -> (String, usize) {
    let before = &text[..text.floor_char_boundary(at)];
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (format!("{}:{line}:{column}", path.display()), line)
}
