//! The way from a process manager to the command side: what it asks for, and what it must be told.

use std::sync::Arc;

use domain::Order;
use events::{SaleId, StreamName, TenantSlug};
use futures::future::BoxFuture;
use uuid::Uuid;

/// A stalled sale whose reopen date has come: a `ReopenSale { cause: reopen_date }` is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReopenDue {
    /// Whose sale.
    pub tenant: TenantSlug,
    /// The sale.
    pub sale: SaleId,
    /// The sale's version that was looked at; the command holds for no other.
    pub if_version: i64,
    /// The event that set the reopen date: causation of what follows.
    pub causing_event: Uuid,
    /// Its position.
    pub cause_position: i64,
    /// Correlation of the causing event, carried on.
    pub correlation: Option<Uuid>,
}

impl ReopenDue {
    /// The idempotency key: one event reopens once, whoever sends it and how often.
    pub fn key(&self) -> String {
        format!("stalled-sale-reopen/{}", self.causing_event)
    }
}

/// What became of the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Accepted now or before, or refused by a rule: nothing is left to do.
    Settled,
    /// The sale is no longer at the version that was looked at: look again.
    Stale,
}

/// The command could not be decided; it is sent again.
#[derive(Debug, thiserror::Error)]
#[error("the command could not be sent")]
pub struct SendFault(#[from] pub Box<dyn std::error::Error + Send + Sync>);

/// Sends a `ReopenSale` and waits for its outcome.
pub type SendReopen =
    Arc<dyn Fn(ReopenDue) -> BoxFuture<'static, Result<Sent, SendFault>> + Send + Sync>;

/// A command that follows from an event.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Whose.
    pub tenant: TenantSlug,
    /// The stream it is for.
    pub stream: StreamName,
    /// What is asked.
    pub order: Order,
    /// Its name.
    pub command: &'static str,
    /// The process manager: the actor of what follows.
    pub process: &'static str,
    /// The event it follows from.
    pub causing_event: Uuid,
    /// Correlation of that event, carried on.
    pub correlation: Option<Uuid>,
}

impl Wanted {
    /// The idempotency key: one event asks once, whoever sends it and how often.
    pub fn key(&self) -> String {
        format!("{}/{}", self.process, self.causing_event)
    }
}

/// Sends a command that follows from an event and waits for its outcome.
pub type SendOrder =
    Arc<dyn Fn(Wanted) -> BoxFuture<'static, Result<Sent, SendFault>> + Send + Sync>;
