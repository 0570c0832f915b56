//! What the companies of a tenant are told apart by (ST-2): category, business and country of each. Beside the sales of
//! now they are held and brought on with them; of the past they are read when somebody asks.

use std::collections::HashMap;
use std::sync::Arc;

use service_runtime::Problem;
use uuid::Uuid;

use super::rows::beyond;
use super::words::Words;
use crate::ask::{Snapshot, add, coordinates, failed};
use crate::find::Ids;

/// Companies beyond which they are asked of SQL.
const COMPANIES_MAX: usize = 200_000;

/// What sales are told apart by that lies with their companies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfCompany {
    Category,
    Business,
    Country,
}

impl OfCompany {
    const ALL: [Self; 3] = [Self::Category, Self::Business, Self::Country];

    /// Its word in questions and target types.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Category => "company_category",
            Self::Business => "company_business",
            Self::Country => "company_country",
        }
    }

    /// The one of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.as_str() == word)
    }
}

/// Companies at a moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Companies {
    words: [Words; 3],
    by: HashMap<Uuid, [u32; 3], Ids>,
}

/// A company as SQL gives it.
type Row = (Uuid, Option<String>, Option<String>, Option<String>);

impl Companies {
    /// What a company takes.
    const BYTES: usize = 48;

    /// Those of a snapshot's moment; none when they are too many.
    pub async fn read(snapshot: &mut Snapshot) -> Result<Option<Arc<Self>>, Problem> {
        let mut arguments = coordinates(snapshot);
        add(&mut arguments, i64::try_from(COMPANIES_MAX + 1).unwrap_or(i64::MAX));
        let rows: Vec<Row> = sqlx::query_as_with(
            "SELECT company_id, category, business, country FROM company_version
              WHERE tenant_id = $1 AND COALESCE(category, business, country) IS NOT NULL
                AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at, next_position, $2, $3, $4)
              LIMIT $5",
            arguments,
        )
        .fetch_all(&mut *snapshot.tx)
        .await
        .map_err(|e| failed(&e))?;
        let mut companies = Self::default();
        companies.take(&rows);
        Ok((companies.by.len() <= COMPANIES_MAX).then(|| Arc::new(companies)))
    }

    /// The same companies, as they are now; none when they have become too many.
    pub async fn brought_on(
        mut self: Arc<Self>,
        snapshot: &mut Snapshot,
        since: i64,
    ) -> Result<Option<Arc<Self>>, Problem> {
        let rows: Vec<Row> = sqlx::query_as(
            concat!(
                "SELECT company_id, category, business, country FROM company_version AS v WHERE v.tenant_id = $1 AND ",
                beyond!("v", "$2")
            ),
        )
        .bind(snapshot.tenant_id)
        .bind(since)
        .fetch_all(&mut *snapshot.tx)
        .await
        .map_err(|e| failed(&e))?;
        Arc::make_mut(&mut self).take(&rows);
        Ok((self.by.len() <= COMPANIES_MAX).then_some(self))
    }

    fn take(&mut self, rows: &[Row]) {
        for (company, category, business, country) in rows {
            let mut numbers = [Words::NONE; 3];
            for (at, word) in [category, business, country].into_iter().enumerate() {
                if let Some(word) = word {
                    numbers[at] = self.words[at].meet(word);
                }
            }
            self.by.insert(*company, numbers);
        }
    }

    /// The words there are, the absent one included.
    pub(super) fn words(&self, of: OfCompany) -> &Words {
        &self.words[of as usize]
    }

    /// The number of a company's word; of no company, or one that nobody registered, that of the absent word.
    pub(super) fn number(&self, of: OfCompany, company: Option<Uuid>) -> u32 {
        let numbers = company.and_then(|company| self.by.get(&company));
        numbers.map_or(Words::NONE, |numbers| numbers[of as usize])
    }

    /// Roughly what they take.
    pub fn bytes(&self) -> usize {
        self.by.len() * Self::BYTES + self.words.iter().map(Words::bytes).sum::<usize>()
    }
}

impl Snapshot {
    /// What its companies are told apart by, if memory answers and they are not too many.
    pub async fn companies(&mut self) -> Result<Option<Arc<Companies>>, Problem> {
        if let Some(standing) = &self.standing {
            return Ok(standing.companies.clone());
        }
        if self.past.is_none() {
            return Ok(None);
        }
        self.plan_anew().await?;
        Companies::read(self).await
    }
}
