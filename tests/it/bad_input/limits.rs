//! Every limit at n and at n + 1 (design §5): the first is accepted, the second refused with its place.

use serde_json::{Value, json};
use uuid::Uuid;

use super::trial::{Expected, Trial};

/// A name nobody else has, of `n` characters, each of three bytes.
fn long(n: usize, salt: usize) -> String {
    let tail = format!("{salt:04}");
    "語".repeat(n - tail.len()) + &tail
}

/// An address of `n` letters whose parts have lengths that they may have.
fn address(n: usize) -> String {
    let (local, end) = (format!("{}@", "k".repeat(40)), ".example");
    let labels = "d.".repeat(n);
    let domain = &labels[..n - local.len() - end.len()];
    // never two dots in a row
    let domain = domain.strip_suffix('.').map_or(domain.to_owned(), |short| format!("{short}d"));
    format!("{local}{domain}{end}")
}

/// Commands by field: where the limit lies, and the value of a given length.
type Limit = (&'static [&'static str], &'static str, usize, fn(usize, usize) -> Value);

const LIMITS: [Limit; 41] = [
    (&["RegisterSale", "EditSale"], "/title", 219, |n, salt| json!(long(n, salt))),
    (&["RegisterSale", "EditSale", "AddStage", "EditStage"], "/description", 65_536, |n, salt| {
        json!(long(n, salt))
    }),
    (&["PlanActivity", "EditActivity"], "/title", 219, |n, salt| json!(long(n, salt))),
    (&["PlanActivity", "EditActivity"], "/description", 2_048, |n, salt| json!(long(n, salt))),
    (&["PlanActivity", "EditActivity"], "/project/name", 239, |n, salt| json!(long(n, salt))),
    (&["RegisterSale"], "/external_reference", 239, |n, salt| json!(long(n, salt))),
    (&["RegisterSale", "EditSale"], "/company/name", 239, |n, salt| json!(long(n, salt))),
    (&["AddStage", "EditStage", "DefineSaleType", "EditSaleType"], "/name", 239, |n, salt| {
        json!(long(n, salt))
    }),
    (&["AddStage", "DefineSaleType"], "/name/nb", 239, |n, salt| json!(long(n, salt))),
    (&["DefineSaleType", "EditSaleType"], "/category", 239, |n, salt| json!(long(n, salt))),
    (&["RegisterSale", "EditSale"], "/source", 60, |n, _| json!("k".repeat(n))),
    (&["PlanActivity", "EditActivity"], "/location", 239, |n, salt| json!(long(n, salt))),
    (&["PlanActivity", "EditActivity"], "/priority", 60, |n, _| json!("k".repeat(n))),
    (&["CreateFromGuideItem", "CreateDocument"], "/title", 219, |n, salt| json!(long(n, salt))),
    (&["CreateFromGuideItem", "CreateDocument"], "/description", 2_048, |n, salt| {
        json!(long(n, salt))
    }),
    (
        &["CreateDocument", "AddSuggestedDocument", "EditSuggestedDocument"],
        "/our_reference",
        99,
        |n, salt| json!(long(n, salt)),
    ),
    (
        &["CreateDocument", "AddSuggestedDocument", "EditSuggestedDocument"],
        "/template",
        239,
        |n, salt| json!(long(n, salt)),
    ),
    (&["AddSuggestedDocument", "EditSuggestedDocument"], "/subject", 219, |n, salt| {
        json!(long(n, salt))
    }),
    (
        &[
            "AddSuggestedFollowUp",
            "EditSuggestedFollowUp",
            "AddSuggestedDocument",
            "EditSuggestedDocument",
        ],
        "/purpose",
        254,
        |n, salt| json!(long(n, salt)),
    ),
    (&["AddSuggestedFollowUp", "EditSuggestedFollowUp"], "/text", 2_047, |n, salt| {
        json!(long(n, salt))
    }),
    (
        &[
            "AddSuggestedFollowUp",
            "EditSuggestedFollowUp",
            "AddSuggestedDocument",
            "EditSuggestedDocument",
        ],
        "/name/nb",
        239,
        |n, salt| json!(long(n, salt)),
    ),
    (&["AddListItem"], "/key", 60, |n, _| json!("k".repeat(n))),
    (&["EditListItem"], "/labels/nb", 239, |n, salt| json!(long(n, salt))),
    (&["RegisterSale", "EditSale"], "/credited", 60, |n, _| json!("k".repeat(n))),
    (&["RegisterSale", "SetNote"], "/note", 65_536, |n, salt| json!(long(n, salt))),
    (&["AddLink"], "/name", 239, |n, salt| json!(long(n, salt))),
    (&["RegisterSale"], "/links/0/name", 239, |n, salt| json!(long(n, salt))),
    (&["RegisterSale"], "/links", 100, |n, _| {
        let link = |n| json!({"kind": "url", "target": format!("https://example.com/{n}"), "name": "A link"});
        (0..n).map(link).collect()
    }),
    (&["CreateSelection", "EditSelection", "SaveView"], "/name", 239, |n, salt| {
        json!(long(n, salt))
    }),
    (&["CreateSelection", "EditSelection"], "/description", 2_048, |n, salt| json!(long(n, salt))),
    (
        &["CreateSelection", "EditSelection", "RegisterCompany", "EditCompany"],
        "/category",
        60,
        |n, _| json!("k".repeat(n)),
    ),
    (&["CreateSelection"], "/members", 500, |n, _| json!(vec![crate::examples::FOLLOWED_UP; n])),
    (&["AddMembers", "RemoveMembers"], "/sales", 500, |n, _| {
        json!(vec![crate::examples::FOLLOWED_UP; n])
    }),
    (
        &["RegisterCompany", "EditCompany", "RegisterContact", "EditContact"],
        "/name",
        239,
        |n, salt| json!(long(n, salt)),
    ),
    (&["RegisterCompany", "EditCompany"], "/business", 60, |n, _| json!("k".repeat(n))),
    (&["RegisterContact", "EditContact"], "/email", 254, |n, _| json!(address(n))),
    (&["RegisterContact", "EditContact"], "/phone", 64, |n, salt| json!(long(n, salt))),
    (&["AddUser"], "/name", 239, |n, salt| json!(long(n, salt))),
    (&["AddUser"], "/id", 255, |n, salt| json!(long(n, salt))),
    (&["AddUser"], "/primary_group", 239, |n, salt| json!(long(n, salt))),
    (&["AddUser"], "/groups", 50, |n, _| (0..n).map(|group| json!(format!("g{group}"))).collect()),
];

