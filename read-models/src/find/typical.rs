//! Typical searches (SF-9): criteria with a name, usable as `typical=` wherever criteria are.

use axum::Json;
use events::{Criteria, LocalName};
use serde::Serialize;
use service_runtime::problem::QueryProblems;
use service_runtime::{Actor, Problem, Right};
use utoipa::ToSchema;

use super::criteria_schema::CriteriaJson;
use crate::ask::Asked;

/// A search people often make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Typical {
    /// What it is called in the address.
    key: &'static str,
    /// English, Norwegian and Dutch.
    names: [&'static str; 3],
    text: &'static str,
}

/// Those of SF-9 and their like. Amounts are in the currency of the answer.
const ALL: [Typical; 7] = [
    Typical {
        key: "due_next_month",
        names: [
            "Sales above 5 000 due next month",
            "Salg over 5 000 som skal lukkes neste måned",
            "Verkopen boven 5.000 die volgende maand sluiten",
        ],
        text: "status one_of open and amount gt 5000 and sale_date next_months 1",
    },
    Typical {
        key: "my_stalled",
        names: ["My stalled sales", "Mine utsatte salg", "Mijn uitgestelde verkopen"],
        text: "status one_of stalled and owner one_of @me",
    },
    Typical {
        key: "proposals_this_month",
        names: [
            "Proposals sent this month",
            "Tilbud sendt denne måneden",
            "Deze maand verzonden offertes",
        ],
        text: "activity.kind one_of document and activity.completed_on this_month",
    },
    Typical {
        key: "open_this_year",
        names: [
            "Open sales of this year above 5 000",
            "Åpne salg i år over 5 000",
            "Open verkopen van dit jaar boven 5.000",
        ],
        text: "status one_of open and sale_date this_year and amount gt 5000",
    },
    Typical {
        key: "won_this_year",
        names: ["Sold this year", "Solgt i år", "Dit jaar verkocht"],
        text: "status one_of won and sale_date this_year",
    },
    Typical {
        key: "forgotten",
        names: ["Forgotten sales", "Glemte salg", "Vergeten verkopen"],
        text: "status one_of open and has_open_activity is false",
    },
    Typical {
        key: "overdue",
        names: [
            "Open sales whose date has passed",
            "Åpne salg der datoen er passert",
            "Open verkopen waarvan de datum is verstreken",
        ],
        text: "status one_of open and overdue_sale_date is true",
    },
];

impl Typical {
    /// The one with this key.
    pub fn parse(key: &str) -> Option<Self> {
        ALL.into_iter().find(|typical| typical.key == key)
    }

    /// What a parameter must be.
    pub fn rule() -> String {
        format!("must be one of {}", ALL.map(|typical| typical.key).join(", "))
    }

    /// What it asks.
    pub fn criteria(self) -> Criteria {
        Criteria::parse(self.text).expect("invariant: every typical search can be asked")
    }
}

/// A typical search.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TypicalSearch {
    /// What `typical=` takes.
    #[schema(example = "forgotten")]
    key: &'static str,
    /// Its name in English.
    name: &'static str,
    /// Its name by language: `en`, `nb`, `nl`.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    names: LocalName,
    /// As `criteria=` takes it.
    #[schema(example = "status one_of open and has_open_activity is false")]
    text: String,
    /// As a body takes it.
    #[schema(value_type = CriteriaJson)]
    criteria: Criteria,
}

/// Typical searches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TypicalSearches {
    typical_searches: Vec<TypicalSearch>,
}

/// Searches people often make
#[utoipa::path(
    get,
    path = "/v1/typical-searches",
    tag = "sales",
    responses((status = 200, description = "All of them", body = TypicalSearches), QueryProblems)
)]
pub(crate) async fn typical_searches(
    actor: Actor,
    Asked(nothing): Asked<()>,
) -> Result<Json<TypicalSearches>, Problem> {
    actor.require(Right::ReadTenant)?;
    let () = nothing;
    let shown = |typical: Typical| {
        let criteria = typical.criteria();
        TypicalSearch {
            key: typical.key,
            name: typical.names[0],
            names: names(typical.names),
            text: criteria.to_string(),
            criteria,
        }
    };
    Ok(Json(TypicalSearches { typical_searches: ALL.map(shown).into() }))
}

fn names(names: [&'static str; 3]) -> LocalName {
    let names = LocalName::LANGUAGES.into_iter().zip(names);
    let names = names.map(|(language, name)| (language.to_owned(), name.to_owned()));
    LocalName::try_from(names.collect::<std::collections::BTreeMap<_, _>>())
        .expect("invariant: every name is a name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_typical_search_can_be_asked_and_is_written_as_it_is_read_sf_9() {
        for typical in ALL {
            assert_eq!(typical.criteria().to_string(), typical.text);
            assert_eq!(Typical::parse(typical.key), Some(typical));
            assert!(names(typical.names).spellings().len() == 3);
        }
        assert_eq!(Typical::parse("remembered"), None);
    }
}
