//! Where the sales behind a figure are found (SF-6): a list's path and query, with everything the question was asked with.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use events::criteria::{Block, Criterion, Fault, Field, Operator};
use events::{Criteria, TenantSlug};
use service_runtime::Problem;

use super::filters::ABSENT;
use super::given::{FromGiven, Given};
use super::{Fingerprint, Pinned};

/// What a question was asked with, before anything was taken of it: first in the tuple of a question's parameters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Drill {
    given: BTreeMap<String, String>,
}

impl FromGiven for Drill {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        Ok(Self { given: given.left().clone() })
    }
}

impl Drill {
    /// What was asked with, by name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.given.keys().map(String::as_str)
    }

    /// Without the parameters that only the question itself takes.
    pub fn without(mut self, own: &[&str]) -> Self {
        self.given.retain(|name, _| !own.contains(&name.as_str()));
        self
    }

    /// A filter, in place of what was asked of the same field.
    pub fn with(&self, name: &str, value: impl ToString) -> Self {
        let mut narrowed = self.clone();
        narrowed.given.insert(name.to_owned(), value.to_string());
        narrowed
    }

    /// A filter by what a figure is grouped by; no key asks for sales that have none. A key that a list of values cannot
    /// hold is asked for by a criterion; so is a company beside stakeholders, where `company` means more than the one linked
    /// to, and what was asked of it has to stay.
    pub fn of_key(&self, name: &str, key: Option<&str>) -> Self {
        if name == "company" && self.includes_stakeholders() {
            return self.and(Field::Company, key);
        }
        match key {
            Some(key) if key.contains(',') || key.trim() != key || key == ABSENT => {
                match Field::parse(name) {
                    Ok(field) => self.and(field, Some(key)),
                    Err(_) => self.with(name, key),
                }
            }
            Some(key) => self.with(name, key),
            None if name == "stage" => self.with(name, "none"),
            None => self.with(name, ABSENT),
        }
    }

    fn includes_stakeholders(&self) -> bool {
        self.given.get("include_stakeholders").is_some_and(|asked| asked == "true")
    }

    /// A criterion more, in every block that is asked for; no key asks for sales that have nothing there.
    pub fn and(&self, field: Field, key: Option<&str>) -> Self {
        let operator = if key.is_some() { Operator::OneOf } else { Operator::IsEmpty };
        let values: Vec<String> = key.map(str::to_owned).into_iter().collect();
        let asked = self.given.get("criteria").map(|text| Criteria::parse(text));
        let narrowed = || {
            let one = Criterion::new(field, operator, values)?;
            let asked = asked.transpose()?.unwrap_or_default();
            let mut blocks: Vec<Vec<Criterion>> =
                asked.asking().map(|block| block.into_iter().cloned().collect()).collect();
            if blocks.is_empty() {
                blocks.push(Vec::new());
            }
            let blocks = blocks.into_iter().map(|mut block| {
                block.push(one.clone());
                Block::new(block)
            });
            Criteria::new(blocks.collect::<Result<Vec<Block>, Fault>>()?)
        };
        // a search that is as long as can be stays as wide as it was
        narrowed().map_or_else(|_| self.clone(), |criteria| self.with("criteria", criteria))
    }

    /// Sale dates within these days, which lie within those that were asked for already.
    pub fn dated(&self, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Self {
        let mut narrowed = self.clone();
        for (name, day) in [("sale_date_from", from), ("sale_date_to", to)] {
            if let Some(day) = day {
                narrowed = narrowed.with(name, day);
            }
        }
        narrowed
    }

    /// Path and query of a list.
    pub fn to(&self, path: &str) -> String {
        let pairs = self.given.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        let query = pairs.collect::<Vec<_>>().join("&");
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// The same, going on from where a page ended. The cursor stands last.
    pub fn going_on(&self, path: &str, from: Pinned, tenant: &TenantSlug) -> String {
        let cursor = from.write(Fingerprint::of(path, &self.given), tenant);
        let list = self.to(path);
        let joined = if self.given.is_empty() { '?' } else { '&' };
        format!("{list}{joined}cursor={cursor}")
    }

    /// The list of sales.
    pub fn to_sales(&self) -> String {
        self.to("/v1/sales")
    }
}

/// Percent-encoded, but for what means nothing in a query.
pub(crate) fn encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~,:()".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Drill {
        let owned = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Drill { given: owned.collect() }
    }

    #[test]
    fn a_drill_keeps_what_was_asked_and_narrows_it_sf_6() {
        let drill =
            asked(&[("owner", "ola,kari"), ("from", "2026-01-01"), ("title", "50 % & mer+")]);
        let drill = drill.without(&["from"]);
        assert_eq!(
            drill.of_key("reason", Some("price")).of_key("competitor", None).to_sales(),
            "/v1/sales?competitor=(none)&owner=ola,kari&reason=price&title=50%20%25%20%26%20mer%2B"
        );
        assert_eq!(
            drill.with("owner", "ola").to("/v1/x"),
            "/v1/x?owner=ola&title=50%20%25%20%26%20mer%2B"
        );
        assert_eq!(Drill::default().to_sales(), "/v1/sales");
    }

    #[test]
    fn a_company_beside_stakeholders_is_asked_for_by_a_criterion_sf_6_sk_7() {
        let id = "00000000-0000-0000-0000-000000000007";
        let plain = asked(&[("company", "a,b"), ("include_stakeholders", "false")]);
        assert_eq!(
            plain.of_key("company", Some(id)).to_sales(),
            format!("/v1/sales?company={id}&include_stakeholders=false")
        );
        let wide = asked(&[("company", "a,b"), ("include_stakeholders", "true")]);
        for (key, criteria) in [
            (Some(id), format!("company.id%20one_of%20{id}")),
            (None, "company.id%20is_empty".to_owned()),
        ] {
            assert_eq!(
                wide.of_key("company", key).to_sales(),
                format!("/v1/sales?company=a,b&criteria={criteria}&include_stakeholders=true")
            );
        }
    }

    #[test]
    fn letters_of_every_language_are_encoded() {
        assert_eq!(encoded("Ånes=\"1\""), "%C3%85nes%3D%221%22");
    }
}
