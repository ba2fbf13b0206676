//! Creates, lists, updates and deletes a credential.
//!
//! ```sh
//! SKYVERN_BASE_URL=http://localhost:8000 SKYVERN_API_KEY=… cargo run -p skyvern-client --example credentials
//! ```
//!
//! An `https` base URL needs `--features rustls` or `--features native-tls`.

use std::env;
use std::error::Error;

use skyvern_client::models::{
    CreateCredentialRequest, CredentialResponse, CredentialResponseCredential, CredentialType,
    NonEmptyPasswordCredential,
};
use skyvern_client::operations::credentials::{CreateCredentialError, GetCredentialsParams};
use skyvern_client::{Check, Client, Secret};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let base_url = env::var("SKYVERN_BASE_URL")
        .map_err(|_| "SKYVERN_BASE_URL must hold the URL of a Skyvern server")?;
    let key = env::var("SKYVERN_API_KEY").map_err(|_| "SKYVERN_API_KEY must hold an API key")?;
    // Only where another crate has `reqwest` built with `rustls-no-provider`, as in this workspace:
    // then a provider has to be named once, before the first client.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder(&base_url).api_key(key).build()?;
    for line in tour(&client).await? {
        println!("{line}");
    }
    Ok(())
}

/// The whole life of a credential, one line for each step. No line holds a secret.
pub(crate) async fn tour(client: &Client) -> Result<Vec<String>, Box<dyn Error>> {
    let mut lines = Vec::new();

    let request = login("Example", "correct horse battery staple");
    // What the document forbids is found before anything is sent.
    if let Err(violations) = request.check() {
        return Err(violations[0].to_string().into());
    }
    let created = match client.create_credential(&request).await {
        Ok(created) => created,
        Err(error) => {
            if let Some(CreateCredentialError::Forbidden(_)) = error.documented() {
                return Err("the API key was refused".into());
            }
            return Err(error.into());
        }
    };
    lines.push(format!("created {}", describe(&created)));

    let params = GetCredentialsParams::new()
        .with_credential_type(CredentialType::Password)
        .with_page_size(2);
    let mut pages = client.get_credentials_pages(&params);
    while let Some(credential) = pages.next().await {
        lines.push(format!("listed {}", describe(&credential?)));
    }

    let id = &created.credential_id;
    let updated = client
        .update_credential(id, &login("Renamed", "tr0ub4dor&3"))
        .await?;
    lines.push(format!("updated {}", describe(&updated)));

    client.delete_credential(id).await?;
    lines.push(format!("deleted {id}"));
    Ok(lines)
}

/// A user name and a password. The password is read by nobody but the server.
fn login(name: &str, password: &str) -> CreateCredentialRequest {
    let credential = NonEmptyPasswordCredential::new(Secret::from(password), "ada@example.com");
    CreateCredentialRequest::new(name, CredentialType::Password, credential)
}

fn describe(credential: &CredentialResponse) -> String {
    let detail = match &credential.credential {
        CredentialResponseCredential::Password(password) => {
            format!("the login of {}", password.username)
        }
        CredentialResponseCredential::CreditCard(card) => {
            format!("the card that ends in {}", card.last_four)
        }
        CredentialResponseCredential::Secret(_) => "a secret".to_owned(),
        _ => "something newer than this client".to_owned(),
    };
    format!(
        "{} ({}): {detail}",
        credential.credential_id, credential.name
    )
}
