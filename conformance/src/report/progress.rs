//! The bar on standard error, on a terminal only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::event::Event;

/// A bar that knows how many cases are done and which began last.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar for a run; without a terminal it draws nothing.
    pub(crate) fn new() -> Self {
        // Draws on a terminal only.
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template(
            "{prefix:>12} [{elapsed_precise}] {wide_bar} {pos}/{len}, {eta} left: {msg:.40}",
        );
        if let Ok(style) = style {
            bar.set_style(style.progress_chars("=> "));
        }
        Self(bar)
    }

    /// Runs `write` while the bar is out of the way.
    pub(crate) fn suspended<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }

    /// Moves the bar.
    pub(crate) fn event(&self, event: &Event<'_>) {
        match event {
            Event::Started(header) => {
                self.0.set_length(header.cases as u64);
                self.0.set_prefix("Testing");
                self.0.enable_steady_tick(Duration::from_millis(200));
            }
            Event::CaseStarted(case) => self.0.set_message(case.to_string()),
            Event::CaseFinished(_) => self.0.inc(1),
            Event::Stopping(_) => self.0.set_prefix("Cleaning up"),
            Event::Finished(_) => self.0.finish_and_clear(),
        }
    }
}
