//! Readers: each asks its own question now and then, as people and screens do.

use std::time::Duration;

use futures::future::join_all;
use serde_json::Value;
use service_runtime::clock::{Stopwatch, back_off};

use super::load::{Tally, add, one};
use crate::load::connection::Connection;

/// Pause between two questions of one reader.
const PAUSE: Duration = Duration::from_millis(700);

/// Questions; `{sale}` is one that was listed just before.
const QUESTIONS: [&str; 5] = [
    "/v1/sales?sort=-sale_date&limit=20",
    "/v1/pipeline?group_by=stage&currency=NOK&limit=50",
    "/v1/diary?owner=ola&from=2026-06-01&to=2026-06-30",
    "/v1/forecast?from=2026-01-01&to=2026-12-31&period=month&currency=NOK",
    "/v1/sales/{sale}/history",
];

/// Asks until it is dropped.
pub async fn run(address: &str, token: &str, tally: &Tally) {
    join_all((0..2).map(|_| reader(address, token, tally))).await;
}

async fn reader(address: &str, token: &str, tally: &Tally) {
    let (mut kept, mut sale): (_, Option<String>) = (None, None);
    loop {
        for question in QUESTIONS {
            let path = match (&sale, question.contains("{sale}")) {
                (None, true) => continue,
                (Some(sale), true) => question.replace("{sale}", sale),
                (_, false) => question.to_owned(),
            };
            let watch = Stopwatch::start();
            match ask(&mut kept, address, token, &path).await {
                Some((200, body)) => {
                    one(&tally.questions);
                    add(&tally.question_micros, watch.elapsed());
                    if question.starts_with("/v1/sales?") {
                        sale = listed(&body);
                    }
                }
                Some(_) | None => one(&tally.questions_failed),
            }
            back_off(PAUSE).await;
        }
    }
}

async fn ask(
    kept: &mut Option<Connection>,
    address: &str,
    token: &str,
    path: &str,
) -> Option<(u16, String)> {
    let mut connection = match kept.take() {
        Some(connection) => connection,
        None => Connection::open(address, token).await.ok()?,
    };
    let status = connection.get(path).await.ok()?;
    let body = connection.last();
    *kept = Some(connection);
    Some((status, body))
}

fn listed(body: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(body).ok()?;
    Some(answer["sales"][0]["id"].as_str()?.to_owned())
}
