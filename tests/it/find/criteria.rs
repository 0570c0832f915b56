//! What criteria find, field by field and operator by operator (SF-7 to SF-9).

use serde_json::{Value, json};

use super::{Office, encoded, party};

#[tokio::test]
async fn and_within_a_block_or_between_blocks_and_empty_values_ask_nothing_sf_7() {
    let office = Office::full().await;
    for (criteria, found) in [
        ("status one_of open and amount gt 5000", &["Fjord ERP", "Chairs", "Tables"][..]),
        (
            "status one_of open and amount gt 5000 and owner one_of kari or title starts_with LATE",
            &["Chairs", "Tables", "Late"],
        ),
        ("title equals fjord or title equals \"fjord erp\"", &["Fjord ERP"]),
        ("amount gt \"\" and owner one_of per", &["Support of Fjord"]),
        ("title contains nothing and status one_of open", &[]),
    ] {
        assert_eq!(office.found(criteria).await, found, "{criteria}");
    }
    for nothing in ["", "amount gt", "title contains \"\" or owner one_of"] {
        assert_eq!(office.found(nothing).await.len(), 9, "{nothing:?}");
    }
}

#[tokio::test]
async fn every_kind_of_operator_finds_what_it_says_sf_8() {
    let office = Office::full().await;
    let open = ["Fjord ERP", "Support of Fjord", "Chairs", "Tables", "Dollars", "Late"];
    for (criteria, found) in [
        // text
        ("title starts_with fjord", &["Fjord ERP"][..]),
        ("title ends_with FJORD", &["Support of Fjord"]),
        ("title contains fjord", &["Fjord ERP", "Support of Fjord"]),
        ("title is_exactly Late", &["Late"]),
        ("title is_exactly late", &[]),
        ("status one_of open and title not_contains e", &["Support of Fjord", "Chairs", "Dollars"]),
        ("company.name starts_with h", &["Support of Fjord"]),
        ("status one_of open and company.name is_empty", &["Chairs", "Tables", "Dollars", "Late"]),
        ("description contains \"chairs, and\"", &["Chairs", "Tables"]),
        ("contact.name equals \"nina hansen\"", &["Fjord ERP"]),
        // yes and no
        ("overdue_sale_date is true", &["Late"]),
        ("red is true", &["Chairs", "Late"]),
        ("overdue_activity is true", &["Chairs"]),
        // numbers and money: 500 000 NOK are 63 385.00 EUR; dollars have no rate and are neither
        ("amount eq 63385", &["Fjord ERP"]),
        ("amount between 4000,7000", &["Support of Fjord", "Chairs", "Tables"]),
        ("amount le 100.00", &["Late"]),
        (
            "status one_of open and amount ne 6000",
            &["Fjord ERP", "Support of Fjord", "Tables", "Late"],
        ),
        ("status one_of open and amount is_empty", &["Dollars"]),
        ("weighted ge 31692.5", &["Fjord ERP"]),
        ("probability eq 100", &["Bridge"]),
        ("number lt 1003", &["Fjord ERP", "Support of Fjord"]),
        // lists
        ("status not_one_of won,lost,stalled", &open),
        ("owner one_of kari,per", &["Support of Fjord", "Chairs", "Tables"]),
        ("group one_of South", &["Support of Fjord"]),
        ("source one_of web", &["Fjord ERP"]),
        ("competitor one_of acme", &["Tunnel"]),
        ("reason one_of price", &["Bridge", "Tunnel"]),
        ("reason one_of budget", &["Harbour"]),
        ("currency not_one_of EUR", &["Fjord ERP", "Dollars"]),
        // dates, on 10 March 2026
        ("sale_date before_today", &["Bridge", "Tunnel", "Late"]),
        (
            "sale_date next_months 1 and status one_of open",
            &["Fjord ERP", "Support of Fjord", "Chairs", "Dollars"],
        ),
        ("sale_date on 2026-05-01", &["Tables"]),
        ("sale_date after 2026-04-30", &["Tables"]),
        ("close_date previous_quarters 1", &["Tunnel"]),
        ("close_date this_year", &["Bridge"]),
        ("reopen_date next_years 1 or reopen_date this_year", &["Harbour"]),
        ("next_activity_date next_days 2", &["Fjord ERP"]),
        ("next_activity_date previous_days 1", &["Chairs"]),
        ("registered_on this_week", &[]),
        ("registered_on previous_weeks 2 and status one_of won", &["Bridge"]),
        ("days_in_stage ge 9 and owner one_of per", &["Support of Fjord"]),
    ] {
        assert_eq!(office.found(criteria).await, found, "{criteria}");
    }
}

