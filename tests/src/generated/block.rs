//! A block of a generated log: the set-up, or a thousand sales with their steps one behind another. A block knows its
//! positions from its number, so blocks are made side by side.

use events::envelope::{Sealed, content_hash};
use events::identity::part_of;
use events::{Aggregate, Metadata, TenantSlug};
use uuid::Uuid;

use super::Clock;
use super::copy::Sheet;
use super::lifecycle::{BLOCK, STEPS, Told, set_up, step};

/// The only tenant of a generated log.
const TENANT_ID: i32 = 1;

/// Which block of which log.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// 0 is the set-up.
    pub(super) number: i64,
    pub(super) log_id: i16,
    pub(super) tenant: TenantSlug,
    /// Events of the whole log: the last block ends there.
    pub(super) events: i64,
    pub(super) clock: Clock,
}

/// Its rows.
pub(super) struct Made {
    pub(super) events: Vec<u8>,
    pub(super) streams: Vec<u8>,
    pub(super) hashes: Vec<[u8; 32]>,
    pub(super) sales: i64,
}

impl Block {
    fn before(&self) -> i64 {
        let set_up = i64::try_from(set_up(self.tenant.as_str()).len()).expect("invariant: a few");
        if self.number == 0 { 0 } else { set_up + (self.number - 1) * BLOCK * STEPS }
    }

    /// Whether the log reaches into this block.
    pub(super) fn is_needed(&self) -> bool {
        self.before() < self.events
    }

    /// Makes all rows; takes a moment of processor.
    pub(super) fn make(&self) -> Made {
        let before = self.before();
        let left = usize::try_from(self.events - before).expect("invariant: it is needed");
        let mut made =
            Making { block: self, position: before, events: Sheet::new(), hashes: Vec::new() };
        let mut streams = Sheet::new();
        if self.number == 0 {
            for told in set_up(self.tenant.as_str()).into_iter().take(left) {
                let (id, aggregate) =
                    (told.stream.stream_id(&self.tenant), told.stream.aggregate.as_str());
                let at = made.event(&told, id, 1, None);
                self.stream(&mut streams, id, aggregate, (1, at, at), None);
            }
            return Made {
                events: made.events.end(),
                streams: streams.end(),
                hashes: made.hashes,
                sales: 0,
            };
        }
        let first_sale = (self.number - 1) * BLOCK;
        let mut known: Vec<(Uuid, i64, i64)> = Vec::with_capacity(1_000);
        for (sale, n) in (0..STEPS).flat_map(|n| (0..BLOCK).map(move |sale| (sale, n))).take(left) {
            let told = step(first_sale + sale, n);
            if told.stream.aggregate != Aggregate::Sale {
                let (id, aggregate) =
                    (told.stream.stream_id(&self.tenant), told.stream.aggregate.as_str());
                let at = made.event(&told, id, 1, None);
                self.stream(&mut streams, id, aggregate, (1, at, at), None);
                continue;
            }
            let at = usize::try_from(sale).expect("invariant: a block is small");
            if n == 0 {
                known.push((told.stream.stream_id(&self.tenant), made.position + 1, 0));
            }
            let id = known[at].0;
            known[at].2 =
                made.event(&told, id, n + 1, (n == 0).then_some(1_001 + first_sale + sale));
        }
        let sales = i64::try_from(known.len()).expect("invariant: a block is small");
        for (number, (id, first, last)) in (1_001 + first_sale..).zip(known) {
            let version = (last - first) / BLOCK + 1;
            self.stream(&mut streams, id, "sale", (version, first, last), Some(number));
        }
        Made { events: made.events.end(), streams: streams.end(), hashes: made.hashes, sales }
    }

    fn stream(
        &self,
        sheet: &mut Sheet,
        id: Uuid,
        aggregate: &str,
        (version, first, last): (i64, i64, i64),
        number: Option<i64>,
    ) {
        sheet.row(10).small(self.log_id).uuid(id).bytes(aggregate.as_bytes()).int(TENANT_ID);
        sheet.small(part_of(&id)).big(version).big(first).big(last);
        sheet.at(self.clock.at(last)).maybe_big(number);
    }
}

/// Events under way.
struct Making<'a> {
    block: &'a Block,
    position: i64,
    events: Sheet,
    hashes: Vec<[u8; 32]>,
}

impl Making<'_> {
    /// Adds the next event; answers its position.
    fn event(&mut self, told: &Told, stream_id: Uuid, version: i64, number: Option<i64>) -> i64 {
        self.position += 1;
        let position = u128::try_from(self.position).expect("invariant: positions count from 1");
        let event_id = Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0000_0000 + position);
        let metadata = Metadata {
            stream: told.stream.to_string(),
            actor: "ola".to_owned(),
            command: Some(told.command.to_owned()),
            correlation: Some(event_id),
            causation: None,
            traceparent: None,
        };
        let meta = serde_json::to_vec(&metadata).expect("metadata is plain text and encodes");
        let hash = content_hash(&Sealed {
            tenant: &self.block.tenant,
            event_id,
            stream_id,
            event_type: told.event_type,
            schema_version: told.schema_version,
            effective_at: None,
            meta: &meta,
            payload: told.payload.as_bytes(),
        });
        let sheet =
            self.events.row(16).small(self.block.log_id).big(self.position).big(self.position - 1);
        sheet.int(TENANT_ID).uuid(stream_id).big(version).small(part_of(&stream_id)).uuid(event_id);
        sheet.bytes(told.event_type.as_bytes()).small(told.schema_version);
        sheet.at(self.block.clock.at(self.position)).null().maybe_big(number);
        sheet.bytes(&meta).bytes(told.payload.as_bytes()).bytes(&hash);
        self.hashes.push(hash);
        self.position
    }
}
