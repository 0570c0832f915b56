//! Our log with the same reader: it remembers the last position it saw and nothing else.

use event_store::{EventStore, Group, Outcome, StreamAppend};
use events::{Aggregate, NewEvent, StreamName, TenantSlug};
use service_runtime::ids::new_id;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::faults::seed::Chance;

/// Events the reader takes at once.
const PAGE: i64 = 100;

/// Appends that are on their way at the same time, as many as the naive log has writers.
const UNDER_WAY: usize = super::naive::WRITERS;

/// The log, what is being appended to it, and its reader.
pub(super) struct Ours {
    store: EventStore,
    under_way: JoinSet<Vec<i64>>,
    appended: Vec<i64>,
    last: i64,
    seen: Vec<i64>,
}

impl Ours {
    pub(super) fn over(store: EventStore) -> Self {
        let (under_way, appended, seen) = (JoinSet::new(), Vec::new(), Vec::new());
        Self { store, under_way, appended, last: 0, seen }
    }

    /// Some writer appends one to three events and is not waited for, unless too many are on their way.
    pub(super) async fn step(&mut self, chance: &mut Chance) {
        let events = 1 + chance.below(3);
        let store = self.store.clone();
        self.under_way.spawn(async move { append(&store, events).await });
        while self.under_way.len() >= UNDER_WAY {
            self.answer().await;
        }
    }

    async fn answer(&mut self) {
        if let Some(positions) = self.under_way.join_next().await {
            self.appended.extend(positions.unwrap());
        }
    }

    /// Waits for every append.
    pub(super) async fn answered(&mut self) {
        while !self.under_way.is_empty() {
            self.answer().await;
        }
    }

    /// The reader reads on from the last position it saw, until there is nothing more.
    pub(super) async fn read(&mut self) {
        loop {
            let page = self.store.read_after(self.last, PAGE).await.unwrap();
            let Some(last) = page.last() else { return };
            self.last = last.position;
            self.seen.extend(page.iter().map(|event| event.position));
        }
    }

    /// Events that are committed.
    pub(super) fn appended(&self) -> i64 {
        i64::try_from(self.appended.len()).unwrap()
    }

    /// Committed events the reader never saw. It saw nothing twice and nothing out of order.
    pub(super) fn skipped(&self) -> usize {
        assert!(self.seen.is_sorted_by(|a, b| a < b));
        self.appended.iter().filter(|position| self.seen.binary_search(position).is_err()).count()
    }
}

/// A new stream with so many events; their positions.
async fn append(store: &EventStore, events: usize) -> Vec<i64> {
    let id = new_id();
    let stream = StreamName::new(Aggregate::Activity, id.to_string());
    let meta = format!(r#"{{"stream":"activity/{id}","actor":"ola"}}"#).into_bytes();
    let event = || NewEvent {
        event_id: new_id(),
        event_type: "activity.completed",
        schema_version: 1,
        payload: b"{}".to_vec(),
        meta: meta.clone(),
    };
    let events = (0..events).map(|_| event()).collect();
    let group = Group {
        tenant: TenantSlug::parse("demo").unwrap(),
        receipt: None,
        effective_at: None,
        appends: vec![StreamAppend { stream, expected: 0, events }],
    };
    let mut outcomes = store.append(Uuid::from_u128(0xA), &[group]).await.unwrap();
    match outcomes.remove(0) {
        Outcome::Appended(appended) => (appended.first.unwrap()..=appended.last.unwrap()).collect(),
        other => panic!("{other:?}"),
    }
}
