//! Note, links, visibility, credited and competitor (SO-28, SO-29, SO-31, SO-F25, SO-F26).

use events::rights::Role;
use events::sale::{Link, LinkKind, LinkTarget, Visibility};
use events::{ListEvent, ListItem, ListName, SaleNote};

use super::*;
use crate::sale::LINKS_MAX;

fn note(text: &str) -> Option<SaleNote> {
    Some(SaleNote::parse(text).unwrap())
}

fn link(n: usize, name: &str) -> Link {
    let to = LinkTarget::parse(LinkKind::Url, &format!("https://example.com/{n}")).unwrap();
    Link { to, name: TypeName::parse(name).unwrap() }
}

fn group(name: &str) -> Visibility {
    Visibility::Group { visible_group: TypeName::parse(name).unwrap() }
}

#[test]
fn a_note_is_written_and_cleared_also_on_a_closed_sale_so_28_so_22() {
    let set = |note| order(SaleCommand::SetNote { note });
    let written = SaleEvent::NoteChanged { note: note("Call them") };
    for before in [vec![registered()], vec![registered(), stalled()], vec![registered(), won()]] {
        world(before).when(set(note("Call them"))).then([Event::Sale(written.clone())]);
    }
    world([registered(), written.clone()]).when(set(note("Call them"))).then_nothing();
    let cleared = SaleEvent::NoteChanged { note: None };
    world([registered(), written]).when(set(None)).then([Event::Sale(cleared)]);
    world([registered()]).when(set(None)).then_nothing();
}

#[test]
fn a_target_is_linked_once_and_may_get_another_name_so_29() {
    let add = |link| order(SaleCommand::AddLink(link));
    let linked = SaleEvent::LinkAdded(link(1, "Tender"));
    world([registered()]).when(add(link(1, "Tender"))).then([Event::Sale(linked.clone())]);
    world([registered(), linked.clone()]).when(add(link(1, "Tender"))).then_nothing();
    let renamed = SaleEvent::LinkAdded(link(1, "Offer"));
    world([registered(), linked.clone()])
        .when(add(link(1, "Offer")))
        .then([Event::Sale(renamed.clone())]);
    let remove = order(SaleCommand::RemoveLink(link(1, "x").to));
    let removed = SaleEvent::LinkRemoved(link(1, "x").to);
    world([registered(), linked, renamed, won()]).when(remove.clone()).then([Event::Sale(removed)]);
    world([registered()]).when(remove).then_refused(Refusal::UnknownLink);
}

#[test]
fn a_sale_has_a_hundred_links_at_most_so_29() {
    let links = (0..LINKS_MAX).map(|n| SaleEvent::LinkAdded(link(n, "A link")));
    let full = || std::iter::once(registered()).chain(links.clone());
    let add = |n| order(SaleCommand::AddLink(link(n, "One more")));
    world(full()).when(add(LINKS_MAX)).then_refused(Refusal::TooManyLinks);
    assert_eq!(world(full()).when(add(3)).facts().len(), 1, "another name adds none");
    assert_eq!(world(full().take(LINKS_MAX)).when(add(LINKS_MAX)).facts().len(), 1);
}

#[test]
fn a_registration_brings_its_links_in_the_same_group_so_f34_so_29() {
    let with = |links: Vec<Link>| register(NewSale { links, ..new_sale(NEW) });
    let facts = world([]).when(with(vec![link(2, "Offer"), link(1, "Tender")])).facts();
    let linked = [link(2, "Offer"), link(1, "Tender")].map(SaleEvent::LinkAdded).map(Event::Sale);
    assert_eq!((&facts[0], &facts[1..]), (&Event::Sale(registered()), &linked[..]));
    let twice = vec![link(1, "Tender"), link(2, "Offer"), link(1, "Their tender")];
    let facts = world([]).when(with(twice)).facts();
    let once =
        [link(1, "Their tender"), link(2, "Offer")].map(SaleEvent::LinkAdded).map(Event::Sale);
    assert_eq!(facts[1..], once, "a target is linked once");
    let many = |n| (0..n).map(|n| link(n, "A link")).collect();
    assert_eq!(world([]).when(with(many(LINKS_MAX))).facts().len(), 1 + LINKS_MAX);
    world([]).when(with(many(LINKS_MAX + 1))).then_refused(Refusal::TooManyLinks);
}

