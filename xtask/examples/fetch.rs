//! Fetches one document from a server: its URL comes in, its bytes go to stdout.
//!
//! ```sh
//! cargo run -p xtask --example fetch -- [--limit BYTES] [--timeout MILLISECONDS] URL
//! ```
//!
//! Exit codes: 0 fetched; 2 not, with the reason on stderr. Neither user, password nor query of the URL is
//! printed. It is a program of its own so that `xtask` is built without an HTTP client.

use std::{
    env,
    error::Error as _,
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use reqwest::{Client, Response, StatusCode, Url, header, redirect};

/// The longest document; the largest that is published, GitHub's, has 12.7 MB.
const LIMIT: usize = 64 << 20;
/// From the first byte of the request to the last of the answer.
const TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// As many as a document that moved may need; more is a loop.
const REDIRECTS: usize = 5;

struct Arguments {
    url: Url,
    limit: usize,
    timeout: Duration,
}

/// What went wrong, and what to do about it.
struct Fault {
    message: String,
    hint: Option<&'static str>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let outcome = match arguments() {
        Ok(arguments) => fetch(&arguments).await,
        Err(fault) => Err(fault),
    };
    match outcome.map(|bytes| io::stdout().write_all(&bytes)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            eprintln!("error: failed to print the document: {error}");
            ExitCode::from(2)
        }
        Err(Fault { message, hint }) => {
            eprintln!("error: {message}");
            if let Some(hint) = hint {
                eprintln!("  = hint: {hint}");
            }
            ExitCode::from(2)
        }
    }
}

fn arguments() -> Result<Arguments, Fault> {
    let (mut limit, mut timeout, mut url) = (LIMIT, TIMEOUT, None);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || {
            let value = arguments.next().and_then(|text| text.parse::<u64>().ok());
            value.ok_or_else(|| fault(format!("{argument} needs a number")))
        };
        match argument.as_str() {
            "--limit" => limit = usize::try_from(number()?).unwrap_or(usize::MAX),
            "--timeout" => timeout = Duration::from_millis(number()?),
            _ => url = Some(argument),
        }
    }
    let url = url.ok_or_else(|| fault("no URL was given"))?;
    let url = Url::parse(&url).map_err(|error| fault(format!("this is no URL: {error}")))?;
    Ok(Arguments {
        url,
        limit,
        timeout,
    })
}

async fn fetch(arguments: &Arguments) -> Result<Vec<u8>, Fault> {
    // The one TLS provider of this workspace; there is none yet in a process that has just begun.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .timeout(arguments.timeout)
        .connect_timeout(CONNECT_TIMEOUT.min(arguments.timeout))
        .redirect(redirect::Policy::custom(follow))
        .user_agent(concat!("cargo-xtask/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| fault(format!("TLS cannot be used: {}", chain(&error))))?;
    let url = &arguments.url;
    let mut answer = client
        .get(url.clone())
        .header(
            header::ACCEPT,
            "application/json, application/yaml;q=0.9, */*;q=0.5",
        )
        .send()
        .await
        .map_err(|error| unreachable(url, error))?;
    check(url, &answer, arguments.limit)?;
    let mut bytes = Vec::new();
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|error| unreachable(url, error))?
    {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > arguments.limit {
            return Err(too_large(url, arguments.limit));
        }
    }
    if bytes.trim_ascii().is_empty() {
        return Err(fault(format!("{} answers nothing", shown(url))));
    }
    Ok(bytes)
}

/// A redirect may lead to another host, and never from TLS to plain text.
fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let from = attempt.previous().last().map(Url::scheme);
    if from == Some("https") && attempt.url().scheme() != "https" {
        return attempt.error("it redirects from https to http");
    }
    if attempt.previous().len() > REDIRECTS {
        return attempt.error(format!("it redirects more than {REDIRECTS} times"));
    }
    attempt.follow()
}

fn check(url: &Url, answer: &Response, limit: usize) -> Result<(), Fault> {
    let status = answer.status();
    if !status.is_success() {
        let hint = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                "fetch the document with your own client and give the file instead"
            }
            StatusCode::NOT_FOUND => "FastAPI serves its document at /openapi.json",
            _ => "is the server well? The address must answer with the document itself",
        };
        return Err(Fault {
            message: format!("{} answers {status}", shown(url)),
            hint: Some(hint),
        });
    }
    let kind = answer.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let is_other = ["text/html", "application/pdf"].contains(&essence)
        || ["image/", "audio/", "video/", "multipart/"]
            .iter()
            .any(|prefix| essence.starts_with(prefix));
    if is_other {
        return Err(Fault {
            message: format!("{} answers {essence}, not an OpenAPI document", shown(url)),
            hint: Some(
                "this may be the page about the API; FastAPI serves its document at /openapi.json",
            ),
        });
    }
    let announced = answer.content_length().unwrap_or_default();
    if usize::try_from(announced).map_or(true, |announced| announced > limit) {
        return Err(too_large(url, limit));
    }
    Ok(())
}

fn too_large(url: &Url, limit: usize) -> Fault {
    Fault {
        message: format!("{} answers more than {limit} bytes", shown(url)),
        hint: Some(
            "an OpenAPI document is a text of at most some megabytes: is this the right address?",
        ),
    }
}

fn unreachable(url: &Url, error: reqwest::Error) -> Fault {
    let hint = if error.is_timeout() {
        Some("the server did not answer in time")
    } else if error.is_connect() {
        Some(
            "is the server running, and does its certificate belong to an authority that this machine trusts?",
        )
    } else {
        None
    };
    let error = error.without_url();
    Fault {
        message: format!("failed to fetch {}: {}", shown(url), chain(&error)),
        hint,
    }
}

/// An error with its causes, the last of which is the telling one.
fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

/// A URL without what may be secret in it.
fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

fn fault(message: impl Into<String>) -> Fault {
    Fault {
        message: message.into(),
        hint: None,
    }
}
