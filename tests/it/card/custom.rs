//! Custom fields: defined by the tenant, filled on the sale (SO-30, SO-F35).

use serde_json::{Value, json};

use super::Desk;

impl Desk {
    /// Sends a command on the tenant; answers status and code, or the events.
    async fn tenant(&self, command: &str, body: Value) -> (u16, Value) {
        let path = format!("/v1/tenants/{}/{command}", self.fixture.tenant);
        let reply = self.world.post(&self.fixture.importer, &path, &body).await;
        let answer = reply.json();
        let told = if reply.status == 200 { &answer["events"] } else { &answer["code"] };
        (reply.status.as_u16(), told.clone())
    }

    async fn defined(&self, body: Value) {
        let answer = self.tenant("define-custom-field", body).await;
        assert_eq!(answer, (200, json!(["tenant.custom-field-defined"])));
    }

    /// Values of the custom fields on the card, by key.
    async fn filled(&self) -> Value {
        let card = self.card().await;
        let fields = card["fields"].as_array().unwrap().iter();
        fields
            .map(|field| (field["key"].as_str().unwrap().to_owned(), field["value"].clone()))
            .collect()
    }
}

/// One field of each kind.
async fn all_kinds(desk: &Desk) {
    for kind in ["text", "number", "date", "boolean"] {
        desk.defined(json!({"key": kind, "name": kind, "kind": kind})).await;
    }
    desk.defined(json!({"key": "list", "name": {"en": "Delivery", "nb": "Levering"}, "kind": "list",
        "items": [{"key": "by-sea", "name": "By sea"}, {"key": "by-air", "name": "By air"}], "promoted": true}))
        .await;
}

#[tokio::test]
async fn fields_of_every_kind_are_filled_and_cleared_and_told_so_30_so_f35_so_24() {
    let desk = Desk::new().await;
    assert_eq!(desk.card().await["fields"], json!([]));
    all_kinds(&desk).await;
    let filled = json!({"text": "Anything", "number": "12.50", "date": "2026-05-01",
        "boolean": false, "list": "by-sea"});
    let answer = desk.on("set-custom-fields", json!({"fields": filled})).await;
    assert_eq!(answer["events"], json!(vec!["sale.custom-field-set"; 5]));
    assert_eq!(desk.filled().await, filled);
    let again = desk.on("set-custom-fields", json!({"fields": filled})).await;
    assert_eq!(again["events"], json!([]), "said twice");
    desk.on("set-custom-fields", json!({"fields": {"number": 7, "text": null}})).await;
    let card = desk.card().await;
    let list = card["fields"].as_array().unwrap().iter().find(|field| field["key"] == "list");
    assert_eq!(
        list.unwrap(),
        &json!({"key": "list", "name": "Delivery", "kind": "list", "promoted": true, "value": "by-sea"})
    );
    let now = json!({"text": null, "number": "7", "date": "2026-05-01", "boolean": false, "list": "by-sea"});
    assert_eq!(desk.filled().await, now);
    let told = desk.changes_of("fields").await;
    let (from, to) = told.last().unwrap();
    assert_eq!((&from["text"], to.get("text")), (&json!("Anything"), None), "{told:?}");
    let listed = desk.listed().await;
    assert_eq!(listed.get("fields"), None, "lists show the first tab");
}

#[tokio::test]
async fn a_value_has_to_fit_its_field_so_f35() {
    let desk = Desk::new().await;
    all_kinds(&desk).await;
    let head = desk.world.head().await;
    for (key, bad) in [
        ("text", json!("語".repeat(2_049))),
        ("text", json!("")),
        ("text", json!(true)),
        ("number", json!("twelve")),
        ("number", json!("1e3")),
        ("date", json!("2026-02-29")),
        ("date", json!("1899-12-31")),
        ("date", json!("10000-01-01")),
        ("boolean", json!("yes")),
        ("boolean", json!(1)),
        ("list", json!("by-train")),
        ("list", json!("By sea")),
    ] {
        let body = json!({"fields": {"number": 5, key: bad}});
        let problem = desk.refused("set-custom-fields", body, 422, "field_value_invalid").await;
        assert_eq!(problem["errors"][0]["pointer"], "/fields", "{key}");
    }
    for (fields, code) in [
        (json!({}), "invalid_value"),
        (json!({"Not a key": 1}), "invalid_value"),
        (json!({"number": [1]}), "invalid_value"),
        (json!({"number": 0.123_456_789_012_345_67}), "invalid_value"),
    ] {
        desk.refused("set-custom-fields", json!({"fields": fields}), 400, code).await;
    }
    let unknown = json!({"fields": {"colour": "red"}});
    desk.refused("set-custom-fields", unknown, 422, "unknown_custom_field").await;
    assert_eq!(desk.world.head().await, head, "nothing was stored");
    let longest = json!({"fields": {"text": "語".repeat(2_048), "date": "9999-12-31"}});
    desk.on("set-custom-fields", longest).await;
    desk.on("mark-lost", json!({"reason": "price"})).await;
    let late = json!({"fields": {"number": 1}});
    desk.refused("set-custom-fields", late, 422, "sale_closed").await;
}

