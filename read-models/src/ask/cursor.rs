//! Cursors: where the next page begins, pinned to a position and a moment, valid only for the same question
//! of the same tenant. Opaque to clients, checked field by field when they come back.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};
use events::TenantSlug;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Rises when the meaning of a cursor's fields changes; older ones are refused then.
const SHAPE: u8 = 2;

/// Parameters that may differ from page to page.
const PAGING: [&str; 3] = ["cursor", "limit", "min_position"];

/// What identifies a question: its path and its parameters, without those of paging.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// Of a path and its parameters.
    pub fn of(path: &str, parameters: &BTreeMap<String, String>) -> Self {
        let asked = parameters.iter().filter(|(name, _)| !PAGING.contains(&name.as_str()));
        Self::hash([path].into_iter().chain(asked.flat_map(|(name, value)| [name.as_str(), value])))
    }

    /// Bound to a tenant and a place: a cursor with another number in it is none of ours.
    fn bound(self, tenant: &TenantSlug, place: &Pinned) -> String {
        let own = URL_SAFE_NO_PAD.encode(self.0);
        let Pinned { position, at, offset } = place;
        let place = format!("{position} {} {offset}", at.timestamp_micros());
        URL_SAFE_NO_PAD.encode(Self::hash([own.as_str(), tenant.as_str(), place.as_str()]).0)
    }

    fn hash<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut short = [0; 16];
        short.copy_from_slice(&hash.finalize()[..16]);
        Self(short)
    }
}

/// A page's place: everything before `offset`, as it was at `position` and `at`, has been answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pinned {
    pub position: i64,
    pub at: DateTime<Utc>,
    pub offset: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    v: u8,
    p: i64,
    a: i64,
    o: i64,
    f: String,
}

impl Pinned {
    /// As text.
    pub fn write(self, question: Fingerprint, tenant: &TenantSlug) -> String {
        let written = Written {
            v: SHAPE,
            p: self.position,
            a: self.at.timestamp_micros(),
            o: self.offset,
            f: question.bound(tenant, &self),
        };
        let json = serde_json::to_vec(&written).expect("invariant: numbers and text encode");
        URL_SAFE_NO_PAD.encode(json)
    }

    /// Reads a cursor of this question; nothing for any other text.
    pub fn read(text: &str, question: Fingerprint, tenant: &TenantSlug) -> Option<Self> {
        let json = URL_SAFE_NO_PAD.decode(text).ok()?;
        let written: Written = serde_json::from_slice(&json).ok()?;
        let at = DateTime::from_timestamp_micros(written.a)?;
        let place = Self { position: written.p, at, offset: written.o };
        let fits = written.v == SHAPE
            && written.p >= 0
            && (1..=1_000_000_000).contains(&written.o)
            && (0..=9999).contains(&at.year())
            && written.f == question.bound(tenant, &place);
        fits.then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(owner: &str, limit: &str) -> Fingerprint {
        let parameters = [("owner", owner), ("limit", limit)];
        let owned = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Fingerprint::of("/v1/sales", &owned.into_iter().collect())
    }

    #[test]
    fn a_cursor_is_valid_for_its_question_and_tenant_only() {
        let (demo, other) =
            (TenantSlug::parse("demo").unwrap(), TenantSlug::parse("other").unwrap());
        let at = DateTime::from_timestamp(1_773_144_000, 0).unwrap();
        let pinned = Pinned { position: 12, at, offset: 50 };
        let text = pinned.write(question("ola", "50"), &demo);
        assert_eq!(
            Pinned::read(&text, question("ola", "500"), &demo),
            Some(pinned),
            "limit may change"
        );
        assert_eq!(Pinned::read(&text, question("kari", "50"), &demo), None);
        assert_eq!(Pinned::read(&text, question("ola", "50"), &other), None);
    }

    #[test]
    fn a_cursor_with_another_number_in_it_is_refused() {
        let demo = TenantSlug::parse("demo").unwrap();
        let at = DateTime::from_timestamp(1_773_144_000, 0).unwrap();
        let text = Pinned { position: 12, at, offset: 50 }.write(question("ola", "50"), &demo);
        let json = String::from_utf8(URL_SAFE_NO_PAD.decode(&text).unwrap()).unwrap();
        for (one, other) in
            [("\"p\":12", "\"p\":13"), ("\"o\":50", "\"o\":51"), ("000000,", "000001,")]
        {
            let altered = json.replace(one, other);
            assert_ne!(altered, json);
            let altered = URL_SAFE_NO_PAD.encode(altered);
            assert_eq!(Pinned::read(&altered, question("ola", "50"), &demo), None, "{other}");
        }
    }

    #[test]
    fn a_text_that_is_no_cursor_is_refused() {
        let demo = TenantSlug::parse("demo").unwrap();
        let forged = URL_SAFE_NO_PAD.encode(br#"{"v":2,"p":1,"a":0,"o":-1,"f":""}"#);
        for text in ["", "next", "eyJ2IjoxfQ", forged.as_str()] {
            assert_eq!(Pinned::read(text, question("ola", "50"), &demo), None, "{text}");
        }
    }

    #[test]
    fn a_cursor_of_a_moment_no_question_can_name_is_refused() {
        let demo = TenantSlug::parse("demo").unwrap();
        for (year, fits) in
            [(-29_719, false), (-1, false), (0, true), (9999, true), (10_000, false)]
        {
            let day = chrono::NaiveDate::from_ymd_opt(year, 6, 1).unwrap();
            let at = day.and_time(chrono::NaiveTime::MIN).and_utc();
            let text = Pinned { position: 12, at, offset: 50 }.write(question("ola", "50"), &demo);
            let read = Pinned::read(&text, question("ola", "50"), &demo);
            assert_eq!(read.is_some(), fits, "{year}");
        }
    }
}
