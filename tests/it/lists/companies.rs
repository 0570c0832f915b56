//! Companies and contacts through HTTP: labels in the language of whoever asks, tags, pages, files (SO-F14, SO-F15, SD-28).

use serde_json::{Value, json};
use uuid::Uuid;

use super::Shop;
use super::export::cells;

const FJORD: Uuid = Uuid::from_u128(0xf1);

impl Shop {
    /// Three companies, and contacts of the first; Ola registers them.
    async fn with_companies() -> Self {
        let shop = Self::open().await;
        for body in [
            json!({"id": FJORD, "name": "Fjord AS", "category": "customer", "business": "construction", "country": "NO"}),
            json!({"name": "Ærø Rederi", "category": "prospect", "country": "DK"}),
            json!({"name": "de fjord BV"}),
        ] {
            shop.registered("/v1/companies", body).await;
        }
        for name in ["Nina", "Åse"] {
            let email = format!("{}@fjord.example", name.len());
            let body =
                json!({"name": name, "company": FJORD, "email": email, "phone": "+47 22 00 00 00"});
            shop.registered("/v1/contacts", body).await;
        }
        shop
    }

    async fn registered(&self, path: &str, body: Value) -> String {
        let reply = self.world.post(&self.fixture.importer, path, &body).await.expect(201);
        reply.json()["id"].as_str().unwrap().to_owned()
    }
}

