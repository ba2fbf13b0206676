//! Puts the layers over each other.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::{Arg, ArgAction, Command, builder::ValueParser, parser::ValueSource};

use super::{
    ConfigError, Layered, Origin, Setting, environment,
    file::{self, Entry, File, Given},
};
use crate::{settings::Profile, setup::similar};

/// The commands that are configured.
const CONFIGURED: [&str; 4] = ["run", "list", "show-config", "clean"];
/// Keys of the file that are no options.
const OWN_KEYS: [&str; 2] = ["default-profile", "inherits"];
/// Options that make no sense in a file.
const ONLY_TYPED: [&str; 4] = ["help", "config", "verbose", "profile"];

/// Reads the file and the environment, and writes what they say into `arguments`.
///
/// # Errors
/// Everything that is wrong with either, with file and line. What is wrong with `arguments`
/// themselves is left to whoever parses them.
pub fn layer(
    command: &Command,
    arguments: Vec<OsString>,
    environment: &[(String, String)],
    directory: &Path,
) -> Result<Layered, ConfigError> {
    let lenient = lenient(command);
    let Ok(matches) = lenient.clone().try_get_matches_from(&arguments) else {
        return Ok(Layered {
            arguments,
            settings: Vec::new(),
        });
    };
    let (Some((name, matches)), Some(run)) = (matches.subcommand(), lenient.find_subcommand("run"))
    else {
        return Ok(Layered {
            arguments,
            settings: Vec::new(),
        });
    };
    let Some(own) = lenient
        .find_subcommand(name)
        .filter(|_| CONFIGURED.contains(&name))
    else {
        return Ok(Layered {
            arguments,
            settings: Vec::new(),
        });
    };
    let typed = |option: &Arg| {
        matches.try_contains_id(option.get_id().as_str()).is_ok()
            && matches.value_source(option.get_id().as_str()) == Some(ValueSource::CommandLine)
    };
    let written = |id: &str| -> Option<String> {
        matches
            .try_get_raw(id)
            .ok()
            .flatten()?
            .next()
            .map(|text| text.to_string_lossy().into_owned())
    };
    let variable = |name: &str| {
        let name = environment::variable(name);
        environment
            .iter()
            .find(|(other, _)| *other == name)
            .map(|(_, value)| value.clone())
    };
    let path = written("config")
        .or_else(|| variable("config"))
        .map(PathBuf::from);
    let file = match path.or_else(|| file::find(directory)) {
        Some(path) => file::read(&path)?,
        None => File::default(),
    };
    let mut layers = Layers {
        run,
        settings: BTreeMap::new(),
        wrong: Vec::new(),
    };
    layers.file(&file);
    let from_line = written("profile").filter(|_| {
        run.get_arguments()
            .any(|option| option.get_id() == "profile" && typed(option))
    });
    let chosen = from_line.map(|name| (name, Origin::CommandLine));
    let chosen = chosen.or_else(|| {
        let origin = Origin::Variable(environment::variable("profile"));
        variable("profile").map(|name| (name, origin))
    });
    let profile = layers.profile(&file, chosen);
    layers.environment(environment);
    if !layers.wrong.is_empty() {
        // A profile in use is looked at twice.
        let mut seen = std::collections::BTreeSet::new();
        layers.wrong.retain(|one| seen.insert(one.clone()));
        return Err(ConfigError(layers.wrong));
    }
    let mut settings = layers.settings;
    for option in run.get_arguments().filter(|option| typed(option)) {
        settings.remove(&name_of(option));
        for other in run.get_arg_conflicts_with(option) {
            settings.remove(&name_of(other));
        }
    }
    let mut inserted = Vec::new();
    for option in own.get_arguments() {
        if let Some(setting) = settings.get(&name_of(option)) {
            inserted.extend(as_arguments(option, setting));
        }
    }
    let all = run
        .get_arguments()
        .filter(|option| option.get_id() != "help")
        .map(|option| Setting {
            name: name_of(option),
            ..if option.get_id() == "profile" && profile.1 != Origin::BuiltIn {
                Setting {
                    name: String::new(),
                    values: vec![profile.0.clone()],
                    origin: profile.1.clone(),
                }
            } else if typed(option) {
                typed_setting(option, matches)
            } else {
                settings
                    .get(&name_of(option))
                    .cloned()
                    .unwrap_or_else(|| built_in(option))
            }
        })
        .collect();
    let has_profile = own
        .get_arguments()
        .any(|option| option.get_id() == "profile");
    let arguments = rewritten(
        &lenient,
        arguments,
        name,
        inserted,
        has_profile.then_some(profile.2),
    );
    Ok(Layered {
        arguments,
        settings: all,
    })
}

