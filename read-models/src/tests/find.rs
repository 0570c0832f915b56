//! What a search finds: from memory, by SQL, now and then (SF-7 to SF-9).

use events::criteria::{Block, Criteria, Criterion, Field, Item, Kind, Operator};
use events::rights::{Level, RecordRights, Records};
use events::sale::Registration;
use events::{
    ActivityEvent, CompanyEvent, ContactEvent, Event, SaleEvent, StreamName, TenantEvent, Title,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use service_runtime::Role;
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::World;
use super::agenda::{activity, days, deleted, planned, terms, times};
use super::chances::chances;
use super::facts::{registered, registration, sale};
use super::histories::{Player, Step, steps};
use super::party_facts::{company, company_id, contact, contact_id, linked};
use super::standing::{Both, head};

/// Searches over columns that are held, over those that are not, and over both at once.
const SEARCHES: [&str; 56] = [
    "status one_of open,won",
    "status not_one_of open",
    "stage one_of none,00000000-0000-0000-0000-0000000000f1",
    "stage not_one_of 00000000-0000-0000-0000-0000000000f2",
    "owner one_of @me",
    "owner not_one_of @me,kari",
    "group one_of South",
    "group not_one_of South",
    "source is_not_empty",
    "source is_empty",
    "competitor one_of acme",
    "competitor not_one_of acme",
    "reason one_of budget,price",
    "amount gt 5000",
    "amount ne 1000",
    "amount eq 1000",
    "weighted between 1000,50000.5",
    "profit le 0",
    "total_cost lt 100",
    "total_cost ne 0",
    "profit_percent ge 50",
    "profit_percent ne 50",
    "probability between 20,50",
    "number lt 1003.5",
    "sale_date after 2016-05-01",
    "sale_date previous_years 3",
    "close_date between 2016-01-01,2017-12-31",
    "reopen_date is_not_empty",
    "reopen_date before 2016-12-31",
    "next_activity_date before_today",
    "next_activity_date is_empty",
    "registered_on between 2016-01-01,2016-06-30",
    "updated_on this_year",
    "days_in_stage gt 30",
    "days_in_stage between 0,400",
    "completed is true",
    "has_open_activity is false",
    "overdue_activity is true",
    "red is true",
    "title contains EAL",
    "title not_ends_with 1",
    "company.name starts_with f or contact.name is_not_empty",
    "activity.kind one_of to_do and activity.completed is false",
    "activity.end before 2016-08-01 and activity.owner one_of ola",
    "activity.title is_empty",
    "company.id one_of 00000000-0000-0000-0000-000000000007,00000000-0000-0000-0000-00000000000a",
    "contact.id not_one_of 00000000-0000-0000-0000-00000000c000",
    "company.category one_of customer",
    "company.category not_one_of customer,prospect and status one_of open",
    "company.business is_empty",
    "company.country one_of no,NL and company.business is_not_empty",
    "contact.email ends_with FJORD.example",
    "contact.email is_exactly Nina@Fjord.example or contact.phone starts_with 030",
    "contact.phone not_contains 47 and company.category is_not_empty",
    "contact.email is_empty and company.country is_empty or amount gt 5000000",
    "status one_of open and amount gt 100 and activity.start after 2016-01-01 or title starts_with deal and completed is true or red is true",
];

fn encoded(text: &str) -> String {
    crate::ask::encoded(text)
}

async fn memory_finds_what_sql_finds(pieces: &[(Vec<Step>, u8)]) {
    let mut world = World::provisioned().await;
    let both = Both::of(&world);
    let (demo, mut player) = (world.tenant.clone(), Player::default());
    for records in [Records::Sales, Records::Activities] {
        let rights = RecordRights {
            own: Level::Delete,
            own_groups: Level::Read,
            other_groups: Level::None,
            others: Level::Read,
        };
        let set = TenantEvent::RecordRightsSet { role: Role::Seller, records, rights };
        world.record(&StreamName::of_tenant(&demo), &[Event::Tenant(set)]).await;
    }
    for (number, (piece, _)) in pieces.iter().enumerate() {
        player.go_on(&mut world, piece).await;
        world.follow().await;
        let moments = ["", "&as_of=2016-06-15", "&as_of=2026-03-11&known_at=2026-03-10T12:00:00Z"];
        for (at, search) in SEARCHES.iter().enumerate() {
            let moment = moments[(at + number) % moments.len()];
            let (role, sort) = match at % 3 {
                0 => (Role::Seller, "-number"),
                1 => (Role::Analyst, "title"),
                _ => (Role::Analyst, "-weighted"),
            };
            let currency = if at % 2 == 0 { "" } else { "&currency=NOK" };
            let criteria = encoded(search);
            let list = format!("/v1/sales?limit=7&sort={sort}{currency}&criteria={criteria}");
            // again and again about now, so that what is known is brought on
            both.agree_on(&demo, role, list.clone()).await;
            both.agree_on(&demo, Role::Analyst, list.clone()).await;
            both.agree_on(&demo, role, format!("{list}{moment}")).await;
            let question = format!(
                "/v1/pipeline?group_by=status&limit=1{currency}{moment}&criteria={criteria}"
            );
            both.agree_on(&demo, role, question).await;
        }
        assert!(head(&world).await > 0);
        world.clock.advance(std::time::Duration::from_secs(86_400));
    }
}

/// Numbers of the sales a search finds.
async fn found(world: &World, question: &str) -> Vec<String> {
    let list = world.ask(&format!("/v1/sales?sort=number&{question}")).await;
    let sales = list["sales"].as_array().unwrap().iter();
    sales.map(|sale| sale["number"].as_str().unwrap().to_owned()).collect()
}

fn titled(title: &str) -> Event {
    Event::Sale(SaleEvent::TitleChanged { title: Title::parse(title).unwrap() })
}

#[tokio::test]
async fn what_is_known_of_a_search_is_brought_on_by_what_changed_sf_7() {
    let mut world = World::provisioned().await;
    for n in 1..=3 {
        world.record(&sale(n).stream(), &[registered(registration())]).await;
        let call = planned("Call", Some(sale(n)), days("2026-03-01", "2026-03-12"));
        world.record(&activity(n), &[call]).await;
    }
    world.follow().await;
    let title = "criteria=title%20starts_with%20fjord";
    let call = "criteria=activity.title%20starts_with%20call";
    let no_call = "criteria=activity.title%20not_starts_with%20call";
    let words = "q=fjord";
    let all = ["1001", "1002", "1003"];
    for question in [title, call, words] {
        assert_eq!(found(&world, question).await, all, "{question}");
    }
    assert!(found(&world, no_call).await.is_empty());
    let tenant_id = world.store.tenant_id(&world.tenant).await.unwrap().unwrap();
    let standing = world.standings.of(tenant_id).unwrap().current().unwrap();
    assert!(standing.rows.searches.counted() > 0, "they are kept");
    world.record(&sale(1).stream(), &[titled("Lake ERP")]).await;
    world.record(&activity(2), &[deleted()]).await;
    let elsewhere = Event::Activity(ActivityEvent::Edited(terms("Call", None)));
    world.record(&activity(3), &[elsewhere]).await;
    world.follow().await;
    assert_eq!(found(&world, title).await, ["1002", "1003"]);
    assert_eq!(found(&world, words).await, ["1002", "1003"]);
    assert_eq!(found(&world, call).await, ["1001"]);
    assert_eq!(found(&world, no_call).await, ["1002", "1003"]);
    world.record(&sale(1).stream(), &[titled("Fjord again")]).await;
    let gone = Event::Sale(SaleEvent::Deleted {});
    world.record(&sale(2).stream(), &[gone]).await;
    world
        .record(&activity(4), &[planned("Call", Some(sale(3)), days("2026-03-01", "2026-03-12"))])
        .await;
    world.follow().await;
    assert_eq!(found(&world, title).await, ["1001", "1003"]);
    assert_eq!(found(&world, words).await, ["1001", "1003"]);
    assert_eq!(found(&world, call).await, ["1001", "1003"]);
}

/// SF-8: half past midnight in Oslo is the evening before in New York, and nobody changes the activity.
#[tokio::test]
async fn an_activity_is_found_on_its_day_in_the_zone_the_tenant_has_now_sf_8() {
    let mut world = World::provisioned().await;
    world.record(&sale(1).stream(), &[registered(registration())]).await;
    let late = times("2026-03-10T23:30:00Z", "2026-03-11T00:30:00Z");
    world.record(&activity(1), &[planned("Call", Some(sale(1)), late)]).await;
    world.follow().await;
    let both = Both::of(&world);
    let on = async |world: &World, day: &str| {
        let question = format!("criteria={}", encoded(&format!("activity.start on {day}")));
        both.agree_on(&world.tenant, Role::Auditor, format!("/v1/sales?{question}")).await;
        found(world, &question).await
    };
    let oslo = [on(&world, "2026-03-10").await, on(&world, "2026-03-11").await];
    assert_eq!(oslo, [vec![], vec!["1001".to_owned()]]);
    let moved = TenantEvent::TimeZoneChanged { time_zone: chrono_tz::America::New_York };
    let tenant = StreamName::of_tenant(&world.tenant);
    world.record(&tenant, &[Event::Tenant(moved)]).await;
    world.follow().await;
    let new_york = [on(&world, "2026-03-10").await, on(&world, "2026-03-11").await];
    assert_eq!(new_york, [vec!["1001".to_owned()], vec![]]);
}

#[tokio::test]
async fn a_search_finds_a_sale_when_its_company_or_contact_changes_and_the_sale_does_not_sf_7() {
    let mut world = World::provisioned().await;
    for n in 1..=3 {
        let (company, contact) = (company_id(n % 2).0, contact_id(n % 2).0);
        let parties =
            if n == 3 { linked(None, None) } else { linked(Some(company), Some(contact)) };
        let of = Registration { parties, ..registration() };
        world.record(&sale(n).stream(), &[registered(of)]).await;
    }
    world.company(1, [Some("prospect"), Some("trade"), Some("NO")]).await;
    world.contact(1, Some("nina@fjord.example"), None).await;
    world.follow().await;
    let both = Both::of(&world);
    let ask = async |world: &World, criteria: &str| {
        let question = format!("criteria={}", encoded(criteria));
        let found = found(world, &question).await;
        both.agree_on(&world.tenant, Role::Analyst, format!("/v1/sales?{question}")).await;
        found
    };
    let (customers, others) = ("company.category one_of customer", "company.category is_empty");
    let (mail, no_mail) = ("contact.email starts_with NINA", "contact.email not_contains nina");
    assert!(ask(&world, customers).await.is_empty());
    assert_eq!(ask(&world, others).await, ["1002", "1003"]);
    assert_eq!(ask(&world, mail).await, ["1001"]);
    assert_eq!(ask(&world, no_mail).await, ["1002", "1003"]);
    // neither sale says anything any more
    let customer = company([Some("customer"), None, None]);
    let edited = Event::Company(CompanyEvent::Edited(customer.clone()));
    world.record(&company_id(1).stream(), &[edited]).await;
    world
        .record(&company_id(0).stream(), &[Event::Company(CompanyEvent::Registered(customer))])
        .await;
    let phone = Event::Contact(ContactEvent::Edited(contact(None, Some("22 00"))));
    world.record(&contact_id(1).stream(), &[phone]).await;
    world.follow().await;
    assert_eq!(ask(&world, customers).await, ["1001", "1002"]);
    assert_eq!(ask(&world, others).await, ["1003"]);
    assert!(ask(&world, mail).await.is_empty());
    assert_eq!(ask(&world, "contact.phone is_not_empty").await, ["1001"]);
    // a sale that is linked otherwise is found otherwise
    let none = Event::Sale(SaleEvent::PartiesLinked(linked(Some(Uuid::from_u128(0xBAD)), None)));
    world.record(&sale(1).stream(), &[none]).await;
    world.follow().await;
    assert_eq!(ask(&world, customers).await, ["1002"]);
    assert_eq!(ask(&world, others).await, ["1001", "1003"]);
}

/// Values a field of a kind may be compared with, hostile ones among the texts.
fn values(kind: Kind, operator: Operator) -> Vec<&'static str> {
    let counts = matches!(operator, Operator::Next(_) | Operator::Previous(_));
    let many = match kind {
        Kind::Text | Kind::FullText => {
            ["'; DROP TABLE sale_version; --", "deal", "%_\\\"$1 \u{202e}"]
        }
        Kind::YesNo => ["true", "false", "true"],
        Kind::Number | Kind::Money => ["-0.5", "999999999999999999.999999", "50"],
        Kind::Date if counts => ["1", "1000", "3"],
        Kind::Date => ["0001-01-01", "9999-12-31", "2016-06-15"],
        Kind::List(Item::Word | Item::User) => {
            return vec!["ola", "' or 1=1 --", "@me", "customer", "trade", "no"];
        }
        Kind::List(Item::Id | Item::IdOrNone) => [
            "00000000-0000-0000-0000-0000000000f1",
            "00000000-0000-0000-0000-0000000000e1",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ],
        Kind::List(Item::Of(words)) => [words[0], words[1], words[2]],
    };
    many.to_vec()
}

