//! What runs beside the requests: the relay and the keeper of partitions. Must not answer
//! anybody.

use std::time::Duration;

use event_store::{EventStore, partitions};
use events::TenantSlug;
use service_runtime::clock::back_off;
use service_runtime::tasks::Tasks;
use service_runtime::telemetry::Metrics;

use crate::app::App;
use crate::process::{
    ActivityReminder, AssignmentNotice, GuideSuggestion, Reaction, Rules, StageAdvance,
    StallFollowUp, StalledSaleReopen, Steps, TargetTypeCleanup, run,
};
use crate::relay::{NatsAddress, Relay};
use crate::sending::send_order;

const SECONDS_A_DAY: i32 = 86_400;

/// Partitions are looked after this often.
const PARTITIONS_EVERY: Duration = Duration::from_secs(300);

impl App {
    /// The relay of this service's log; none when no NATS is configured.
    ///
    /// # Errors
    /// When the NATS address or a tenant's slug cannot be read.
    pub fn relay(&self) -> anyhow::Result<Option<Relay>> {
        let config = self.config();
        let Some(url) = &config.nats_url else { return Ok(None) };
        let address = NatsAddress::parse(url.reveal())?;
        let tenants: Result<Vec<_>, _> =
            config.nats_tenant_consumers.iter().map(|slug| TenantSlug::parse(slug)).collect();
        let settings = config.relay_settings(tenants?);
        Ok(Some(Relay::new(self.store().clone(), address, settings)))
    }

    /// The process manager that reopens stalled sales on their date (SO-16).
    pub fn stalled_sale_reopen(&self) -> StalledSaleReopen {
        StalledSaleReopen::new(self.store().clone(), send_order(self.executor().clone()))
    }

    /// A process manager that sends what an event asks for (SD-6, SG-19, SG-23, SO-14, ST-6, §6-A32).
    pub fn reaction<R: Rules>(&self) -> Reaction<R> {
        Reaction::new(self.store().clone(), send_order(self.executor().clone()))
    }

    fn start<M: Steps + 'static>(&self, manager: M, tasks: &Tasks) {
        tasks.spawn_vital(M::NAME, run(manager, self.clock().clone(), tasks.token()));
    }

    /// Starts everything that runs beside the requests, until `tasks` is told to stop.
    ///
    /// # Errors
    /// When a setting cannot be read.
    pub fn start_workers(&self, tasks: &Tasks) -> anyhow::Result<()> {
        Metrics::install().keep_small(tasks);
        tasks.spawn_until_stopped(keep_partitions_ahead(self.store().clone()));
        self.start(self.stalled_sale_reopen(), tasks);
        self.start(self.reaction::<TargetTypeCleanup>(), tasks);
        if self.config().notices {
            self.start(self.reaction::<ActivityReminder>(), tasks);
            self.start(self.reaction::<AssignmentNotice>(), tasks);
            self.start(self.reaction::<StallFollowUp>(), tasks);
            self.start(self.reaction::<GuideSuggestion>(), tasks);
            self.start(self.reaction::<StageAdvance>(), tasks);
        }
        if let Some(relay) = self.relay()? {
            tasks.spawn_vital("relay", relay.run(tasks.token()));
        } else {
            tracing::warn!("SALGSLOGG_NATS_URL is not set: nothing is published");
        }
        Ok(())
    }
}

/// Creates partitions before they are needed and tells the alarm how many are ready.
async fn keep_partitions_ahead(store: EventStore) {
    loop {
        match partitions::ensure(&store).await {
            Ok(ahead) => {
                metrics::gauge!("salgslogg_event_partitions_ahead").set(f64::from(ahead.events));
                metrics::gauge!("salgslogg_receipt_room_seconds")
                    .set(f64::from(ahead.days.saturating_mul(SECONDS_A_DAY)));
            }
            Err(error) => tracing::error!(%error, "partitions could not be created ahead"),
        }
        back_off(PARTITIONS_EVERY).await;
    }
}
