//! Compares runs of one scenario: some with the same secrets, some with others.
//!
//! What varies among runs with the same secrets is noise and masked at its place; of a long value
//! that varies the form is compared still. Ids that a run was given are replaced by their number
//! first. Nothing else is masked.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use serde_json::Value;
use spec::Pointer;

use crate::{exchange::Exchange, finding::Place};

/// One run: its exchanges in the order of the scenario, and the ids that it was given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Run {
    pub(crate) exchanges: Vec<Rc<Exchange>>,
    pub(crate) ids: Vec<String>,
}

/// What is compared at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Aspect {
    /// Its value, or that it is there.
    Value,
    /// The form of a value that varies.
    Form,
    /// Names of headers or members, and their order.
    Order,
    /// White space and escapes of the body.
    Layout,
}

/// A place where runs with other secrets differ from all runs with the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// The number of the exchange in the scenario.
    pub(crate) step: usize,
    pub(crate) place: Place,
    pub(crate) aspect: Aspect,
    /// What stands there with the usual secrets.
    pub(crate) usual: String,
    /// What stands there with others.
    pub(crate) other: String,
}

impl Difference {
    /// Whether it is at the same step and place as `other`.
    pub(crate) fn is_at(&self, other: &Self) -> bool {
        self.step == other.step && self.place == other.place
    }
}

/// What [`compare`] found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) differences: Vec<Difference>,
    /// Places that vary by themselves, with their step.
    pub(crate) masked: BTreeSet<(usize, Place)>,
}

type Features = BTreeMap<(Place, Aspect), String>;

/// Values that vary and are shorter than this may vary in length too: counters and durations.
const LONG: usize = 10;
const ABSENT: &str = "(absent)";

/// Differences between `usual` runs, at least two of them, and `others`, at least one.
pub(crate) fn compare(usual: &[Run], others: &[Run]) -> Comparison {
    let mut comparison = Comparison::default();
    let steps = usual.iter().chain(others).map(|run| run.exchanges.len());
    for step in 0..steps.min().unwrap_or(0) {
        let features = |runs: &[Run]| -> Vec<Features> {
            runs.iter()
                .map(|run| features(&run.exchanges[step], &run.ids))
                .collect()
        };
        let (usual, others) = (features(usual), features(others));
        let places: BTreeSet<&(Place, Aspect)> = usual
            .iter()
            .chain(&others)
            .flat_map(BTreeMap::keys)
            .collect();
        for place in places {
            let (same, different) = (values(&usual, place), values(&others, place));
            let difference = |aspect, usual: &str, other: &str| Difference {
                step,
                place: place.0.clone(),
                aspect,
                usual: usual.to_owned(),
                other: other.to_owned(),
            };
            let (Some(usual), Some(other)) = (same.first(), different.first()) else {
                continue;
            };
            if same.len() == 1 {
                if different.is_disjoint(&same) {
                    let found = difference(place.1, usual, other);
                    comparison.differences.push(found);
                }
                continue;
            }
            comparison.masked.insert((step, place.0.clone()));
            let (same, different) = (forms(&same), forms(&different));
            if let (Some(usual), Some(other)) = (only(&same), only(&different))
                && usual != other
                && usual.len().min(other.len()) >= LONG
            {
                let found = difference(Aspect::Form, usual, other);
                comparison.differences.push(found);
            }
        }
    }
    comparison
}

fn values<'a>(runs: &'a [Features], place: &(Place, Aspect)) -> BTreeSet<&'a str> {
    runs.iter()
        .map(|features| features.get(place).map_or(ABSENT, String::as_str))
        .collect()
}

fn only(values: &BTreeSet<String>) -> Option<&String> {
    values.first().filter(|_| values.len() == 1)
}

/// Kinds of characters, one for one.
fn forms(values: &BTreeSet<&str>) -> BTreeSet<String> {
    let form = |value: &&str| {
        value
            .chars()
            .map(|one| match one {
                one if one.is_ascii_alphanumeric() => 'x',
                other => other,
            })
            .collect()
    };
    values.iter().map(form).collect()
}

/// Everything of an answer that can be seen, place by place.
fn features(exchange: &Exchange, ids: &[String]) -> Features {
    let mut features = Features::new();
    let mut put = |place, aspect, text: String| {
        features.insert((place, aspect), masked(text, ids));
    };
    let response = match &exchange.outcome {
        Ok(response) => response,
        Err(error) => {
            put(Place::Connection, Aspect::Value, error.to_string());
            return features;
        }
    };
    put(Place::Status, Aspect::Value, response.status.to_string());
    let names: Vec<&str> = response.headers.iter().map(|(name, _)| &**name).collect();
    put(
        Place::Header("*".to_owned()),
        Aspect::Order,
        names.join(", "),
    );
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in &response.headers {
        let values = seen.entry(name).or_default();
        values.push_str(&String::from_utf8_lossy(value));
        values.push('\n');
    }
    for (name, values) in seen {
        put(
            Place::Header(name.to_owned()),
            Aspect::Value,
            values.trim_end_matches('\n').to_owned(),
        );
    }
    let root = || Place::Body(Pointer::root());
    let Some(json) = response.json() else {
        let text = String::from_utf8_lossy(&response.body).into_owned();
        put(root(), Aspect::Value, text);
        return features;
    };
    let mut order = String::new();
    leaves(json, &Pointer::root(), &mut order, &mut |pointer, text| {
        put(Place::Body(pointer.clone()), Aspect::Value, text);
    });
    put(root(), Aspect::Order, order);
    put(root(), Aspect::Layout, layout(&response.body));
    features
}

