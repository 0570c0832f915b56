//! One snapshot of the read model for one answer: rows, checkpoint, settings and moment belong together.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use chrono_tz::Tz;
use event_store::StoreError;
use events::rights::TenantRights;
use events::{CurrencyCode, DiarySettings, TenantSlug};
use http::StatusCode;
use service_runtime::clock::{Stopwatch, back_off};
use service_runtime::{Actor, Problem};
use sqlx::types::Json as SqlJson;

use super::live::{NotLive, Opened, Plans};
use super::{Pinned, Questions, Sight, Statements, When};
use crate::sale::Features;
use crate::standing::{Instant, Past, Standing, View};

/// How long `min_position` waits.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long the word of a lane of this process is waited for before the database is asked: another process may follow.
pub(super) const TOLD_WITHIN: Duration = Duration::from_millis(50);

/// Pauses while it waits, unless a lane of this process tells it earlier; the last repeats.
const PAUSES_MS: [u64; 3] = [5, 15, 30];

/// Settings as they are stored: base currency, zone, diary, features, rights.
type Settings = (String, String, SqlJson<DiarySettings>, SqlJson<Features>, SqlJson<TenantRights>);

/// A read-only transaction and what the question is about.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// Runs in a transaction, REPEATABLE READ, READ ONLY, of the asking tenant.
    pub tx: Box<Statements>,
    /// The tenant's number; 0, which no tenant has, for an unknown one.
    pub tenant_id: i32,
    /// The position the answer is about.
    pub position: i64,
    /// Filters by position: on later pages, and when one read model is ahead of another and has to be taken back. None
    /// when all there is is as old as the position.
    pub pin: Option<i64>,
    /// Filters by effective time.
    pub as_of: Option<DateTime<Utc>>,
    /// Filters by recording.
    pub known_at: Option<DateTime<Utc>>,
    /// `as_of`, else now: what the answer says, and the day of the rates.
    pub at: DateTime<Utc>,
    /// The day of marks and day counts.
    pub today: NaiveDate,
    /// The tenant's zone.
    pub zone: Tz,
    /// The tenant's base currency.
    pub base_currency: CurrencyCode,
    /// Who may do what in the tenant, as it is now.
    pub rights: Arc<TenantRights>,
    /// What the caller sees; none for everything.
    pub sight: Option<Arc<Sight>>,
    /// What its diaries are like.
    pub diary: DiarySettings,
    /// Which parts of the product it has (SO-50).
    pub features: Features,
    /// Statements keep their plans, which suits those that look by keys.
    pub(super) kept: bool,
    /// The same in memory, for a question about now.
    pub standing: Option<Arc<Standing>>,
    /// The same in memory with all versions, for a question about the past or about what sales went through.
    pub past: Option<Arc<Past>>,
}

impl Snapshot {
    /// Opens the snapshot of a first page, waiting for `min_position`.
    pub async fn open(questions: &Questions, actor: &Actor, when: &When) -> Result<Self, Problem> {
        Self::open_pinned(questions, actor, when, None).await
    }

    /// As [`open`](Self::open), for a question about one thing whose id it names: its statements keep their plans.
    pub async fn open_by_key(
        questions: &Questions,
        actor: &Actor,
        when: &When,
    ) -> Result<Self, Problem> {
        match Self::open_level(questions, actor, when).await? {
            Some(snapshot) => Ok(snapshot),
            None => Self::planned(questions, actor, when, None, Plans::Kept).await,
        }
    }

    /// Opens a snapshot, of the pinned position and moment if there are any.
    pub async fn open_pinned(
        questions: &Questions,
        actor: &Actor,
        when: &When,
        pinned: Option<&Pinned>,
    ) -> Result<Self, Problem> {
        Self::planned(questions, actor, when, pinned, Plans::Custom).await
    }

    async fn planned(
        questions: &Questions,
        actor: &Actor,
        when: &When,
        pinned: Option<&Pinned>,
        plans: Plans,
    ) -> Result<Self, Problem> {
        let tenant_id = tenant_of(questions, &actor.tenant).await?;
        let opened = wait_for(questions, tenant_id, wanted(when, pinned), plans).await?;
        let mut snapshot = Self::of(questions, tenant_id, opened, pinned);
        snapshot.kept = plans == Plans::Kept;
        snapshot.read_settings().await?;
        snapshot.look_as(actor, pinned.is_some()).await?;
        snapshot.at_moment(when, pinned);
        Ok(snapshot)
    }