#[tokio::test]
async fn stakeholders_and_custom_fields_are_found_sf_7_so_30() {
    let office = Office::full().await;
    let list = office.ask_as(&office.fixture.importer, "/v1/sales?sort=number").await;
    let id = |at: usize| list["sales"][at]["id"].as_str().unwrap().to_owned();
    let per = |role: &str| {
        json!({"stakeholders": [{"company": party(0x51, "Hansen AS"),
        "contact": party(0x52, "Per Hansen"), "role": role, "comment": "Ask first"}]})
    };
    office.on(&id(0), "add-stakeholders", per("decision-maker")).await;
    office.on(&id(1), "add-stakeholders", per("influencer")).await;
    let anna = json!({"stakeholders": [{"contact": party(0x53, "Anna"), "role": "user"}]});
    office.on(&id(0), "add-stakeholders", anna).await;
    let tenant = "/v1/tenants/demo/define-custom-field";
    for (key, kind) in
        [("seats", "number"), ("pilot", "boolean"), ("due", "date"), ("memo", "text")]
    {
        let field = json!({"key": key, "name": key, "kind": kind});
        office.world.post(&office.fixture.importer, tenant, &field).await.expect(200);
    }
    let filled =
        json!({"fields": {"seats": "12.50", "pilot": true, "due": "2026-04-01", "memo": "Ærlig"}});
    office.on(&id(2), "set-custom-fields", filled).await;
    office.on(&id(3), "set-custom-fields", json!({"fields": {"seats": "3"}})).await;
    for (criteria, found) in [
        ("stakeholder.role one_of influencer,user", &["Fjord ERP", "Support of Fjord"][..]),
        // one and the same stakeholder
        ("stakeholder.role one_of user and stakeholder.contact_name starts_with per", &[]),
        (
            "stakeholder.role one_of user and stakeholder.contact_name starts_with anna",
            &["Fjord ERP"],
        ),
        ("stakeholder.company_name equals \"hansen as\"", &["Fjord ERP", "Support of Fjord"]),
        ("stakeholder.comment contains first and owner one_of per", &["Support of Fjord"]),
        ("stakeholder.contact one_of 0198f0a0-0000-7000-8000-000000000053", &["Fjord ERP"]),
        ("field.seats gt 3", &["Chairs"]),
        ("field.seats between 3,12.5", &["Chairs", "Tables"]),
        ("field.pilot is true", &["Chairs"]),
        ("field.pilot is false and owner one_of kari", &["Tables"]),
        ("field.due next_months 1", &["Chairs"]),
        ("field.memo starts_with æ", &["Chairs"]),
        ("field.seats is_empty and owner one_of kari,per", &["Support of Fjord"]),
    ] {
        assert_eq!(office.found(criteria).await, found, "{criteria}");
    }
}

#[tokio::test]
async fn typical_searches_are_named_and_find_what_they_say_sf_9() {
    let office = Office::full().await;
    for (key, found) in [
        ("due_next_month", &["Fjord ERP", "Chairs"][..]),
        ("my_stalled", &["Harbour"]),
        ("open_this_year", &["Fjord ERP", "Chairs", "Tables"]),
        ("won_this_year", &["Bridge"]),
        ("forgotten", &["Support of Fjord", "Tables", "Dollars", "Late"]),
        ("overdue", &["Late"]),
        ("proposals_this_month", &[]),
    ] {
        assert_eq!(office.titles(&format!("typical={key}")).await, found, "{key}");
    }
    let kari = office.world.token("kari", "manager");
    assert!(office.titles_as(&kari, "typical=my_stalled").await.is_empty(), "hers are none");
    let listed = office.ask_as(&kari, "/v1/typical-searches").await;
    let all = listed["typical_searches"].as_array().unwrap();
    assert_eq!(all.len(), 7);
    for typical in all {
        assert!(typical["names"]["nb"].is_string() && typical["names"]["nl"].is_string());
        let text = typical["text"].as_str().unwrap();
        let by_key = office.titles(&format!("typical={}", typical["key"].as_str().unwrap())).await;
        assert_eq!(office.found(text).await, by_key, "{typical}");
        let body = json!({"criteria": typical["criteria"]});
        let list = office.find("sort=number&limit=500", &body).await.expect(200).json();
        assert_eq!(super::titles(&list), by_key, "{typical}");
    }
    // narrowed further, and on other questions
    let narrowed = office.titles("typical=forgotten&owner=kari").await;
    assert_eq!(narrowed, ["Tables"]);
    let board = office.ask_as(&kari, "/v1/pipeline?typical=due_next_month&group_by=status").await;
    assert_eq!(board["totals"]["open"]["amount"], "69385.00");
    let year = "from=2026-01-01&to=2026-12-31";
    let forecast =
        office.ask_as(&kari, &format!("/v1/forecast?{year}&typical=open_this_year")).await;
    assert_eq!(forecast["totals"]["open"]["amount"], "76385.00");
}

