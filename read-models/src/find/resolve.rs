//! What filters find before a question looks at rows: favourites, selections, typical searches, criteria, words.

use std::sync::Arc;

use events::Criteria;
use events::criteria::{Block, Criterion, Field, Operator};
use service_runtime::{Actor, Problem};

use super::Typical;
use super::compare::{Comparing, Given};
use super::found::{Found, Leaf};
use crate::ask::{Filters, Snapshot, bad};
use crate::selections::{self, Members};

impl Filters {
    /// Looks up what has to be looked up.
    ///
    /// # Errors
    /// 404 for a selection the caller does not find, 400 for criteria that cannot be asked.
    pub async fn resolve(&mut self, snapshot: &mut Snapshot, actor: &Actor) -> Result<(), Problem> {
        let mut found = Found::default();
        if let Some(favourite) = self.favourite {
            let marked = snapshot.favourites(actor).await?.into_iter().collect();
            found.narrow(vec![vec![Leaf::Looked(Arc::new(marked), favourite)]]);
        }
        let mut searches: Vec<(Criteria, Given)> = Vec::new();
        if let Some(id) = self.selection {
            match selections::found(snapshot, actor, id).await?.members() {
                Members::Static(members) => found.narrow_to(members),
                Members::Dynamic(criteria) => {
                    searches.push((criteria, Given::Parameter("selection")));
                }
            }
        }
        searches
            .extend(self.typical.map(|key| (Typical::criteria(key), Given::Parameter("typical"))));
        searches.extend(self.criteria.clone());
        searches.extend(self.q.as_deref().map(words).transpose()?);
        for (criteria, given) in &searches {
            // whom a selection finds does not hang on the currency of an answer
            let of_selection = *given == Given::Parameter("selection");
            let currency = if of_selection { None } else { self.compared_in };
            let mut comparing = Comparing::new(snapshot, actor, currency);
            found.narrow(comparing.blocks(criteria, *given).await?);
        }
        self.found = found;
        Ok(())
    }
}

/// The criterion behind `q`.
fn words(text: &str) -> Result<(Criteria, Given), Problem> {
    let criterion = Criterion::new(Field::FullText, Operator::Matches, vec![text.to_owned()]);
    let criteria =
        criterion.and_then(|criterion| Criteria::new(vec![Block::new(vec![criterion])?]));
    Ok((criteria.map_err(|fault| bad("q", &fault.to_string()))?, Given::Parameter("q")))
}
