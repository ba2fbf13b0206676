//! `spec-diff`: two documents in, what changed between them out, for a terminal, a pull request or a program.
//!
//! What counts as a change and whom it breaks is [`spec::diff`]'s business; here it is laid out.

mod json;
mod markdown;
mod text;

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use spec::{
    Difference, Document, Location, OverlayMode, Version,
    diff::{Change, Direction, Effect, Impact, Reached},
    document::Overlay,
};

use crate::{
    failure::Failure,
    origin::{self, Origin},
};

/// Tell what changed between two OpenAPI documents, and whom it breaks.
///
/// Exit codes: 0 both were compared; 1 they were, and there is what --fail-on names; 2 one of them cannot be used.
#[derive(Args)]
pub(crate) struct Options {
    /// The document as it was: a file or an http(s) URL.
    #[arg(value_name = "OLD")]
    old: Origin,
    /// The document as it is.
    #[arg(value_name = "NEW")]
    new: Origin,
    /// An OpenAPI Overlay 1.0 document to apply to both, as far as it matches; repeatable.
    #[arg(long, value_name = "FILE")]
    overlay: Vec<std::path::PathBuf>,
    /// How it is told.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Exit with 1 if there is a change that weighs at least this much.
    #[arg(long, value_name = "WEIGHT")]
    fail_on: Option<Weight>,
    /// Whose side --fail-on looks at.
    #[arg(long = "for", value_name = "SIDE", default_value = "clients")]
    side: Side,
    /// Print every operation that a change reaches instead of the first ones.
    #[arg(long, short)]
    verbose: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For a terminal.
    Text,
    /// For a pull request: the worst first, and never longer than a comment may be.
    Markdown,
    /// For a program: everything.
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
enum Weight {
    /// What was right before is wrong now.
    Breaking,
    /// That, and what breaks those who are strict.
    Risk,
    /// Any change but prose.
    Any,
}

#[derive(Clone, Copy, ValueEnum)]
enum Side {
    /// Callers that were written for OLD.
    Clients,
    /// Servers that were written for OLD.
    Servers,
    /// Either.
    Both,
}

/// Whether there is what `--fail-on` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Accepted,
    Failed,
}

/// Two documents and what separates them.
struct Comparison<'a> {
    old: &'a Document,
    new: &'a Document,
    difference: &'a Difference,
}

/// Compares as `options` say and prints it on `out`.
///
/// # Errors
/// If one of the documents cannot be read, with all that is wrong with it.
pub(crate) fn run(options: &Options, out: &mut impl Write) -> Result<Outcome, Failure> {
    let (old, new) = (load(options, &options.old)?, load(options, &options.new)?);
    let difference = spec::diff::compare(&old, &new);
    let comparison = Comparison {
        old: &old,
        new: &new,
        difference: &difference,
    };
    match options.format {
        Format::Text => text::write(&comparison, options.verbose, out)?,
        Format::Markdown => out.write_all(markdown::write(&comparison).as_bytes())?,
        Format::Json => json::write(&comparison, out)?,
    }
    Ok(options.judge(&difference))
}

fn load(options: &Options, origin: &Origin) -> Result<Document, Failure> {
    let overlays: Vec<Overlay<'_>> = options
        .overlay
        .iter()
        .map(|path| Overlay {
            input: spec::Input::File(path),
            mode: OverlayMode::MayMatch,
        })
        .collect();
    origin::read(origin, &overlays)
}

impl Options {
    fn judge(&self, difference: &Difference) -> Outcome {
        let Effect { clients, servers } = difference.effect();
        let worst = match self.side {
            Side::Clients => clients,
            Side::Servers => servers,
            Side::Both => clients.max(servers),
        };
        let failed = match self.fail_on {
            None => false,
            Some(Weight::Breaking) => worst == Impact::Breaking,
            Some(Weight::Risk) => worst >= Impact::Risk,
            Some(Weight::Any) => !difference.changes.is_empty(),
        };
        if failed {
            Outcome::Failed
        } else {
            Outcome::Accepted
        }
    }
}

/// The parts of a report, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    BreaksClients,
    RiskForClients,
    BreaksServers,
    RiskForServers,
    Compatible,
}

impl Part {
    pub(crate) const ALL: [Self; 5] = [
        Self::BreaksClients,
        Self::RiskForClients,
        Self::BreaksServers,
        Self::RiskForServers,
        Self::Compatible,
    ];

