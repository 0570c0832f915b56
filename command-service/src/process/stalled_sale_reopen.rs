//! StalledSaleReopen (SO-16, design §2): at 00:00 of the reopen date, in the tenant's zone, a stalled
//! sale is asked to reopen. One timer per sale, replaced by new terms and removed when the stall ends.
//! Must not decide: it looks once more at the sale before it sends, and sends for that version only.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use event_store::EventStore;
use event_store::timers::{self, Timer};
use events::{Aggregate, Recorded, SaleId, StreamName, TenantSlug};
use metrics::{counter, gauge};

use super::follow::{Change, Claim, Follower, Halt, ProcessFault, Pumped, Stop};
use super::run::Steps;
use super::send::{ReopenDue, SendReopen, Sent};
use super::terms::{Meaning, WATCHED, Waiting, day_begins, meaning, standing, zone};

/// Its name: of its checkpoint, its timers, and the actor of what follows.
pub(super) const NAME: &str = "stalled-sale-reopen";

/// Events read at once, and due timers fetched at once.
const PAGE: i64 = 1_000;

/// Positions of the log that are looked through at a time.
const WINDOW: i64 = 10_000;

/// How often a sale that keeps changing is looked at before its timer waits for the next step.
const LOOKS: usize = 3;

/// The process manager; see the module.
pub struct StalledSaleReopen {
    store: EventStore,
    send: SendReopen,
    follower: Follower,
    /// Seen in memory; the checkpoint follows when there is something to write.
    seen: i64,
    zones: HashMap<TenantSlug, Tz>,
}

impl StalledSaleReopen {
    /// A process manager that has not looked at anything yet.
    pub fn new(store: EventStore, send: SendReopen) -> Self {
        let follower = Follower::new(NAME, store.clone());
        Self { store, send, follower, seen: 0, zones: HashMap::new() }
    }

    /// One step: reads the log up to its head, then sends what is due at `now`.
    ///
    /// # Errors
    /// When a machine does not answer or another replica took over. Nothing is lost; a command that
    /// was sent is recognised by its key when it is sent again.
    pub async fn pump(&mut self, now: DateTime<Utc>) -> Result<Pumped, ProcessFault> {
        let step = self.step(now).await;
        self.follower.ended(step).await
    }

    async fn step(&mut self, now: DateTime<Utc>) -> Result<Pumped, Stop> {
        match self.follower.claim().await? {
            Claim::Kept => {}
            Claim::Taken { checkpoint } => self.seen = checkpoint,
            Claim::Elsewhere => return Ok(Pumped::Standby),
        }
        self.learn().await?;
        gauge!("salgslogg_process_position", "process" => NAME).set(self.seen as f64);
        let sent = self.fire(now).await?;
        Ok(Pumped::UpTo { position: self.seen, sent })
    }

    /// Reads the log up to its head and keeps the timers as the events say.
    async fn learn(&mut self) -> Result<(), Stop> {
        loop {
            let (rows, looked) = self.store.read_of_types(self.seen, &WATCHED, WINDOW).await?;
            let mut changes = Vec::new();
            for row in &rows {
                self.note(row, &mut changes).await?;
            }
            if !changes.is_empty() || looked - self.follower.checkpoint() >= WINDOW {
                self.follower.commit(&changes, looked).await?;
            }
            let whole = looked - self.seen == WINDOW;
            self.seen = looked;
            if !whole {
                return Ok(());
            }
        }
    }

    async fn note(&mut self, row: &Recorded, changes: &mut Vec<Change>) -> Result<(), Stop> {
        match meaning(row)? {
            Meaning::None => {}
            Meaning::Over => changes.push(Change::Remove(row.stream_id)),
            Meaning::Waits(reopen_date) => {
                let metadata = row.metadata()?;
                let correlation = metadata.correlation;
                let waiting = Waiting {
                    event: row.event_id,
                    position: row.position,
                    reopen_date,
                    correlation,
                };
                let zone = self.zone_of(&row.tenant).await?;
                changes.push(Change::Set(Timer {
                    timer_id: row.stream_id,
                    due_at: day_begins(reopen_date, zone),
                    tenant_id: row.tenant_id,
                    subject: metadata.stream,
                    payload: serde_json::to_vec(&waiting).expect("plain values encode"),
                }));
            }
            Meaning::FirstZone(zone) => {
                self.zones.insert(row.tenant.clone(), zone);
            }
            Meaning::Zone(zone) => {
                // what was noted so far must be in the table before it is dated anew
                self.follower.commit(changes, row.position - 1).await?;
                changes.clear();
                self.date_anew(row.tenant_id, zone, changes).await?;
                self.zones.insert(row.tenant.clone(), zone);
            }
        }
        Ok(())
    }

