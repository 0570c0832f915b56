//! The rows of a file, piece by piece, each out of a snapshot of its own at one position and moment.

use std::future::Future;
use std::vec::IntoIter;

use service_runtime::{Actor, Problem};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Cell, ExportParams};
use crate::ask::{Pinned, Questions, Snapshot, When};

/// Rows looked up at once.
pub(super) const PIECE: usize = 500;

/// Pieces read at once in this process: the other connections are for people who wait for an answer.
const READS_MAX: usize = 3;

static READS: Semaphore = Semaphore::const_new(READS_MAX);

/// Where the rows of a file come from.
pub(super) trait Pieces: Send + 'static {
    /// What stands above the columns.
    fn headings(&self) -> Vec<&'static str>;

    /// The next rows; none at the end.
    fn next(&mut self) -> impl Future<Output = Result<Vec<Vec<Cell>>, Problem>> + Send;
}

/// Some of their columns, in an order of their own.
pub(super) struct Chosen<P> {
    pieces: P,
    places: Vec<usize>,
}

impl<P: Pieces> Chosen<P> {
    /// The columns that are asked for.
    pub fn of(pieces: P, params: &ExportParams) -> Result<Self, Problem> {
        let places = params.places(&pieces.headings())?;
        Ok(Self { pieces, places })
    }
}

impl<P: Pieces> Pieces for Chosen<P> {
    fn headings(&self) -> Vec<&'static str> {
        let headings = self.pieces.headings();
        self.places.iter().map(|place| headings[*place]).collect()
    }

    async fn next(&mut self) -> Result<Vec<Vec<Cell>>, Problem> {
        let rows = self.pieces.next().await?;
        let chosen = |row: &Vec<Cell>| self.places.iter().map(|at| row[*at].clone()).collect();
        Ok(rows.iter().map(chosen).collect())
    }
}

/// What all pieces are read with.
pub(super) struct Reading {
    pub questions: Questions,
    pub actor: Actor,
    when: When,
    pinned: Pinned,
}

impl Reading {
    /// Goes on where a snapshot stands.
    pub fn on(questions: Questions, actor: Actor, when: When, snapshot: &Snapshot) -> Self {
        let pinned = Pinned { position: snapshot.position, at: snapshot.at, offset: 0 };
        Self { questions, actor, when, pinned }
    }

    /// The snapshot of the next piece.
    pub async fn snapshot(&self) -> Result<(Snapshot, SemaphorePermit<'static>), Problem> {
        let permit = READS.acquire().await.map_err(|error| Problem::internal(&error))?;
        let pinned = Some(&self.pinned);
        let snapshot =
            Snapshot::open_pinned(&self.questions, &self.actor, &self.when, pinned).await?;
        Ok((snapshot, permit))
    }
}

/// The next of what is still to be looked up.
pub(super) fn take<T>(left: &mut IntoIter<T>) -> Vec<T> {
    left.by_ref().take(PIECE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_all_rows_in_their_order() {
        let mut left = (0..1_201).collect::<Vec<usize>>().into_iter();
        let pieces: Vec<Vec<usize>> = (0..4).map(|_| take(&mut left)).collect();
        assert_eq!(pieces.iter().map(Vec::len).collect::<Vec<_>>(), [500, 500, 201, 0]);
        assert_eq!(pieces.concat(), (0..1_201).collect::<Vec<_>>());
    }
}
