//! What memory answers is what SQL answers, whatever happened between two questions.

use axum::Router;
use chrono::SecondsFormat;
use proptest::prelude::*;
use serde_json::Value;
use service_runtime::Role;
use tokio::runtime::Runtime;

use super::agenda::{activity, completed, days, planned, rescheduled};
use super::chances::chances;
use super::facts::{sale, worth};
use super::histories::{Player, Step, steps};
use super::target_facts::many_targets;
use super::{World, ask, instant};
use crate::activity::ActivityModel;
use crate::sale::SaleModel;
use crate::{Standings, routes};
use events::rights::{Level, RecordRights, Records};
use events::{Event, StreamName, TenantEvent, TenantSlug};

/// Groupings, filters and orders that memory knows, and some it leaves to SQL.
pub(super) const QUESTIONS: [&str; 76] = [
    "/v1/pipeline?limit=500",
    "/v1/pipeline?group_by=sale_type&currency=GBP&sort=-number",
    "/v1/pipeline?group_by=owner&currency=NOK&sort=-weighted",
    "/v1/pipeline?group_by=group&sort=probability&status=open,won",
    "/v1/pipeline?group_by=status&currency=USD&sort=-amount",
    "/v1/pipeline?group_by=status&stage=none,00000000-0000-0000-0000-0000000000f1&sort=status",
    "/v1/pipeline?owner=ola,nobody&sort=days_in_stage",
    "/v1/pipeline?competitor=acme&group_by=status&sort=-registered_on",
    "/v1/pipeline?reason=budget,price&group_by=status&sort=updated_at",
    "/v1/pipeline?overdue_activity=true&group_by=status&sort=next_activity_date",
    "/v1/pipeline?overdue_activity=false&sort=-next_activity_date&limit=3",
    "/v1/pipeline?title=deal&group_by=status",
    "/v1/pipeline?company=00000000-0000-0000-0000-000000000007&group_by=status",
    "/v1/sales?company=(none),00000000-0000-0000-0000-000000000008&sort=-amount&limit=500",
    "/v1/forecast?from=2015-01-01&to=2030-12-31&group_by=owner&contact=00000000-0000-0000-0000-00000000c000",
    "/v1/pipeline?company=00000000-0000-0000-0000-000000000007&include_stakeholders=true&group_by=status",
    "/v1/forecast?from=2015-01-01&to=2030-12-31&period=quarter&group_by=owner",
    "/v1/forecast?from=2016-02-15&to=2017-02-14&period=month&group_by=stage&currency=GBP",
    "/v1/forecast?from=2010-01-01&to=2040-12-31&period=year&group_by=category&currency=NOK",
    "/v1/forecast?from=2016-01-01&to=2018-12-31&group_by=source&completed=false",
    "/v1/forecast?from=2016-01-01&to=2018-12-31&group_by=group&sale_date_from=2016-05-05&status=lost",
    "/v1/forecast?from=2016-01-01&to=2018-12-31&currency=USD",
    "/v1/sales?limit=4&sort=-sale_date",
    "/v1/sales?sale_date_from=2016-03-01&sale_date_to=2017-01-31&sort=owner",
    "/v1/sales?next_activity_from=2016-02-01&next_activity_to=2016-09-01&sort=-days_in_stage",
    "/v1/sales?next_activity_to=2016-09-01&number=1001,1003,1004",
    "/v1/sales?limit=500&sort=title",
    "/v1/diary?owner=ola&from=2016-03-01&to=2016-08-31&days_ahead=60&limit=500",
    "/v1/diary?owner=ola,kari,per&from=2016-01-01&to=2016-12-31&limit=3",
    "/v1/diary?group=South&from=2016-03-01&to=2016-08-31&today=2016-06-01&days_ahead=366",
    "/v1/diary?owner=kari&from=2016-03-01&to=2016-08-31&today=2015-06-01",
    "/v1/sales?skip_completed=true&sort=-weighted&min_weighted=1000&limit=500",
    "/v1/sales?skip_completed=true&status=won,stalled&sort=number&limit=500",
    "/v1/sales?min_amount=250000.005&currency=NOK&sort=-amount&limit=500",
    "/v1/sales?min_amount=1&currency=USD&sort=number&limit=500",
    "/v1/sales?favourite=false&min_amount=0&sort=number&limit=500",
    "/v1/pipeline?min_amount=10000&currency=GBP&group_by=status&skip_completed=true",
    "/v1/forecast?from=2016-01-01&to=2018-12-31&min_weighted=5000.5&currency=EUR",
    "/v1/sale-summary?by=owner",
    "/v1/sale-summary?by=owner&from=2016-03-01&to=2017-06-30&currency=NOK&limit=2",
    "/v1/sale-summary?by=owner&skip_completed=true&min_amount=5000&currency=GBP",
    "/v1/sale-summary?by=company&currency=USD&limit=1",
    "/v1/sale-summary?by=company&from=2016-03-01&sale_date_to=2017-06-30",
    "/v1/board?cards=3",
    "/v1/board?group_by=owner&subgroup_by=status&sort=-amount&currency=NOK&cards=2",
    "/v1/board?group_by=status&subgroup_by=stage&summarize=weighted&cards=50&currency=GBP",
    "/v1/board?group_by=sale_type&subgroup_by=group&hide_closed=true&sort=-next_activity_date&overdue_activity=false",
    "/v1/board?group_by=group&sort=title&cards=5&competitor=acme&currency=USD",
    "/v1/board?subgroup_by=owner&cards=0&status=won,open&min_amount=5000",
    "/v1/board?group_by=owner&subgroup_by=stage&sort=-days_in_stage&cards=4&favourite=false",
    "/v1/targets?year=2016&limit=500",
    "/v1/targets?year=2017&level=user,group&limit=2",
    "/v1/targets?year=2016&target_type=00000000-0000-0000-0000-000000007a01&limit=500",
    "/v1/targets?year=2017&target_type=00000000-0000-0000-0000-000000007a02",
    "/v1/targets?year=2016&target_type=00000000-0000-0000-0000-000000007a04&limit=500",
    "/v1/targets?year=2017&target_type=00000000-0000-0000-0000-000000007a05&limit=500",
    "/v1/targets?year=2016&target_type=00000000-0000-0000-0000-000000007a06",
    "/v1/forecast?from=2016-01-01&to=2017-12-31&period=year&group_by=company_category&currency=NOK",
    "/v1/forecast?from=2016-02-10&to=2017-12-31&group_by=company_business&owner=ola,kari",
    "/v1/forecast?from=2016-01-01&to=2017-12-31&period=quarter&group_by=company_country&title=deal",
    "/v1/forecast?from=2016-01-01&to=2017-12-31&period=quarter&group_by=group&currency=NOK",
    "/v1/forecast?from=2016-01-01&to=2017-12-31&period=year&group_by=competitor",
    "/v1/forecast?from=2016-01-01&to=2017-12-31&group_by=credited&owner=ola",
    "/v1/tiles/my-forecast?today=2016-07-15&group=North&currency=GBP",
    "/v1/tiles/year-to-date?today=2017-06-30&owner=ola,kari",
    "/v1/tiles/big-number?measure=profit&currency=NOK&status=won,open",
    "/v1/tiles/big-number?measure=weighted&title=deal",
    "/v1/tiles/compare-to-target?today=2016-11-11&span=year&by=sale_date&currency=NOK",
    "/v1/tiles/largest-upcoming?limit=3&currency=NOK",
    "/v1/sales?rates=sale_date&status=won&currency=NOK&sort=number&limit=500",
    "/v1/stage-conversion?status=open,stalled,won,lost",
    "/v1/stage-conversion?from=2016-03-01&to=2017-06-30&owner=ola,kari&currency=NOK&min_amount=5000",
    "/v1/stage-conversion?title=deal&to=2016-12-31",
    "/v1/stage-conversion/sales?limit=3",
    "/v1/stage-conversion/sales?exit=went_back&from=2016-02-01&limit=500",
    "/v1/stage-conversion/sales?exit=won&status=won&to=2017-03-31&limit=2",
];

