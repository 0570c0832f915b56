//! Note, credited, competitor and who wrote last.

use serde_json::json;

use super::Desk;

#[tokio::test]
async fn a_note_marks_its_tab_and_every_edit_is_told_so_28_so_24_so_f33() {
    let desk = Desk::new().await;
    assert_eq!(desk.card().await["has_note"], false);
    desk.on("set-note", json!({"note": "Call them"})).await;
    desk.on("set-note", json!({"note": " Wait until May \n"})).await;
    let card = desk.card().await;
    assert_eq!((&card["note"], &card["has_note"]), (&json!("Wait until May"), &json!(true)));
    let listed = desk.listed().await;
    assert_eq!((&listed["has_note"], listed.get("note")), (&json!(true), None), "{listed}");
    desk.on("mark-lost", json!({"reason": "price"})).await;
    let again = desk.on("set-note", json!({"note": ""})).await;
    assert_eq!(again["events"], json!(["sale.note-changed"]), "a closed sale takes notes (SO-22)");
    assert_eq!(desk.on("set-note", json!({"note": "  "})).await["events"], json!([]));
    let card = desk.card().await;
    assert_eq!((&card["note"], &card["has_note"]), (&json!(null), &json!(false)));
    let told = desk.changes_of("note").await;
    let (none, first, second) = (json!(null), json!("Call them"), json!("Wait until May"));
    assert_eq!(told, [(none.clone(), first.clone()), (first, second.clone()), (second, none)]);
}

#[tokio::test]
async fn credited_and_competitor_are_edited_and_survive_the_end_so_f25_so_f26_so_17_so_24() {
    let desk = Desk::new().await;
    desk.on("edit", json!({"credited": "north-sales", "competitor": "acme"})).await;
    let card = desk.card().await;
    assert_eq!((&card["credited"], &card["competitor"]), (&json!("north-sales"), &json!("acme")));
    desk.on("mark-sold", json!({"reason": "price"})).await;
    assert_eq!(desk.card().await["competitor"], "acme", "given before, kept at the end");
    desk.refused("edit", json!({"competitor": null}), 422, "sale_closed").await;
    desk.on("reopen", json!({})).await;
    desk.on("edit", json!({"credited": null, "competitor": null})).await;
    desk.on("mark-sold", json!({"reason": "price", "competitor": "globex"})).await;
    let card = desk.card().await;
    assert_eq!((&card["credited"], &card["competitor"]), (&json!(null), &json!("globex")));
    let listed = desk.ask("/v1/sales?competitor=globex").await;
    assert_eq!(listed["sales"].as_array().unwrap().len(), 1);
    let told = desk.changes_of("competitor").await;
    let (none, acme, globex) = (json!(null), json!("acme"), json!("globex"));
    assert_eq!(told, [(none.clone(), acme.clone()), (acme, none.clone()), (none, globex)]);
    let told = desk.changes_of("credited").await;
    let key = json!("north-sales");
    assert_eq!(told, [(json!(null), key.clone()), (key, json!(null))]);
}

#[tokio::test]
async fn a_registration_fills_the_other_tabs_so_f25_so_f26_so_f32_so_f33() {
    let desk = Desk::new().await;
    let more = json!({"credited": "north-sales", "competitor": "acme", "note": "Call them",
        "visible_for": "group", "visible_group": "North"});
    let sale = desk.fixture.sale(&desk.world, "2026-03-02T08:00:00Z", "Second", more.clone()).await;
    let card = desk.ask(&format!("/v1/sales/{sale}")).await;
    for (field, value) in more.as_object().unwrap() {
        assert_eq!(&card[field], value, "{field}");
    }
}

#[tokio::test]
async fn the_card_says_who_wrote_and_how_often_so_f36() {
    let desk = Desk::new().await;
    let card = desk.card().await;
    assert_eq!(
        (&card["registered_by"], &card["updated_by"], &card["update_count"]),
        (&json!("ola"), &json!("ola"), &json!(0))
    );
    let kari = desk.world.token("kari", "manager");
    let path = format!("/v1/sales/{}/edit", desk.sale);
    let three = json!({"title": "Fjord CRM", "source": "fair", "sale_date": "2026-07-01"});
    desk.world.post(&kari, &path, &three).await.expect(200);
    desk.world.post(&kari, &path, &three).await.expect(200);
    let card = desk.card().await;
    assert_eq!(
        (&card["registered_by"], &card["updated_by"], &card["update_count"]),
        (&json!("ola"), &json!("kari"), &json!(1)),
        "three facts of one command are one save, and saying it again is none"
    );
}
