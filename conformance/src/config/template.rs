//! `init`: a `conformance.toml` that holds every option, commented out, with what it does.

use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command};

use super::{layer::name_of, show::quoted};

const HEAD: &str = "\
# Configuration of skyvern-conformance, found in the current directory or above it.
#
# Every option of `run` may stand here under its name. Lowest first: what is built in, this file, the
# profile in use, variables (SKYVERN_CONFORMANCE_MAX_TIME=10m), the command line. Paths are meant from
# where this file is. `skyvern-conformance show-config` tells each value and where it comes from.
#
# Keys and tokens have no place here: they come from SKYVERN_API_KEY and CUSTOM_CREDENTIAL_API_TOKEN, or
# from files that api-key-file and token-file name.

# The profile in use if none is chosen: quick, ci, deep, or one of those below.
#default-profile = \"quick\"
";

const PROFILES: &str = "
# A profile holds options too; they win over those above. The names quick, ci and deep add to ours.
#[profile.nightly]
#inherits = \"deep\"
#max-time = \"30m\"
#report = [\"html\", \"junit\"]
";

/// Options that are typed, not configured.
const LEFT_OUT: [&str; 7] = [
    "help",
    "config",
    "profile",
    "verbose",
    "header",
    "baseline-update",
    "dry-run",
];

/// The text of the file for the options of `run`.
pub(crate) fn template(run: &Command) -> String {
    let mut text = HEAD.to_owned();
    let mut heading = None;
    for option in run.get_arguments() {
        let name = name_of(option);
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        if option.get_help_heading() != heading {
            heading = option.get_help_heading();
            // Writing to a string does not fail.
            let _ = writeln!(text, "\n# ── {}", heading.unwrap_or("General"));
        }
        let help = option
            .get_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        let _ = writeln!(
            text,
            "\n# {}\n#{name} = {}",
            help.replace('\n', " "),
            example(option)
        );
    }
    text.push_str(PROFILES);
    text
}

fn example(option: &Arg) -> String {
    if matches!(option.get_action(), ArgAction::SetTrue) {
        return "false".to_owned();
    }
    let default = option
        .get_default_values()
        .first()
        .map(|value| value.to_string_lossy().into_owned());
    let possible = option.get_possible_values();
    let possible = possible.first().map(|value| value.get_name().to_owned());
    let value = default.or(possible).unwrap_or_else(|| {
        let name = option.get_value_names().and_then(|names| names.first());
        match (
            option.get_id().as_str(),
            name.map_or("", |name| name.as_str()),
        ) {
            ("url", _) => "http://127.0.0.1:8000",
            ("suites", _) => "schema",
            ("reports", _) => "html",
            ("baseline", _) => "conformance-baseline.toml",
            (_, "DURATION") => "10m",
            (_, "RATE") => "20/s",
            (_, "N") => "1",
            (_, "K/N|auto") => "auto",
            (_, "GLOB") => "schema::*",
            (_, "URL") => "http://127.0.0.1:3128",
            (_, "NAME=VAR") => "x-tenant=TENANT",
            (_, "ADDR") => "127.0.0.1:0",
            _ => "path/to/file",
        }
        .to_owned()
    });
    let value = if value.parse::<u64>().is_ok() {
        value
    } else {
        quoted(&value)
    };
    match option.get_action() {
        ArgAction::Append => format!("[{value}]"),
        _ => value,
    }
}
