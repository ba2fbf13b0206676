//! `regenerate`: from a document on disk to a crate on disk, telling what changed.

use std::{
    collections::BTreeMap,
    fmt::Display,
    fs,
    io::{self, ErrorKind, Write},
    mem::ManuallyDrop,
    path::{Path, PathBuf},
};

use anstyle::{AnsiColor, Style};
use clap::Args;
use codegen::{Extent, Generated, NameLock, Report, Settings};
use spec::{
    Diagnostic, Document, Location, OverlayMode,
    document::{Input, Overlay},
};

use crate::{
    changes,
    failure::Failure,
    origin::{self, Origin},
    status::{self, counted},
    tree::{Content, Fate, MARK, Plan},
};

/// Write the Rust client for an OpenAPI document.
///
/// Without options: from spec/openapi/skyvern.yaml and its overlay into generated/src. Says what changed in the
/// document since the last time, what became a free JSON value, and which files are new.
///
/// Exit codes: 0 written, or fresh; 2 stale under --check, or the input cannot be used: then nothing is written.
#[derive(Args)]
pub(crate) struct Options {
    /// Another OpenAPI document: 3.0 or 3.1, YAML or JSON; a file or an http(s) URL.
    #[arg(long, value_name = "FILE|URL")]
    spec: Option<Origin>,
    /// An OpenAPI Overlay 1.0 document to apply, in the given order. Replaces the built-in one.
    #[arg(long, value_name = "FILE")]
    overlay: Vec<PathBuf>,
    /// Write a complete crate into this folder instead.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write nothing; print a diff and exit with 2 if anything would change.
    #[arg(long)]
    check: bool,
    /// Print every warning instead of their number.
    #[arg(long, short)]
    verbose: bool,
}

/// What to read and where to write.
pub(crate) struct Request {
    document: Origin,
    overlays: Vec<(PathBuf, OverlayMode)>,
    destination: Destination,
    check: bool,
    verbose: bool,
}

/// Where the files go.
enum Destination {
    /// `generated/`: sources only, its manifest is kept by hand; names are locked in `spec/names.yaml`.
    Own,
    /// Any other folder: a complete crate, its names locked beside it.
    Crate(PathBuf),
}

impl Request {
    /// What is left out on the command line is the project's own.
    /// The project's overlay is asked to match wholly on the project's document, and as far as it can on any other.
    pub(crate) fn new(options: Options) -> Self {
        let Options {
            spec,
            overlay,
            out,
            check,
            verbose,
        } = options;
        let overlays = if overlay.is_empty() {
            let mode = match spec {
                None => OverlayMode::MustMatch,
                Some(_) => OverlayMode::MayMatch,
            };
            vec![(own("spec/overlays/skyvern.yaml"), mode)]
        } else {
            overlay
                .into_iter()
                .map(|path| (path, OverlayMode::MustMatch))
                .collect()
        };
        Self {
            document: spec.unwrap_or_else(|| Origin::File(own("spec/openapi/skyvern.yaml"))),
            overlays,
            destination: out.map_or(Destination::Own, Destination::Crate),
            check,
            verbose,
        }
    }

    fn folder(&self) -> PathBuf {
        match &self.destination {
            Destination::Own => root().join("generated"),
            Destination::Crate(folder) => folder.clone(),
        }
    }

    fn lock(&self) -> PathBuf {
        match &self.destination {
            Destination::Own => root().join("spec/names.yaml"),
            Destination::Crate(folder) => folder.join("names.yaml"),
        }
    }

    /// Where the document is kept without its prose, for the next time.
    fn skeleton(&self) -> PathBuf {
        self.folder().join("document.json")
    }
}

/// Does what `request` asks and says so on `out`.
///
/// # Errors
/// Whenever something is not as it should be; then nothing was written.
pub(crate) fn run(request: &Request, out: &mut impl Write) -> Result<(), Failure> {
    // The program ends with this: a large document is left to the system, which frees it at once.
    let document = ManuallyDrop::new(load(request)?);
    let settings = settings(request, &document, read_lock(&request.lock())?);
    let generated = codegen::generate(&document, &settings)
        .map_err(|diagnostics| Failure::Document(render(&document, &diagnostics)))?;
    report(request, &document, &generated, out)?;
    changes::tell(&request.skeleton(), &document, out)?;
    let wanted = wanted(request, &document, &generated);
    let plan = Plan::new(wanted, &request.folder().join("src"))?;
    if request.check {
        left_open(&document, &generated.report, out)?;
        return check(request, &plan, out);
    }
    plan.apply()?;
    tell(&plan, out)?;
    left_open(&document, &generated.report, out)?;
    Ok(())
}