#[tokio::test]
async fn every_field_and_operator_is_asked_of_memory_and_of_sql_alike_sf_8() {
    let mut world = World::provisioned().await;
    let both = Both::of(&world);
    let demo = world.tenant.clone();
    let mut player = Player::default();
    let mut runner = TestRunner::deterministic();
    let piece = steps(120..121).new_tree(&mut runner).unwrap().current();
    player.go_on(&mut world, &piece).await;
    world.follow().await;
    let mut asked = 0;
    for field in Field::ALL {
        let kind = field.kind().unwrap();
        for operator in Operator::of(kind) {
            let all = values(kind, *operator);
            let given: Vec<Vec<&str>> = match operator.takes() {
                (0, 0) => vec![Vec::new()],
                (2, 2) => vec![vec![all[0], all[1]]],
                (_, 1) => all.iter().map(|value| vec![*value]).collect(),
                (_, _) => vec![all],
            };
            for values in given {
                let values = values.into_iter().map(str::to_owned).collect();
                let criterion = Criterion::new(field.clone(), *operator, values).unwrap();
                let criteria = Criteria::new(vec![Block::new(vec![criterion]).unwrap()]).unwrap();
                let question = format!(
                    "/v1/sales?sort=number&limit=500&criteria={}",
                    encoded(&criteria.to_string())
                );
                both.agree_on(&demo, Role::Seller, question).await;
                asked += 1;
            }
        }
    }
    assert!(asked > 700, "{asked}");
}

proptest! {
    #![proptest_config(chances(2, 8))]

    #[test]
    fn memory_finds_what_sql_finds_sf_7(
        pieces in prop::collection::vec((steps(10..40), 0_u8..3), 4),
    ) {
        Runtime::new().unwrap().block_on(memory_finds_what_sql_finds(&pieces));
    }
}