#[tokio::test]
async fn a_text_is_accepted_at_its_limit_and_refused_one_beyond() {
    let trial = Trial::start().await;
    let mut salt = 0;
    for (commands, field, limit, value) in LIMITS {
        for command in commands {
            let example = trial.examples.iter().find(|e| e.route.command == *command).unwrap();
            let mut body = example.body.clone();
            salt += 1;
            if body.get("id").is_some() {
                body["id"] = match *command {
                    "AddUser" => json!(format!("user-{salt}")),
                    _ => json!(Uuid::from_u128(0x9000 + u128::try_from(salt).unwrap())),
                };
                if body["name"].is_object() {
                    body["name"] =
                        json!({"en": format!("en {salt}"), "nb": "x", "nl": format!("nl {salt}")});
                }
            }
            *body.pointer_mut(field).unwrap() = value(limit + 1, salt);
            let before = trial.world.stored().await;
            let outer = format!("/{}", field.split('/').nth(1).unwrap());
            trial.value(&example.path, &body, Expected::new(400, "invalid_value").at(outer)).await;
            assert_eq!(trial.world.stored().await, before);
            *body.pointer_mut(field).unwrap() = value(limit, salt);
            let reply = trial.ask(&example.path).json(&body).send().await;
            assert!(reply.status.is_success(), "{command} {field}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn reasons_and_competitors_have_60_characters_at_most() {
    let trial = Trial::start().await;
    for (command, fields) in [
        ("StallSale", &["/reason"][..]),
        ("ChangeStallTerms", &["/reason"]),
        ("MarkSold", &["/reason", "/competitor"]),
        ("MarkLost", &["/reason", "/competitor"]),
    ] {
        let example = trial.examples.iter().find(|e| e.route.command == command).unwrap();
        for field in fields {
            let mut body = example.body.clone();
            *body.pointer_mut(field).unwrap() = json!("r".repeat(61));
            let expected = Expected::new(400, "invalid_value").at(*field);
            trial.value(&example.path, &body, expected).await;
        }
        let mut body = example.body.clone();
        for field in fields {
            *body.pointer_mut(field).unwrap() = json!("r".repeat(60));
        }
        trial.ask(&example.path).json(&body).send().await.expect(200);
    }
}

#[tokio::test]
async fn a_type_has_100_stages_at_most_and_a_duration_1200_units() {
    let trial = Trial::start().await;
    let mut stages = Vec::new();
    for n in 0..101 {
        let body = json!({"name": format!("Stage {n}"), "probability": n % 100});
        let stage = trial.ask("/v1/stages").json(&body).send().await.expect(201).json();
        stages.push(stage["id"].clone());
    }
    for command in ["DefineSaleType", "EditSaleType"] {
        let example = trial.examples.iter().find(|e| e.route.command == command).unwrap();
        let mut body = example.body.clone();
        body["stages"] = json!(stages);
        let expected = Expected::new(400, "invalid_value").at("/stages");
        trial.value(&example.path, &body, expected).await;
        body["stages"] = json!(stages[..100]);
        body["duration"]["n"] = json!(1_201);
        let expected = Expected::new(422, "duration_out_of_range").at("/duration/n");
        trial.value(&example.path, &body, expected).await;
        body["duration"]["n"] = json!(1_200);
        let reply = trial.ask(&example.path).json(&body).send().await;
        assert!(reply.status.is_success(), "{command}: {}", reply.text);
    }
}

#[tokio::test]
async fn figures_are_accepted_at_their_limits() {
    let trial = Trial::start().await;
    let sale = trial.fixture.sale(&trial.world, "2026-03-01T10:00:00Z", "Large",
        json!({"amount": {"amount": "10000000000000", "currency": "NOK"}, "probability": 100, "sale_date": "9999-12-31"})).await;
    for (command, body) in [
        ("change-amount", json!({"amount": {"amount": "10000000000000.00", "currency": "NOK"}})),
        ("set-margin", json!({"profit_percent": "-0"})),
        ("set-margin", json!({"total_cost": {"amount": "0.01", "currency": "NOK"}})),
        ("set-margin", json!({"profit_percent": 100})),
        ("override-probability", json!({"probability": 0})),
        ("edit", json!({"sale_date": "1900-01-01"})),
        ("change-amount", json!({"amount": {"amount": "0", "currency": "NOK"}})),
        ("stall", json!({"reopen_date": "9999-12-31", "reason": "a"})),
    ] {
        trial.fixture.on(&trial.world, &sale, command, body).await;
    }
    for (rate, unit) in [
        (json!("9999999999.9999999999"), 1),
        (json!("0.0000000001"), 1_000_000),
        (json!(12.677), 100),
    ] {
        let body = json!({"rate": rate, "unit": unit});
        trial.ask("/v1/currencies/SEK/set-rate").json(&body).send().await.expect(200);
    }
}
