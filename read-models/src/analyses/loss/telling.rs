//! Cells told as rows: labels, shares, and where the sales are.

use std::collections::HashMap;
use std::sync::Arc;

use events::ListName;
use service_runtime::Problem;
use uuid::Uuid;

use super::cells::{LossCell, Losses, ranked};
use super::{Loss, LossGroup, LossRow};
use crate::analyses::share::share;
use crate::ask::{Drill, InCurrency, Labels, Snapshot};
use crate::lists::item_labels;

/// What keys are called.
pub(super) struct Names {
    reasons: HashMap<String, String>,
    competitors: HashMap<String, String>,
    labels: Arc<Labels>,
}

impl Names {
    /// Of the snapshot, in a language.
    pub async fn load(snapshot: &mut Snapshot, language: &str) -> Result<Self, Problem> {
        Ok(Self {
            reasons: item_labels(snapshot, ListName::ReasonLost, language).await?,
            competitors: item_labels(snapshot, ListName::Competitor, language).await?,
            labels: Labels::load(snapshot).await?,
        })
    }

    fn of_group(&self, word: &str, key: &str) -> Option<String> {
        let id = Uuid::parse_str(key).ok();
        let stage = || id.and_then(|id| self.labels.stages.get(&id));
        if word == "owner" {
            self.labels.users.get(key).cloned()
        } else if word == "sale_type" {
            id.and_then(|id| self.labels.sale_types.get(&id)).cloned()
        } else {
            stage().filter(|_| word == "stage").map(|label| label.name.clone())
        }
    }
}

/// How cells are told.
pub(super) struct Telling<'a> {
    pub currency: &'a InCurrency,
    pub names: &'a Names,
    /// What shares are of.
    pub whole: Losses,
}

impl Telling<'_> {
    /// With its shares.
    pub fn loss(&self, losses: Losses, drill: &Drill) -> Loss {
        Loss {
            count: losses.count,
            amount: self.currency.text(&losses.amount.to_string()),
            count_share: share(losses.count.into(), self.whole.count.into()),
            amount_share: share(losses.amount, self.whole.amount),
            drill: drill.to_sales(),
        }
    }

    fn row(&self, reason: Option<String>, competitor: Option<String>, loss: Loss) -> LossRow {
        let named = |names: &HashMap<String, String>, key: &Option<String>| {
            key.as_ref().map(|key| names.get(key).unwrap_or(key).clone())
        };
        let reason_name = named(&self.names.reasons, &reason);
        let competitor_name = named(&self.names.competitors, &competitor);
        LossRow { reason, reason_name, competitor, competitor_name, loss }
    }

    /// Reasons, most lost first.
    pub fn by_reason<'a>(
        &self,
        cells: impl IntoIterator<Item = &'a LossCell>,
        drill: &Drill,
    ) -> Vec<LossRow> {
        let ranked = ranked(cells, |cell| cell.reason.clone()).into_iter();
        let row = |(reason, losses): (Option<String>, Losses)| {
            let loss = self.loss(losses, &drill.of_key("reason", reason.as_deref()));
            self.row(reason, None, loss)
        };
        ranked.map(row).collect()
    }

    /// Competitors, most lost first.
    pub fn by_competitor<'a>(
        &self,
        cells: impl IntoIterator<Item = &'a LossCell>,
        drill: &Drill,
    ) -> Vec<LossRow> {
        let ranked = ranked(cells, |cell| cell.competitor.clone()).into_iter();
        let row = |(competitor, losses): (Option<String>, Losses)| {
            let loss = self.loss(losses, &drill.of_key("competitor", competitor.as_deref()));
            self.row(None, competitor, loss)
        };
        ranked.map(row).collect()
    }

    /// Pairs of reason and competitor, most lost first.
    pub fn by_both(&self, cells: &[LossCell], drill: &Drill) -> Vec<LossRow> {
        let both = |cell: &LossCell| (cell.reason.clone(), cell.competitor.clone());
        let row = |((reason, competitor), losses): ((Option<String>, Option<String>), Losses)| {
            let drill = drill.of_key("reason", reason.as_deref());
            let loss = self.loss(losses, &drill.of_key("competitor", competitor.as_deref()));
            self.row(reason, competitor, loss)
        };
        ranked(cells, both).into_iter().map(row).collect()
    }

    /// The breakdown, most lost first.
    pub fn groups(&self, cells: &[LossCell], word: &'static str, drill: &Drill) -> Vec<LossGroup> {
        let group = |(key, losses): (Option<String>, Losses)| {
            let drill = match (word, key.as_deref()) {
                ("stage", None) => drill.with("stage", "none"),
                (_, key) => drill.of_key(word, key),
            };
            let own = || cells.iter().filter(|cell| cell.key == key);
            LossGroup {
                name: key.as_deref().and_then(|key| self.names.of_group(word, key)).or(key.clone()),
                loss: self.loss(losses, &drill),
                by_reason: self.by_reason(own(), &drill),
                by_competitor: self.by_competitor(own(), &drill),
                key,
            }
        };
        ranked(cells, |cell| cell.key.clone()).into_iter().map(group).collect()
    }
}
