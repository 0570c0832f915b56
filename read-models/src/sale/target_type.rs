//! A type of sales targets, version by version (ST-1 to ST-6). The type that everybody has is no row.

use events::TargetTypeEvent;
use events::target_type::{Dimension, TargetTypeTerms, Unit};
use uuid::Uuid;

/// A type of targets at one version.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TargetType {
    pub target_type_id: Uuid,
    pub dimension: Dimension,
    pub unit: Unit,
    pub terms: TargetTypeTerms,
    pub deleted: bool,
}

/// The type after `fact`, or what is wrong with the stream.
pub(super) fn target_type(
    target_type_id: Uuid,
    before: Option<&TargetType>,
    fact: &TargetTypeEvent,
) -> Result<TargetType, &'static str> {
    let before = || before.cloned().ok_or("a type of targets that was never defined");
    match fact {
        TargetTypeEvent::Defined { dimension, unit, terms } => Ok(TargetType {
            target_type_id,
            dimension: dimension.clone(),
            unit: *unit,
            terms: terms.clone(),
            deleted: false,
        }),
        TargetTypeEvent::Edited(terms) => Ok(TargetType { terms: terms.clone(), ..before()? }),
        TargetTypeEvent::Deleted {} => Ok(TargetType { deleted: true, ..before()? }),
    }
}

#[cfg(test)]
mod tests {
    use events::{ListKey, LocalName, TypeName};

    use super::*;

    fn terms(item: &str) -> TargetTypeTerms {
        TargetTypeTerms {
            name: LocalName::english(TypeName::parse("By source").unwrap()),
            items: vec![ListKey::parse(item).unwrap()],
            groups_only: item == "fair",
        }
    }

    #[test]
    fn dimension_and_unit_outlive_a_change_of_the_terms_st_1() {
        let (dimension, unit) = (Dimension::Source, Unit::Profit);
        let defined = TargetTypeEvent::Defined { dimension, unit, terms: terms("web") };
        let of = |before, fact: &TargetTypeEvent| target_type(Uuid::nil(), before, fact);
        let first = of(None, &defined).unwrap();
        let edited = of(Some(&first), &TargetTypeEvent::Edited(terms("fair"))).unwrap();
        assert_eq!((edited.dimension.clone(), edited.unit), (Dimension::Source, Unit::Profit));
        assert!(edited.terms.groups_only && !edited.deleted);
        let gone = of(Some(&edited), &TargetTypeEvent::Deleted {}).unwrap();
        assert_eq!(gone, TargetType { deleted: true, ..edited.clone() });
        assert!(of(None, &TargetTypeEvent::Deleted {}).is_err());
    }
}
