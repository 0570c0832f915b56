//! The importer: a mapping and its files in, commands out, a report at the end.
//!
//! Order of things: the setup, step by step, each confirmed before the next; then all rows over one
//! connection, the answers read while the rows are still being sent, with a bounded window in between. What
//! the stack could not take at the moment, or what a broken connection left unanswered, is sent again; ids and
//! keys make that harmless. The importer judges no business rule.

pub mod answer;
pub mod catch_up;
pub mod pass;
pub mod progress;
pub mod rehearsal;
pub mod report;
pub mod setup;
pub mod tally;

use std::sync::Arc;
use std::time::Duration;

use crate::failure::Failure;
use crate::http::Client;
use crate::mapping::{Names, Plan};
use pass::{Pass, Todo};
use progress::Progress;
use tally::Tally;

/// How often in a row the stack may fail to take anything before the import gives up.
pub const ATTEMPTS_MAX: u32 = 6;
/// The first pause before sending again; it doubles with every attempt.
const PAUSE_FIRST: Duration = Duration::from_millis(250);

/// One import: what goes where.
pub struct Import<'a> {
    /// The command side.
    pub client: &'a Client,
    /// The mapping and its files.
    pub plan: &'a Arc<Plan>,
    /// The tenant and the source.
    pub names: &'a Arc<Names>,
    /// What people see meanwhile.
    pub progress: &'a Progress,
    /// Where the log stood before; 0 when nobody could tell.
    pub head: u64,
}

/// Sends everything and returns what became of it.
///
/// # Errors
/// When the import could not be finished; what was answered until then stands, and a second run continues.
pub async fn run(import: &Import<'_>) -> Result<Tally, Failure> {
    let mut tally = Tally::new(import.plan);
    let floor = setup::run(import, &mut tally).await?;
    let mut todo = Todo::all();
    let mut attempt = 0;
    loop {
        let walk = import.plan.walk(import.names, floor)?;
        let Pass { next, later, ended, answered } =
            pass::run(import, walk, &todo, &mut tally).await;
        let broken = match ended {
            Ok(()) if later.is_empty() => return Ok(tally),
            Ok(()) => None,
            Err(failure @ Failure::Unreachable(_)) => Some(failure),
            Err(failure) => return Err(failure),
        };
        attempt = if answered { 1 } else { attempt + 1 };
        if attempt >= ATTEMPTS_MAX {
            if let Some(failure) = broken {
                return Err(given_up(&failure, &tally));
            }
            later.into_values().for_each(|refused| tally.refuse(refused));
            return Ok(tally);
        }
        todo = todo.after(next, later.into_keys(), broken.is_some());
        crate::clock::pause(pause(attempt)).await;
    }
}

/// The pause before an attempt.
pub fn pause(attempt: u32) -> Duration {
    PAUSE_FIRST * 2_u32.pow(attempt.min(ATTEMPTS_MAX))
}

fn given_up(failure: &Failure, tally: &Tally) -> Failure {
    Failure::Unreachable(format!(
        "{failure}; {} commands were answered, run the same import again and it goes on from there",
        tally.answered()
    ))
}
