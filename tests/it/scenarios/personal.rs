//! What belongs to one person: favourites and preferences (SO-32, SG-22, SD-14).

use serde_json::{Value, json};
use system_tests::{Fixture, Reply, World};
use uuid::Uuid;

use super::{TODAY, fjord};

/// A world with two sales, and everybody who looks at them.
struct People {
    world: World,
    fixture: Fixture,
    fjord: String,
    rhein: String,
}

impl People {
    async fn new() -> Self {
        let world = World::start().await;
        let fixture = Fixture::set_up(&world).await;
        let fjord = fjord(&world, &fixture).await;
        let rhein = fixture.sale(&world, TODAY, "Rhein CRM", json!({"owner": "kari"})).await;
        Self { world, fixture, fjord, rhein }
    }

    /// A command on a user, asked by somebody in a role.
    async fn said(
        &self,
        (by, role): (&str, &str),
        user: &str,
        command: &str,
        body: Value,
    ) -> Reply {
        let token = self.world.token(by, role);
        self.world.post(&token, &format!("/v1/users/{user}/{command}"), &body).await
    }

    /// What somebody is answered.
    async fn told(&self, user: &str, path: &str) -> Value {
        let token = self.world.token(user, "seller");
        self.world.get(&token, path).await.expect(200).json()
    }

    /// Titles of the sales somebody's question lists.
    async fn titles(&self, user: &str, path: &str) -> Vec<String> {
        let answer = self.told(user, path).await;
        let sales = answer["sales"].as_array().unwrap().iter();
        sales.map(|sale| sale["title"].as_str().unwrap().to_owned()).collect()
    }
}

const OLA: (&str, &str) = ("ola", "seller");
const FAVOURITES: &str = "/v1/sales?favourite=true";

#[tokio::test]
async fn a_favourite_is_its_users_own_so_32() {
    let people = People::new().await;
    let sale = json!({"sale": people.rhein});
    let added = people.said(OLA, "ola", "add-favourite", sale.clone()).await.expect(200).json();
    assert_eq!(added["events"], json!(["user.favourite-added"]));
    let again = people.said(OLA, "ola", "add-favourite", sale.clone()).await.expect(200).json();
    assert_eq!(again["events"], json!([]), "said twice");
    assert_eq!(people.titles("ola", FAVOURITES).await, ["Rhein CRM"]);
    assert_eq!(people.titles("kari", FAVOURITES).await, [] as [&str; 0]);
    let mark = async |user: &str, sale: &str| {
        people.told(user, &format!("/v1/sales/{sale}")).await["favourite"].clone()
    };
    assert_eq!(mark("ola", &people.rhein).await, true);
    assert_eq!(mark("ola", &people.fjord).await, false);
    assert_eq!(mark("kari", &people.rhein).await, false);
    let rows = people.told("ola", "/v1/sales?title=rhein").await;
    assert_eq!(rows["sales"][0]["favourite"], true, "in lists too");

    let gone = people.said(OLA, "ola", "remove-favourite", sale.clone()).await.expect(200).json();
    assert_eq!(gone["events"], json!(["user.favourite-removed"]));
    let again = people.said(OLA, "ola", "remove-favourite", sale).await.expect(200).json();
    assert_eq!(again["events"], json!([]), "said twice");
    assert_eq!(people.titles("ola", FAVOURITES).await, [] as [&str; 0]);
}

#[tokio::test]
async fn favourites_are_of_sales_one_sees_and_of_oneself_so_32() {
    let people = People::new().await;
    let nowhere = json!({"sale": Uuid::from_u128(404)});
    let unknown = people.said(OLA, "ola", "add-favourite", nowhere).await;
    unknown.expect_problem(422, "unknown_sale");
    let hide = format!("/v1/sales/{}/set-visibility", people.rhein);
    let owner = json!({"visible_for": "owner"});
    people.world.post(&people.fixture.importer, &hide, &owner).await.expect(200);
    let sale = json!({"sale": people.rhein});
    let unseen = people.said(OLA, "ola", "add-favourite", sale).await;
    unseen.expect_problem(422, "unknown_sale");
    let sale = json!({"sale": people.fjord});
    let others = people.said(("kari", "seller"), "ola", "add-favourite", sale.clone()).await;
    others.expect_problem(403, "not_yourself");
    // somebody nobody has heard of yet is added from their token
    people.said(("mia", "seller"), "mia", "add-favourite", sale).await.expect(200);
    assert_eq!(people.titles("mia", FAVOURITES).await, ["Fjord ERP"]);
    let users = people.told("ola", "/v1/users").await;
    assert!(users["users"].as_array().unwrap().iter().any(|user| user["id"] == "mia"));
    // a favourite that is deleted, or hidden later, is in no list
    let gone = format!("/v1/sales/{}/delete", people.fjord);
    people.world.post(&people.fixture.importer, &gone, &json!({})).await.expect(200);
    assert_eq!(people.titles("mia", FAVOURITES).await, [] as [&str; 0]);
}

