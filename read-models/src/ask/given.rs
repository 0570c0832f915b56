//! Query parameters as they were given, taken one by one; what nobody takes is refused by name.

use std::collections::BTreeMap;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use events::CurrencyCode;
use http::request::Parts;
use service_runtime::{Params, Problem};

use super::Fingerprint;

/// The parameters of one request that were not taken yet.
#[derive(Debug, Default)]
pub(crate) struct Given {
    values: BTreeMap<String, String>,
    fingerprint: Fingerprint,
    /// Whoever takes it: amounts are compared in it too.
    currency: Option<CurrencyCode>,
}

impl Given {
    /// The parameters of a request that is told apart from others by its fingerprint.
    pub fn new(values: BTreeMap<String, String>, fingerprint: Fingerprint) -> Self {
        let currency = values.get("currency").and_then(|text| CurrencyCode::parse(text).ok());
        Self { values, fingerprint, currency }
    }

    /// Groups of parameters, nothing left over.
    pub fn all<T: FromGiven>(mut self) -> Result<T, Problem> {
        let asked = T::from_given(&mut self)?;
        self.finish()?;
        Ok(asked)
    }

    /// A parameter of any type that is read from text.
    pub fn take<T: FromStr>(
        &mut self,
        name: &'static str,
        rule: &str,
    ) -> Result<Option<T>, Problem> {
        let text = self.text(name);
        text.map(|text| text.parse().map_err(|_| bad(name, rule))).transpose()
    }

    /// What identifies the question, page by page.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The currency of the answer, if one is asked for that there is.
    pub fn currency(&self) -> Option<CurrencyCode> {
        self.currency
    }

    /// What was not taken yet.
    pub fn left(&self) -> &BTreeMap<String, String> {
        &self.values
    }

    /// A text, as it is.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        self.values.remove(name)
    }

    /// One or more texts separated by commas.
    pub fn list(&mut self, name: &'static str) -> Result<Option<Vec<String>>, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let items: Vec<String> = text.split(',').map(|item| item.trim().to_owned()).collect();
        if items.iter().any(String::is_empty) {
            return Err(bad(name, "must be one or more values separated by commas"));
        }
        Ok(Some(items))
    }

    /// A list whose items are all read by `parse`; kept as the texts that SQL compares.
    pub fn list_of<T>(
        &mut self,
        name: &'static str,
        rule: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<Vec<T>>, Problem> {
        let Some(items) = self.list(name)? else {
            return Ok(None);
        };
        let parsed: Option<Vec<T>> = items.iter().map(|item| parse(item)).collect();
        parsed.map(Some).ok_or_else(|| bad(name, rule))
    }

    /// Refuses what nobody took.
    fn finish(self) -> Result<(), Problem> {
        match self.values.into_keys().next() {
            None => Ok(()),
            Some(name) => {
                let detail = "is not a parameter of this question";
                Err(Problem::bad_parameter("unknown_parameter", &name, detail))
            }
        }
    }
}

/// 400: a parameter that breaks a rule.
pub(crate) fn bad(name: &str, rule: &str) -> Problem {
    Problem::bad_parameter("bad_parameter", name, rule)
}

/// A group of parameters that belong together.
pub(crate) trait FromGiven: Sized {
    /// Takes its parameters.
    fn from_given(given: &mut Given) -> Result<Self, Problem>;
}

impl FromGiven for () {
    fn from_given(_: &mut Given) -> Result<Self, Problem> {
        Ok(())
    }
}

impl<A: FromGiven, B: FromGiven> FromGiven for (A, B) {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        Ok((A::from_given(given)?, B::from_given(given)?))
    }
}

impl<A: FromGiven, B: FromGiven, C: FromGiven> FromGiven for (A, B, C) {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        Ok((A::from_given(given)?, B::from_given(given)?, C::from_given(given)?))
    }
}

impl<A: FromGiven, B: FromGiven, C: FromGiven, D: FromGiven> FromGiven for (A, B, C, D) {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let ((a, b), (c, d)) = FromGiven::from_given(given)?;
        Ok((a, b, c, d))
    }
}

impl<A: FromGiven, B: FromGiven, C: FromGiven, D: FromGiven, E: FromGiven> FromGiven
    for (A, B, C, D, E)
{
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let ((a, b), (c, d, e)) = FromGiven::from_given(given)?;
        Ok((a, b, c, d, e))
    }
}

impl<A: FromGiven, B: FromGiven, C: FromGiven, D: FromGiven, E: FromGiven, F: FromGiven> FromGiven
    for (A, B, C, D, E, F)
{
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let ((a, b, c), (d, e, f)) = FromGiven::from_given(given)?;
        Ok((a, b, c, d, e, f))
    }
}

impl<
    A: FromGiven,
    B: FromGiven,
    C: FromGiven,
    D: FromGiven,
    E: FromGiven,
    F: FromGiven,
    G: FromGiven,
> FromGiven for (A, B, C, D, E, F, G)
{
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let ((a, b, c), (d, e, f, g)) = FromGiven::from_given(given)?;
        Ok((a, b, c, d, e, f, g))
    }
}

/// Groups of parameters, nothing left over; repeated ones were refused by [`Params`].
pub(crate) struct Asked<T>(pub T);

impl<T: FromGiven, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Params(values) = Params::from_request_parts(parts, state).await?;
        let fingerprint = Fingerprint::of(parts.uri.path(), &values);
        Given::new(values, fingerprint).all().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> Given {
        let owned = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Given::new(owned.collect(), Fingerprint::default())
    }

    #[test]
    fn what_nobody_takes_is_refused_by_name() {
        let mut parameters = given(&[("limit", "5"), ("colour", "red")]);
        assert_eq!(parameters.take::<i64>("limit", "").unwrap(), Some(5));
        let refused = parameters.finish().unwrap_err();
        assert_eq!(refused.code(), "unknown_parameter");
        assert!(refused.detail().contains("colour"));
    }

    #[test]
    fn a_list_has_no_empty_items() {
        assert_eq!(
            given(&[("owner", "ola, kari")]).list("owner").unwrap().unwrap(),
            ["ola", "kari"]
        );
        for empty in ["", ",", "ola,"] {
            assert!(given(&[("owner", empty)]).list("owner").is_err(), "{empty:?}");
        }
    }
}
