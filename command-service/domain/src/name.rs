//! A unique name: a stream that says who holds it (SO-45, SO-47).

use events::{Aggregate, Event, LocalName, NameEvent, StreamName};

use crate::{References, Refusal};

/// Who holds a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Name {
    /// Nobody.
    #[default]
    Free,
    /// The stream that bears it, `stage/<id>`.
    Held(String),
}

impl Name {
    /// The state after a fact.
    #[must_use]
    pub fn evolve(self, event: &NameEvent) -> Self {
        match event {
            NameEvent::Reserved { holder } => Self::Held(holder.clone()),
            NameEvent::Released { .. } => Self::Free,
        }
    }
}

/// The reservation streams of a name: one for every spelling.
pub fn name_streams(aggregate: Aggregate, name: Option<&LocalName>) -> Vec<StreamName> {
    let spellings = name.map(LocalName::spellings).unwrap_or_default();
    spellings
        .into_iter()
        .map(|spelling| StreamName::new(Aggregate::Name, format!("{aggregate}/{spelling}")))
        .collect()
}

/// Facts that move `holder` from its old name to its new one, or the refusal when somebody else holds it.
pub fn rename(
    holder: &StreamName,
    old: Option<&LocalName>,
    new: &LocalName,
    references: &References,
) -> Result<Vec<(StreamName, Event)>, Refusal> {
    let holder_name = holder.to_string();
    let old_streams = name_streams(holder.aggregate, old);
    let new_streams = name_streams(holder.aggregate, Some(new));
    let mut facts = Vec::new();
    for stream in &new_streams {
        match references.name(stream) {
            Name::Held(by) if by != holder_name => return Err(Refusal::NameTaken),
            Name::Held(_) => {}
            Name::Free => {
                facts.push((
                    stream.clone(),
                    Event::Name(NameEvent::Reserved { holder: holder_name.clone() }),
                ));
            }
        }
    }
    for stream in old_streams.into_iter().filter(|stream| !new_streams.contains(stream)) {
        facts.push((stream, Event::Name(NameEvent::Released { holder: holder_name.clone() })));
    }
    Ok(facts)
}
