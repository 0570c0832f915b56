//! Owners of one part who claim, write, sleep, give back and are overtaken in an order that chance decides, on real
//! connections: what is written is one run without a hole or an overlap, and each epoch has one owner. This lives in SQL,
//! where no model checker leads the way (`tests/interleavings` does so for what lies in memory).

use std::time::Duration;

use events::Recorded;
use projection_service::runner::Part;
use service_runtime::Tasks;
use service_runtime::config::standard;
use service_runtime::ids::new_id;
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::Stage;
use crate::support::without::without;

const OWNERS: u64 = 4;
const TTL: Duration = Duration::from_secs(60);

/// Numbers that follow from a seed (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    /// Up to a few milliseconds, spent in the database.
    async fn nap(&mut self, on: impl sqlx::PgExecutor<'_>) -> Result<(), sqlx::Error> {
        let milliseconds = i64::try_from(self.below(4)).unwrap();
        let nap = "SELECT pg_sleep(($1::bigint / 1000.0)::float8)";
        sqlx::query(nap).bind(milliseconds).execute(on).await.map(drop)
    }
}

/// What one transaction wrote.
#[derive(Debug, sqlx::FromRow)]
struct Written {
    behind: i64,
    up_to: i64,
    owner: Uuid,
    epoch: i64,
}

/// One owner, until the part is at the end of the log.
async fn owner(pool: PgPool, part: Part, log: Vec<Recorded>, seed: u64) {
    let (me, mut chance) = (new_id(), Chance(seed));
    let mut lease = None;
    loop {
        let Some(held) = lease.take() else {
            lease = part.claim(&pool, me, TTL).await.unwrap();
            chance.nap(&pool).await.unwrap();
            if part.state(&pool).await.unwrap().position == log.last().unwrap().position {
                return;
            }
            continue;
        };
        let held: projection_service::runner::Lease = held;
        match chance.below(12) {
            0 => part.release(&pool, me).await.unwrap(),
            // forgets what it knew and asks again, as after a restart
            1 => {}
            2 => lease = part.claim(&pool, me, TTL).await.unwrap(),
            _ => {
                let last = held.position.unsigned_abs() + 1 + chance.below(4);
                let Some(to) =
                    log.iter().take_while(|row| row.position.unsigned_abs() <= last).last()
                else {
                    continue;
                };
                if to.position > held.position && write(&pool, &part, held, to, &mut chance).await {
                    lease = Some(projection_service::runner::Lease {
                        position: to.position,
                        applied: Some(to.content_hash),
                        ..held
                    });
                }
            }
        }
        chance.nap(&pool).await.unwrap();
    }
}

/// Rows and checkpoint in one transaction; whether it was kept.
async fn write(
    pool: &PgPool,
    part: &Part,
    lease: projection_service::runner::Lease,
    to: &Recorded,
    chance: &mut Chance,
) -> bool {
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("INSERT INTO public.written VALUES ($1, $2, $3, $4)")
        .bind(lease.position)
        .bind(to.position)
        .bind(lease.owner)
        .bind(lease.epoch)
        .execute(&mut *tx)
        .await
        .unwrap();
    chance.nap(&mut *tx).await.unwrap();
    let advanced = part.advance(&mut tx, lease, Some(to.into()), TTL).await;
    chance.nap(pool).await.unwrap();
    advanced.is_ok() && tx.commit().await.is_ok()
}

/// Leases run out at any moment, until told to stop.
async fn time_goes_by(pool: PgPool, seed: u64) {
    let mut chance = Chance(seed);
    loop {
        chance.nap(&pool).await.unwrap();
        let text =
            "UPDATE es_ops.projection_part SET lease_until = '-infinity' WHERE name = 'tally'";
        sqlx::query(text).execute(&pool).await.unwrap();
    }
}

/// Everything that was written, in order.
async fn race(stage: &mut Stage, seed: u64, events: usize) -> Vec<Written> {
    let table =
        "CREATE TABLE public.written (behind bigint, up_to bigint, owner uuid, epoch bigint);
                 GRANT SELECT, INSERT ON public.written TO es_project";
    sqlx::raw_sql(table).execute(stage.owner()).await.unwrap();
    let log = stage.append(events).await;
    let url = stage.database.url_for("salgslogg_projector");
    let (tasks, part) = (Tasks::new(), Part { model: "tally", generation: 1, log_id: 1, part: 0 });
    tasks.spawn_until_stopped(time_goes_by(stage.owner().clone(), seed));
    let owners = (1..=OWNERS).map(|n| {
        let pool = event_store::connect(&url, 3).unwrap();
        let seed = seed.wrapping_mul(OWNERS + n) | 1;
        tasks.spawn(owner(pool, part.clone(), log.clone(), seed))
    });
    for owner in owners.collect::<Vec<_>>() {
        owner.await.unwrap();
    }
    assert_eq!(tasks.drain(TTL).await.left, 0);
    let all = "SELECT * FROM public.written ORDER BY up_to, behind";
    sqlx::query_as(all).fetch_all(stage.owner()).await.unwrap()
}

/// The first thing that is not as it must be.
fn wrong(written: &[Written]) -> Option<String> {
    let (mut reached, mut epoch, mut owner) = (0, 0, None);
    for one in written {
        if one.behind != reached {
            return Some(format!("{one:?} does not follow on {reached}"));
        }
        if one.epoch < epoch || one.epoch == epoch && owner != Some(one.owner) {
            return Some(format!("{one:?} after epoch {epoch} of {owner:?}"));
        }
        (reached, epoch, owner) = (one.up_to, one.epoch, Some(one.owner));
    }
    None
}

fn seed() -> u64 {
    let given = standard("SALGSLOGG_SEED").and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| new_id().as_u64_pair().1) | 1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_claims_sleeps_and_is_overtaken_writes_one_run_case_35() {
    let full = standard("SALGSLOGG_FAULTS").as_deref() == Some("full");
    let (mut stage, seed) = (Stage::set().await, seed());
    let written = race(&mut stage, seed, if full { 10_000 } else { 400 }).await;
    assert_eq!(wrong(&written), None, "seed {seed}");
    let epochs = written.windows(2).filter(|two| two[0].epoch != two[1].epoch).count();
    assert!(epochs > 10, "the part changed hands {epochs} times only; seed {seed}");
    assert_eq!(written.last().unwrap().up_to, stage.store.head().await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_without_the_fence_owners_write_over_each_other_case_35() {
    let (mut stage, seed) = (Stage::set().await, seed());
    for fragment in [
        "AND t.lease_owner = p_owner AND t.lease_epoch = x.epoch",
        "AND t.position = x.from_position",
    ] {
        without(&stage, "advance", fragment, "").await;
    }
    let written = race(&mut stage, seed, 400).await;
    assert!(wrong(&written).is_some(), "seed {seed}");
}

/// Half of the fence: where nobody looks at owner and epoch any more, the position alone still keeps the run whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_position_alone_keeps_the_run_whole_case_35() {
    let (mut stage, seed) = (Stage::set().await, seed());
    let fragment = "AND t.lease_owner = p_owner AND t.lease_epoch = x.epoch";
    without(&stage, "advance", fragment, "").await;
    let written = race(&mut stage, seed, 400).await;
    assert_eq!(wrong(&written), None, "seed {seed}");
}
