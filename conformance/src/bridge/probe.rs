//! Whether the server under test keeps its credentials in the runner at all.

use serde_json::json;

use super::Bridge;
use crate::{
    digest,
    seed::Seed,
    setup::{SetupError, TOKEN},
    suite::credentials::Credentials,
    target::Target,
    transport::Transport,
};

/// Creates a credential, deletes it, and looks whether the service was called meanwhile.
///
/// # Errors
/// If it was not.
pub(crate) async fn check(
    target: &Target,
    transport: &Transport,
    bridge: &Bridge,
) -> Result<(), SetupError> {
    let Some(api) = Credentials::of(target) else {
        return Ok(());
    };
    let word = digest::word(&[&Seed::fresh().0.to_be_bytes()], 5);
    let created = api.create(json!({
        "name": format!("conformance-{word}"),
        "credential_type": "password",
        "credential": {"username": "conformance", "password": word},
    }));
    let answer = transport.send(created).await;
    if let Some(id) = api.id_in_answer(&answer) {
        transport.send(api.delete(&id)).await;
    }
    if bridge.calls() > 0 {
        return Ok(());
    }
    let message = format!(
        "the server never called the credential service at {}",
        bridge.url()
    );
    let host = bridge.host();
    Err(SetupError::could_not_test(message).hint(format!(
        "start Skyvern with CREDENTIAL_VAULT_TYPE=custom, CUSTOM_CREDENTIAL_API_BASE_URL={}, \
         {}=(the token given here) and ALLOWED_HOSTS='[\"{host}\"]'",
        bridge.url(),
        TOKEN.variable,
    )))
}
