//! An answer about the past equals the answer of a read model that stopped there.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use events::Recorded;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use service_runtime::Role;
use tokio::runtime::Runtime;

use super::chances::chances;
use super::histories::{Player, Step, steps};
use super::{World, ask};
use crate::{Questions, Standings, routes};

const QUESTIONS: [&str; 17] = [
    "/v1/pipeline?group_by=stage&limit=500&sort=number",
    "/v1/pipeline?group_by=status&currency=NOK&limit=500&sort=-amount",
    "/v1/forecast?from=2015-01-01&to=2030-12-31&period=quarter&group_by=owner",
    "/v1/forecast?from=2015-01-01&to=2030-12-31&period=year&group_by=stage&currency=GBP",
    "/v1/forecast?from=2015-01-01&to=2030-12-31&period=year&group_by=company_category",
    "/v1/sales?limit=500&criteria=company.country%20one_of%20NO%20or%20contact.email%20contains%20fjord",
    "/v1/sales?limit=500&sort=-days_in_stage",
    "/v1/sales?limit=500&sort=next_activity_date&next_activity_from=2016-02-01",
    "/v1/pipeline?limit=500&overdue_activity=true&group_by=status",
    "/v1/activities?limit=500&sort=-end",
    "/v1/activities?limit=500&overdue=true&owner=ola",
    "/v1/diary?owner=ola,kari,per&from=2016-03-01&to=2016-08-31&days_ahead=60&limit=500",
    "/v1/loss-analysis?group_by=owner&currency=NOK",
    "/v1/stage-conversion?from=2016-02-01&to=2016-10-31",
    "/v1/stage-conversion/sales?limit=500",
    "/v1/companies?limit=500&sort=-name",
    "/v1/contacts?limit=500",
];

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The answer without the position it was given at.
async fn answer(router: &axum::Router, world: &World, question: &str) -> Value {
    let (status, mut body) = ask(router, &world.tenant, Role::Analyst, question).await;
    assert_eq!(status, 200, "{question}: {body}");
    body.as_object_mut().unwrap().remove("position");
    // a list behind a figure is one of the moment that was asked about
    without_drills(&mut body);
    // what the caller marked is marked whatever moment they look at (SO-32)
    for sale in body["sales"].as_array_mut().into_iter().flatten() {
        sale.as_object_mut().unwrap().remove("favourite");
    }
    // a company's name from later is better than none
    for contact in body["contacts"].as_array_mut().into_iter().flatten() {
        contact["company"]["name"].take();
    }
    body
}

fn without_drills(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("drill");
            members.values_mut().for_each(without_drills);
        }
        Value::Array(items) => items.iter_mut().for_each(without_drills),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

async fn every_instant_equals_a_rebuild_stopped_there(history: &[Step], picks: &[(Index, Index)]) {
    let mut world = World::provisioned().await;
    let fixture = world.log().await.len();
    Player::play(&mut world, history).await;
    world.follow().await;
    world.building(2).await;
    let log = world.log().await;
    let told = &log[fixture..];
    let held = world.routes(1);
    let sql = Questions { standings: Standings::within(0), ..world.questions(1) };
    let sql = routes().with_state(sql).split_for_parts().0;
    let stopped = world.routes(2);
    for (effective, recorded) in picks {
        let as_of = effective.get(told).effective()
            + TimeDelta::microseconds(effective.index(3) as i64 - 1);
        let known_at = recorded.get(told).recorded_at;
        let known: Vec<Recorded> = log
            .iter()
            .filter(|event| event.effective() <= as_of && event.recorded_at <= known_at)
            .chain(log.iter().filter(|event| {
                // a rate holds from its own day on, whenever it was set
                event.event_type == "currency.rate-set"
                    && event.effective() > as_of
                    && event.recorded_at <= known_at
            }))
            .cloned()
            .collect();
        world.truncate(2).await;
        let mut in_order = known;
        in_order.sort_by_key(|event| event.position);
        world.apply(2, &[&in_order]).await;
        world.clock.set(as_of);
        for question in QUESTIONS {
            let then = format!("{question}&as_of={}&known_at={}", text(as_of), text(known_at));
            let past = answer(&sql, &world, &then).await;
            assert_eq!(past, answer(&stopped, &world, question).await, "{then}");
            assert_eq!(past, answer(&held, &world, &then).await, "from memory: {then}");
        }
    }
}

proptest! {
    #![proptest_config(chances(2, 8))]

    #[test]
    fn fifty_random_instants_equal_a_rebuild_stopped_there(
        history in steps(60..120),
        picks in prop::collection::vec(any::<(Index, Index)>(), 50),
    ) {
        Runtime::new().unwrap().block_on(every_instant_equals_a_rebuild_stopped_there(&history, &picks));
    }
}
