//! Tries every named defect and benign variation of the reference server, prints what found each,
//! and writes `docs/defects.md`. `cargo xtask defects` starts it, in an optimised build.

use std::{fs, io, io::Write as _, path::Path, process::ExitCode};

use clap::Parser;
use skyvern_conformance::{
    reference::{Defect, Kind},
    seed::Seed,
    selftest::{Bench, Extent, Outcome, Verdict, defects, page},
    settings::Profile,
};

/// Try every named defect of the reference server
#[derive(Parser)]
#[command(name = "cargo xtask defects", bin_name = "cargo xtask defects")]
struct Arguments {
    /// How much to try of each
    #[arg(long, value_enum, default_value_t = Profile::Ci)]
    profile: Profile,
    /// With so many seeds, from 1
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// Run the whole plan against each fault, not only the cases that judge its check
    #[arg(long)]
    whole: bool,
    /// Only defects whose name holds this
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// Do not write docs/defects.md; fail if it is stale
    #[arg(long)]
    check: bool,
}

/// Cases at the same time.
const JOBS: usize = 4;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match measure(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            anstream::eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether everything is as the table of defects says.
fn measure(arguments: &Arguments) -> Result<bool, Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let bench = Bench::new(arguments.profile, JOBS)?;
    let wanted: Vec<Option<&'static Defect>> = std::iter::once(None)
        .chain(defects().iter().map(Some))
        .filter(|one| one.map_or("", |one| one.name).contains(&arguments.only))
        .collect();
    let mut out = anstream::stdout();
    let mut wrong = 0;
    let mut requests = 0;
    for seed in 1..=arguments.seeds {
        for defect in &wanted {
            let is_fault = defect.is_some_and(|one| one.kind == Kind::Fault);
            let extent = if is_fault && !arguments.whole {
                Extent::UntilFound
            } else {
                Extent::Everything
            };
            let outcome = runtime.block_on(bench.trial(*defect, Seed(seed), extent))?;
            requests += outcome.requests;
            wrong += usize::from(outcome.verdict() != Verdict::Right);
            tell(&mut out, seed, &outcome)?;
        }
    }
    let tried = wanted.len() as u64 * arguments.seeds;
    writeln!(
        out,
        "{tried} servers, {wrong} judged wrongly, {requests} requests, profile {}",
        arguments.profile.name()
    )?;
    Ok(wrong == 0 && is_fresh(arguments.check, &mut out)?)
}

fn tell(out: &mut impl io::Write, seed: u64, outcome: &Outcome) -> io::Result<()> {
    let name = outcome
        .defect
        .map_or("(the correct server)", |one| one.name);
    let found: Vec<&str> = outcome.found.keys().copied().collect();
    let found = if found.is_empty() {
        "-".to_owned()
    } else {
        found.join(" ")
    };
    let verdict = match outcome.verdict() {
        Verdict::Right => "ok",
        Verdict::Missed => "MISSED",
        Verdict::FalseAlarm => "FALSE ALARM",
    };
    writeln!(
        out,
        "{seed:>3} {name:<52} {verdict:<11} {:>6} {:>7.2}s  {found}",
        outcome.requests,
        outcome.elapsed.as_secs_f64()
    )?;
    if outcome.verdict() == Verdict::Right {
        return Ok(());
    }
    if let Some(defect) = outcome.defect {
        writeln!(out, "    {}; {} finds it", defect.summary, defect.check)?;
    }
    let told = outcome
        .found
        .iter()
        .map(|(id, what)| format!("{id} {what}"));
    for line in told.chain(outcome.problems.iter().cloned()) {
        writeln!(out, "    {line}")?;
    }
    Ok(())
}

/// Writes the page, or says whether it is what the tables give.
fn is_fresh(check: bool, out: &mut impl io::Write) -> io::Result<bool> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/defects.md");
    let page = page();
    let stands = match fs::read_to_string(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        read => read?,
    };
    if stands == page {
        return Ok(true);
    }
    if check {
        writeln!(out, "docs/defects.md is stale: run `cargo xtask defects`")?;
        return Ok(false);
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&file, page)?;
    writeln!(out, "docs/defects.md is written")?;
    Ok(true)
}
