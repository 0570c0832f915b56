//! The folded state of any stream, and the fold.

use events::{Aggregate, Event};

use crate::Decider;
use crate::activity::Activity;
use crate::company::Company;
use crate::contact::Contact;
use crate::currency::Currency;
use crate::list::List;
use crate::name::Name;
use crate::sale::Sale;
use crate::sale_type::SaleType;
use crate::selection::Selection;
use crate::stage::Stage;
use crate::target::Target;
use crate::target_type::TargetType;
use crate::tenant::Tenant;
use crate::user::User;

/// What one stream amounts to.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// A sale.
    Sale(Sale),
    /// An activity.
    Activity(Activity),
    /// A stage.
    Stage(Stage),
    /// A sale type.
    SaleType(SaleType),
    /// A currency.
    Currency(Currency),
    /// A user.
    User(User),
    /// The tenant.
    Tenant(Tenant),
    /// A reserved name.
    Name(Name),
    /// A list.
    List(List),
    /// A selection.
    Selection(Selection),
    /// A type of targets.
    TargetType(TargetType),
    /// A target.
    Target(Target),
    /// A company.
    Company(Company),
    /// A contact.
    Contact(Contact),
}

impl State {
    /// The state before the first event.
    pub fn empty(aggregate: Aggregate) -> Self {
        match aggregate {
            Aggregate::Sale => Self::Sale(Sale::default()),
            Aggregate::Activity => Self::Activity(Activity::default()),
            Aggregate::Stage => Self::Stage(Stage::default()),
            Aggregate::SaleType => Self::SaleType(SaleType::default()),
            Aggregate::Currency => Self::Currency(Currency::default()),
            Aggregate::User => Self::User(User::default()),
            Aggregate::Tenant => Self::Tenant(Tenant::default()),
            Aggregate::Name => Self::Name(Name::default()),
            Aggregate::List => Self::List(List::default()),
            Aggregate::Selection => Self::Selection(Selection::default()),
            Aggregate::TargetType => Self::TargetType(TargetType::default()),
            Aggregate::Target => Self::Target(Target::default()),
            Aggregate::Company => Self::Company(Company::default()),
            Aggregate::Contact => Self::Contact(Contact::default()),
        }
    }

    /// The state after one more event; an event of another aggregate changes nothing.
    #[must_use]
    pub fn evolve(self, event: &Event) -> Self {
        match (self, event) {
            (Self::Sale(state), Event::Sale(fact)) => Self::Sale(Sale::evolve(state, fact)),
            (Self::Activity(state), Event::Activity(fact)) => Self::Activity(state.evolve(fact)),
            (Self::Stage(state), Event::Stage(fact)) => Self::Stage(Stage::evolve(state, fact)),
            (Self::SaleType(state), Event::SaleType(fact)) => {
                Self::SaleType(SaleType::evolve(state, fact))
            }
            (Self::Currency(state), Event::Currency(fact)) => {
                Self::Currency(Currency::evolve(state, fact))
            }
            (Self::User(state), Event::User(fact)) => Self::User(User::evolve(state, fact)),
            (Self::Tenant(state), Event::Tenant(fact)) => Self::Tenant(Tenant::evolve(state, fact)),
            (Self::Name(state), Event::Name(fact)) => Self::Name(Name::evolve(state, fact)),
            (Self::List(state), Event::List(fact)) => Self::List(List::evolve(state, fact)),
            (Self::Selection(state), Event::Selection(fact)) => {
                Self::Selection(Selection::evolve(state, fact))
            }
            (Self::TargetType(state), Event::TargetType(fact)) => {
                Self::TargetType(TargetType::evolve(state, fact))
            }
            (Self::Target(state), Event::Target(fact)) => Self::Target(Target::evolve(state, fact)),
            (Self::Company(state), Event::Company(fact)) => {
                Self::Company(Company::evolve(state, fact))
            }
            (Self::Contact(state), Event::Contact(fact)) => {
                Self::Contact(Contact::evolve(state, fact))
            }
            (state, _) => state,
        }
    }
}
