//! Registering a sale: every default is resolved here and written into the event (SO-1 … SO-4, SO-36).

use chrono::{Days, Months, NaiveDate};
use events::rights::Level;
use events::sale::{Details, Link, Parties, Registration};
use events::sale_type::{Duration, DurationUnit};
use events::{
    Description, Event, ListKey, ListName, Money, Probability, SaleEvent, SaleTypeId, StageId,
    StreamName, Title, UserId,
};

use super::{details, margin};
use crate::list::offered;
use crate::user::{Caller, Owner, resolve_owner};
use crate::{Context, Decision, References, Refusal};

/// The last sale date that can be stored and shown.
pub const SALE_DATE_MAX: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a real date");

/// What a registration says; everything else is a default.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSale {
    /// Empty is refused (SO-1).
    pub title: String,
    /// Decides stages and duration.
    pub sale_type: SaleTypeId,
    /// Zero in the base currency when left out.
    pub amount: Option<Money>,
    /// The caller when left out.
    pub owner: Option<UserId>,
    /// What the caller's token says of them, should they have to be added.
    pub caller: Caller,
    /// The type's first stage when left out and the type has a guide.
    pub stage: Option<StageId>,
    /// The stage's when left out.
    pub probability: Option<Probability>,
    /// Today plus the type's duration when left out.
    pub sale_date: Option<NaiveDate>,
    /// SO-F24.
    pub source: Option<ListKey>,
    /// SO-F3.
    pub description: Option<Description>,
    /// The id in the system it came from.
    pub external_reference: Option<String>,
    /// SO-4.
    pub parties: Parties,
    /// Credited, competitor, note, visibility.
    pub details: Details,
    /// SO-F34: facts of their own, in the same group; a target that is given twice is linked once, by its last name.
    pub links: Vec<Link>,
}

/// The type, then its stages, and the owner.
pub(super) fn needs(new: &NewSale, actor: &UserId, known: &References) -> Vec<StreamName> {
    let mut wanted =
        vec![new.sale_type.stream(), StreamName::of_user(new.owner.as_ref().unwrap_or(actor))];
    let first = known
        .sale_type(new.sale_type)
        .and_then(|found| found.terms())
        .and_then(|terms| if terms.guide { terms.stages.first().copied() } else { None });
    wanted.extend(new.stage.or(first).map(StageId::stream));
    wanted
}

/// One sale.registered and a sale.link-added for each link; beside them user.added when the caller becomes an owner for the first time.
pub(super) fn register(new: NewSale, context: &Context<'_>) -> Result<Decision, Refusal> {
    let title = Title::given(&new.title).map_err(|_| Refusal::TitleRequired)?;
    for (list, key, pointer) in [
        (ListName::Source, &new.source, "/source"),
        (ListName::Credited, &new.details.credited, "/credited"),
        (ListName::Competitor, &new.details.competitor, "/competitor"),
    ] {
        key.as_ref().map_or(Ok(()), |key| offered(list, key, pointer, context))?;
    }
    let sale_type = context.references.sale_type(new.sale_type);
    let terms = sale_type.ok_or(Refusal::UnknownSaleType)?.offered()?;
    let owner = new.owner.clone().unwrap_or_else(|| context.actor.clone());
    let Owner { group: owner_group, groups, beside } = resolve_owner(&owner, new.caller, context)?;
    context.may_own_sale(&owner, owner_group.as_deref(), Level::Create)?;
    details::of_owners_groups(&new.details.visibility, &groups)?;
    if new.stage.is_some_and(|stage| !terms.stages.contains(&stage)) {
        return Err(Refusal::StageNotInSaleType);
    }
    let links = details::links(new.links)?;
    let first = if terms.guide { terms.stages.first().copied() } else { None };
    let stage = new.stage.or(first);
    let stage_probability = match stage {
        Some(stage) => context.references.stage(stage).ok_or(Refusal::UnknownStage)?.offered()?,
        None => Probability::NONE,
    };
    let amount =
        new.amount.unwrap_or_else(|| Money::zero(context.references.tenant().base_currency()));
    let registration = Registration {
        title,
        sale_type: new.sale_type,
        category: terms.category.clone(),
        stage,
        probability: new.probability.unwrap_or(stage_probability),
        amount,
        margin: margin::without_cost(amount)?,
        owner,
        owner_group,
        parties: new.parties,
        sale_date: new.sale_date.unwrap_or_else(|| after(context.today, terms.duration)),
        source: new.source,
        description: new.description,
        external_reference: new.external_reference,
        details: new.details,
    };
    let registered = SaleEvent::Registered(Box::new(registration));
    let facts = std::iter::once(registered).chain(links.into_iter().map(SaleEvent::LinkAdded));
    Ok(Decision { events: facts.map(Event::Sale).collect(), beside })
}

/// The default sale date: registration plus the type's duration, the same day without one (SO-36).
fn after(today: NaiveDate, duration: Option<Duration>) -> NaiveDate {
    let Some(Duration { n, unit }) = duration else { return today };
    let n = u32::from(n);
    let date = match unit {
        DurationUnit::Days => today.checked_add_days(Days::new(u64::from(n))),
        DurationUnit::Weeks => today.checked_add_days(Days::new(u64::from(n) * 7)),
        DurationUnit::Months => today.checked_add_months(Months::new(n)),
    };
    date.map_or(SALE_DATE_MAX, |date| date.min(SALE_DATE_MAX))
}
