//! A type of sales targets: by what sales are told apart and what is counted of them (ST-1 to ST-6). One type is there in
//! every tenant without a fact, and stays as it is. Commands, what is remembered, the table of decisions.

mod dimension;
mod paste;
mod terms;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use events::target_type::{DEFAULT, Dimension, TargetTypeTerms, Unit};
use events::{Aggregate, ListKey, LocalName, StreamName, TargetTypeEvent, TargetTypeId, TypeName};

pub(crate) use dimension::{item_of, item_stream};
pub use paste::{PASTED_ROWS_MAX, PastedRow};
pub use terms::TargetTypeChanges;

use crate::{Context, Decider, Decision, References, Refusal};

/// What may be asked of a type of targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetTypeCommand {
    /// ST-1.
    DefineTargetType {
        /// Its id.
        id: TargetTypeId,
        /// By what its sales are told apart; stays.
        dimension: Dimension,
        /// What is counted; stays.
        unit: Unit,
        /// The rest.
        terms: TargetTypeTerms,
    },
    /// ST-4, ST-5; what is left out stays.
    EditTargetType {
        /// Its id.
        id: TargetTypeId,
        /// What changes.
        changes: TargetTypeChanges,
    },
    /// ST-6: for good, with the targets of all years.
    DeleteTargetType {
        /// Its id.
        id: TargetTypeId,
    },
    /// ST-19: a block over several rows of the type, all or nothing.
    PasteTargets {
        /// The type's id.
        id: TargetTypeId,
        /// Row by row.
        rows: Vec<PastedRow>,
    },
}

/// A type as it was defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinedTargetType {
    /// By what its sales are told apart.
    pub dimension: Dimension,
    /// What is counted.
    pub unit: Unit,
    /// The rest.
    pub terms: TargetTypeTerms,
}

/// "All sales – Amount" (ST-1).
static EVERYBODYS: LazyLock<DefinedTargetType> = LazyLock::new(|| {
    let name = TypeName::parse("All sales – Amount").expect("invariant: eighteen letters");
    let terms =
        TargetTypeTerms { name: LocalName::english(name), items: Vec::new(), groups_only: false };
    DefinedTargetType { dimension: Dimension::AllSales, unit: Unit::Amount, terms }
});

/// What is remembered of a type of targets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TargetType {
    /// Never defined.
    #[default]
    Unknown,
    /// In use.
    Defined(Box<DefinedTargetType>),
    /// Gone for good (ST-6).
    Deleted(Box<DefinedTargetType>),
}

/// The stream of a type; none of the one that needs no fact.
pub(crate) fn stream(id: TargetTypeId) -> Option<StreamName> {
    (id != DEFAULT).then(|| id.stream())
}

/// The type of a row that is there.
pub(crate) fn standing(
    id: TargetTypeId,
    known: &References,
) -> Result<&DefinedTargetType, Refusal> {
    if id == DEFAULT {
        return Ok(&EVERYBODYS);
    }
    match known.target_type(id) {
        Some(TargetType::Defined(defined)) => Ok(defined),
        Some(TargetType::Unknown | TargetType::Deleted(_)) | None => {
            Err(Refusal::TargetTypeDeleted)
        }
    }
}

/// The type of a row to be added.
pub(crate) fn offered(id: TargetTypeId, known: &References) -> Result<&DefinedTargetType, Refusal> {
    match known.target_type(id) {
        _ if id == DEFAULT => Ok(&EVERYBODYS),
        Some(TargetType::Defined(defined)) => Ok(defined),
        Some(TargetType::Deleted(_)) => Err(Refusal::TargetTypeDeleted.at("/target_type")),
        Some(TargetType::Unknown) | None => Err(Refusal::UnknownTargetType),
    }
}

/// Other streams a command has to know.
pub(crate) fn needs(state: &TargetType, command: &TargetTypeCommand) -> Vec<StreamName> {
    match command {
        TargetTypeCommand::DefineTargetType { dimension, terms, .. } => {
            let taken = dimension::reservation(dimension);
            dimension::streams(dimension, &terms.items).chain([taken]).collect()
        }
        TargetTypeCommand::EditTargetType { changes, .. } => match state {
            TargetType::Defined(defined) => {
                let items: &[ListKey] = changes.items.as_deref().unwrap_or_default();
                dimension::streams(&defined.dimension, items).collect()
            }
            TargetType::Unknown | TargetType::Deleted(_) => Vec::new(),
        },
        TargetTypeCommand::DeleteTargetType { .. } => match state {
            TargetType::Defined(defined) => vec![dimension::reservation(&defined.dimension)],
            TargetType::Unknown | TargetType::Deleted(_) => Vec::new(),
        },
        TargetTypeCommand::PasteTargets { rows, .. } => paste::needs(rows),
    }
}

impl Decider for TargetType {
    type Command = TargetTypeCommand;
    type Event = TargetTypeEvent;
    type State = Self;

    fn decide(
        state: &Self,
        command: TargetTypeCommand,
        context: &Context<'_>,
    ) -> Result<Decision, Refusal> {
        use TargetTypeCommand as C;
        match (state, command) {
            (_, C::DefineTargetType { id, .. }) if id == DEFAULT => {
                Err(Refusal::AlreadyExists(Aggregate::TargetType))
            }
            (_, C::EditTargetType { id, .. } | C::DeleteTargetType { id }) if id == DEFAULT => {
                Err(Refusal::TargetTypeFixed)
            }
            (_, C::PasteTargets { id, rows }) if id == DEFAULT => {
                paste::paste(id, &EVERYBODYS, &rows, context)
            }
            (Self::Unknown, C::DefineTargetType { id, dimension, unit, terms }) => {
                terms::define(id, DefinedTargetType { dimension, unit, terms }, context)
            }
            (_, C::DefineTargetType { .. }) => Err(Refusal::AlreadyExists(Aggregate::TargetType)),
            (Self::Unknown, _) => Err(Refusal::Unknown(Aggregate::TargetType)),
            (Self::Deleted(_), C::DeleteTargetType { .. }) => Ok(Decision::nothing()),
            (Self::Deleted(_), C::EditTargetType { .. } | C::PasteTargets { .. }) => {
                Err(Refusal::TargetTypeDeleted)
            }
            (Self::Defined(old), C::EditTargetType { changes, .. }) => {
                terms::edit(old, changes, context)
            }
            (Self::Defined(old), C::DeleteTargetType { id }) => Ok(terms::delete(id, old)),
            (Self::Defined(kind), C::PasteTargets { id, rows }) => {
                paste::paste(id, kind, &rows, context)
            }
        }
    }

    fn evolve(state: Self, event: &TargetTypeEvent) -> Self {
        match (state, event) {
            (_, TargetTypeEvent::Defined { dimension, unit, terms }) => {
                let (dimension, terms) = (dimension.clone(), terms.clone());
                Self::Defined(Box::new(DefinedTargetType { dimension, unit: *unit, terms }))
            }
            (Self::Defined(defined), TargetTypeEvent::Edited(terms)) => {
                Self::Defined(Box::new(DefinedTargetType { terms: terms.clone(), ..*defined }))
            }
            (Self::Defined(defined), TargetTypeEvent::Deleted {}) => Self::Deleted(defined),
            (state, TargetTypeEvent::Edited(_) | TargetTypeEvent::Deleted {}) => state,
        }
    }
}
