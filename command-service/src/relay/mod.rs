//! The relay: the log in Postgres becomes the stream in NATS, message for message, sequence =
//! position. One relay works per log; a second one only finds its messages refused.
//!
//! Owns the stream `SALES_<log>` and publishes alone into `sales.<log>.>`. The authority on how far
//! it is lies in the stream's own last sequence, never in a table. Must never skip a position, and
//! must never hold up a command: when NATS is away, the backlog grows and nothing else happens.
//!
//! ```text
//! claim the lease ─► STREAM.INFO ─► compare with the log ─► publish in windows ─► wait ─┐
//!        ▲               ▲  any error, timeout, disconnect: drop the window              │
//!        └───────────────┴───────────────────────────────────────────────────────────────┘
//! ```

mod encode;
mod halt;
mod inspect;
mod lease;
mod reset;
mod run;
mod session;
mod settings;
mod status;
mod stream;

use std::time::Duration;

use event_store::EventStore;
use events::Recorded;
use service_runtime::clock::Stopwatch;
use service_runtime::fault_point;
use tokio::sync::watch;

pub use encode::{Message, encode};
pub use halt::{Fault, Halt, Stop};
pub use settings::{AddressError, NatsAddress, Settings};
pub use status::Status;
pub use stream::stream_name;

use lease::{Claim, Lease};
use session::Session;
use status::Display;

/// Rows read from the log at once.
const PAGE: i64 = 1_000;

/// The stream is asked for its last sequence at least this often.
const ASK_EVERY: Duration = Duration::from_secs(5);

/// How a step of the relay ended.
#[derive(Debug)]
pub enum Pumped {
    /// Everything up to this position, the head of the log, is in the stream.
    UpTo(i64),
    /// Another replica relays this log.
    Standby,
    /// Log and stream contradict each other; looked at again with the next step.
    Halted(Halt),
    /// A machine did not answer; nothing is lost, the next step asks the stream where it is.
    Interrupted(Fault),
}

/// The relay of one log in one replica.
pub struct Relay {
    store: EventStore,
    address: NatsAddress,
    settings: Settings,
    lease: Lease,
    open: Option<Open>,
    /// The newest position known to be in the stream and known to be ours.
    acked: i64,
    display: Display,
}

/// A session, when its stream was last asked for its extent, and whether the tenants' consumers
/// were seen on it.
struct Open {
    session: Session,
    asked: Option<Stopwatch>,
    consumers: bool,
}

impl Relay {
    /// A relay that has not looked at anything yet; it connects with its first step.
    pub fn new(store: EventStore, address: NatsAddress, settings: Settings) -> Self {
        let log_id = store.log_id();
        let lease = Lease::new(store.clone(), service_runtime::ids::new_id());
        Self {
            store,
            address,
            settings,
            lease,
            open: None,
            acked: 0,
            display: Display::new(log_id),
        }
    }

