//! A selection of sales, version by version (SF-10, SF-11).

use std::collections::HashSet;

use events::selection::{SelectionKind, SelectionTerms};
use events::{BoardView, Criteria, SaleId, SelectionEvent};
use uuid::Uuid;

/// A selection at one version.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Selection {
    pub selection_id: Uuid,
    pub kind: SelectionKind,
    pub terms: SelectionTerms,
    pub criteria: Option<Criteria>,
    pub view: Option<BoardView>,
    /// Public ids of sales, in the order they were added.
    pub members: Vec<Uuid>,
    pub completed: bool,
    pub deleted: bool,
}

/// The selection after `fact`, or what is wrong with the stream.
pub(super) fn selection(
    selection_id: Uuid,
    before: Option<&Selection>,
    fact: &SelectionEvent,
) -> Result<Selection, &'static str> {
    let before = || before.cloned().ok_or("a selection that was never created");
    match fact {
        SelectionEvent::Created { kind, terms, criteria } => Ok(Selection {
            selection_id,
            kind: *kind,
            terms: terms.clone(),
            criteria: criteria.clone(),
            view: None,
            members: Vec::new(),
            completed: false,
            deleted: false,
        }),
        SelectionEvent::Edited(terms) => Ok(Selection { terms: terms.clone(), ..before()? }),
        SelectionEvent::CriteriaChanged { criteria } => {
            Ok(Selection { criteria: Some(criteria.clone()), ..before()? })
        }
        SelectionEvent::MembersAdded { sales } => {
            let mut selection = before()?;
            let mut there: HashSet<Uuid> = selection.members.iter().copied().collect();
            let new = sales.iter().map(|SaleId(sale)| *sale).filter(|sale| there.insert(*sale));
            selection.members.extend(new);
            Ok(selection)
        }
        SelectionEvent::MembersRemoved { sales } => {
            let mut selection = before()?;
            let gone: HashSet<Uuid> = sales.iter().map(|SaleId(sale)| *sale).collect();
            selection.members.retain(|sale| !gone.contains(sale));
            Ok(selection)
        }
        SelectionEvent::ViewSet { view } => Ok(Selection { view: view.clone(), ..before()? }),
        SelectionEvent::Completed {} => Ok(Selection { completed: true, ..before()? }),
        SelectionEvent::CompletionCleared {} => Ok(Selection { completed: false, ..before()? }),
        SelectionEvent::Deleted {} => Ok(Selection { deleted: true, ..before()? }),
    }
}

#[cfg(test)]
mod tests {
    use events::sale::Visibility;
    use events::{TypeName, UserId};

    use super::*;

    fn terms(name: &str) -> SelectionTerms {
        SelectionTerms {
            name: TypeName::parse(name).unwrap(),
            owner: UserId::parse("ola").unwrap(),
            owner_group: Some("North".to_owned()),
            category: None,
            description: None,
            visibility: Visibility::All,
        }
    }

    fn sales(numbers: &[u128]) -> Vec<SaleId> {
        numbers.iter().map(|n| SaleId(Uuid::from_u128(*n))).collect()
    }

    #[test]
    fn members_keep_their_order_and_stand_once_sf_11() {
        let created = SelectionEvent::Created {
            kind: SelectionKind::Static,
            terms: terms("Call"),
            criteria: None,
        };
        let facts = [
            created,
            SelectionEvent::MembersAdded { sales: sales(&[3, 1, 2]) },
            SelectionEvent::MembersAdded { sales: sales(&[1, 4]) },
            SelectionEvent::MembersRemoved { sales: sales(&[1, 9]) },
            SelectionEvent::MembersAdded { sales: sales(&[1]) },
            SelectionEvent::Completed {},
            SelectionEvent::Edited(terms("Call back")),
            SelectionEvent::Deleted {},
        ];
        let mut now = None;
        for fact in &facts {
            now = Some(selection(Uuid::nil(), now.as_ref(), fact).unwrap());
        }
        let now = now.unwrap();
        assert_eq!(now.members, [3, 2, 4, 1].map(Uuid::from_u128));
        assert!(now.completed && now.deleted);
        assert_eq!(now.terms, terms("Call back"));
        assert!(selection(Uuid::nil(), None, &SelectionEvent::Deleted {}).is_err());
    }
}
