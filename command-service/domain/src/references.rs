//! What a decision has to know of other streams: named first, looked up by the caller, then read here.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use events::{
    ActivityId, Aggregate, CompanyId, ListName, SaleId, SaleTypeId, StageId, StreamName, TargetId,
    TargetTypeId, UserId,
};

use crate::State;
use crate::activity::{self, Activity, ActivityCommand, Planned};
use crate::company::{self, Company, CompanyCommand};
use crate::contact::{self, ContactCommand};
use crate::currency::CurrencyCommand;
use crate::list::{List, ListCommand};
use crate::name::{Name, name_streams};
use crate::sale::{self, Sale, SaleCommand};
use crate::sale_type::{SaleType, SaleTypeCommand};
use crate::selection::{self, SelectionCommand};
use crate::stage::{Stage, StageCommand};
use crate::target::{self, TargetCommand, TargetRow};
use crate::target_type::{self, TargetType, TargetTypeCommand};
use crate::tenant::{Tenant, TenantCommand};
use crate::user::{self, User, UserCommand};

/// A tenant nothing is known of.
static NEW: LazyLock<Tenant> = LazyLock::new(Tenant::default);

/// A command of any aggregate.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    /// On a sale.
    Sale(SaleCommand),
    /// On an activity.
    Activity(ActivityCommand),
    /// On a stage.
    Stage(StageCommand),
    /// On a sale type.
    SaleType(SaleTypeCommand),
    /// On a currency.
    Currency(CurrencyCommand),
    /// On a user.
    User(UserCommand),
    /// On the tenant.
    Tenant(TenantCommand),
    /// On a list.
    List(ListCommand),
    /// On a type of targets.
    TargetType(TargetTypeCommand),
    /// On a target.
    Target(TargetCommand),
    /// On a selection.
    Selection(SelectionCommand),
    /// On a company.
    Company(CompanyCommand),
    /// On a contact.
    Contact(ContactCommand),
}

impl Order {
    /// Whether it makes something new: then its stream must not exist.
    pub fn creates(&self) -> bool {
        match self {
            Self::Sale(command) => matches!(command, SaleCommand::RegisterSale(_)),
            Self::Activity(command) => command.creates(),
            Self::Stage(command) => matches!(command, StageCommand::AddStage { .. }),
            Self::SaleType(command) => matches!(command, SaleTypeCommand::DefineSaleType { .. }),
            Self::User(command) => matches!(command, UserCommand::AddUser { .. }),
            Self::TargetType(command) => {
                matches!(command, TargetTypeCommand::DefineTargetType { .. })
            }
            Self::Target(command) => matches!(command, TargetCommand::AddTarget(_)),
            Self::Selection(command) => {
                matches!(command, SelectionCommand::CreateSelection(_))
            }
            Self::Company(command) => matches!(command, CompanyCommand::RegisterCompany(_)),
            Self::Contact(command) => matches!(command, ContactCommand::RegisterContact(_)),
            Self::Currency(_) | Self::Tenant(_) | Self::List(_) => false,
        }
    }

    /// The kind of stream it is for.
    pub fn aggregate(&self) -> Aggregate {
        match self {
            Self::Sale(_) => Aggregate::Sale,
            Self::Activity(_) => Aggregate::Activity,
            Self::Stage(_) => Aggregate::Stage,
            Self::SaleType(_) => Aggregate::SaleType,
            Self::Currency(_) => Aggregate::Currency,
            Self::User(_) => Aggregate::User,
            Self::Tenant(_) => Aggregate::Tenant,
            Self::List(_) => Aggregate::List,
            Self::TargetType(_) => Aggregate::TargetType,
            Self::Target(_) => Aggregate::Target,
            Self::Selection(_) => Aggregate::Selection,
            Self::Company(_) => Aggregate::Company,
            Self::Contact(_) => Aggregate::Contact,
        }
    }
}

/// States of other streams, as far as they were looked up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct References(BTreeMap<StreamName, Arc<State>>);

impl References {
    /// Adds what was found; a stream without events is its empty state.
    pub fn insert(&mut self, stream: StreamName, state: impl Into<Arc<State>>) {
        self.0.insert(stream, state.into());
    }

    /// Whether this stream was looked up.
    pub fn knows(&self, stream: &StreamName) -> bool {
        self.0.contains_key(stream)
    }

    /// The sale, none if it was never registered.
    pub fn sale(&self, id: SaleId) -> Option<&Sale> {
        let state = self.0.get(&id.stream())?;
        if let State::Sale(found) = state.as_ref() { found.deal().map(|_| found) } else { None }
    }

    /// Whether an activity was ever planned on a stream; one that was never looked up counts as free.
    pub fn activity_exists(&self, stream: &StreamName) -> bool {
        let state = self.0.get(stream).map(Arc::as_ref);
        matches!(state, Some(State::Activity(found)) if *found != Activity::Unknown)
    }

