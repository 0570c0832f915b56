//! A stack with a long log in it, databases for read models of their own, and NATS with every right.

use std::str::FromStr;

use anyhow::Context;
use async_nats::jetstream;
use event_store::EventStore;
use events::TenantSlug;
use local_stack::nats::OPERATOR;
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgPool};
use system_tests::generated;

use super::Stack;
use super::stack::{TENANT, With};

impl Stack {
    /// A log of generated events of the benchmark's tenant; command-service runs, projection-service does not.
    pub async fn generated(with: With, events: i64) -> anyhow::Result<Self> {
        let mut stack = Self::prepare(with).await?;
        stack.generate(events).await?;
        stack.command.start().await?;
        stack.set_up().await?;
        Ok(stack)
    }

    /// The same before command-service is started, and without the sale type that commands need.
    pub async fn generated_at_rest(with: With, events: i64) -> anyhow::Result<Self> {
        let stack = Self::prepare(with).await?;
        stack.generate(events).await?;
        Ok(stack)
    }

    async fn generate(&self, events: i64) -> anyhow::Result<()> {
        let owner = PgPoolOptions::new().max_connections(4).connect(&self.superuser_url()).await?;
        let tenant = TenantSlug::from_str(TENANT).ok().context("invariant: a valid slug")?;
        generated::generate(&owner, &self.store()?, &tenant, events).await?;
        // one by one: several statements at once are a transaction, in which nothing is vacuumed
        for statement in ["VACUUM ANALYZE es.event", "VACUUM ANALYZE es.stream", "CHECKPOINT"] {
            sqlx::raw_sql(statement).execute(&owner).await?;
        }
        owner.close().await;
        Ok(())
    }

    /// The log, as a superuser reads it.
    pub fn store(&self) -> anyhow::Result<EventStore> {
        Ok(EventStore::new(event_store::connect(&self.superuser_url(), 4)?, 1))
    }

    /// A database with empty read models, into which projection-service is told to follow when it starts.
    pub async fn empty_read_side(&mut self, name: &str) -> anyhow::Result<PgPool> {
        let pool = self.superuser().await?;
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&pool).await?;
        let read_side = PgPoolOptions::new().max_connections(2).connect(&self.url_of(name)).await?;
        let mut connection = read_side.acquire().await?;
        event_store::schema::migrate(&mut connection).await?;
        read_models::schema::migrate(&mut connection).await?;
        drop(connection);
        self.follow_into(name)?;
        Ok(read_side)
    }

    /// JetStream with every right.
    pub async fn jetstream(&self) -> anyhow::Result<jetstream::Context> {
        let nats = self.nats().context("this stack has no NATS")?;
        let operator = nats.users().find(OPERATOR).context("this server has no operator")?;
        let options = async_nats::ConnectOptions::with_user_and_password(
            OPERATOR.into(),
            operator.password.clone(),
        );
        let options = options.custom_inbox_prefix(format!("_INBOX_{OPERATOR}"));
        Ok(jetstream::new(options.connect(nats.url_for(OPERATOR)).await?))
    }
}
