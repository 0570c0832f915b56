//! Targets beside what was won (ST-1 to ST-20, S16).

use events::sale::Registration;
use events::sale::{ReopenCause, ReopenedFrom};
use events::target::TargetPlace;
use events::{Event, SaleEvent, TargetEvent, UserId};
use serde_json::{Value, json};
use service_runtime::Role;

use super::facts::{SC, all_profit, money, percent, registered, registration, sale, worth};
use super::target_facts::{
    added, cells, many_targets, of_company, of_group, of_user, type_id, won,
};
use super::{World, instant};

/// The target of a level and assignee.
pub(super) fn target<'a>(answer: &'a Value, level: &str, assignee: Option<&str>) -> &'a Value {
    let rows = answer["targets"].as_array().unwrap();
    let found = rows.iter().find(|row| row["level"] == level && row["assignee"] == json!(assignee));
    found.unwrap_or_else(|| panic!("{level} {assignee:?}: {answer}"))
}

/// Target, actual, attainment and gap of a cell.
fn figures(cell: &Value) -> [&str; 4] {
    ["target", "actual", "attainment", "gap"].map(|name| cell[name].as_str().unwrap_or("-"))
}

/// The sale of S8 is won, that of S12 too.
async fn s16() -> World {
    let mut world = World::provisioned().await;
    world.targets_of_s16().await;
    let march = [
        ("2026-03-09T09:00:00Z", 1, "480000", "NOK", "2026-03-09"),
        ("2026-03-10T08:00:00Z", 2, "18721", "EUR", "2026-03-10"),
    ];
    for (at, n, amount, currency, on) in march {
        let stream = sale(n).stream();
        let facts = [registered(registration()), won(amount, currency, on)];
        world.record_at(Some(instant(at)), &stream, &facts).await;
    }
    world.follow().await;
    world
}

#[tokio::test]
async fn march_of_ola_is_95_48_percent_and_22_47_once_a_sale_is_reopened_s16_st_20() {
    let mut world = s16().await;
    let answer = world.ask("/v1/targets").await;
    let ola = target(&answer, "user", Some("ola"));
    assert_eq!(ola["name"], "Ola");
    assert_eq!(figures(&ola["cells"][2]), ["83333.33", "79570.60", "95.48", "3762.73"]);
    assert_eq!(ola["cells"][2]["period"], "2026-03");
    assert_eq!(figures(&ola["cells"][0]), ["83333.33", "0.00", "0.00", "83333.33"]);
    assert_eq!(ola["cells"][11]["target"], "83333.37");
    assert_eq!(figures(&ola["year"]), ["1000000.00", "79570.60", "7.96", "920429.40"]);
    let north = target(&answer, "group", Some("North"));
    assert_eq!(figures(&north["cells"][2]), ["150000.00", "79570.60", "53.05", "70429.40"]);
    let all = target(&answer, "all", Some("North"));
    assert_eq!(
        all["cells"][2],
        json!({"period": "2026-03", "target": "83333.33", "attainment": null,
        "gap": null, "actual": null, "drill": null})
    );
    assert_eq!((&all["year"]["target"], &all["id"]), (&json!("1000000.00"), &Value::Null));
    let reopened = Event::Sale(SaleEvent::Reopened {
        from_status: ReopenedFrom::Won,
        cause: ReopenCause::Manual,
        stage: Some(SC),
        probability: percent(80),
    });
    world.record(&sale(1).stream(), &[reopened]).await;
    world.follow().await;
    let answer = world.ask("/v1/targets").await;
    let ola = target(&answer, "user", Some("ola"));
    assert_eq!(figures(&ola["cells"][2]), ["83333.33", "18721.00", "22.47", "64612.33"]);
    let then = world.ask("/v1/targets?as_of=2026-03-09").await;
    assert_eq!(then["targets"], json!([]), "targets were set on the 10th");
}