/// The same command, with profiles of any name.
fn lenient(command: &Command) -> Command {
    let mut lenient = command.clone();
    for name in CONFIGURED {
        let has_profile = |one: &Command| one.get_arguments().any(|one| one.get_id() == "profile");
        if lenient.find_subcommand(name).is_some_and(has_profile) {
            lenient = lenient.mut_subcommand(name, |one| {
                one.mut_arg("profile", |profile| {
                    profile.value_parser(ValueParser::string())
                })
            });
        }
    }
    lenient
}

/// The name of an option in the file: that of the command line without dashes, `url` for the URL.
pub(super) fn name_of(option: &Arg) -> String {
    option
        .get_long()
        .unwrap_or(option.get_id().as_str())
        .to_owned()
}

struct Layers<'a> {
    run: &'a Command,
    settings: BTreeMap<String, Setting>,
    wrong: Vec<String>,
}

impl Layers<'_> {
    fn option(&self, name: &str) -> Option<&Arg> {
        let mut options = self.run.get_arguments();
        options.find(|option| name_of(option) == name && !ONLY_TYPED.contains(&name))
    }

    fn unknown(&mut self, place: &str, what: &str, name: &str) {
        let why = match name {
            "config" | "help" | "verbose" => "is for the command line only".to_owned(),
            "profile" => "is chosen by default-profile = \"NAME\", and described by [profile.NAME]"
                .to_owned(),
            _ => {
                let names: Vec<String> = self
                    .run
                    .get_arguments()
                    .map(name_of)
                    .filter(|name| !ONLY_TYPED.contains(&name.as_str()))
                    .chain(OWN_KEYS.map(str::to_owned))
                    .collect();
                match similar(name, names.iter().map(String::as_str)) {
                    Some(other) => format!("is no option; did you mean `{other}`?"),
                    None => "is no option; `skyvern-conformance show-config` lists them".to_owned(),
                }
            }
        };
        self.wrong.push(format!("{place}: {what} {why}"));
    }

    fn file(&mut self, file: &File) {
        for entry in file
            .entries
            .iter()
            .filter(|entry| entry.key != "default-profile")
        {
            self.entry(file, entry, None);
        }
        // What stands in a profile that is not used is wrong all the same.
        let used = std::mem::take(&mut self.settings);
        for (name, entries) in &file.profiles {
            for entry in entries.iter().filter(|entry| entry.key != "inherits") {
                self.entry(file, entry, Some(name));
            }
        }
        self.settings = used;
    }

    fn entry(&mut self, file: &File, entry: &Entry, profile: Option<&str>) {
        let Some(option) = self.option(&entry.key).cloned() else {
            self.unknown(&entry.place, &format!("`{}`", entry.key), &entry.key);
            return;
        };
        if entry.key == "header" {
            let text = format!(
                "{}: `header` is for the command line only: a value may be secret; write header-env = [\"NAME=VARIABLE\"]",
                entry.place
            );
            self.wrong.push(text);
            return;
        }
        let values = match (&entry.value, option.get_action()) {
            (Given::Switch(switch), ArgAction::SetTrue) => Ok(vec![switch.to_string()]),
            (_, ArgAction::SetTrue) => Err("takes true or false".to_owned()),
            (Given::Switch(_), _) => Err("takes a value".to_owned()),
            (Given::One(value), _) => Ok(vec![value.clone()]),
            (Given::Many(values), ArgAction::Append) => Ok(values.clone()),
            (Given::Many(_), _) => Err("takes one value".to_owned()),
        };
        let values = values.and_then(|values| {
            let values: Vec<String> = values
                .into_iter()
                .map(|value| beside(file, &option, value))
                .collect();
            self.check(&option, &values).map(|()| values)
        });
        let origin = Origin::File {
            path: file.path.clone(),
            line: entry.line,
            profile: profile.map(str::to_owned),
        };
        match values {
            Ok(values) => self.set(&entry.key, values, origin),
            Err(why) => self
                .wrong
                .push(format!("{}: `{}` {why}", entry.place, entry.key)),
        }
    }

    fn set(&mut self, name: &str, values: Vec<String>, origin: Origin) {
        let setting = Setting {
            name: name.to_owned(),
            values,
            origin,
        };
        self.settings.insert(name.to_owned(), setting);
    }

    /// Lets clap say whether it takes the values.
    fn check(&self, option: &Arg, values: &[String]) -> Result<(), String> {
        let setting = Setting {
            name: String::new(),
            values: values.to_vec(),
            origin: Origin::BuiltIn,
        };
        // What an option asks for beside itself is seen when all are together.
        let tried = [OsString::from("run")]
            .into_iter()
            .chain(as_arguments(option, &setting));
        match self.run.clone().try_get_matches_from(tried) {
            Err(error)
                if !matches!(
                    error.kind(),
                    clap::error::ErrorKind::MissingRequiredArgument
                        | clap::error::ErrorKind::ArgumentConflict
                ) =>
            {
                let text = error.to_string();
                let line = text.lines().next().unwrap_or_default();
                let why = line.split_once(">': ").map_or(line, |(_, why)| why);
                let why = why.strip_prefix("error: ").unwrap_or(why);
                let possible = text
                    .lines()
                    .find_map(|line| line.trim().strip_prefix("[possible values: "));
                Err(match possible {
                    Some(possible) => format!("takes one of {}", possible.trim_end_matches(']')),
                    None => format!("is refused: {why}"),
                })
            }
            _ => Ok(()),
        }
    }

    /// The name of the profile, where it was chosen, and the one of ours that it is or stands on.
    fn profile(
        &mut self,
        file: &File,
        chosen: Option<(String, Origin)>,
    ) -> (String, Origin, &'static str) {
        let default = file
            .entries
            .iter()
            .find(|entry| entry.key == "default-profile");
        let (name, origin) = match (chosen, default.map(|entry| (entry, &entry.value))) {
            (Some(chosen), _) => chosen,
            (None, Some((entry, Given::One(name)))) => {
                let origin = Origin::File {
                    path: file.path.clone(),
                    line: entry.line,
                    profile: None,
                };
                (name.clone(), origin)
            }
            (None, Some((entry, _))) => {
                self.wrong
                    .push(format!("{}: `default-profile` takes a name", entry.place));
                (Profile::Quick.name().to_owned(), Origin::BuiltIn)
            }
            (None, None) => (Profile::Quick.name().to_owned(), Origin::BuiltIn),
        };
        let builtin = |name: &str| Profile::ALL.into_iter().find(|one| one.name() == name);
        let entries = |name: &str| file.profiles.iter().find(|(other, _)| other == name);
        let own = entries(&name);
        let base = builtin(&name).or_else(|| {
            let inherits = own?.1.iter().find(|entry| entry.key == "inherits");
            match inherits.map(|entry| (entry, &entry.value)) {
                None => Some(Profile::Quick),
                Some((_, Given::One(base))) if builtin(base).is_some() => builtin(base),
                Some((entry, _)) => {
                    self.wrong.push(format!(
                        "{}: `inherits` takes quick, ci or deep",
                        entry.place
                    ));
                    None
                }
            }
        });
        let Some(base) = base else {
            if self.wrong.is_empty() {
                let names = Profile::ALL.map(Profile::name).into_iter();
                let names = names.chain(file.profiles.iter().map(|(name, _)| name.as_str()));
                let hint = similar(&name, names).map(|other| format!("; did you mean `{other}`?"));
                self.wrong.push(format!(
                    "there is no profile `{name}`{}",
                    hint.unwrap_or_default()
                ));
            }
            return (name, origin, Profile::Quick.name());
        };
        // First what the one below says, then its own.
        let below = entries(base.name()).filter(|(other, _)| *other != name);
        for (profile, entries) in below.into_iter().chain(own) {
            for entry in entries.iter().filter(|entry| entry.key != "inherits") {
                self.entry(file, entry, Some(profile));
            }
        }
        (name, origin, base.name())
    }

    fn environment(&mut self, environment: &[(String, String)]) {
        for (name, variable, value) in environment::options(environment) {
            if matches!(name.as_str(), "config" | "profile") {
                continue;
            }
            let Some(option) = self.option(&name).cloned() else {
                self.unknown(&format!("${variable}"), &format!("`{name}`"), &name);
                continue;
            };
            let values: Vec<String> = match option.get_action() {
                ArgAction::Append if value.contains('\n') => {
                    value.lines().map(str::to_owned).collect()
                }
                ArgAction::Append => value.split(',').map(str::to_owned).collect(),
                _ => vec![value.to_owned()],
            };
            let is_switch = matches!(option.get_action(), ArgAction::SetTrue);
            let checked = match value {
                "true" | "false" if is_switch => Ok(()),
                _ if is_switch => Err("takes true or false".to_owned()),
                _ => self.check(&option, &values),
            };
            match checked {
                Ok(()) => self.set(&name, values, Origin::Variable(variable.to_owned())),
                Err(why) => self.wrong.push(format!("${variable}: `{name}` {why}")),
            }
        }
    }
}

