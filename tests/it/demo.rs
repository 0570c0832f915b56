//! The demo tenant through both services: every line is accepted, a load that was killed goes on, loading
//! again adds nothing, and the tables show what was promised.

use std::collections::BTreeSet;

use command_service::process::{GuideSuggestion, Rules, StageAdvance, Steps as _};
use local_stack::demo::{Voice, Wave, script};
use reqwest::Method;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use system_tests::World;

/// What the demo says on the world's day.
fn waves() -> Vec<Wave> {
    script("2026-03-10".parse().unwrap())
}

/// Sends lines in somebody's name; each of them must be accepted.
async fn send(world: &World, by: Voice, lines: &[String]) {
    let token = match by {
        Voice::Importer => world.token("importer", "importer"),
        Voice::Manager => world.token("kari", "manager"),
        Voice::Seller => world.token("ola", "seller"),
    };
    let ask = world.command(Method::POST, "/v1/commands").bearer(&token);
    let reply = ask.header("content-type", "application/x-ndjson").body(lines.concat());
    let answers = reply.send().await.expect(200).lines();
    assert_eq!(answers.len(), lines.len());
    for (answer, line) in answers.iter().zip(lines) {
        assert!([200, 201].contains(&answer["status"].as_u64().unwrap()), "{answer} for {line}");
    }
}

