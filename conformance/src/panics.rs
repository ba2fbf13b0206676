//! What is told when the runner itself is at fault: where and what, without a secret, and that `clean`
//! deletes what was left. Backtraces hold names of functions and files only.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    io::Write as _,
    panic::PanicHookInfo,
    sync::Mutex,
};

use crate::redact::Mask;

/// What is hidden in the words of a panic.
static HIDDEN: Mutex<Vec<Mask>> = Mutex::new(Vec::new());

/// From now on a panic is told by [`tell`].
pub fn install() {
    std::panic::set_hook(Box::new(tell));
}

/// Hides in the words of panics what `mask` hides.
pub(crate) fn hide(mask: Mask) {
    // A panic while it was held leaves it whole.
    let mut hidden = HIDDEN
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    hidden.push(mask);
}

fn tell(info: &PanicHookInfo<'_>) {
    let mut words = info.payload_as_str().unwrap_or("without a word").to_owned();
    // Whoever holds it is the one that panics: then nothing is known to be harmless.
    match HIDDEN.try_lock() {
        Ok(hidden) => {
            for mask in hidden.iter() {
                words = mask.masked(&words, "‹secret›").into_owned();
            }
        }
        Err(_) => "its words are not shown".clone_into(&mut words),
    }
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let words = crate::report::printable(&words);
    let mut out = anstream::stderr();
    // Nobody may be reading; the exit code tells the same.
    let _ = writeln!(
        out,
        "error: this is a fault of skyvern-conformance: panicked at {place}: {words}\n hint: `clean URL` \
         deletes what the run left; RUST_BACKTRACE=1 tells how it came to this"
    );
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        let _ = writeln!(out, "{trace}");
    }
}
