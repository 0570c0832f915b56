//! Tests of rows and answers on a real Postgres: a log, the read model behind it, and the routes over both.

mod activities;
mod agenda;
mod analyses;
mod board;
mod brought_back;
mod catalogue;
mod chances;
mod diary;
mod drills;
mod facts;
mod files;
mod find;
mod guide;
mod guide_facts;
mod guide_steps;
mod histories;
mod instants;
mod kept;
mod leases;
mod lists;
mod log;
mod looks;
mod money;
mod overtaken;
mod pages;
mod parameters;
mod parties;
mod party_cards;
mod party_facts;
mod plans;
mod rebuild;
mod s17;
mod scenarios;
mod security;
mod selection_facts;
mod standing;
mod target_facts;
mod targets;
mod upcoming;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use chrono::{DateTime, Utc};
use event_store::testing::TestDatabase;
use event_store::{EventStore, Group, Outcome, StreamAppend};
use events::{Event, Metadata, NewEvent, Recorded, StreamName, TenantSlug, UserId};
use http::{Request, StatusCode};
use serde_json::Value;
use service_runtime::{Actor, Clock, Role, ids};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgConnection, PgPool};
use tower::ServiceExt;
use uuid::Uuid;

use crate::{Live, Questions, ReadModel, Standings, all, routes, schema};

/// A log, a generation that follows it, and a clock in hand.
pub(super) struct World {
    pub database: TestDatabase,
    pub store: EventStore,
    pub clock: Clock,
    pub tenant: TenantSlug,
    /// What questions about now are answered from; with none by SQL.
    pub standings: Standings,
    versions: HashMap<Uuid, i64>,
    owner: Uuid,
}

/// Tuesday 2026-03-10, 09:00 UTC: "today" of the scenarios.
pub(super) fn today() -> DateTime<Utc> {
    instant("2026-03-10T09:00:00Z")
}

pub(super) fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

impl World {
    /// An empty log with generation 1 of the read model.
    pub async fn empty() -> Self {
        let migrate = async |mut on: PgConnection| schema::migrate(&mut on).await.unwrap();
        let database = TestDatabase::prepared("read_models", migrate).await;
        // the privilege to make more generations
        migrate(database.superuser().await).await;
        Self {
            store: database.store(),
            database,
            clock: Clock::in_hand(today()),
            tenant: TenantSlug::parse("demo").unwrap(),
            standings: Standings::within(1 << 28),
            versions: HashMap::new(),
            owner: ids::new_id(),
        }
    }

    /// Records facts of one stream now.
    pub async fn record(&mut self, stream: &StreamName, facts: &[Event]) {
        self.record_at(None, stream, facts).await;
    }

    /// Records facts of one stream with an effective time.
    pub async fn record_at(
        &mut self,
        effective_at: Option<DateTime<Utc>>,
        stream: &StreamName,
        facts: &[Event],
    ) {
        let metadata = Metadata {
            stream: stream.to_string(),
            actor: "ola".to_owned(),
            command: None,
            correlation: None,
            causation: None,
            traceparent: None,
        };
        let events: Vec<NewEvent> =
            facts.iter().map(|fact| NewEvent::new(ids::new_id(), fact, &metadata)).collect();
        let version = self.versions.entry(stream.stream_id(&self.tenant)).or_default();
        let append = StreamAppend { stream: stream.clone(), expected: *version, events };
        let group = Group {
            tenant: self.tenant.clone(),
            receipt: None,
            effective_at,
            appends: vec![append],
        };
        let outcomes = self.store.append(self.owner, &[group]).await.unwrap();
        assert!(matches!(outcomes[0], Outcome::Appended(_)), "{outcomes:?}");
        *version += i64::try_from(facts.len()).unwrap();
    }

    /// The whole log.
    pub async fn log(&self) -> Vec<Recorded> {
        self.store.read_after(0, 1_000_000).await.unwrap()
    }

    /// Makes another, empty generation of every model; its pools are those of [`World::projector`] and
    /// [`World::asking`].
    pub async fn building(&self, generation: i32) {
        let mut connection = self.database.superuser().await;
        sqlx::query("SET ROLE es_owner").execute(&mut connection).await.unwrap();
        for model in all() {
            schema::begin_generation(&mut connection, model.as_ref(), generation, "building")
                .await
                .unwrap();
        }
    }