#[tokio::test]
async fn five_hundred_favourites_are_enough_so_32() {
    let people = People::new().await;
    let lines: Vec<String> = (0..500)
        .map(|n| {
            let id = Uuid::from_u128(0xfa_0000 + n);
            let body = json!({"title": format!("Sale {n}"), "sale_type": people.fixture.simple});
            let sale =
                json!({"command": "RegisterSale", "id": id, "key": format!("s{n}"), "body": body});
            let mark = json!({"command": "AddFavourite", "id": "ola", "key": format!("f{n}"),
                "body": {"sale": id}});
            format!("{sale}\n{mark}\n")
        })
        .collect();
    let ask = people.world.command(reqwest::Method::POST, "/v1/commands");
    let ask = ask.bearer(&people.fixture.importer).header("content-type", "application/x-ndjson");
    let answers = ask.body(lines.concat()).send().await.expect(200).lines();
    for answer in &answers {
        assert!([200, 201].contains(&answer["status"].as_u64().unwrap()), "{answer}");
    }
    let more = people.said(OLA, "ola", "add-favourite", json!({"sale": people.fjord})).await;
    assert_eq!(more.status, 422, "{}", more.text);
    let page = people.told("ola", "/v1/sales?favourite=true&limit=500").await;
    assert_eq!(page["sales"].as_array().unwrap().len(), 500);
}

#[tokio::test]
async fn preferences_are_ones_own_and_an_administrator_may_set_them_sg_22_sd_14() {
    let people = People::new().await;
    let of = async |user: &str| people.told(user, "/v1/me").await["preferences"].clone();
    let usual = json!({"confirm_suggested_follow_up": true, "show_days_ahead": 7});
    assert_eq!(of("ola").await, usual);
    let ask = json!({"confirm_suggested_follow_up": false});
    let set = people.said(OLA, "ola", "set-preferences", ask.clone()).await.expect(200).json();
    assert_eq!(set["events"], json!(["user.preferences-set"]));
    let again = people.said(OLA, "ola", "set-preferences", ask).await.expect(200).json();
    assert_eq!(again["events"], json!([]), "said twice");
    let days = json!({"show_days_ahead": 366});
    people.said(("eva", "admin"), "ola", "set-preferences", days.clone()).await.expect(200);
    let both = json!({"confirm_suggested_follow_up": false, "show_days_ahead": 366});
    assert_eq!(of("ola").await, both, "what was left out stays");
    assert_eq!(of("kari").await, usual);
    for by in [("kari", "seller"), ("kari", "manager")] {
        let refused = people.said(by, "ola", "set-preferences", days.clone()).await;
        refused.expect_problem(403, "not_yourself");
    }
    let far = people.said(OLA, "ola", "set-preferences", json!({"show_days_ahead": 367})).await;
    assert!([400, 422].contains(&far.status.as_u16()), "{}", far.text);
    people
        .said(("mia", "seller"), "mia", "set-preferences", json!({"show_days_ahead": 0}))
        .await
        .expect(200);
    assert_eq!(of("mia").await["show_days_ahead"], 0);
}

/// SD-14: the preference is how far the diary looks ahead, unless the question says otherwise.
#[tokio::test]
async fn the_diary_looks_ahead_as_far_as_its_reader_prefers_sd_14_sd_18() {
    let people = People::new().await;
    let meeting = json!({"kind": "meeting", "title": "Visit", "sale": people.fjord,
        "start": "2026-03-20T09:00:00Z"});
    let token = people.world.token("ola", "seller");
    people.world.post(&token, "/v1/activities", &meeting).await.expect(201);
    let diary = async |more: &str| {
        let path = format!("/v1/diary?owner=ola&from=2026-03-10&to=2026-03-10{more}");
        let diary = people.told("ola", &path).await;
        let count = |list: &str| diary[list].as_array().unwrap().len();
        (count("activities"), count("sales"))
    };
    assert_eq!(diary("").await, (0, 0), "ten days are more than seven");
    let days = json!({"show_days_ahead": 10});
    people.said(OLA, "ola", "set-preferences", days).await.expect(200);
    assert_eq!(diary("").await, (1, 1), "limits included");
    assert_eq!(diary("&days_ahead=9").await, (0, 0), "the question says otherwise");
    let days = json!({"show_days_ahead": 9});
    people.said(OLA, "ola", "set-preferences", days).await.expect(200);
    assert_eq!(diary("").await, (0, 0));
}
