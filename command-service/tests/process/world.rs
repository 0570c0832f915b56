//! A log, a command bus over it and a clock in hand; one open sale to begin with.

use chrono::{DateTime, Utc};
use command_service::batcher::Batcher;
use command_service::call::{Answer, Call, ExecuteError};
use command_service::execute::Executor;
use command_service::places::{Places, WAITING_MAX};
use command_service::process::{Pumped, StalledSaleReopen};
use command_service::sending::send_order;
use domain::Order;
use domain::sale::SaleCommand;
use domain::tenant::TenantCommand;
use event_store::testing::TestDatabase;
use event_store::{EventStore, Group, Outcome, StreamAppend};
use events::sale::{Margin, Parties, Registration};
use events::{
    Aggregate, CurrencyCode, Event, ListKey, Metadata, Money, NewEvent, Probability, Recorded,
    SaleEvent, SaleId, SaleTypeId, StageId, StreamName, TenantSlug, Title, UserId,
};
use rust_decimal::Decimal;
use service_runtime::ids::new_id;
use service_runtime::{Clock, Tasks};

pub struct World {
    pub database: TestDatabase,
    pub store: EventStore,
    pub executor: Executor,
    pub clock: Clock,
    pub tasks: Tasks,
    pub sale: SaleId,
}

impl World {
    /// An open sale of the tenant `demo` on 10 March 2026.
    pub async fn new() -> Self {
        let database = TestDatabase::create().await;
        let (store, tasks, clock) =
            (database.store(), Tasks::new(), Clock::in_hand(at("2026-03-10T09:00:00Z")));
        let batcher = Batcher::start(store.clone(), &tasks, new_id());
        let executor =
            Executor::new(store.clone(), batcher, clock.clone(), Places::of(WAITING_MAX));
        let sale = SaleId(new_id());
        let world = Self { database, store, executor, clock, tasks, sale };
        world
            .append(SaleEvent::Registered(Box::new(registration(SaleTypeId(new_id()), None))), None)
            .await;
        world
    }

    pub fn manager(&self) -> StalledSaleReopen {
        StalledSaleReopen::new(self.store.clone(), send_order(self.executor.clone()))
    }

    /// Asks the sale for something, as a person would.
    pub async fn order(&self, command: SaleCommand) -> Result<Answer, ExecuteError> {
        self.executor.execute(&call(), self.sale.stream(), Order::Sale(command)).await
    }

    /// Asks as somebody, now or with a business time of its own.
    pub async fn ask(&self, who: &Call, stream: StreamName, order: Order) {
        self.executor.execute(who, stream, order).await.unwrap();
    }

    pub async fn stall(&self, date: &str) {
        let reason = ListKey::parse("budget-next-year").unwrap();
        self.order(SaleCommand::StallSale { reopen_date: date.parse().unwrap(), reason })
            .await
            .unwrap();
    }

    pub async fn change_terms(&self, date: &str) {
        let reopen_date = Some(date.parse().unwrap());
        self.order(SaleCommand::ChangeStallTerms { reopen_date, reason: None }).await.unwrap();
    }

    pub async fn move_to(&self, time_zone: chrono_tz::Tz) {
        let order = Order::Tenant(TenantCommand::SetTimeZone { time_zone });
        self.executor.execute(&call(), StreamName::of_tenant(&tenant()), order).await.unwrap();
    }

    /// Puts an event into the sale's stream as it is.
    pub async fn append(&self, event: SaleEvent, effective_at: Option<DateTime<Utc>>) {
        let event = NewEvent::new(new_id(), &Event::Sale(event), &self.metadata());
        self.append_raw(event, effective_at).await;
    }

    pub async fn append_raw(&self, event: NewEvent, effective_at: Option<DateTime<Utc>>) {
        self.append_to(self.sale.stream(), event, effective_at).await;
    }

    /// Puts a fact into a stream as it is.
    pub async fn tell(&self, stream: StreamName, event: &Event) {
        let event = NewEvent::new(new_id(), event, &metadata(&stream));
        self.append_to(stream, event, None).await;
    }

