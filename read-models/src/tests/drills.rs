//! Every figure is the sum of the list behind it, over all its pages, to the minor unit (SF-6).

use std::collections::HashMap;

use events::rights::{Level, RecordRights, Records};
use events::sale::{Part, Registration, Stakeholder, StakeholderId};
use events::{
    Event, FieldDefinition, FieldItem, FieldKind, ListKey, LocalName, Party, SaleEvent, StreamName,
    TenantEvent, TypeName,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;
use service_runtime::Role;
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::chances::chances;
use super::facts::{registered, registration, sale};
use super::histories::{Player, Step, steps};
use super::party_facts::{company_id, linked};
use super::target_facts::{many_targets, type_id};
use super::{World, ask};

/// What is asked; the moments of a history lie in 2016 and 2017.
fn questions() -> Vec<String> {
    let mut questions = Vec::new();
    for year in [2016, 2017] {
        questions.push(format!("/v1/targets?year={year}&limit=500"));
        for n in [1, 2, 4, 5, 6] {
            let of_type = format!("target_type={}", type_id(n));
            questions.push(format!("/v1/targets?year={year}&limit=500&{of_type}"));
        }
    }
    for rest in [
        "&period=quarter&group_by=owner&currency=NOK",
        "&period=year",
        "&period=month&group_by=group&sale_date_from=2016-05-05&status=won,open",
        "&period=year&group_by=stage&skip_completed=true",
        "&period=year&group_by=credited",
        "&period=year&group_by=sale_type&owner=ola,kari",
        "&period=quarter&group_by=competitor&status=lost,won",
        "&period=year&group_by=company_category",
        "&period=quarter&group_by=company_business&owner=ola,kari&currency=NOK",
        "&period=year&group_by=company_country&status=won,open",
    ] {
        questions.push(format!("/v1/forecast?from=2016-02-10&to=2017-12-31{rest}"));
    }
    questions.extend(
        [
            "/v1/tiles/my-forecast?today=2016-09-15",
            "/v1/tiles/my-forecast?today=2016-05-31&group=North,South&currency=GBP",
            "/v1/tiles/year-to-date?today=2017-08-31&currency=NOK",
            "/v1/tiles/year-to-date?today=2017-08-31&owner=ola,kari,per",
            "/v1/tiles/big-number?measure=amount&currency=NOK",
            "/v1/tiles/big-number?measure=weighted&status=open",
            "/v1/tiles/big-number?measure=profit&sale_date_from=2016-04-01&status=won",
            "/v1/tiles/big-number?measure=count&owner=kari",
            "/v1/tiles/compare-to-target?today=2016-06-15&span=year",
            "/v1/tiles/compare-to-target?today=2016-06-15&span=quarter&by=group&measure=weighted",
            "/v1/tiles/compare-to-target?today=2016-06-15&span=year&by=sale_date&measure=count",
            "/v1/tiles/activity-pace?today=2016-12-31&period=month&periods=12&members=North,South",
        ]
        .map(str::to_owned),
    );
    questions
}

/// What a list adds up to.
#[derive(Debug, Clone, Default, PartialEq)]
struct Listed {
    count: i64,
    amount: Decimal,
    weighted: Decimal,
    profit: Decimal,
}

/// Lists as one caller is shown them.
struct Lists<'a> {
    world: &'a World,
    role: Role,
    known: HashMap<String, Listed>,
    checked: usize,
}

