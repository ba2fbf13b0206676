//! `dist`: the release archive of the runner, with a file of checksums. The same binary gives the same
//! bytes on every machine and every day: entries are in order, with fixed times, owners and modes.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::Command,
};

use anstyle::AnsiColor;
use clap::Args;
use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256};

use crate::{
    failure::Failure,
    origin::cargo,
    status::{counted, line},
};

/// The name of the program, and the first part of the archive's.
const PROGRAM: &str = "skyvern-conformance";
/// When every entry was changed, unless `SOURCE_DATE_EPOCH` says otherwise: the first second that every
/// format of archives can write, 1980-01-01.
const TIME: u64 = 315_532_800;
/// The shells that completions are for, with the names that their loaders look for.
const SHELLS: [(&str, &str); 5] = [
    ("bash", "skyvern-conformance.bash"),
    ("elvish", "skyvern-conformance.elv"),
    ("fish", "skyvern-conformance.fish"),
    ("powershell", "_skyvern-conformance.ps1"),
    ("zsh", "_skyvern-conformance"),
];
/// What stands beside the program.
const BESIDE: [&str; 6] = [
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "docs/checks.md",
    "docs/output.md",
];

/// Build the release archive of the runner, reproducibly.
///
/// The archive holds the binary, completions, manual pages and licences; SHA256SUMS stands beside it.
#[derive(Args)]
pub(crate) struct Options {
    /// Where archive and checksums are written.
    #[arg(long, value_name = "DIR", default_value = "target/dist")]
    out: PathBuf,
    /// Build for this target [default: the host].
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// Pack this binary instead of building one.
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

/// A file of the archive: whether it is run, and what is in it.
struct Entry {
    mode: u32,
    bytes: Vec<u8>,
}

/// Builds and packs.
///
/// # Errors
/// If the build fails, the binary cannot be run, or something cannot be read or written.
pub(crate) fn run(options: &Options, out: &mut impl Write) -> Result<(), Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let triple = match &options.target {
        Some(triple) => triple.clone(),
        None => host()?,
    };
    let binary = match &options.binary {
        Some(binary) => binary.clone(),
        None => build(&root, &triple)?,
    };
    let version = String::from_utf8_lossy(&told(&binary, &["--version"])?)
        .trim()
        .rsplit(' ')
        .next()
        .unwrap_or_default()
        .to_owned();
    let name = format!("{PROGRAM}-{version}-{triple}");
    let entries = entries(&root, &binary, &triple)?;
    let archive = packed(&name, &entries).map_err(|source| write_failed(&options.out, source))?;
    fs::create_dir_all(&options.out).map_err(|source| write_failed(&options.out, source))?;
    let file = format!("{name}.tar.gz");
    let sums = format!("{}  {file}\n", hexadecimal(&Sha256::digest(&archive)));
    for (file, bytes) in [
        (file.as_str(), archive.as_slice()),
        ("SHA256SUMS", sums.as_bytes()),
    ] {
        let path = options.out.join(file);
        fs::write(&path, bytes).map_err(|source| write_failed(&path, source))?;
    }
    let text = format!(
        "{}: {}, {} bytes",
        options.out.join(&file).display(),
        counted(entries.len(), "file"),
        archive.len()
    );
    line(out, "Packed", AnsiColor::Green, &text)?;
    Ok(())
}

fn write_failed(path: &Path, source: io::Error) -> Failure {
    Failure::Write {
        path: path.to_owned(),
        source,
    }
}

/// The triple of this machine, as the compiler calls it.
fn host() -> Result<String, Failure> {
    let text = told(Path::new("rustc"), &["-vV"])?;
    let text = String::from_utf8_lossy(&text);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| Failure::Dist("rustc names no host".to_owned()))
}

