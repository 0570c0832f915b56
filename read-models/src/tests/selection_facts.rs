//! Facts of selections and of views of the board, one of each kind.

use events::sale::Visibility;
use events::selection::{SelectionKind, SelectionTerms};
use events::view::{BoardGroup, Summarize};
use events::{
    BoardView, Criteria, Event, ListKey, Note, SaleId, SelectionEvent, SelectionId, StreamName,
    TypeName, UserEvent, UserId,
};
use uuid::Uuid;

use super::World;

fn fact(event: SelectionEvent) -> Event {
    Event::Selection(event)
}

fn ola() -> UserId {
    UserId::parse("ola").unwrap()
}

fn terms(name: &str, visibility: Visibility) -> SelectionTerms {
    SelectionTerms {
        name: TypeName::parse(name).unwrap(),
        owner: ola(),
        owner_group: Some("North".to_owned()),
        category: ListKey::parse("autumn").ok(),
        description: Note::parse("Call \"them\",\n{soon}").ok(),
        visibility,
    }
}

fn view() -> BoardView {
    BoardView {
        group_by: BoardGroup::Owner,
        subgroup_by: Some(BoardGroup::Stage),
        sort: None,
        summarize: Summarize::Weighted,
        hide_closed: true,
        currency: None,
        criteria: Criteria::parse("status one_of open").ok(),
    }
}

/// A static selection of sales 1 to 3.
pub(super) async fn a_selection(world: &mut World, id: u128) {
    let created = SelectionEvent::Created {
        kind: SelectionKind::Static,
        terms: terms("Call them", Visibility::All),
        criteria: None,
    };
    let added = SelectionEvent::MembersAdded { sales: sales(&[1, 2, 3]) };
    let stream = SelectionId(Uuid::from_u128(id)).stream();
    world.record(&stream, &[fact(created), fact(added)]).await;
}

fn sales(numbers: &[u128]) -> Vec<SaleId> {
    numbers.iter().map(|n| SaleId(Uuid::from_u128(*n))).collect()
}

/// Every fact of selections and of views, on streams of their own.
pub(super) async fn many_selections(world: &mut World) {
    a_selection(world, 1).await;
    let visible_group = TypeName::parse("North").unwrap();
    let edited = terms("Called", Visibility::Group { visible_group });
    let facts = [
        SelectionEvent::MembersRemoved { sales: sales(&[2]) },
        SelectionEvent::Edited(edited),
        SelectionEvent::ViewSet { view: Some(view()) },
        SelectionEvent::Completed {},
        SelectionEvent::CompletionCleared {},
        SelectionEvent::MembersAdded { sales: sales(&[2, 9]) },
        SelectionEvent::ViewSet { view: None },
        SelectionEvent::Deleted {},
    ];
    world.record(&SelectionId(Uuid::from_u128(1)).stream(), &facts.map(fact)).await;
    let criteria = |text: &str| Criteria::parse(text).unwrap();
    let dynamic = [
        SelectionEvent::Created {
            kind: SelectionKind::Dynamic,
            terms: terms("Living", Visibility::Owner),
            criteria: Some(criteria("amount gt 5000")),
        },
        SelectionEvent::CriteriaChanged { criteria: criteria("title contains \"fjord, erp\"") },
    ];
    world.record(&SelectionId(Uuid::from_u128(2)).stream(), &dynamic.map(fact)).await;
    let name = |name: &str| TypeName::parse(name).unwrap();
    let views = [
        UserEvent::ViewSaved { name: name("Mine"), view: view() },
        UserEvent::ViewSaved { name: name("Ærlig \"talt\""), view: view() },
        UserEvent::ViewRemoved { name: name("Mine") },
    ];
    world.record(&StreamName::of_user(&ola()), &views.map(Event::User)).await;
}
