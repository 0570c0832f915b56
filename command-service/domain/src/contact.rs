//! A contact: a person at a company, and where to reach them (SO-F15, SK-6).
//!
//! Whoever changes sales may register and edit any contact. A contact rests on the company it names: one that nobody
//! registered is refused, since whoever asks for the company's contacts would never find them.

#[cfg(test)]
mod tests;

use events::{
    Aggregate, CompanyId, ContactEvent, EmailAddress, Event, PhoneNumber, StreamName, TypeName,
};

use crate::{Context, Decider, Decision, Refusal};

/// What may be asked of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactCommand {
    /// SO-F15.
    RegisterContact(events::Contact),
    /// SO-F15; what is left out stays.
    EditContact(ContactChanges),
}

/// Fields of an EditContact. Outer `None`: left as it is. Inner `None`: cleared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactChanges {
    /// New name.
    pub name: Option<TypeName>,
    /// The company they work for from now on.
    pub company: Option<Option<CompanyId>>,
    /// New address.
    pub email: Option<Option<EmailAddress>>,
    /// New number.
    pub phone: Option<Option<PhoneNumber>>,
}

/// What is remembered of a contact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Contact {
    /// Never registered.
    #[default]
    Unknown,
    /// As they are now.
    Registered(events::Contact),
}

/// The company the command names.
pub(crate) fn needs(command: &ContactCommand) -> Vec<StreamName> {
    let company = match command {
        ContactCommand::RegisterContact(new) => new.company,
        ContactCommand::EditContact(changes) => changes.company.flatten(),
    };
    company.map(CompanyId::stream).into_iter().collect()
}

impl Decider for Contact {
    type Command = ContactCommand;
    type Event = ContactEvent;
    type State = Self;

    fn decide(
        contact: &Self,
        command: ContactCommand,
        context: &Context<'_>,
    ) -> Result<Decision, Refusal> {
        match (contact, command) {
            (Self::Unknown, ContactCommand::RegisterContact(new)) => {
                registered(new.company, context)?;
                Ok(fact(ContactEvent::Registered(new)))
            }
            (Self::Unknown, ContactCommand::EditContact(_)) => {
                Err(Refusal::Unknown(Aggregate::Contact))
            }
            (Self::Registered(_), ContactCommand::RegisterContact(_)) => {
                Err(Refusal::AlreadyExists(Aggregate::Contact))
            }
            (Self::Registered(old), ContactCommand::EditContact(changes)) => {
                edit(old, changes, context)
            }
        }
    }

    fn evolve(_: Self, event: &ContactEvent) -> Self {
        Self::Registered(event.contact().clone())
    }
}

/// One contact.edited with the whole contact; none when nothing differs.
fn edit(
    old: &events::Contact,
    changes: ContactChanges,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let new = events::Contact {
        name: changes.name.unwrap_or_else(|| old.name.clone()),
        company: changes.company.unwrap_or(old.company),
        email: changes.email.unwrap_or_else(|| old.email.clone()),
        phone: changes.phone.unwrap_or_else(|| old.phone.clone()),
    };
    if new == *old {
        return Ok(Decision::nothing());
    }
    // companies are never deleted: the one they have was registered when they got it
    registered(new.company.filter(|new| old.company != Some(*new)), context)?;
    Ok(fact(ContactEvent::Edited(new)))
}

/// Goes on if the company is one of the tenant's, or none is named.
fn registered(company: Option<CompanyId>, context: &Context<'_>) -> Result<(), Refusal> {
    match company {
        Some(company) if context.references.company(company).is_none() => {
            Err(Refusal::UnknownCompany)
        }
        Some(_) | None => Ok(()),
    }
}

fn fact(event: ContactEvent) -> Decision {
    Decision::of([Event::Contact(event)])
}
