//! A database that died may have lost the newest batches of a read model, rows and checkpoint together: nobody waited
//! for their flush (P3). Whoever runs the lane notices, and calls no event poison for what is missing.

use event_store::{Group, Outcome};
use events::{SaleId, TenantSlug};
use projection_service::App;
use read_models::OnPoison;
use service_runtime::ids::new_id;
use uuid::Uuid;

use crate::rebuild::group;
use crate::support::facts::Step;
use crate::support::{Stage, bulk};

/// The fact of one sale that follows `version` facts before it.
fn fact(tenant: &TenantSlug, version: i64) -> Group {
    let stream = SaleId(Uuid::from_u128(0xBB00_0000)).stream();
    group(
        tenant,
        stream,
        version,
        &Step { tenant: 0, subject: 0, kind: 0, figure: 1 }.of_sale(version),
    )
}

async fn append(stage: &Stage, groups: &[Group]) {
    let outcomes = stage.store.append(new_id(), groups).await.unwrap();
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Appended(_))), "{outcomes:?}");
}

/// What stands in the row of the read model of sales: checkpoint, and why it stands still.
async fn standing(stage: &Stage) -> (i64, Option<String>) {
    let text = "SELECT position, halted FROM es_ops.projection_part WHERE name = 'sale'";
    sqlx::query_as(text).fetch_one(stage.owner()).await.unwrap()
}

/// The read model of sales, its newest batch lost: it had registered a sale.
async fn set_back(stage: &Stage, policy: OnPoison) -> (App, TenantSlug) {
    let tenant = bulk::house(stage).await;
    let sale = read_models::all().into_iter().filter(|model| model.name() == "sale").collect();
    let mut config = stage.config();
    // only what fails can show it
    (config.pace.projection_renew_ms, config.pace.projection_lease_ttl_ms) = (60_000, 120_000);
    let app = stage.running(config, sale).await;
    let told = "UPDATE es_ops.projection SET on_poison = $1 WHERE name = 'sale'";
    sqlx::query(told).bind(policy.as_str()).execute(stage.owner()).await.unwrap();
    app.run_until_caught_up().await.unwrap();
    let row = "SELECT position, applied_hash FROM es_ops.projection_part WHERE name = 'sale'";
    let (position, applied): (i64, Vec<u8>) =
        sqlx::query_as(row).fetch_one(stage.owner()).await.unwrap();
    append(stage, &[fact(&tenant, 0)]).await;
    app.run_until_caught_up().await.unwrap();
    let lost = "WITH lost AS (DELETE FROM rm_sale_1.sale_version), words AS (DELETE FROM rm_sale_1.sale_text)
                UPDATE es_ops.projection_part SET position = $1, applied_hash = $2 WHERE name = 'sale'";
    sqlx::query(lost).bind(position).bind(applied).execute(stage.owner()).await.unwrap();
    (app, tenant)
}

#[tokio::test]
async fn an_event_whose_past_was_lost_with_the_checkpoint_is_no_poison_p3() {
    for policy in [OnPoison::Halt, OnPoison::ParkStream] {
        let stage = Stage::set().await;
        let (app, tenant) = set_back(&stage, policy).await;
        append(&stage, &[fact(&tenant, 1)]).await;
        let head = app.run_until_caught_up().await.unwrap();
        assert_eq!(standing(&stage).await, (head, None));
        let versions = "SELECT count(*) FROM rm_sale_1.sale_version";
        let versions: i64 = sqlx::query_scalar(versions).fetch_one(stage.owner()).await.unwrap();
        assert_eq!(versions, 2);
        let parked = "SELECT count(*) FROM es_ops.parked_stream";
        assert_eq!(sqlx::query_scalar::<_, i64>(parked).fetch_one(stage.owner()).await.unwrap(), 0);
    }
}
