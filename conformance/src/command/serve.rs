//! `serve`: a reference server, until it is interrupted.

use std::{fmt::Write as _, path::PathBuf};

use super::print;
use crate::{
    cli::Serve,
    exit::Exit,
    reference::{Defect, Kind, Server},
    run::Interrupts as _,
    setup::{self, API_KEY, SetupError, TOKEN, VAULT_TOKEN},
    signal::Signals,
};

pub(super) async fn serve(
    wanted: Serve,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Exit, SetupError> {
    let mut signals = Signals::listen()
        .map_err(|error| SetupError::could_not_test(format!("no signals: {error}")))?;
    let key = |source, file: Option<PathBuf>| setup::key(source, file.as_deref(), variable);
    let (title, source, given, defects, embedded) = match wanted {
        Serve::Skyvern {
            list_defects: true, ..
        } => {
            let tables = [Server::Skyvern, Server::Bridged].map(Server::defects);
            print(&table(tables.into_iter().flatten()))?;
            return Ok(Exit::Conforms);
        }
        Serve::CredentialService {
            list_defects: true, ..
        } => {
            print(&table(Server::CredentialService.defects().iter()))?;
            return Ok(Exit::Conforms);
        }
        Serve::Skyvern {
            port,
            defects,
            api_key_file,
            vault,
            vault_token_file,
            vault_timeout,
            log,
            ..
        } => {
            let vault = match vault {
                Some(url) => Some(setup::vault(
                    url,
                    key(VAULT_TOKEN, vault_token_file)?,
                    vault_timeout,
                )?),
                None => None,
            };
            let given = key(API_KEY, api_key_file)?;
            let embedded =
                setup::start(Server::Skyvern, port, given.clone(), vault, log, &defects)?;
            let title = "Skyvern reference server";
            (title, API_KEY, given, defects, embedded)
        }
        Serve::CredentialService {
            port,
            defects,
            token_file,
            store,
            store_key_file,
            ..
        } => {
            let given = key(TOKEN, token_file)?;
            let store = match (store, store_key_file) {
                (Some(store), Some(key)) => Some(setup::store(&store, &key)?),
                _ => None,
            };
            let embedded = setup::start_service(port, given.clone(), store, &defects)?;
            ("Credential service", TOKEN, given, defects, embedded)
        }
    };
    let show_key = given.is_none();
    let mut text = format!("{title} at {}\n", embedded.url());
    if show_key {
        // Made up for this process: it opens nothing else.
        let _ = writeln!(text, "{}={}", source.variable, embedded.key().expose());
    }
    if !defects.is_empty() {
        let _ = writeln!(text, "with defect {}", defects.join(", "));
    }
    text.push_str("Ctrl-C stops it\n");
    print(&text)?;
    signals.next().await;
    Ok(Exit::Interrupted)
}

fn table<'a>(defects: impl Iterator<Item = &'a Defect> + Clone) -> String {
    let width = defects.clone().map(|defect| defect.name.len()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for defect in defects {
        let kind = match defect.kind {
            Kind::Fault => defect.check,
            Kind::Benign => "benign",
        };
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{:<width$}  {kind:<6}  {}",
            defect.name, defect.summary
        );
    }
    text
}