impl Lists<'_> {
    async fn answer(&self, question: &str) -> Value {
        let (status, body) =
            ask(&self.world.routes(1), &self.world.tenant, self.role, question).await;
        assert_eq!(status, 200, "{question}: {body}");
        body
    }

    /// All pages of a list.
    async fn sum(&mut self, list: &str) -> Listed {
        if let Some(known) = self.known.get(list) {
            return known.clone();
        }
        let rows = if list.starts_with("/v1/activities") { "activities" } else { "sales" };
        let (mut sum, mut page) = (Listed::default(), format!("{list}&limit=3"));
        loop {
            let answer = self.answer(&page).await;
            for row in answer[rows].as_array().unwrap() {
                let figure = |name: &str| {
                    row["converted"][name]
                        .as_str()
                        .map_or(Decimal::ZERO, |text| text.parse().unwrap())
                };
                sum.count += 1;
                sum.amount += figure("amount");
                sum.weighted += figure("weighted");
                sum.profit += figure("profit");
            }
            let Some(next) = answer["next"].as_str() else { break };
            page = format!("{list}&limit=3&cursor={next}");
        }
        self.known.insert(list.to_owned(), sum.clone());
        sum
    }

    async fn check(&mut self, question: &str, list: &Value, figures: &[(&str, &Value)]) {
        let Some(list) = list.as_str() else {
            let nothing = |value: &Value| {
                value.is_null()
                    || value.to_string().trim_matches('"').parse::<Decimal>().unwrap().is_zero()
            };
            assert!(figures.iter().all(|(_, value)| nothing(value)), "{question}: {figures:?}");
            return;
        };
        let sum = self.sum(list).await;
        for (name, value) in figures {
            let text = value.to_string();
            let value: Decimal = text.trim_matches('"').parse().unwrap();
            let expected = match *name {
                "count" => Decimal::from(sum.count),
                "weighted" => sum.weighted,
                "profit" => sum.profit,
                _ => sum.amount,
            };
            assert_eq!(value, expected, "{name} of {question} beside {list}");
            self.checked += 1;
        }
    }

    /// Every figure of an answer.
    async fn all(&mut self, question: &str) {
        let answer = self.answer(question).await;
        let of = |list: &Value| list.as_array().cloned().unwrap_or_default();
        if question.starts_with("/v1/targets") {
            let unit = answer["unit"].as_str().unwrap();
            for row in of(&answer["targets"]) {
                for cell in of(&row["cells"]).iter().chain([&row["year"]]) {
                    if row["level"] != "all" {
                        self.check(question, &cell["drill"], &[(unit, &cell["actual"])]).await;
                    }
                }
            }
            return;
        }
        if question.starts_with("/v1/forecast") {
            for row in of(&answer["rows"]).iter().chain([&answer["totals"]]) {
                for status in ["open", "stalled", "won", "lost"] {
                    let measures =
                        ["count", "amount", "weighted"].map(|name| (name, &row[status][name]));
                    self.check(question, &row["drill"][status], &measures).await;
                }
            }
            return;
        }
        self.tile(question, &answer).await;
    }

    async fn tile(&mut self, question: &str, answer: &Value) {
        let of = |list: &Value| list.as_array().cloned().unwrap_or_default();
        let measures =
            |tile: &Value| ["count", "amount", "weighted"].map(|name| (name, tile[name].clone()));
        let mut tiles: Vec<Value> = of(&answer["months"])
            .iter()
            .flat_map(|month| [month["closed"].clone(), month["open"].clone()])
            .collect();
        tiles.extend(
            ["this", "last"].map(|year| answer[year].clone()).into_iter().filter(Value::is_object),
        );
        for tile in tiles {
            let figures = measures(&tile);
            let figures: Vec<(&str, &Value)> =
                figures.iter().map(|(name, value)| (*name, value)).collect();
            self.check(question, &tile["drill"], &figures).await;
        }
        if let Some(measure) = answer["measure"].as_str() {
            for row in of(&answer["rows"]) {
                self.check(question, &row["drill"], &[(measure, &row["actual"])]).await;
            }
            if answer["value"].is_string() {
                let figures = [(measure, &answer["value"]), ("count", &answer["count"])];
                self.check(question, &answer["drill"], &figures).await;
            }
        }
        for period in of(&answer["periods"]) {
            for kind in of(&period["kinds"]) {
                for done in ["planned", "completed"] {
                    let list = &kind[format!("drill_{done}")];
                    self.check(question, list, &[("count", &kind[done])]).await;
                }
            }
        }
    }
}

/// The tenant's own list field "region".
pub(super) fn region() -> Event {
    let name = |text: &str| LocalName::english(TypeName::parse(text).unwrap());
    let item = |key: &str| FieldItem { key: ListKey::parse(key).unwrap(), name: name(key) };
    Event::Tenant(TenantEvent::CustomFieldDefined(FieldDefinition {
        key: ListKey::parse("region").unwrap(),
        name: name("Region"),
        kind: FieldKind::List,
        items: vec![item("north"), item("south")],
        promoted: false,
    }))
}

