//! Tries every named defect and benign variation of the reference server, prints what found each,
//! and writes `docs/defects.md` and `docs/checks.md`. `cargo xtask defects` starts it, in an optimised build.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write as _,
    path::Path,
    process::ExitCode,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use clap::Parser;
use skyvern_conformance::{
    check::Suite,
    reference::{Defect, Kind, Server},
    seed::Seed,
    selftest::{Bench, Extent, Outcome, Verdict, checks, page},
    settings::Profile,
};

/// Try every named defect of the reference server
#[derive(Parser)]
#[command(name = "cargo xtask defects", bin_name = "cargo xtask defects")]
struct Arguments {
    /// How much to try of each
    #[arg(long, value_enum, default_value_t = Profile::Ci)]
    profile: Profile,
    /// With so many seeds
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// The first of them
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    from: u64,
    /// Run the whole plan against each fault, not only the cases that judge its check
    #[arg(long)]
    whole: bool,
    /// Only defects and cases of these suites [default: the suites that run without being named]
    #[arg(long, value_name = "NAME,NAME", value_delimiter = ',', value_parser = suite)]
    suite: Vec<Suite>,
    /// Only these servers: skyvern, credential-service, bridge [default: all]
    #[arg(long, value_name = "NAME,NAME", value_delimiter = ',', value_parser = server)]
    server: Vec<Server>,
    /// So many servers at the same time
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..))]
    threads: u64,
    /// So many cases of each at the same time
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    jobs: usize,
    /// Only defects whose name holds this
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// Do not write docs/defects.md and docs/checks.md; fail if one is stale
    #[arg(long)]
    check: bool,
    /// Try nothing: only write the pages
    #[arg(long)]
    pages: bool,
}

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

fn suite(name: &str) -> Result<Suite, String> {
    Suite::from_name(name).ok_or_else(|| format!("there is no suite `{name}`"))
}

fn server(name: &str) -> Result<Server, String> {
    match name {
        "skyvern" => Ok(Server::Skyvern),
        "credential-service" => Ok(Server::CredentialService),
        "bridge" => Ok(Server::Bridged),
        _ => Err("there are skyvern, credential-service and bridge".to_owned()),
    }
}

/// A server to be tried with a seed; without a defect, the correct one.
type Trial = (u64, Server, Option<&'static Defect>);

/// Whether everything is as the table of defects says.
fn measure(arguments: &Arguments) -> Result<bool, Box<dyn std::error::Error>> {
    if arguments.pages {
        return Ok(are_fresh(arguments.check, &mut anstream::stdout())?);
    }
    let of_suite =
        |one: &Defect| arguments.suite.is_empty() || arguments.suite.contains(&one.suite);
    let wanted: Vec<(Server, Option<&'static Defect>)> = Server::ALL
        .into_iter()
        .filter(|server| arguments.server.contains(server) || arguments.server.is_empty())
        .filter(|server| server.defects().iter().any(of_suite))
        .flat_map(|server| {
            let defects = server.defects().iter().filter(|one| of_suite(one));
            let all = std::iter::once(None).chain(defects.map(Some));
            all.map(move |defect| (server, defect))
        })
        .filter(|(_, one)| one.map_or("", |one| one.name).contains(&arguments.only))
        .collect();
    let trials: Vec<Trial> = (arguments.from..)
        .take(usize::try_from(arguments.seeds).unwrap_or(usize::MAX))
        .flat_map(|seed| {
            let wanted = wanted.iter();
            wanted.map(move |(server, defect)| (seed, *server, *defect))
        })
        .collect();
    let mut out = anstream::stdout();
    let mut wrong: BTreeMap<&str, usize> = BTreeMap::new();
    let mut requests = 0;
    let next = AtomicUsize::new(0);
    thread::scope(|scope| -> Result<(), Box<dyn std::error::Error>> {
        let (done, outcomes) = mpsc::channel();
        for _ in 0..arguments.threads {
            let (done, trials, next) = (done.clone(), &trials, &next);
            // Whoever listens has left only after an error.
            scope.spawn(move || work(arguments, trials, next, |one| drop(done.send(one))));
        }
        drop(done);
        // Told in the order of the trials.
        let mut early = BTreeMap::new();
        let mut told = 0;
        for (number, outcome) in outcomes {
            early.insert(
                number,
                outcome.inspect_err(|_| next.store(usize::MAX / 2, Ordering::Relaxed))?,
            );
            while let Some(outcome) = early.remove(&told) {
                requests += outcome.requests;
                if outcome.verdict() != Verdict::Right {
                    let name = outcome
                        .defect
                        .map_or("(the correct server)", |one| one.name);
                    *wrong.entry(name).or_default() += 1;
                }
                tell(&mut out, trials[told].0, &outcome)?;
                told += 1;
            }
        }
        Ok(())
    })?;
    for (name, times) in &wrong {
        writeln!(
            out,
            "{name}: wrong with {times} of {} seeds",
            arguments.seeds
        )?;
    }
    writeln!(
        out,
        "{} servers, {} judged wrongly, {requests} requests, profile {}",
        trials.len(),
        wrong.values().sum::<usize>(),
        arguments.profile.name()
    )?;
    Ok(wrong.is_empty() && are_fresh(arguments.check, &mut out)?)
}

/// Makes one trial after another of those that nobody makes yet.
fn work(
    arguments: &Arguments,
    trials: &[Trial],
    next: &AtomicUsize,
    done: impl Fn((usize, Result<Outcome, String>)),
) {
    let ready = || -> Result<_, Box<dyn std::error::Error>> {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build()?;
        let mut benches = BTreeMap::new();
        for server in Server::ALL {
            let bench = Bench::new(arguments.profile, arguments.jobs)?
                .of_suites(&arguments.suite)
                .of_server(server);
            benches.insert(server, bench);
        }
        Ok((runtime, benches))
    };
    let ready = ready();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let Some((seed, server, defect)) = trials.get(number) else {
            return;
        };
        let is_fault = defect.is_some_and(|one| one.kind == Kind::Fault);
        let extent = if is_fault && !arguments.whole {
            Extent::UntilFound
        } else {
            Extent::Everything
        };
        let outcome = match &ready {
            Ok((runtime, benches)) => runtime
                .block_on(benches[server].trial(*defect, Seed(*seed), extent))
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        done((number, outcome));
    }
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

/// Writes the pages, or says whether they are what the tables give.
fn are_fresh(check: bool, out: &mut impl io::Write) -> io::Result<bool> {
    let defects = is_fresh("docs/defects.md", &page(), check, out)?;
    Ok(is_fresh("docs/checks.md", &checks(), check, out)? && defects)
}

fn is_fresh(name: &str, page: &str, check: bool, out: &mut impl io::Write) -> io::Result<bool> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    let stands = match fs::read_to_string(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        read => read?,
    };
    if stands == page {
        return Ok(true);
    }
    if check {
        writeln!(out, "{name} is stale: run `cargo xtask defects`")?;
        return Ok(false);
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&file, page)?;
    writeln!(out, "{name} is written")?;
    Ok(true)
}
