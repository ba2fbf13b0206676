//! What the runner itself costs beside a bare client that sends the same requests to the embedded
//! server, in processor time for each request. Linux only: it asks the kernel.
//!
//! `cargo run --release -p skyvern-conformance --example cost -- [quick|ci|deep] [rounds]`

mod clock;

use std::{env, process::ExitCode, time::Duration};

use clap::ValueEnum;
use skyvern_conformance::{
    seed::Seed,
    selftest::{Bench, Cost},
    settings::Profile,
};

/// Cases at the same time.
const JOBS: usize = 8;

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn measure() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let profile = arguments.next().unwrap_or_else(|| "ci".to_owned());
    let profile = Profile::from_str(&profile, true)?;
    let rounds: u64 = arguments.next().map_or(Ok(3), |text| text.parse())?;
    clock::of_thread()?;
    let clock = || clock::of_thread().unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for round in 1..=rounds {
        // What was read and compiled for one run is not there for the next.
        let bench = Bench::new(profile, JOBS)?;
        let cost = runtime.block_on(bench.cost(Seed(round), clock))?;
        tell(profile, &cost);
    }
    Ok(())
}

fn tell(profile: Profile, cost: &Cost) {
    let each = |time: Duration, count: u64| {
        time.as_secs_f64() * 1e6 / f64::from(u32::try_from(count.max(1)).unwrap_or(u32::MAX))
    };
    let runner = each(cost.running, cost.requests);
    let bare = each(cost.bare, cost.bare_requests as u64);
    anstream::println!(
        "{}: {} requests, {runner:.1} µs each beside {bare:.1} µs of {} bare ones: {:.2} times; \
         planning {:.0} ms",
        profile.name(),
        cost.requests,
        cost.bare_requests,
        runner / bare,
        cost.planning.as_secs_f64() * 1e3,
    );
}
