//! What users say of themselves, row by row of the source.

use events::rights::Role;
use events::sale::Visibility;
use events::view::{BoardGroup, Summarize};
use events::{
    Aggregate, BoardView, Event, Preferences, SaleEvent, SaleId, TypeName, UserEvent, UserId,
};
use uuid::Uuid;

use super::{Caller, FAVOURITES_MAX, PreferenceChanges, UserCommand, VIEWS_MAX, added};
use crate::spec::guide::registered;
use crate::spec::{Given, given};
use crate::{Order, Refusal};

const FJORD: SaleId = SaleId(Uuid::from_u128(1));

fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

fn caller() -> Caller {
    Caller { name: TypeName::parse("Ola").unwrap(), groups: vec!["north".into()] }
}

fn known() -> Event {
    Event::User(added(caller().name, caller().groups, None))
}

fn world(facts: impl IntoIterator<Item = Event>) -> Given {
    let registered = registered(None);
    given(Aggregate::User, facts).and(FJORD.stream(), &registered)
}

fn prefer(whose: &str, confirm: Option<bool>, days: Option<u16>) -> Order {
    let changes = PreferenceChanges { confirm_suggested_follow_up: confirm, show_days_ahead: days };
    Order::User(UserCommand::SetPreferences { user: user(whose), caller: caller(), changes })
}

fn preferred(confirm: bool, days: u16) -> Event {
    let preferences = Preferences { confirm_suggested_follow_up: confirm, show_days_ahead: days };
    Event::User(UserEvent::PreferencesSet(preferences))
}

fn favour(whose: &str, sale: SaleId) -> Order {
    Order::User(UserCommand::AddFavourite { user: user(whose), caller: caller(), sale })
}

fn forget(whose: &str, sale: SaleId) -> Order {
    Order::User(UserCommand::RemoveFavourite { user: user(whose), sale })
}

fn favourite(sale: SaleId) -> Event {
    Event::User(UserEvent::FavouriteAdded { sale })
}

/// SG-22, SD-14: what is left out stays; the same again says nothing.
#[test]
fn preferences_are_set_one_by_one_sg_22() {
    let set = prefer("ola", Some(false), None);
    world([known()]).when(set.clone()).then([preferred(false, 7)]);
    world([known(), preferred(false, 7)]).when(set).then_nothing();
    let days = prefer("ola", None, Some(30));
    world([known(), preferred(false, 7)]).when(days).then([preferred(false, 30)]);
    world([known()]).when(prefer("ola", None, None)).then_nothing();
}

/// Whoever is not known yet is added from their token.
#[test]
fn a_caller_who_is_no_user_yet_becomes_one() {
    world([]).when(prefer("ola", Some(false), None)).then([known(), preferred(false, 7)]);
    world([]).when(favour("ola", FJORD)).then([known(), favourite(FJORD)]);
    world([]).when(forget("ola", FJORD)).then_nothing();
}

/// SG-22: personal, though whoever adds users may set their preferences; favourites are nobody else's (SO-32).
#[test]
fn what_is_personal_is_said_by_the_user_themselves_so_32() {
    let seller = || world([known()]).by_seller("per");
    for order in [prefer("ola", Some(false), None), favour("ola", FJORD), forget("ola", FJORD)] {
        seller().when(order).then_refused(Refusal::NotYourself);
    }
    let admin = |facts: Vec<Event>| world(facts).by_seller("per").with_roles(&[Role::Admin], &[]);
    let set = prefer("ola", Some(false), None);
    admin(vec![known()]).when(set.clone()).then([preferred(false, 7)]);
    admin(vec![]).when(set).then_refused(Refusal::Unknown(Aggregate::User));
    let stranger = || world([]).by_seller("per");
    for order in [prefer("ola", None, None), favour("ola", FJORD), forget("ola", FJORD)] {
        stranger().when(order).then_refused(Refusal::Unknown(Aggregate::User));
    }
    admin(vec![known()]).when(favour("ola", FJORD)).then_refused(Refusal::NotYourself);
}

/// SO-32: twice is once.
#[test]
fn a_favourite_is_added_and_removed_once_so_32() {
    world([known()]).when(favour("ola", FJORD)).then([favourite(FJORD)]);
    world([known(), favourite(FJORD)]).when(favour("ola", FJORD)).then_nothing();
    let removed = Event::User(UserEvent::FavouriteRemoved { sale: FJORD });
    let both = [known(), favourite(FJORD)];
    world(both.clone()).when(forget("ola", FJORD)).then([removed.clone()]);
    let [one, two] = both;
    world([one, two, removed]).when(forget("ola", FJORD)).then_nothing();
    let nowhere = favour("ola", SaleId(Uuid::from_u128(404)));
    world([known()]).when(nowhere).then_refused(Refusal::UnknownSale);
}

