//! `serve`: a reference server, until it is interrupted.

use std::fmt::Write as _;

use super::print;
use crate::{
    cli::Serve,
    exit::Exit,
    reference::{Kind, skyvern::DEFECTS},
    run::Interrupts as _,
    setup::{self, KEY_VARIABLE, SetupError},
    signal::Signals,
};

pub(super) async fn serve(
    server: Serve,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Exit, SetupError> {
    let Serve::Skyvern {
        port,
        defects,
        list_defects,
        api_key_file,
    } = server;
    if list_defects {
        print(&table())?;
        return Ok(Exit::Conforms);
    }
    let mut signals = Signals::listen()
        .map_err(|error| SetupError::could_not_test(format!("no signals: {error}")))?;
    let given = setup::key(api_key_file.as_deref(), variable)?;
    let show_key = given.is_none();
    let embedded = setup::start(port, given, &defects)?;
    let mut text = format!("Skyvern reference server at {}\n", embedded.url());
    if show_key {
        // Made up for this process: it opens nothing else.
        let _ = writeln!(text, "{KEY_VARIABLE}={}", embedded.key().expose());
    }
    if !defects.is_empty() {
        let _ = writeln!(text, "with defect {}", defects.join(", "));
    }
    text.push_str("Ctrl-C stops it\n");
    print(&text)?;
    signals.next().await;
    Ok(Exit::Interrupted)
}

fn table() -> String {
    let width = DEFECTS.iter().map(|defect| defect.name.len()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for defect in DEFECTS {
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
