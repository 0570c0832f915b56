//! What a relay shows of itself: metrics for machines, a [`Status`] to watch, one log line per
//! change of state. Must not influence what the relay does.

use metrics::{counter, gauge};
use tokio::sync::watch;

use super::Pumped;
use super::halt::Halt;

/// What the relay knows of itself, as of its last step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// Last position of the log.
    pub head: i64,
    /// Last position acknowledged by the stream.
    pub published: i64,
    /// Why nothing is published, while that is so.
    pub halted: Option<Halt>,
    /// Whether this replica is the one that relays.
    pub leading: bool,
    /// How often the stream had lost an acknowledged tail.
    pub regressions: u64,
    /// Steps in a row that ended with a machine not answering.
    pub interruptions: u32,
}

impl Status {
    /// Positions committed but not yet in the stream.
    pub fn backlog(&self) -> i64 {
        (self.head - self.published).max(0)
    }
}

/// Publishes the status after each step.
pub(super) struct Display {
    log: String,
    status: watch::Sender<Status>,
}

impl Display {
    pub(super) fn new(log_id: i16) -> Self {
        Self { log: log_id.to_string(), status: watch::Sender::new(Status::default()) }
    }

    pub(super) fn watch(&self) -> watch::Receiver<Status> {
        self.status.subscribe()
    }

    pub(super) fn regressed(&self, acked: i64, found: i64) {
        tracing::warn!(log = %self.log, acked, found, "the stream lost an acknowledged tail; filling it again");
        self.status.send_modify(|status| status.regressions += 1);
        counter!("salgslogg_relay_regressed_total", "log" => self.log.clone()).increment(1);
    }

    pub(super) fn progress(&self, head: i64, published: i64) {
        self.status.send_modify(|status| {
            status.head = head;
            status.published = published;
        });
        let backlog = self.status.borrow().backlog();
        self.gauge("salgslogg_relay_head_position", head);
        self.gauge("salgslogg_relay_published_position", published);
        self.gauge("salgslogg_relay_backlog", backlog);
    }

    /// The log goes on while nothing is published: the backlog is the alarm (case 25).
    pub(super) fn log_at(&self, head: i64, published: i64) {
        self.progress(head, published.min(head));
    }

    /// The stream was made anew because an operator asked for it.
    pub(super) fn made_anew(&self, first: i64) {
        tracing::warn!(log = %self.log, first, "made the stream anew, as an operator asked");
        counter!("salgslogg_relay_resets_total", "log" => self.log.clone()).increment(1);
    }

    /// Notes the end of a step, and says so when the state changed.
    pub(super) fn ended(&self, step: &Pumped) {
        let before = self.status.borrow().clone();
        let halted = if let Pumped::Halted(halt) = step { Some(halt.clone()) } else { None };
        let interruptions = if matches!(step, Pumped::Interrupted(_)) {
            before.interruptions.saturating_add(1)
        } else {
            0
        };
        if halted != before.halted {
            self.announce(before.halted.as_ref(), halted.as_ref());
        }
        if let (Pumped::Interrupted(fault), 1) = (step, interruptions) {
            tracing::warn!(log = %self.log, error = %chain(fault), "the relay was interrupted; trying again");
        } else if before.interruptions > 0 && interruptions == 0 {
            tracing::info!(log = %self.log, after = before.interruptions, "the relay goes on after interruptions");
        }
        self.status.send_modify(|status| {
            status.leading = !matches!(step, Pumped::Standby);
            status.halted = halted;
            status.interruptions = interruptions;
        });
        self.gauge("salgslogg_relay_leading", i64::from(!matches!(step, Pumped::Standby)));
        self.gauge("salgslogg_relay_interruptions", i64::from(interruptions));
    }

    fn announce(&self, before: Option<&Halt>, now: Option<&Halt>) {
        if let Some(halt) = before {
            gauge!("salgslogg_relay_halted", "log" => self.log.clone(), "reason" => halt.code())
                .set(0.0);
        }
        match now {
            Some(halt) => {
                gauge!("salgslogg_relay_halted", "log" => self.log.clone(), "reason" => halt.code()).set(1.0);
                self.gauge("salgslogg_relay_halted_position", halt.position().unwrap_or_default());
                tracing::error!(log = %self.log, code = halt.code(), reason = %halt, "the relay has halted");
            }
            None => {
                self.gauge("salgslogg_relay_halted_position", 0);
                tracing::info!(log = %self.log, "the reason for the halt has gone; the relay goes on")
            }
        }
    }

    fn gauge(&self, name: &'static str, value: i64) {
        // a position stays exact in a double up to 2^53
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a double")]
        gauge!(name, "log" => self.log.clone()).set(value as f64);
    }
}

/// An error with its causes on one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
