//! CPU time and peak memory of one command and everything that it starts.

use std::{
    ffi::OsString,
    io,
    process::{Command, ExitCode, Output, Stdio},
    time::Duration,
};

use nix::sys::resource::{UsageWho, getrusage};

/// As the first argument: run the rest and tell its cost in the last line of stderr.
pub(crate) const FLAG: &str = "--measure-child";

/// What a command took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    /// In user and system mode, of all processes together.
    pub(crate) cpu: Duration,
    /// Of the largest process, at its largest.
    pub(crate) kilobytes: u64,
}

/// Runs a command to its end.
///
/// # Errors
/// If it cannot be started.
pub(crate) fn run(command: &mut Command) -> io::Result<(Cost, Output)> {
    let mut wrapped = Command::new(std::env::current_exe()?);
    wrapped
        .arg(FLAG)
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            wrapped.env(name, value);
        }
    }
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    let mut output = wrapped.stdin(Stdio::null()).output()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let (rest, last) = text
        .trim_end()
        .rsplit_once('\n')
        .unwrap_or(("", text.trim_end()));
    let mut numbers = last
        .split(' ')
        .filter_map(|number| number.parse::<u64>().ok());
    let cost = Cost {
        cpu: Duration::from_micros(numbers.next().unwrap_or_default()),
        kilobytes: numbers.next().unwrap_or_default(),
    };
    output.stderr = rest.as_bytes().to_vec();
    Ok((cost, output))
}

/// The side of [`run`] that starts the command and nothing else.
pub(crate) fn child(words: &[OsString]) -> ExitCode {
    let Some((program, arguments)) = words.split_first() else {
        return ExitCode::from(2);
    };
    let status = Command::new(program).args(arguments).status();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN);
    let (micros, kilobytes) = usage.map_or((0, 0), |usage| {
        let micros = |time: nix::sys::time::TimeVal| {
            u64::try_from(time.tv_sec()).unwrap_or(0) * 1_000_000
                + u64::try_from(time.tv_usec()).unwrap_or(0)
        };
        let kilobytes = u64::try_from(usage.max_rss()).unwrap_or(0);
        (
            micros(usage.user_time()) + micros(usage.system_time()),
            kilobytes,
        )
    });
    eprintln!("\n{micros} {kilobytes}");
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