/// A relative path of the file is meant from where the file is.
fn beside(file: &File, option: &Arg, value: String) -> String {
    let is_path = option.get_value_names().is_some_and(|names| {
        names
            .iter()
            .any(|name| matches!(name.as_str(), "FILE" | "PEM" | "DIR"))
    });
    let above = file
        .path
        .parent()
        .filter(|above| !above.as_os_str().is_empty());
    match above {
        Some(above) if is_path && Path::new(&value).is_relative() => {
            above.join(value).to_string_lossy().into_owned()
        }
        _ => value,
    }
}

fn as_arguments(option: &Arg, setting: &Setting) -> Vec<OsString> {
    let Some(long) = option.get_long() else {
        return setting.values.iter().map(OsString::from).collect();
    };
    if matches!(option.get_action(), ArgAction::SetTrue) {
        let on = setting.values.iter().any(|value| value == "true");
        return on
            .then(|| OsString::from(format!("--{long}")))
            .into_iter()
            .collect();
    }
    let one = |value: &String| OsString::from(format!("--{long}={value}"));
    setting.values.iter().map(one).collect()
}

fn typed_setting(option: &Arg, matches: &clap::ArgMatches) -> Setting {
    let raw = matches.try_get_raw(option.get_id().as_str()).ok().flatten();
    let values = match option.get_action() {
        ArgAction::SetTrue => vec!["true".to_owned()],
        _ => raw
            .into_iter()
            .flatten()
            .map(|value| value.to_string_lossy().into_owned())
            .collect(),
    };
    // The value of a header may be secret.
    let shown = |value: String| match value.split_once(':') {
        Some((name, _)) if option.get_id() == "headers" => format!("{name}: ‹value›"),
        _ => value,
    };
    Setting {
        name: String::new(),
        values: values.into_iter().map(shown).collect(),
        origin: Origin::CommandLine,
    }
}

