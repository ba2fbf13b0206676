// Written by `dispatch`; do not edit.
#![cfg_attr(rustfmt, rustfmt_skip)]

/// Reads the value as the type of that name, and writes it.
pub(crate) fn trip(name: &str, value: &serde_json::Value) -> Result<serde_json::Value, String> {
    match name {
        "CreateCredentialRequest" => through::<skyvern_client::models::CreateCredentialRequest>(value),
        "CreateCredentialRequestCredential" => through::<skyvern_client::models::CreateCredentialRequestCredential>(value),
        "CreateCustomCredentialServiceConfigRequest" => through::<skyvern_client::models::CreateCustomCredentialServiceConfigRequest>(value),
        "CredentialResponse" => through::<skyvern_client::models::CredentialResponse>(value),
        "CredentialResponseCredential" => through::<skyvern_client::models::CredentialResponseCredential>(value),
        "CredentialType" => through::<skyvern_client::models::CredentialType>(value),
        "CredentialTypeOutput" => through::<skyvern_client::models::CredentialTypeOutput>(value),
        "CredentialVaultType" => through::<skyvern_client::models::CredentialVaultType>(value),
        "CreditCardBillingAddress" => through::<skyvern_client::models::CreditCardBillingAddress>(value),
        "CreditCardCredentialResponse" => through::<skyvern_client::models::CreditCardCredentialResponse>(value),
        "CustomCredentialServiceConfig" => through::<skyvern_client::models::CustomCredentialServiceConfig>(value),
        "CustomCredentialServiceConfigResponse" => through::<skyvern_client::models::CustomCredentialServiceConfigResponse>(value),
        "ErrorDetail" => through::<skyvern_client::models::ErrorDetail>(value),
        "ErrorResponse" => through::<skyvern_client::models::ErrorResponse>(value),
        "ErrorResponseDetail" => through::<skyvern_client::models::ErrorResponseDetail>(value),
        "GeoTarget" => through::<skyvern_client::models::GeoTarget>(value),
        "HttpValidationError" => through::<skyvern_client::models::HttpValidationError>(value),
        "NonEmptyCreditCardCredential" => through::<skyvern_client::models::NonEmptyCreditCardCredential>(value),
        "NonEmptyPasswordCredential" => through::<skyvern_client::models::NonEmptyPasswordCredential>(value),
        "OrganizationAuthToken" => through::<skyvern_client::models::OrganizationAuthToken>(value),
        "OrganizationAuthTokenType" => through::<skyvern_client::models::OrganizationAuthTokenType>(value),
        "OtpType" => through::<skyvern_client::models::OtpType>(value),
        "PasswordCredentialResponse" => through::<skyvern_client::models::PasswordCredentialResponse>(value),
        "ProxyLocation" => through::<skyvern_client::models::ProxyLocation>(value),
        "ProxyLocationOrGeoTarget" => through::<skyvern_client::models::ProxyLocationOrGeoTarget>(value),
        "SecretCredential" => through::<skyvern_client::models::SecretCredential>(value),
        "SecretCredentialResponse" => through::<skyvern_client::models::SecretCredentialResponse>(value),
        "TestConnectionResponse" => through::<skyvern_client::models::TestConnectionResponse>(value),
        "TotpCode" => through::<skyvern_client::models::TotpCode>(value),
        "TotpCodeCreate" => through::<skyvern_client::models::TotpCodeCreate>(value),
        "TotpType" => through::<skyvern_client::models::TotpType>(value),
        "ValidationError" => through::<skyvern_client::models::ValidationError>(value),
        "ValidationErrorLocItem" => through::<skyvern_client::models::ValidationErrorLocItem>(value),
        other => Err(format!("there is no type {other}")),
    }
}

fn through<T: serde::Serialize + serde::de::DeserializeOwned>(
    value: &serde_json::Value,
) -> Result<serde_json::Value, String> {
    let read: T = serde_json::from_str(&value.to_string()).map_err(|error| error.to_string())?;
    serde_json::to_value(&read).map_err(|error| error.to_string())
}
