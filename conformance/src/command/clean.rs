//! `clean`: deletes what a run that was killed left on a server.

use std::{fmt::Write as _, path::Path};

use futures_util::stream::{self, StreamExt as _};

use super::print;
use crate::{
    cli::CleanArgs,
    exchange::Exchange,
    exit::Exit,
    leftover::{Found, Left, find},
    preflight,
    redact::Redactor,
    report::{counted, printable},
    setup::{self, Purpose, Ready, SetupError},
};

/// Most deletions under way at once.
const CLEANERS: usize = 8;

pub(super) async fn clean(
    args: CleanArgs,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Exit, SetupError> {
    let purpose = if args.dry_run {
        Purpose::Look
    } else {
        Purpose::Change
    };
    let ready = setup::prepare_for(purpose, &args.settings()?, variable)?;
    preflight::check(&ready.target, &ready.transport, None, &[]).await?;
    let found = find(&ready.target, &ready.transport, Path::new(".")).await?;
    for list in &found.endless {
        let text = format!("the list of {list} has no end: there may be more");
        print(&format!("{:>12} {text}\n", "warning"))?;
    }
    if purpose == Purpose::Look {
        let mut text = lines("Would go", &found.left, &ready.redactor);
        let _ = writeln!(
            text,
            "{:>12} {}",
            "Found",
            counted(found.left.len() as u64, "thing")
        );
        print(&text)?;
        return Ok(Exit::Conforms);
    }
    delete(&ready, found).await
}

async fn delete(ready: &Ready, found: Found) -> Result<Exit, SetupError> {
    let deletions = found.left.iter().map(|one| async move {
        let gone = match one.deletion(&ready.target) {
            Some(request) => is_gone(&ready.transport.send(request).await),
            None => false,
        };
        (one, gone)
    });
    let done: Vec<(&Left, bool)> = stream::iter(deletions).buffered(CLEANERS).collect().await;
    // A server that says so need not have done it.
    let again = find(&ready.target, &ready.transport, Path::new(".")).await?;
    let still = |one: &Left| {
        let by_name = again.left.iter().filter(|other| other.name.is_some());
        by_name.into_iter().any(|other| other.id == one.id)
    };
    let split = done
        .into_iter()
        .partition(|(one, gone)| *gone && !still(one));
    let (gone, left): (Vec<_>, Vec<_>) = split;
    let only = |these: Vec<(&Left, bool)>| -> Vec<Left> {
        these.into_iter().map(|(one, _)| one.clone()).collect()
    };
    let (gone, left) = (only(gone), only(left));
    for journal in &found.journals {
        let is_left = |id: &String| left.iter().any(|one| one.id == *id);
        if !journal.things.iter().any(|thing| is_left(&thing.id)) {
            journal.settle().map_err(|error| {
                let path = journal.path.display();
                SetupError::could_not_test(format!("{path} cannot be deleted: {error}"))
            })?;
        }
    }
    let mut text = lines("Deleted", &gone, &ready.redactor);
    text.push_str(&lines("Left", &left, &ready.redactor));
    let total = format!(
        "{} deleted, {} left",
        counted(gone.len() as u64, "thing"),
        left.len()
    );
    let _ = writeln!(text, "{:>12} {total}", "Summary");
    print(&text)?;
    Ok(if left.is_empty() && found.endless.is_empty() {
        Exit::Conforms
    } else {
        Exit::Incomplete
    })
}

/// Gone already is as good.
fn is_gone(exchange: &Exchange) -> bool {
    exchange.is_success() || matches!(exchange.status(), Some(404 | 410))
}

fn lines(word: &str, left: &[Left], redactor: &Redactor) -> String {
    let mut text = String::new();
    for one in left {
        let how = one.name.as_deref().unwrap_or("by the journal of a run");
        let line = format!("{} {} {how}", one.variable, one.id);
        // Writing to a string does not fail.
        let _ = writeln!(text, "{word:>12} {}", printable(&redactor.text(&line)));
    }
    text
}
