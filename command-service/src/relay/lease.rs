//! This replica's claim on the relay of a log. The lease only saves work, since the stream itself
//! refuses what is out of order. Must not be relied on for correctness.

use std::time::Duration;

use event_store::EventStore;
use event_store::leases::{RelayLease, claim_relay, relay_acked, release_relay};
use event_store::relay_row::{HaltNote, ResetRequest, note_relay_halt, reset_done, reset_request};
use service_runtime::clock::Stopwatch;
use service_runtime::fault_point;
use uuid::Uuid;

use super::halt::{Fault, Halt};
use super::stream::stream_name;

/// How long a dead relay keeps the others waiting.
const TTL: Duration = Duration::from_secs(15);

/// Renewed this often.
const RENEW_EVERY: Duration = Duration::from_secs(3);

pub(super) struct Lease {
    store: EventStore,
    owner: Uuid,
    held: Option<(RelayLease, Option<Stopwatch>)>,
    /// What an operator asked for, as of the last claim.
    request: Option<ResetRequest>,
    noted: Noted,
}

/// What the row says about a halt.
#[derive(PartialEq, Eq)]
enum Noted {
    /// Another relay may have written anything.
    Unknown,
    /// What this relay wrote last.
    Known(Option<Halt>),
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
        Self { store, owner, held: None, request: None, noted: Noted::Unknown }
    }

    /// The next [`keep`](Self::keep) asks the database, however young the lease is.
    pub(super) fn ask_again(&mut self) {
        if let Some((_, since)) = &mut self.held {
            *since = None;
        }
    }

    /// Takes the lease, or renews it when it has become old. `acked` is noted on the way.
    pub(super) async fn keep(&mut self, acked: i64) -> Result<Claim, Fault> {
        let young = |since: &Stopwatch| since.elapsed() < RENEW_EVERY;
        if self.held.as_ref().is_some_and(|(_, since)| since.as_ref().is_some_and(young)) {
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
        self.request = reset_request(&self.store, &lease).await.map_err(Fault::Log)?;
        self.held = Some((lease, Some(since)));
        if before == Some(lease.epoch) {
            return Ok(Claim::Kept);
        }
        self.noted = Noted::Unknown;
        Ok(Claim::Taken { acked: lease.acked })
    }

    /// What an operator asked for and nobody has done yet.
    pub(super) fn request(&self) -> Option<&ResetRequest> {
        self.request.as_ref()
    }

    /// Writes down that the request was carried out: the stream begins anew at `first`.
    pub(super) async fn fulfilled(&mut self, first: i64) -> Result<(), Fault> {
        let (Some(request), Some((lease, _))) = (self.request.take(), &mut self.held) else {
            return Ok(());
        };
        if reset_done(&self.store, lease, &request, first).await.map_err(Fault::Log)? {
            lease.acked = first - 1;
            self.noted = Noted::Known(None);
        } else {
            self.held = None;
        }
        Ok(())
    }

    /// Writes down why nothing is published, or that it goes on, when the row does not say so yet.
    pub(super) async fn note_halt(&mut self, halt: Option<&Halt>) -> Result<(), Fault> {
        let known = Noted::Known(halt.cloned());
        let Some((lease, _)) = self.held.as_ref().filter(|_| self.noted != known) else {
            return Ok(());
        };
        let reason = halt.map(ToString::to_string);
        let note = halt.zip(reason.as_deref()).map(|(halt, reason)| HaltNote {
            code: halt.code(),
            reason,
            position: halt.position(),
        });
        if note_relay_halt(&self.store, lease, note).await.map_err(Fault::Log)? {
            self.noted = known;
        } else {
            self.held = None;
        }
        Ok(())
    }

    /// Writes down how far the stream is, for dashboards and the next relay's checks. Forgets the
    /// lease when it has gone to another replica.
    pub(super) async fn note(&mut self, acked: i64) -> Result<(), Fault> {
        let Some((lease, _)) = self.held.as_mut().filter(|(lease, _)| lease.acked != acked) else {
            return Ok(());
        };
        if relay_acked(&self.store, lease, acked).await.map_err(Fault::Log)? {
            fault_point::pass("relay.after-note");
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
