//! `Accept-Language`: in which of the product's languages labels are shown. A preference and no demand: whatever cannot
//! be read counts for nothing, and English is always there.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::header::ACCEPT_LANGUAGE;
use http::request::Parts;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// The languages of the product; the first is shown when none of them is asked for.
const LANGUAGES: [&str; 3] = ["en", "nb", "nl"];

/// Entries that are looked at; more are no preference of a person.
const ENTRIES_MAX: usize = 32;

/// The best of the product's languages for a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptLanguage(&'static str);

impl AcceptLanguage {
    /// `en`, `nb` or `nl`.
    #[must_use]
    pub fn best(self) -> &'static str {
        self.0
    }

    /// Reads the header (RFC 9110, 12.5.4): entries by weight, of equal ones the first.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut best: Option<(f32, &'static str)> = None;
        for entry in text.split(',').take(ENTRIES_MAX) {
            let mut parts = entry.split(';').map(str::trim);
            let language = parts.next().and_then(of_ours);
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), weight);
            if let (Some(language), Some(weight)) = (language, weight)
                && weight > best.map_or(0.0, |(most, _)| most)
            {
                best = Some((weight, language));
            }
        }
        Self(best.map_or(LANGUAGES[0], |(_, language)| language))
    }
}

/// A language of the product by its tag, `nb-NO` as well as `nb`; Norwegian of any kind is `nb`.
fn of_ours(tag: &str) -> Option<&'static str> {
    let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    match primary.as_str() {
        "*" => Some(LANGUAGES[0]),
        "no" | "nn" => Some("nb"),
        primary => LANGUAGES.into_iter().find(|language| *language == primary),
    }
}

fn weight(text: &str) -> Option<f32> {
    text.parse().ok().filter(|weight| (0.0..=1.0).contains(weight))
}

impl<S: Send + Sync> FromRequestParts<S> for AcceptLanguage {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let sent = parts.headers.get_all(ACCEPT_LANGUAGE).iter();
        let sent: Vec<&str> = sent.filter_map(|value| value.to_str().ok()).collect();
        Ok(Self::parse(&sent.join(",")))
    }
}

impl utoipa::IntoParams for AcceptLanguage {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = ObjectBuilder::new().schema_type(Type::String).build();
        let header = ParameterBuilder::new()
            .name("Accept-Language")
            .parameter_in(ParameterIn::Header)
            .description(Some(
                "Language of labels: en, nb or nl; English when none of them is asked for.",
            ))
            .schema(Some(text));
        vec![header.build()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_wanted_most_is_shown() {
        for (header, best) in [
            ("", "en"),
            ("nb", "nb"),
            ("nb-NO, en;q=0.8", "nb"),
            ("no", "nb"),
            ("nn-NO", "nb"),
            ("de-DE, nl;q=0.5, en;q=0.4", "nl"),
            ("en;q=0.2,NL ; q=0.9", "nl"),
            ("nl, nb", "nl"),
            ("de, fr;q=0.9", "en"),
            ("nl;q=0", "en"),
            ("nl;q=2, nb;q=-1", "en"),
            ("nl;q=x", "en"),
            ("*", "en"),
            (",,;;q=,", "en"),
        ] {
            assert_eq!(AcceptLanguage::parse(header).best(), best, "{header:?}");
        }
        let beyond = format!("{}nl", "de,".repeat(ENTRIES_MAX));
        assert_eq!(AcceptLanguage::parse(&beyond).best(), "en", "the 33rd entry is not looked at");
        let last = format!("{}nl", "de,".repeat(ENTRIES_MAX - 1));
        assert_eq!(AcceptLanguage::parse(&last).best(), "nl", "the 32nd is");
    }
}
