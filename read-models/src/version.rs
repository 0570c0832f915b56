//! Versions of a stream: where each stands in the log and when it stops holding. Knows no table.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use events::Recorded;
use sqlx::Postgres;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use uuid::Uuid;

use crate::rebuild::{Infinity, Row};

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub tenant_id: i32,
    pub stream_id: Uuid,
    pub version: i64,
    pub position: i64,
    pub effective_at: DateTime<Utc>,
    pub recorded_at: DateTime<Utc>,
}

impl Place {
    pub fn of(event: &Recorded) -> Self {
        Self {
            tenant_id: event.tenant_id,
            stream_id: event.stream_id,
            version: event.version,
            position: event.position,
            effective_at: event.effective(),
            recorded_at: event.recorded_at,
        }
    }

    /// Writes the coordinates of the version alone.
    pub fn put(&self, row: &mut Row<'_>) {
        row.put(self.tenant_id).put(self.stream_id).put(self.version);
        row.put(self.position).put(self.effective_at).put(self.recorded_at);
    }
}

/// A version with its row; `next` is the place of its successor, none while it is current.
#[derive(Debug, Clone)]
pub(crate) struct Placed<T> {
    pub place: Place,
    pub next: Option<Place>,
    pub row: T,
}

/// The new versions of one table in a run, in log order, and the successors of those stored before.
#[derive(Debug)]
pub(crate) struct Chain<T> {
    pub versions: Vec<Placed<T>>,
    /// First new version of each stream that had versions before: it ends the stored one.
    pub successors: Vec<Place>,
    latest: HashMap<Uuid, usize>,
}

impl<T> Default for Chain<T> {
    fn default() -> Self {
        Self { versions: Vec::new(), successors: Vec::new(), latest: HashMap::new() }
    }
}

impl<T> Chain<T> {
    /// Adds the next version of a stream and ends the one before it.
    pub fn push(&mut self, place: Place, row: T) {
        match self.latest.insert(place.stream_id, self.versions.len()) {
            Some(before) => self.versions[before].next = Some(place),
            None if place.version > 1 => self.successors.push(place),
            None => {}
        }
        self.versions.push(Placed { place, next: None, row });
    }

    /// The newest row of a stream in this run.
    pub fn latest(&self, stream_id: &Uuid) -> Option<&T> {
        self.latest.get(stream_id).map(|index| &self.versions[*index].row)
    }

    /// Takes out every version that no later event can change: all but the newest of the stream that is `open`.
    pub fn take_final(&mut self, open: Option<Uuid>) -> Vec<Placed<T>> {
        let newest = open.and_then(|stream| self.latest.get(&stream).copied());
        let mut versions = std::mem::take(&mut self.versions);
        self.latest.clear();
        if let Some(newest) = newest {
            let kept = versions.remove(newest);
            self.latest.insert(kept.place.stream_id, 0);
            self.versions.push(kept);
        }
        versions
    }

    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    /// One column of every new version that may have no value; nothing at all when none has one, since rows are as
    /// many as the longest column has.
    pub fn sparse<'a, C>(&'a self, of: impl Fn(&'a T) -> Option<C>) -> Vec<Option<C>> {
        let column = self.column(of);
        if column.iter().all(Option::is_none) { Vec::new() } else { column }
    }

    /// One column of every new version.
    pub fn column<'a, C>(&'a self, of: impl Fn(&'a T) -> C) -> Vec<C> {
        self.versions.iter().map(|version| of(&version.row)).collect()
    }
}

/// The columns of [`Placed::put`].
macro_rules! places {
    ($rest:literal) => {
        concat!(
            "tenant_id, stream_id, version, position, effective_at, recorded_at, next_position, \
             next_effective_at, next_recorded_at, ",
            $rest
        )
    };
}
pub(crate) use places;

impl<T> Placed<T> {
    /// Writes the coordinates of a version and of its successor, `places!()` in order.
    pub fn put(&self, row: &mut Row<'_>) {
        self.place.put(row);
        match self.next {
            Some(next) => {
                row.put(next.position).put(next.effective_at).put(next.recorded_at);
            }
            None => {
                row.put(i64::MAX).put(Infinity).put(Infinity);
            }
        }
    }
}

/// A statement being bound.
pub(crate) type PgQuery<'q> = Query<'q, Postgres, PgArguments>;

/// Binds $1 to $9 of an insert: the coordinates of the versions and of their successors.
pub(crate) fn bind_places<'q, T>(query: PgQuery<'q>, versions: &[Placed<T>]) -> PgQuery<'q> {
    fn all<T, C>(versions: &[Placed<T>], of: impl Fn(&Placed<T>) -> C) -> Vec<C> {
        versions.iter().map(of).collect()
    }
    query
        .bind(all(versions, |v| v.place.tenant_id))
        .bind(all(versions, |v| v.place.stream_id))
        .bind(all(versions, |v| v.place.version))
        .bind(all(versions, |v| v.place.position))
        .bind(all(versions, |v| v.place.effective_at))
        .bind(all(versions, |v| v.place.recorded_at))
        .bind(all(versions, |v| v.next.map(|next| next.position)))
        .bind(all(versions, |v| v.next.map(|next| next.effective_at)))
        .bind(all(versions, |v| v.next.map(|next| next.recorded_at)))
}

/// Binds $1 to $5 of an UPDATE that ends stored versions.
pub(crate) fn bind_successors<'q>(query: PgQuery<'q>, successors: &[Place]) -> PgQuery<'q> {
    fn all<C>(places: &[Place], of: impl Fn(&Place) -> C) -> Vec<C> {
        places.iter().map(of).collect()
    }
    query
        .bind(all(successors, |p| p.stream_id))
        .bind(all(successors, |p| p.version - 1))
        .bind(all(successors, |p| p.position))
        .bind(all(successors, |p| p.effective_at))
        .bind(all(successors, |p| p.recorded_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(stream: u128, version: i64, position: i64) -> Place {
        let at = DateTime::from_timestamp(position, 0).unwrap();
        let stream_id = Uuid::from_u128(stream);
        Place { tenant_id: 1, stream_id, version, position, effective_at: at, recorded_at: at }
    }

    #[test]
    fn a_version_ends_where_the_next_of_its_stream_begins() {
        let mut chain = Chain::default();
        chain.push(place(1, 1, 10), 'a');
        chain.push(place(2, 5, 11), 'x');
        chain.push(place(1, 2, 12), 'b');
        let ends: Vec<_> =
            chain.versions.iter().map(|v| v.next.map(|next| next.position)).collect();
        assert_eq!(ends, [Some(12), None, None]);
        assert_eq!(chain.successors, [place(2, 5, 11)], "version 4 stands in the table already");
        assert_eq!(chain.latest(&Uuid::from_u128(1)), Some(&'b'));
    }
    #[test]
    fn what_is_final_leaves_and_the_open_streams_newest_version_stays() {
        let mut chain = Chain::default();
        chain.push(place(1, 1, 10), 'a');
        chain.push(place(2, 1, 11), 'x');
        chain.push(place(2, 2, 12), 'y');
        let places = |taken: Vec<Placed<char>>| -> Vec<_> {
            taken.into_iter().map(|v| (v.row, v.next.map(|next| next.position))).collect()
        };
        let open = Some(Uuid::from_u128(2));
        assert_eq!(places(chain.take_final(open)), [('a', None), ('x', Some(12))]);
        chain.push(place(2, 3, 13), 'z');
        assert_eq!(places(chain.take_final(None)), [('y', Some(13)), ('z', None)]);
        assert!(chain.is_empty() && chain.successors.is_empty());
    }
}
