//! Judges a refusal: that invalid input got one, and that it has the shape and place of an error.

mod certain;

use std::collections::BTreeSet;

use serde_json::Value;
use spec::{Location, Pointer};

use super::{SCH006, SCH010, SCH011, answer::excerpt, seen::Seen};
use crate::{
    check::Check,
    exchange::Response,
    finding::{Place, Violation},
    target::{Operation, Target, TargetKind},
};

pub(crate) use certain::certain;

/// What is wrong with a request: which part of it, where, and what the schema says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Broken<'a> {
    /// `body` or `query`.
    pub(crate) part: &'static str,
    /// The member at fault, within the body, or the parameter.
    pub(crate) pointer: &'a Pointer,
    /// What is wrong, in the words of the schema.
    pub(crate) reason: &'a str,
    /// The schema that is broken.
    pub(crate) schema: Option<&'a Location>,
}

/// Whether a request that the document allows was taken.
pub(crate) fn accepted(
    seen: Seen<'_>,
    response: &Response,
    operation: &Operation,
) -> Option<Violation> {
    (!response.is_success()).then(|| {
        Violation::new(
            &SCH006,
            seen.number,
            Place::Status,
            format!("a valid request is answered {}", response.status),
        )
        .evidence(excerpt(response))
        .spec(operation.location.clone())
    })
}

/// Whether a broken request was refused; `check` is the one for its part.
pub(crate) fn refused(
    check: &'static Check,
    seen: Seen<'_>,
    response: &Response,
    broken: Broken<'_>,
) -> Option<Violation> {
    if response.is_refusal() {
        return None;
    }
    let place = Place::Request(broken.part, broken.pointer.clone());
    let summary = format!(
        "an invalid request is answered {}: {}",
        response.status, broken.reason
    );
    let violation = Violation::new(check, seen.number, place, summary).evidence(excerpt(response));
    Some(match broken.schema {
        Some(schema) => violation.spec(schema.clone()),
        None => violation,
    })
}

/// Whether the body of a refusal is an error as documented or as known.
pub(crate) fn shape(
    target: &Target,
    operation: &Operation,
    seen: Seen<'_>,
    response: &Response,
) -> Option<Violation> {
    let documented = operation.response(response.status);
    let media = documented.and_then(|one| one.content.iter().find(|media| media.is_json()));
    let schema = media.and_then(|media| media.schema.as_ref());
    let known = target.kind == TargetKind::Skyvern;
    if schema.is_none() && !known {
        return None;
    }
    if documented.is_some_and(|one| one.content.is_empty()) && response.body.is_empty() {
        return None;
    }
    let fault = match response.json() {
        None => Some((Pointer::root(), "the error is not JSON".to_owned())),
        Some(body) => schema
            .and_then(|schema| target.answers.violations(schema, body).into_iter().next())
            .map(|violation| (violation.instance, violation.message))
            .or_else(|| {
                if known {
                    unknown_shape(response.status, body)
                } else {
                    None
                }
            }),
    };
    let (pointer, reason) = fault?;
    let violation = Violation::new(
        &SCH010,
        seen.number,
        Place::Body(pointer),
        format!("the error has another shape than documented: {reason}"),
    )
    .evidence(excerpt(response));
    Some(match schema {
        Some(schema) => violation.spec(schema.clone()),
        None => violation,
    })
}

/// What of `body` is not as Skyvern answers: `detail` is a list of `{loc, msg, type}` for request
/// errors; a text, or an object with `error_code` and `message`, for others.
fn unknown_shape(status: u16, body: &Value) -> Option<(Pointer, String)> {
    let at = |member: &str, reason: &str| Some((Pointer::root().child(member), reason.to_owned()));
    match body.get("detail") {
        None => at("detail", "it has no detail"),
        Some(Value::String(_)) => None,
        Some(Value::Object(detail)) if detail.contains_key("error_code") => None,
        Some(Value::Array(entries)) if !entries.is_empty() => None,
        Some(Value::Array(_)) if status == 422 => at("detail", "it names no problem"),
        Some(_) => at(
            "detail",
            "detail is neither a text, a list of problems nor a code",
        ),
    }
}

/// Whether the refusal of a broken request points at the member at fault. `None` also if it has
/// no list of problems to look into.
pub(crate) fn location(
    names: &Names,
    seen: Seen<'_>,
    response: &Response,
    broken: Broken<'_>,
) -> Option<Result<(), Violation>> {
    let entries = response.json()?.get("detail")?.as_array()?;
    let expected: Vec<String> = broken
        .pointer
        .tokens()
        .take_while(|token| names.0.contains(token) || is_index(token))
        .filter(|token| !is_index(token))
        .collect();
    let fits = entries.iter().any(|entry| {
        let tokens: Vec<&str> = entry
            .get("loc")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        tokens.first() == Some(&broken.part) && is_subsequence(&expected, &tokens[1..])
    });
    if fits {
        return Some(Ok(()));
    }
    let summary = format!(
        "the error does not name the {} member at fault",
        broken.part
    );
    Some(Err(Violation::new(
        &SCH011,
        seen.number,
        Place::Request(broken.part, broken.pointer.clone()),
        summary,
    )
    .evidence(format!(
        "expected {} and {} in loc: {}",
        broken.part,
        expected.join(", "),
        excerpt(response)
    ))))
}

