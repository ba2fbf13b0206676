//! Measures how the generator and the runner grow, and draws it: `cargo xtask bench growth`.
//!
//! Documents of so many operations are made up and given to the generator and, as a rehearsal, to the runner; the
//! runner tests its embedded servers with so many cases and jobs. Times are CPU time of the
//! whole process, the embedded servers included where there are any.

#[path = "../bench_codegen/measure.rs"]
mod measure;
mod plot;

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use clap::Parser;
use measure::Cost;
use plot::{Panel, Point};
use serde_json::{Map, Value, json};

/// Measure how generator and runner grow with operations, cases and jobs.
#[derive(Parser)]
#[command(
    name = "cargo xtask bench growth",
    bin_name = "cargo xtask bench growth"
)]
struct Arguments {
    /// Where documents and clients are written. Default: target/bench-growth.
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// The folder of `xtask` and `skyvern-conformance`, optimised; without it they are built.
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
    /// Also draw the plot into this file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|word| word == measure::FLAG) {
        return measure::child(&words.collect::<Vec<_>>());
    }
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<()> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = manifest.parent().unwrap_or(manifest);
    let work = match &arguments.work {
        Some(folder) => folder.clone(),
        None => root.join("target/bench-growth"),
    };
    fs::create_dir_all(&work)?;
    let work = work.canonicalize()?;
    let programs = match &arguments.programs {
        Some(folder) => folder.canonicalize()?,
        None => built(root)?,
    };
    let program = |name: &str| programs.join(name);
    let panels = [
        generator(&program("xtask"), &work)?,
        rehearsal(&program("skyvern-conformance"), &work)?,
        runner(&program("skyvern-conformance"), &work, Knob::Cases)?,
        runner(&program("skyvern-conformance"), &work, Knob::Jobs)?,
    ];
    for panel in &panels {
        println!("{}", panel.table());
    }
    if let Some(file) = &arguments.svg {
        fs::write(file, plot::svg(&panels))?;
    }
    Ok(())
}

/// The folder of the programs, built.
fn built(root: &Path) -> io::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(&cargo)
        .current_dir(root)
        .args(["build", "--quiet", "--release", "-p", "xtask", "-p"])
        .arg("skyvern-conformance")
        .status()?;
    if !status.success() {
        return Err(io::Error::other("the programs do not build"));
    }
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join("release"))
}

/// A document with `count` operations, each with a body and an answer of its own of ten members.
fn document(count: usize) -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for number in 0..count {
        let members: Map<String, Value> = (0..10)
            .map(|member| {
                let value = match member % 4 {
                    0 => json!({"type": "string", "description": "What it is called.", "maxLength": 80}),
                    1 => json!({"type": "integer", "minimum": 0}),
                    2 => json!({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}),
                    _ => json!({"type": "array", "items": {"type": "string", "enum": ["a", "b", number.to_string()]}}),
                };
                (format!("member_{member}"), value)
            })
            .collect();
        let object = json!({"type": "object", "required": ["member_0"], "properties": members});
        schemas.insert(format!("Request{number}"), object.clone());
        schemas.insert(format!("Answer{number}"), object);
        let schema = |name: &str| json!({"application/json": {"schema": {"$ref": format!("#/components/schemas/{name}{number}")}}});
        paths.insert(
            format!("/things{number}"),
            json!({"post": {
                "operationId": format!("make_thing_{number}"),
                "tags": [format!("group {}", number % 20)],
                "requestBody": {"required": true, "content": schema("Request")},
                "responses": {"200": {"description": "made", "content": schema("Answer")}},
            }}),
        );
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Growth", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

fn written(work: &Path, count: usize) -> io::Result<PathBuf> {
    let file = work.join(format!("growth-{count}.json"));
    fs::write(&file, document(count).to_string())?;
    Ok(file)
}

/// The cheaper of two: what else the machine did only adds.
fn twice(make: impl Fn() -> Command) -> io::Result<(Cost, String)> {
    let (first, output) = measure::run(&mut make())?;
    let (second, _) = measure::run(&mut make())?;
    let cost = Cost {
        cpu: first.cpu.min(second.cpu),
        kilobytes: first.kilobytes.min(second.kilobytes),
    };
    let told = [output.stdout, output.stderr].concat();
    Ok((cost, String::from_utf8_lossy(&told).into_owned()))
}

fn generator(xtask: &Path, work: &Path) -> io::Result<Panel> {
    let mut points = Vec::new();
    for count in [50, 100, 200, 400, 800, 1600] {
        let file = written(work, count)?;
        let out = work.join("client");
        let (cost, _) = twice(|| {
            let mut command = Command::new(xtask);
            command.arg("regenerate").arg("--spec").arg(&file);
            command.arg("--out").arg(&out);
            command
        })?;
        let bytes = fs::metadata(&file)?.len();
        points.push(Point::new(count, &cost, bytes / 1024));
    }
    Ok(Panel {
        title: "Generator: operations of the document",
        count: "KB of document",
        points,
    })
}

fn rehearsal(runner: &Path, work: &Path) -> io::Result<Panel> {
    let mut points = Vec::new();
    for count in [10, 20, 40, 80, 160] {
        let file = written(work, count)?;
        let (cost, told) = twice(|| {
            let mut command = Command::new(runner);
            command.current_dir(work);
            command.args(["run", "http://127.0.0.1:9", "--target", "openapi"]);
            command.args(["--dry-run", "--seed", "1", "--cases", "10", "--spec"]);
            command.arg(&file);
            command
        })?;
        points.push(Point::new(count, &cost, requests(&told)));
    }
    Ok(Panel {
        title: "Runner, rehearsing: operations of the document",
        count: "requests",
        points,
    })
}

#[derive(Clone, Copy)]
enum Knob {
    Cases,
    Jobs,
}

fn runner(runner: &Path, work: &Path, knob: Knob) -> io::Result<Panel> {
    let (option, values): (_, &[usize]) = match knob {
        Knob::Cases => ("--cases", &[10, 20, 40, 80, 160, 320]),
        Knob::Jobs => ("--jobs", &[1, 2, 4, 8, 16, 32]),
    };
    let mut points = Vec::new();
    for value in values {
        let (cost, told) = twice(|| {
            let mut command = Command::new(runner);
            command.current_dir(work);
            command.args(["run", "--seed", "1", option, &value.to_string()]);
            command
        })?;
        points.push(Point::new(*value, &cost, requests(&told)));
    }
    Ok(Panel {
        title: match knob {
            Knob::Cases => "Runner and embedded servers: inputs of each case",
            Knob::Jobs => "Runner and embedded servers: jobs",
        },
        count: "requests",
        points,
    })
}

/// The number before ` requests` in the summary of a run.
fn requests(told: &str) -> u64 {
    let before = told.rmatch_indices(" requests").find_map(|(at, _)| {
        let digits = told[..at].rsplit(|one: char| !one.is_ascii_digit() && one != ',');
        let digits = digits.into_iter().next()?.replace(',', "");
        digits.parse().ok()
    });
    before.unwrap_or_default()
}
