//! Criteria, one by one: a test of a column in memory, or a set of sales that is looked up.

use std::collections::HashMap;
use std::sync::Arc;

use events::criteria::{About, Condition, Criterion, Fault, Field, Item, Kind, ME, Test};
use events::{Criteria, CurrencyCode};
use service_runtime::{Actor, Problem};
use uuid::Uuid;

use super::found::Leaf;
use super::known::Known;
use super::look_up::elements;
use super::{SaleSet, parties, words};
use crate::ask::{InCurrency, Snapshot, bad};
use crate::custom_fields::{Definitions, definitions};
use crate::standing::Sought;

/// Who searches, and in which currency amounts are compared.
pub(super) struct Comparing<'a> {
    snapshot: &'a mut Snapshot,
    actor: &'a Actor,
    asked: Option<CurrencyCode>,
    currency: Option<InCurrency>,
    definitions: Option<Definitions>,
}

/// Where criteria were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
    /// In a parameter of this name.
    Parameter(&'static str),
    /// In a body, below this pointer.
    Body(&'static str),
}

impl Given {
    /// 400: a criterion that cannot be asked.
    fn refused(self, place: (usize, usize), fault: &Fault) -> Problem {
        match self {
            Self::Parameter(name) => bad(name, &fault.to_string()),
            Self::Body(pointer) => {
                let (block, criterion) = place;
                let pointer = format!("{pointer}/any/{block}/all/{criterion}");
                Problem::bad_body("invalid_value", pointer, fault.to_string())
            }
        }
    }
}

impl<'a> Comparing<'a> {
    pub fn new(snapshot: &'a mut Snapshot, actor: &'a Actor, asked: Option<CurrencyCode>) -> Self {
        Self { snapshot, actor, asked, currency: None, definitions: None }
    }

    /// The blocks of criteria of which one has to hold; none when nothing is asked.
    pub async fn blocks(
        &mut self,
        criteria: &Criteria,
        given: Given,
    ) -> Result<Vec<Vec<Leaf>>, Problem> {
        let mut blocks = Vec::new();
        for (number, block) in criteria.blocks().iter().enumerate() {
            let mut conditions = Vec::new();
            for (at, criterion) in block.criteria().iter().enumerate() {
                let kind = self.kind(criterion.field()).await?;
                let refused = |fault: Fault| given.refused((number, at), &fault);
                let kind = kind
                    .ok_or_else(|| refused(Fault::UnknownField(criterion.field().to_string())))?;
                let condition = criterion.condition_of(kind).map_err(refused)?;
                conditions.extend(condition.map(|condition| (criterion, kind, condition)));
            }
            if !conditions.is_empty() {
                blocks.push(self.leaves(conditions).await?);
            }
        }
        Ok(blocks)
    }

    /// What a field holds; none for a custom field there is not.
    async fn kind(&mut self, field: &Field) -> Result<Option<Kind>, Problem> {
        let Field::Custom(key) = field else { return Ok(field.kind()) };
        if self.definitions.is_none() {
            self.definitions = Some(definitions(self.snapshot).await?);
        }
        let known = self.definitions.as_ref().and_then(|known| known.get(key));
        Ok(known.map(|field| Kind::from(field.kind)))
    }

    /// The leaves of a block, those in memory first. What it asks of activities has to be true of one and the same.
    async fn leaves(
        &mut self,
        conditions: Vec<(&Criterion, Kind, Condition)>,
    ) -> Result<Vec<Leaf>, Problem> {
        let (mut held, mut looked) = (Vec::new(), Vec::new());
        let mut same: HashMap<About, Vec<Arc<Known>>> = HashMap::new();
        for (criterion, kind, mut condition) in conditions {
            let field = criterion.field();
            self.name_me(kind, &mut condition);
            spell(field, &mut condition);
            if let Some(sought) = self.held(field, kind, &condition).await? {
                held.push(Leaf::Held(sought));
            } else if let Some(to) = parties::lies_with(field) {
                let leaf = parties::leaf(self.snapshot, to, field, &condition).await?;
                let leaves = if matches!(leaf, Leaf::Held(_)) { &mut held } else { &mut looked };
                leaves.push(leaf);
            } else if field.about() != About::Sale && !condition.negated {
                let found = self.elements(field, &condition).await?;
                same.entry(field.about()).or_default().push(found);
            } else {
                looked.push(self.looked(field, kind, condition).await?);
            }
        }
        looked.extend(same.into_values().map(|found| Leaf::Looked(sales_of_same(&found), true)));
        held.extend(looked);
        Ok(held)
    }

    /// Whoever asks, by the word that stands for them.
    fn name_me(&self, kind: Kind, condition: &mut Condition) {
        if let (Kind::List(Item::User), Test::Among(users)) = (kind, &mut condition.test) {
            for user in users.iter_mut().filter(|user| *user == ME) {
                self.actor.user.as_str().clone_into(user);
            }
        }
    }

    /// The test of a column, if it is held and memory can convert.
    async fn held(
        &mut self,
        field: &Field,
        kind: Kind,
        condition: &Condition,
    ) -> Result<Option<Sought>, Problem> {
        let Some(view) = self.snapshot.view() else { return Ok(None) };
        let (today, zone) = (self.snapshot.today, self.snapshot.zone);
        let Some(sought) = Sought::of(field, condition, today, zone) else { return Ok(None) };
        if kind != Kind::Money {
            return Ok(Some(sought));
        }
        let currency = self.currency().await?;
        Ok(view.converts(currency).then(|| sought.compared_in(currency)))
    }

    async fn looked(
        &mut self,
        field: &Field,
        kind: Kind,
        condition: Condition,
    ) -> Result<Leaf, Problem> {
        let leaf = |sales: Arc<SaleSet>| Leaf::Looked(sales, !condition.negated);
        if *field == Field::Favourite {
            let marked = self.snapshot.favourites(self.actor).await?.into_iter().collect();
            return Ok(leaf(Arc::new(marked)));
        }
        if let Test::Words(text) = &condition.test {
            return Ok(leaf(words::sales(self.snapshot, text).await?));
        }
        let found = self.elements(field, &condition).await?.sales();
        if kind == Kind::Money && condition.negated && condition.test != Test::Present {
            // an amount without a rate is nothing that could be compared
            let there = Condition { test: Test::Present, negated: false };
            let there = self.elements(field, &there).await?.sales();
            return Ok(Leaf::these(there.difference(&found).copied().collect()));
        }
        Ok(leaf(found))
    }

    async fn elements(
        &mut self,
        field: &Field,
        condition: &Condition,
    ) -> Result<Arc<Known>, Problem> {
        let currency = self.currency().await?.clone();
        elements(self.snapshot, field, condition, &currency).await
    }

    async fn currency(&mut self) -> Result<&InCurrency, Problem> {
        if self.currency.is_none() {
            self.currency = Some(InCurrency::load(self.snapshot, self.asked).await?);
        }
        Ok(self.currency.as_ref().expect("invariant: it was loaded"))
    }
}

/// As codes of countries are stored: people and items of targets write them in small letters too.
fn spell(field: &Field, condition: &mut Condition) {
    if let (Field::CompanyCountry, Test::Among(codes)) = (field, &mut condition.test) {
        codes.iter_mut().for_each(|code| code.make_ascii_uppercase());
    }
}

/// The sales of which one and the same activity, or stakeholder, passed everything.
fn sales_of_same(found: &[Arc<Known>]) -> Arc<SaleSet> {
    let Some(fewest) = found.iter().min_by_key(|known| known.parts().len()) else {
        return Arc::default();
    };
    if let [only] = found {
        return only.sales();
    }
    let everywhere = |element: &Uuid| found.iter().all(|known| known.parts().contains_key(element));
    let same = fewest.parts().iter().filter(|(element, _)| everywhere(element));
    Arc::new(same.map(|(_, sale)| *sale).collect())
}