#[tokio::test]
async fn what_can_be_searched_is_told_with_its_operators_sf_8() {
    let office = Office::open().await;
    let field = json!({"key": "delivery", "name": "Delivery", "kind": "list",
        "items": [{"key": "by-sea", "name": "By sea"}]});
    let path = "/v1/tenants/demo/define-custom-field";
    office.world.post(&office.fixture.importer, path, &field).await.expect(200);
    let answer = office.ask_as(&office.fixture.importer, "/v1/criteria-fields").await;
    let fields = answer["fields"].as_array().unwrap();
    let named = |name: &str| fields.iter().find(|field| field["field"] == name).unwrap();
    assert_eq!(fields.len(), 71);
    assert_eq!(named("status")["choices"], json!(["open", "stalled", "won", "lost"]));
    assert_eq!(named("field.delivery")["choices"], json!(["by-sea"]));
    assert_eq!(named("activity.end")["about"], "activity");
    assert_eq!(named("amount")["kind"], "money");
    let operators = |field: &Value| -> Vec<String> {
        let all = field["operators"].as_array().unwrap().iter();
        all.map(|one| one["operator"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(operators(named("completed")), ["is"]);
    assert_eq!(operators(named("owner")), ["one_of", "not_one_of", "is_empty", "is_not_empty"]);
    assert_eq!(operators(named("title")).len(), 12);
    assert_eq!(operators(named("sale_date")).len(), 23);
    assert_eq!(operators(named("company.country")), operators(named("owner")));
    assert_eq!(operators(named("contact.email")), operators(named("title")));
}

#[tokio::test]
async fn what_is_told_of_values_is_what_is_accepted_sf_7() {
    let office = Office::full().await;
    let answer = office.ask_as(&office.fixture.importer, "/v1/criteria-fields").await;
    for (field, operator, asking, most) in [
        ("amount", "gt", 1, 1),
        ("sale_date", "between", 2, 2),
        ("sale_date", "today", 0, 0),
        ("owner", "one_of", 1, 1_000),
        ("title", "is_empty", 0, 0),
    ] {
        let fields = answer["fields"].as_array().unwrap();
        let named = fields.iter().find(|one| one["field"] == field).unwrap();
        let mut all = named["operators"].as_array().unwrap().iter();
        let told = all.find(|one| one["operator"] == operator).unwrap();
        let values =
            ["least_values", "asking_values", "most_values"].map(|name| told[name].clone());
        assert_eq!(values, [json!(0), json!(asking), json!(most)], "{field} {operator}");
        // an empty box is no error and asks nothing
        let found = office.found(&format!("{field} {operator}")).await;
        assert_eq!(found.len() == 9, asking > 0, "{field} {operator}: {found:?}");
    }
}

#[tokio::test]
async fn criteria_hold_at_any_moment_sf_7() {
    let office = Office::full().await;
    let list = office.ask_as(&office.fixture.importer, "/v1/sales?sort=number&limit=1").await;
    let fjord = list["sales"][0]["id"].as_str().unwrap();
    office.on(fjord, "edit", json!({"title": "Lake ERP"})).await;
    let amount = json!({"amount": {"amount": "7", "currency": "NOK"}});
    office.on(fjord, "change-amount", amount).await;
    let then = |criteria: &str| format!("as_of=2026-03-01&criteria={}", encoded(criteria));
    assert_eq!(
        office.titles(&then("title starts_with fjord and amount gt 60000")).await,
        ["Fjord ERP"]
    );
    assert!(office.titles(&then("title starts_with lake")).await.is_empty());
    assert_eq!(office.found("title starts_with lake and amount le 1").await, ["Lake ERP"]);
    assert!(office.found("title starts_with fjord").await.is_empty());
    // on the first of March all were open
    assert_eq!(office.titles(&then("status one_of open and amount gt 7500")).await.len(), 4);
}