fn leaves(
    value: &Value,
    pointer: &Pointer,
    order: &mut String,
    each: &mut dyn FnMut(&Pointer, String),
) {
    match value {
        Value::Object(members) => {
            order.push('{');
            for (name, value) in members {
                order.push_str(name);
                order.push(' ');
                leaves(value, &pointer.child(name), order, each);
            }
            order.push('}');
        }
        Value::Array(items) => {
            order.push('[');
            for (number, value) in items.iter().enumerate() {
                leaves(value, &pointer.index(number), order, each);
            }
            order.push(']');
        }
        leaf => {
            order.push(',');
            each(pointer, leaf.to_string());
        }
    }
}

/// A body without its strings, numbers and names: what is left are marks and white space.
fn layout(body: &[u8]) -> String {
    let mut layout = String::new();
    let mut within = false;
    let mut escaped = false;
    for byte in body {
        if within {
            within = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
            if !within {
                layout.push('"');
            }
        } else if *byte == b'"' {
            within = true;
        } else if !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'-' | b'+') {
            layout.push(char::from(*byte));
        }
    }
    layout
}

fn masked(mut text: String, ids: &[String]) -> String {
    for (number, id) in ids.iter().enumerate() {
        if text.contains(id.as_str()) {
            text = text.replace(id.as_str(), &format!("‹id {}›", number + 1));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;
    use crate::exchange::{Request, Response};

    fn run(headers: &[(&str, &str)], body: &str, id: &str) -> Run {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Bytes::copy_from_slice(value.as_bytes())))
            .collect();
        let body = Bytes::copy_from_slice(body.as_bytes());
        let exchange = Exchange {
            request: Request::new("GET", "/things"),
            outcome: Ok(Response::new(200, "HTTP/1.1", headers, body, false)),
            elapsed: Duration::ZERO,
        };
        Run {
            exchanges: vec![Rc::new(exchange)],
            ids: vec![id.to_owned()],
        }
    }

    fn told(usual: &[Run], others: &[Run]) -> Vec<String> {
        let found = compare(usual, others).differences;
        let told = found.iter().map(|one| {
            format!(
                "{} {:?}: {} / {}",
                one.place, one.aspect, one.usual, one.other
            )
        });
        told.collect()
    }

    #[test]
    fn what_varies_by_itself_is_masked_and_ids_are_numbered() {
        let usual = [
            run(
                &[("x-request-id", "f0e1")],
                r#"{"id": "c_1", "at": "10:01"}"#,
                "c_1",
            ),
            run(
                &[("x-request-id", "07aa")],
                r#"{"id": "c_2", "at": "10:02"}"#,
                "c_2",
            ),
        ];
        let other = run(
            &[("x-request-id", "9b9b")],
            r#"{"id": "c_3", "at": "10:03"}"#,
            "c_3",
        );
        assert!(told(&usual, &[other]).is_empty());
        assert_eq!(compare(&usual, &[run(&[], "{}", "c")]).masked.len(), 2);
    }

    #[test]
    fn values_presence_order_and_layout_count() {
        let usual = [
            run(&[("a", "1"), ("b", "1")], r#"{"x": 1, "y": [2]}"#, "c_1"),
            run(&[("a", "1"), ("b", "1")], r#"{"x": 1, "y": [2]}"#, "c_2"),
        ];
        let other = run(&[("b", "1"), ("a", "1")], r#"{"x": 7,"y": [2, 3]}"#, "c_3");
        assert_eq!(
            told(&usual, &[other]),
            [
                "response.header:* Order: a, b / b, a",
                "response.body: Order: {x ,y [,]} / {x ,y [,,]}",
                "response.body: Layout: {\": , \": []} / {\": ,\": [, ]}",
                "response.body:/x Value: 1 / 7",
                "response.body:/y/1 Value: (absent) / 3",
            ]
        );
    }

    #[test]
    fn of_a_long_value_that_varies_the_form_counts() {
        let usual = |token: &str| run(&[("set-cookie", token)], "{}", "c_1");
        let same = [usual("s=abcdefgh01"), usual("s=ghijklmn23")];
        assert!(told(&same, &[usual("s=zzzzzzzz99")]).is_empty());
        let found = told(&same, &[usual("s=zzzzzzzz999")]);
        assert_eq!(
            found,
            ["response.header:set-cookie Form: x=xxxxxxxxxx / x=xxxxxxxxxxx"]
        );
    }
}
