//! This replica's claim on the relay of a log. The lease only saves work, since the stream itself
//! refuses what is out of order. Must not be relied on for correctness.

use std::time::Duration;

use event_store::EventStore;
use event_store::leases::{RelayLease, claim_relay, relay_acked, release_relay};
use service_runtime::clock::Stopwatch;
use uuid::Uuid;

use super::halt::Fault;
use super::stream::stream_name;

/// How long a dead relay keeps the others waiting.
const TTL: Duration = Duration::from_secs(15);

/// Renewed this often.
const RENEW_EVERY: Duration = Duration::from_secs(3);

pub(super) struct Lease {
    store: EventStore,
    owner: Uuid,
    held: Option<(RelayLease, Stopwatch)>,
}

/// How a claim ended.
pub(super) enum Claim {
    /// Ours as before.
    Kept,
    /// Ours since now; the last relay had come this far.
    Taken {
        /// The newest position known to be in the stream.
        acked: i64,
    },
    /// Another replica relays.
    Elsewhere,
}

impl Lease {
    pub(super) fn new(store: EventStore, owner: Uuid) -> Self {
        Self { store, owner, held: None }
    }

    /// Takes the lease, or renews it when it has become old. `acked` is noted on the way.
    pub(super) async fn keep(&mut self, acked: i64) -> Result<Claim, Fault> {
        if self.held.as_ref().is_some_and(|(_, since)| since.elapsed() < RENEW_EVERY) {
            return Ok(Claim::Kept);
        }
        let before = self.held.as_ref().map(|(lease, _)| lease.epoch);
        self.note(acked).await?;
        let since = Stopwatch::start();
        let stream = stream_name(self.store.log_id());
        let claimed =
            claim_relay(&self.store, &stream, self.owner, TTL).await.map_err(Fault::Log)?;
        let Some(lease) = claimed else {
            self.held = None;
            return Ok(Claim::Elsewhere);
        };
        self.held = Some((lease, since));
        let claim = if before == Some(lease.epoch) {
            Claim::Kept
        } else {
            Claim::Taken { acked: lease.acked }
        };
        Ok(claim)
    }

    /// Writes down how far the stream is, for dashboards and the next relay's checks. Forgets the
    /// lease when it has gone to another replica.
    pub(super) async fn note(&mut self, acked: i64) -> Result<(), Fault> {
        let Some((lease, _)) = self.held.as_mut().filter(|(lease, _)| lease.acked != acked) else {
            return Ok(());
        };
        if relay_acked(&self.store, lease, acked).await.map_err(Fault::Log)? {
            lease.acked = acked;
        } else {
            self.held = None;
        }
        Ok(())
    }

    /// Gives the lease back, so that the next relay need not wait for its end.
    pub(super) async fn release(&mut self) -> Result<(), Fault> {
        match self.held.take() {
            Some((lease, _)) => release_relay(&self.store, &lease).await.map_err(Fault::Log),
            None => Ok(()),
        }
    }
}
