//! StalledSaleReopen (SO-16, design §2): at 00:00 of the reopen date, in the tenant's zone, a stalled
//! sale is asked to reopen. One timer per sale, replaced by new terms and removed when the stall ends.
//! Must not decide: it looks once more at the sale before it sends, and sends for that version only.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::Order;
use domain::sale::SaleCommand;
use event_store::EventStore;
use event_store::timers::{self, Timer};
use events::sale::ReopenCause;
use events::{Recorded, StreamName, TenantSlug};

use super::ending::{ProcessFault, Pumped, Stop};
use super::follow::{Change, Fired, Follower};
use super::run::Steps;
use super::send::{SendOrder, Sent, Wanted};
use super::terms::{Meaning, WATCHED, Waiting, day_begins, meaning, standing, zone};
use super::timer::{remembered, stream_of, tenant_of};

/// Its name: of its checkpoint, its timers, and the actor of what follows.
pub(super) const NAME: &str = "stalled-sale-reopen";

/// How often a sale that keeps changing is looked at before its timer waits for the next step.
const LOOKS: usize = 3;

/// The process manager; see the module.
pub struct StalledSaleReopen {
    store: EventStore,
    send: SendOrder,
    follower: Follower,
    zones: HashMap<TenantSlug, Tz>,
}

impl StalledSaleReopen {
    /// A process manager that has not looked at anything yet.
    pub fn new(store: EventStore, send: SendOrder) -> Self {
        let follower = Follower::new(NAME, store.clone());
        Self { store, send, follower, zones: HashMap::new() }
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
        if !self.follower.claim().await? {
            return Ok(Pumped::Standby);
        }
        self.learn().await?;
        let sent = self.fire(now).await?;
        Ok(self.follower.up_to(sent))
    }

    /// Reads the log up to its head and keeps the timers as the events say.
    async fn learn(&mut self) -> Result<(), Stop> {
        loop {
            let (rows, looked) = self.follower.read(&WATCHED).await?;
            let mut changes = Vec::new();
            for row in &rows {
                self.note(row, &mut changes).await?;
            }
            if !self.follower.saw(&changes, looked).await? {
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
            timer.due_at = day_begins(remembered::<Waiting>(&timer)?.reopen_date, zone);
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

    /// Sends what is due.
    async fn fire(&mut self, now: DateTime<Utc>) -> Result<usize, Stop> {
        let mut fired = Fired::default();
        for timer in self.follower.due(now).await? {
            let outcome = self.settle(&timer).await;
            self.follower.settled(&timer, outcome, &mut fired).await?;
        }
        fired.all()
    }

    /// Looks at the sale once more and sends the command if it still waits for these terms.
    async fn settle(&self, timer: &Timer) -> Result<usize, Stop> {
        let waiting: Waiting = remembered(timer)?;
        let tenant = tenant_of(timer, &self.store).await?;
        for _ in 0..LOOKS {
            let stream = self.store.load(&tenant, timer.timer_id, 0).await?;
            if standing(&stream)? != Some(waiting.event) {
                return Ok(0);
            }
            let wanted = Wanted {
                tenant: tenant.clone(),
                stream: stream_of(timer)?,
                order: Order::Sale(SaleCommand::ReopenSale { cause: ReopenCause::ReopenDate }),
                command: "ReopenSale",
                if_version: Some(stream.last().map_or(0, |row| row.version)),
                process: NAME,
                causing_event: waiting.event,
                correlation: waiting.correlation,
                among_others: false,
            };
            match wanted.sent_by(&self.send).await? {
                Sent::Settled => return Ok(1),
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