    /// As it was opened; settings and moment are still to come.
    pub(super) fn of(
        questions: &Questions,
        tenant_id: i32,
        opened: Opened,
        pinned: Option<&Pinned>,
    ) -> Self {
        let position = pinned.map_or(opened.mark.position, |pinned| pinned.position);
        let pin = (pinned.is_some() || opened.uneven > 0).then_some(position);
        Self::on(questions, tenant_id, Statements::open(opened.tx), (position, pin))
    }

    /// At a position; nothing is known of the tenant yet.
    pub(super) fn on(
        questions: &Questions,
        tenant_id: i32,
        statements: Statements,
        (position, pin): (i64, Option<i64>),
    ) -> Self {
        let now = questions.clock.now().trunc_subsecs(6);
        Self {
            tx: Box::new(statements),
            tenant_id,
            position,
            pin,
            as_of: None,
            known_at: None,
            at: now,
            today: now.date_naive(),
            zone: Tz::UTC,
            base_currency: CurrencyCode::EUR,
            rights: Arc::default(),
            sight: None,
            diary: DiarySettings::default(),
            features: Features::default(),
            kept: false,
            standing: None,
            past: None,
        }
    }

    /// What the question is about, in the tenant's zone.
    pub(super) fn at_moment(&mut self, when: &When, pinned: Option<&Pinned>) {
        let zone = self.zone;
        self.as_of = when.as_of.map(|moment| moment.instant(zone));
        self.known_at = when.known_at.map(|moment| moment.instant(zone));
        self.at = self.as_of.unwrap_or_else(|| pinned.map_or(self.at, |pinned| pinned.at));
        let day = when.as_of.map(|moment| moment.day(zone));
        let day = day.unwrap_or_else(|| self.at.with_timezone(&zone).date_naive());
        self.today = when.today.unwrap_or(day);
    }

    /// Whether it is about what is current: nothing has to be taken back.
    pub fn is_current(&self) -> bool {
        self.as_of.is_none() && self.known_at.is_none() && self.pin.is_none()
    }

    /// The day of `as_of`, else now's, in the tenant's zone: which rates hold.
    pub fn day(&self) -> NaiveDate {
        self.at.with_timezone(&self.zone).date_naive()
    }

    /// What is held in memory of the moment that is asked about.
    pub fn view(&self) -> Option<View> {
        let sight = || self.sight.clone();
        if let Some(standing) = &self.standing {
            return Some(View::now(Arc::clone(standing), sight()));
        }
        let moment = Instant::of(self.as_of, self.known_at, self.position);
        self.past.as_ref().map(|past| View::then(Arc::clone(past), moment, sight()))
    }

    /// The statements that follow look for rows by filters of which most are absent: they are planned with what is there.
    pub async fn plan_anew(&mut self) -> Result<(), Problem> {
        if let Some(level) = self.tx.begin(Plans::Custom).await.map_err(|e| failed(&e))? {
            self.kept = false;
            // what is current is what was there at the position, and is found by other indexes
            self.pin = self.pin.filter(|_| !level);
        }
        if std::mem::take(&mut self.kept) {
            sqlx::query(
                "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
                        set_config('enable_seqscan', 'on', true)",
            )
            .execute(&mut *self.tx)
            .await
            .map_err(|e| failed(&e))?;
        }
        Ok(())
    }

    /// Settings are not history: the newest of the snapshot, also for a question about the past. Rights are those of now
    /// on later pages too.
    pub async fn read_settings(&mut self) -> Result<(), Problem> {
        let found: Option<Settings> = sqlx::query_as(
            "SELECT t.base_currency, t.time_zone, t.diary, t.features, n.rights FROM tenant_version AS t
               JOIN tenant_version AS n ON n.stream_id = t.stream_id AND n.next_position = 9223372036854775807
              WHERE t.tenant_id = $1 AND ($2::bigint IS NULL OR t.position <= $2)
              ORDER BY t.version DESC LIMIT 1",
        )
        .bind(self.tenant_id)
        .bind(self.pin)
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(|e| failed(&e))?;
        if let Some((base_currency, zone, SqlJson(diary), SqlJson(features), SqlJson(rights))) =
            found
        {
            (self.diary, self.features) = (diary, features);
            self.rights = Arc::new(rights);
            self.base_currency = CurrencyCode::parse(&base_currency).map_err(|e| unreadable(&e))?;
            self.zone = zone.parse().map_err(|e| unreadable(&e))?;
        }
        Ok(())
    }
}

