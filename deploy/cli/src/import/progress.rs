//! The progress bar of an import: how far in the file, how fast, how long still. Shown to people only.

use std::cell::Cell;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::tally::Refusal;
use crate::mapping::RowFault;
use crate::mapping::language::OnRefusal;
use crate::output;
use crate::tables::grouped;

/// Refused lines and faulty rows shown as they come; `--json` lists more.
const REMARKS_MAX: u32 = 100;

/// Progress through one file, by bytes.
pub struct Progress {
    bar: ProgressBar,
    commands: Cell<u64>,
    remarks: Cell<u32>,
}

impl Progress {
    /// A bar over a file of so many bytes; it draws nothing unless standard error is a terminal.
    pub fn new(bytes: u64) -> Self {
        let style = ProgressStyle::with_template("{bar:32} {percent:>3} %  {msg}  {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(bytes).with_style(style);
        bar.enable_steady_tick(Duration::from_millis(250));
        Self { bar, commands: Cell::new(0), remarks: Cell::new(0) }
    }

    /// A row at this offset was answered.
    pub fn at(&self, byte: u64, commands: usize) {
        let before = self.commands.get();
        let now = before + commands as u64;
        self.commands.set(now);
        if before / 256 != now / 256 {
            self.bar.set_position(byte.max(self.bar.position()));
            self.bar.set_message(format!(
                "{} commands, {}/s",
                grouped(&now.to_string()),
                rate(now, self.bar.elapsed())
            ));
        }
    }

    /// Shows a refused line.
    pub fn remark_refusal(&self, refusal: &Refusal, meaning: OnRefusal) {
        if meaning != OnRefusal::Stop {
            self.remark(&refusal.sentence());
        }
    }

    /// Shows a row that could not be mapped.
    pub fn remark_fault(&self, fault: &RowFault) {
        self.remark(&format!("{}, line {}: {}", fault.file, fault.line, fault.why));
    }

    /// The time since it began.
    pub fn elapsed(&self) -> Duration {
        self.bar.elapsed()
    }

    /// Says beside the bar what is going on.
    pub fn say(&self, text: &'static str) {
        self.bar.set_message(text);
    }

    /// Ends the bar.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Shows a remark, above the bar.
    pub fn remark(&self, text: &str) {
        let shown = self.remarks.get();
        self.remarks.set(shown.saturating_add(1));
        if shown < REMARKS_MAX {
            self.bar.suspend(|| output::remark(text));
        } else if shown == REMARKS_MAX {
            self.bar.suspend(|| {
                output::remark("further ones are only counted; --json lists up to 10 000")
            });
        }
    }
}

/// Commands per second, rounded down.
pub fn rate(commands: u64, elapsed: Duration) -> u128 {
    u128::from(commands) * 1000 / elapsed.as_millis().max(1)
}
