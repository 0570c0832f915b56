//! The house, as rules a machine can check: which crate may know which, how long a file may be, what things
//! may be called, what no source may hold. Every rule is a function over a path and a text, and is shown to
//! say no to something made up.

mod coverage;
mod dependencies;
mod faults;
mod forms;
mod names;
mod sizes;
pub(crate) mod sources;
mod words;
