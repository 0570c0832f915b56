//! Registered companies and contacts: lists and one of each, at any moment.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use events::sale::Registration;
use events::{Company, CompanyEvent, Contact, ContactEvent, Event, TypeName};
use http::Request;
use serde_json::{Value, json};
use service_runtime::Role;
use tower::ServiceExt;
use uuid::Uuid;

use super::facts::{registered, registration, sale};
use super::party_facts::{company, company_id, contact, contact_id, linked};
use super::{World, actor, instant};

pub(super) fn name(text: &str) -> TypeName {
    TypeName::parse(text).unwrap()
}

fn company_named(text: &str, what: [Option<&str>; 3]) -> Company {
    Company { name: name(text), ..company(what) }
}

pub(super) fn known(company: Company) -> Event {
    Event::Company(CompanyEvent::Registered(company))
}

pub(super) fn known_otherwise(company: Company) -> Event {
    Event::Company(CompanyEvent::Edited(company))
}

pub(super) fn contact_named(text: &str, of: Option<u128>, email: Option<&str>) -> Contact {
    Contact { name: name(text), company: of.map(company_id), ..contact(email, Some("+47 1")) }
}

/// Both facts of companies and of contacts, with names that are hard to write down.
pub(super) async fn many_parties(world: &mut World) {
    let odd = "Ærlig \"talt\"\t\\ {AS},\nİstanbul";
    let what = [Some("customer"), None, Some("NO")];
    let facts = [known(company_named(odd, what)), known_otherwise(company([None; 3]))];
    world.record(&company_id(90).stream(), &facts).await;
    let per = contact_named(odd, None, None);
    let facts = [
        Event::Contact(ContactEvent::Registered(per)),
        Event::Contact(ContactEvent::Edited(contact(Some("\"a b\"@fjord.example"), None))),
    ];
    world.record(&contact_id(90).stream(), &facts).await;
}

/// Four companies, three contacts.
async fn market() -> World {
    let mut world = World::provisioned().await;
    for (n, text, what) in [
        (0, "Fjord AS", [Some("customer"), Some("trade"), Some("NO")]),
        (1, "Ærø Rederi", [Some("customer"), None, Some("DK")]),
        (2, "fjordens hus", [Some("prospect"), Some("trade"), None]),
        (3, "De Fjord BV", [None, None, Some("NL")]),
    ] {
        world.record(&company_id(n).stream(), &[known(company_named(text, what))]).await;
    }
    for (n, text, of, email) in [
        (0, "Nina Hansen", Some(0), Some("Nina@Fjord.example")),
        (1, "Åse Berg", Some(0), None),
        (2, "Bart de Vries", None, Some("bart@lake.example")),
    ] {
        let fact = Event::Contact(ContactEvent::Registered(contact_named(text, of, email)));
        world.record(&contact_id(n).stream(), &[fact]).await;
    }
    world.follow().await;
    world
}

/// Names in a list, joined by ` | `.
fn names(answer: &Value, list: &str) -> String {
    let rows = answer[list].as_array().unwrap().iter();
    rows.map(|row| row["name"].as_str().unwrap()).collect::<Vec<_>>().join(" | ")
}

#[tokio::test]
async fn companies_are_found_by_name_category_business_and_country_so_f14_st_2() {
    let world = market().await;
    let all = "De Fjord BV | Fjord AS | fjordens hus | Ærø Rederi";
    let backwards = "Ærø Rederi | fjordens hus | Fjord AS | De Fjord BV";
    let one = company_id(0).0;
    for (question, expected) in [
        (String::new(), all),
        ("sort=name".into(), all),
        ("sort=-name".into(), backwards),
        ("q=FJORD".into(), "De Fjord BV | Fjord AS | fjordens hus"),
        ("q=%C3%86R%C3%98".into(), "Ærø Rederi"),
        ("q=%25".into(), ""),
        ("q=%20".into(), all),
        ("category=customer".into(), "Fjord AS | Ærø Rederi"),
        ("category=prospect,(none)".into(), "De Fjord BV | fjordens hus"),
        ("business=trade&category=customer".into(), "Fjord AS"),
        ("business=(none)".into(), "De Fjord BV | Ærø Rederi"),
        ("country=NO,DK".into(), "Fjord AS | Ærø Rederi"),
        ("country=(none)&q=hus".into(), "fjordens hus"),
        (format!("id={one},{}", Uuid::from_u128(404)), "Fjord AS"),
    ] {
        let answer = world.ask(&format!("/v1/companies?{question}")).await;
        assert_eq!(names(&answer, "companies"), expected, "{question}");
    }
    let answer = world.ask("/v1/companies?q=as&limit=1").await;
    assert_eq!((&answer["language"], &answer["next"]), (&json!("en"), &Value::Null));
    let mut fjord = answer["companies"][0].clone();
    fjord.as_object_mut().unwrap().remove("updated_at");
    assert_eq!(
        fjord,
        json!({"id": one, "version": 1, "name": "Fjord AS", "country": "NO",
            "category": {"key": "customer", "label": "Customer"},
            "business": {"key": "trade", "label": "Trade"}})
    );
    for bad in ["country=no", "country=XX", "id=x", "sort=country", "category="] {
        let refused = world.refused(&format!("/v1/companies?{bad}")).await;
        assert_eq!(refused, (400, "bad_parameter".to_owned()), "{bad}");
    }
}

