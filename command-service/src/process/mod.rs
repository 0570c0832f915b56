//! Process managers: what follows from events by itself. Each reads the log by position with its own
//! checkpoint, keeps timers, and sends ordinary commands whose keys derive from the causing event, so
//! a repeat is harmless. One replica runs them at a time.
//!
//! Must not append events or know a rule of the domain: a command may be refused, and that is the end
//! of it. Events with a business time of their own (imports) start nothing: the importer sends what
//! follows.
//!
//! There is one: [`StalledSaleReopen`] (SO-16).

mod follow;
mod run;
mod send;
mod stalled_sale_reopen;
mod terms;

pub use follow::{Halt, ProcessFault};
pub use send::{ReopenDue, SendFault, SendReopen, Sent};
pub use stalled_sale_reopen::{Pumped, StalledSaleReopen};
