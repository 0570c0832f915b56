//! Which sale types a tenant has.

use events::SaleTypeId;

use super::*;
use crate::testing::TestDatabase;

fn kind(id: u128) -> SaleTypeId {
    SaleTypeId(Uuid::from_u128(id))
}

fn fact(of: SaleTypeId, event_type: &'static str) -> NewEvent {
    let meta = format!(r#"{{"stream":"{}","actor":"ola"}}"#, of.stream());
    NewEvent { meta: meta.into_bytes(), ..event(event_type) }
}

#[tokio::test]
async fn every_type_of_a_tenant_is_found_whatever_became_of_it_so_49() {
    let database = TestDatabase::create().await;
    let store = database.store();
    assert_eq!(store.sale_types(&demo()).await.unwrap(), []);
    for id in [7, 8] {
        append(&store, one(kind(id).stream(), 0, vec![fact(kind(id), "sale-type.defined")])).await;
    }
    append(&store, one(sale(1), 0, vec![registered()])).await;
    append(&store, one(kind(7).stream(), 1, vec![fact(kind(7), "sale-type.deleted")])).await;
    let foreign = one(kind(9).stream(), 0, vec![fact(kind(9), "sale-type.defined")]);
    append(&store, Group { tenant: tenant("other"), ..foreign }).await;
    assert_eq!(store.sale_types(&demo()).await.unwrap(), [kind(8), kind(7)]);
    assert_eq!(store.sale_types(&tenant("other")).await.unwrap(), [kind(9)]);
}

#[tokio::test]
async fn a_log_that_names_a_type_that_cannot_be_says_so() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let nameless = vec![event("sale-type.defined")];
    append(&store, one(kind(7).stream(), 0, nameless)).await;
    let found = store.sale_types(&demo()).await;
    assert!(matches!(found, Err(crate::StoreError::Corrupt { position: 1, .. })), "{found:?}");
}