/// SO-31, SO-32: a sale they do not see is none.
#[test]
fn a_sale_that_is_hidden_is_no_favourite_so_31() {
    let hidden = Event::Sale(SaleEvent::VisibilityChanged(Visibility::Owner));
    let world = given(Aggregate::User, [known()])
        .and_all(FJORD.stream(), &[registered(None), hidden])
        .with_roles(&[Role::Seller], &[]);
    world.when(favour("ola", FJORD)).then_refused(Refusal::UnknownSale);
}

/// SO-32.
#[test]
fn a_user_has_500_favourites_at_most_so_32() {
    let others = (1_000..1_000 + FAVOURITES_MAX as u128).map(|n| SaleId(Uuid::from_u128(n)));
    let mut facts = vec![known()];
    facts.extend(others.map(favourite));
    world(facts.clone()).when(favour("ola", FJORD)).then_refused(Refusal::TooManyFavourites);
    facts.pop();
    world(facts).when(favour("ola", FJORD)).then([favourite(FJORD)]);
}

fn view(group_by: BoardGroup) -> BoardView {
    BoardView {
        group_by,
        subgroup_by: None,
        sort: None,
        summarize: Summarize::Amount,
        hide_closed: false,
        currency: None,
        criteria: None,
    }
}

fn named(name: &str) -> TypeName {
    TypeName::parse(name).unwrap()
}

fn save(whose: &str, name: &str, group_by: BoardGroup) -> Order {
    let (name, view) = (named(name), Box::new(view(group_by)));
    Order::User(UserCommand::SaveView { user: user(whose), caller: caller(), name, view })
}

fn drop_view(whose: &str, name: &str) -> Order {
    Order::User(UserCommand::RemoveView { user: user(whose), name: named(name) })
}

fn saved(name: &str, group_by: BoardGroup) -> Event {
    Event::User(UserEvent::ViewSaved { name: named(name), view: view(group_by) })
}

/// SF-14: by name, the last one counts; twice is once.
#[test]
fn a_view_is_saved_over_and_removed_by_its_name_sf_14() {
    let (stage, owner) = (BoardGroup::Stage, BoardGroup::Owner);
    let mine = || vec![known(), saved("Mine", stage)];
    world([known()]).when(save("ola", "Mine", stage)).then([saved("Mine", stage)]);
    world([]).when(save("ola", "Mine", stage)).then(mine());
    world(mine()).when(save("ola", "Mine", stage)).then_nothing();
    world(mine()).when(save("ola", "Mine", owner)).then([saved("Mine", owner)]);
    let removed = Event::User(UserEvent::ViewRemoved { name: named("Mine") });
    world(mine()).when(drop_view("ola", "Mine")).then([removed.clone()]);
    world(mine()).when(drop_view("ola", "Yours")).then_nothing();
    world([]).when(drop_view("ola", "Mine")).then_nothing();
    world(mine().into_iter().chain([removed])).when(drop_view("ola", "Mine")).then_nothing();
}

/// SF-14: personal, though whoever adds users may save theirs.
#[test]
fn views_are_said_by_the_user_themselves_or_by_an_administrator_sf_14() {
    for order in [save("ola", "Mine", BoardGroup::Stage), drop_view("ola", "Mine")] {
        let seller = world([known()]).by_seller("per");
        seller.when(order.clone()).then_refused(Refusal::NotYourself);
        let stranger = world([]).by_seller("per");
        stranger.when(order.clone()).then_refused(Refusal::Unknown(Aggregate::User));
        let facts = [known(), saved("Mine", BoardGroup::Owner)];
        let admin = world(facts).by_seller("eva").with_roles(&[Role::Admin], &[]);
        assert_eq!(admin.when(order).facts().len(), 1);
    }
}

/// SF-14.
#[test]
fn a_user_has_50_views_at_most_sf_14() {
    let stage = BoardGroup::Stage;
    let mut facts = vec![known()];
    facts.extend((0..VIEWS_MAX).map(|n| saved(&format!("View {n}"), stage)));
    let one_more = save("ola", "One more", stage);
    world(facts.clone()).when(one_more.clone()).then_refused(Refusal::TooManyViews);
    let over = save("ola", "View 7", BoardGroup::Owner);
    world(facts.clone()).when(over).then([saved("View 7", BoardGroup::Owner)]);
    facts.pop();
    world(facts).when(one_more).then([saved("One more", stage)]);
}
