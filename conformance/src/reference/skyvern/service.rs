//! The setting of a custom credential service, and the test of the connection to one.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::{Client, Url, redirect};
use serde_json::{Value, json};

use super::clock;
use super::model::ServiceRequest;
use crate::transport::client_for;

const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Stands where the token of the service is not shown.
const HIDDEN: &str = "********";

/// The `OrganizationAuthToken` that a setting becomes. The document has the setting as JSON text
/// in it; here the text shows that there is a token, and not which.
pub(super) fn stored(request: &ServiceRequest, id: &str, organization_id: &str) -> Value {
    let now = clock::now();
    let setting = json!({"api_base_url": request.api_base_url, "api_token": HIDDEN});
    json!({
        "id": id,
        "organization_id": organization_id,
        "token_type": "custom_credential_service",
        "valid": true,
        "created_at": now,
        "modified_at": now,
        "token": setting.to_string(),
    })
}

/// Whether a GET of the base URL with the token is answered 2xx. Only services on loopback are
/// asked: a test server must not call strangers.
pub(super) async fn answers(request: &ServiceRequest) -> bool {
    let Ok(url) = Url::parse(&request.api_base_url) else {
        return false;
    };
    if !is_loopback(&url) {
        return false;
    }
    let Ok(client) = client(&url) else {
        return false;
    };
    let sent = client.get(url).bearer_auth(&request.api_token).send().await;
    sent.is_ok_and(|answer| answer.status().is_success())
}

fn client(url: &Url) -> reqwest::Result<Client> {
    let stay_local = redirect::Policy::custom(|attempt| {
        if is_loopback(attempt.url()) && attempt.previous().len() <= 10 {
            attempt.follow()
        } else {
            attempt.stop()
        }
    });
    client_for(url.as_str())
        .no_proxy()
        .timeout(TIME_LIMIT)
        .redirect(stay_local)
        .build()
}

fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let address = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || address
                .parse()
                .is_ok_and(|address: IpAddr| address.is_loopback())
    })
}
