//! The way from a process manager to the command side: what it asks for, and what it must be told.

use std::sync::Arc;

use domain::Order;
use events::{StreamName, TenantSlug};
use futures::future::BoxFuture;
use metrics::counter;
use service_runtime::fault_point;
use uuid::Uuid;

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
    /// The version that was looked at, when the command holds for no other.
    pub if_version: Option<i64>,
    /// The process manager: the actor of what follows.
    pub process: &'static str,
    /// The event it follows from: causation of what follows.
    pub causing_event: Uuid,
    /// Correlation of that event, carried on.
    pub correlation: Option<Uuid>,
    /// Whether the event asks more than one stream.
    pub among_others: bool,
}

impl Wanted {
    /// The idempotency key: one event asks a stream once, whoever sends it and how often.
    pub fn key(&self) -> String {
        let stream = self.among_others.then_some(&self.stream);
        let stream = stream.map(|stream| format!("/{stream}")).unwrap_or_default();
        format!("{}/{}{stream}", self.process, self.causing_event)
    }

    /// Sends it, and counts it once it is settled.
    pub(super) async fn sent_by(self, send: &SendOrder) -> Result<Sent, SendFault> {
        let process = self.process;
        fault_point::pass(&format!("{process}.before-send"));
        let sent = send(self).await?;
        fault_point::pass(&format!("{process}.after-send"));
        if sent == Sent::Settled {
            counter!("salgslogg_process_commands_total", "process" => process).increment(1);
        }
        Ok(sent)
    }
}

/// What became of the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Accepted now or before, or refused by a rule: nothing is left to do.
    Settled,
    /// The stream is no longer at the version that was looked at: look again.
    Stale,
}

/// The command could not be decided; it is sent again.
#[derive(Debug, thiserror::Error)]
#[error("the command could not be sent")]
pub struct SendFault(#[from] pub Box<dyn std::error::Error + Send + Sync>);

/// Sends a command that follows from an event and waits for its outcome.
pub type SendOrder =
    Arc<dyn Fn(Wanted) -> BoxFuture<'static, Result<Sent, SendFault>> + Send + Sync>;
