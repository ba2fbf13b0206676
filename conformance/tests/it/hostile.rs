//! Servers that mean harm: whatever one does, a run ends in time and within its memory, with the right
//! exit code, shows nothing raw, goes nowhere else and cleans up behind itself.

mod bytes;
mod outputs;
mod secrets;
mod server;
mod table;

use std::{
    path::Path,
    process::{Command, Output},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use server::{KEY, Server, When};
use table::Row;

use crate::cli::{command, told};

/// The document of the server.
const THINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/hostile/things.yaml");
/// Runs at the same time.
const JOBS: usize = 4;
/// Most memory of a process, in KiB: address space, so that the system itself refuses more.
const MEMORY: usize = 1_500_000;
/// No run takes longer, even where many run at once. The limits are those of the runs: 300 ms for an
/// answer, and six seconds for all.
const LONGEST: Duration = Duration::from_secs(30);

/// The binary in `directory`, with bounded memory.
fn bounded(directory: &Path, arguments: &[&str]) -> Output {
    let plain = command(directory, arguments);
    let mut bounded = Command::new("sh");
    bounded
        .arg("-c")
        .arg(format!(
            "ulimit -v {MEMORY} 2>/dev/null; exec \"$0\" \"$@\""
        ))
        .arg(plain.get_program())
        .args(plain.get_args())
        .current_dir(directory)
        .env("SKYVERN_API_KEY", KEY)
        // Whatever the system says of proxies.
        .env("http_proxy", "http://127.0.0.1:9")
        .env("RUST_BACKTRACE", "1");
    bounded.output().unwrap()
}

fn run(directory: &Path, url: &str, when: When, exit: i32) -> Output {
    let mut arguments = vec!["run", url, "--target", "openapi", "--spec", THINGS];
    arguments.extend(["--suite", "schema", "--cases", "1", "--seed", "1"]);
    arguments.extend(["--jobs", "4", "--retries", "0", "--max-failures", "1"]);
    if when == When::Always {
        arguments.push("--no-shrink");
    }
    // Where a server is right after all, another thing that this machine does must not make it late.
    arguments.extend(match exit {
        0 => ["--timeout", "5s", "--max-time", "20s"],
        5 => ["--timeout", "300ms", "--max-time", "1s"],
        _ => ["--timeout", "300ms", "--max-time", "6s"],
    });
    arguments.extend(["--color", "always", "--verbose", "--report-dir", "r"]);
    for format in outputs::FORMATS {
        arguments.extend(["--report", format]);
    }
    bounded(directory, &arguments)
}

fn clean(directory: &Path, url: &str) -> Output {
    let target = ["--target", "openapi", "--spec", THINGS];
    bounded(directory, &[&["clean", url], &target[..]].concat())
}

/// What is wrong with a run against a server like `row`.
fn faults(row: &Row, when: When, exit: i32, says: &str) -> Vec<String> {
    let server = Server::start(row.act, row.only, when);
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let started = Instant::now();
    let output = run(directory, &server.url, when, exit);
    let elapsed = started.elapsed();
    let text = told(&output);
    let mut faults = Vec::new();
    let mut must = |holds: bool, what: String| {
        if !holds {
            faults.push(what);
        }
    };
    // On a machine that is busy with other things the time may be up before anything is found, or an
    // answer may come too late.
    let code = output.status.code();
    let is_late = exit == 1 && code == Some(5) && text.contains("the time is up")
        || exit == 3 && code == Some(3) && text.contains("gave no whole answer within");
    must(
        is_late || code == Some(exit) && text.contains(says),
        format!("not {exit} and {says:?}: {text}"),
    );
    must(elapsed < LONGEST, format!("took {elapsed:?}"));
    must(!text.contains("hunter2"), format!("the key: {text}"));
    must(!text.contains("panicked"), format!("a panic: {text}"));
    for fault in outputs::faults(&output, directory) {
        must(false, fault);
    }
    let visits = server.visits();
    must(visits == 0, format!("{visits} visits elsewhere"));
    let strayed = server.world.strayed();
    must(strayed.is_empty(), format!("asked for {strayed:?}"));
    if when == When::Turned {
        let forgotten = server.world.forgotten();
        let is_heard = !matches!(row.act, server::Act::Unheard(_));
        must(
            forgotten.is_empty() || !is_heard || row.hides,
            format!("never tried to delete {forgotten:?}: {text}"),
        );
        server.world.calm();
        let cleaned = clean(directory, &server.url);
        let text = told(&cleaned);
        let left = server.world.left();
        must(
            cleaned.status.success() && (left.is_empty() || row.hides),
            format!("`clean` leaves {left:?}: {text}"),
        );
        for fault in outputs::faults(&cleaned, directory) {
            must(false, format!("`clean`: {fault}"));
        }
    }
    if std::env::var_os("HOSTILE_TIMES").is_some() {
        eprintln!(
            "{:6.2} s  {:?}  {when:?} {}",
            elapsed.as_secs_f64(),
            output.status.code(),
            row.name
        );
    }
    faults
}

#[test]
fn no_server_does_harm() {
    let rows = table::rows();
    let only = std::env::var("HOSTILE_ONLY").unwrap_or_default();
    assert!(rows.len() >= 40, "{}", rows.len());
    let runs: Vec<_> = rows
        .iter()
        .filter(|row| row.name.contains(&only))
        .flat_map(|row| row.runs().map(move |run| (row, run)))
        .collect();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..JOBS {
            scope.spawn(|| {
                while let Some((row, (when, exit, says))) =
                    runs.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let faults = faults(row, *when, *exit, says);
                    let named = faults
                        .into_iter()
                        .map(|fault| format!("=== {} ({when:?}): {fault}", row.name));
                    wrong.lock().unwrap().extend(named);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
