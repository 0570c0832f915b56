//! Which entries of a catalogue: one, where the `Location` of a creation leads; or deleted ones too. Users are called by what
//! their identity provider calls them, everything else by a UUID, in whatever way it is written.

use service_runtime::Problem;
use utoipa::IntoParams;
use uuid::Uuid;

use super::given::{FromGiven, Given};

/// Parameter of the catalogues.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Chosen {
    /// Only the entry with this id.
    pub id: Option<Uuid>,
}

impl FromGiven for Chosen {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        Ok(Self { id: given.take("id", "must be a UUID")? })
    }
}

/// Parameter of the users.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChosenUser {
    /// Only the user with this id (`sub`).
    pub id: Option<String>,
}

impl FromGiven for ChosenUser {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        Ok(Self { id: given.text("id") })
    }
}

/// Parameter of catalogues whose entries can be deleted and restored.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WithDeleted {
    /// `true`: deleted ones too.
    #[param(value_type = Option<bool>)]
    pub deleted: bool,
}

impl FromGiven for WithDeleted {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let deleted = given.take("deleted", "must be true or false")?;
        Ok(Self { deleted: deleted.unwrap_or_default() })
    }
}
