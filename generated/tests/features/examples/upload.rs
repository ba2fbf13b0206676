//! The recipe of uploading in `generated/docs/cookbook.md`; a test of the other client holds the page to it.
//!
//! ```sh
//! BASE_URL=http://localhost:8000 cargo run -p features-client --example upload
//! ```

use std::error::Error;

use features_client::operations::bodies::UploadBody;
use features_client::{Client, Upload};

pub(crate) async fn upload(client: &Client, bytes: Vec<u8>) -> Result<(), features_client::Error> {
    // Bytes, a text, or `reqwest::Body::wrap_stream` of a file: it is streamed, and so never repeated.
    let file = Upload::new("report.csv", bytes).with_media_type("text/csv");
    let mut body = UploadBody::new(file);
    body.note = Some("weekly".to_owned());
    client.upload(body).await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let base_url = std::env::var("BASE_URL")?;
    // As in the example of the other client.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder(&base_url).build()?;
    upload(&client, b"a,b\n".to_vec()).await?;
    Ok(())
}
