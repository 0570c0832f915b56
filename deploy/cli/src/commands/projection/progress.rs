//! The progress bar of a rebuild: how much is done, how fast, how long still. Shown to people only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use read_models::rebuild::Progress;

use crate::import::progress::rate;
use crate::tables::grouped;

/// Progress through the parts of a rebuild; draws nothing unless standard error is a terminal.
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar that begins where an interrupted run stopped.
    pub fn new(now: Progress) -> Self {
        let style = ProgressStyle::with_template("{bar:32} {percent:>3} %  {msg}  {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(u64::from(now.parts.unsigned_abs())).with_style(style);
        bar.set_position(u64::from(now.parts_done.unsigned_abs()));
        bar.reset_eta();
        bar.enable_steady_tick(Duration::from_millis(250));
        Self(bar)
    }

    /// A part more.
    pub fn at(&self, now: Progress) {
        self.0.set_position(u64::from(now.parts_done.unsigned_abs()));
        let (events, rate) = (now.events.to_string(), rate(now.events, self.0.elapsed()));
        self.0.set_message(format!(
            "{} events, {}/s",
            grouped(&events),
            grouped(&rate.to_string())
        ));
    }

    /// Says beside the bar what is going on.
    pub fn say(&self, text: &'static str) {
        self.0.set_message(text);
    }

    /// The time since it began.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// Ends the bar.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
