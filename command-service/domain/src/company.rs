//! A company: an organisation sold to, and what targets tell sales apart by (SO-F14, ST-2).
//!
//! Whoever changes sales may register and edit any company; none of them has an owner. Sales link companies by id and name
//! whether they are registered or not, so nothing here rests on a sale.

#[cfg(test)]
mod tests;

use events::{
    Aggregate, CompanyEvent, CountryCode, Event, ListKey, ListName, StreamName, TypeName,
};

use crate::list::offered;
use crate::{Context, Decider, Decision, Refusal};

/// What may be asked of a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompanyCommand {
    /// SO-F14.
    RegisterCompany(events::Company),
    /// SO-F14; what is left out stays.
    EditCompany(CompanyChanges),
}

/// Fields of an EditCompany. Outer `None`: left as it is. Inner `None`: cleared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompanyChanges {
    /// New name.
    pub name: Option<TypeName>,
    /// New key in the list of company categories.
    pub category: Option<Option<ListKey>>,
    /// New key in the list of businesses.
    pub business: Option<Option<ListKey>>,
    /// Where it is from now on.
    pub country: Option<Option<CountryCode>>,
}

/// What is remembered of a company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Company {
    /// Never registered.
    #[default]
    Unknown,
    /// As it is now.
    Registered(events::Company),
}

/// The lists whose keys the command gives (SO-19).
pub(crate) fn needs(command: &CompanyCommand) -> Vec<StreamName> {
    let (category, business) = match command {
        CompanyCommand::RegisterCompany(new) => (new.category.as_ref(), new.business.as_ref()),
        CompanyCommand::EditCompany(changes) => {
            let (category, business) = (changes.category.as_ref(), changes.business.as_ref());
            (category.and_then(Option::as_ref), business.and_then(Option::as_ref))
        }
    };
    let category = category.map(|_| ListName::CompanyCategory.stream());
    let business = business.map(|_| ListName::CompanyBusiness.stream());
    category.into_iter().chain(business).collect()
}

impl Decider for Company {
    type Command = CompanyCommand;
    type Event = CompanyEvent;
    type State = Self;

    fn decide(
        company: &Self,
        command: CompanyCommand,
        context: &Context<'_>,
    ) -> Result<Decision, Refusal> {
        match (company, command) {
            (Self::Unknown, CompanyCommand::RegisterCompany(new)) => {
                all_offered(&new, None, context)?;
                Ok(fact(CompanyEvent::Registered(new)))
            }
            (Self::Unknown, CompanyCommand::EditCompany(_)) => {
                Err(Refusal::Unknown(Aggregate::Company))
            }
            (Self::Registered(_), CompanyCommand::RegisterCompany(_)) => {
                Err(Refusal::AlreadyExists(Aggregate::Company))
            }
            (Self::Registered(old), CompanyCommand::EditCompany(changes)) => {
                edit(old, changes, context)
            }
        }
    }

    fn evolve(_: Self, event: &CompanyEvent) -> Self {
        Self::Registered(event.company().clone())
    }
}

/// One company.edited with the whole company; none when nothing differs.
fn edit(
    old: &events::Company,
    changes: CompanyChanges,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let new = events::Company {
        name: changes.name.unwrap_or_else(|| old.name.clone()),
        category: changes.category.unwrap_or_else(|| old.category.clone()),
        business: changes.business.unwrap_or_else(|| old.business.clone()),
        country: changes.country.unwrap_or_else(|| old.country.clone()),
    };
    if new == *old {
        return Ok(Decision::nothing());
    }
    all_offered(&new, Some(old), context)?;
    Ok(fact(CompanyEvent::Edited(new)))
}

/// SO-19: refuses a key that its list does not offer, unless the company has it already: a form may send back what it was
/// sent.
fn all_offered(
    new: &events::Company,
    old: Option<&events::Company>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let category = old.and_then(|old| old.category.as_ref());
    let business = old.and_then(|old| old.business.as_ref());
    for (list, key, kept, pointer) in [
        (ListName::CompanyCategory, new.category.as_ref(), category, "/category"),
        (ListName::CompanyBusiness, new.business.as_ref(), business, "/business"),
    ] {
        if let Some(key) = key.filter(|key| Some(*key) != kept) {
            offered(list, key, pointer, context)?;
        }
    }
    Ok(())
}

fn fact(event: CompanyEvent) -> Decision {
    Decision::of([Event::Company(event)])
}