/// The tenant's number; 0, which no tenant has, for an unknown one.
pub(super) async fn tenant_of(questions: &Questions, tenant: &TenantSlug) -> Result<i32, Problem> {
    let tenant_id = questions.store.tenant_id(tenant).await.map_err(|e| log_failed(&e))?;
    Ok(tenant_id.unwrap_or(0))
}

/// The position a read model must have reached.
pub(super) fn wanted(when: &When, pinned: Option<&Pinned>) -> i64 {
    when.min_position.unwrap_or(0).max(pinned.map_or(0, |pinned| pinned.position))
}

/// Opens a snapshot that has come far enough.
pub(super) async fn wait_for(
    questions: &Questions,
    tenant_id: i32,
    wanted: i64,
    plans: Plans,
) -> Result<Opened, Problem> {
    let waiting = Stopwatch::start();
    let mut pauses = PAUSES_MS.into_iter();
    let mut pause = PAUSES_MS[0];
    // a snapshot that cannot be far enough need not be opened
    let progress = questions.live.progress();
    let mut told = progress.is_behind(wanted) && progress.reaches(wanted, TOLD_WITHIN).await;
    loop {
        let opened = questions.live.open(questions.log_id, tenant_id, plans).await;
        let opened = opened.map_err(|e| not_live(&e))?;
        let reached = opened.mark.position;
        if reached >= wanted {
            return Ok(opened);
        }
        drop(opened);
        if waiting.elapsed() >= PATIENCE {
            return Err(behind(reached));
        }
        pause = pauses.next().unwrap_or(pause);
        let pause = Duration::from_millis(pause);
        // what a lane told once is no reason to ask without a pause when the database says otherwise
        match told {
            false => told = questions.live.progress().reaches(wanted, pause).await,
            true => back_off(pause).await,
        }
    }
}

/// 504: the read model has not come so far.
fn behind(reached: i64) -> Problem {
    let detail = format!("the read model is at position {reached}; ask again");
    Problem::new(StatusCode::GATEWAY_TIMEOUT, "projection_behind", detail)
        .with("position", reached)
        .retry_after(Duration::from_secs(1))
}

/// 503: there is nothing to ask, or no database that answers.
pub(super) fn not_live(error: &NotLive) -> Problem {
    match error {
        NotLive::Database(error) => failed(error),
        NotLive::NoGeneration(_) | NotLive::New | NotLive::Restless => {
            Problem::unavailable("the read models are being rebuilt; ask again", error)
        }
    }
}

/// The problem behind a failed statement: 503 when the database is away or overloaded, else our fault.
pub(crate) fn failed(error: &sqlx::Error) -> Problem {
    let refusal = match error {
        sqlx::Error::Database(refusal) => refusal.code(),
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => None,
        other => return Problem::internal(other),
    };
    match refusal.as_deref() {
        None | Some("57014" | "57P01" | "57P02" | "57P03" | "53300") => {
            Problem::unavailable("the read model cannot be asked now", error)
        }
        Some(_) => Problem::internal(error),
    }
}

/// The log cannot be asked.
pub(crate) fn log_failed(error: &StoreError) -> Problem {
    match error {
        StoreError::Archived { first, last, file } => Problem::archived(*first, *last, file),
        StoreError::Unavailable(_) | StoreError::Corrupt { .. } => {
            Problem::unavailable("the log cannot be asked now", error)
        }
    }
}

/// A stored value that this program cannot read: our fault.
pub(crate) fn unreadable(error: &(dyn std::error::Error + 'static)) -> Problem {
    Problem::internal(error)
}

/// Waits until the log itself has a position; what is read from the log is never behind a read model.
pub(crate) async fn wait_for_log(
    questions: &Questions,
    wanted: Option<i64>,
) -> Result<(), Problem> {
    let waiting = Stopwatch::start();
    let mut pauses = PAUSES_MS.into_iter();
    let mut pause = PAUSES_MS[0];
    while let Some(wanted) = wanted {
        let head = questions.store.head().await.map_err(|e| log_failed(&e))?;
        if head >= wanted {
            break;
        }
        if waiting.elapsed() >= PATIENCE {
            return Err(behind(head));
        }
        pause = pauses.next().unwrap_or(pause);
        back_off(Duration::from_millis(pause)).await;
    }
    Ok(())
}
