//! Questions over 100 000 sales, today and as of a moment, beside a look-up by primary key.

use std::time::Duration;

use anyhow::ensure;
use chrono::{NaiveDate, TimeDelta};
use futures::future::try_join_all;
use service_runtime::clock::{Clock, Stopwatch};

use super::Run;
use crate::baseline::insert;
use crate::figures::{Figure, Report};
use crate::load::closed::alone;
use crate::load::connection::Connection;
use crate::load::times::Times;
use crate::machine::{Stack, With, reached};

/// Connections that ask.
pub(super) const CONNECTIONS: usize = 8;
/// How long the followers may need.
pub(super) const WITHIN: Duration = Duration::from_secs(600);
/// The questions.
const QUESTIONS: [(&str, &str); 3] = [
    ("pipeline", "/v1/pipeline?group_by=stage&currency=EUR"),
    ("diary", "/v1/diary?owner=ola&from=2026-06-01&to=2026-06-30"),
    (
        "forecast",
        "/v1/forecast?from=2026-01-01&to=2026-12-31&period=month&group_by=owner&currency=EUR",
    ),
];

/// `queries_100k`, `as_of_100k`, `board_100k`, `find_100k`, `targets_500`, `stages_100k` and `rights_100k`.
pub async fn run(run: &Run, report: &mut Report) -> anyhow::Result<()> {
    let (live, then) = (run.wants("queries_100k"), run.wants("as_of_100k"));
    let (board, rights) = (run.wants("board_100k"), run.wants("rights_100k"));
    let (find, targets) = (run.wants("find_100k"), run.wants("targets_500"));
    let stages = run.wants("stages_100k");
    if !live && !then && !board && !find && !targets && !stages && !rights {
        return Ok(());
    }
    // without NATS: a relay still sending the whole log would be measured too
    let mut stack = Stack::generated(With::LogOnly, run.events()).await?;
    stack.projection.start().await?;
    let pool = stack.superuser().await?;
    stack.until_followed(&pool, reached::head(&pool).await?, WITHIN).await?;
    sqlx::raw_sql("VACUUM ANALYZE").execute(&pool).await?;
    if live || then {
        of_everybody(run, &stack, (live, then), report).await?;
    }
    if board {
        super::board::measure(run, &stack, report).await?;
    }
    if find {
        super::find::measure(run, &stack, report).await?;
    }
    if targets {
        super::goals::measure(run, &stack, report).await?;
    }
    if stages {
        super::stages::measure(run, &stack, report).await?;
    }
    if rights {
        super::rights::measure(run, &stack, report).await?;
    }
    stack.stop().await;
    Ok(())
}

/// Asked by somebody who sees everything.
async fn of_everybody(
    run: &Run,
    stack: &Stack,
    (live, then): (bool, bool),
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut found: Vec<Found> = Vec::new();
    for (name, question) in QUESTIONS {
        found.push(Found::new(name, question));
    }
    warm(stack, &mut found, then).await?;
    let mut keys = Vec::new();
    for number in 0..run.repeats() {
        keys.push(insert::look_ups(stack, CONNECTIONS, run.time()).await?.percentile_ms(99));
        for one in &mut found {
            one.live.push(p99(stack, stack.token(), one.question, run.time()).await?);
            if then {
                let question = format!("{}&as_of={}", one.question, some_day(number));
                one.then.push(p99(stack, stack.token(), &question, run.time()).await?);
            }
        }
    }
    if live {
        let slowest = slowest(&found, |one| crate::figures::median(&one.live));
        report.add(&Figure {
            name: "queries_100k".into(),
            unit: "ms p99",
            baseline: "primary_key_p99".into(),
            values: slowest.live.clone(),
            baselines: keys,
            note: Found::note(&found, |one| &one.live, slowest),
            ..Figure::default()
        })?;
    }
    if then {
        let slowest = slowest(&found, Found::stretched);
        report.add(&Figure {
            name: "as_of_100k".into(),
            unit: "ms p99",
            baseline: format!("{}_live_p99", slowest.name),
            values: slowest.then.clone(),
            baselines: slowest.live.clone(),
            note: Found::note(&found, |one| &one.then, slowest),
            ..Figure::default()
        })?;
    }
    Ok(())
}

/// One question's times.
#[derive(Debug)]
struct Found {
    name: &'static str,
    question: &'static str,
    live: Vec<f64>,
    then: Vec<f64>,
    /// The first question of all, about now and about the past.
    cold: Vec<Duration>,
}

impl Found {
    fn new(name: &'static str, question: &'static str) -> Self {
        Self { name, question, live: Vec::new(), then: Vec::new(), cold: Vec::new() }
    }

    #[expect(clippy::float_arithmetic, reason = "a ratio")]
    fn stretched(&self) -> f64 {
        crate::figures::median(&self.then) / crate::figures::median(&self.live)
    }

    fn note(all: &[Self], times: impl Fn(&Self) -> &[f64], slowest: &Self) -> String {
        let each = all
            .iter()
            .map(|one| format!("{} {:.0} ms", one.name, crate::figures::median(times(one))));
        let each = each.collect::<Vec<_>>().join(", ");
        let cold = all.iter().flat_map(|one| &one.cold).max().copied().unwrap_or_default();
        format!(
            "worst: {}; {each}; the first question of all took at most {} ms; 20 in 100 sales open, each with an activity",
            slowest.name,
            cold.as_millis()
        )
    }
}

fn slowest(found: &[Found], by: impl Fn(&Found) -> f64) -> &Found {
    let worst = found.iter().max_by(|a, b| by(a).total_cmp(&by(b)));
    worst.expect("invariant: there are three questions")
}

/// A day within the year the log spans, another one each time.
fn some_day(number: usize) -> NaiveDate {
    let days = [97, 211, 305, 151, 260];
    let back = TimeDelta::days(days[number % days.len()]);
    (Clock::system().now() - back).date_naive()
}

/// Asks everything once on each connection: the first question fills what is held in memory, and its time is told apart.
async fn warm(stack: &Stack, found: &mut [Found], then: bool) -> anyhow::Result<()> {
    for one in found {
        let past = then.then(|| format!("{}&as_of={}", one.question, some_day(0)));
        for question in [Some(one.question.to_owned()), past].into_iter().flatten() {
            let watch = Stopwatch::start();
            p99(stack, stack.token(), &question, Duration::ZERO).await?;
            one.cold.push(watch.elapsed());
        }
    }
    Ok(())
}

/// The 99th percentile of a question asked over and over on each connection, in ms.
pub(super) async fn p99(
    stack: &Stack,
    token: &str,
    question: &str,
    time: Duration,
) -> anyhow::Result<f64> {
    let (address, token) = (stack.projection.address(), token.to_owned());
    let question = question.to_owned();
    let times = alone(async move {
        let watch = Stopwatch::start();
        let loads = (0..CONNECTIONS).map(|_| one(&address, &token, &question, watch, time));
        Ok(Times::new(try_join_all(loads).await?.concat(), watch.elapsed()))
    });
    Ok(times.await?.percentile_ms(99))
}

async fn one(
    address: &str,
    token: &str,
    question: &str,
    watch: Stopwatch,
    time: Duration,
) -> anyhow::Result<Vec<Duration>> {
    let mut connection = Connection::open(address, token).await?;
    let mut times = Vec::new();
    loop {
        let one = Stopwatch::start();
        let status = connection.get(question).await?;
        ensure!(status == 200, "{question}: {}", connection.last());
        times.push(one.elapsed());
        if watch.elapsed() >= time {
            return Ok(times);
        }
    }
}
