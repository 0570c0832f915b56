//! Row-level security: the query role sees the tenant of its transaction and nothing else.

use events::rights::Right;
use events::sale::{Details, Link, LinkKind, LinkTarget, Registration, Visibility};
use events::selection::{SelectionKind, SelectionTerms};
use events::{
    ActivityEvent, Event, SaleEvent, SelectionEvent, SelectionId, StreamName, TenantEvent,
    TenantSlug, TypeName, UserEvent, UserId,
};
use serde_json::{Value, json};
use service_runtime::Role;
use uuid::Uuid;

use super::agenda::{activity, activity_id, assigned, days, planned, terms};
use super::facts::{board_view, registered, registration, sale};
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

fn named(name: &str) -> TypeName {
    TypeName::parse(name).unwrap()
}

fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

/// A link to sale `n`.
fn link(n: u128) -> Link {
    let to = LinkTarget::parse(LinkKind::Sale, &sale(n).to_string()).unwrap();
    Link { to, name: named("Before") }
}

fn saved(name: &str) -> Event {
    Event::User(UserEvent::ViewSaved { name: named(name), view: board_view() })
}

/// Ola's sale 1; Kari's sale 2, which nobody else is shown; and every kind of event that names a sale or saves a view.
async fn with_an_unseen_sale() -> World {
    let mut world = World::provisioned().await;
    world.record(&sale(1).stream(), &[registered(registration())]).await;
    let details = Details { visibility: Visibility::Owner, ..Details::default() };
    let hidden = Registration { owner: user("kari"), details, ..registration() };
    world.record(&sale(2).stream(), &[registered(hidden)]).await;
    let links = [
        SaleEvent::LinkAdded(link(1)),
        SaleEvent::LinkAdded(link(2)),
        SaleEvent::LinkRemoved(link(2).to),
    ];
    world.record(&sale(1).stream(), &links.map(Event::Sale)).await;
    let slot = days("2026-03-12", "2026-03-12");
    let about = |n: u128| Event::Activity(ActivityEvent::Edited(terms("Call", Some(sale(n)))));
    world.record(&activity(1), &[planned("Call", Some(sale(2)), slot), about(1)]).await;
    let selection = [
        SelectionEvent::Created {
            kind: SelectionKind::Static,
            terms: SelectionTerms {
                name: named("Call them"),
                owner: user("kari"),
                owner_group: None,
                category: None,
                description: None,
                visibility: Visibility::All,
            },
            criteria: None,
        },
        SelectionEvent::MembersAdded { sales: vec![sale(1)] },
        SelectionEvent::MembersAdded { sales: vec![sale(1), sale(2)] },
        SelectionEvent::MembersRemoved { sales: vec![sale(2)] },
        SelectionEvent::MembersRemoved { sales: vec![sale(1)] },
    ];
    let stream = SelectionId(Uuid::from_u128(0xA1)).stream();
    world.record(&stream, &selection.map(Event::Selection)).await;
    let favourites = [
        UserEvent::FavouriteAdded { sale: sale(1) },
        UserEvent::FavouriteAdded { sale: sale(2) },
        UserEvent::FavouriteRemoved { sale: sale(2) },
        UserEvent::ViewRemoved { name: named("Hers") },
    ];
    let kari = StreamName::of_user(&user("kari"));
    world.record(&kari, &[saved("Hers")]).await;
    world.record(&kari, &favourites.map(Event::User)).await;
    world.record(&StreamName::of_user(&user("ola")), &[saved("His")]).await;
    world.follow().await;
    world
}

/// Lines of the whole feed, as its reader in a role has them.
async fn fed(world: &World, role: Role) -> Vec<Value> {
    let (status, lines) = world.ask_as(&world.tenant, role, "/v1/events?limit=10000").await;
    assert_eq!(status.as_u16(), 200, "{lines}");
    lines.as_array().unwrap().clone()
}

#[tokio::test]
async fn the_feed_shows_no_event_that_names_an_unseen_sale_and_nobody_elses_views_so_44_sf_14() {
    let mut world = with_an_unseen_sale().await;
    let all = fed(&world, Role::Auditor).await;
    assert_eq!(all.len(), world.log().await.len(), "who sees everything reads all of the log");
    assert_eq!(fed(&world, Role::Admin).await, all);
    let names_it = |line: &&Value| line.to_string().contains(&sale(2).to_string());
    let her_views = |line: &&Value| {
        let kind = line["type"].as_str().unwrap();
        line["stream"] == "user/kari" && kind.starts_with("user.view-")
    };
    let counts = (all.iter().filter(names_it).count(), all.iter().filter(her_views).count());
    assert_eq!(counts, (8, 2));
    let shown: Vec<Value> =
        all.iter().filter(|line| !names_it(line) && !her_views(line)).cloned().collect();
    assert_eq!(fed(&world, Role::Manager).await, shown, "every other line, byte for byte");
    let (role, right) = (Role::Manager, Right::AddUsers);
    let given = TenantEvent::FunctionalRightSet { role, right, allowed: true };
    world.record(&StreamName::of_tenant(&world.tenant.clone()), &[Event::Tenant(given)]).await;
    world.follow().await;
    let all = fed(&world, Role::Auditor).await;
    let shown: Vec<Value> = all.iter().filter(|line| !names_it(line)).cloned().collect();
    assert_eq!(fed(&world, Role::Manager).await, shown, "who adds users sees their views");
}

/// Of activities on a hidden sale only one's own; the list, its pages and its file are one.
#[tokio::test]
async fn what_wants_attention_is_what_somebody_sees_so_44_so_31() {
    let mut world = with_an_unseen_sale().await;
    let on_it = || planned("Secret", Some(sale(2)), days("2026-03-12", "2026-03-12"));
    world.record(&activity(2), &[on_it(), assigned("kari")]).await;
    world.record(&activity(3), &[on_it()]).await;
    world.follow().await;
    let overdue = "owner=ola,kari&today=2026-12-31";
    let ids = |items: &Value| -> Vec<Value> {
        items["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
    };
    let activities = [activity_id(1), activity_id(2), activity_id(3)].map(|id| json!(id));
    let [first, second, third] = &activities;
    let (mine, hers) = (json!(sale(1)), json!(sale(2)));
    for (role, seen) in [
        (Role::Auditor, vec![first, second, third, &mine, &hers]),
        (Role::Manager, vec![first, third, &mine]),
    ] {
        let ask = async |query: String| world.ask_as(&world.tenant, role, &query).await.1;
        let due = ask(format!("/v1/due?{overdue}")).await;
        assert_eq!(ids(&due).iter().collect::<Vec<_>>(), seen, "{role:?}");
        assert_eq!(due["count"], seen.len(), "{role:?}");
        let page = ask(format!("/v1/due?{overdue}&limit=2")).await;
        let cursor = page["next"].as_str().unwrap();
        let rest = ask(format!("/v1/due?{overdue}&limit=2&cursor={cursor}")).await;
        assert_eq!(ids(&rest)[0], *seen[2], "{role:?}");
        for kind in ["overdue_sale", "overdue_activity"] {
            let some = ask(format!("/v1/due?{overdue}&kind={kind}")).await;
            let of = if kind == "overdue_sale" { "sale" } else { "activity" };
            let some = some["items"].as_array().unwrap();
            assert!(!some.is_empty() && some.iter().all(|item| item["about"] == of), "{kind}");
        }
    }
}