/// Builds the program without what differs between machines: paths and symbols.
fn build(root: &Path, triple: &str) -> Result<PathBuf, Failure> {
    let root = fs::canonicalize(root).map_err(|source| Failure::Read {
        path: root.to_owned(),
        source,
    })?;
    let home = env::var("CARGO_HOME").unwrap_or_else(|_| {
        let home = env::var("HOME").unwrap_or_default();
        format!("{home}/.cargo")
    });
    let flags = format!(
        "--remap-path-prefix={}=. --remap-path-prefix={home}=cargo",
        root.display()
    );
    let mut command = cargo();
    command
        .current_dir(&root)
        .args(["build", "--release", "--locked", "--package", PROGRAM])
        .args(["--target", triple])
        .env("RUSTFLAGS", flags)
        .env("CARGO_PROFILE_RELEASE_STRIP", "symbols");
    let status = command.status().map_err(|source| Failure::Start {
        program: "cargo".to_owned(),
        source,
    })?;
    if !status.success() {
        return Err(Failure::Dist(format!("{PROGRAM} could not be built")));
    }
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join(triple).join("release").join(program(triple)))
}

/// The file name of the program.
fn program(triple: &str) -> String {
    let suffix = if triple.contains("windows") {
        ".exe"
    } else {
        ""
    };
    format!("{PROGRAM}{suffix}")
}

/// Every file of the archive, by path.
fn entries(root: &Path, binary: &Path, triple: &str) -> Result<BTreeMap<String, Entry>, Failure> {
    let plain = |bytes| Entry { mode: 0o644, bytes };
    let mut entries = BTreeMap::new();
    let bytes = read(binary)?;
    entries.insert(program(triple), Entry { mode: 0o755, bytes });
    for (shell, file) in SHELLS {
        let text = told(binary, &["completions", shell])?;
        entries.insert(format!("completions/{file}"), plain(text));
    }
    for (file, bytes) in manual(binary)? {
        entries.insert(format!("man/man1/{file}"), plain(bytes));
    }
    for file in BESIDE {
        entries.insert(file.to_owned(), plain(read(&root.join(file))?));
    }
    Ok(entries)
}

/// The manual pages, as the program writes them.
fn manual(binary: &Path) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let folder = env::temp_dir().join(format!("{PROGRAM}-man-{}", std::process::id()));
    let text = folder.display().to_string();
    told(binary, &["man", &text])?;
    let unreadable = |source| Failure::Read {
        path: folder.clone(),
        source,
    };
    let mut pages = BTreeMap::new();
    for page in fs::read_dir(&folder).map_err(unreadable)? {
        let page = page.map_err(unreadable)?;
        let name = page.file_name().to_string_lossy().into_owned();
        pages.insert(name, read(&page.path())?);
    }
    fs::remove_dir_all(&folder).map_err(unreadable)?;
    Ok(pages)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|source| Failure::Read {
        path: path.to_owned(),
        source,
    })
}

/// What `program` prints.
fn told(program: &Path, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
    // Not one of the folder where this is started: a path needs a slash to be one.
    let program = if program.components().count() > 1 {
        fs::canonicalize(program).unwrap_or_else(|_| program.to_owned())
    } else {
        program.to_owned()
    };
    let output = Command::new(&program).args(arguments).output();
    let output = output.map_err(|source| Failure::Start {
        program: program.display().to_string(),
        source,
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(Failure::Dist(format!(
        "`{} {}` fails: {}",
        program.display(),
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    )))
}

/// The archive, everything below a folder of the name `name`.
fn packed(name: &str, entries: &BTreeMap<String, Entry>) -> io::Result<Vec<u8>> {
    let time = env::var("SOURCE_DATE_EPOCH").ok();
    let time = time.and_then(|text| text.parse().ok()).unwrap_or(TIME);
    // Neither a name nor a time in the head of the compressed stream.
    let gzip = GzBuilder::new().write(Vec::new(), Compression::best());
    let mut archive = tar::Builder::new(gzip);
    for (path, entry) in entries {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_mode(entry.mode);
        header.set_mtime(time);
        header.set_uid(0);
        header.set_gid(0);
        header.set_size(entry.bytes.len() as u64);
        archive.append_data(&mut header, format!("{name}/{path}"), &entry.bytes[..])?;
    }
    archive.into_inner()?.finish()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
