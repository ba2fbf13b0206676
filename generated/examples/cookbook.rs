//! The code of `docs/cookbook.md`, each recipe a function; a test holds the page to it.
//!
//! ```sh
//! SKYVERN_BASE_URL=http://localhost:8000 SKYVERN_API_KEY=… cargo run -p skyvern-client --example cookbook
//! ```

#![allow(
    dead_code,
    reason = "not every recipe is part of the program: the tests run them all"
)]

use std::env;
use std::error::Error;
use std::time::Duration;

use skyvern_client::models::{
    CreateCredentialRequest, CredentialResponse, CredentialResponseCredential, CredentialType,
    CredentialTypeOutput, NonEmptyCreditCardCredential, NonEmptyPasswordCredential,
};
use skyvern_client::operations::credentials::{
    CreateCredentialError, GetCredentialError, GetCredentialsError, GetCredentialsParams,
    UpdateCredentialError,
};
use skyvern_client::{BuildError, Check, Client, Patch, RetryPolicy, Secret};

pub(crate) fn connect(base_url: &str, key: String) -> Result<Client, BuildError> {
    Client::builder(base_url)
        .api_key(key)
        .timeout(Duration::from_secs(10))
        .build()
}

pub(crate) async fn create(
    client: &Client,
) -> Result<CredentialResponse, skyvern_client::Error<CreateCredentialError>> {
    let password = Secret::from("correct horse battery staple");
    let login = NonEmptyPasswordCredential::new(password, "ada@example.com")
        .with_totp_identifier("ada@example.com");
    let request = CreateCredentialRequest::new("Example", CredentialType::Password, login);
    client.create_credential(&request).await
}

pub(crate) fn check_first() -> Vec<String> {
    let card = NonEmptyCreditCardCredential::new(
        Secret::from("4000000000000002"),
        Secret::from("123"),
        Secret::from("12"),
        Secret::from("2030"),
        // The document asks for at least one character.
        "",
        Secret::from("Ada Lovelace"),
    );
    let request = CreateCredentialRequest::new("Card", CredentialType::CreditCard, card);
    match request.check() {
        Ok(()) => Vec::new(),
        Err(violations) => violations.iter().map(ToString::to_string).collect(),
    }
}

pub(crate) async fn names_of_all_logins(
    client: &Client,
) -> Result<Vec<String>, skyvern_client::Error<GetCredentialsError>> {
    let params = GetCredentialsParams::new()
        .with_credential_type(CredentialType::Password)
        .with_page_size(50);
    let mut pages = client.get_credentials_pages(&params);
    let mut names = Vec::new();
    while let Some(credential) = pages.next().await {
        names.push(credential?.name);
    }
    Ok(names)
}

pub(crate) async fn find(client: &Client, id: &str) -> Result<Option<CredentialResponse>, String> {
    match client.get_credential(id).await {
        Ok(credential) => Ok(Some(credential)),
        Err(error) => match error.documented() {
            Some(GetCredentialError::NotFound(_)) => Ok(None),
            Some(GetCredentialError::Forbidden(_)) => Err("the API key was refused".to_owned()),
            // Neither Display nor Debug shows what was sent or answered: this may go to a log.
            _ if error.is_timeout() => Err(format!("try again later: {error}")),
            _ => Err(match error.status() {
                Some(status) => format!("unexpected status {status}: {error}"),
                None => format!("no answer: {error}"),
            }),
        },
    }
}

pub(crate) fn patient(base_url: &str, key: String) -> Result<Client, BuildError> {
    let pauses = (Duration::from_millis(500), Duration::from_secs(30));
    Client::builder(base_url)
        .api_key(key)
        .retry(RetryPolicy::new(5).with_pauses(pauses.0, pauses.1))
        .build()
}

pub(crate) fn what_a_log_sees(request: &CreateCredentialRequest) -> String {
    // Every secret shows as `Secret([redacted])`; `expose()` is the only way to read one.
    format!("{request:?}")
}

pub(crate) fn describe(credential: &CredentialResponse) -> String {
    let kind = match &credential.credential_type {
        CredentialTypeOutput::Password => "a login".to_owned(),
        CredentialTypeOutput::CreditCard => "a card".to_owned(),
        CredentialTypeOutput::Secret => "a secret".to_owned(),
        // A value that came after this client was written, as it came.
        other => format!("something new, {other}"),
    };
    let shown = match &credential.credential {
        CredentialResponseCredential::Password(login) => login.username.clone(),
        CredentialResponseCredential::CreditCard(card) => format!("…{}", card.last_four),
        CredentialResponseCredential::Secret(_) => "no more than that".to_owned(),
        // The whole value is kept: `expose` reads it, and writing the credential writes it back.
        CredentialResponseCredential::Unknown(value) => {
            let members = value.expose().as_object();
            format!("{} members", members.map_or(0, serde_json::Map::len))
        }
        _ => "newer than this code".to_owned(),
    };
    format!("{kind}: {shown}")
}

pub(crate) async fn forget_the_proxy(
    client: &Client,
    id: &str,
    mut request: CreateCredentialRequest,
) -> Result<CredentialResponse, skyvern_client::Error<UpdateCredentialError>> {
    // `Absent`, the default, is not sent: the server keeps what it has. `Null` clears it.
    request.proxy_session_id = Patch::Null;
    client.update_credential(id, &request).await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let base_url = env::var("SKYVERN_BASE_URL")
        .map_err(|_| "SKYVERN_BASE_URL must hold the URL of a Skyvern server")?;
    let key = env::var("SKYVERN_API_KEY").map_err(|_| "SKYVERN_API_KEY must hold an API key")?;
    // Only where another crate has `reqwest` built with `rustls-no-provider`, as in this workspace:
    // then a provider has to be named once, before the first client.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = connect(&base_url, key)?;
    let created = create(&client).await?;
    println!("created {}", describe(&created));
    println!("all logins: {:?}", names_of_all_logins(&client).await?);
    client.delete_credential(&created.credential_id).await?;
    println!(
        "found again: {}",
        find(&client, &created.credential_id).await?.is_some()
    );
    Ok(())
}
