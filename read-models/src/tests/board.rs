//! The board of any history: memory shows what SQL shows, cards and the list that goes on are the column, and every figure
//! is the sum of the list behind it (SF-6, SF-14).

use chrono::Days;
use events::sale::{ReopenCause, ReopenedFrom};
use events::{Event, Probability, SaleEvent};
use proptest::prelude::*;
use serde_json::{Value, json};
use service_runtime::Role;
use tokio::runtime::Runtime;

use super::chances::chances;
use super::facts::{all_profit, day, key, money, percent, sale, worth};
use super::histories::{Player, Step, steps};
use super::standing::{Both, one};
use super::{World, ask};

/// Boards by every field, in orders that memory knows and some it does not.
const BOARDS: [&str; 10] = [
    "/v1/board?cards=2",
    "/v1/board?group_by=owner&subgroup_by=stage&sort=-amount&cards=1&currency=NOK",
    "/v1/board?group_by=status&subgroup_by=owner&sort=days_in_stage&cards=3",
    "/v1/board?group_by=group&sort=title&cards=2&hide_closed=true",
    "/v1/board?group_by=sale_type&subgroup_by=status&sort=-probability&cards=4&currency=GBP",
    "/v1/board?sort=next_activity_date&cards=2&as_of=2016-07-01",
    "/v1/board?group_by=status&sort=-updated_at&cards=2&as_of=2016-04-01&min_amount=5000",
    "/v1/board?group_by=owner&sort=number&cards=5&overdue_activity=true",
    "/v1/board?criteria=amount%20gt%2010000%20or%20status%20one_of%20won&sort=weighted&cards=1",
    "/v1/board?subgroup_by=group&sort=-registered_on&cards=2&currency=USD",
];

fn minor(text: &Value) -> i128 {
    text.as_str().unwrap().replace('.', "").parse().unwrap()
}

/// Ids of a list, page by page, and what it is worth.
async fn listed(world: &World, path: &str) -> (Vec<String>, i128) {
    let (mut ids, mut sum, mut next) = (Vec::new(), 0, Some(format!("{path}&limit=7")));
    while let Some(page) = next {
        let list = world.ask(&page).await;
        for sale in list["sales"].as_array().unwrap() {
            ids.push(sale["id"].as_str().unwrap().to_owned());
            let worth = &sale["converted"]["amount"];
            sum += if worth.is_null() { 0 } else { minor(worth) };
        }
        let cursor = list["next"].as_str();
        let plain = path.split("&cursor=").next().unwrap();
        next = cursor.map(|cursor| format!("{plain}&limit=7&cursor={cursor}"));
    }
    (ids, sum)
}

async fn columns_are_their_lists(world: &World, board: &Value) {
    let sort = board["sort"].as_str().unwrap();
    let columns = ["columns", "lanes"].into_iter().flat_map(|of| board[of].as_array().unwrap());
    for column in columns {
        let drill = column["drill"].as_str().unwrap();
        let (whole, sum) = listed(world, &format!("{drill}&sort={sort}")).await;
        assert_eq!(whole.len(), column["count"], "{drill}");
        assert_eq!(sum, minor(&column["amount"]), "{drill}");
        let cards = column["cards"].as_array().unwrap().iter();
        let mut shown: Vec<String> =
            cards.map(|card| card["id"].as_str().unwrap().to_owned()).collect();
        if let Some(more) = column["more"].as_str() {
            shown.extend(listed(world, more).await.0);
        }
        assert_eq!(shown, whole, "{drill}");
        for below in column["subgroups"].as_array().unwrap() {
            let drill = below["drill"].as_str().unwrap();
            let (whole, sum) = listed(world, drill).await;
            let told = (below["count"].as_i64().unwrap(), minor(&below["amount"]));
            assert_eq!((i64::try_from(whole.len()).unwrap(), sum), told, "{drill}");
        }
    }
}

async fn boards_of(pieces: &[Vec<Step>]) {
    let mut world = World::provisioned().await;
    let both = Both::of(&world);
    let (demo, mut player) = (world.tenant.clone(), Player::default());
    for piece in pieces {
        player.go_on(&mut world, piece).await;
        world.follow().await;
        for question in BOARDS {
            let memory = one(&both.memory, &demo, question).await;
            assert_eq!(memory, one(&both.sql, &demo, question).await, "{question}");
            let [of_memory, of_sql] = [&both.memory, &both.sql];
            let seller = ask(of_memory, &demo, Role::Seller, question).await;
            assert_eq!(seller, ask(of_sql, &demo, Role::Seller, question).await, "{question}");
            columns_are_their_lists(&world, &memory).await;
        }
        // blocks remember what leads them until one of their sales changes
        world.clock.advance(std::time::Duration::from_secs(86_400));
    }
}

