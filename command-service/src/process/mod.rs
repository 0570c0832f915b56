//! Process managers: what follows from events by itself. Each reads the log by position with its own
//! checkpoint, keeps timers, and sends ordinary commands whose keys derive from the causing event, so
//! a repeat is harmless. One replica runs them at a time.
//!
//! Must not append events or know a rule of the domain: a command may be refused, and that is the end
//! of it. Events with a business time of their own (imports) start nothing: the importer sends what
//! follows.
//!
//! There are four: [`StalledSaleReopen`] (SO-16), and three that send one command an event ([`Reaction`]):
//! [`ActivityReminder`] (SD-6), [`AssignmentNotice`] (§6-A32), [`StallFollowUp`] (SO-14).

mod follow;
mod notices;
mod reaction;
mod run;
mod send;
mod stalled_sale_reopen;
mod terms;

pub use follow::{Halt, ProcessFault, Pumped};
pub use notices::{ActivityReminder, AssignmentNotice, StallFollowUp};
pub use reaction::{Follows, Reaction, RuleFault, Rules};
pub use run::{Steps, run};
pub use send::{ReopenDue, SendFault, SendOrder, SendReopen, Sent, Wanted};
pub use stalled_sale_reopen::StalledSaleReopen;