    /// The tenant's days begin at other instants now, and so do its waiting sales.
    async fn date_anew(
        &self,
        tenant_id: i32,
        zone: Tz,
        changes: &mut Vec<Change>,
    ) -> Result<(), Stop> {
        let all = timers::due(&self.store, NAME, FAR_AWAY, i64::MAX).await?;
        for mut timer in all.into_iter().filter(|timer| timer.tenant_id == tenant_id) {
            timer.due_at = day_begins(waiting(&timer)?.reopen_date, zone);
            changes.push(Change::Set(timer));
        }
        Ok(())
    }

    async fn zone_of(&mut self, tenant: &TenantSlug) -> Result<Tz, Stop> {
        if let Some(known) = self.zones.get(tenant) {
            return Ok(*known);
        }
        let stream = StreamName::of_tenant(tenant).stream_id(tenant);
        let found = zone(&self.store.load(tenant, stream, 0).await?)?;
        self.zones.insert(tenant.clone(), found);
        Ok(found)
    }

    /// Sends what is due. A timer goes away once its command was answered; until then it is tried
    /// with every step, and the others are not held up by it.
    async fn fire(&mut self, now: DateTime<Utc>) -> Result<usize, Stop> {
        let mut sent = 0;
        let mut fault = None;
        for timer in timers::due(&self.store, NAME, now, PAGE).await? {
            match self.settle(&timer).await {
                Ok(commands) => {
                    sent += commands;
                    let checkpoint = self.follower.checkpoint();
                    self.follower.commit(&[Change::Remove(timer.timer_id)], checkpoint).await?;
                }
                Err(Stop::Broken(broken)) => fault = Some(broken),
                Err(halted @ Stop::Halted(_)) => return Err(halted),
            }
        }
        fault.map_or(Ok(sent), |fault| Err(fault.into()))
    }

    /// Looks at the sale once more and sends the command if it still waits for these terms.
    async fn settle(&mut self, timer: &Timer) -> Result<usize, Stop> {
        let waiting = waiting(timer)?;
        let sale = sale_of(timer)?;
        let unknown = || Halt(format!("timer of the unknown tenant {}", timer.tenant_id));
        let tenant = self.store.tenant_slug(timer.tenant_id).await?;
        let tenant = tenant.ok_or_else(unknown).map_err(Stop::Halted)?;
        for _ in 0..LOOKS {
            let stream = self.store.load(&tenant, timer.timer_id, 0).await?;
            if standing(&stream)? != Some(waiting.event) {
                return Ok(0);
            }
            let due = ReopenDue {
                tenant: tenant.clone(),
                sale,
                if_version: stream.last().map_or(0, |row| row.version),
                causing_event: waiting.event,
                cause_position: waiting.position,
                correlation: waiting.correlation,
            };
            match (self.send)(due).await? {
                Sent::Settled => {
                    counter!("salgslogg_process_commands_total", "process" => NAME).increment(1);
                    return Ok(1);
                }
                Sent::Stale => {}
            }
        }
        Err(ProcessFault::Restless.into())
    }
}

impl Steps for StalledSaleReopen {
    const NAME: &'static str = NAME;

    fn store(&self) -> &EventStore {
        &self.store
    }

    fn pump(
        &mut self,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Pumped, ProcessFault>> + Send {
        StalledSaleReopen::pump(self, now)
    }

    fn release(&mut self) -> impl Future<Output = Result<(), ProcessFault>> + Send {
        self.follower.release()
    }
}

/// Later than any reopen date.
const FAR_AWAY: DateTime<Utc> = match DateTime::from_timestamp(253_402_300_799, 0) {
    Some(at) => at,
    None => DateTime::<Utc>::MAX_UTC,
};

fn waiting(timer: &Timer) -> Result<Waiting, Stop> {
    serde_json::from_slice(&timer.payload)
        .map_err(|error| Stop::Halted(Halt(format!("timer {}: {error}", timer.timer_id))))
}

fn sale_of(timer: &Timer) -> Result<SaleId, Stop> {
    StreamName::parse(&timer.subject)
        .filter(|stream| stream.aggregate == Aggregate::Sale)
        .and_then(|stream| stream.id.parse().ok())
        .map(SaleId)
        .ok_or_else(|| {
            Stop::Halted(Halt(format!("timer {}: subject {}", timer.timer_id, timer.subject)))
        })
}
