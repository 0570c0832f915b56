//! A selection as the log has it now, for what is done for all of its members (SF-17, SF-18).

use domain::rights::shown;
use domain::selection::{Kept, Selection};
use domain::{By, Context, References, Refusal, State};
use events::{Aggregate, SelectionId, StreamName};
use service_runtime::auth::Actor;

use super::Executor;
use crate::call::ExecuteError;

impl Executor {
    /// The selection, for a caller who sees it.
    ///
    /// # Errors
    /// They do not, it is deleted, or the log cannot be read.
    pub async fn selection(
        &self,
        actor: &Actor,
        id: SelectionId,
    ) -> Result<Box<Kept>, ExecuteError> {
        let (stream, tenant) = (id.stream(), StreamName::of_tenant(&actor.tenant));
        // another replica may know better than what is remembered here
        self.actors.forget(&actor.tenant, &stream);
        self.actors.forget(&actor.tenant, &tenant);
        let mut references = References::default();
        let settings = self.actors.folded(&actor.tenant, &tenant).await?;
        references.insert(tenant, settings.state);
        let folded = self.actors.folded(&actor.tenant, &stream).await?;
        let (at, principal) = (self.clock.now(), actor.principal());
        let by = By::Principal(&principal);
        let today = at.date_naive();
        let context = Context { at, today, actor: &actor.user, by, references: &references };
        shown(&folded.state, &context)?;
        let State::Selection(selection) = &*folded.state else {
            return Err(Refusal::WrongStream(Aggregate::Selection).into());
        };
        match selection {
            Selection::Kept(kept) => Ok(kept.clone()),
            Selection::Deleted(_) => Err(Refusal::SelectionDeleted.into()),
            Selection::Unknown => Err(Refusal::Unknown(Aggregate::Selection).into()),
        }
    }
}
