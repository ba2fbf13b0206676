//! Processor time, as the kernel tells it. Linux only.

use std::{error::Error, fs, time::Duration};

/// The processor time that this thread has had.
///
/// # Errors
/// If the kernel does not tell.
pub(crate) fn of_thread() -> Result<Duration, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let spent = text.split(' ').next().unwrap_or_default().parse()?;
    Ok(Duration::from_nanos(spent))
}
