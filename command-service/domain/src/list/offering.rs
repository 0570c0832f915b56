//! What a list offers to commands of others (SO-19, SO-F5, SD-1).

use events::activity::Kind;
use events::shipped::shipped;
use events::{ListItem, ListKey, ListName};

use super::List;
use crate::{Context, References, Refusal};

impl List {
    /// Whether a command may say this text for an item: the key, or the label in any language, of one that can be chosen.
    /// As with keys, any other text goes until the list is maintained, unless it is that of a deleted item.
    fn offers_text(&self, list: ListName, text: &str) -> bool {
        let says = |item: &ListItem| item.key.as_str() == text || item.labels.reads(text);
        let deleted = self.items.values().filter(|kept| kept.deleted);
        let kept = self.items.values().filter(|kept| !kept.deleted);
        let untouched =
            shipped(list).into_iter().filter(|item| !self.items.contains_key(&item.key));
        kept.map(|kept| &kept.item).any(says)
            || untouched.into_iter().any(|item| says(&item))
            || !self.maintained && !deleted.map(|kept| &kept.item).any(says)
    }
}

/// SO-19: refuses a key that the list does not offer.
///
/// # Errors
/// `unknown_list_item` at `pointer`.
pub(crate) fn offered(
    list: ListName,
    key: &ListKey,
    pointer: &'static str,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let offers = context.references.list(list).is_none_or(|known| known.offers(list, key));
    if offers || context.imports() {
        return Ok(());
    }
    Err(Refusal::UnknownListItem { list, pointer })
}

/// SO-F5: refuses a text that is neither key nor label of what the list offers.
///
/// # Errors
/// `unknown_list_item` at `pointer`.
pub(crate) fn offered_text(
    list: ListName,
    text: &str,
    pointer: &'static str,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let known = context.references.list(list);
    if known.is_none_or(|known| known.offers_text(list, text)) || context.imports() {
        return Ok(());
    }
    Err(Refusal::UnknownListItem { list, pointer })
}

/// SD-1: refuses a type of follow-ups that is not there to choose, and one of another kind. Unlike other lists this one
/// holds commands to its items from the beginning, since a key without an item belongs to no kind; an importer may bring
/// any key, though not an item of another kind.
///
/// # Errors
/// `unknown_list_item` or `type_of_another_kind`, both at `/type`.
pub(crate) fn offered_type(
    key: &ListKey,
    kind: Kind,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let list = ListName::FollowUpType;
    let found = context.references.list(list).and_then(|known| known.item(list, key));
    let of_kind = found.as_ref().is_none_or(|found| found.item.kind == Some(kind));
    let offered = found.is_some_and(|found| !found.deleted) || context.imports();
    match (offered, of_kind) {
        (false, _) => Err(Refusal::UnknownListItem { list, pointer: "/type" }),
        (true, false) => Err(Refusal::TypeOfAnotherKind),
        (true, true) => Ok(()),
    }
}

/// SD-3: how long follow-ups of a type usually last, also of one that is offered no longer.
pub(crate) fn minutes_of_type(key: &ListKey, known: &References) -> Option<u16> {
    let list = ListName::FollowUpType;
    known.list(list)?.item(list, key)?.item.minutes
}

#[cfg(test)]
mod tests {
    use events::{Aggregate, Event, ListEvent, LocalName};

    use super::*;
    use crate::Decider;

    const TYPES: ListName = ListName::FollowUpType;
    const GROUPS: ListName = ListName::SaleTypeCategory;

    fn item(list: ListName, key: &str, label: &str, kind: Option<Kind>) -> ListItem {
        let labels = [("nb".to_owned(), label.to_owned())];
        ListItem {
            list,
            key: ListKey::parse(key).unwrap(),
            labels: LocalName::try_from(std::collections::BTreeMap::from(labels)).unwrap(),
            rank: 5,
            kind,
            minutes: Some(120),
        }
    }

    fn after(facts: &[ListEvent]) -> List {
        facts.iter().fold(List::default(), List::evolve)
    }

    /// SO-F5, SO-19.
    #[test]
    fn a_text_is_key_or_label_of_an_item_in_any_language_once_a_list_is_maintained_so_f5() {
        let any = List::default();
        assert!(any.offers_text(GROUPS, "Whatever") && any.offers_text(GROUPS, "Fornyelse"));
        let rental = item(GROUPS, "rental", "Utleie", None);
        let kept = after(&[ListEvent::ItemAdded(rental.clone())]);
        for said in ["rental", "Utleie", "renewal", "Renewal", "Fornyelse", "Verlenging"] {
            assert!(kept.offers_text(GROUPS, said), "{said}");
        }
        for said in ["Rental", "utleie", "Whatever", ""] {
            assert!(!kept.offers_text(GROUPS, said), "{said}");
        }
        let renewal = shipped(GROUPS).into_iter().find(|item| item.key.as_str() == "renewal");
        let gone = after(&[ListEvent::ItemDeleted(renewal.unwrap())]);
        assert!(!gone.offers_text(GROUPS, "Fornyelse") && !gone.offers_text(GROUPS, "renewal"));
        assert!(gone.offers_text(GROUPS, "Whatever"), "nobody added an item yet");
    }

    /// SD-1, SD-3.
    #[test]
    fn a_type_has_the_kind_and_the_length_of_its_item_sd_1_sd_3() {
        let visit = item(TYPES, "harbour-visit", "Havnebesøk", Some(Kind::Meeting));
        let list = Event::List(ListEvent::ItemAdded(visit.clone()));
        let mut known = References::default();
        let minutes =
            |known: &References, key: &str| minutes_of_type(&ListKey::parse(key).unwrap(), known);
        assert_eq!(minutes(&known, "customer-visit"), None, "never looked up");
        let empty = crate::State::empty(Aggregate::List);
        known.insert(TYPES.stream(), empty.clone().evolve(&list));
        assert_eq!(minutes(&known, "harbour-visit"), Some(120));
        assert_eq!(minutes(&known, "customer-visit"), Some(90), "shipped");
        assert_eq!(minutes(&known, "phone-call"), None);
        assert_eq!(minutes(&known, "nowhere"), None);
        let gone = empty.evolve(&list).evolve(&Event::List(ListEvent::ItemDeleted(visit)));
        known.insert(TYPES.stream(), gone);
        assert_eq!(minutes(&known, "harbour-visit"), Some(120), "what is of it keeps its length");
    }
}
