//! Editing plain fields: one event per changed field, one transaction (SO-5).

use chrono::NaiveDate;
use events::sale::Parties;
use events::{Description, ListKey, Party, SaleEvent, Title};

use super::Deal;
use crate::Refusal;

/// Fields of an EditSale. Outer `None`: left as it is. Inner `None`: cleared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaleChanges {
    /// Empty is refused (SO-1).
    pub title: Option<String>,
    /// SO-F3.
    pub description: Option<Option<Description>>,
    /// SO-F18.
    pub sale_date: Option<NaiveDate>,
    /// SO-F24.
    pub source: Option<Option<ListKey>>,
    /// SO-F26.
    pub credited: Option<Option<ListKey>>,
    /// SO-F25.
    pub competitor: Option<Option<ListKey>>,
    /// SO-F14.
    pub company: Option<Option<Party>>,
    /// SO-F15.
    pub contact: Option<Option<Party>>,
    /// SO-F16.
    pub project: Option<Option<Party>>,
}

/// The facts that follow; none when nothing differs.
pub(super) fn edit(deal: &Deal, changes: SaleChanges) -> Result<Vec<SaleEvent>, Refusal> {
    let mut events = Vec::new();
    if let Some(title) = changes.title {
        let title = Title::given(&title).map_err(|_| Refusal::TitleRequired)?;
        if title != deal.title {
            events.push(SaleEvent::TitleChanged { title });
        }
    }
    if let Some(description) = changes.description.filter(|new| *new != deal.description) {
        events.push(SaleEvent::DescriptionChanged { description });
    }
    if let Some(sale_date) = changes.sale_date.filter(|new| *new != deal.sale_date) {
        events.push(SaleEvent::DateChanged { sale_date });
    }
    if let Some(source) = changes.source.filter(|new| *new != deal.source) {
        events.push(SaleEvent::SourceSet { source });
    }
    if let Some(credited) = changes.credited.filter(|new| *new != deal.details.credited) {
        events.push(SaleEvent::CreditedSet { credited });
    }
    if let Some(competitor) = changes.competitor.filter(|new| *new != deal.details.competitor) {
        events.push(SaleEvent::CompetitorSet { competitor });
    }
    let parties = Parties {
        company: changes.company.unwrap_or_else(|| deal.parties.company.clone()),
        contact: changes.contact.unwrap_or_else(|| deal.parties.contact.clone()),
        project: changes.project.unwrap_or_else(|| deal.parties.project.clone()),
    };
    if parties != deal.parties {
        events.push(SaleEvent::PartiesLinked(parties));
    }
    Ok(events)
}
