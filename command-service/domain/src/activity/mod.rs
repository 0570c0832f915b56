//! An activity: a meeting, to-do or call in somebody's diary (SD-1 to SD-9).

mod state;

pub use state::{Activity, Planned};