    /// An activity that is there, done or not; none once it is deleted.
    pub fn activity(&self, id: ActivityId) -> Option<&Planned> {
        let state = self.0.get(&id.stream())?;
        if let State::Activity(Activity::Planned(found)) = state.as_ref() {
            return Some(found);
        }
        None
    }

    /// The sale type, deleted or not; none if it was never defined.
    pub fn sale_type(&self, id: SaleTypeId) -> Option<&SaleType> {
        match self.0.get(&id.stream()).map(Arc::as_ref) {
            Some(State::SaleType(found @ (SaleType::Defined(_) | SaleType::Deleted(_)))) => {
                Some(found)
            }
            _ => None,
        }
    }

    /// The stage, deleted or not; none if it was never added.
    pub fn stage(&self, id: StageId) -> Option<&Stage> {
        match self.0.get(&id.stream()).map(Arc::as_ref) {
            Some(State::Stage(found @ (Stage::Added(_) | Stage::Deleted(_)))) => Some(found),
            _ => None,
        }
    }

    /// The user, none if unknown.
    pub fn user(&self, id: &UserId) -> Option<&User> {
        match self.0.get(&StreamName::of_user(id)).map(Arc::as_ref) {
            Some(State::User(found @ User::Added { .. })) => Some(found),
            _ => None,
        }
    }

    /// The list as commands made it; none when it was not looked up.
    pub fn list(&self, name: ListName) -> Option<&List> {
        let state = self.0.get(&name.stream())?;
        if let State::List(found) = state.as_ref() { Some(found) } else { None }
    }

    /// A target that is there; none once it is removed.
    pub fn target(&self, id: TargetId) -> Option<&TargetRow> {
        let state = self.0.get(&id.stream())?;
        if let State::Target(found) = state.as_ref() { found.added() } else { None }
    }

    /// A type of targets, deleted or not; none when it was not looked up.
    pub fn target_type(&self, id: TargetTypeId) -> Option<&TargetType> {
        let state = self.0.get(&id.stream())?;
        if let State::TargetType(found) = state.as_ref() { Some(found) } else { None }
    }

    /// The company; none if it was never registered.
    pub fn company(&self, id: CompanyId) -> Option<&events::Company> {
        let state = self.0.get(&id.stream())?;
        if let State::Company(Company::Registered(found)) = state.as_ref() {
            return Some(found);
        }
        None
    }

    /// Who holds a name; a name never looked up counts as free.
    pub fn name(&self, stream: &StreamName) -> Name {
        match self.0.get(stream).map(Arc::as_ref) {
            Some(State::Name(found)) => found.clone(),
            _ => Name::Free,
        }
    }

    /// The tenant, with its defaults before it is provisioned.
    pub fn tenant(&self) -> &Tenant {
        let mut tenants = self.0.values().filter_map(|state| {
            if let State::Tenant(tenant) = state.as_ref() { Some(tenant) } else { None }
        });
        tenants.next_back().unwrap_or(&NEW)
    }
}

/// Streams an order has to know besides its own. Ask again after every look-up: one answer may lead to the
/// next question (a type leads to its stages).
pub fn needs(state: &State, order: &Order, actor: &UserId, known: &References) -> Vec<StreamName> {
    let wanted = match (order, state) {
        (Order::Sale(command), State::Sale(state)) => sale::needs(state, command, actor, known),
        (Order::Activity(command), State::Activity(state)) => {
            activity::needs(state, command, actor, known)
        }
        (Order::Stage(command), _) => {
            let mut wanted = name_streams(Aggregate::Stage, command.name());
            wanted.extend(command.sale_types().iter().map(|sale_type| sale_type.stream()));
            wanted
        }
        (Order::User(command), _) => user::needs(command),
        (Order::Company(command), _) => company::needs(command),
        (Order::Contact(command), _) => contact::needs(command),
        (Order::Target(command), State::Target(state)) => target::needs(state, command, known),
        (Order::TargetType(command), State::TargetType(state)) => {
            target_type::needs(state, command)
        }
        (Order::Selection(command), State::Selection(state)) => {
            selection::needs(state, command, actor)
        }
        (Order::SaleType(command), _) => {
            let mut wanted = name_streams(Aggregate::SaleType, command.name());
            wanted.extend(command.stages().iter().map(|stage| stage.stream()));
            wanted.extend(command.lists().map(ListName::stream));
            wanted
        }
        (
            Order::Sale(_)
            | Order::Activity(_)
            | Order::Currency(_)
            | Order::Tenant(_)
            | Order::List(_)
            | Order::Selection(_)
            | Order::TargetType(_)
            | Order::Target(_),
            _,
        ) => Vec::new(),
    };
    wanted.into_iter().filter(|stream| !known.knows(stream)).collect()
}

/// Streams that an order names whatever the state of its own is.
pub fn named_by(order: &Order, actor: &UserId) -> Vec<StreamName> {
    needs(&State::empty(order.aggregate()), order, actor, &References::default())
}
