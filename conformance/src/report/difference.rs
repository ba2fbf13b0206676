//! Where two inputs differ, for a person: the nearest passing one beside the failing one.

use serde_json::Value;

/// A place where two values differ; `None` where one has nothing.
#[derive(Debug, PartialEq)]
pub(super) struct Difference<'a> {
    pub(super) pointer: String,
    pub(super) failing: Option<&'a Value>,
    pub(super) passing: Option<&'a Value>,
}

/// The smallest values that differ, in the order of the failing one.
pub(super) fn differences<'a>(failing: &'a Value, passing: &'a Value) -> Vec<Difference<'a>> {
    let mut found = Vec::new();
    collect(String::new(), Some(failing), Some(passing), &mut found);
    found
}

fn collect<'a>(
    pointer: String,
    failing: Option<&'a Value>,
    passing: Option<&'a Value>,
    found: &mut Vec<Difference<'a>>,
) {
    match (failing, passing) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            for (name, value) in a {
                collect(format!("{pointer}/{name}"), Some(value), b.get(name), found);
            }
            for (name, value) in b.iter().filter(|(name, _)| !a.contains_key(*name)) {
                collect(format!("{pointer}/{name}"), None, Some(value), found);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                collect(format!("{pointer}/{index}"), Some(a), Some(b), found);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            // What stands between an equal beginning and an equal end.
            let front = a.iter().zip(b).take_while(|(a, b)| a == b).count();
            let rear = a.iter().rev().zip(b.iter().rev());
            let most = a.len().min(b.len()) - front;
            let rear = rear.take(most).take_while(|(a, b)| a == b).count();
            let (a, b) = (&a[..a.len() - rear], &b[..b.len() - rear]);
            for index in front..a.len().max(b.len()) {
                collect(
                    format!("{pointer}/{index}"),
                    a.get(index),
                    b.get(index),
                    found,
                );
            }
        }
        (failing, passing) if failing == passing => {}
        (failing, passing) => found.push(Difference {
            pointer,
            failing,
            passing,
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_that_lacks_one_differs_in_that_one() {
        let told = |failing: Value, passing: Value| -> Vec<_> {
            differences(&failing, &passing)
                .into_iter()
                .map(|one| (one.pointer, one.failing.cloned(), one.passing.cloned()))
                .collect()
        };
        let lacking = ("/1".to_owned(), Some(json!(2)), None);
        assert_eq!(told(json!([1, 2, 3]), json!([1, 3])), [lacking]);
        let more = ("/0".to_owned(), None, Some(json!(1)));
        assert_eq!(told(json!([1, 1]), json!([1, 1, 1])).len(), 1);
        assert_eq!(told(json!([2]), json!([1, 2])), [more]);
        let other = ("/1".to_owned(), Some(json!(2)), Some(json!(4)));
        assert_eq!(
            told(json!([1, 2, 3, 5]), json!([1, 4, 5])),
            [other, ("/2".to_owned(), Some(json!(3)), None)]
        );
    }

    #[test]
    fn only_what_differs_is_told() {
        let failing = json!({"a": {"b": 1, "c": [1, 2]}, "d": 0});
        let passing = json!({"a": {"b": 2, "c": [1, 2]}, "e": 0});
        let told: Vec<_> = differences(&failing, &passing)
            .into_iter()
            .map(|one| (one.pointer, one.failing.cloned(), one.passing.cloned()))
            .collect();
        assert_eq!(
            told,
            [
                ("/a/b".to_owned(), Some(json!(1)), Some(json!(2))),
                ("/d".to_owned(), Some(json!(0)), None),
                ("/e".to_owned(), None, Some(json!(0))),
            ]
        );
    }
}
