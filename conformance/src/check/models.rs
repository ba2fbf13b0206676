//! Judges whether the models of the generated client read what a server answers: without an error,
//! and without losing a member that the document names.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use skyvern_client::models::{
    CredentialResponse, CustomCredentialServiceConfigResponse, TestConnectionResponse, TotpCode,
};
use spec::Pointer;

use super::{SCH012, credential, refusal::Names, seen::Seen};
use crate::{
    finding::{Place, Violation},
    target::{Operation, Target, TargetKind},
};

type Read = fn(&Value) -> Result<Value, serde_json::Error>;

/// What the client makes of the answer to an operation, written again.
fn reader(operation: &Operation) -> Option<Read> {
    Some(match operation.name.as_str() {
        "create_credential" | "get_credential" | "update_credential" => again::<CredentialResponse>,
        "get_credentials" => again::<Vec<CredentialResponse>>,
        "send_totp_code" => again::<TotpCode>,
        "get_custom_credential_service_config" | "update_custom_credential_service_config" => {
            again::<CustomCredentialServiceConfigResponse>
        }
        "test_custom_credential_service_connection" => again::<TestConnectionResponse>,
        _ => return None,
    })
}

fn again<T: DeserializeOwned + Serialize>(answer: &Value) -> Result<Value, serde_json::Error> {
    serde_json::to_value(T::deserialize(answer)?)
}

/// Whether the client has a model for the answers to `operation`.
pub(crate) fn are_known(target: &Target, operation: &Operation) -> bool {
    target.kind == TargetKind::Skyvern && reader(operation).is_some()
}

/// Whether the client reads an answer that validates. `None` if there is none, or no model.
pub(crate) fn read(
    target: &Target,
    names: &Names,
    operation: &Operation,
    seen: Seen<'_>,
) -> Option<Result<(), Violation>> {
    if !are_known(target, operation) {
        return None;
    }
    let read = reader(operation)?;
    let response = seen.response().filter(|one| one.is_success())?;
    let answer = response.json()?;
    let media = operation.response(response.status)?.content.first()?;
    let schema = media.schema.as_ref()?;
    if !target.answers.is_valid(schema, answer) {
        return None;
    }
    let violation = |pointer: Pointer, summary: &str| {
        Violation::new(&SCH012, seen.number, Place::Body(pointer), summary).spec(schema.clone())
    };
    Some(match read(answer) {
        Err(error) => Err(
            violation(Pointer::root(), "the client cannot read the answer")
                .evidence(error.to_string()),
        ),
        Ok(written) => {
            let lost = credential::differences(answer, &written)
                .into_iter()
                .find(|difference| names.cover(&difference.pointer));
            match lost {
                None => Ok(()),
                Some(lost) => Err(violation(lost.pointer, "the client reads another value")
                    .values(lost.expected, lost.actual)),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::check::{seen, sketch};

    fn judged(operation: &str, answer: &Value) -> Option<bool> {
        let target = sketch::target();
        let names = Names::of(&target);
        let operation = target.operation(operation).unwrap();
        let request = crate::exchange::Request::new(&operation.method, &operation.path);
        let exchanges = [sketch::answered(request, 200, answer)];
        let seen = seen::all(&exchanges).next().unwrap();
        read(&target, &names, operation, seen).map(|outcome| outcome.is_ok())
    }

    fn code(created: &str) -> Value {
        json!({"totp_identifier": "i", "content": "c 1234", "totp_code_id": "t", "code": "1234",
            "organization_id": "o", "created_at": created,
            "modified_at": "2026-11-21T05:17:39.434043", "unheard_of": {"x": [1]}})
    }

    #[test]
    fn the_client_reads_what_validates() {
        assert_eq!(
            judged("send_totp_code", &code("2026-11-21T05:17:39.434043")),
            Some(true)
        );
        assert_eq!(judged("send_totp_code", &code("yesterday")), Some(false));
        assert_eq!(judged("send_totp_code", &json!({})), None);
        assert_eq!(judged("delete_credential", &json!({})), None);
    }
}