fn names(rows: &Value) -> Vec<&str> {
    rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn labels_are_in_the_language_of_whoever_asks_and_follow_the_list_so_19_st_2() {
    let shop = Shop::with_companies().await;
    let path = format!("/v1/companies/{FJORD}");
    let label = async |language: &str, of: &str| {
        shop.world.caught_up().await;
        let question = shop.world.question(&path).bearer(&shop.fixture.importer);
        let answer = question.header("accept-language", language).send().await.expect(200).json();
        (answer["language"].clone(), answer[of]["key"].clone(), answer[of]["label"].clone())
    };
    for (language, told, expected) in
        [("nb-NO", "nb", "Bygg og anlegg"), ("nl", "nl", "Bouw"), ("fr", "en", "Construction")]
    {
        let expected = (json!(told), json!("construction"), json!(expected));
        assert_eq!(label(language, "business").await, expected);
    }
    let admin = shop.world.token("eva", "admin");
    let renamed = json!({"key": "customer", "labels": {"en": "Client", "nb": "Klient"}, "rank": 1});
    shop.world.post(&admin, "/v1/lists/company_category/edit-item", &renamed).await.expect(200);
    assert_eq!(label("nb", "category").await.2, "Klient");
    let rows = shop.ask("/v1/companies?category=customer").await;
    assert_eq!(rows["companies"][0]["category"], json!({"key": "customer", "label": "Client"}));
}

#[tokio::test]
async fn the_tag_of_a_company_is_what_if_match_takes_and_a_change_makes_another() {
    let shop = Shop::with_companies().await;
    let token = &shop.fixture.importer;
    let path = format!("/v1/companies/{FJORD}");
    let tag = async || {
        let reply = shop.world.get(token, &path).await.expect(200);
        reply.header("etag").unwrap().to_owned()
    };
    let first = tag().await;
    assert!(first.starts_with("W/\"1-"), "{first}");
    let edit = async |tag: &str| {
        let command = shop.world.command(reqwest::Method::POST, &format!("{path}/edit"));
        let body = json!({"country": "SE"});
        command.bearer(token).header("if-match", tag).json(&body).send().await
    };
    edit(&first).await.expect(200);
    let second = tag().await;
    assert!(second.starts_with("W/\"2-"), "{second}");
    edit(&first).await.expect_problem(412, "precondition_failed");
    let known = shop.world.question(&path).bearer(token).header("if-none-match", &second);
    known.send().await.expect(304);
    // a contact more is another answer about the same version
    shop.registered("/v1/contacts", json!({"name": "Ola", "company": FJORD})).await;
    let third = tag().await;
    assert!(third.starts_with("W/\"2-") && third != second, "{third}");
}

#[tokio::test]
async fn pages_are_one_state_and_sales_and_contacts_are_one_step_away_so_34() {
    let shop = Shop::with_companies().await;
    let company = json!({"company": {"id": FJORD, "name": "Fjord AS"}});
    let sale = shop.sale("Linked", ("100", "EUR"), "2026-05-01", company).await;
    shop.sale("Other", ("100", "EUR"), "2026-05-01", json!({})).await;
    let first = shop.ask("/v1/companies?limit=2").await;
    assert_eq!(names(&first["companies"]), ["de fjord BV", "Fjord AS"]);
    shop.registered("/v1/companies", json!({"name": "Aker"})).await;
    let cursor = first["next"].as_str().unwrap();
    let second = shop.ask(&format!("/v1/companies?limit=2&cursor={cursor}")).await;
    assert_eq!((names(&second["companies"]), &second["next"]), (vec!["Ærø Rederi"], &Value::Null));
    let fjord = shop.ask(&format!("/v1/companies/{FJORD}")).await;
    assert_eq!(
        (names(&fjord["contacts"]), &fjord["contact_count"]),
        (vec!["Nina", "Åse"], &json!(2))
    );
    let sales = shop.ask(fjord["drill"]["sales"].as_str().unwrap()).await;
    assert_eq!(
        (sales["sales"].as_array().unwrap().len(), &sales["sales"][0]["id"]),
        (1, &json!(sale))
    );
    let contacts = shop.ask(fjord["drill"]["contacts"].as_str().unwrap()).await;
    assert_eq!(names(&contacts["contacts"]), ["Nina", "Åse"]);
}

#[tokio::test]
async fn companies_and_contacts_are_taken_away_with_keys_and_labels_sd_28() {
    let shop = Shop::with_companies().await;
    let token = &shop.fixture.importer;
    shop.world.caught_up().await;
    let asked = "/v1/companies/export?q=fjord&sort=-name";
    let question = shop.world.question(asked).bearer(token).header("accept-language", "nb");
    let file = question.send().await.expect(200);
    let columns = ["name", "category", "category_name", "business_name", "country"];
    assert_eq!(
        cells(&file, &columns),
        [
            ["Fjord AS", "customer", "Kunde", "Bygg og anlegg", "NO"],
            ["de fjord BV", "", "", "", ""]
        ]
    );
    let file = shop.world.get(token, &format!("/v1/contacts/export?company={FJORD}")).await;
    let columns = ["name", "company", "email", "phone", "company_id"];
    let fjord = FJORD.to_string();
    let row = |name: &'static str, email: &'static str| {
        [name, "Fjord AS", email, "'+47 22 00 00 00", fjord.as_str()].map(str::to_owned)
    };
    assert_eq!(
        cells(&file.expect(200), &columns),
        [row("Nina", "4@fjord.example"), row("Åse", "4@fjord.example")]
    );
}

#[tokio::test]
async fn a_row_of_a_company_or_contact_that_the_log_does_not_make_is_found() {
    let shop = Shop::with_companies().await;
    shop.registered("/v1/companies", json!({"name": "Ærlig \"talt\" {AS}\\"})).await;
    shop.world.caught_up().await;
    shop.world.log_ok().await.unwrap();
    for (spoilt, mended, named) in [
        (
            "UPDATE rm_sale_1.company_version SET country = 'SE' WHERE country = 'NO'",
            "UPDATE rm_sale_1.company_version SET country = 'NO' WHERE country = 'SE'",
            "company_version",
        ),
        (
            "UPDATE rm_sale_1.contact_version SET phone = NULL",
            "UPDATE rm_sale_1.contact_version SET phone = '+47 22 00 00 00'",
            "contact_version",
        ),
    ] {
        let rows = shop.world.database.owner();
        sqlx::query(spoilt).execute(rows).await.unwrap();
        let found = shop.world.log_ok().await.unwrap_err().to_string();
        assert!(found.contains(named), "{found}");
        sqlx::query(mended).execute(rows).await.unwrap();
        shop.world.log_ok().await.unwrap();
    }
}
