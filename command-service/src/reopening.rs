//! Sends the commands of process managers through the executor, like anybody's commands. Must not decide
//! when: that is the process manager's.

use std::sync::Arc;

use domain::Order;
use domain::sale::SaleCommand;
use events::UserId;
use events::sale::ReopenCause;
use futures::FutureExt;

use crate::call::{Answer, Call, ExecuteError, Key, request_fingerprint};
use crate::execute::Executor;
use crate::process::{ReopenDue, SendFault, SendOrder, SendReopen, Sent, Wanted};

/// The actor that events of StalledSaleReopen name.
pub const STALLED_SALE_REOPEN: &str = "stalled-sale-reopen";

/// The way of StalledSaleReopen to the executor; what it sends holds for the version that was looked at.
pub fn send_reopen(executor: Executor) -> SendReopen {
    Arc::new(move |due: ReopenDue| {
        let executor = executor.clone();
        let if_version = Some(due.if_version);
        let wanted = Wanted {
            stream: due.sale.stream(),
            order: Order::Sale(SaleCommand::ReopenSale { cause: ReopenCause::ReopenDate }),
            command: "ReopenSale",
            process: STALLED_SALE_REOPEN,
            tenant: due.tenant,
            causing_event: due.causing_event,
            correlation: due.correlation,
        };
        async move { carry_out(&executor, wanted, if_version).await }.boxed()
    })
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

/// The way of the other process managers to the executor; each is the actor of what it sends.
pub fn send_order(executor: Executor) -> SendOrder {
    Arc::new(move |wanted: Wanted| {
        let executor = executor.clone();
        async move { carry_out(&executor, wanted, None).await }.boxed()
    })
}

/// One command; its key derives from the causing event, so a repeat is harmless.
async fn carry_out(
    executor: &Executor,
    wanted: Wanted,
    if_version: Option<i64>,
) -> Result<Sent, SendFault> {
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
        if_version,
        effective_at: None,
        traceparent: None,
        correlation: wanted.correlation,
        causation: Some(wanted.causing_event),
    };
    judged(executor.execute(&call, wanted.stream, wanted.order).await)
}