fn load(request: &Request) -> Result<Document, Failure> {
    let overlays: Vec<Overlay<'_>> = request
        .overlays
        .iter()
        .map(|(path, mode)| Overlay {
            input: Input::File(path),
            mode: *mode,
        })
        .collect();
    origin::read(&request.document, &overlays)
}

fn read_lock(path: &Path) -> Result<NameLock, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            String::new()
        }
        Err(source) => {
            return Err(Failure::Read {
                path: path.to_owned(),
                source,
            });
        }
    };
    NameLock::read(&text).map_err(|source| Failure::Lock {
        path: path.to_owned(),
        source,
    })
}

fn settings(request: &Request, document: &Document, names: NameLock) -> Settings {
    let (package, extent) = match &request.destination {
        Destination::Own => ("skyvern-client".to_owned(), Extent::Sources),
        Destination::Crate(_) => (package(document), Extent::Crate),
    };
    Settings {
        package,
        source: source(&request.document),
        names,
        extent,
    }
}

/// How generated files name the document: from the root of the project, or without its folder,
/// which is the business of whoever runs this; a URL without what may be secret in it.
fn source(document: &Origin) -> String {
    let Origin::File(document) = document else {
        return document.name();
    };
    let absolute = std::path::absolute(document).unwrap_or_else(|_| document.clone());
    let inside = absolute.strip_prefix(root()).ok().map(Path::as_os_str);
    let name = inside.or(document.file_name()).unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// A name for the crate of any document: its title in kebab case, so that the same document gives the same bytes.
fn package(document: &Document) -> String {
    let title = document
        .root()
        .pointer("/info/title")
        .and_then(|title| title.as_str());
    let words: Vec<String> = title
        .unwrap_or_default()
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    match words.first() {
        Some(first) if first.starts_with(|character: char| character.is_ascii_alphabetic()) => {
            format!("{}-client", words.join("-"))
        }
        _ => "api-client".to_owned(),
    }
}

fn wanted(
    request: &Request,
    document: &Document,
    generated: &Generated,
) -> BTreeMap<PathBuf, Content> {
    let folder = request.folder();
    let mut wanted: BTreeMap<PathBuf, Content> = generated
        .files
        .iter()
        .map(|(path, text)| (folder.join(path), Content::Generated(text.to_owned())))
        .collect();
    wanted.insert(request.lock(), Content::Lock(generated.names.write()));
    let mark = format!("{MARK} from {}; do not edit.", source(&request.document));
    let skeleton = spec::skeleton::text(document, &mark);
    wanted.insert(request.skeleton(), Content::Generated(skeleton));
    wanted
}

fn check(request: &Request, plan: &Plan, out: &mut impl Write) -> Result<(), Failure> {
    if plan.is_fresh() {
        status::line(out, "Fresh", AnsiColor::Green, &shown(&request.folder()))?;
        return Ok(());
    }
    for line in plan.diff(shown).lines() {
        let colour = match line.as_bytes().first() {
            Some(b'+') => AnsiColor::Green,
            Some(b'-') => AnsiColor::Red,
            Some(b'@') => AnsiColor::Cyan,
            _ => {
                writeln!(out, "{line}")?;
                continue;
            }
        };
        let style = Style::new().fg_color(Some(colour.into()));
        writeln!(out, "{style}{line}{style:#}")?;
    }
    Err(Failure::Stale {
        folder: shown(&request.folder()),
        files: plan
            .fates()
            .filter(|(_, fate)| *fate != Fate::Unchanged)
            .count(),
        arguments: match &request.destination {
            Destination::Own => String::new(),
            Destination::Crate(_) => " --spec … --out …".to_owned(),
        },
    })
}

fn tell(plan: &Plan, out: &mut impl Write) -> io::Result<()> {
    let mut unchanged = 0;
    for (path, fate) in plan.fates() {
        match fate {
            Fate::Created => status::line(out, "Created", AnsiColor::Green, &shown(path))?,
            Fate::Updated => status::line(out, "Updated", AnsiColor::Green, &shown(path))?,
            Fate::Removed => status::line(out, "Removed", AnsiColor::Yellow, &shown(path))?,
            Fate::Unchanged => unchanged += 1,
        }
    }
    if unchanged > 0 {
        status::line(
            out,
            "Unchanged",
            AnsiColor::Cyan,
            &counted(unchanged, "file"),
        )?;
    }
    Ok(())
}

/// Says what was read and what a reviewer should know. A secret look-alike that nobody classified
/// is an error for the project's own document, where the overlay is ours to mend.
fn report(
    request: &Request,
    document: &Document,
    generated: &Generated,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let report = &generated.report;
    let counts = report.counts;
    status::line(
        out,
        "Read",
        AnsiColor::Green,
        &format!(
            "{}: {}, {}, {}, {}, {}",
            shown_origin(&request.document),
            counted(counts.operations, "operation"),
            counted(counts.structs, "struct"),
            counted(counts.enums, "enum"),
            counted(counts.unions, "union"),
            counted(report.secrets.len(), "secret"),
        ),
    )?;
    let mut warnings: Vec<Diagnostic> = document.warnings().to_vec();
    warnings.extend(report.warnings.iter().cloned());
    let is_own = matches!(request.destination, Destination::Own);
    let unclassified: Vec<Diagnostic> = report
        .unclassified
        .iter()
        .map(|location| unclassified(location.clone(), is_own))
        .collect();
    if is_own && !unclassified.is_empty() {
        return Err(Failure::Document(render(document, &unclassified)));
    }
    warnings.extend(unclassified);
    if !warnings.is_empty() {
        let text = render(document, &warnings);
        if request.verbose || is_own {
            anstream::eprintln!("{text}");
        } else {
            status::line(
                out,
                "Warning",
                AnsiColor::Yellow,
                &format!(
                    "{} (--verbose shows them)",
                    counted(warnings.len(), "warning")
                ),
            )?;
        }
    }
    Ok(())
}

fn unclassified(location: spec::Location, is_own: bool) -> Diagnostic {
    let message = "the name looks like a secret's, and no overlay says whether it is one";
    let diagnostic = if is_own {
        Diagnostic::error("unclassified-secret", location, message)
    } else {
        Diagnostic::warning("unclassified-secret", location, message)
    };
    diagnostic
        .at_key()
        .hint("add `format: password` (a secret) or `x-secret: false` (none) in an overlay")
}

/// Says what has no type of its own, and what no check of the client stands for: each with its place and
/// the reason.
fn left_open(document: &Document, report: &Report, out: &mut impl Write) -> io::Result<()> {
    let ours = report
        .fallbacks
        .iter()
        .filter(|fallback| !fallback.reason.is_the_documents())
        .count();
    let free = report.fallbacks.len() - ours;
    if free + ours > 0 {
        let text = format!(
            "{} left free by the document, {ours} because this generator has no type for them",
            counted(free, "JSON value"),
        );
        status::line(out, "Free", AnsiColor::Cyan, &text)?;
    }
    for fallback in &report.fallbacks {
        place(document, &fallback.location, &fallback.reason, out)?;
    }
    if !report.unchecked.is_empty() {
        let text = format!(
            "{} left to the server: the client neither has a type for it nor checks it",
            counted(report.unchecked.len(), "keyword"),
        );
        status::line(out, "Unchecked", AnsiColor::Cyan, &text)?;
    }
    for location in &report.unchecked {
        let keyword = location.pointer.last().unwrap_or_default();
        place(document, location, &format_args!("`{keyword}`"), out)?;
    }
    Ok(())
}

fn place(
    document: &Document,
    location: &Location,
    reason: &dyn Display,
    out: &mut impl Write,
) -> io::Result<()> {
    let at = document.span(location, false).map(|span| {
        let (file, line, column) = (span.file, span.line, span.column);
        format!("{file}:{line}:{column} ")
    });
    let at = at.unwrap_or_default();
    // What a document says is not obeyed by the terminal.
    let pointer = location
        .pointer
        .as_str()
        .replace(char::is_control, "\u{fffd}");
    writeln!(out, "{:>12} {at}{pointer}: {reason}", "")
}

fn render(document: &Document, diagnostics: &[Diagnostic]) -> String {
    document
        .render(diagnostics, spec::Style::Ansi)
        .trim_end()
        .to_owned()
}

/// The workspace, wherever this was called from.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// A file of the project, as short as it can be named from where this was called.
fn own(path: &str) -> PathBuf {
    PathBuf::from(shown(&root().join(path)))
}

/// As a person would name the file from where this was called.
pub(crate) fn shown(path: &Path) -> String {
    std::env::current_dir()
        .map_or_else(|_| path.display().to_string(), |here| relative(path, &here))
}

fn shown_origin(origin: &Origin) -> String {
    match origin {
        Origin::File(path) => shown(path),
        Origin::Url(_) => origin.name(),
    }
}

fn relative(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder)
        .unwrap_or(path)
        .display()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `cargo xtask regenerate --check` says, for whoever only runs the tests.
    #[test]
    fn generated_is_fresh() {
        let request = Request::new(Options {
            spec: None,
            overlay: Vec::new(),
            out: None,
            check: true,
            verbose: false,
        });
        let mut out = anstream::StripStream::new(Vec::new());
        if let Err(failure) = run(&request, &mut out) {
            panic!("{}{failure}", String::from_utf8_lossy(&out.into_inner()));
        }
    }
}