fn is_index(token: &str) -> bool {
    token.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_subsequence(expected: &[String], actual: &[&str]) -> bool {
    let mut rest = actual.iter();
    expected.iter().all(|token| rest.any(|one| one == token))
}

/// Names that the document gives to members and parameters. Members of free maps are not among
/// them: their names may be as secret as their values, so an error need not repeat them.
#[derive(Debug)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    /// The names in the root document of `target`.
    pub(crate) fn of(target: &Target) -> Self {
        let mut names = BTreeSet::new();
        collect(target.document.root(), &mut names);
        let parameters = target.operations.iter().flat_map(|one| &one.parameters);
        names.extend(parameters.map(|one| one.name.clone()));
        Self(names)
    }

    /// Whether the document names all members on the way, array indexes aside.
    pub(crate) fn cover(&self, pointer: &Pointer) -> bool {
        pointer
            .tokens()
            .all(|token| self.0.contains(&token) || is_index(&token))
    }
}

fn collect(node: &Value, names: &mut BTreeSet<String>) {
    match node {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                names.extend(properties.keys().cloned());
            }
            members.values().for_each(|one| collect(one, names));
        }
        Value::Array(items) => items.iter().for_each(|one| collect(one, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::check::{SCH008, seen, sketch};
    use crate::exchange::Request;

    fn with<T>(status: u16, body: &Value, judge: impl Fn(&Target, Seen<'_>, &Response) -> T) -> T {
        let target = sketch::target();
        let exchanges = [sketch::answered(
            Request::new("POST", "/v1/credentials"),
            status,
            body,
        )];
        let seen = seen::all(&exchanges).next().unwrap();
        judge(&target, seen, seen.response().unwrap())
    }

    fn fits(status: u16, body: &Value) -> bool {
        with(status, body, |target, seen, response| {
            let operation = target.operation("create_credential").unwrap();
            shape(target, operation, seen, response).is_none()
        })
    }

    #[test]
    fn errors_have_the_documented_shape() {
        let problem = json!({"loc": ["body", "name"], "msg": "m", "type": "t"});
        assert!(fits(422, &json!({"detail": [problem]})));
        assert!(fits(400, &json!({"detail": "no"})));
        assert!(fits(
            400,
            &json!({"detail": {"error_code": "c", "message": "m"}})
        ));
        assert!(!fits(422, &json!({"detail": "no"})));
        assert!(!fits(422, &json!({"detail": [{"msg": "m", "type": "t"}]})));
        assert!(!fits(422, &json!({})));
        assert!(!fits(400, &json!({"message": "no"})));
    }

    fn points(loc: &Value, at: &str) -> bool {
        let body = json!({"detail": [{"loc": loc, "msg": "m", "type": "t"}]});
        let pointer = Pointer::parse(at).unwrap();
        with(422, &body, |target, seen, response| {
            let broken = Broken {
                part: "body",
                pointer: &pointer,
                reason: "broken",
                schema: None,
            };
            let names = Names::of(target);
            matches!(location(&names, seen, response, broken), Some(Ok(())))
        })
    }

    #[test]
    fn branches_and_more_may_stand_in_between() {
        let password = "/credential/password";
        assert!(points(&json!(["body", "credential", "password"]), password));
        let branch = json!([
            "body",
            "credential",
            "NonEmptyPasswordCredential",
            "password"
        ]);
        assert!(points(&branch, password));
        assert!(!points(&json!(["body"]), password));
        assert!(!points(
            &json!(["query", "credential", "password"]),
            password
        ));
        // The names in a free map may be secret.
        let metadata = json!(["body", "credential", "metadata"]);
        assert!(points(&metadata, "/credential/metadata/pin of my phone"));
    }

    #[test]
    fn only_a_4xx_refuses() {
        for (status, refuses) in [(201, false), (302, false), (400, true), (422, true)] {
            let violation = with(status, &json!({}), |_, seen, response| {
                let broken = Broken {
                    part: "body",
                    pointer: &Pointer::root(),
                    reason: "broken",
                    schema: None,
                };
                refused(&SCH008, seen, response, broken)
            });
            assert_eq!(violation.is_none(), refuses, "{status}");
        }
    }
}
