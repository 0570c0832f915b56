//! What became of a group: the words between the append function and whoever sent the group.

use crate::append::{Group, Resolved};
use crate::batch::Verdicts;

/// What became of one group of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Stored, or nothing to store and the receipt kept.
    Appended(Appended),
    /// The same key and request were answered before; nothing was stored now.
    Duplicate(StoredReceipt),
    /// The key was used for another request; nothing was stored.
    KeyReused,
    /// A stream is not at the expected version; nothing was stored.
    Conflict {
        /// Current versions, one per append.
        versions: Vec<i64>,
    },
    /// A stream the decision rests on, without writing it, has moved since it was seen; nothing was stored.
    RestsOnThePast,
    /// The effective time is earlier than that of the stream's newest event; nothing was stored.
    EffectiveTimeFalls,
    /// The effective time is later than the database's clock; nothing was stored.
    EffectiveTimeInFuture,
    /// The database refuses what the group carries, for the reason given; nothing was stored.
    Poisoned(String),
}

/// Where a group's events are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Versions after the group, one per append.
    pub versions: Vec<i64>,
    /// Position of the first event; absent without events.
    pub first: Option<i64>,
    /// Position of the last event; absent without events.
    pub last: Option<i64>,
    /// The primary stream's sale number, or the one the group was given.
    pub number: Option<i64>,
}

/// The kept answer of an earlier command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReceipt {
    /// Static part of the reply, as it was given to the append.
    pub answer: Vec<u8>,
    /// The primary stream's version after the command.
    pub version: i64,
    /// Position of the command's last event; absent when it changed nothing.
    pub last: Option<i64>,
    /// The sale's number.
    pub number: Option<i64>,
}

const OK: i16 = 0;
const DUPLICATE: i16 = 1;
const CONFLICT: i16 = 2;
const KEY_REUSED: i16 = 3;
const EFFECTIVE_FALLS: i16 = 5;
const GROUP_FAILED: i16 = 6;
const EFFECTIVE_IN_FUTURE: i16 = 7;
const RESTS_ON_THE_PAST: i16 = 8;

/// Reads the verdicts of a batch, one outcome per group, in order.
pub(crate) fn read(
    groups: &[Resolved<'_>],
    verdicts: &mut Verdicts,
) -> Result<Vec<Outcome>, sqlx::Error> {
    let mut outcomes = Vec::with_capacity(groups.len());
    let mut row = 0;
    for (group, _) in groups {
        let rows = row..row + group.appends.len();
        row = rows.end;
        let status = &verdicts.status[rows.clone()];
        let worst =
            status.iter().copied().filter(|s| *s != GROUP_FAILED).max_by_key(|s| weight(*s));
        outcomes.push(match worst {
            Some(OK) => Outcome::Appended(appended(group, rows, verdicts)),
            Some(DUPLICATE) => Outcome::Duplicate(verdicts.take_receipt(rows.start)?),
            Some(KEY_REUSED) => Outcome::KeyReused,
            Some(CONFLICT) => Outcome::Conflict { versions: verdicts.version[rows].to_vec() },
            Some(RESTS_ON_THE_PAST) => Outcome::RestsOnThePast,
            Some(EFFECTIVE_FALLS) => Outcome::EffectiveTimeFalls,
            Some(EFFECTIVE_IN_FUTURE) => Outcome::EffectiveTimeInFuture,
            other => {
                return Err(sqlx::Error::Protocol(format!("unknown status {other:?} of a group")));
            }
        });
    }
    Ok(outcomes)
}

/// Which status speaks for a group whose rows differ: what the receipt says, then the versions.
fn weight(status: i16) -> u8 {
    match status {
        OK => 0,
        EFFECTIVE_IN_FUTURE => 1,
        EFFECTIVE_FALLS => 2,
        CONFLICT => 3,
        RESTS_ON_THE_PAST => 4,
        DUPLICATE | KEY_REUSED => 5,
        _ => 6,
    }
}

fn appended(group: &Group, rows: std::ops::Range<usize>, verdicts: &Verdicts) -> Appended {
    let counts = group.appends.iter().map(|append| append.events.len() as i64);
    let total: i64 = counts.clone().sum();
    let before = verdicts.base[rows.start];
    let fresh = rows.clone().find(|row| verdicts.version[*row] == 0);
    Appended {
        versions: verdicts.version[rows.clone()].iter().zip(counts).map(|(v, n)| v + n).collect(),
        first: (total > 0).then_some(before + 1),
        last: (total > 0).then_some(before + total),
        number: verdicts.number[rows.start].or_else(|| fresh.and_then(|row| verdicts.number[row])),
    }
}
