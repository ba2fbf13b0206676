//! `show-config`: each option, its value, and where that comes from. What it prints of the options
//! that are set is a `conformance.toml`.

use std::fmt::Write as _;

use super::{Origin, Setting};

pub(crate) fn show(settings: &[Setting]) -> String {
    let lines: Vec<(String, &Setting)> = settings.iter().map(|one| (line(one), one)).collect();
    let width = lines.iter().map(|(line, _)| line.chars().count()).max();
    let width = width.unwrap_or_default().min(60);
    let mut text = String::new();
    for (line, setting) in &lines {
        let unset = setting.values.is_empty() && setting.origin == Origin::BuiltIn;
        let origin = if unset {
            "not set".to_owned()
        } else {
            setting.origin.to_string()
        };
        // Writing to a string does not fail.
        let _ = writeln!(text, "{line:<width$}  # {origin}");
    }
    text
}

fn line(setting: &Setting) -> String {
    let name = &setting.name;
    match &setting.values[..] {
        [] => format!("# {name}"),
        [one] if one.parse::<bool>().is_ok() || one.parse::<u64>().is_ok() => {
            format!("{name} = {one}")
        }
        [one] => format!("{name} = {}", quoted(one)),
        many => {
            let all: Vec<String> = many.iter().map(|one| quoted(one)).collect();
            format!("{name} = [{}]", all.join(", "))
        }
    }
}

/// A basic string of TOML; JSON's escapes are among its own.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
