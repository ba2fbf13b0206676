//! How far two inputs are from each other, and the one of several that is nearest.

use serde_json::Value;

/// The candidate that differs from `input` least; the first of several.
pub(super) fn nearest(input: &Value, candidates: impl Iterator<Item = Value>) -> Option<Value> {
    candidates
        .map(|candidate| (distance(input, &candidate), candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many leaves would have to be changed, added or removed.
fn distance(a: &Value, b: &Value) -> usize {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let mine = a.iter().map(|(name, value)| match b.get(name) {
                Some(other) => distance(value, other),
                None => weight(value),
            });
            let others = b.iter().filter(|(name, _)| !a.contains_key(*name));
            mine.sum::<usize>() + others.map(|(_, value)| weight(value)).sum::<usize>()
        }
        (Value::Array(a), Value::Array(b)) => {
            let common = a.iter().zip(b).map(|(a, b)| distance(a, b)).sum::<usize>();
            let rest = a.iter().skip(b.len()).chain(b.iter().skip(a.len()));
            common + rest.map(weight).sum::<usize>()
        }
        (a, b) if a == b => 0,
        (a, b) => weight(a).max(weight(b)),
    }
}

fn weight(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(weight).sum::<usize>(),
        Value::Array(items) => 1 + items.iter().map(weight).sum::<usize>(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_nearest_differs_in_the_fewest_leaves() {
        let input = json!({"name": "", "list": [1, 2]});
        let candidates = [
            json!({"name": "a", "list": []}),
            json!({"name": "a", "list": [1, 2]}),
            json!({"other": {"name": ""}}),
        ];
        let found = nearest(&input, candidates.clone().into_iter());
        assert_eq!(found, Some(candidates[1].clone()));
        assert_eq!(nearest(&input, std::iter::empty()), None);
    }
}