#[test]
fn a_sale_is_shown_to_one_of_the_owners_groups_so_31() {
    let show = |visibility| order(SaleCommand::SetVisibility(visibility));
    for visibility in [Visibility::Owner, group("north")] {
        let changed = SaleEvent::VisibilityChanged(visibility.clone());
        world([registered()]).when(show(visibility.clone())).then([Event::Sale(changed.clone())]);
        world([registered(), changed]).when(show(visibility)).then_nothing();
    }
    world([registered()]).when(show(group("south"))).then_refused(Refusal::GroupNotOfOwner);
    world([registered()]).when(show(Visibility::All)).then_nothing();
    world([registered(), won()]).when(show(Visibility::Owner)).then_refused(Refusal::SaleClosed);
    world([registered()])
        .by_seller("kari")
        .when(show(Visibility::Owner))
        .then_refused(Refusal::NotYours);
}

#[test]
fn a_registration_may_say_all_of_it_so_f25_so_f26_so_f32_so_f33() {
    let mut new = new_sale(NEW);
    new.details.visibility = group("north");
    new.details.competitor = Some(key("acme"));
    let facts = world([]).when(register(new.clone())).facts();
    let Some(Event::Sale(SaleEvent::Registered(said))) = facts.first() else { panic!("{facts:?}") };
    assert_eq!(said.details, new.details);
    new.details.visibility = group("south");
    world([]).when(register(new)).then_refused(Refusal::GroupNotOfOwner);
}

#[test]
fn credited_and_competitor_are_plain_fields_so_5_so_f25_so_f26() {
    let changes = SaleChanges {
        credited: Some(Some(key("north-sales"))),
        competitor: Some(Some(key("acme"))),
        ..SaleChanges::default()
    };
    let edit = || order(SaleCommand::EditSale(Box::new(changes.clone())));
    let credited = SaleEvent::CreditedSet { credited: Some(key("north-sales")) };
    let competitor = SaleEvent::CompetitorSet { competitor: Some(key("acme")) };
    let facts = [credited, competitor];
    world([registered()]).when(edit()).then(facts.clone().map(Event::Sale));
    let [credited, competitor] = facts;
    world([registered(), credited, competitor]).when(edit()).then_nothing();
    world([registered(), won()]).when(edit()).then_refused(Refusal::SaleClosed);
}

#[test]
fn a_sale_is_credited_to_what_a_maintained_list_offers_so_f26_so_19() {
    let list = ListName::Credited;
    let (name, labels) = (key("north-sales"), TypeName::parse("North").unwrap());
    let item = ListItem {
        list,
        key: name,
        labels: LocalName::english(labels),
        rank: 20,
        kind: None,
        minutes: None,
    };
    let added = Event::List(ListEvent::ItemAdded(item));
    let of = |text: &str| {
        let mut new = new_sale(NEW);
        new.details.credited = Some(key(text));
        register(new)
    };
    let edit = |text: &str| {
        let changes = SaleChanges { credited: Some(Some(key(text))), ..SaleChanges::default() };
        order(SaleCommand::EditSale(Box::new(changes)))
    };
    let refused = Refusal::UnknownListItem { list, pointer: "/credited" };
    world([]).when(of("west")).facts();
    for offered in ["north-sales", "unknown"] {
        world([]).and(list.stream(), &added).when(of(offered)).facts();
        world([registered()]).and(list.stream(), &added).when(edit(offered)).facts();
    }
    world([]).and(list.stream(), &added).when(of("west")).then_refused(refused.clone());
    let known = || world([registered()]).and(list.stream(), &added);
    known().when(edit("west")).then_refused(refused);
    let west = SaleEvent::CreditedSet { credited: Some(key("west")) };
    world([registered(), west]).and(list.stream(), &added).when(edit("west")).then_nothing();
    known().with_roles(&[Role::Importer], &[]).when(edit("west")).facts();
}

#[test]
fn the_known_competitor_stands_in_the_end_of_a_sale_so_17_so_18_so_f25() {
    let known = || SaleEvent::CompetitorSet { competitor: Some(key("acme")) };
    let end = |command| world([registered(), known()]).when(order(command)).facts();
    let lost =
        |competitor| SaleCommand::MarkLost { reason: key("price"), close_date: None, competitor };
    let sold = SaleCommand::MarkSold {
        reason: key("price"),
        close_date: None,
        amount: None,
        competitor: None,
    };
    for (command, expected) in
        [(lost(None), "acme"), (lost(Some(key("other"))), "other"), (sold, "acme")]
    {
        let facts = end(command);
        let named = match facts.first() {
            Some(Event::Sale(
                SaleEvent::Won { competitor, .. } | SaleEvent::Lost { competitor, .. },
            )) => competitor.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(named, Some(key(expected)));
    }
}
