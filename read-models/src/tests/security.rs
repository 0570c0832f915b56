//! Row-level security: the query role sees the tenant of its transaction and nothing else.

use events::TenantSlug;
use serde_json::json;
use service_runtime::Role;

use super::agenda::activity_id;
use super::facts::{registered, registration, sale};
use super::party_facts::{company_id, contact_id};
use super::selection_facts::a_selection;
use super::target_facts::many_targets;
use super::{World, today};

const TABLES: [&str; 14] = [
    "activity_version",
    "sale_version",
    "sale_text",
    "stage_version",
    "sale_type_version",
    "user_version",
    "rate_version",
    "tenant_version",
    "list_item_version",
    "selection_version",
    "target_type_version",
    "target_version",
    "company_version",
    "contact_version",
];

/// Rows of a table the query role sees with a setting, in a transaction of its own.
async fn seen(world: &World, table: &str, setting: Option<&str>) -> i64 {
    let pool = world.asking(1);
    let mut tx = pool.begin().await.unwrap();
    if let Some(tenant) = setting {
        sqlx::query("SELECT set_config('salgslogg.tenant_id', $1, true)")
            .bind(tenant)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    let text = format!("SELECT count(*) FROM {table}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(text)).fetch_one(&mut *tx).await.unwrap()
}

/// Two tenants with the fixture and a sale each.
async fn two_tenants() -> (World, TenantSlug, TenantSlug) {
    let mut world = World::provisioned().await;
    world.record(&sale(1).stream(), &[registered(registration())]).await;
    world.plan_to_do(today(), 1, Some(sale(1)), "2026-03-12").await;
    a_selection(&mut world, 1).await;
    many_targets(&mut world).await;
    world.company(1, [None, None, Some("NO")]).await;
    world.contact(1, Some("nina@fjord.example"), None).await;
    let (demo, other) = (world.tenant.clone(), TenantSlug::parse("other").unwrap());
    world.tenant = other.clone();
    world.provision().await;
    world.record(&sale(2).stream(), &[registered(registration())]).await;
    world.plan_to_do(today(), 2, Some(sale(2)), "2026-03-12").await;
    a_selection(&mut world, 2).await;
    many_targets(&mut world).await;
    world.company(2, [None, None, Some("NL")]).await;
    world.contact(2, None, Some("030 123")).await;
    // the same sale's id, by another tenant
    world.plan_to_do(today(), 3, Some(sale(1)), "2026-03-11").await;
    world.follow().await;
    (world, demo, other)
}

#[tokio::test]
async fn without_a_setting_there_are_no_rows_and_no_error() {
    let (world, demo, _) = two_tenants().await;
    let own = world.store.tenant_id(&demo).await.unwrap().unwrap().to_string();
    for table in TABLES {
        assert_eq!(seen(&world, table, None).await, 0, "{table}");
        assert_eq!(seen(&world, table, Some("")).await, 0, "{table}");
        assert_eq!(seen(&world, table, Some("4711")).await, 0, "{table}");
        assert!(seen(&world, table, Some(&own)).await > 0, "{table}");
    }
}

#[tokio::test]
async fn a_setting_does_not_outlive_its_transaction() {
    let (world, _, _) = two_tenants().await;
    let pool = world.asking(1);
    let mut connection = pool.acquire().await.unwrap();
    let set = "BEGIN; SELECT set_config('salgslogg.tenant_id', '1', true); COMMIT";
    sqlx::raw_sql(set).execute(&mut *connection).await.unwrap();
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM sale_version")
        .fetch_one(&mut *connection)
        .await
        .unwrap();
    assert_eq!(left, 0, "the setting is an empty text now, which is no tenant");
}

#[tokio::test]
async fn a_tenant_never_sees_anothers_sales_also_by_guessed_ids() {
    let (world, demo, other) = two_tenants().await;
    for (tenant, own, foreign) in [(&demo, sale(1), sale(2)), (&other, sale(2), sale(1))] {
        let (_, list) = world.ask_as(tenant, Role::Manager, "/v1/sales").await;
        let ids: Vec<_> =
            list["sales"].as_array().unwrap().iter().map(|sale| sale["id"].clone()).collect();
        assert_eq!(ids, [json!(own)]);
        let (_, board) = world.ask_as(tenant, Role::Manager, "/v1/pipeline").await;
        assert_eq!(board["totals"]["open"]["count"], 1);
        for path in [format!("/v1/sales/{foreign}"), format!("/v1/sales/{foreign}/history")] {
            let (status, body) = world.ask_as(tenant, Role::Admin, &path).await;
            assert_eq!((status.as_u16(), &body["code"]), (404, &json!("not_found")), "{path}");
        }
        let feed = format!("/v1/events?aggregate=sale&id={foreign}");
        assert_eq!(world.ask_as(tenant, Role::Auditor, &feed).await.1, json!([]));
        let (_, feed) =
            world.ask_as(tenant, Role::Auditor, "/v1/events?type=sale.registered").await;
        assert_eq!(feed[0]["stream"], format!("sale/{own}"));
        assert_eq!(feed.as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_tenant_never_sees_anothers_activities_also_of_a_sale_with_its_own_id() {
    let (world, demo, other) = two_tenants().await;
    for (tenant, own, of, foreign, next) in
        [(&demo, vec![1], sale(1), 2, "2026-03-12"), (&other, vec![3, 2], sale(2), 1, "2026-03-12")]
    {
        let own: Vec<_> = own.into_iter().map(|n| json!(activity_id(n))).collect();
        for question in ["/v1/activities", "/v1/diary?owner=ola", "/v1/diary?group=North"] {
            let (_, list) = world.ask_as(tenant, Role::Manager, question).await;
            let rows = list["activities"].as_array().unwrap();
            let ids: Vec<_> = rows.iter().map(|row| row["id"].clone()).collect();
            assert_eq!(ids, own, "{question}");
        }
        let (_, card) = world.ask_as(tenant, Role::Admin, &format!("/v1/sales/{of}")).await;
        assert_eq!(card["next_activity_date"], next);
        let path = format!("/v1/activities/{}", activity_id(foreign));
        for path in [path.clone(), format!("{path}/history")] {
            let (status, body) = world.ask_as(tenant, Role::Admin, &path).await;
            assert_eq!((status.as_u16(), &body["code"]), (404, &json!("not_found")), "{path}");
        }
    }
    let (_, list) = world.ask_as(&other, Role::Manager, "/v1/activities?sort=start").await;
    let first = &list["activities"][0];
    assert_eq!((&first["sale_id"], &first["sale_title"]), (&json!(sale(1)), &json!(null)));
}

#[tokio::test]
async fn a_tenant_never_sees_anothers_companies_and_contacts_also_by_guessed_ids() {
    let (world, demo, other) = two_tenants().await;
    for (tenant, own, foreign) in [(&demo, 1, 2), (&other, 2, 1)] {
        for (list, own, foreign) in [
            ("companies", company_id(own).0, company_id(foreign).0),
            ("contacts", contact_id(own).0, contact_id(foreign).0),
        ] {
            let path = format!("/v1/{list}");
            for question in [path.clone(), format!("{path}?id={own},{foreign}")] {
                let (_, body) = world.ask_as(tenant, Role::Admin, &question).await;
                let rows = body[list].as_array().unwrap();
                let ids: Vec<_> = rows.iter().map(|row| row["id"].clone()).collect();
                assert_eq!(ids, [json!(own)], "{question}");
            }
            let (status, body) =
                world.ask_as(tenant, Role::Admin, &format!("{path}/{foreign}")).await;
            assert_eq!((status.as_u16(), &body["code"]), (404, &json!("not_found")), "{path}");
        }
    }
}

#[tokio::test]
async fn an_unknown_tenant_gets_empty_answers() {
    let (world, ..) = two_tenants().await;
    let nobody = TenantSlug::parse("nobody").unwrap();
    for (question, list) in [
        ("/v1/pipeline", "columns"),
        ("/v1/forecast", "rows"),
        ("/v1/sales", "sales"),
        ("/v1/activities", "activities"),
        ("/v1/diary", "activities"),
        ("/v1/diary", "sales"),
        ("/v1/stages", "stages"),
        ("/v1/sale-types", "sale_types"),
        ("/v1/users", "users"),
        ("/v1/currencies", "currencies"),
        ("/v1/companies", "companies"),
        ("/v1/contacts", "contacts"),
    ] {
        let (status, body) = world.ask_as(&nobody, Role::Seller, question).await;
        assert_eq!((status.as_u16(), &body[list]), (200, &json!([])), "{question}");
    }
    assert_eq!(world.ask_as(&nobody, Role::Analyst, "/v1/events").await.1, json!([]));
}

#[tokio::test]
async fn the_query_role_cannot_write() {
    let (world, ..) = two_tenants().await;
    let pool = world.asking(1);
    for write in [
        "DELETE FROM sale_version",
        "DELETE FROM activity_version",
        "UPDATE es_ops.projection SET state = 'retired'",
    ] {
        let refused = sqlx::query(write).execute(&pool).await.unwrap_err();
        let code = refused.as_database_error().and_then(|error| error.code()).unwrap().into_owned();
        assert_eq!(code, "42501", "{write}");
    }
}

#[tokio::test]
async fn the_event_feed_is_not_for_sellers() {
    let (world, demo, _) = two_tenants().await;
    let (status, body) = world.ask_as(&demo, Role::Seller, "/v1/events").await;
    assert_eq!((status.as_u16(), &body["code"]), (403, &json!("forbidden")));
}
