//! Paths, queries and methods that nobody would write.

use super::odd::{Expected, Odd};
use crate::{
    exchange::encode_component,
    target::{Operation, Parameter, ParameterPlace, Target, TargetKind},
};

/// Methods to try where the document does not list them. HEAD and OPTIONS are free.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONFORM"];

/// What the case of paths is called: two servers may be tested in one run.
pub(super) fn subject(target: &Target) -> &'static str {
    match target.kind {
        TargetKind::CredentialService => "paths_of_the_service",
        TargetKind::Skyvern | TargetKind::OpenApi => "paths",
    }
}

/// Ids with NUL in them.
pub(super) fn nul_ids(operation: &Operation, variable: &str) -> Vec<Odd> {
    ["%00", "cred_1%00", "cred_%000"]
        .into_iter()
        .map(|id| with_id(operation, variable, id, "an id with NUL", Expected::NotDone))
        .collect()
}

/// Ids that are too long for a column, and for a request line.
pub(super) fn long_ids(operation: &Operation, variable: &str) -> Vec<Odd> {
    [300, 4_000, 20_000]
        .into_iter()
        .map(|length| {
            let id = "i".repeat(length);
            with_id(
                operation,
                variable,
                &id,
                "a very long id",
                Expected::NotDone,
            )
        })
        .collect()
}

fn with_id(operation: &Operation, variable: &str, id: &str, what: &str, expected: Expected) -> Odd {
    Odd {
        path: Some(operation.path.replace(&format!("{{{variable}}}"), id)),
        ..Odd::plain(what, expected)
    }
}

/// Texts that are too long for a query parameter.
pub(super) fn long_queries(operation: &Operation) -> Vec<Odd> {
    let Some(parameter) = operation.parameters_in(ParameterPlace::Query).last() else {
        return Vec::new();
    };
    [2_000, 20_000]
        .into_iter()
        .map(|length| Odd {
            query: Some(format!("{}={}", parameter.name, "q".repeat(length))),
            ..Odd::plain("a very long query", Expected::Answered)
        })
        .collect()
}

/// Queries with one thing odd about each.
pub(super) fn queries(target: &Target, operation: &Operation) -> Vec<Odd> {
    let query = |what: &str, text: String, expected| Odd {
        query: Some(text),
        ..Odd::plain(what, expected)
    };
    let mut found = vec![
        query(
            "an unknown parameter",
            "x_conformance_unknown=1".to_owned(),
            Expected::Answered,
        ),
        query(
            "a broken escape",
            "a=%zz&b=%".to_owned(),
            Expected::Answered,
        ),
        query("an empty name", "=1&&&".to_owned(), Expected::Answered),
    ];
    let parameters: Vec<&Parameter> = operation.parameters_in(ParameterPlace::Query).collect();
    for (number, parameter) in parameters.iter().enumerate() {
        let name = encode_component(&parameter.name);
        for (what, text) in [("digits and letters", "1abc"), ("a fraction", "1.5")] {
            let invalid = parameter
                .schema
                .as_ref()
                .is_some_and(|schema| !target.requests.is_valid_text(schema, &[text.to_owned()]));
            if invalid {
                found.push(query(what, format!("{name}={text}"), Expected::Refused));
            }
        }
        if number > 0 && number + 1 < parameters.len() {
            continue;
        }
        let odd = [
            ("a repeated parameter", format!("{name}=1&{name}=1")),
            ("a parameter with brackets", format!("{name}[]=1")),
            ("a parameter that is not UTF-8", format!("{name}=%FF%FE")),
            ("a parameter with NUL", format!("{name}=%00")),
            ("an empty parameter", format!("{name}=")),
            ("a parameter without a value", name.to_string()),
            (
                "a number beyond any range",
                format!("{name}={}", "9".repeat(40)),
            ),
        ];
        found.extend(odd.map(|(what, text)| query(what, text, Expected::Answered)));
    }
    found
}

/// Paths that must lead nowhere.
pub(super) fn tricks(target: &Target) -> Vec<Odd> {
    let reads: Vec<&Operation> = target
        .operations
        .iter()
        .filter(|one| one.is_safe() && one.path_variables().next().is_none())
        .collect();
    let unknown = Odd {
        method: Some("GET".to_owned()),
        path: Some("/conformance-no-such-path".to_owned()),
        ..Odd::plain("an unknown path", Expected::NotDone)
    };
    let mut found = vec![unknown];
    for read in reads {
        let path = read.path.as_str();
        let Some((parent, last)) = path.rsplit_once('/') else {
            continue;
        };
        let trick = |what: &str, path: String| Odd {
            method: Some(read.method.clone()),
            path: Some(path),
            ..Odd::plain(what, Expected::NotDone)
        };
        found.extend([
            trick("an encoded slash", format!("{parent}%2F{last}")),
            trick(
                "an encoded dot segment",
                format!("{path}/x/%2e%2e/%2e%2e/{last}"),
            ),
            trick(
                "dot segments with encoded slashes",
                format!("{path}/..%2f{last}"),
            ),
            trick("a segment of dots", format!("{path}/x%2F..%2F..%2F{last}")),
            trick("an encoded backslash", format!("{path}/..%5c{last}")),
        ]);
        if !parent.is_empty() {
            found.push(trick("a path cut short", parent.to_owned()));
        }
    }
    // A path that the document has is no trick.
    found.retain(|odd| {
        odd.path
            .as_deref()
            .is_some_and(|path| !has_path(target, "GET", path))
    });
    found
}

fn has_path(target: &Target, method: &str, path: &str) -> bool {
    target
        .operations
        .iter()
        .any(|one| one.method == method && one.path == path)
}

/// The path of an operation with methods that the document does not have for it. A concrete path
/// may also be the templated path of another operation.
pub(super) fn methods(target: &Target, path: &str) -> Vec<Odd> {
    let listed: Vec<&str> = target
        .operations
        .iter()
        .filter(|one| covers(&one.path, path))
        .map(|one| one.method.as_str())
        .collect();
    METHODS
        .into_iter()
        .filter(|method| !listed.contains(method))
        .map(|method| Odd {
            method: Some(method.to_owned()),
            path: Some(path.to_owned()),
            ..Odd::plain(
                &format!("{method} where it is not listed"),
                Expected::NoSuchMethod,
            )
        })
        .collect()
}

/// Whether requests to `path` can be taken for ones to `template`.
fn covers(template: &str, path: &str) -> bool {
    let mut expected = template.split('/');
    let mut actual = path.split('/');
    loop {
        match (expected.next(), actual.next()) {
            (None, None) => return true,
            (Some(expected), Some(actual)) if expected == actual || expected.starts_with('{') => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_concrete_path_may_be_a_templated_one() {
        assert!(covers("/v1/things/{id}", "/v1/things/totp"));
        assert!(covers("/v1/things", "/v1/things"));
        assert!(!covers("/v1/things/{id}", "/v1/things"));
        assert!(!covers("/v1/things/totp", "/v1/things/{id}"));
    }
}