#[tokio::test]
async fn levels_are_independent_st_14_and_all_is_the_sum_of_the_users_st_13() {
    let mut world = World::provisioned().await;
    world.targets_of_s16().await;
    world.target(&of_user("kari", "North"), cells(12, "10", "20")).await;
    world.target(&of_user("per", "South"), cells(12, "1", "1")).await;
    world.target(&of_company(), cells(12, "7", "7")).await;
    world.record(&sale(1).stream(), &[worth("5", "EUR", 50), won("5", "EUR", "2026-12-31")]).await;
    world.follow().await;
    let answer = world.ask("/v1/targets?year=2026").await;
    let levels: Vec<_> = answer["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["level"].as_str().unwrap(),
                row["name"].as_str().unwrap_or("-"),
                row["cells"][11]["target"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        levels,
        [
            ("company", "-", "7.00"),
            ("group", "North", "150000.00"),
            ("all", "North", "83353.37"),
            ("user", "Kari", "20.00"),
            ("user", "Ola", "83333.37"),
            ("all", "South", "1.00"),
            ("user", "Per", "1.00"),
        ]
    );
    let company = target(&answer, "company", None);
    assert_eq!(figures(&company["cells"][11]), ["7.00", "5.00", "71.43", "2.00"]);
    let locked = Event::Target(TargetEvent::Locked {});
    world.record(&of_group("North").id().stream(), &[locked]).await;
    world.record(&of_company().id().stream(), &[Event::Target(TargetEvent::Removed {})]).await;
    world.follow().await;
    let answer = world.ask("/v1/targets?level=company,group").await;
    let rows = answer["targets"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["locked"]), (1, &json!(true)), "{rows:?}");
    world.record(&of_company().id().stream(), &[added(&of_company())]).await;
    world.follow().await;
    let answer = world.ask("/v1/targets?level=company").await;
    assert_eq!(answer["targets"][0]["year"]["target"], "0.00", "added anew, it is empty");
    assert_eq!(answer["targets"][0]["year"]["attainment"], Value::Null);
}

