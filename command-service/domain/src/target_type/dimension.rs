//! By what sales are told apart (ST-2), and which items there are to choose from (ST-4). Units fit every dimension: each sale
//! has an amount and a profit, and is one (ST-3).

use std::collections::BTreeSet;

use events::target_type::Dimension;
use events::{
    Aggregate, CountryCode, FieldKind, ListKey, ListName, SaleTypeId, StreamName, TargetTypeId,
};
use uuid::Uuid;

use super::{DefinedTargetType, offered};
use crate::list::offered as in_list;
use crate::sale_type::SaleType;
use crate::{Context, References, Refusal};

/// The stream that says which type has a dimension.
pub(super) fn reservation(dimension: &Dimension) -> StreamName {
    StreamName::new(Aggregate::Name, format!("target-dimension/{}", dimension.word()))
}

/// Where the items of a dimension lie; those of own fields lie with the tenant, and countries are everybody's.
pub(super) fn streams<'a>(
    dimension: &Dimension,
    items: &'a [ListKey],
) -> impl Iterator<Item = StreamName> + use<'a> {
    let list = list_of(dimension).filter(|_| !items.is_empty());
    let of_types = if *dimension == Dimension::SaleType { items } else { &[] };
    let types = of_types.iter().filter_map(sale_type).map(SaleTypeId::stream);
    list.map(ListName::stream).into_iter().chain(types)
}

/// Where the item of a row to be added lies, once its type is known.
pub(crate) fn item_stream(
    id: TargetTypeId,
    item: Option<&ListKey>,
    known: &References,
) -> Vec<StreamName> {
    let Ok(kind) = offered(id, known) else { return Vec::new() };
    streams(&kind.dimension, item.map(std::slice::from_ref).unwrap_or_default()).collect()
}

fn list_of(dimension: &Dimension) -> Option<ListName> {
    match dimension {
        Dimension::Source => Some(ListName::Source),
        Dimension::Credited => Some(ListName::Credited),
        Dimension::Competitor => Some(ListName::Competitor),
        Dimension::CompanyCategory => Some(ListName::CompanyCategory),
        Dimension::CompanyBusiness => Some(ListName::CompanyBusiness),
        Dimension::AllSales
        | Dimension::SaleType
        | Dimension::CompanyCountry
        | Dimension::Field(_) => None,
    }
}

/// The items of the dimension of sale types are their ids.
fn sale_type(item: &ListKey) -> Option<SaleTypeId> {
    Uuid::try_parse(item.as_str()).ok().filter(|id| id.to_string() == item.as_str()).map(SaleTypeId)
}

/// Own fields: a dimension is a list of the tenant's (ST-2).
pub(super) fn exists(dimension: &Dimension, context: &Context<'_>) -> Result<(), Refusal> {
    let Dimension::Field(key) = dimension else { return Ok(()) };
    let field = context.references.tenant().fields().get(key);
    let is_list = field.is_some_and(|it| !it.removed && it.definition.kind == FieldKind::List);
    if is_list { Ok(()) } else { Err(Refusal::UnknownDimension) }
}

/// Goes on if the dimension has this item to choose.
fn chosen(dimension: &Dimension, item: &ListKey, context: &Context<'_>) -> Result<(), Refusal> {
    let known = context.references;
    let there = match dimension {
        Dimension::AllSales => false,
        Dimension::SaleType => {
            let kind = sale_type(item).and_then(|id| known.sale_type(id));
            matches!(kind, Some(SaleType::Defined(_)))
        }
        Dimension::CompanyCountry => CountryCode::of_item(item).is_ok(),
        Dimension::Source
        | Dimension::Credited
        | Dimension::Competitor
        | Dimension::CompanyCategory
        | Dimension::CompanyBusiness => {
            list_of(dimension).is_some_and(|list| in_list(list, item, "/item", context).is_ok())
        }
        Dimension::Field(key) => {
            let field = known.tenant().fields().get(key);
            let items = field.filter(|it| !it.removed).map(|it| &it.definition.items);
            items.is_some_and(|items| items.iter().any(|it| it.key == *item))
        }
    };
    if there { Ok(()) } else { Err(Refusal::UnknownTargetItem) }
}

/// ST-4: each item once, and each there to choose; those that were chosen before stay.
pub(super) fn all_chosen(
    dimension: &Dimension,
    items: &[ListKey],
    before: &[ListKey],
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for (at, item) in items.iter().enumerate() {
        let pointed = |refusal: Refusal| refusal.at(format!("/items/{at}"));
        if !seen.insert(item) {
            return Err(pointed(Refusal::ItemListedTwice));
        }
        if !before.contains(item) {
            chosen(dimension, item, context).map_err(pointed)?;
        }
    }
    Ok(())
}

/// Goes on if a row of this type may be about this item: one the type chose, any of the dimension when it chose none.
pub(crate) fn item_of(
    kind: &DefinedTargetType,
    item: Option<&ListKey>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    match item {
        None => Ok(()),
        Some(item) if kind.terms.items.is_empty() => chosen(&kind.dimension, item, context),
        Some(item) if kind.terms.items.contains(item) => Ok(()),
        Some(_) => Err(Refusal::UnknownTargetItem),
    }
}
