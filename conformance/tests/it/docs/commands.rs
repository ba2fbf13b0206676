//! Finds the command lines of the program in pages, scripts and YAML, and makes arguments of them: the
//! words that stand for something of the reader's are replaced by an example of it.

use serde_json::Value;

/// A command line.
pub(super) struct Line {
    /// File and line.
    pub(super) place: String,
    /// The name of the program first.
    pub(super) arguments: Vec<String>,
}

const PROGRAM: &str = "skyvern-conformance";

/// What stands for something, and an example of it.
const EXAMPLES: [(&str, &str); 5] = [
    ("URL", "http://127.0.0.1:8000"),
    ("$URL", "http://127.0.0.1:8000"),
    ("SERVER", "skyvern"),
    ("SHELL", "bash"),
    ("ID|FILE", "0123abcd"),
];

/// Those in blocks and in quoted words of a page.
pub(super) fn in_markdown(file: &str, text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut block: Option<&str> = None;
    let source: Vec<&str> = text.lines().collect();
    for (number, line) in source.iter().enumerate() {
        let place = format!("{file}:{}", number + 1);
        if let Some(language) = line.trim_start().strip_prefix("```") {
            block = if block.is_some() {
                None
            } else {
                Some(language)
            };
            continue;
        }
        match block {
            // Output, and other languages.
            Some("text" | "rust" | "json" | "toml" | "yaml" | "python") => {}
            Some(_) => lines.extend(command(&place, &joined(&source[number..]))),
            None => {
                let quoted = line.split('`').skip(1).step_by(2);
                let ours = quoted.filter(|words| words.starts_with("skyvern-conformance "));
                lines.extend(ours.filter_map(|words| command(&place, words)));
            }
        }
    }
    lines
}

/// Those in a script.
pub(super) fn in_shell(file: &str, text: &str) -> Vec<Line> {
    let source: Vec<&str> = text.lines().collect();
    let numbered = source.iter().enumerate();
    let found = numbered.filter_map(|(number, _)| {
        let place = format!("{file}:{}", number + 1);
        command(&place, &joined(&source[number..]))
    });
    found.collect()
}

/// Those in the scripts of a workflow or an action, in the arguments that a step gives to the action,
/// in those of a container, and in comments.
pub(super) fn in_yaml(file: &str, text: &str) -> Vec<Line> {
    let value: Value = serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut lines = Vec::new();
    walk(file, &value, &mut lines);
    for (number, line) in text.lines().enumerate() {
        if let Some(comment) = line.trim().strip_prefix('#')
            && let Some((_, words)) = comment.split_once(": skyvern-conformance ")
        {
            let place = format!("{file}:{}", number + 1);
            lines.extend(command(&place, &format!("{PROGRAM} {words}")));
        }
    }
    lines
}

fn walk(place: &str, value: &Value, lines: &mut Vec<Line>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(&format!("{place}/{index}"), item, lines);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let place = format!("{place}/{name}");
                match (name.as_str(), member) {
                    ("run", Value::String(script)) => lines.extend(in_shell(&place, script)),
                    ("arguments", Value::String(options)) => {
                        let options = options.lines().map(str::to_owned);
                        let run = [PROGRAM, "run", "http://127.0.0.1"].map(str::to_owned);
                        let arguments = run.into_iter().chain(options).collect();
                        lines.push(Line { place, arguments });
                    }
                    ("args", Value::Array(words)) => {
                        let words = words.iter().map(|word| word.as_str().unwrap().to_owned());
                        let arguments = [PROGRAM.to_owned()].into_iter().chain(words).collect();
                        lines.push(Line { place, arguments });
                    }
                    _ => walk(&place, member, lines),
                }
            }
        }
        _ => {}
    }
}

/// A line with those that it goes on in.
fn joined(lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        let Some(part) = line.strip_suffix('\\') else {
            text.push_str(line);
            break;
        };
        text.push_str(part);
    }
    text
}

/// The command line in `text`, if it is one of ours: behind a prompt, variables, or `cargo run`.
fn command(place: &str, text: &str) -> Option<Line> {
    let text = text.trim().trim_start_matches("$ ");
    let mut words = words(text).into_iter().peekable();
    while words.peek().is_some_and(|word| is_assignment(word)) {
        words.next();
    }
    let first = words.next()?;
    if first == "cargo" {
        let rest: Vec<String> = words.by_ref().take_while(|word| word != "--").collect();
        if rest.first().map(String::as_str) != Some("run") || !rest.contains(&PROGRAM.to_owned()) {
            return None;
        }
    } else if first != PROGRAM {
        return None;
    }
    // A drawing of who calls whom is no command.
    let rest: Vec<String> = words.collect();
    if rest.first().is_some_and(|word| word.starts_with('─')) {
        return None;
    }
    let rest = rest
        .into_iter()
        // An array of the shell, whose words are not known here.
        .filter(|word| !word.contains("[@]"))
        .map(|word| {
            let example = EXAMPLES.iter().find(|(name, _)| *name == word);
            example.map_or(word, |(_, example)| (*example).to_owned())
        });
    Some(Line {
        place: place.to_owned(),
        arguments: [PROGRAM.to_owned()].into_iter().chain(rest).collect(),
    })
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map(|(name, _)| name);
    name.is_some_and(|name| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    })
}

/// The words of a command line, as a shell reads them: quotes, and a comment at the end.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for one in text.chars() {
        match (quote, one) {
            (Some(open), _) if one == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(one);
                word.get_or_insert_default();
            }
            // A comment, or the next command.
            (None, '#' | '|' | ';' | '>') if word.is_none() => break,
            (None, _) if one.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(one),
        }
    }
    words.extend(word);
    words
}
