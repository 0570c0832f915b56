//! Activities as lists, cards and histories show them.

use events::activity::ActivityTerms;
use events::sale::{Details, Parties, Registration, Visibility};
use events::values::Note;
use events::{ActivityEvent, Event, Party, SaleId, TypeName, UserId};
use serde_json::json;
use service_runtime::Role;
use uuid::Uuid;

use super::agenda::{
    activity, activity_id, assigned, completed, days, deleted, planned, reopened, rescheduled,
    terms, times,
};
use super::facts::{registered, registration, sale};
use super::party_facts::{company_id, contact_id, linked};
use super::{World, today};

#[tokio::test]
async fn a_card_tells_everything_and_its_version() {
    let mut world = World::provisioned().await;
    world.record_at(Some(today()), &sale(1).stream(), &[registered(registration())]).await;
    let company = Party { id: Uuid::from_u128(7), name: TypeName::parse("Fjord AS").unwrap() };
    let edited = Event::Activity(ActivityEvent::Edited(ActivityTerms {
        description: Some(Note::parse("Bring the offer").unwrap()),
        parties: Parties { company: Some(company), ..Parties::default() },
        alarm_minutes: Some(30),
        ..terms("Customer meeting", Some(sale(1)))
    }));
    let slot = times("2026-03-17T23:00:00Z", "2026-03-18T00:00:00Z");
    let facts = [planned("Meeting", None, slot), edited, assigned("per")];
    world.record_at(Some(today()), &activity(1), &facts).await;
    world.follow().await;
    let path = format!("/v1/activities/{}", activity_id(1));
    let card = world.ask(&path).await;
    let expected = json!({
        "id": activity_id(1), "version": 3, "kind": "meeting", "title": "Customer meeting",
        "start": "2026-03-17T23:00:00Z", "end": "2026-03-18T00:00:00Z", "all_day": false,
        "start_day": "2026-03-18", "end_day": "2026-03-18", "owner": "per", "owner_name": "Per", "group": "South",
        "sale_id": sale(1), "sale_number": "1001", "sale_title": "Fjord ERP",
        "company": {"id": Uuid::from_u128(7), "name": "Fjord AS"}, "contact": null, "project": null,
        "alarm_minutes": 30, "alarm_at": "2026-03-17T22:30:00Z",
        "location": null, "priority": null, "type": null, "assigned_by": null, "assignment": null, "status": "not_started",
        "series": null,
        "busy_from": "2026-03-17T23:00:00Z", "busy_to": "2026-03-18T00:00:00Z", "completed": false, "completed_on": null,
        "overdue": false, "planned_on": "2026-03-10", "updated_at": "2026-03-10T09:00:00Z",
        "description": "Bring the offer",
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&card[field], value, "{field}");
    }
    assert_eq!(world.ask(&format!("{path}?today=2026-03-19")).await["overdue"], true);
    assert_eq!(world.refused(&format!("{path}?as_of=2026-03-09")).await, (404, "not_found".into()));
    world.record(&activity(1), &[deleted()]).await;
    world.follow().await;
    assert_eq!(world.refused(&path).await, (404, "not_found".into()), "deleted");
    assert_eq!(world.refused("/v1/activities/no-id").await.0, 400);
}

#[tokio::test]
async fn a_history_tells_every_change_also_of_a_deleted_activity() {
    let mut world = World::provisioned().await;
    let facts = [
        planned("Call", Some(sale(1)), times("2026-03-17T09:00:00Z", "2026-03-17T09:15:00Z")),
        rescheduled(days("2026-03-18", "2026-03-19")),
        assigned("kari"),
        completed("2026-03-19"),
        reopened(),
        deleted(),
    ];
    world.record_at(Some(today()), &activity(1), &facts).await;
    world.follow().await;
    let path = format!("/v1/activities/{}/history", activity_id(1));
    let history = world.ask(&path).await;
    let events = history["events"].as_array().unwrap();
    let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "activity.planned",
            "activity.rescheduled",
            "activity.assigned",
            "activity.completed",
            "activity.reopened",
            "activity.deleted"
        ]
    );
    let first: Vec<_> = events[0]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["field"].as_str().unwrap())
        .collect();
    assert_eq!(first, ["kind", "title", "start", "end", "owner", "group", "sale_id", "deleted"]);
    assert_eq!(
        events[1]["changes"],
        json!([{"field": "start", "from": "2026-03-17T09:00:00Z", "to": "2026-03-18"},
               {"field": "end", "from": "2026-03-17T09:15:00Z", "to": "2026-03-19"}])
    );
    assert_eq!(
        events[2]["changes"],
        json!([{"field": "owner", "from": "ola", "to": "kari", "from_name": "Ola", "to_name": "Kari"},
               {"field": "group", "from": "North", "to": "South"}])
    );
    assert_eq!(
        events[3]["changes"],
        json!([{"field": "completed_on", "from": null, "to": "2026-03-19"}])
    );
    assert_eq!(events[5]["changes"], json!([{"field": "deleted", "from": "false", "to": "true"}]));
    let nobody = format!("/v1/activities/{}/history", activity_id(2));
    assert_eq!(world.refused(&nobody).await, (404, "not_found".into()));
}