#[tokio::test]
async fn three_fields_are_promoted_and_a_kind_stays_so_30() {
    let desk = Desk::new().await;
    let field = |key: &str, promoted: bool| json!({"key": key, "name": key, "kind": "text", "promoted": promoted});
    for key in ["a", "b", "c"] {
        desk.defined(field(key, true)).await;
    }
    let fourth = desk.tenant("define-custom-field", field("d", true)).await;
    assert_eq!(fourth, (422, json!("too_many_promoted")));
    desk.defined(field("a", false)).await;
    desk.defined(field("d", true)).await;
    let kind = json!({"key": "a", "name": "a", "kind": "number"});
    let other_kind = desk.tenant("define-custom-field", kind).await;
    assert_eq!(other_kind, (422, json!("field_kind_fixed")));
    for items in [json!([]), json!([{"key": "x", "name": "X"}, {"key": "x", "name": "Y"}])] {
        let list = json!({"key": "l", "name": "l", "kind": "list", "items": items});
        assert_eq!(desk.tenant("define-custom-field", list).await, (400, json!("invalid_value")));
    }
    let no_list =
        json!({"key": "t", "name": "t", "kind": "text", "items": [{"key": "x", "name": "X"}]});
    assert_eq!(desk.tenant("define-custom-field", no_list).await, (400, json!("invalid_value")));
    let many = |n: usize| {
        let items: Vec<Value> =
            (0..n).map(|n| json!({"key": format!("i-{n}"), "name": "I"})).collect();
        json!({"key": "many", "name": "many", "kind": "list", "items": items})
    };
    assert_eq!(desk.tenant("define-custom-field", many(201)).await, (400, json!("invalid_value")));
    desk.defined(many(200)).await;
    let list = desk.ask("/v1/custom-fields").await;
    let keys: Vec<&Value> =
        list["custom_fields"].as_array().unwrap().iter().map(|field| &field["key"]).collect();
    assert_eq!(keys, ["a", "b", "c", "d", "many"]);
}

#[tokio::test]
async fn a_removed_field_is_shown_no_more_and_comes_back_with_what_it_held_so_30() {
    let desk = Desk::new().await;
    let field = json!({"key": "licences", "name": "Licences", "kind": "number"});
    desk.defined(field.clone()).await;
    desk.on("set-custom-fields", json!({"fields": {"licences": 12}})).await;
    let remove = || desk.tenant("remove-custom-field", json!({"key": "licences"}));
    assert_eq!(remove().await, (200, json!(["tenant.custom-field-removed"])));
    assert_eq!(remove().await, (200, json!([])), "said twice");
    assert_eq!(desk.filled().await, json!({}));
    let set = json!({"fields": {"licences": 13}});
    desk.refused("set-custom-fields", set, 422, "unknown_custom_field").await;
    let unknown = desk.tenant("remove-custom-field", json!({"key": "nobody"})).await;
    assert_eq!(unknown, (422, json!("unknown_custom_field")));
    desk.defined(field).await;
    assert_eq!(desk.filled().await, json!({"licences": "12"}));
}

#[tokio::test]
async fn a_tenant_has_a_hundred_fields_at_most_so_30() {
    let desk = Desk::new().await;
    let field = |n: usize| json!({"key": format!("f-{n}"), "name": "F", "kind": "boolean"});
    for n in 0..100 {
        desk.defined(field(n)).await;
    }
    let more = desk.tenant("define-custom-field", field(100)).await;
    assert_eq!(more, (422, json!("too_many_fields")));
}
