//! The one entry of a catalogue: where the `Location` of a creation leads.

use service_runtime::Problem;
use utoipa::IntoParams;

use super::given::{FromGiven, Given};

/// Parameter of the catalogues.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Chosen {
    /// Only the entry with this id.
    pub id: Option<String>,
}

impl FromGiven for Chosen {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        Ok(Self { id: given.text("id") })
    }
}
