//! A small invented shop: every construct of the mapping language once.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{here, plan, rehearse};

fn shop() -> Vec<Value> {
    let plan = plan(&here("tests/fixtures/shop/shop.toml"), &here("tests/fixtures/shop"));
    let (rehearsal, lines) = rehearse(&plan, "demo");
    assert!(rehearsal.faults.is_empty(), "{:?}", rehearsal.faults);
    lines
}

fn of<'a>(lines: &'a [Value], key: &str) -> &'a Value {
    let found = lines.iter().find(|line| line["key"] == key);
    found.unwrap_or_else(|| panic!("no line has the key {key}"))
}

#[test]
fn the_setup_comes_first_and_names_the_tenant_and_its_people() {
    let lines = shop();
    let commands: Vec<_> = lines.iter().map(|line| line["command"].as_str().unwrap()).collect();
    assert_eq!(commands[..4], ["SetBaseCurrency", "DefineSaleType", "AddUser", "AddUser"]);
    let currency = json!({ "command": "SetBaseCurrency", "id": "demo", "key": "shop/demo/SetBaseCurrency",
        "effective_at": "2024-01-01T00:00:00Z", "body": { "base_currency": "NOK" } });
    assert_eq!(lines[0], currency);
    let user = json!({ "command": "AddUser", "id": "ase-oygard", "key": "shop/ase-oygard/AddUser",
        "effective_at": "2024-01-01T00:00:00Z",
        "body": { "id": "ase-oygard", "name": "Åse Øygård", "groups": ["South", "Oslo"], "primary_group": "South" } });
    assert_eq!(lines[3], user);
}

#[test]
fn a_row_becomes_its_commands_with_joined_prices_and_its_own_dates_and_decimals() {
    let lines = shop();
    let registered = of(&lines, "shop/D-1/RegisterSale");
    assert_eq!(registered["effective_at"], "2024-03-01T00:00:00Z");
    assert_eq!(registered["body"]["title"], "Chair for Fjord AS");
    assert_eq!(registered["body"]["owner"], "ola-nordmann");
    assert_eq!(registered["body"]["external_reference"], "D-1");
    let money = |amount: &str| json!({ "amount": amount, "currency": "NOK" });
    assert_eq!(registered["body"]["amount"], money("950.50"));
    let sold = of(&lines, "shop/D-1/MarkSold");
    assert_eq!(sold["id"], registered["id"]);
    assert_eq!(sold["effective_at"], "2024-03-09T00:00:00Z");
    let closed =
        json!({ "reason": "unknown", "close_date": "2024-03-09", "amount": money("1250.00") });
    assert_eq!(sold["body"], closed);
}

#[test]
fn aliases_fallbacks_and_conditions_decide_what_a_row_says() {
    let lines = shop();
    let nobody = of(&lines, "shop/D-2/RegisterSale");
    assert_eq!(nobody["body"]["title"], "Chair for walk-in");
    assert!(nobody["body"].get("company").is_none(), "{nobody}");
    assert_eq!(of(&lines, "shop/D-4/RegisterSale")["effective_at"], "2024-04-01T00:00:00Z");
    let of_rows: Vec<_> = lines[4..].iter().map(|line| line["key"].as_str().unwrap()).collect();
    let expected = [
        "shop/D-1/RegisterSale",
        "shop/D-1/MarkSold",
        "shop/D-2/RegisterSale",
        "shop/D-3/RegisterSale",
        "shop/D-3/MarkLost",
        "shop/D-4/RegisterSale",
    ];
    assert_eq!(of_rows, expected);
}

#[test]
fn the_same_company_has_one_id_and_every_sale_its_own() {
    let lines = shop();
    let company = |deal: &str| of(&lines, deal)["body"]["company"]["id"].clone();
    assert_eq!(company("shop/D-1/RegisterSale"), company("shop/D-4/RegisterSale"));
    assert_ne!(company("shop/D-1/RegisterSale"), company("shop/D-3/RegisterSale"));
    assert_ne!(
        of(&lines, "shop/D-1/RegisterSale")["id"],
        of(&lines, "shop/D-2/RegisterSale")["id"]
    );
}

#[test]
fn a_second_run_says_the_same_and_a_second_tenant_shares_no_id() {
    let plan = plan(&here("tests/fixtures/shop/shop.toml"), &here("tests/fixtures/shop"));
    let (_, first) = rehearse(&plan, "demo");
    let (_, again) = rehearse(&plan, "demo");
    assert_eq!(first, again);
    let (_, second) = rehearse(&plan, "second");
    for (one, other) in first.iter().zip(&second).filter(|(line, _)| line["command"] != "AddUser") {
        assert_ne!(one["id"], other["id"]);
        let setup = one["command"] == "SetBaseCurrency" || one["command"] == "DefineSaleType";
        assert!(setup || one["key"] == other["key"], "keys belong to a tenant already: {one}");
    }
}

#[test]
fn every_fault_is_reported_with_its_line_and_the_other_rows_are_mapped() {
    let input = here("tests/fixtures/shop/deals-with-faults.csv");
    let plan = plan(&here("tests/fixtures/shop/shop.toml"), &input);
    let (rehearsal, _) = rehearse(&plan, "demo");
    let seen: Vec<_> =
        rehearsal.faults.iter().map(|fault| (fault.line, fault.why.as_str())).collect();
    let expected = [
        (3, "articles.csv has no row with article `Sofa`"),
        (
            4,
            "MarkSold at 2024-03-01T00:00:00Z lies before an earlier command at 2024-03-02T00:00:00Z",
        ),
        (5, "`lent` is no value the mapping knows for state"),
        (6, "`D-1` stands twice in the file"),
        (7, "it has 3 fields, the header has 8"),
        (10, "deal is empty"),
        (11, "`31.02.2024` is no date of the form %d.%m.%Y"),
        (12, "`1,005` has more than 2 decimals"),
        (13, "RegisterSale at 2023-01-02T00:00:00Z lies before the setup at 2024-01-01T00:00:00Z"),
    ];
    assert_eq!(seen, expected);
    assert_eq!((rehearsal.rows, rehearsal.count("RegisterSale")), (11, 2));
    assert!(Arc::strong_count(&plan) == 1, "a rehearsal keeps nothing");
}
