//! Receipts: what a keyed command is told again when it is repeated must be what it did. Judged a range of keys at a
//! time; each is compared with its events where they are, in one statement.

use chrono::NaiveDate;
use futures::{StreamExt, stream};
use sqlx::FromRow;

use super::findings::{Area, Finding, Findings};
use super::streams::bounds;
use super::{Step, Verified};
use crate::EventStore;
use crate::error::{StoreError, read_again};

/// Receipts of a range, about: keys are hashes, so equal ranges hold equal shares.
const RANGE: i64 = 10_000;
/// Ranges read at the same time.
const AT_ONCE: usize = 2;

/// Behind every key, each of which is 32 bytes long.
const BEHIND_ALL: [u8; 33] = [u8::MAX; 33];

#[derive(Debug, FromRow)]
struct Receipt {
    command_key: Vec<u8>,
    day: NaiveDate,
    answer: Vec<u8>,
    streams: i64,
    versions: Vec<i64>,
    number: Option<i64>,
    first_position: Option<i64>,
    last_position: Option<i64>,
    /// Position of each stream's version; none = there is no such event.
    at: Vec<Option<i64>>,
    /// Events between first and last position that are of these streams and this tenant.
    of_these: i64,
    recorded_on: Option<NaiveDate>,
    primary_number: Option<i64>,
    new_number: Option<i64>,
}

/// Compares the receipts whose events lie in what was verified; answers how many.
pub(super) async fn judge(
    store: &EventStore,
    reads: fn(&[u8]) -> bool,
    verified: &Verified,
    findings: &mut Findings,
    progress: &mut (dyn FnMut(Step) + Send),
) -> Result<i64, StoreError> {
    let ranges = (verified.head / RANGE).clamp(1, 1 << 16);
    let read = |range: i64| range_of(store, verified, range, ranges);
    let mut read = stream::iter(0..ranges).map(read).buffered(AT_ONCE);
    let (mut judged, mut done) = (0, 0);
    while let Some(receipts) = read.next().await {
        for receipt in receipts? {
            judged += 1;
            for (what, stored, expected) in receipt.contradictions(reads, verified.archived) {
                let key: String =
                    receipt.command_key.iter().map(|byte| format!("{byte:02x}")).collect();
                let what = format!("the receipt of key {key}: {what}");
                let at = receipt.position();
                findings.add(Finding::new(Area::Receipts, at, what, stored, expected));
            }
        }
        done += 1;
        progress(Step { area: Area::Receipts, done, all: ranges, found: findings.count() });
    }
    Ok(judged)
}

/// Where the keys of a range begin and where they end; the last range has no end.
fn keys(range: i64, ranges: i64) -> ([u8; 16], Option<[u8; 16]>) {
    let first = |range| bounds(range, ranges).0.into_bytes();
    (first(range), (range + 1 < ranges).then(|| first(range + 1)))
}

/// The receipts of one of `ranges` equal ranges of keys.
async fn range_of(
    store: &EventStore,
    verified: &Verified,
    range: i64,
    ranges: i64,
) -> Result<Vec<Receipt>, StoreError> {
    let (first, end) = keys(range, ranges);
    let end = end.map_or(BEHIND_ALL.to_vec(), |end| end.to_vec());
    read_again(store.pool(), || {
        sqlx::query_as(include_str!("receipts.sql"))
            .bind(store.log_id())
            .bind(first)
            .bind(&end)
            .bind(verified.from)
            .bind(verified.head)
            .fetch_all(store.pool())
    })
    .await
}

impl Receipt {
    fn position(&self) -> i64 {
        let seen = self.at.iter().flatten().max().copied();
        self.first_position.or(self.last_position).or(seen).unwrap_or(0)
    }

    fn contradictions(
        &self,
        reads: fn(&[u8]) -> bool,
        archived: i64,
    ) -> Vec<(&'static str, String, String)> {
        let mut found = Vec::new();
        if !reads(&self.answer) {
            let shown = String::from_utf8_lossy(&self.answer).into_owned();
            found.push(("its answer cannot be read", shown, "an answer".to_owned()));
        }
        let versions = i64::try_from(self.versions.len()).unwrap_or(i64::MAX);
        if self.streams != versions || versions == 0 {
            found.push((
                "streams and versions differ in number",
                self.streams.to_string(),
                versions.to_string(),
            ));
        }
        if self.position() <= archived && archived > 0 {
            return found;
        }
        let mut missing = self
            .versions
            .iter()
            .zip(&self.at)
            .filter(|(version, at)| **version != 0 && at.is_none());
        if let Some((version, _)) = missing.next() {
            found.push((
                "a stream has no such version",
                version.to_string(),
                "a stored event".to_owned(),
            ));
        }
        self.misplaced(&mut found);
        let number = self.primary_number.or(self.new_number);
        if self.number != number && self.versions.first().is_some_and(|version| *version != 0) {
            found.push(("its sale number", told(self.number), told(number)));
        }
        found
    }

    /// What its positions say against the events they name.
    fn misplaced(&self, found: &mut Vec<(&'static str, String, String)>) {
        let newest = self.at.iter().flatten().max().copied();
        match (self.first_position, self.last_position) {
            (Some(first), Some(last)) => {
                let wanted = last - first + 1;
                if self.of_these != wanted {
                    let what =
                        "the events between its positions are not all of its streams and tenant";
                    found.push((what, wanted.to_string(), self.of_these.to_string()));
                }
                if newest != Some(last) {
                    found.push((
                        "its versions do not end at its last position",
                        last.to_string(),
                        told(newest),
                    ));
                }
                if self.recorded_on.is_some_and(|day| day != self.day) {
                    let day = self.recorded_on.unwrap_or_default();
                    found.push((
                        "it was stored on another day than its events",
                        self.day.to_string(),
                        day.to_string(),
                    ));
                }
            }
            (None, None) => {}
            (first, last) => found.push(("it names one position alone", told(first), told(last))),
        }
    }
}

fn told(number: Option<i64>) -> String {
    number.map_or("none".to_owned(), |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_lies_in_exactly_one_range() {
        for ranges in [1, 2, 3, 7, 1_000] {
            for byte in 0..=u8::MAX {
                for key in [[byte; 32], [[byte; 16], [0; 16]].concat().try_into().unwrap()] {
                    let holds = |range: &i64| {
                        let (first, end) = keys(*range, ranges);
                        key[..] >= first[..] && end.is_none_or(|end| key[..] < end[..])
                    };
                    assert_eq!((0..ranges).filter(holds).count(), 1, "{key:?} of {ranges}");
                }
            }
        }
    }
}