#[tokio::test]
async fn the_list_filters_by_field_sorts_and_pages() {
    let mut world = World::provisioned().await;
    world.plan_to_do(today(), 1, Some(sale(1)), "2026-03-08").await;
    world.plan_to_do(today(), 2, None, "2026-03-10").await;
    let call = planned("Call Kari", None, times("2026-03-09T23:30:00Z", "2026-03-10T01:00:00Z"));
    world.record(&activity(3), &[call, assigned("per")]).await;
    world.record(&activity(2), &[completed("2026-03-10")]).await;
    let week = planned("Fair", None, days("2026-03-05", "2026-03-15"));
    world.record(&activity(4), &[week]).await;
    world.follow().await;
    let titles = async |parameters: &str| {
        let list = world.ask(&format!("/v1/activities?{parameters}")).await;
        let rows = list["activities"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| row["title"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
            .join(", ")
    };
    assert_eq!(titles("").await, "Fair, To-do 1, To-do 2, Call Kari", "half past midnight in Oslo");
    assert_eq!(titles("sort=-end").await, "Fair, Call Kari, To-do 2, To-do 1");
    assert_eq!(titles("sort=title").await, "Call Kari, Fair, To-do 1, To-do 2");
    assert_eq!(titles("sort=completed_on&limit=1").await, "To-do 2");
    assert_eq!(titles("owner=per").await, "Call Kari");
    assert_eq!(titles("group=North&completed=false").await, "Fair, To-do 1");
    assert_eq!(titles(&format!("sale={}", sale(1))).await, "To-do 1");
    assert_eq!(titles("kind=meeting").await, "Call Kari");
    assert_eq!(titles("overdue=true").await, "To-do 1");
    assert_eq!(
        titles("overdue=true&today=2026-03-11").await,
        "To-do 1, Call Kari",
        "done ones are not overdue"
    );
    assert_eq!(titles("from=2026-03-10&to=2026-03-10").await, "Fair, To-do 2, Call Kari");
    assert_eq!(titles("to=2026-03-07").await, "Fair");
    assert_eq!(titles("title=TO-DO").await, "To-do 1, To-do 2");
    assert_eq!(titles("owner=nobody").await, "");
    let first = world.ask("/v1/activities?limit=3").await;
    let next = first["next"].as_str().unwrap();
    world.record(&activity(4), &[deleted()]).await;
    world.follow().await;
    let rest = world.ask(&format!("/v1/activities?limit=3&cursor={next}")).await;
    assert_eq!(rest["activities"].as_array().unwrap().len(), 1, "as it was on the first page");
    assert_eq!(rest["activities"][0]["title"], "Call Kari");
    for question in [
        "/v1/activities?from=2026-03-02&to=2026-03-01",
        "/v1/activities?kind=party",
        "/v1/activities?sort=colour",
        "/v1/activities?sale=1001",
        "/v1/activities?limit=501",
    ] {
        assert_eq!(world.refused(question).await, (400, "bad_parameter".into()), "{question}");
    }
    let unknown = world.refused("/v1/activities?colour=red").await;
    assert_eq!(unknown, (400, "unknown_parameter".into()));
}

/// An activity of Ola's in March with these parties.
async fn with_parties(
    world: &mut World,
    n: u128,
    (title, of): (&str, Option<SaleId>),
    parties: Parties,
) {
    let edited = ActivityTerms { parties, ..terms(title, of) };
    let edited = Event::Activity(ActivityEvent::Edited(edited));
    let slot = days("2026-03-12", "2026-03-12");
    world.record(&activity(n), &[planned(title, of, slot), edited]).await;
}

/// Contact 0 is linked to company 0 in a sale of Ola's, contact 1 to company 1 in a sale of Kari's that only she is shown,
/// contact 2 to company 2 in an activity of hers on it; each company has an activity of Ola's.
#[tokio::test]
async fn a_contact_leads_to_a_company_only_through_what_the_caller_sees_sd_30_so_44() {
    let mut world = World::provisioned().await;
    let beside = |n: u128| linked(Some(company_id(n).0), Some(contact_id(n).0));
    let shown = Registration { parties: beside(0), ..registration() };
    world.record(&sale(1).stream(), &[registered(shown)]).await;
    let hidden = Registration {
        owner: UserId::parse("kari").unwrap(),
        parties: beside(1),
        details: Details { visibility: Visibility::Owner, ..Details::default() },
        ..registration()
    };
    world.record(&sale(2).stream(), &[registered(hidden)]).await;
    with_parties(&mut world, 1, ("Secret", Some(sale(2))), beside(2)).await;
    world.record(&activity(1), &[assigned("kari")]).await;
    for n in 0..3 {
        let title = format!("At company {n}");
        let there = linked(Some(company_id(n).0), None);
        with_parties(&mut world, 10 + n, (&title, None), there).await;
    }
    world.follow().await;
    for (role, found) in [
        (Role::Auditor, ["At company 0", "At company 1", "At company 2, Secret"]),
        (Role::Manager, ["At company 0", "", ""]),
    ] {
        for (n, titles) in (0..).zip(found) {
            let question =
                format!("/v1/activities?sort=title&sums=true&of_contact={}", contact_id(n).0);
            let (status, list) = world.ask_as(&world.tenant, role, &question).await;
            assert_eq!(status, 200, "{question}: {list}");
            let rows = list["activities"].as_array().unwrap().iter();
            let told: Vec<_> = rows.map(|row| row["title"].as_str().unwrap()).collect();
            assert_eq!(told.join(", "), titles, "{role:?} of contact {n}");
            assert_eq!(list["sums"]["count"], told.len(), "{role:?} of contact {n}");
        }
    }
}
