//! Defects of answers, as values: the status, members, and the form of errors.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::answer::Answer;
use super::super::route::Operation;
use super::{Flaw, Flaws};

/// Changes an answer; the operation is not known when there was no route.
pub(in super::super) fn alter(flaws: &Flaws, operation: Option<Operation>, answer: &mut Answer) {
    if !flaws.any() {
        return;
    }
    if !answer.status.is_success() {
        if let Some(body) = &mut answer.body {
            error(flaws, answer.status, body);
        }
        return;
    }
    match operation {
        Some(Operation::Create | Operation::Get | Operation::Update | Operation::List) => {
            credentials(flaws, operation, answer);
        }
        Some(Operation::SendTotpCode) => totp_code(flaws, answer),
        Some(Operation::GetService | Operation::SetService) => {
            if let Some(body) = &mut answer.body
                && flaws.has(Flaw::TokenIsObject)
                && let Some(text) = body["token"]["token"].as_str()
            {
                body["token"]["token"] = serde_json::from_str(text).unwrap_or_default();
            }
        }
        Some(Operation::Delete) if flaws.has(Flaw::DeleteAnswers200) => {
            *answer = Answer::json(StatusCode::OK, json!({"deleted": true}));
        }
        _ => {}
    }
    if let Some(body) = &mut answer.body {
        harmless(flaws, body);
    }
}

fn credentials(flaws: &Flaws, operation: Option<Operation>, answer: &mut Answer) {
    if flaws.has(Flaw::CreateAnswers200) && operation == Some(Operation::Create) {
        answer.status = StatusCode::OK;
    }
    if flaws.has(Flaw::UpdateAnswers202) && operation == Some(Operation::Update) {
        answer.status = StatusCode::ACCEPTED;
    }
    match &mut answer.body {
        Some(Value::Array(entries)) => {
            for entry in &mut *entries {
                credential(flaws, operation, entry);
            }
            if flaws.has(Flaw::EmptyListNull) && entries.is_empty() {
                answer.body = Some(Value::Null);
            } else if flaws.has(Flaw::ListWrapped) {
                answer.body = Some(json!({ "credentials": entries }));
            }
        }
        Some(body) => credential(flaws, operation, body),
        None => {}
    }
}

