//! `serve`: a reference server, until it is interrupted.

use std::fmt::Write as _;

use super::print;
use crate::{
    cli::Serve,
    exit::Exit,
    reference::{Defect, Kind, Server},
    run::Interrupts as _,
    setup::{self, API_KEY, SetupError, TOKEN},
    signal::Signals,
};

pub(super) async fn serve(
    wanted: Serve,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Exit, SetupError> {
    let (server, port, defects, list_defects, key_file) = match wanted {
        Serve::Skyvern {
            port,
            defects,
            list_defects,
            api_key_file,
        } => (Server::Skyvern, port, defects, list_defects, api_key_file),
        Serve::CredentialService {
            port,
            defects,
            list_defects,
            token_file,
        } => {
            let server = Server::CredentialService;
            (server, port, defects, list_defects, token_file)
        }
    };
    if list_defects {
        print(&table(server.defects()))?;
        return Ok(Exit::Conforms);
    }
    let (title, source) = match server {
        Server::Skyvern | Server::Bridged => ("Skyvern reference server", API_KEY),
        Server::CredentialService => ("Credential service", TOKEN),
    };
    let mut signals = Signals::listen()
        .map_err(|error| SetupError::could_not_test(format!("no signals: {error}")))?;
    let given = setup::key(source, key_file.as_deref(), variable)?;
    let show_key = given.is_none();
    let embedded = setup::start(server, port, given, &defects)?;
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

fn table(defects: &[Defect]) -> String {
    let width = defects.iter().map(|defect| defect.name.len()).max();
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