/// The same questions of one world from memory and by SQL.
pub(super) struct Both {
    pub memory: Router,
    pub sql: Router,
}

impl Both {
    pub fn of(world: &World) -> Self {
        let sql = crate::Questions { standings: Standings::within(0), ..world.questions(1) };
        Self { memory: world.routes(1), sql: routes().with_state(sql).split_for_parts().0 }
    }

    /// Asks everything, some pages on too, now and as of a moment that turns from question to question; `seen` is how
    /// far memory must have come.
    pub async fn agree(&self, world: &World, tenant: &TenantSlug, seen: i64) {
        let log = world.log().await;
        let known = |share: usize| {
            let at = log[(log.len() - 1) * share / 4].recorded_at;
            at.to_rfc3339_opts(SecondsFormat::Micros, true)
        };
        let moments = [
            "&as_of=2016-06-15".to_owned(),
            format!("&known_at={}", known(3)),
            format!("&as_of=2016-03-27T01:30:00Z&known_at={}", known(2)),
            "&as_of=2026-03-11".to_owned(),
            format!("&as_of=2016-11-01&known_at={}", known(1)),
        ];
        // an analyst sees everything, a seller what rights and visibility leave
        let roles = [Role::Analyst, Role::Seller];
        for (question, moment) in QUESTIONS.into_iter().zip(moments.iter().cycle()) {
            for role in roles {
                self.agree_on(tenant, role, question.to_owned()).await;
                assert_eq!(held(world, tenant).await, Some(seen), "{question} was asked of memory");
                self.agree_on(tenant, role, format!("{question}{moment}")).await;
                assert!(past(world, tenant).await >= Some(seen), "{question}{moment}");
            }
        }
        self.agree_on_cards(tenant).await;
    }

