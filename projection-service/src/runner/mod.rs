//! Feeds the read models: claims a lane, reads a batch, applies it and moves the checkpoint in the
//! same transaction. Knows no read model by name and must never skip an event.

mod aside;
mod attempt;
mod commit;
mod failing;
mod fault;
mod halt;
mod history;
mod lane;
mod lease;
mod parked;
mod patience;
mod sorted;
mod span;
mod spared;
mod worker;

pub use fault::Halted;
pub use lane::{Lane, LaneError, Step};
pub use lease::{Lease, Part, PartState};
pub use worker::work;
