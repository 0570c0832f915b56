//! A document: done by being created, in no diary (SG-5, SG-13).

use events::activity::{ActivityTerms, DocumentTerms};
use events::rights::Level;
use events::sale::Parties;
use events::{
    ActivityEvent, ActivityId, Event, GuideItem, GuideItemId, Note, OurReference, SaleId,
    StreamName, Title, TypeName, UserId, line,
};

use super::from_guide::{title_of, used, with_parties_of};
use super::plan::{sale_exists, seen};
use crate::sale::Deal;
use crate::sale::guide::Running;
use crate::user::{Caller, Owner, resolve_owner};
use crate::{Context, Decision, References, Refusal};

/// What a CreateDocument says; with an item of a guide, what is left out comes from the item and the sale.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDocument {
    /// Its id.
    pub id: ActivityId,
    /// An existing sale, open or closed.
    pub sale: Option<SaleId>,
    /// An item of any stage of the sale's type.
    pub item: Option<GuideItemId>,
    /// The subject; the item's when left out, else its name.
    pub title: Option<String>,
    /// What it is written from.
    pub template: Option<TypeName>,
    /// Our reference.
    pub our_reference: Option<OurReference>,
    /// SD-2.
    pub description: Option<Note>,
    /// The caller when left out.
    pub owner: Option<UserId>,
    /// What the caller's token says of them, should they have to be added.
    pub caller: Caller,
    /// SD-2.
    pub parties: Parties,
}

/// The owner, the sale when there is one, its type when the document is of its guide.
pub(super) fn needs(new: &NewDocument, actor: &UserId, known: &References) -> Vec<StreamName> {
    let mut wanted = vec![StreamName::of_user(new.owner.as_ref().unwrap_or(actor))];
    wanted.extend(new.sale.map(SaleId::stream));
    let deal = new.sale.and_then(|sale| known.sale(sale)?.deal());
    wanted.extend(deal.filter(|_| new.item.is_some()).map(|deal| deal.sale_type.stream()));
    wanted
}

/// One activity.document-created; beside it sale.guide-item-used when it is of a guide.
pub(super) fn create(new: NewDocument, context: &Context<'_>) -> Result<Decision, Refusal> {
    let id = new.id;
    let Some(item) = new.item else {
        sale_exists(new.sale, context)?;
        return created(new, context);
    };
    let sale = new.sale.ok_or(Refusal::UnknownSale)?;
    let deal = seen(sale, context)?;
    let item = Running::required(deal, context)?.item(item).ok_or(Refusal::UnknownGuideItem)?;
    deal.guide.room()?;
    let mut decision = created(filled(new, deal, item)?, context)?;
    decision.beside.push(used(sale, item.id, id));
    Ok(decision)
}

/// What was left out comes from the item and the sale (SG-5, SG-13).
fn filled(new: NewDocument, deal: &Deal, item: &GuideItem) -> Result<NewDocument, Refusal> {
    let suggested = item.terms.document().ok_or(Refusal::GuideItemKind)?;
    let subject = || {
        let given = suggested.subject.as_ref();
        given.map_or_else(|| title_of(item), |subject| line::readable(subject.as_str()))
    };
    Ok(NewDocument {
        title: Some(new.title.unwrap_or_else(subject)),
        template: new.template.or_else(|| suggested.template.clone()),
        our_reference: new.our_reference.or_else(|| suggested.our_reference.clone()),
        parties: with_parties_of(deal, new.parties),
        ..new
    })
}

fn created(new: NewDocument, context: &Context<'_>) -> Result<Decision, Refusal> {
    let title = new.title.as_deref().unwrap_or_default();
    let title = Title::given(title).map_err(|_| Refusal::TitleRequired)?;
    let owner = new.owner.unwrap_or_else(|| context.actor.clone());
    let Owner { group: owner_group, beside, .. } = resolve_owner(&owner, new.caller, context)?;
    context.may_own_activity(&owner, owner_group.as_deref(), Level::Create)?;
    let created = ActivityEvent::DocumentCreated {
        owner,
        owner_group,
        created_on: context.today,
        guide_item: new.item,
        document: DocumentTerms { template: new.template, our_reference: new.our_reference },
        terms: ActivityTerms {
            title,
            description: new.description,
            sale: new.sale,
            parties: new.parties,
            alarm_minutes: None,
            location: None,
            priority: None,
            follow_up_type: None,
        },
    };
    Ok(Decision { events: vec![Event::Activity(created)], beside })
}