async fn load(world: &World) {
    for wave in waves() {
        send(world, wave.by, &wave.lines).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_was_killed_goes_on_and_loading_again_adds_nothing() {
    let world = World::start().await;
    let waves = waves();
    let (before, after) = waves.split_at(7);
    for wave in before {
        send(&world, wave.by, &wave.lines).await;
    }
    let lines = &after[0].lines;
    send(&world, after[0].by, &lines[..lines.len() / 3]).await;
    let killed = world.head().await;
    load(&world).await;
    let whole = world.head().await;
    assert!(killed < whole, "{killed} of {whole} events before it was killed");
    load(&world).await;
    assert_eq!(world.head().await, whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn pipeline_diary_and_forecast_show_what_the_demo_promises() {
    let world = World::start().await;
    load(&world).await;
    let manager = world.token("kari", "manager");
    let answer = world.get(&manager, "/v1/pipeline?currency=EUR").await.expect(200).json();
    let count = |status: &str| answer["totals"][status]["count"].as_u64().unwrap();
    let counts = ["open", "stalled", "won", "lost"].map(count);
    assert_eq!(counts.iter().sum::<u64>(), 300, "{counts:?}");
    assert_eq!(answer["missing_rates"], serde_json::json!([]));
    assert_eq!(answer["columns"].as_array().unwrap().len(), 10, "nine stages, and none");

    for owner in ["ola", "kari", "sanne", "joost"] {
        let path = format!("/v1/diary?owner={owner}&limit=500");
        let diary = world.get(&manager, &path).await.expect(200).json();
        let sales = diary["sales"].as_array().unwrap();
        let rules: BTreeSet<u64> = sales
            .iter()
            .flat_map(|sale| sale["rules"].as_array().unwrap())
            .filter_map(Value::as_u64)
            .collect();
        assert_eq!(rules.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4], "SD-17 to SD-20, {owner}");
        let red = |rows: &[Value], mark: &str| rows.iter().any(|row| row[mark] == true);
        assert!(red(sales, "red"), "SD-19, {owner}");
        assert!(red(diary["activities"].as_array().unwrap(), "overdue"), "SD-15, {owner}");
    }

    let path = "/v1/forecast?from=2025-04-01&to=2026-12-31&period=quarter&currency=EUR";
    let forecast = world.get(&manager, path).await.expect(200).json();
    let rows = forecast["rows"].as_array().unwrap();
    let won = rows.iter().filter(|row| row["won"]["count"].as_u64() > Some(0)).count();
    assert!(won >= 3, "quarters with something won: {forecast}");
}

async fn pump<R: Rules>(world: &World) {
    let mut process = world.command.reaction::<R>();
    process.pump(world.clock.now()).await.unwrap();
    process.release().await.unwrap();
}

/// The example guide at work (SG-31): created, completed and suggested items on sales of its type, a suggested stage; and
/// favourites (SO-32), own fields (SO-30), stakeholders (SK-2), a series (SD-11), something to accept (SD-8).
#[tokio::test(flavor = "multi_thread")]
async fn the_demo_shows_a_guide_at_work_and_what_goes_with_it_sg_31_so_32() {
    let world = World::start().await;
    load(&world).await;
    pump::<GuideSuggestion>(&world).await;
    pump::<StageAdvance>(&world).await;
    let ola = world.token("ola", "seller");
    let ask = async |path: &str| world.get(&ola, path).await.expect(200).json();

    let types = ask("/v1/sale-types").await;
    let new = types["sale_types"].as_array().unwrap().iter().find(|one| one["items"] != json!([]));
    let new = new.unwrap();
    assert_eq!(
        (&new["name"], new["items"].as_array().unwrap().len()),
        (&json!("Sale to new customer"), 7)
    );

    let list = format!("/v1/sales?sale_type={}&limit=500", new["id"].as_str().unwrap());
    let (mut states, mut next) = (BTreeSet::new(), 0);
    for sale in ask(&list).await["sales"].as_array().unwrap() {
        let guide = ask(&format!("/v1/sales/{}/guide", sale["id"].as_str().unwrap())).await;
        for stage in guide["stages"].as_array().unwrap() {
            let items = stage["items"].as_array().unwrap().iter();
            states.extend(items.map(|item| item["state"].as_str().unwrap().to_owned()));
        }
        next += usize::from(!guide["next_stage_suggested"].is_null());
    }
    assert_eq!(
        states.into_iter().collect::<Vec<_>>(),
        ["completed", "created", "not_created", "suggested"]
    );
    assert!(next >= 1, "a stage is suggested");

    let favourites = ask("/v1/sales?favourite=true").await;
    assert_eq!(favourites["sales"].as_array().unwrap().len(), 3);
    let all = ask("/v1/sales?limit=500").await;
    let involved = |sale: &&Value| sale["has_stakeholders"] == true;
    assert!(all["sales"].as_array().unwrap().iter().filter(involved).count() >= 10);
    assert_eq!(ask("/v1/custom-fields").await["custom_fields"].as_array().unwrap().len(), 2);
    let due = ask("/v1/activities?owner=ola&limit=500").await;
    let rows = due["activities"].as_array().unwrap();
    assert_eq!(rows.iter().filter(|row| row["status"] == "assigned").count(), 1);
    assert_eq!(rows.iter().filter(|row| !row["series"].is_null()).count(), 6, "a series of six");
}

/// Whoever a sale is linked to is known: what they are (ST-2), where they are reached (SK-6).
#[tokio::test(flavor = "multi_thread")]
async fn the_demo_knows_the_companies_and_contacts_of_its_sales_so_f14_sk_6_st_2() {
    let world = World::start().await;
    load(&world).await;
    let manager = world.token("kari", "manager");
    let ask = async |path: &str| world.get(&manager, path).await.expect(200).json();

    let companies = ask("/v1/companies?limit=500").await;
    assert!(companies["companies"].as_array().unwrap().len() >= 45);
    let counted = async |criteria: &str| {
        let board = ask(&format!("/v1/pipeline?limit=1&criteria={criteria}")).await;
        let count = |status: &str| board["totals"][status]["count"].as_u64().unwrap();
        ["open", "stalled", "won", "lost"].map(count).iter().sum::<u64>()
    };
    assert_eq!(counted("company.country%20one_of%20NO,NL,GB").await, 300, "all of them");
    assert!((150..300).contains(&counted("contact.email%20ends_with%20.example").await));

    // who bought is a customer now; the others are prospects
    let path = "/v1/forecast?from=2024-09-01&to=2026-12-31&period=year&group_by=company_category";
    let forecast = ask(path).await;
    let won = |key: &str| {
        let rows = forecast["rows"].as_array().unwrap().iter();
        let of_key = rows.filter(|row| row["key"] == key);
        of_key.map(|row| row["won"]["count"].as_u64().unwrap()).collect::<Vec<u64>>()
    };
    assert!(won("customer").iter().sum::<u64>() >= 95, "{forecast}");
    assert!(!won("prospect").is_empty() && won("prospect").iter().sum::<u64>() == 0);
}

/// What the manager's page shows: targets with what was won (ST-8, ST-13, ST-15), selections (SF-10), her view (SF-14).
#[tokio::test(flavor = "multi_thread")]
async fn the_demo_shows_targets_selections_and_a_view_of_the_manager_st_8_sf_10_sf_14() {
    let world = World::start().await;
    load(&world).await;
    let manager = world.token("kari", "manager");
    let ask = async |path: &str| world.get(&manager, path).await.expect(200).json();

    let targets = ask("/v1/targets?year=2026").await;
    let row = |row: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let level = text(&row["level"]);
        format!(
            "{level} {} {} {}",
            text(&row["assignee"]),
            text(&row["year"]["target"]),
            row["locked"]
        )
    };
    let rows: Vec<String> = targets["targets"].as_array().unwrap().iter().map(row).collect();
    assert_eq!(
        rows,
        [
            "company - 6000000.00 true",
            "group oslo 3200000.00 false",
            "all oslo 3300000.00 false",
            "user kari 1600000.00 false",
            "user ola 1700000.00 false",
            "group utrecht 2800000.00 false",
            "all utrecht 2950000.00 false",
            "user joost 1450000.00 false",
            "user sanne 1500000.00 false",
        ]
    );
    let company = &targets["targets"][0]["year"];
    assert!(
        company["actual"].as_str().unwrap().parse::<Decimal>().unwrap() > Decimal::ZERO,
        "{company}"
    );
    assert!(!company["attainment"].is_null());

    let selections = ask("/v1/selections").await;
    let names: Vec<&str> = selections["selections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|selection| selection["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Kari's call list", "Large sales due soon"]);
    for selection in selections["selections"].as_array().unwrap() {
        let id = selection["id"].as_str().unwrap();
        let members = ask(&format!("/v1/selections/{id}/members?limit=500")).await;
        assert!(members["members"].as_array().unwrap().len() >= 3, "{members}");
    }

    let board = ask("/v1/board?view=By%20seller").await;
    assert_eq!(
        (&board["group_by"], &board["subgroup_by"], &board["summarize"]),
        (&json!("owner"), &json!("stage"), &json!("weighted"))
    );
    assert_eq!(board["columns"].as_array().unwrap().len(), 4, "a column each seller");
}