#[tokio::test]
async fn contacts_are_found_by_name_company_and_address_so_f15_sk_6() {
    let world = market().await;
    let fjord = company_id(0).0;
    for (question, expected) in [
        (String::new(), "Bart de Vries | Nina Hansen | Åse Berg"),
        ("sort=-name&limit=2".into(), "Åse Berg | Nina Hansen"),
        ("q=%C3%A5SE".into(), "Åse Berg"),
        (format!("company={fjord}"), "Nina Hansen | Åse Berg"),
        (format!("company={fjord},(none)&q=a%20"), "Bart de Vries | Nina Hansen"),
        ("company=(none)".into(), "Bart de Vries"),
        (format!("company={}", Uuid::nil()), ""),
        ("email=nina%40fjord.example,BART%40lake.example".into(), "Bart de Vries | Nina Hansen"),
        ("email=(none)".into(), "Åse Berg"),
        ("email=fjord.example".into(), ""),
        (format!("id={}", contact_id(2).0), "Bart de Vries"),
    ] {
        let answer = world.ask(&format!("/v1/contacts?{question}")).await;
        assert_eq!(names(&answer, "contacts"), expected, "{question}");
    }
    let answer = world.ask("/v1/contacts?q=nina").await;
    let nina = &answer["contacts"][0];
    assert_eq!(nina["company"], json!({"id": fjord, "name": "Fjord AS"}));
    assert_eq!((&nina["email"], &nina["phone"]), (&json!("Nina@Fjord.example"), &json!("+47 1")));
    for bad in ["company=x", "id=", "sort=email", "category=customer"] {
        assert_eq!(world.refused(&format!("/v1/contacts?{bad}")).await.0, 400, "{bad}");
    }
}

#[tokio::test]
async fn later_pages_show_the_position_of_the_first() {
    let mut world = market().await;
    for (list, edited, expected) in [
        (
            "companies",
            (company_id(3).stream(), known_otherwise(company_named("Zuid BV", [None; 3]))),
            "fjordens hus | Ærø Rederi",
        ),
        (
            "contacts",
            (
                contact_id(2).stream(),
                Event::Contact(ContactEvent::Edited(contact_named("Ørjan", None, None))),
            ),
            "Åse Berg",
        ),
    ] {
        let first = world.ask(&format!("/v1/{list}?limit=2")).await;
        world.record(&edited.0, &[edited.1]).await;
        world.follow().await;
        let next = first["next"].as_str().unwrap();
        let second = world.ask(&format!("/v1/{list}?limit=2&cursor={next}")).await;
        assert_eq!(names(&second, list), expected, "the renamed one was on the first page");
        assert_eq!((&second["position"], &second["next"]), (&first["position"], &Value::Null));
        let other = world.refused(&format!("/v1/{list}?limit=2&sort=-name&cursor={next}")).await;
        assert_eq!(other, (400, "unknown_cursor".to_owned()));
    }
}

