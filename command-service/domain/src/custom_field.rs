//! Custom fields: what a tenant may define, and what a sale may hold in them (SO-30, SO-F35).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use events::money::parse_decimal;
use events::{
    Event, FieldDefinition, FieldKind, FieldText, FieldValue, ListKey, SaleEvent, TenantEvent,
};

use crate::{Decision, Refusal};

/// Fields of a tenant at most, removed ones included.
pub const FIELDS_MAX: usize = 100;

/// Fields on the first tab at most (SO-30).
pub const PROMOTED_MAX: usize = 3;

/// A field that was defined once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownField {
    /// As it was defined last.
    pub definition: FieldDefinition,
    /// Taken away again; its key keeps its kind.
    pub removed: bool,
}

/// The fields of a tenant by key.
pub type KnownFields = BTreeMap<ListKey, KnownField>;

/// A value as it was given, before its field is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenValue {
    /// A text: a text, a number, a date or the key of an item.
    Text(String),
    /// Yes or no.
    Boolean(bool),
}

/// Defines a field, or defines it anew: its kind stays for ever.
pub(crate) fn define(known: &KnownFields, new: FieldDefinition) -> Result<Decision, Refusal> {
    let before = known.get(&new.key);
    if before.is_some_and(|before| !before.removed && before.definition == new) {
        return Ok(Decision::nothing());
    }
    if before.is_some_and(|before| before.definition.kind != new.kind) {
        return Err(Refusal::FieldKindFixed);
    }
    if before.is_none() && known.len() >= FIELDS_MAX {
        return Err(Refusal::TooManyFields);
    }
    let others = known.values().filter(|other| other.definition.key != new.key);
    let promoted = others.filter(|other| !other.removed && other.definition.promoted).count();
    if new.promoted && promoted >= PROMOTED_MAX {
        return Err(Refusal::TooManyPromoted);
    }
    Ok(Decision::of([Event::Tenant(TenantEvent::CustomFieldDefined(new))]))
}

/// Takes a field away; nothing when it is away already.
pub(crate) fn remove(known: &KnownFields, key: ListKey) -> Result<Decision, Refusal> {
    match known.get(&key) {
        None => Err(Refusal::UnknownField),
        Some(KnownField { removed: true, .. }) => Ok(Decision::nothing()),
        Some(_) => Ok(Decision::of([Event::Tenant(TenantEvent::CustomFieldRemoved { key })])),
    }
}

/// Sets fields of a sale by their definitions: one fact a changed field, all or none (SO-5).
pub(crate) fn set(
    held: &BTreeMap<ListKey, FieldValue>,
    known: &KnownFields,
    given: BTreeMap<ListKey, Option<GivenValue>>,
) -> Result<Vec<SaleEvent>, Refusal> {
    let mut events = Vec::new();
    for (key, given) in given {
        let field = known.get(&key).filter(|field| !field.removed).ok_or(Refusal::UnknownField)?;
        let value = given.map(|given| value_of(&field.definition, given)).transpose()?;
        if held.get(&key) != value.as_ref() {
            events.push(SaleEvent::CustomFieldSet { key, value });
        }
    }
    Ok(events)
}

fn value_of(field: &FieldDefinition, given: GivenValue) -> Result<FieldValue, Refusal> {
    let value = match (field.kind, given) {
        (FieldKind::Boolean, GivenValue::Boolean(yes)) => Some(FieldValue::Boolean(yes)),
        (FieldKind::Text, GivenValue::Text(text)) => {
            FieldText::given(&text).ok().map(FieldValue::Text)
        }
        (FieldKind::Number, GivenValue::Text(text)) => {
            parse_decimal("number", &text).ok().map(FieldValue::Number)
        }
        (FieldKind::Date, GivenValue::Text(text)) => day(&text).map(FieldValue::Date),
        (FieldKind::List, GivenValue::Text(text)) => ListKey::parse(&text)
            .ok()
            .filter(|key| field.items.iter().any(|item| item.key == *key))
            .map(FieldValue::List),
        (FieldKind::Boolean, GivenValue::Text(_))
        | (
            FieldKind::Text | FieldKind::Number | FieldKind::Date | FieldKind::List,
            GivenValue::Boolean(_),
        ) => None,
    };
    value.ok_or(Refusal::FieldValueInvalid)
}

/// A day of the years 1900 to 9999, written in full.
fn day(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == 10 && ("1900-01-01"..="9999-12-31").contains(&text)).then_some(day)
}

