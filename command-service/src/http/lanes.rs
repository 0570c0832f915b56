//! Which line of a bulk request waits for which: a line runs after the last one on its own object, and after
//! the last ones on the objects it names. So whatever a file introduces may be used further down. What is created from a
//! guide is written on its sale as well, and has a place among the lines of that. The row of a group brings those of its
//! members, whoever they are: it waits for every earlier line, and later lines on targets wait for it (ST-8).

use std::collections::HashMap;

use domain::activity::ActivityCommand;
use domain::target::{NewLevel, TargetCommand};
use domain::target_type::TargetTypeCommand;
use domain::{Order, named_by};
use events::{Aggregate, SaleId, StreamName};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::route::Decoded;
use crate::call::Call;

/// Streams remembered before those whose lines have ended are forgotten.
const REMEMBERED_MAX: usize = 2_048;

/// The end of the last line on each stream.
#[derive(Debug, Default)]
pub(super) struct Lanes(HashMap<StreamName, CancellationToken>);

/// A line's place behind others; dropped, it lets the next ones run.
#[derive(Debug)]
pub(super) struct Turn {
    before: Vec<CancellationToken>,
    _ended: DropGuard,
}

impl Lanes {
    /// Takes the place of a line: lines only ever wait for earlier ones, so none waits for ever.
    pub(super) fn turn(&mut self, decoded: &Decoded, call: &Call) -> Turn {
        let tenant = StreamName::of_tenant(&call.tenant);
        let named = named_by(&decoded.order, &call.actor);
        let any_target = any_target(&decoded.order);
        let named = named.iter().chain([&tenant, &decoded.stream]).chain(&any_target);
        let before = match brings_members(&decoded.order) {
            true => self.0.values().cloned().collect(),
            false => named.filter_map(|stream| self.0.get(stream).cloned()).collect(),
        };
        let ended = CancellationToken::new();
        self.0.extend(written_beside(&decoded.order).map(|stream| (stream, ended.clone())));
        self.0.insert(decoded.stream.clone(), ended.clone());
        if self.0.len() > REMEMBERED_MAX {
            self.0.retain(|_, ended| !ended.is_cancelled());
        }
        Turn { before, _ended: ended.drop_guard() }
    }
}

/// ST-8: whether the order writes rows of users who are not known before it is carried out.
fn brings_members(order: &Order) -> bool {
    let Order::Target(TargetCommand::AddTarget(new)) = order else { return false };
    matches!(new.level, NewLevel::Group { .. })
}

/// Stands for all targets at once, of which a group's row may write any.
fn any_target(order: &Order) -> Option<StreamName> {
    let about_targets = matches!(
        order,
        Order::Target(_) | Order::TargetType(TargetTypeCommand::PasteTargets { .. })
    );
    about_targets.then(|| StreamName::new(Aggregate::Target, ""))
}

/// The sale that something is created from the guide of (SG-12, SG-13); all targets, for the row of a group.
fn written_beside(order: &Order) -> Option<StreamName> {
    if brings_members(order) {
        return any_target(order);
    }
    let Order::Activity(command) = order else { return None };
    let sale = match command {
        ActivityCommand::CreateFromGuideItem(new) => Some(new.sale),
        ActivityCommand::CreateDocument(new) => new.item.and(new.sale),
        _ => None,
    };
    sale.map(SaleId::stream)
}

impl Turn {
    /// Waits until every line before it has ended.
    pub(super) async fn come(&self) {
        for ended in &self.before {
            ended.cancelled().await;
        }
    }
}
