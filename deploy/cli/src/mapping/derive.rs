//! Ids and keys that come out the same every time: the reason an import can be run twice.

use events::TenantSlug;
use uuid::Uuid;

/// Namespace of every derived id; changing it would import every record a second time.
const IMPORT_NAMESPACE: Uuid = Uuid::from_u128(0x73a1_6c67_6c6f_5000_8000_0069_6d70_6f72);

/// Longest external id that stands in a key as it is.
const PLAIN_MAX: usize = 120;

/// Whose records these are: the tenant of the token and the source of the mapping.
#[derive(Debug, Clone)]
pub struct Names {
    /// The tenant the commands go to.
    pub tenant: TenantSlug,
    /// The mapping's `source`.
    pub source: String,
}

impl Names {
    /// The id of the source's thing `external` of a kind; empty for an empty external id.
    pub fn id(&self, kind: &str, external: &str) -> String {
        if external.is_empty() {
            return String::new();
        }
        self.uuid(kind, external).to_string()
    }

    /// The idempotency key of one command about the thing `external`.
    pub fn key(&self, external: &str, command: &str) -> String {
        let plain = external.len() <= PLAIN_MAX
            && external.chars().all(|c| c.is_ascii_graphic() || c == ' ');
        if plain {
            format!("{}/{external}/{command}", self.source)
        } else {
            format!("{}/{}/{command}", self.source, self.uuid("key", external))
        }
    }

    /// The derived id itself, also of an empty external id.
    pub fn uuid(&self, kind: &str, external: &str) -> Uuid {
        // No tenant, source or kind holds a slash, so no two different triples give the same text.
        let text = format!("{}/{}/{kind}/{external}", self.tenant, self.source);
        Uuid::new_v5(&IMPORT_NAMESPACE, text.as_bytes())
    }
}

/// Whether a text may name a source or a kind: `[a-z0-9-]`, 1 to 60 characters.
pub fn is_word(text: &str) -> bool {
    (1..=60).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// Lower-case ASCII words joined by `-`; letters with marks lose them.
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'a'..='z' | '0'..='9' => {
                slug.push(c);
                continue;
            }
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
            'æ' => "ae",
            'ç' => "c",
            'è' | 'é' | 'ê' | 'ë' => "e",
            'ì' | 'í' | 'î' | 'ï' => "i",
            'ð' => "d",
            'ñ' => "n",
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => "o",
            'œ' => "oe",
            'ù' | 'ú' | 'û' | 'ü' => "u",
            'ý' | 'ÿ' => "y",
            'þ' => "th",
            'ß' => "ss",
            '\'' | '’' => "",
            _ if slug.is_empty() || slug.ends_with('-') => "",
            _ => "-",
        };
        slug.push_str(plain);
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(tenant: &str) -> Names {
        Names { tenant: TenantSlug::parse(tenant).unwrap(), source: "shop".into() }
    }

    #[test]
    fn ids_are_the_same_every_time_and_differ_by_tenant_source_and_kind() {
        let demo = names("demo");
        assert_eq!(demo.id("sale", "D-1"), names("demo").id("sale", "D-1"));
        let other_source = Names { source: "other".into(), ..demo.clone() };
        let ids = [
            demo.id("sale", "D-1"),
            demo.id("sale", "D-2"),
            demo.id("company", "D-1"),
            names("second").id("sale", "D-1"),
            other_source.id("sale", "D-1"),
        ];
        let distinct: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
        assert_eq!(Uuid::parse_str(&ids[0]).unwrap().get_version_num(), 5);
        assert_eq!(ids[0], "9775ae5d-e20b-596d-b623-d2a0a5c57cdb");
        assert_eq!(demo.id("company", ""), "");
    }

    #[test]
    fn keys_stay_printable_and_short_whatever_the_external_id() {
        let names = names("demo");
        assert_eq!(names.key("D-1", "RegisterSale"), "shop/D-1/RegisterSale");
        for odd in ["Ærlig", "tab\there", &"x".repeat(400)] {
            let key = names.key(odd, "RegisterSale");
            assert!(
                key.len() <= 255 && key.chars().all(|c| c.is_ascii_graphic() || c == ' '),
                "{key}"
            );
            assert_ne!(key, names.key(&format!("{odd}!"), "RegisterSale"));
        }
    }

    #[test]
    fn names_of_people_become_slugs() {
        for (name, expected) in [
            ("Mei-Mei Johns", "mei-mei-johns"),
            ("  Ola  Nordmann ", "ola-nordmann"),
            ("Åse Øygård-Sæther", "ase-oygard-saether"),
            ("O'Brien & Sons, Ltd.", "obrien-sons-ltd"),
            ("!!!", ""),
        ] {
            assert_eq!(slug(name), expected);
        }
    }
}
