//! Whose rows somebody may add, change, lock and remove (SO-44, ST-8, ST-15).

use events::TenantEvent;
use events::rights::{RecordRights, Records};

use super::*;

fn asked(roles: &[Role], assignee: Assignee) -> Given {
    world([added(&place(assignee)), all("5.00", CellsCause::Set)]).with_roles(roles, &["North"])
}

/// By the role table sellers change their own row only, managers all of them; who reads does nothing else.
#[test]
fn a_seller_changes_their_own_row_and_a_manager_every_row_st_8() {
    let own = || of_user("ola", Some("North"));
    let others = [
        of_user("kari", Some("North")),
        of_user("per", None),
        of_group("North"),
        Assignee::Company,
    ];
    for change in every_change(&place(own())) {
        let refused = asked(&[Role::Auditor], own()).when(change.clone());
        match &change {
            Order::Target(TargetCommand::SetTargetCurrency { .. }) => {
                asked(&[Role::Seller], own()).when(change).then_refused(Refusal::NoOwnCurrency);
            }
            _ => drop(asked(&[Role::Seller], own()).when(change).facts()),
        }
        // an auditor's own row is theirs to read
        refused.then_refused(Refusal::NotYourTarget);
    }
    for assignee in others {
        for change in every_change(&place(assignee.clone())) {
            let refused = Refusal::NotYourTarget;
            asked(&[Role::Seller], assignee.clone()).when(change).then_refused(refused);
        }
        let manager = asked(&[Role::Manager], assignee.clone());
        manager.when(order(TargetCommand::ClearTarget)).then([CLEARED]);
        let remove = order(TargetCommand::RemoveTarget);
        let refused = Refusal::NotYourTarget;
        asked(&[Role::Seller], assignee).when(remove).then_refused(refused);
    }
}

/// SO-44: what is not seen is as unknown as what never was, also to whom it is named as a source.
#[test]
fn a_row_that_is_not_seen_is_unknown_so_44() {
    let rights = RecordRights {
        own: events::rights::Level::Delete,
        own_groups: events::rights::Level::Create,
        other_groups: events::rights::Level::None,
        others: events::rights::Level::Update,
    };
    let set =
        TenantEvent::RecordRightsSet { role: Role::Seller, records: Records::Targets, rights };
    let asked = |facts: Vec<Event>| {
        world(facts)
            .and(tenant_stream(), &Event::Tenant(set.clone()))
            .with_roles(&[Role::Seller], &["North"])
    };
    let unknown = Refusal::Unknown(Aggregate::Target);
    let clear = || order(TargetCommand::ClearTarget);
    let south = place(of_group("South"));
    asked(vec![added(&south)]).when(clear()).then_refused(unknown.clone());
    asked(vec![added(&south), REMOVED]).when(clear()).then_refused(unknown);
    // sees and adds, but does not change
    asked(vec![added(&place(of_group("North")))])
        .when(clear())
        .then_refused(Refusal::NotYourTarget);
    asked(vec![]).when(add(new(for_group("North", &[])))).facts();
    let refused = Refusal::NotYourTarget;
    asked(vec![]).when(add(new(for_group("South", &[])))).then_refused(refused.clone());
    asked(vec![added(&south)]).when(add(new(for_group("South", &[])))).then_refused(refused);
    // changes, but does not remove
    let company = || vec![added(&place(Assignee::Company)), all("5.00", CellsCause::Set)];
    asked(company()).when(clear()).then([CLEARED]);
    let remove = order(TargetCommand::RemoveTarget);
    asked(company()).when(remove).then_refused(Refusal::NotYourTarget);
    let from = asked(company())
        .and_all(south.id().stream(), &[added(&south), all("7.00", CellsCause::Set)]);
    let refused = Refusal::UnknownTarget.at("/from");
    from.when(copy(&place(Assignee::Company), Some(&south), "0")).then_refused(refused);
}

/// ST-15: the right to lock is judged at the door (`LockTargets`); here a row one may not change cannot be locked.
#[test]
fn a_row_one_may_not_change_cannot_be_locked_st_15() {
    for command in [TargetCommand::LockTarget, TargetCommand::UnlockTarget] {
        let refused = Refusal::NotYourTarget;
        let asked = asked(&[Role::Seller], of_group("North"));
        asked.when(order(command)).then_refused(refused);
    }
    asked(&[Role::Manager], of_group("North"))
        .when(order(TargetCommand::LockTarget))
        .then([LOCKED]);
}
