//! What a run wrote, read by libraries that we did not write: nothing in it is raw.

use std::{fs, path::Path, process::Output};

use serde_json::Value;

/// Every format of `--report`.
pub(super) const FORMATS: [&str; 8] = [
    "html", "junit", "json", "ndjson", "sarif", "har", "markdown", "github",
];

/// What is wrong with the output of a command and with the reports below `directory`.
pub(super) fn faults(output: &Output, directory: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        match std::str::from_utf8(bytes) {
            Ok(text) => faults.extend(raw(name, &without_colours(text))),
            Err(error) => faults.push(format!("{name} is no UTF-8: {error}")),
        }
    }
    let Ok(reports) = fs::read_dir(directory.join("r")) else {
        return faults;
    };
    for path in reports.map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                faults.push(format!("{name}: {error}"));
                continue;
            }
        };
        faults.extend(raw(&name, &text));
        if text.contains("hunter2") {
            faults.push(format!("{name} holds the key"));
        }
        match path.extension().and_then(|one| one.to_str()) {
            Some("html") => faults.extend(html(&text)),
            Some("xml") => faults.extend(xml(&text)),
            Some("ndjson") => {
                let broken = |line: &&str| serde_json::from_str::<Value>(line).is_err();
                let broken: Vec<&str> = text.lines().filter(broken).collect();
                if !broken.is_empty() {
                    faults.push(format!("{name} has lines that are no JSON: {broken:?}"));
                }
            }
            Some("md") => {}
            _ => {
                if let Err(error) = serde_json::from_str::<Value>(&text) {
                    faults.push(format!("{name} is no JSON: {error}"));
                }
            }
        }
    }
    faults
}

/// The text without what sets a colour: all that a terminal is told.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|one: char| !matches!(one, '0'..='9' | ';'));
        match end.map(|end| part.split_at(end)) {
            Some((_, rest)) if rest.starts_with('m') => plain.push_str(&rest[1..]),
            _ => {
                plain.push('\u{1b}');
                plain.push_str(part);
            }
        }
    }
    plain
}

/// Control characters, and those that turn the direction of writing.
fn raw(name: &str, text: &str) -> Option<String> {
    let is_raw = |one: &char| {
        one.is_control() && *one != '\n'
            || matches!(one, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let found = text.chars().position(|one| is_raw(&one))?;
    let around: String = text
        .chars()
        .skip(found.saturating_sub(60))
        .take(120)
        .collect();
    Some(format!("{name} is raw: {around:?}"))
}

/// What could run, load or lead out of the page.
fn html(page: &str) -> Vec<String> {
    let document = scraper::Html::parse_document(page);
    let mut faults: Vec<String> = document
        .errors
        .iter()
        .map(|error| format!("HTML: {error}"))
        .collect();
    for element in document.tree.values().filter_map(|node| node.as_element()) {
        let name = element.name();
        if matches!(
            name,
            "script" | "iframe" | "object" | "embed" | "link" | "img" | "form" | "base"
        ) {
            faults.push(format!("HTML: an element {name}"));
        }
        for (attribute, value) in element.attrs() {
            let leaves = matches!(attribute, "href" | "src" | "action") && !value.starts_with('#');
            if attribute.starts_with("on")
                || leaves
                || attribute == "style" && value.contains("url")
            {
                faults.push(format!("HTML: {name} has {attribute}={value:?}"));
            }
        }
    }
    faults
}

fn xml(text: &str) -> Vec<String> {
    let is_allowed = |one: char| matches!(one, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let mut faults = Vec::new();
    if let Some(odd) = text.chars().find(|one| !is_allowed(*one)) {
        faults.push(format!("XML 1.0 has no {odd:?}"));
    }
    if let Err(error) = roxmltree::Document::parse(text) {
        faults.push(format!("XML: {error}"));
    }
    faults
}
