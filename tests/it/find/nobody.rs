//! The word for sales of nobody's group is never the name of a group (SF-6, SO-44).

use serde_json::{Value, json};

use super::{Office, encoded};

/// Nils is in a group that is called as the absence of one; Nora is in none.
async fn two_people() -> Office {
    let office = Office::open().await;
    for user in [
        json!({"id": "nils", "name": "Nils", "groups": ["(none)"]}),
        json!({"id": "nora", "name": "Nora"}),
    ] {
        office.world.post(&office.fixture.importer, "/v1/users", &user).await.expect(201);
    }
    for (title, amount, owner) in [("Of Nils", "100", "nils"), ("Of Nora", "7", "nora")] {
        office.sale(title, (amount, "EUR"), "2026-04-15", json!({"owner": owner})).await;
    }
    office
}

#[tokio::test]
async fn sales_of_nobodys_group_are_not_those_of_a_group_of_that_name() {
    let office = two_people().await;
    let named = format!("criteria={}", encoded("group one_of \"(none)\""));
    for moment in ["", "&as_of=2026-03-09"] {
        for (question, found) in [
            ("group=(none)", &["Of Nora"][..]),
            ("group=(none),North", &["Of Nora"]),
            (named.as_str(), &["Of Nils"]),
            ("criteria=group%20is_empty", &["Of Nora"]),
            ("title=of&group=(none)", &["Of Nora"]),
        ] {
            let question = format!("{question}{moment}");
            assert_eq!(office.titles(&question).await, found, "{question}");
        }
    }
}

#[tokio::test]
async fn each_of_both_figures_has_a_list_of_its_own_sf_6() {
    let office = two_people().await;
    let path = "/v1/forecast?from=2026-01-01&to=2026-12-31&period=year&group_by=group";
    let forecast = office.ask_as(&office.fixture.importer, path).await;
    let mut told = Vec::new();
    for row in forecast["rows"].as_array().unwrap() {
        let list = row["drill"]["open"].as_str().unwrap();
        let listed = super::titles(&office.ask_as(&office.fixture.importer, list).await);
        told.push((row["key"].clone(), row["open"]["amount"].clone(), listed));
    }
    let expected = [
        (Value::Null, json!("7.00"), vec!["Of Nora".to_owned()]),
        (json!("(none)"), json!("100.00"), vec!["Of Nils".to_owned()]),
    ];
    assert_eq!(told, expected);
}