/// Ends a sale as won or lost, on hold, or not at all.
fn ended(n: u64) -> Vec<Event> {
    let (close_date, reason) = (day("2016-06-01") + Days::new(n * 7_919 % 900), key("price"));
    let currency = match n % 3 {
        0 => "EUR",
        1 => "NOK",
        _ => "GBP",
    };
    let first = worth(&format!("{}", n * 6_151 % 9_973), currency, 50);
    let amount = money(&format!("{}", n * 3_571 % 9_967), currency);
    let end = match n % 10 {
        0 | 1 => return vec![first],
        2 => SaleEvent::Stalled { reopen_date: close_date, reason },
        3..=6 => SaleEvent::Won {
            close_date,
            reason,
            amount,
            margin: all_profit(&amount),
            probability: Probability::WON,
            stage_when_closed: None,
            competitor: None,
        },
        _ => SaleEvent::Lost {
            close_date,
            reason,
            competitor: None,
            stage_when_closed: None,
            probability: percent(0),
        },
    };
    vec![first, Event::Sale(end)]
}

#[tokio::test]
async fn lanes_of_many_sales_begin_with_the_first_of_them_whatever_changes_sf_14() {
    let mut world = World::provisioned().await;
    let (both, demo) = (Both::of(&world), world.tenant.clone());
    for n in 0..2_600 {
        world.record(&sale(u128::from(n)).stream(), &ended(n)).await;
    }
    world.follow().await;
    for round in 0..2_u64 {
        for sort in [
            "-amount",
            "amount",
            "sale_date",
            "-sale_date",
            "-number",
            "weighted",
            "-registered_on",
        ] {
            for asked in
                ["", "&group_by=status", "&owner=ola&currency=NOK", "&min_amount=90", "&title=deal"]
            {
                let question = format!("/v1/board?sort={sort}&cards=3{asked}");
                let memory = one(&both.memory, &demo, &question).await;
                assert_eq!(memory, one(&both.sql, &demo, &question).await, "{question}");
            }
        }
        // what led leads no more, and what was behind does
        for n in [5, 15, 1_505, 2_595].map(|n| n + round) {
            let reopened = SaleEvent::Reopened {
                from_status: ReopenedFrom::Won,
                cause: ReopenCause::Manual,
                stage: None,
                probability: percent(20),
            };
            world.record(&sale(u128::from(n)).stream(), &[Event::Sale(reopened)]).await;
        }
        for n in 3_000..3_020 {
            world.record(&sale(u128::from(n + 100 * round)).stream(), &ended(n)).await;
        }
        world.follow().await;
    }
}

/// Columns are of open sales: a question that leaves those out has none, and so no list of what it left out (SF-6).
#[tokio::test]
async fn there_are_columns_only_of_statuses_that_are_asked_for_sf_14_sf_6() {
    let mut world = World::provisioned().await;
    for n in 0..10 {
        world.record(&sale(u128::from(n)).stream(), &ended(n)).await;
    }
    world.follow().await;
    for (asked, columns) in [
        ("status=won", 0),
        ("status=won,lost&group_by=sale_type", 0),
        ("status=stalled&group_by=owner&subgroup_by=stage", 0),
        ("status=won&skip_completed=true", 0),
        ("status=won,lost&group_by=status", 2),
        ("status=open,won", 3),
        ("skip_completed=true&group_by=sale_type", 2),
    ] {
        let board = world.ask(&format!("/v1/board?cards=1&{asked}")).await;
        assert_eq!(board["columns"].as_array().unwrap().len(), columns, "{asked}: {board}");
        columns_are_their_lists(&world, &board).await;
    }
    let won = world.ask("/v1/board?status=won").await;
    assert_eq!((&won["lanes"][0]["key"], &won["lanes"][0]["count"]), (&json!("won"), &json!(4)));
}

proptest! {
    #![proptest_config(chances(2, 8))]

    #[test]
    fn cards_figures_and_lists_of_a_board_agree_sf_14(pieces in prop::collection::vec(steps(20..40), 2)) {
        Runtime::new().unwrap().block_on(boards_of(&pieces));
    }
}
