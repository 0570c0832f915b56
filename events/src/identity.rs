//! Who and which: tenants, users, aggregates and the streams that carry their facts.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};
use uuid::Uuid;

use crate::values::ParseError;

/// Namespace of every `stream_id`; changing it would orphan every stored stream.
const STREAM_NAMESPACE: Uuid = Uuid::from_u128(0x5a1b_5106_0000_5000_8000_7361_6c67_736c);

/// A tenant's slug, `[a-z0-9][a-z0-9-]{0,30}`: part of subjects, hashes and stream ids.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TenantSlug(Arc<str>);

impl TenantSlug {
    /// Parses a slug; refuses anything that could not stand in a NATS subject.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let mut chars = text.chars();
        let first = chars.next().is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let rest = chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if first && rest && text.len() <= 31 {
            Ok(Self(text.into()))
        } else {
            Err(ParseError::new("tenant", "must match [a-z0-9][a-z0-9-]{0,30}"))
        }
    }

    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A user: the `sub` claim of their token, 1–255 visible characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserId(Arc<str>);

impl UserId {
    /// Parses a subject; refuses empty, overlong and control characters.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.trim().is_empty()
            || text.chars().count() > 255
            || text.chars().any(char::is_control)
        {
            return Err(ParseError::new("user", "must be 1 to 255 visible characters"));
        }
        Ok(Self(text.into()))
    }

    /// The subject as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! text_identity {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = ParseError;
            fn try_from(text: String) -> Result<Self, ParseError> {
                Self::parse(&text)
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0.as_ref().to_owned()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl FromStr for $name {
            type Err = ParseError;
            fn from_str(text: &str) -> Result<Self, ParseError> {
                Self::parse(text)
            }
        }
    };
}
text_identity!(TenantSlug);
text_identity!(UserId);

macro_rules! uuid_identity {
    ($(#[$doc:meta])* $name:ident, $aggregate:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The stream that carries this aggregate's facts.
            pub fn stream(self) -> StreamName {
                StreamName { aggregate: $aggregate, id: self.0.to_string() }
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}
uuid_identity!(
    /// Public id of a sale: any RFC 9562 UUID.
    SaleId,
    Aggregate::Sale
);
uuid_identity!(
    /// Public id of a stage.
    StageId,
    Aggregate::Stage
);
uuid_identity!(
    /// Public id of a sale type.
    SaleTypeId,
    Aggregate::SaleType
);
uuid_identity!(
    /// Public id of an activity.
    ActivityId,
    Aggregate::Activity
);

uuid_identity!(
    /// Public id of a selection of sales.
    SelectionId,
    Aggregate::Selection
);
uuid_identity!(
    /// Public id of a type of sales targets.
    TargetTypeId,
    Aggregate::TargetType
);
uuid_identity!(
    /// Public id of a sales target: follows from its place.
    TargetId,
    Aggregate::Target
);

uuid_identity!(
    /// Public id of a company.
    CompanyId,
    Aggregate::Company
);
uuid_identity!(
    /// Public id of a contact.
    ContactId,
    Aggregate::Contact
);

impl TargetId {
    /// The id of the row that these texts name, in this order.
    pub(crate) fn of(names: [&str; 5]) -> Self {
        let parts = names.into_iter().flat_map(|name| [name, "\0"]);
        Self(named_by(parts))
    }
}

/// uuid5 of several texts, one after another.
fn named_by<'a>(texts: impl Iterator<Item = &'a str>) -> Uuid {
    let mut name = Sha1::new_with_prefix(STREAM_NAMESPACE);
    texts.for_each(|text| name.update(text));
    let digest: [u8; 20] = name.finalize().into();
    let (first, _) = digest.split_first_chunk().expect("invariant: SHA-1 has 20 bytes");
    uuid::Builder::from_sha1_bytes(*first).into_uuid()
}

/// The kinds of stream in a log. The wire name is the first token of every event type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Aggregate {
    /// One deal with a customer.
    Sale,
    /// A meeting, to-do or call in a diary (SD-1).
    Activity,
    /// A step of the process (SO-47).
    Stage,
    /// A class of sale (SO-45).
    SaleType,
    /// A currency's rates (SO-38).
    Currency,
    /// A person who owns sales.
    User,
    /// The tenant itself: base currency and time zone.
    Tenant,
    /// A reservation of a unique name.
    Name,
    /// A maintained list: sources, reasons and the like (SO-19).
    List,
    /// Sales somebody put together, or criteria that find them (SF-10).
    Selection,
    /// A type of sales targets (ST-1).
    TargetType,
    /// A sales target (ST-8).
    Target,
    /// An organisation sold to (SO-F14).
    Company,
    /// A person at one (SO-F15).
    Contact,
}

impl Aggregate {
    /// Every aggregate, for exhaustive checks.
    pub const ALL: [Self; 14] = [
        Self::Sale,
        Self::Activity,
        Self::Stage,
        Self::SaleType,
        Self::Currency,
        Self::User,
        Self::Tenant,
        Self::Name,
        Self::List,
        Self::Selection,
        Self::TargetType,
        Self::Target,
        Self::Company,
        Self::Contact,
    ];

    /// The wire name, as in `sale-type/<id>` and `sale-type.defined`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Activity => "activity",
            Self::Stage => "stage",
            Self::SaleType => "sale-type",
            Self::Currency => "currency",
            Self::User => "user",
            Self::Tenant => "tenant",
            Self::Name => "name",
            Self::List => "list",
            Self::Selection => "selection",
            Self::TargetType => "target-type",
            Self::Target => "target",
            Self::Company => "company",
            Self::Contact => "contact",
        }
    }

    /// Reads a wire name back.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|aggregate| aggregate.as_str() == text)
    }
}

