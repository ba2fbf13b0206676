//! Defects of what a refusal of a credential says.

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::super::answer::{Answer, Refusal};
use super::super::credential::Problem;
use super::{Flaw, Flaws, Instead};

/// The refusal of a value that is no credential.
pub(super) fn invalid(flaws: &Flaws, problem: Problem, value: &Value) -> Instead {
    let mut answer = Answer::from(Refusal::Invalid(problem));
    if flaws.has(Flaw::ErrorsQuoteInput) {
        answer.body = Some(json!({"detail": [{"msg": "invalid", "input": value}]}));
    }
    if flaws.has(Flaw::ErrorsQuoteEncoded) {
        let trace = BASE64.encode(value.to_string().as_bytes());
        answer.body = Some(json!({"error": "invalid", "trace": trace}));
    }
    if flaws.has(Flaw::ProblemJson) {
        let member = problem.member.unwrap_or("");
        answer.body = Some(json!({"type": "about:blank", "title": "invalid",
            "status": 422, "detail": format!("/{member} {}", problem.fault.message())}));
    }
    answer.into()
}