    /// Empties a generation.
    pub async fn truncate(&self, generation: i32) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
            "SET search_path = rm_sale_{generation}, rm_activity_{generation};
             TRUNCATE sale_version, sale_text, stage_version, sale_type_version, user_version, rate_version, tenant_version,
                      list_item_version, selection_version, target_type_version, target_version, company_version, contact_version,
                      activity_version;
             RESET search_path"
        )))
        .execute(self.database.owner())
        .await
        .unwrap();
    }

    fn pool(&self, login: &str, generation: i32) -> PgPool {
        let options: PgConnectOptions = self.database.url_for(login).parse().unwrap();
        let schemas = format!("rm_sale_{generation}, rm_activity_{generation}");
        let options = options.options([("search_path", schemas)]);
        PgPoolOptions::new().max_connections(4).connect_lazy_with(options)
    }

    /// The projector's connections to a generation.
    pub fn projector(&self, generation: i32) -> PgPool {
        self.pool("salgslogg_projector", generation)
    }

    /// The query role's connections to a generation.
    pub fn asking(&self, generation: i32) -> PgPool {
        self.pool("salgslogg_query", generation)
    }

    /// Applies runs of events to a generation of every model, checkpoints included, as runners do.
    pub async fn apply(&self, generation: i32, runs: &[&[Recorded]]) {
        for model in all() {
            self.apply_to(model.as_ref(), generation, runs).await;
        }
    }

    /// Applies runs of events to one model; the others stay behind.
    pub async fn apply_to(&self, model: &dyn ReadModel, generation: i32, runs: &[&[Recorded]]) {
        let pool = self.projector(generation);
        let (_, mut position, epoch): (i16, i64, i64) = sqlx::query_as(
            "SELECT part, position, epoch FROM es_ops.claim($3, $1, 1::smallint, $2, '{0}', interval '1 minute')",
        )
        .bind(generation)
        .bind(self.owner)
        .bind(model.name())
        .fetch_one(&pool)
        .await
        .unwrap();
        for run in runs.iter().filter(|run| !run.is_empty()) {
            let own: Vec<Recorded> =
                run.iter().filter(|event| model.concerns(event)).cloned().collect();
            let mut tx = pool.begin().await.unwrap();
            model.apply(&mut tx, &own).await.unwrap();
            let reached = run.last().unwrap().position.max(position);
            sqlx::query(
                "SELECT es_ops.advance($6, $1, 1::smallint, $2, '{0}', ARRAY[$3::bigint], ARRAY[$4::bigint],
                                       ARRAY[$5::bigint], interval '1 minute')",
            )
            .bind(generation)
            .bind(self.owner)
            .bind(epoch)
            .bind(position)
            .bind(reached)
            .bind(model.name())
            .execute(&mut *tx)
            .await
            .unwrap();
            tx.commit().await.unwrap();
            position = reached;
        }
        pool.close().await;
    }

    /// Brings generation 1 of every model up to the head of the log.
    pub async fn follow(&self) {
        for model in all() {
            self.follow_with(model.as_ref()).await;
        }
    }

    /// Brings generation 1 of one model up to the head of the log.
    pub async fn follow_with(&self, model: &dyn ReadModel) {
        let reached: i64 = sqlx::query_scalar(
            "SELECT COALESCE(max(position), 0) FROM es_ops.projection_part WHERE generation = 1 AND name = $1",
        )
        .bind(model.name())
        .fetch_one(self.database.owner())
        .await
        .unwrap();
        let rest = self.store.read_after(reached, 1_000_000).await.unwrap();
        self.apply_to(model, 1, &[&rest]).await;
    }

    /// What the routes over a generation need.
    pub fn questions(&self, generation: i32) -> Questions {
        Questions {
            live: Live::only(self.database.url_for("salgslogg_query").parse().unwrap(), generation),
            store: EventStore::new(self.asking(generation), 1),
            standings: self.standings.clone(),
            clock: self.clock.clone(),
            log_id: 1,
        }
    }

    /// The routes over a generation.
    pub fn routes(&self, generation: i32) -> Router {
        routes().with_state(self.questions(generation)).split_for_parts().0
    }

    /// Asks generation 1 as a manager of the world's tenant; panics unless 200.
    pub async fn ask(&self, question: &str) -> Value {
        let (status, body) = self.ask_as(&self.tenant, Role::Auditor, question).await;
        assert_eq!(status, StatusCode::OK, "{question}: {body}");
        body
    }

    /// Asks generation 1 as anybody.
    pub async fn ask_as(
        &self,
        tenant: &TenantSlug,
        role: Role,
        question: &str,
    ) -> (StatusCode, Value) {
        ask(&self.routes(1), tenant, role, question).await
    }

    /// Asks for a refusal: its status and code.
    pub async fn refused(&self, question: &str) -> (u16, String) {
        let (status, body) = self.ask_as(&self.tenant, Role::Auditor, question).await;
        (status.as_u16(), body["code"].as_str().unwrap_or_default().to_owned())
    }
}

/// A bearer with one role.
pub(super) fn actor(tenant: &TenantSlug, role: Role) -> Actor {
    Actor {
        tenant: tenant.clone(),
        user: UserId::parse("ola").unwrap(),
        name: None,
        groups: if role == Role::Seller { vec!["North".to_owned()] } else { Vec::new() },
        roles: [role].into_iter().collect(),
    }
}

/// Asks a router; an NDJSON answer comes back as an array.
pub(super) async fn ask(
    router: &Router,
    tenant: &TenantSlug,
    role: Role,
    question: &str,
) -> (StatusCode, Value) {
    let actor = actor(tenant, role);
    let request = Request::get(question).extension(Arc::new(actor)).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let lines =
        response.headers().get("content-type").is_some_and(|kind| kind == "application/x-ndjson");
    let body = axum::body::to_bytes(response.into_body(), 64 << 20).await.unwrap();
    if lines {
        let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        return (
            status,
            lines.map(|line| serde_json::from_slice::<Value>(line).unwrap()).collect(),
        );
    }
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}