#[cfg(test)]
mod tests {
    use events::{FieldItem, LocalName, TypeName};

    use super::*;

    fn key(text: &str) -> ListKey {
        ListKey::parse(text).unwrap()
    }

    fn name(text: &str) -> LocalName {
        LocalName::english(TypeName::parse(text).unwrap())
    }

    fn field(at: &str, kind: FieldKind, promoted: bool) -> FieldDefinition {
        let items = match kind {
            FieldKind::List => vec![FieldItem { key: key("by-sea"), name: name("By sea") }],
            FieldKind::Text | FieldKind::Number | FieldKind::Date | FieldKind::Boolean => vec![],
        };
        FieldDefinition { key: key(at), name: name(at), kind, items, promoted }
    }

    fn known(fields: impl IntoIterator<Item = FieldDefinition>) -> KnownFields {
        let known = |definition: FieldDefinition| {
            (definition.key.clone(), KnownField { definition, removed: false })
        };
        fields.into_iter().map(known).collect()
    }

    #[test]
    fn three_fields_are_promoted_at_most_so_30() {
        let fields = ["a", "b", "c"].map(|at| field(at, FieldKind::Text, true));
        let all = known(fields.clone());
        assert_eq!(define(&all, field("d", FieldKind::Text, true)), Err(Refusal::TooManyPromoted));
        assert!(define(&all, field("d", FieldKind::Text, false)).is_ok());
        assert!(define(&all, fields[0].clone()).unwrap().is_nothing());
        let mut gone = all;
        gone.get_mut(&key("a")).unwrap().removed = true;
        assert!(define(&gone, field("d", FieldKind::Text, true)).is_ok());
    }

    #[test]
    fn a_key_keeps_its_kind_and_there_are_a_hundred_at_most_so_30() {
        let mut all =
            known((0..FIELDS_MAX).map(|n| field(&format!("f-{n}"), FieldKind::Text, false)));
        let kind = field("f-1", FieldKind::Number, false);
        assert_eq!(define(&all, kind.clone()), Err(Refusal::FieldKindFixed));
        all.get_mut(&key("f-1")).unwrap().removed = true;
        assert_eq!(define(&all, kind), Err(Refusal::FieldKindFixed), "also when it was removed");
        assert!(!define(&all, field("f-1", FieldKind::Text, false)).unwrap().is_nothing());
        let more = field("more", FieldKind::Text, false);
        assert_eq!(define(&all, more.clone()), Err(Refusal::TooManyFields));
        all.remove(&key("f-2"));
        assert!(define(&all, more).is_ok());
        assert_eq!(remove(&all, key("nobody")), Err(Refusal::UnknownField));
        assert!(remove(&all, key("f-1")).unwrap().is_nothing());
    }

    #[test]
    fn a_value_is_read_by_the_kind_of_its_field_so_f35() {
        let kinds = [FieldKind::Text, FieldKind::Number, FieldKind::Date, FieldKind::List];
        let all = known(
            kinds
                .into_iter()
                .chain([FieldKind::Boolean])
                .zip(["t", "n", "d", "l", "b"])
                .map(|(kind, at)| field(at, kind, false)),
        );
        let given = |at: &str, value: GivenValue| {
            set(&BTreeMap::new(), &all, BTreeMap::from([(key(at), Some(value))]))
        };
        let text = |text: &str| GivenValue::Text(text.to_owned());
        for (at, good) in [
            ("t", "Anything"),
            ("t", "Two\nlines"),
            ("n", "-12.50"),
            ("d", "2026-02-28"),
            ("l", "by-sea"),
        ] {
            assert_eq!(given(at, text(good)).map(|facts| facts.len()), Ok(1), "{at}");
            assert_eq!(given(at, GivenValue::Boolean(true)), Err(Refusal::FieldValueInvalid));
        }
        assert!(given("b", GivenValue::Boolean(false)).is_ok());
        for (at, bad) in [
            ("t", ""),
            ("t", "\u{200b}"),
            ("t", "\u{1b}[31m"),
            ("n", "1e3"),
            ("n", "twelve"),
            ("d", "2026-02-29"),
            ("d", "1899-12-31"),
            ("d", "2026-2-8"),
            ("l", "by-air"),
            ("b", "true"),
        ] {
            assert_eq!(given(at, text(bad)), Err(Refusal::FieldValueInvalid), "{at} {bad}");
        }
        assert_eq!(given("x", text("x")), Err(Refusal::UnknownField));
    }
}
