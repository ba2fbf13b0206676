//! The commands: each takes what the command line says and gives the exit code.

mod clean;
mod explain;
mod history;
mod init;
mod list;
mod man;
mod rehearse;
mod replay;
mod report;
mod run;
mod serve;
mod stage;
mod told;

use std::io;

use clap::CommandFactory as _;

use crate::{
    cli::{Cli, Command},
    config::{self, Setting},
    exit::Exit,
    setup::SetupError,
};

/// Does what the command line asks for. `settings` are the options of `run` with where they come from;
/// `variable` reads the environment.
///
/// # Errors
/// If nothing could be done.
pub fn dispatch(
    command: Command,
    settings: &[Setting],
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Exit, SetupError> {
    match command {
        Command::Run(args) => blocking(run::run(args, variable)),
        Command::List(args) => list::list(args, variable),
        Command::Clean(args) => blocking(clean::clean(args, variable)),
        Command::Replay(args) => blocking(replay::replay(args, variable)),
        Command::Report(args) => report::report(args, variable),
        Command::Explain { check } => explain::explain(&check),
        Command::Serve { server } => blocking(serve::serve(server, variable)),
        Command::ShowConfig(_) => {
            print(&config::show(settings))?;
            Ok(Exit::Conforms)
        }
        Command::Init { force } => init::init(force),
        Command::Man { directory } => man::man(directory.as_deref()),
        Command::Completions { shell } => {
            let mut command = Cli::command();
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut command, "skyvern-conformance", &mut text);
            print(&String::from_utf8_lossy(&text))?;
            Ok(Exit::Conforms)
        }
    }
}

/// One thread: cases share it by waiting for the network.
fn blocking<T>(future: impl Future<Output = Result<T, SetupError>>) -> Result<T, SetupError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| SetupError::could_not_test(format!("no event loop: {error}")))?
        .block_on(future)
}

/// Writes to standard output; a reader that has gone away has read enough.
fn print(text: &str) -> Result<(), SetupError> {
    let mut out = anstream::stdout();
    match io::Write::write_all(&mut out, text.as_bytes()).and_then(|()| io::Write::flush(&mut out))
    {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(SetupError::could_not_test(
            format!("standard output cannot be written: {error}"),
        )),
        _ => Ok(()),
    }
}
