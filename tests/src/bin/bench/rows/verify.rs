//! `salgslogg verify` over a long log with a receipt for every event and read models that have followed, part by part, each
//! beside one decoded paged SELECT of the same events. A million events should take less than a minute.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::ensure;
use event_store::EventStore;
use event_store::verify::{Findings, Scope, Step, judge};
use salgslogg::commands::verify::{reader, reads_answer, rows};
use service_runtime::clock::Stopwatch;

use super::Run;
use crate::figures::{Figure, Report};
use crate::machine::{Stack, With, reached};

/// How long the followers may need.
const WITHIN: Duration = Duration::from_secs(600);
/// Events of a page of the baseline.
const PAGE: i64 = 1_000;

/// A receipt for every event of the generated log, whose days lie before the partitions that there are.
const RECEIPTS: &str = "
    DO $$ DECLARE v_first date; v_last date; BEGIN
      SELECT min(recorded_at)::date - 1 INTO v_first FROM es.event;
      SELECT min((regexp_match(pg_get_expr(c.relpartbound, c.oid), $r$FROM \\('([\\d-]+)'\\)$r$))[1]::date) INTO v_last
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'es.command'::regclass;
      PERFORM es.add_partition('es.command', 'command_before', format('FROM (%L) TO (%L)', v_first, v_last));
    END $$;
    INSERT INTO es.command
    SELECT (e.recorded_at AT TIME ZONE 'UTC')::date, e.log_id, sha256(e.event_id::text::bytea), sha256('request'), e.tenant_id,
           '{}', ARRAY[e.stream_id], ARRAY[e.stream_version], s.number, e.position, e.position
      FROM es.event e JOIN es.stream s USING (log_id, stream_id);
    ANALYZE es.command";

/// Seconds of each part, and of all.
pub async fn run(run: &Run, report: &mut Report) -> anyhow::Result<()> {
    if !run.wants("verify") {
        return Ok(());
    }
    let mut stack = Stack::generated(With::LogOnly, run.events()).await?;
    stack.execute(RECEIPTS).await?;
    stack.projection.start().await?;
    let pool = stack.superuser().await?;
    let head = reached::head(&pool).await?;
    stack.until_followed(&pool, head, WITHIN).await?;
    sqlx::raw_sql("VACUUM ANALYZE").execute(&pool).await?;
    let pool = reader(&stack.url_for("auditor"))?;
    let store = EventStore::new(pool.clone(), 1);
    let (mut parts, mut baselines) = (BTreeMap::<&'static str, Vec<f64>>::new(), Vec::new());
    for _ in 0..run.repeats() {
        let watch = Stopwatch::start();
        let mut after = 0;
        while let Some(last) = store.read_after(after, PAGE).await?.last() {
            after = last.position;
        }
        baselines.push(watch.elapsed().as_secs_f64());
        for (part, seconds) in once(&pool, &store).await? {
            parts.entry(part).or_default().push(seconds);
        }
    }
    for (part, values) in parts {
        report.add(&Figure {
            name: "verify".into(),
            part,
            unit: "s",
            baseline: "paged_select".into(),
            values,
            baselines: baselines.clone(),
            note: format!("{head} events"),
        })?;
    }
    stack.stop().await;
    Ok(())
}

/// Seconds of every part, and of all of them.
async fn once(
    pool: &sqlx::PgPool,
    store: &EventStore,
) -> anyhow::Result<BTreeMap<&'static str, f64>> {
    let watch = Stopwatch::start();
    let mut ends = BTreeMap::new();
    let mut progress = |step: Step| {
        ends.insert(step.area, watch.elapsed().as_secs_f64());
    };
    let mut findings = Findings::default();
    let scope = Scope { decode: true, receipts: Some(reads_answer), ..Scope::default() };
    judge(store, &scope, &mut findings, &mut progress).await?;
    rows::judge(pool, store, &mut findings, &mut progress).await?;
    ensure!(findings.count() == 0, "{:?}", findings.first());
    Ok(each(ends.into_iter().map(|(area, end)| (area.as_str(), end)).collect()))
}

/// What each took, out of when each ended.
#[expect(clippy::float_arithmetic, reason = "seconds")]
fn each(ends: Vec<(&'static str, f64)>) -> BTreeMap<&'static str, f64> {
    let mut before = 0.0;
    let mut parts = BTreeMap::new();
    for (area, end) in ends {
        parts.insert(area, end - before);
        before = end;
    }
    parts.insert("all", before);
    parts
}