/// An answer with its tag.
async fn tagged(router: &Router, world: &World, question: &str) -> (u16, String, Value) {
    let request = Request::get(question).extension(Arc::new(actor(&world.tenant, Role::Analyst)));
    let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let tag = answer.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
    let status = answer.status().as_u16();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, tag.unwrap_or_default(), serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn one_company_has_its_contacts_its_version_and_the_way_to_its_sales() {
    let mut world = market().await;
    let fjord = company_id(0).0;
    let edited = company_named("Fjord Gruppen AS", [Some("partner"), None, Some("NO")]);
    world.record(&company_id(0).stream(), &[known_otherwise(edited)]).await;
    for n in 1..=2_u128 {
        let parties = linked((n == 1).then_some(fjord), (n == 2).then_some(contact_id(0).0));
        let facts = [registered(Registration { parties, ..registration() })];
        world.record(&sale(n).stream(), &facts).await;
    }
    world.follow().await;
    let router = world.routes(1);
    let path = format!("/v1/companies/{fjord}?as_of=2099-01-01");
    let (status, tag, body) = tagged(&router, &world, &path).await;
    assert_eq!((status, tag.as_str()), (200, "\"2\""));
    assert_eq!((&body["name"], &body["version"]), (&json!("Fjord Gruppen AS"), &json!(2)));
    assert_eq!(body["category"], json!({"key": "partner", "label": "Partner"}));
    assert_eq!(
        (names(&body, "contacts").as_str(), &body["contact_count"]),
        ("Nina Hansen | Åse Berg", &json!(2))
    );
    assert_eq!(body["contacts"][0]["company"]["name"], "Fjord Gruppen AS");
    let sales = body["drill"]["sales"].as_str().unwrap();
    assert_eq!(sales, format!("/v1/sales?as_of=2099-01-01&company={fjord}"));
    assert_eq!(world.ask(sales).await["sales"][0]["id"], json!(sale(1)));
    let contacts = world.ask(body["drill"]["contacts"].as_str().unwrap()).await;
    assert_eq!(names(&contacts, "contacts"), "Nina Hansen | Åse Berg");

    let nina = contact_id(0).0;
    let (status, tag, body) = tagged(&router, &world, &format!("/v1/contacts/{nina}")).await;
    assert_eq!((status, tag.as_str(), &body["name"]), (200, "\"1\"", &json!("Nina Hansen")));
    let sales = world.ask(body["drill"]["sales"].as_str().unwrap()).await;
    assert_eq!(sales["sales"][0]["id"], json!(sale(2)));
    for list in ["companies", "contacts"] {
        let unknown = format!("/v1/{list}/{}", Uuid::from_u128(404));
        assert_eq!(world.refused(&unknown).await, (404, "not_found".to_owned()));
        let malformed = world.refused(&format!("/v1/{list}/x")).await;
        assert_eq!(malformed, (400, "malformed_id".to_owned()));
    }
}

#[tokio::test]
async fn companies_and_contacts_are_those_of_the_moment() {
    let mut world = World::provisioned().await;
    let (early, late) = (instant("2026-01-10T09:00:00Z"), instant("2026-02-10T09:00:00Z"));
    let before = company_named("Fjord", [Some("prospect"), None, None]);
    let after = company_named("Fjord AS", [Some("customer"), None, Some("NO")]);
    world.record_at(Some(early), &company_id(0).stream(), &[known(before)]).await;
    world.record_at(Some(late), &company_id(0).stream(), &[known_otherwise(after)]).await;
    let nina = Event::Contact(ContactEvent::Registered(contact_named("Nina", Some(0), None)));
    world.record_at(Some(instant("2026-01-01T09:00:00Z")), &contact_id(0).stream(), &[nina]).await;
    world.follow().await;
    let fjord = company_id(0).0;
    for (moment, expected) in [
        ("", Some(("Fjord AS", "customer"))),
        ("?as_of=2026-02-09", Some(("Fjord", "prospect"))),
        ("?as_of=2026-01-09", None),
        ("?known_at=2020-01-01", None),
    ] {
        let (status, body) = world
            .ask_as(&world.tenant, Role::Seller, &format!("/v1/companies/{fjord}{moment}"))
            .await;
        assert_eq!(status.as_u16(), if expected.is_some() { 200 } else { 404 }, "{moment}");
        let listed = world.ask(&format!("/v1/companies{moment}")).await;
        assert_eq!(listed["companies"].as_array().unwrap().len(), usize::from(expected.is_some()));
        if let Some((name, category)) = expected {
            assert_eq!((&body["name"], &body["category"]["key"]), (&json!(name), &json!(category)));
        }
    }
    let contact = world.ask("/v1/contacts?as_of=2026-01-05").await;
    assert_eq!(
        contact["contacts"][0]["company"]["name"], "Fjord",
        "the first name it has is better than none"
    );
}