fn built_in(option: &Arg) -> Setting {
    let values = match option.get_action() {
        ArgAction::SetTrue => vec!["false".to_owned()],
        _ => option
            .get_default_values()
            .iter()
            .map(|value| value.to_string_lossy().into_owned())
            .collect(),
    };
    Setting {
        name: String::new(),
        values,
        origin: Origin::BuiltIn,
    }
}

/// `arguments` with `inserted` after the word of the command, and the profile by the name of ours.
fn rewritten(
    command: &Command,
    arguments: Vec<OsString>,
    name: &str,
    inserted: Vec<OsString>,
    profile: Option<&str>,
) -> Vec<OsString> {
    // The first word that makes it this command: before it there may be options with values.
    let word = (1..arguments.len()).find(|place| {
        arguments[*place] == name
            && command
                .clone()
                .try_get_matches_from(&arguments[..=*place])
                .is_ok_and(|matches| matches.subcommand_name() == Some(name))
    });
    let Some(word) = word else {
        return arguments;
    };
    let mut rewritten: Vec<OsString> = arguments[..=word].to_vec();
    if let Some(profile) = profile {
        rewritten.push(format!("--profile={profile}").into());
    }
    rewritten.extend(inserted);
    let mut rest = arguments.into_iter().skip(word + 1);
    while let Some(argument) = rest.next() {
        if profile.is_some() && argument == "--profile" {
            rest.next();
        } else if profile.is_none() || !argument.to_string_lossy().starts_with("--profile=") {
            rewritten.push(argument);
        }
    }
    rewritten
}
