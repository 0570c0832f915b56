//! Sends the commands of process managers through the executor, like anybody's commands. Must not decide
//! when: that is the process manager's.

use std::sync::Arc;

use events::UserId;
use futures::FutureExt;

use crate::call::{Answer, Call, ExecuteError, Key, request_fingerprint};
use crate::execute::Executor;
use crate::process::{SendFault, SendOrder, Sent, Wanted};

/// The way of process managers to the executor; each is the actor of what it sends.
pub fn send_order(executor: Executor) -> SendOrder {
    Arc::new(move |wanted: Wanted| {
        let executor = executor.clone();
        async move { carry_out(&executor, wanted).await }.boxed()
    })
}

/// One command; its key derives from the causing event, so a repeat is harmless.
async fn carry_out(executor: &Executor, wanted: Wanted) -> Result<Sent, SendFault> {
    let actor = UserId::parse(wanted.process).map_err(|error| SendFault(Box::new(error)))?;
    let request = request_fingerprint(wanted.command, &wanted.stream.id, None, [0; 32]);
    let key = Key::new(&wanted.tenant, &actor, &wanted.key(), request);
    let call = Call {
        tenant: wanted.tenant,
        actor,
        principal: None,
        right: None,
        command: wanted.command,
        key: Some(key),
        if_version: wanted.if_version,
        effective_at: None,
        traceparent: None,
        correlation: wanted.correlation,
        causation: Some(wanted.causing_event),
    };
    judged(executor.execute(&call, wanted.stream, wanted.order).await)
}

/// What an outcome means to a process manager.
fn judged(outcome: Result<Answer, ExecuteError>) -> Result<Sent, SendFault> {
    match outcome {
        Ok(_) | Err(ExecuteError::Refused(_) | ExecuteError::KeyReused) => Ok(Sent::Settled),
        Err(ExecuteError::Precondition { .. } | ExecuteError::LostRace(_)) => Ok(Sent::Stale),
        Err(
            fault @ (ExecuteError::EffectiveTimeFalls
            | ExecuteError::EffectiveTimeInFuture
            | ExecuteError::Overloaded
            | ExecuteError::TenantOverloaded
            | ExecuteError::Unavailable(_)
            | ExecuteError::Unreadable(_)
            | ExecuteError::Undecodable(_)
            | ExecuteError::Poisoned(_)),
        ) => Err(SendFault(Box::new(fault))),
    }
}