fn credential(flaws: &Flaws, operation: Option<Operation>, body: &mut Value) {
    let Value::Object(body) = body else {
        return;
    };
    let text = |body: &Map<String, Value>, member: &str| {
        let text = body.get(member).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    match operation {
        Some(Operation::Get) => {
            if flaws.has(Flaw::NameMissing) {
                body.shift_remove("name");
            }
            if flaws.has(Flaw::TypeUpperCase) {
                let upper = text(body, "credential_type").to_uppercase();
                body.insert("credential_type".to_owned(), json!(upper));
            }
            if flaws.has(Flaw::ReadTrimsName) {
                let name = text(body, "name");
                body.insert("name".to_owned(), json!(name.trim()));
            }
        }
        Some(Operation::List) => {
            if flaws.has(Flaw::FlagNull) {
                body.insert("run_sequentially".to_owned(), Value::Null);
            }
            if flaws.has(Flaw::ListCutsNames) {
                let name: String = text(body, "name").chars().take(8).collect();
                body.insert("name".to_owned(), json!(name));
            }
        }
        _ => {}
    }
    let Some(Value::Object(shown)) = body.get_mut("credential") else {
        return;
    };
    if flaws.has(Flaw::BrandMissing) {
        shown.shift_remove("brand");
    }
    if flaws.has(Flaw::TotpTypeUnknown) && shown.get("totp_type") == Some(&json!("text")) {
        shown.insert("totp_type".to_owned(), json!("sms"));
    }
    let last_four = text(shown, "last_four");
    if flaws.has(Flaw::LastFourIsNumber)
        && !last_four.starts_with('0')
        && let Ok(number) = last_four.parse::<u16>()
    {
        shown.insert("last_four".to_owned(), json!(number));
    }
    if flaws.has(Flaw::UsernameIsList)
        && operation == Some(Operation::Update)
        && let Some(username) = shown.get_mut("username")
    {
        *username = json!([username.take()]);
    }
    if flaws.has(Flaw::CredentialNull) && shown.get("secret_label") == Some(&Value::Null) {
        body.insert("credential".to_owned(), Value::Null);
    }
}

fn totp_code(flaws: &Flaws, answer: &mut Answer) {
    if flaws.has(Flaw::TotpAnswers201) {
        answer.status = StatusCode::CREATED;
    }
    let Some(body) = &mut answer.body else {
        return;
    };
    let code = body["code"].as_str().unwrap_or_default();
    if flaws.has(Flaw::CodeIsNumber)
        && let Ok(number) = code.parse::<u64>()
    {
        body["code"] = json!(number);
    } else if flaws.has(Flaw::CodeCut) {
        body["code"] = json!(code.chars().take(4).collect::<String>());
    }
    if flaws.has(Flaw::CreatedAtIsNumber) {
        body["created_at"] = json!(1_795_238_259);
    }
    if flaws.has(Flaw::CreatedAtInWords) {
        body["created_at"] = json!("just now");
    }
    if flaws.has(Flaw::CodeIdentifierLowered) {
        let identifier = body["totp_identifier"].as_str().unwrap_or_default();
        body["totp_identifier"] = json!(identifier.to_lowercase());
    }
    if flaws.has(Flaw::CodeWorkflowLost) {
        body["workflow_id"] = Value::Null;
    }
}

fn error(flaws: &Flaws, status: StatusCode, body: &mut Value) {
    if status == StatusCode::NOT_FOUND && flaws.has(Flaw::NotFoundHasMessage) {
        *body = json!({"message": "not found"});
    }
    if flaws.has(Flaw::OtherWords)
        && let Some(detail) = body.get_mut("detail")
        && detail.is_string()
    {
        *detail = json!("Sorry, that did not work.");
    }
    let Some(Value::Array(problems)) = body.get_mut("detail") else {
        return;
    };
    for problem in &mut *problems {
        if flaws.has(Flaw::OtherWords) {
            problem["msg"] = json!("Please look at this again.");
            problem["type"] = json!("value_error");
        }
        let Some(Value::Array(loc)) = problem.get_mut("loc") else {
            continue;
        };
        if flaws.has(Flaw::LocSaysQuery) {
            loc[0] = json!("query");
        }
        if flaws.has(Flaw::LocStopsAtBody) && loc[0] == "body" {
            loc.truncate(1);
        }
        if flaws.has(Flaw::LocWithoutBranch) {
            loc.retain(|token| {
                !token
                    .as_str()
                    .is_some_and(|token| token.ends_with("Credential"))
            });
        }
        if flaws.has(Flaw::LocMissing) {
            problem["loc"] = Value::Null;
        }
    }
    if flaws.has(Flaw::DetailIsText) {
        body["detail"] = json!("the request is invalid");
    }
}

/// What an answer may well look like.
fn harmless(flaws: &Flaws, body: &mut Value) {
    match body {
        Value::Array(items) => items.iter_mut().for_each(|item| harmless(flaws, item)),
        Value::Object(members) => {
            if flaws.has(Flaw::NullsOmitted) {
                members.retain(|_, value| !value.is_null());
            }
            if flaws.has(Flaw::MembersReordered) {
                *members = std::mem::take(members).into_iter().rev().collect();
            }
            for value in members.values_mut() {
                harmless(flaws, value);
            }
            if flaws.has(Flaw::ExtraMembers) {
                members.insert("revision".to_owned(), json!(3));
                members.insert("tags".to_owned(), json!(["a", {"b": null}]));
            }
        }
        _ => {}
    }
}
