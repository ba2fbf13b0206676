//! `man`: the manual pages, one for the program and one for each command.

use std::{fs, path::Path};

use clap::CommandFactory as _;

use super::print;
use crate::{cli::Cli, exit::Exit, setup::SetupError};

/// Writes the pages into `directory`; without one, prints that of the program.
pub(super) fn man(directory: Option<&Path>) -> Result<Exit, SetupError> {
    let command = Cli::command();
    let failed = |error: std::io::Error| {
        SetupError::could_not_test(format!("the manual pages cannot be written: {error}"))
    };
    let Some(directory) = directory else {
        let mut page = Vec::new();
        let written = clap_mangen::Man::new(command).render(&mut page);
        written.map_err(failed)?;
        print(&String::from_utf8_lossy(&page))?;
        return Ok(Exit::Conforms);
    };
    fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(command, directory))
        .map_err(failed)?;
    Ok(Exit::Conforms)
}
