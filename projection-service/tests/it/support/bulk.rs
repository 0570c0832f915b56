//! Long logs, fast: many sales with a short life each, a whole batch to the log at a time.

use event_store::{Group, Outcome, StreamAppend};
use events::{Metadata, NewEvent, SaleId, StreamName, TenantSlug};
use service_runtime::ids::new_id;
use uuid::Uuid;

use super::Stage;
use super::facts::Step;
use crate::rebuild::group;

/// Facts of one sale in this file.
pub const LIFE: u32 = 5;

/// The tenant, provisioned.
pub async fn house(stage: &Stage) -> TenantSlug {
    let tenant = TenantSlug::parse("demo").unwrap();
    let settings = StreamName::of_tenant(&tenant);
    append(stage, &[group(&tenant, settings, 0, &Step::provisioning())]).await;
    tenant
}

/// Registers the sales `numbers` and lets each of them live on, [`LIFE`] facts in all.
pub async fn sales(stage: &Stage, tenant: &TenantSlug, numbers: std::ops::Range<u32>) {
    let groups: Vec<Group> = numbers.map(|number| life(tenant, number)).collect();
    for groups in groups.chunks(400) {
        append(stage, groups).await;
    }
}

async fn append(stage: &Stage, groups: &[Group]) {
    for outcome in stage.store.append(new_id(), groups).await.unwrap() {
        assert!(matches!(outcome, Outcome::Appended(_)), "{outcome:?}");
    }
}

fn life(tenant: &TenantSlug, number: u32) -> Group {
    let stream = SaleId(Uuid::from_u128(0xAA00_0000 + u128::from(number))).stream();
    let metadata = Metadata {
        stream: stream.to_string(),
        actor: "ola".into(),
        command: None,
        correlation: None,
        causation: None,
        traceparent: None,
    };
    let fact = |version: u32| {
        let kind = u8::try_from((number * 7 + version) % 10).unwrap();
        let figure = u8::try_from((number + version * 31) % 256).unwrap();
        let subject = u8::try_from(number % 6).unwrap();
        let fact = Step { tenant: 0, subject, kind, figure }.of_sale(i64::from(version));
        NewEvent::new(new_id(), &fact, &metadata)
    };
    let events = (0..LIFE).map(fact).collect();
    let appends = vec![StreamAppend { stream, expected: 0, events }];
    Group { tenant: tenant.clone(), receipt: None, effective_at: None, appends }
}
