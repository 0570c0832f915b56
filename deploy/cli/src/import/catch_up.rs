//! After the last answer of an import: waits until questions show all of it, so that a question asked next is
//! not answered from half of it. Nothing is stored or sent here.

use std::time::Duration;

use crate::failure::Failure;
use crate::http::Client;

/// How often the query side is asked; it waits up to two seconds itself before it says that it is not there yet.
const ROUNDS_MAX: u32 = 30;
/// The pause between two rounds, for a query side that does not answer at all.
const PAUSE: Duration = Duration::from_millis(250);

/// Returns when the read models have reached `position`.
///
/// # Errors
/// When they had not after about a minute, or the query side refuses the question.
pub async fn wait(queries: &Client, position: u64) -> Result<(), Failure> {
    let parameters = [("min_position", position.to_string())];
    let mut round = 1;
    loop {
        match queries.get("/v1/projections", &parameters).await {
            Ok(_) => return Ok(()),
            Err(Failure::Unreachable(_)) if round < ROUNDS_MAX => round += 1,
            Err(failure) => return Err(failure),
        }
        crate::clock::pause(PAUSE).await;
    }
}
