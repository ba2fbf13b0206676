//! `init`: writes a commented `conformance.toml`.

use std::{fs::OpenOptions, io::Write as _};

use clap::CommandFactory as _;

use super::print;
use crate::{
    cli::Cli,
    config::{FILE, template},
    exit::Exit,
    setup::SetupError,
};

pub(super) fn init(force: bool) -> Result<Exit, SetupError> {
    let command = Cli::command();
    let text = command
        .find_subcommand("run")
        .map(template)
        .unwrap_or_default();
    let mut options = OpenOptions::new();
    options
        .write(true)
        .create(true)
        .truncate(force)
        .create_new(!force);
    let written = options
        .open(FILE)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let error = SetupError::usage(format!("there is a {FILE} already"));
            Err(error.hint("--force replaces it"))
        }
        Err(error) => Err(SetupError::usage(format!(
            "{FILE} cannot be written: {error}"
        ))),
        Ok(()) => {
            print(&format!(
                "{FILE} is written: every option of `run`, commented out\n"
            ))?;
            Ok(Exit::Conforms)
        }
    }
}