    /// The cards of some sales, also of those that are not there or not seen.
    async fn agree_on_cards(&self, tenant: &TenantSlug) {
        for question in (0..7).map(|n| format!("/v1/sales/{}", sale(n))) {
            for role in [Role::Analyst, Role::Seller] {
                let memory = ask(&self.memory, tenant, role, &question).await;
                assert_eq!(memory, ask(&self.sql, tenant, role, &question).await, "{role}");
            }
        }
    }

    pub async fn agree_on(&self, tenant: &TenantSlug, role: Role, question: String) {
        let mut page = question.clone();
        for _ in 0..2 {
            let memory = one_as(&self.memory, tenant, role, &page).await;
            assert_eq!(memory, one_as(&self.sql, tenant, role, &page).await, "{role} {page}");
            let Some(next) = memory["next"].as_str() else { break };
            page = format!("{question}&cursor={next}");
        }
    }
}

/// An answer.
pub(super) async fn one(router: &Router, tenant: &TenantSlug, question: &str) -> Value {
    one_as(router, tenant, Role::Analyst, question).await
}

/// An answer to a role.
async fn one_as(router: &Router, tenant: &TenantSlug, role: Role, question: &str) -> Value {
    let (status, body) = ask(router, tenant, role, question).await;
    // a type of targets was not known at every moment
    let unknown = status == 404 && question.contains("target_type=");
    assert!(status == 200 || unknown, "{question}: {status} {body}");
    body
}

/// The position memory holds.
pub(super) async fn held(world: &World, tenant: &TenantSlug) -> Option<i64> {
    let tenant_id = world.store.tenant_id(tenant).await.unwrap().unwrap();
    Some(world.standings.of(tenant_id)?.current()?.mark.position)
}

/// The position memory holds with all that was before.
async fn past(world: &World, tenant: &TenantSlug) -> Option<i64> {
    let tenant_id = world.store.tenant_id(tenant).await.unwrap().unwrap();
    Some(world.standings.past_of(tenant_id)?.current()?.mark.position)
}

/// The newest position of the log.
pub(super) async fn head(world: &World) -> i64 {
    world.store.head().await.unwrap()
}