async fn every_figure_equals_its_list(history: &[Step]) {
    let mut world = World::provisioned().await;
    let tenant = StreamName::of_tenant(&world.tenant);
    let rights = RecordRights {
        own: Level::Delete,
        own_groups: Level::Read,
        other_groups: Level::None,
        others: Level::Read,
    };
    let (role, records) = (Role::Seller, Records::Sales);
    let set = TenantEvent::RecordRightsSet { role, records, rights };
    world.record(&tenant, &[Event::Tenant(set), region()]).await;
    many_targets(&mut world).await;
    Player::play(&mut world, history).await;
    world.follow().await;
    let log = world.log().await;
    let half = log[log.len() / 2].recorded_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    for role in [Role::Analyst, Role::Seller] {
        let mut lists = Lists { world: &world, role, known: HashMap::new(), checked: 0 };
        for (at, question) in questions().iter().enumerate() {
            lists.all(question).await;
            if at % 5 == 0 {
                lists.all(&format!("{question}&as_of=2017-03-01")).await;
                lists.all(&format!("{question}&known_at={half}")).await;
            }
        }
        assert!(lists.checked > 500, "only {} figures", lists.checked);
    }
}

/// A sale linked to one company, or none, with another as its stakeholder, or none.
async fn involving(world: &mut World, n: u128, own: Option<u128>, beside: Option<u128>) {
    let parties = linked(own.map(|own| company_id(own).0), None);
    let mut facts = vec![registered(Registration { parties, ..registration() })];
    let name = || TypeName::parse("Beside").unwrap();
    facts.extend(beside.map(|company| {
        Event::Sale(SaleEvent::StakeholderAdded(Stakeholder {
            id: StakeholderId(Uuid::from_u128(n)),
            company: Some(Party { id: company_id(company).0, name: name() }),
            contact: None,
            part: Part::default(),
        }))
    }));
    world.record(&sale(n).stream(), &facts).await;
}

/// A sale that is found by its stakeholder (SK-7) counts where it is linked itself.
#[tokio::test]
async fn figures_by_company_are_their_lists_also_beside_stakeholders_sf_6_sk_7() {
    let mut world = World::provisioned().await;
    let sales = [
        (Some(0), None),
        (Some(1), Some(0)),
        (None, Some(0)),
        (Some(1), None),
        (Some(0), Some(1)),
        (None, None),
    ];
    for (n, (own, beside)) in (1..).zip(sales) {
        involving(&mut world, n, own, beside).await;
    }
    world.follow().await;
    let (first, either) = (company_id(0), "amount%20gt%201%20or%20number%20eq%201003");
    let mut lists = Lists { world: &world, role: Role::Analyst, known: HashMap::new(), checked: 0 };
    for asked in [
        format!("include_stakeholders=true&company={}", first.0),
        "include_stakeholders=true".to_owned(),
        format!("company={},(none)", first.0),
        format!("include_stakeholders=true&company={}&criteria={either}", first.0),
    ] {
        let question = format!("/v1/sale-summary?by=company&{asked}");
        let rows = lists.answer(&question).await["rows"].as_array().unwrap().clone();
        assert!(rows.len() > 1, "{question}: {rows:?}");
        for row in rows {
            let open = &row["open"];
            let figures = ["count", "amount", "weighted"].map(|name| (name, &open[name]));
            lists.check(&question, &row["drill"]["open"], &figures).await;
        }
        let question = format!("/v1/sales/grouped?group_by=company,status&{asked}");
        let groups = lists.answer(&question).await["groups"].as_array().unwrap().clone();
        for group in &groups {
            for of in group["groups"].as_array().unwrap().iter().chain([group]) {
                lists.check(&question, &of["drill"], &[("count", &of["count"])]).await;
            }
        }
    }
}

proptest! {
    #![proptest_config(chances(2, 8))]

    #[test]
    fn every_figure_is_the_sum_of_its_drill_down_sf_6(history in steps(120..200)) {
        Runtime::new().unwrap().block_on(every_figure_equals_its_list(&history));
    }
}