    pub(crate) fn of(effect: Effect) -> Self {
        match (effect.clients, effect.servers) {
            (Impact::Breaking, _) => Self::BreaksClients,
            (Impact::Risk, _) => Self::RiskForClients,
            (Impact::None, Impact::Breaking) => Self::BreaksServers,
            (Impact::None, Impact::Risk) => Self::RiskForServers,
            (Impact::None, Impact::None) => Self::Compatible,
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::BreaksClients => "Breaks clients",
            Self::RiskForClients => "Risk for clients",
            Self::BreaksServers => "Breaks servers only",
            Self::RiskForServers => "Risk for servers only",
            Self::Compatible => "Compatible",
        }
    }

    /// The changes of `difference` that belong here.
    pub(crate) fn of_all(self, difference: &Difference) -> Vec<&Change> {
        let changes = difference.changes.iter();
        changes
            .filter(|change| Self::of(change.effect) == self)
            .collect()
    }
}

/// What else a change does, beside what its part says.
fn aside(effect: Effect) -> &'static str {
    match (effect.clients, effect.servers) {
        (Impact::Breaking | Impact::Risk, Impact::Breaking) => " (breaks servers too)",
        (Impact::Breaking | Impact::Risk, Impact::Risk) => " (a risk for servers too)",
        _ => "",
    }
}

impl Comparison<'_> {
    /// `old.yaml:12:3 → new.yaml:13:5`; one of them alone if the other has nothing of the kind.
    fn places(&self, change: &Change) -> String {
        let old = change.old.as_ref().map(|at| place(self.old, at));
        let new = change.new.as_ref().map(|at| place(self.new, at));
        match (old, new) {
            (Some(old), Some(new)) => format!("{old} → {new}"),
            (Some(old), None) => old,
            (None, Some(new)) => new,
            (None, None) => String::new(),
        }
    }

    /// `3 break clients, 2 are a risk for them; 4 break servers; 12 are compatible; 40 descriptions …`.
    fn summary(&self) -> String {
        summary(self.difference)
    }
}

/// The difference in one line.
pub(crate) fn summary(difference: &Difference) -> String {
    let count = |test: &dyn Fn(Effect) -> bool| {
        let changes = difference.changes.iter();
        changes.filter(|change| test(change.effect)).count()
    };
    let mut parts = vec![crate::status::counted(difference.changes.len(), "change")];
    for (number, words) in [
        (
            count(&|it| it.clients == Impact::Breaking),
            "breaking clients",
        ),
        (
            count(&|it| it.clients == Impact::Risk),
            "a risk for clients",
        ),
        (
            count(&|it| it.servers == Impact::Breaking),
            "breaking servers",
        ),
        (count(&|it| it == Effect::default()), "compatible"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {words}"));
        }
    }
    if difference.documentation > 0 {
        parts.push(format!(
            "{} in prose or extensions only",
            difference.documentation
        ));
    }
    parts.join(" · ")
}

/// `file:line:column` of a node, at its key.
pub(crate) fn place(document: &Document, at: &Location) -> String {
    match document.span(at, true) {
        Some(span) => span.to_string(),
        None => at.to_string(),
    }
}

fn version(document: &Document) -> String {
    let declared = document.root().get("openapi").and_then(|it| it.as_str());
    declared.map_or_else(
        || match document.version() {
            Version::V3_0 => "3.0".to_owned(),
            Version::V3_1 => "3.1".to_owned(),
        },
        str::to_owned,
    )
}

fn name(document: &Document) -> &str {
    document.file_name(spec::SourceId::ROOT)
}

/// `requests of POST /a, PUT /b and 3 more; answers of GET /c`.
fn reached(change: &Change, most: usize, mark: &str) -> String {
    let mut parts = Vec::new();
    for (direction, words) in [
        (Direction::ToServer, "requests of"),
        (Direction::ToClient, "answers of"),
    ] {
        let of = |one: &&Reached| one.direction == direction;
        let names: Vec<&str> = change
            .reached
            .iter()
            .filter(of)
            .map(|one| one.operation.as_str())
            .collect();
        if names.is_empty() {
            continue;
        }
        let shown: Vec<String> = names
            .iter()
            .take(most)
            .map(|name| format!("{mark}{name}{mark}"))
            .collect();
        let more = names.len().saturating_sub(most);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        parts.push(format!("{words} {}{more}", shown.join(", ")));
    }
    parts.join("; ")
}

/// Whether the places of a change say by themselves which operation it is in.
fn is_plain(change: &Change) -> bool {
    match change.reached.as_slice() {
        [] => true,
        [one] => change.place.starts_with(&one.operation),
        _ => false,
    }
}

/// As [`io::Result`], for what may fail in the middle of a report.
type Written = io::Result<()>;