    /// What the relay shows of itself, as it changes.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.display.watch()
    }

    /// One step for tests and drains: asks the stream where it is and publishes up to the head.
    pub async fn pump(&mut self) -> Pumped {
        if let Some(open) = &mut self.open {
            open.asked = None;
        }
        self.lease.ask_again();
        let pumped = self.step().await;
        if let Err(fault) = self.lease.note(self.acked).await {
            return Pumped::Interrupted(fault);
        }
        pumped
    }

    /// Gives up the lease and the connection, so that another relay can go on at once.
    ///
    /// # Errors
    /// When the lease could not be returned; it then ends by itself.
    pub async fn release(&mut self) -> Result<(), Fault> {
        self.open = None;
        self.lease.release().await
    }

    /// One step; the stream is only asked when that is due.
    async fn step(&mut self) -> Pumped {
        let pumped = match self.advance().await {
            Ok(pumped) => pumped,
            Err(Stop::Halted(halt)) => Pumped::Halted(halt),
            Err(Stop::Broken(fault)) => Pumped::Interrupted(fault),
        };
        if !matches!(pumped, Pumped::UpTo(_)) {
            self.open = None;
        }
        self.show(&pumped).await;
        pumped
    }

    /// Shows how a step ended: in metrics, in the log of the service, and in the relay's row for operators.
    async fn show(&mut self, pumped: &Pumped) {
        self.display.ended(pumped);
        let halt = match pumped {
            Pumped::UpTo(_) => None,
            Pumped::Halted(halt) => Some(halt),
            // nothing was learnt about the two histories
            Pumped::Interrupted(_) => return self.show_backlog().await,
            Pumped::Standby => return,
        };
        if let Err(fault) = self.lease.note_halt(halt).await {
            tracing::warn!(error = %status::chain(&fault), "the state of the relay cannot be written down");
        }
        if halt.is_some() {
            self.show_backlog().await;
        }
    }

    /// Commands go on while nothing is published, so the log is asked how far it is.
    async fn show_backlog(&self) {
        if let Ok(head) = self.store.head().await {
            self.display.log_at(head, self.acked);
        }
    }

    async fn advance(&mut self) -> Result<Pumped, Stop> {
        match self.lease.keep(self.acked).await? {
            Claim::Kept => {}
            Claim::Taken { acked } => {
                self.acked = acked;
                self.open = None;
            }
            Claim::Elsewhere => return Ok(Pumped::Standby),
        }
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.connect().await?,
        };
        self.carry_out(&mut open).await?;
        let mut head = 0;
        if open.asked.as_ref().is_none_or(|asked| asked.elapsed() >= ASK_EVERY) {
            head = self.ask(&mut open).await?;
            open.asked = Some(Stopwatch::start());
        }
        if !self.publish(&mut open.session).await? {
            return Ok(Pumped::Standby);
        }
        if self.acked < head {
            return Err(Halt::Hole { expected: self.acked + 1, found: None }.into());
        }
        self.open = Some(open);
        Ok(Pumped::UpTo(self.acked))
    }

    async fn connect(&self) -> Result<Open, Stop> {
        let session = Session::open(&self.address, &self.settings, self.store.log_id()).await?;
        Ok(Open { session, asked: None, consumers: false })
    }

    /// Finds or creates the stream, compares it with the log and takes its word for where we are.
    /// Returns the head of the log at that time.
    async fn ask(&mut self, open: &mut Open) -> Result<i64, Stop> {
        let extent =
            match stream::find(&open.session.context, &self.settings, self.store.log_id()).await? {
                Some(extent) => extent,
                None => {
                    open.consumers = false;
                    self.create_stream(&open.session, None).await?
                }
            };
        let head = inspect::compare(&self.store, &open.session, extent, self.acked).await?;
        if extent.last < self.acked {
            self.display.regressed(self.acked, extent.last);
            // maybe another stream of the same name, made by a relay that slept through its lease
            open.consumers = false;
        }
        self.acked = extent.last;
        if !open.consumers {
            open.consumers = self.ensure_consumers(&open.session).await;
        }
        Ok(head)
    }

    /// A tenant without its consumer must not stop the others: said, and tried again when the
    /// stream is asked next.
    async fn ensure_consumers(&self, session: &Session) -> bool {
        let mut all = true;
        for tenant in &self.settings.tenants {
            let ensured =
                stream::ensure_consumer(&session.context, self.store.log_id(), tenant).await;
            if let Err(fault) = ensured {
                all = false;
                tracing::error!(%tenant, error = %status::chain(&fault), "the tenant's consumer cannot be made");
            }
        }
        all
    }

    /// Publishes up to the head of the log. False: the lease went to another replica meanwhile.
    async fn publish(&mut self, session: &mut Session) -> Result<bool, Stop> {
        let mut sent = self.acked;
        loop {
            let rows = self.store.read_after(sent, PAGE).await.map_err(Fault::Log)?;
            refuse_hole(sent, &rows)?;
            for row in &rows {
                if let Some(acked) = session.publish(row).await? {
                    self.acked = acked;
                }
                sent = row.position;
            }
            let last_page = i64::try_from(rows.len()) != Ok(PAGE);
            if last_page && let Some(acked) = session.settle().await? {
                self.acked = acked;
                fault_point::pass("relay.after-ack");
            }
            let head =
                if last_page { sent } else { self.store.head().await.map_err(Fault::Log)? };
            self.display.progress(head, self.acked);
            if last_page {
                return Ok(true);
            }
            if matches!(self.lease.keep(self.acked).await?, Claim::Elsewhere) {
                return Ok(false);
            }
        }
    }
}

/// The rows must follow on `sent` without a gap.
fn refuse_hole(sent: i64, rows: &[Recorded]) -> Result<(), Halt> {
    for (row, expected) in rows.iter().zip(sent + 1..) {
        if row.position != expected {
            return Err(Halt::Hole { expected, found: Some(row.position) });
        }
    }
    Ok(())
}