    async fn append_to(&self, stream: StreamName, event: NewEvent, at: Option<DateTime<Utc>>) {
        let before = self.store.load(&tenant(), stream.stream_id(&tenant()), 0).await.unwrap();
        let expected = i64::try_from(before.len()).unwrap();
        let append = StreamAppend { stream, expected, events: vec![event] };
        let group =
            Group { tenant: tenant(), receipt: None, effective_at: at, appends: vec![append] };
        let outcomes = self.store.append(new_id(), &[group]).await.unwrap();
        assert!(matches!(outcomes[..], [Outcome::Appended(_)]), "{outcomes:?}");
    }

    pub fn metadata(&self) -> Metadata {
        metadata(&self.sale.stream())
    }

    /// The log ends an event earlier, as after a restore.
    pub async fn lose_the_newest_event(&self) {
        let lost = "ALTER TABLE es.event DISABLE TRIGGER immutable; \
            ALTER TABLE es.batch DISABLE TRIGGER immutable; \
            UPDATE es.stream SET version = version - 1, last_position = last_position - 1 \
                WHERE last_position = (SELECT max(position) FROM es.event); \
            DELETE FROM es.batch WHERE last_position = (SELECT max(position) FROM es.event); \
            DELETE FROM es.event WHERE position = (SELECT max(position) FROM es.event)";
        sqlx::raw_sql(lost).execute(self.database.owner()).await.unwrap();
    }

    /// The sale's events, oldest first.
    pub async fn events(&self) -> Vec<Recorded> {
        let stream = StreamName::new(Aggregate::Sale, self.sale.to_string()).stream_id(&tenant());
        self.store.load(&tenant(), stream, 0).await.unwrap()
    }

    pub async fn types(&self) -> Vec<String> {
        self.events().await.into_iter().map(|row| row.event_type).collect()
    }

    pub async fn timers(&self) -> Vec<DateTime<Utc>> {
        sqlx::query_scalar("SELECT due_at FROM es_ops.timer ORDER BY due_at")
            .fetch_all(self.store.pool())
            .await
            .unwrap()
    }

    /// The lease runs out, as after the death of its owner.
    pub async fn expire_lease(&self) {
        sqlx::query("UPDATE es_ops.process SET lease_until = now()")
            .execute(self.database.owner())
            .await
            .unwrap();
    }
}

/// Commands sent by one step.
pub async fn sent(manager: &mut StalledSaleReopen, now: &str) -> usize {
    match manager.pump(at(now)).await.unwrap() {
        Pumped::UpTo { sent, .. } => sent,
        other => panic!("{other:?}"),
    }
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn tenant() -> TenantSlug {
    TenantSlug::parse("demo").unwrap()
}

pub fn call() -> Call {
    Call {
        tenant: tenant(),
        actor: UserId::parse("ola").unwrap(),
        principal: None,
        right: None,
        command: "Test",
        key: None,
        if_version: None,
        effective_at: None,
        traceparent: None,
        correlation: Some(uuid::Uuid::from_u128(7)),
        causation: None,
    }
}

fn metadata(stream: &StreamName) -> Metadata {
    Metadata {
        stream: stream.to_string(),
        actor: "ola".into(),
        command: None,
        correlation: None,
        causation: None,
        traceparent: None,
    }
}

/// What a sale begins with.
pub fn registration(sale_type: SaleTypeId, stage: Option<StageId>) -> Registration {
    let amount = Money::rounded(Decimal::from(500_000), CurrencyCode::parse("NOK").unwrap());
    let margin = Margin {
        total_cost: Decimal::ZERO,
        profit: amount.amount(),
        profit_percent: Some(Decimal::from(100)),
    };
    Registration {
        title: Title::parse("Fjord ERP").unwrap(),
        sale_type,
        category: None,
        stage,
        probability: Probability::parse(50).unwrap(),
        amount,
        margin,
        owner: UserId::parse("ola").unwrap(),
        owner_group: None,
        parties: Parties::default(),
        sale_date: "2026-06-10".parse().unwrap(),
        source: None,
        description: None,
        external_reference: None,
        details: events::sale::Details::default(),
    }
}
