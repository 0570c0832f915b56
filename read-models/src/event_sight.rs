//! Which events of the log a caller sees (SO-44, SO-31). Rights come from the tenant's own stream, so whoever sees
//! everything reads the log without any read model; for everybody else whose a sale is comes from the read model, and the
//! feed goes as far as that has come. What is left out shows as a hole in `previous`, never as a line.
//!
//! An event is left out when it is about what the caller does not see, and also when it names a sale that they do not see:
//! its bytes are what its hash was made of, so it is shown whole or not at all.

mod told;

use std::collections::HashSet;

use events::codec::aggregate_of;
use events::rights::{Level, Ownership, Records, TenantRights};
use events::{Aggregate, Event, Recorded, StreamName, TenantSlug};
use service_runtime::{Actor, Problem, Right};
use uuid::Uuid;

use crate::ask::{Questions, Sight, Snapshot, When, log_failed, unreadable};
use told::Told;

/// A reader of the log.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    questions: Questions,
    actor: Actor,
    when: When,
    everything: bool,
}

/// Who may do what in a tenant, as the log has it now.
pub(crate) async fn rights_of(
    questions: &Questions,
    tenant: &TenantSlug,
) -> Result<TenantRights, Problem> {
    let stream = StreamName::of_tenant(tenant).stream_id(tenant);
    let stored = questions.store.load(tenant, stream, 0).await;
    let stored = stored.and_then(event_store::verify::whole).map_err(|e| log_failed(&e))?;
    let mut rights = TenantRights::default();
    for event in &stored {
        if let Event::Tenant(fact) = event.decode().map_err(|e| unreadable(&e))? {
            rights.evolve(&fact);
        }
    }
    Ok(rights)
}

impl Reader {
    /// The caller, with these rights in their tenant.
    pub fn new(questions: &Questions, actor: Actor, rights: &TenantRights, when: When) -> Self {
        let everything = Sight::of(&actor, rights).is_none() && reads_all_targets(&actor, rights);
        Self { questions: questions.clone(), actor, when, everything }
    }

    /// The tenant whose log it is.
    pub fn tenant(&self) -> &TenantSlug {
        &self.actor.tenant
    }

    /// The events of a page that are shown, and whether the page ends before it was meant to, because the read model has
    /// not come further.
    pub async fn shown(&self, mut page: Vec<Recorded>) -> Result<(Vec<Recorded>, bool), Problem> {
        if self.everything || page.is_empty() {
            return Ok((page, false));
        }
        let mut snapshot = Snapshot::open(&self.questions, &self.actor, &self.when).await?;
        let read = page.len();
        page.retain(|event| event.position <= snapshot.position);
        let cut = page.len() < read;
        let of = |aggregate| {
            let events = page.iter().filter(move |event| concerns(event, aggregate));
            let streams: HashSet<Uuid> = events.map(|event| event.stream_id).collect();
            streams.into_iter().collect::<Vec<Uuid>>()
        };
        let (sales, activities) = (of(Aggregate::Sale), of(Aggregate::Activity));
        let mut seen: HashSet<Uuid> = snapshot.seen_sales(&sales).await?.into_iter().collect();
        seen.extend(snapshot.seen_activities(&activities).await?);
        let selections = of(Aggregate::Selection);
        seen.extend(snapshot.seen_selections(&self.actor, &selections).await?);
        let targets = of(Aggregate::Target);
        seen.extend(snapshot.seen_target_streams(&self.actor, &targets).await?);
        let judged = sales.into_iter().chain(activities).chain(selections).chain(targets);
        let hidden: HashSet<Uuid> = judged.filter(|stream| !seen.contains(stream)).collect();
        page.retain(|event| !hidden.contains(&event.stream_id));
        Ok((self.discreet(&mut snapshot, page).await?, cut))
    }

    /// Those of some events that name no sale the caller does not see and, unless they add users, nobody else's views
    /// (SF-14).
    async fn discreet(
        &self,
        snapshot: &mut Snapshot,
        page: Vec<Recorded>,
    ) -> Result<Vec<Recorded>, Problem> {
        let tenant = self.tenant();
        let told = page.iter().map(Told::by).collect::<Result<Vec<Told>, _>>();
        let told = told.map_err(|e| unreadable(&e))?;
        let named: HashSet<Uuid> = told.iter().flat_map(|told| told.streams(tenant)).collect();
        let named: Vec<Uuid> = named.into_iter().collect();
        let seen = if named.is_empty() { Vec::new() } else { snapshot.seen_sales(&named).await? };
        let seen: HashSet<Uuid> = seen.into_iter().collect();
        let own = StreamName::of_user(&self.actor.user).stream_id(tenant);
        let every_view = snapshot.rights.may(self.actor.roles, Right::AddUsers);
        let shown = |(event, told): &(Recorded, Told)| {
            let may_look = !told.own_view || every_view || event.stream_id == own;
            may_look && told.streams(tenant).all(|stream| seen.contains(&stream))
        };
        let shown = page.into_iter().zip(told).filter(shown);
        Ok(shown.map(|(event, _)| event).collect())
    }
}

/// Whether no target is hidden from a caller (ST-8).
fn reads_all_targets(actor: &Actor, rights: &TenantRights) -> bool {
    let level = |whose| rights.level(actor.roles, Records::Targets, whose);
    Ownership::ALL.into_iter().all(|whose| level(whose) >= Level::Read)
}

fn concerns(event: &Recorded, aggregate: Aggregate) -> bool {
    aggregate_of(&event.event_type) == Some(aggregate)
}
