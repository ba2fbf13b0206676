//! Values as parameters: in a path, a query or a header a server sees texts, and what it makes of
//! them depends on the schema. A text is invalid only if no reading of it is valid: `null` is a
//! fine string, `7` is a fine string and a fine number.

use std::collections::HashSet;

use serde_json::Value;
use spec::Location;

use super::{Broken, Schemas, node::is_integer};

/// The texts of a parameter that no reading makes valid, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenText {
    /// One text for a single value; one for each item of an array, as in `?a=1&a=2`.
    pub texts: Vec<String>,
    /// The schema that is not met.
    pub schema: Location,
    /// The keyword of it that is not met.
    pub keyword: String,
    /// What was broken, in words: never quotes a value.
    pub what: String,
}

/// Readings of one array are tried up to this number; more than that, and it counts as valid.
const READINGS: usize = 256;

/// Texts that are often no value of the type that is asked for.
const JUNK: [&str; 5] = ["abc", "1.5", "true", "-", "1,5"];

impl Schemas {
    /// How a value is written as a parameter: a scalar as one text, an array of scalars as one
    /// text each. `None` for what has no plain text: objects, arrays in arrays, the empty array.
    pub fn to_texts(value: &Value) -> Option<Vec<String>> {
        match value {
            Value::Array(items) if items.is_empty() => None,
            Value::Array(items) => items.iter().map(scalar).collect(),
            other => Some(vec![scalar(other)?]),
        }
    }

    /// Whether some reading of the texts is valid against the schema at `at`.
    pub fn is_valid_text(&self, at: &Location, texts: &[String]) -> bool {
        if let [text] = texts {
            if readings(text).iter().any(|value| self.is_valid(at, value)) {
                return true;
            }
            let split: Vec<String> = text.split(',').map(str::to_owned).collect();
            if split.len() > 1 && self.is_valid_list(at, &split) {
                return true;
            }
        }
        self.is_valid_list(at, texts)
    }

    fn is_valid_list(&self, at: &Location, texts: &[String]) -> bool {
        let choices: Vec<Vec<Value>> = texts.iter().map(|text| readings(text)).collect();
        let mut lists: Vec<Vec<Value>> = vec![Vec::new()];
        for choice in &choices {
            lists = lists
                .into_iter()
                .flat_map(|list| {
                    choice.iter().map(move |value| {
                        let mut list = list.clone();
                        list.push(value.clone());
                        list
                    })
                })
                .collect();
            if lists.len() > READINGS {
                // Items all read alike are what servers do; that much can still be asked.
                return (0..3).any(|kind| {
                    let list: Option<Vec<Value>> = choices
                        .iter()
                        .map(|choice| choice.get(kind).or(choice.first()).cloned())
                        .collect();
                    list.is_some_and(|list| self.is_valid(at, &Value::Array(list)))
                });
            }
        }
        lists
            .into_iter()
            .any(|list| self.is_valid(at, &Value::Array(list)))
    }

    /// The broken value as a parameter; `None` if a server can read it as something valid, or if it
    /// has no plain text.
    pub fn broken_text(&self, at: &Location, broken: &Broken) -> Option<BrokenText> {
        let texts = Self::to_texts(&broken.value)?;
        let blank = texts.iter().any(String::is_empty) && broken.keyword == "type";
        (!blank && !self.is_valid_text(at, &texts)).then(|| BrokenText {
            texts,
            schema: broken.schema.clone(),
            keyword: broken.keyword.clone(),
            what: broken.what.clone(),
        })
    }

    /// Texts of a parameter that no reading makes valid, the same list every time: each constraint
    /// broken, and what is no value of the type at all. Empty if every text is fine.
    ///
    /// The empty text is left out unless a length forbids it: servers may take it for an absent parameter.
    pub fn invalid_texts(&self, at: &Location) -> Vec<BrokenText> {
        let mut seen = HashSet::new();
        let mut found: Vec<BrokenText> = Vec::new();
        let coverage = self.coverage(at);
        for broken in &coverage.invalid {
            if let Some(text) = self.broken_text(at, broken)
                && seen.insert(text.texts.clone())
            {
                found.push(text);
            }
        }
        for junk in JUNK {
            let texts = vec![junk.to_owned()];
            if self.is_valid_text(at, &texts) || seen.contains(&texts) {
                continue;
            }
            if let Some(violation) = self.violations(at, &Value::from(junk)).into_iter().next() {
                found.push(BrokenText {
                    texts,
                    schema: violation.schema,
                    keyword: violation.keyword,
                    what: violation.message,
                });
            }
        }
        found
    }

    /// The texts of the valid values that [`Schemas::coverage`] names, each with what it shows.
    pub fn valid_texts(&self, at: &Location) -> Vec<(Vec<String>, String)> {
        let mut seen = HashSet::new();
        self.coverage(at)
            .valid
            .into_iter()
            // An empty or null parameter is not the value it was written from on every server.
            .filter(|labelled| !labelled.value.is_null() && labelled.value != "")
            .filter_map(|labelled| Some((Self::to_texts(&labelled.value)?, labelled.what)))
            .filter(|(texts, _)| seen.insert(texts.clone()))
            .collect()
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("null".to_owned()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// All that a lenient server might take the text for; as a string first.
fn readings(text: &str) -> Vec<Value> {
    let mut all = vec![Value::from(text)];
    let plain = text.trim().replace('_', "");
    let plain = plain.strip_prefix('+').unwrap_or(&plain);
    if let Ok(Value::Number(number)) =
        serde_json::from_str(plain.trim_start_matches('0')).or_else(|_| serde_json::from_str(plain))
    {
        if is_integer(&number) && number.is_f64() {
            all.extend(number.as_f64().map(|float| {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a reading that saturates is one more to be refused"
                )]
                let whole = float as i64;
                Value::from(whole)
            }));
        }
        all.push(Value::Number(number));
    }
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" | "t" | "y" => all.push(Value::Bool(true)),
        "false" | "0" | "no" | "off" | "f" | "n" => all.push(Value::Bool(false)),
        "" | "null" | "none" | "nil" | "undefined" => all.push(Value::Null),
        _ => {}
    }
    if let Ok(value @ (Value::Array(_) | Value::Object(_))) = serde_json::from_str(text) {
        all.push(value);
    }
    all
}
