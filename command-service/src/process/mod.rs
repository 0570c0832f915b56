//! Process managers: what follows from events by itself. Each reads the log by position with its own
//! checkpoint, keeps timers, and sends ordinary commands whose keys derive from the causing event, so
//! a repeat is harmless. One replica runs them at a time.
//!
//! Must not append events or know a rule of the domain: a command may be refused, and that is the end
//! of it. Events with a business time of their own (imports) start nothing: the importer sends what
//! follows.
//!
//! There are seven: [`StalledSaleReopen`] (SO-16), and six that send what an event asks for ([`Reaction`]):
//! [`ActivityReminder`] (SD-6), [`AssignmentNotice`] (§6-A32), [`StallFollowUp`] (SO-14), [`GuideSuggestion`] (SG-19),
//! [`StageAdvance`] (SG-23) and [`TargetTypeCleanup`] (ST-5, ST-6), the only one for which nothing is too late.
//!
//! A log that comes back from a backup, at a point in time, brings its checkpoints, timers and receipts along, all of one
//! moment: they lie in one database. What was said before that moment has its receipt and is not said again. What was said
//! after it fell out with everything else, and follows once more from the events that are left, under the same keys: once
//! in the log as it is now. People may have been told before, as those who read the stream may have seen events that are
//! gone. Whatever is more than a day late by then (reminders by their alarm, the rest by its event, unless its timer was
//! set already) is lost, as after any outage of a day; a sale's reopening is never too late. What follows from an event that
//! fell out does not follow. The services are stopped meanwhile (`point-in-time.md`); one that ran on would go back to
//! the end of the log, or to its checkpoint if that was put back too.

mod ending;
mod follow;
mod guide;
mod notices;
mod reaction;
mod run;
mod send;
mod stalled_sale_reopen;
mod target_types;
mod terms;
mod timer;

pub use ending::{Halt, ProcessFault, Pumped};
pub use guide::{GuideSuggestion, StageAdvance};
pub use notices::{ActivityReminder, AssignmentNotice, StallFollowUp};
pub use reaction::{Follows, Reaction, RuleFault, Rules};
pub use run::{Steps, run};
pub use send::{SendFault, SendOrder, Sent, Wanted};
pub use stalled_sale_reopen::StalledSaleReopen;
pub use target_types::TargetTypeCleanup;
