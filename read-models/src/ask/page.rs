//! Pages of cards and lists: `limit` and `cursor`. Columns, rows and totals are never paged.

use chrono::{DateTime, Utc};
use events::TenantSlug;
use service_runtime::Problem;
use utoipa::IntoParams;

use super::given::{FromGiven, Given, bad};
use super::{Fingerprint, Pinned, Snapshot};

const LIMIT_DEFAULT: i64 = 50;
const LIMIT_MAX: i64 = 500;
/// Rows of a file at most, and one more.
const EVERY_ROW: i64 = 100_001;

/// Parameters of a paged answer.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParams {
    /// How many entries a page has at most. Default 50.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 500)]
    pub limit: i64,
    /// `next` of the page before, unchanged, with the same other parameters. All pages show one snapshot.
    pub cursor: Option<String>,
    #[param(ignore)]
    fingerprint: Fingerprint,
}

impl FromGiven for PageParams {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let rule = "must be a whole number from 1 to 500";
        let limit = given.take::<i64>("limit", rule)?.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(bad("limit", rule));
        }
        Ok(Self { limit, cursor: given.text("cursor"), fingerprint: given.fingerprint() })
    }
}

impl PageParams {
    /// The first page of a question that has no second one.
    pub fn first() -> Self {
        Self { limit: LIMIT_DEFAULT, cursor: None, fingerprint: Fingerprint::default() }
    }

    /// One page with every row that a file holds, and one more if there are more.
    pub fn every_row() -> Self {
        Self { limit: EVERY_ROW, ..Self::first() }
    }

    /// Where this page begins; none for the first one.
    ///
    /// # Errors
    /// 400: not a cursor of this question.
    pub fn pinned(&self, tenant: &TenantSlug) -> Result<Option<Pinned>, Problem> {
        let Some(cursor) = &self.cursor else {
            return Ok(None);
        };
        let pinned = Pinned::read(cursor, self.fingerprint, tenant);
        pinned.map(Some).ok_or_else(|| {
            Problem::bad_parameter(
                "unknown_cursor",
                "cursor",
                "is not a cursor of this question; ask again without it",
            )
        })
    }

    /// The page of an open snapshot.
    pub fn page(&self, tenant: &TenantSlug, pinned: Option<&Pinned>, snapshot: &Snapshot) -> Page {
        Page {
            limit: self.limit,
            offset: pinned.map_or(0, |pinned| pinned.offset),
            position: snapshot.position,
            at: snapshot.at,
            fingerprint: self.fingerprint,
            tenant: tenant.clone(),
        }
    }
}

/// One page of one snapshot.
#[derive(Debug)]
pub(crate) struct Page {
    limit: i64,
    offset: i64,
    position: i64,
    at: DateTime<Utc>,
    fingerprint: Fingerprint,
    tenant: TenantSlug,
}

impl Page {
    /// Entries to skip.
    pub fn offset(&self) -> i64 {
        self.offset
    }

    /// Entries to fetch: one more than the page holds, to know whether there is a next one.
    pub fn fetch(&self) -> i64 {
        self.limit + 1
    }

    /// Cuts what was fetched to the page and names the next one.
    pub fn cut<T>(&self, entries: &mut Vec<T>) -> Option<String> {
        let limit = usize::try_from(self.limit).expect("invariant: a limit is above 0");
        if entries.len() <= limit {
            return None;
        }
        entries.truncate(limit);
        let pinned =
            Pinned { position: self.position, at: self.at, offset: self.offset + self.limit };
        Some(pinned.write(self.fingerprint, &self.tenant))
    }
}

/// Which way a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Lowest first.
    Up,
    /// Highest first.
    Down,
}