#[tokio::test]
async fn the_types_there_are_and_the_period_of_new_targets_st_1_st_6_st_7() {
    let mut world = World::provisioned().await;
    many_targets(&mut world).await;
    world.follow().await;
    let types = world.ask("/v1/target-types").await;
    let told: Vec<_> = types["target_types"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| ["name", "dimension", "unit"].map(|name| one[name].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(
        told,
        [
            ["All sales – Amount", "all_sales", "amount"],
            ["Counted", "sale_type", "count"],
            ["By it", "field.region", "profit"],
            ["By it", "company_category", "amount"],
            ["By it", "company_business", "profit"],
            ["By it", "company_country", "amount"],
        ],
        "the third is deleted (ST-6)"
    );
    assert_eq!(
        (&types["period"], &types["target_types"][0]["default"]),
        (&json!("quarter"), &json!(true))
    );
    assert_eq!(types["target_types"][1]["items"][0]["label"], "Sale to new customer");
    let labels = |at: usize| {
        let items = types["target_types"][at]["items"].as_array().unwrap().iter();
        items.map(|item| item["label"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        (labels(4), labels(5)),
        (vec!["Trade".into(), "Services".into()], vec!["NO".into(), "NL".into()])
    );
    let (status, code) = world.refused(&format!("/v1/targets?target_type={}", type_id(3))).await;
    assert_eq!((status, code.as_str()), (404, "not_found"));
}

#[tokio::test]
async fn one_target_and_its_revisions_st_15_to_st_18() {
    let mut world = World::provisioned().await;
    many_targets(&mut world).await;
    world.follow().await;
    let company = TargetPlace { year: 2016, ..of_company() }.id();
    let one = world.ask(&format!("/v1/targets/{company}")).await;
    assert_eq!(
        (&one["level"], &one["currency"], &one["year"]["target"]),
        (&json!("company"), &json!("USD"), &json!("1364024.58"))
    );
    assert_eq!(
        (&one["locked"], &one["unit"], &one["rank"]),
        (&json!(true), &json!("amount"), &Value::Null)
    );
    let history = world.ask(&format!("/v1/targets/{company}/history")).await;
    let events = history["events"].as_array().unwrap();
    let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "target.added",
            "target.cells-set",
            "target.locked",
            "target.unlocked",
            "target.removed",
            "target.added",
            "target.cells-set",
            "target.cleared",
            "target.cells-set",
            "target.currency-set",
            "target.locked"
        ]
    );
    let change = |at: usize, field: &str| {
        let changes = events[at]["changes"].as_array().unwrap();
        let change = changes.iter().find(|change| change["field"] == field);
        change.map(|change| (change["from"].clone(), change["to"].clone()))
    };
    let (from, to) = change(7, "cells").unwrap();
    assert_eq!((&from[0], &to[0]), (&json!("5000"), &json!("0")), "cleared (ST-16)");
    assert_eq!(change(9, "currency"), Some((json!("GBP"), json!("USD"))));
    assert_eq!(change(2, "locked"), Some((json!("false"), json!("true"))));
    assert_eq!(change(2, "cells"), None);
    assert_eq!(events[1]["actor"], "ola");
    let missing = format!("/v1/targets/{}", of_company().id());
    for path in [missing.clone(), format!("{missing}/history")] {
        assert_eq!(world.refused(&path).await, (404, "not_found".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn ranks_go_by_attainment_and_equal_ones_share_a_place() {
    let mut world = World::provisioned().await;
    for (user, group, target) in [
        ("ola", "North", "10"),
        ("kari", "North", "20"),
        ("per", "South", "10"),
        ("eva", "South", "0"),
    ] {
        world.target(&of_user(user, group), cells(12, target, target)).await;
    }
    for (n, owner) in [(1, "ola"), (2, "kari"), (3, "kari"), (4, "per")] {
        let amount = money("30", "EUR");
        let of = Registration {
            owner: UserId::parse(owner).unwrap(),
            amount,
            margin: all_profit(&amount),
            ..registration()
        };
        world.record(&sale(n).stream(), &[registered(of), won("30", "EUR", "2026-02-02")]).await;
    }
    world.follow().await;
    let answer = world.ask("/v1/targets?level=user").await;
    let ranks: Vec<_> = answer["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["assignee"].as_str().unwrap(),
                row["rank"].as_u64(),
                row["year"]["attainment"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        ranks,
        [
            ("kari", Some(1), Some("25.00")),
            ("ola", Some(1), Some("25.00")),
            ("eva", None, None),
            ("per", Some(1), Some("25.00")),
        ]
    );
    world.record(&sale(5).stream(), &[worth("1", "EUR", 20), won("1", "EUR", "2026-02-02")]).await;
    world.follow().await;
    let answer = world.ask("/v1/targets?level=user&owner=kari,ola").await;
    let ranks: Vec<_> =
        answer["targets"].as_array().unwrap().iter().map(|row| row["rank"].clone()).collect();
    assert_eq!(ranks, [json!(2), json!(1)], "among all that are seen, whoever is asked about");
}

#[tokio::test]
async fn targets_come_in_pages_and_what_cannot_be_asked_is_refused_by_name() {
    let mut world = World::provisioned().await;
    world.target(&of_user("kari", "North"), cells(12, "1", "1")).await;
    world.target(&of_user("ola", "North"), cells(12, "1", "1")).await;
    world.target(&of_company(), cells(12, "1", "1")).await;
    world.follow().await;
    let first = world.ask("/v1/targets?limit=2").await;
    let next = first["next"].as_str().unwrap();
    let rest = world.ask(&format!("/v1/targets?limit=2&cursor={next}")).await;
    assert_eq!(
        first["targets"].as_array().unwrap().len() + rest["targets"].as_array().unwrap().len(),
        4
    );
    for (question, parameter) in [
        ("/v1/targets?year=99", "year"),
        ("/v1/targets?level=team", "level"),
        ("/v1/targets?target_type=x", "target_type"),
        ("/v1/sales?rates=today", "rates"),
        ("/v1/tiles/big-number?measure=sum", "measure"),
        ("/v1/tiles/activity-pace?periods=54", "periods"),
        ("/v1/tiles/compare-to-target?by=stage", "by"),
        ("/v1/tiles/largest-upcoming?limit=101", "limit"),
    ] {
        let (status, body) = world.ask_as(&world.tenant, Role::Auditor, question).await;
        assert_eq!((status.as_u16(), &body["code"]), (400, &json!("bad_parameter")), "{question}");
        assert!(body.to_string().contains(parameter), "{body}");
    }
}
