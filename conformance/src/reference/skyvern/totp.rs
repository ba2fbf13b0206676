//! A message with a one-time code in it, and the code that is found there.

use serde_json::{Value, json};

use super::clock;
use super::model::TotpRequest;

/// The `TOTPCode` that a message becomes. It shows message and code by design.
pub(super) fn stored(request: &TotpRequest, id: &str, organization_id: &str) -> Value {
    let now = clock::now();
    let (code, otp_type) = find(&request.content);
    json!({
        "totp_identifier": request.totp_identifier,
        "task_id": request.task_id,
        "workflow_id": request.workflow_id,
        "workflow_run_id": request.workflow_run_id,
        "source": request.source,
        "content": request.content,
        "expired_at": request.expired_at,
        "type": request.otp_type,
        "totp_code_id": id,
        "code": code,
        "organization_id": organization_id,
        "created_at": now,
        "modified_at": now,
        "otp_type": otp_type,
    })
}

/// The first four to ten digits in a row, or else the first link, or else everything.
fn find(content: &str) -> (&str, Option<&'static str>) {
    let digits = content
        .split(|character: char| !character.is_ascii_digit())
        .find(|run| (4..=10).contains(&run.len()));
    let link = || {
        content
            .split_whitespace()
            .find(|word| word.starts_with("https://") || word.starts_with("http://"))
    };
    match digits {
        Some(digits) => (digits, Some("totp")),
        None => match link() {
            Some(link) => (link, Some("magic_link")),
            None => (content, None),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_code() {
        let shop = find("Web shop: 204816 is your login code");
        assert_eq!(shop, ("204816", Some("totp")));
        let link = find("Click https://shop.example/l?t=abc now");
        assert_eq!(link, ("https://shop.example/l?t=abc", Some("magic_link")));
        assert_eq!(find("12 apples"), ("12 apples", None));
        assert_eq!(find(""), ("", None));
    }
}