async fn memory_equals_sql_after_every_piece_of_history(pieces: &[(Vec<Step>, u8)]) {
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
    many_targets(&mut world).await;
    let mut lowest = 0;
    for (piece, follows) in pieces {
        player.go_on(&mut world, piece).await;
        // now one model is ahead, now the other, now none
        if *follows != 1 {
            world.follow_with(&SaleModel).await;
        }
        if *follows != 2 {
            world.follow_with(&ActivityModel).await;
        }
        if *follows == 0 {
            lowest = head(&world).await;
        }
        let reached = reached(&world).await;
        assert!(reached >= lowest);
        both.agree(&world, &demo, reached).await;
        world.clock.advance(std::time::Duration::from_secs(86_400));
    }
}

/// The position both models have reached.
async fn reached(world: &World) -> i64 {
    let positions: Vec<i64> = sqlx::query_scalar(
        "SELECT COALESCE(c.position, 0) FROM es_ops.projection AS p LEFT JOIN es_ops.projection_part AS c USING (name, generation)
          WHERE p.generation = 1",
    )
    .fetch_all(world.database.owner())
    .await
    .unwrap();
    positions.into_iter().min().unwrap_or_default()
}

proptest! {
    #![proptest_config(chances(3, 8))]

    #[test]
    fn memory_answers_what_sql_answers(
        pieces in prop::collection::vec((steps(5..30), 0_u8..3), 6),
    ) {
        Runtime::new().unwrap().block_on(memory_equals_sql_after_every_piece_of_history(&pieces));
    }
}

#[tokio::test]
async fn questions_asked_at_once_while_facts_are_written_answer_for_the_position_they_name() {
    let mut world = World::provisioned().await;
    let (demo, both) = (world.tenant.clone(), Both::of(&world));
    for n in 1..=60 {
        world.record(&sale(n).stream(), &[worth("1", "EUR", 50)]).await;
        world
            .record(
                &activity(n),
                &[planned("Call", Some(sale(n)), days("2026-03-01", "2026-03-02"))],
            )
            .await;
        if n > 2 {
            let moved = rescheduled(super::agenda::days("2026-04-01", "2026-04-02"));
            world.record(&activity(n - 1), &[moved, completed("2026-03-10")]).await;
        }
        let asked =
            (0..8).map(|_| one(&both.memory, &demo, "/v1/pipeline?limit=1&group_by=status"));
        let answers = futures::future::join_all(asked);
        let ((), answers) = tokio::join!(world.follow(), answers);
        let log = world.log().await;
        for answer in answers {
            let position = answer["position"].as_i64().unwrap();
            let there = log.iter().filter(|event| {
                event.position <= position && event.event_type == "sale.registered"
            });
            assert_eq!(answer["totals"]["open"]["count"], there.count(), "at {position}");
        }
    }
}

#[tokio::test]
async fn a_moment_that_is_remembered_learns_what_is_said_about_it_later() {
    let mut world = World::provisioned().await;
    let (demo, both) = (world.tenant.clone(), Both::of(&world));
    let early = Some(instant("2026-03-04T08:00:00Z"));
    let asked = "/v1/pipeline?as_of=2026-03-05";
    // a sale of then, one of later, and one of then that is recorded last of all
    for (n, at, there) in
        [(1, early, 1), (2, Some(instant("2026-03-06T08:00:00Z")), 1), (3, early, 2)]
    {
        let known_before = log_ends(&world).await;
        world.record_at(at, &sale(n).stream(), &[worth("100", "EUR", 50)]).await;
        world.follow().await;
        for _ in 0..2 {
            let answer = one(&both.memory, &demo, asked).await;
            assert_eq!(answer["totals"]["open"]["count"], there, "after sale {n}");
            assert_eq!(answer, one(&both.sql, &demo, asked).await);
            let before = format!("{asked}&known_at={known_before}");
            both.agree_on(&demo, Role::Analyst, before).await;
        }
        assert_eq!(past(&world, &demo).await, Some(head(&world).await), "it was asked of memory");
    }
}

/// When the newest event was recorded.
async fn log_ends(world: &World) -> String {
    let newest = world.log().await.last().unwrap().recorded_at;
    newest.to_rfc3339_opts(SecondsFormat::Micros, true)
}
