//! Names are one line of characters that show, texts have lines and no other control characters (SO-F2, SO-45, SD-2).

use serde_json::{Value, json};
use system_tests::{Fixture, World};
use uuid::Uuid;

use super::trial::{Expected, Trial};

/// Fields that hold a name, a title, or what people know something by.
const NAMES: [&str; 27] = [
    "/title",
    "/name",
    "/name/en",
    "/name/nb",
    "/labels/nl",
    "/category",
    "/external_reference",
    "/company/name",
    "/contact/name",
    "/project/name",
    "/groups/0",
    "/primary_group",
    "/visible_group",
    "/assignee",
    "/owner",
    "/location",
    "/template",
    "/subject",
    "/our_reference",
    "/phone",
    "/links/0/name",
    "/links/0/target",
    "/target",
    "/stakeholders/0/company/name",
    "/view/group_by",
    "/criteria/any/0/all/0/values/0",
    "/key",
];

/// Fields that hold texts of several lines.
const TEXTS: [&str; 6] =
    ["/description", "/note", "/text", "/purpose", "/comment", "/stakeholders/0/comment"];

/// What no line holds: ends of lines, other control characters, characters that do not show, joiners with nothing to join.
const NO_LINE: [&str; 14] = [
    "two\nlines",
    "two\r\nlines",
    "tab\tbed",
    "bell\u{7}",
    "del\u{7f}ete",
    "next\u{85}line",
    "zero\u{200b}width",
    "to the\u{200f}left",
    "\u{202e}gnp.exe",
    "two\u{2028}lines",
    "\u{2066}apart\u{2069}",
    "\u{feff}mark",
    "\u{200d}joined",
    "joined\u{200c} to nothing",
];

/// What shows nothing.
const BLANK: [&str; 5] = ["\u{200b}", " \u{feff}\u{2060} ", "\u{200d}", "\u{3164}", "\n\u{1}"];

/// Sends every example that has one of `fields` with `bad` in its place.
async fn everywhere(trial: &Trial, fields: &[&str], bad: &[&str], expected: fn(&str) -> Expected) {
    for field in fields {
        let mut sent = 0;
        for example in &trial.examples {
            // what is taken away is known by the name it has
            let taken = example.route.command == "RemoveView";
            for bad in bad.iter().filter(|_| !taken) {
                let mut body = example.body.clone();
                let Some(place) = body.pointer_mut(field).filter(|it| it.is_string()) else {
                    continue;
                };
                *place = json!(bad);
                trial.value(&example.path, &body, expected(field)).await;
                sent += 1;
            }
        }
        assert!(sent > 0, "no command has {field}");
    }
}

fn invalid(field: &str) -> Expected {
    Expected::new(400, "invalid_value").at(field)
}

/// A name in three languages is whole or not: a blank one is told at its field.
fn blank(field: &str) -> Expected {
    let of_languages = ["/name/", "/labels/"].iter().find(|outer| field.starts_with(**outer));
    invalid(of_languages.map_or(field, |outer| outer.trim_end_matches('/')))
}

#[tokio::test]
async fn a_name_is_one_line_of_characters_that_show_so_f2_so_45() {
    let trial = Trial::start().await;
    // a name of one language stands where names of three may
    let path = "/v1/stages";
    for bad in NO_LINE.iter().chain(&BLANK) {
        trial.value(path, &json!({"name": bad, "probability": 1}), invalid("/name")).await;
    }
    everywhere(&trial, &NAMES, &NO_LINE, invalid).await;
    trial.end().await;
}

#[tokio::test]
async fn what_shows_nothing_is_blank_so_1() {
    let trial = Trial::start().await;
    let names: Vec<&str> = NAMES.into_iter().filter(|field| *field != "/title").collect();
    // a criterion without a value asks nothing (SF-7)
    let names: Vec<&str> = names.into_iter().filter(|it| !it.starts_with("/criteria")).collect();
    everywhere(&trial, &names, &BLANK, blank).await;
    everywhere(&trial, &["/title"], &BLANK, |_| Expected::new(422, "title_required").at("/title"))
        .await;
    let texts: Vec<&str> = TEXTS.into_iter().filter(|field| *field != "/note").collect();
    everywhere(&trial, &texts, &BLANK, blank).await;
    trial.end().await;
}

#[tokio::test]
async fn a_text_has_ends_of_lines_and_tabs_and_no_other_control_characters_sd_2() {
    let trial = Trial::start().await;
    let bad = ["one\rtwo", "\u{1b}[31mred", "next\u{85}line", "del\u{7f}ete", "form\u{c}feed"];
    everywhere(&trial, &TEXTS, &bad, invalid).await;
    for example in &trial.examples {
        for field in TEXTS {
            let mut body = example.body.clone();
            let Some(place) = body.pointer_mut(field) else { continue };
            *place = json!("one\r\n\ttwo\n\u{200f}three");
            let reply = trial.ask(&example.path).json(&body).send().await;
            let met = reply.json()["errors"][0]["pointer"] == json!(field);
            assert!(!met, "{}: {}", example.path, reply.text);
        }
    }
}

/// The same line of a file, judged by the same rules, each by itself.
#[tokio::test]
async fn a_line_of_the_bulk_endpoint_is_judged_alike() {
    let trial = Trial::start().await;
    let sale = |title: &str, description: &str| {
        let body =
            json!({"title": title, "sale_type": trial.fixture.new, "description": description});
        json!({"command": "RegisterSale", "body": body}).to_string()
    };
    let bad: Vec<String> = NO_LINE.iter().map(|title| sale(title, "fine")).collect();
    let ask = trial.ask("/v1/commands").header("content-type", "application/x-ndjson");
    for result in ask.body(bad.join("\n")).send().await.expect(200).lines() {
        let problem = &result["problem"];
        let told = (&result["status"], &problem["code"], &problem["errors"][0]["pointer"]);
        assert_eq!(told, (&json!(400), &json!("invalid_value"), &json!("/body/title")), "{result}");
    }
    let ask = trial.ask("/v1/commands").header("content-type", "application/x-ndjson");
    let lines = [sale("\u{200b}", "fine"), sale("fine", "\u{1b}")];
    let results = ask.body(lines.join("\n")).send().await.expect(200).lines();
    let codes: Vec<&Value> = results.iter().map(|result| &result["problem"]["code"]).collect();
    assert_eq!(codes, ["title_required", "invalid_value"]);
    trial.end().await;
}

#[tokio::test]
async fn what_people_write_in_any_script_is_kept_as_it_is() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let texts = "Første linje\r\n\tandre linje\n\u{200f}שלום";
    for (n, title) in [
        "نمی\u{200c}خواهم",
        "क\u{94d}\u{200d}ष",
        "Team 👩\u{200d}👩\u{200d}👧 ❤\u{fe0f}\u{200d}🔥",
        "営業\u{3000}案件",
    ]
    .into_iter()
    .enumerate()
    {
        let id = Uuid::from_u128(0x11e + n as u128);
        let body = json!({"id": id, "title": format!(" {title}\n"), "sale_type": fixture.new,
            "description": texts, "note": texts});
        let sale = world.post(&fixture.importer, "/v1/sales", &body).await.expect(201).json();
        assert_eq!(sale["events"], json!(["sale.registered"]));
        let card =
            world.get(&fixture.importer, &format!("/v1/sales/{id}")).await.expect(200).json();
        assert_eq!(card["title"], json!(title), "{card}");
        assert_eq!((&card["description"], &card["note"]), (&json!(texts), &json!(texts)));
    }
}