impl fmt::Display for Aggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A stream as people see it: `sale/0198…`, `user/ola`, `currency/NOK`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamName {
    /// What kind of thing the stream is about.
    pub aggregate: Aggregate,
    /// Its public id within tenant and aggregate.
    pub id: String,
}

impl StreamName {
    /// Names a stream.
    pub fn new(aggregate: Aggregate, id: impl Into<String>) -> Self {
        Self { aggregate, id: id.into() }
    }

    /// The tenant's own stream.
    pub fn of_tenant(tenant: &TenantSlug) -> Self {
        Self::new(Aggregate::Tenant, tenant.as_str())
    }

    /// The stream of a user.
    pub fn of_user(user: &UserId) -> Self {
        Self::new(Aggregate::User, user.as_str())
    }

    /// Reads `aggregate/id` back.
    pub fn parse(text: &str) -> Option<Self> {
        let (aggregate, id) = text.split_once('/')?;
        (!id.is_empty()).then(|| Aggregate::parse(aggregate).map(|found| Self::new(found, id)))?
    }

    /// The log's key: uuid5(tenant ‖ aggregate ‖ public id), so equal public ids in two tenants or
    /// two aggregates never meet. Asked for a dozen times a command, hence hashed with the processor's own instruction.
    pub fn stream_id(&self, tenant: &TenantSlug) -> Uuid {
        let parts = [tenant.as_str(), "\0", self.aggregate.as_str(), "\0", &self.id];
        named_by(parts.into_iter())
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.aggregate, self.id)
    }
}

/// The lane of a stream, `xxh3_64(stream_id) & 63`: stored for ever, so it may never change.
pub fn part_of(stream_id: &Uuid) -> i16 {
    let hash = xxhash_rust::xxh3::xxh3_64(stream_id.as_bytes()) & 63;
    i16::try_from(hash).expect("six bits fit an i16")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_what_a_subject_may_carry() {
        for good in ["demo", "0", "a-b-c", "abcdefghijklmnopqrstuvwxyz01234"] {
            assert!(TenantSlug::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "Demo", "a.b", "a b", "é", "abcdefghijklmnopqrstuvwxyz012345"] {
            assert!(TenantSlug::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn equal_public_ids_in_two_tenants_or_aggregates_never_meet() {
        let (demo, other) =
            (TenantSlug::parse("demo").unwrap(), TenantSlug::parse("other").unwrap());
        let sale = StreamName::new(Aggregate::Sale, "1");
        let stage = StreamName::new(Aggregate::Stage, "1");
        assert_ne!(sale.stream_id(&demo), sale.stream_id(&other));
        assert_ne!(sale.stream_id(&demo), stage.stream_id(&demo));
        assert_eq!(StreamName::parse("sale/1"), Some(sale));
        assert_eq!(StreamName::parse("sale/"), None);
    }

    #[test]
    fn stream_ids_and_parts_are_storage_and_stay_as_they_are() {
        let demo = TenantSlug::parse("demo").unwrap();
        let id = StreamName::new(Aggregate::User, "ola").stream_id(&demo);
        assert_eq!(id.get_version_num(), 5);
        assert_eq!(id.to_string(), "c051391d-b859-5390-a77e-d88272b98059");
        assert_eq!(part_of(&id), 58);
    }
}
