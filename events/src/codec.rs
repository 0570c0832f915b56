//! (type, version, JSON) ⇄ event. The only room that decodes stored facts; it calls `upcast`, nothing else does.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;

use crate::identity::Aggregate;
use crate::{
    ActivityEvent, CompanyEvent, ContactEvent, CurrencyEvent, ListEvent, NameEvent, SaleEvent,
    SaleTypeEvent, SelectionEvent, StageEvent, TargetEvent, TargetTypeEvent, TenantEvent,
    UserEvent,
};
use crate::{
    activity, company, contact, currency, fact, list, name, sale, sale_type, selection, stage,
    target, target_type, tenant, upcast, user,
};

/// Any fact of the product, in its newest shape.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "a fact is decoded, looked at and dropped: few live at a time"
)]
pub enum Event {
    /// About a sale.
    Sale(SaleEvent),
    /// About an activity.
    Activity(ActivityEvent),
    /// About a stage.
    Stage(StageEvent),
    /// About a sale type.
    SaleType(SaleTypeEvent),
    /// About a currency's rates.
    Currency(CurrencyEvent),
    /// About a user.
    User(UserEvent),
    /// About the tenant itself.
    Tenant(TenantEvent),
    /// About a reserved name.
    Name(NameEvent),
    /// About a maintained list.
    List(ListEvent),
    /// About a selection.
    Selection(SelectionEvent),
    /// About a type of targets.
    TargetType(TargetTypeEvent),
    /// About a target.
    Target(TargetEvent),
    /// About a company.
    Company(CompanyEvent),
    /// About a contact.
    Contact(ContactEvent),
}

/// Stored bytes that this program cannot read. It stops the reader; nothing is ever skipped.
#[derive(Debug, Error)]
pub enum DecodeError {
    /// A type this program does not know: a newer writer.
    #[error("unknown event type {0}")]
    UnknownType(String),
    /// A version above ours: a newer writer.
    #[error("{kind} has version {stored}, newer than this program knows")]
    FromTheFuture {
        /// Wire name.
        kind: String,
        /// Stored version.
        stored: i16,
    },
    /// A step of the ladder is missing.
    #[error("no upcaster for {kind} version {version}")]
    NoUpcaster {
        /// Wire name.
        kind: String,
        /// The version that cannot be lifted.
        version: i16,
    },
    /// The bytes do not have the shape of their type and version.
    #[error("{kind} version {version} does not have its shape")]
    Malformed {
        /// Wire name.
        kind: String,
        /// Stored version.
        version: i16,
        /// What serde said.
        source: serde_json::Error,
    },
    /// Metadata names a stream of an unknown aggregate.
    #[error("unknown stream {0}")]
    UnknownStream(String),
    /// Any of these, with its place in the log.
    #[error("position {position}")]
    At {
        /// Position of the row.
        position: i64,
        /// What is wrong with it.
        source: Box<DecodeError>,
    },
}

impl DecodeError {
    /// Adds the place in the log.
    pub fn at(self, position: i64) -> Self {
        Self::At { position, source: Box::new(self) }
    }
}

/// Every type with the version written today.
pub fn current() -> impl Iterator<Item = (&'static str, i16)> {
    sale::CURRENT
        .into_iter()
        .chain(activity::CURRENT)
        .chain(stage::CURRENT)
        .chain(sale_type::CURRENT)
        .chain(currency::CURRENT)
        .chain(user::CURRENT)
        .chain(tenant::CURRENT)
        .chain(name::CURRENT)
        .chain(list::CURRENT)
        .chain(selection::CURRENT)
        .chain(target_type::CURRENT)
        .chain(target::CURRENT)
        .chain(company::CURRENT)
        .chain(contact::CURRENT)
}

/// The entry of a type in [`current`], with its static name.
pub fn current_version(kind: &str) -> Result<(&'static str, i16), DecodeError> {
    current()
        .find(|(known, _)| *known == kind)
        .ok_or_else(|| DecodeError::UnknownType(kind.to_owned()))
}

/// The aggregate an event type belongs to: everything before the first point.
pub fn aggregate_of(kind: &str) -> Option<Aggregate> {
    kind.split_once('.').and_then(|(aggregate, _)| Aggregate::parse(aggregate))
}

/// Wire name, version and verbatim payload of a fact.
pub fn encode(event: &Event) -> (&'static str, i16, Vec<u8>) {
    match event {
        Event::Sale(fact) => split(fact),
        Event::Activity(fact) => split(fact),
        Event::Stage(fact) => split(fact),
        Event::SaleType(fact) => split(fact),
        Event::Currency(fact) => split(fact),
        Event::User(fact) => split(fact),
        Event::Tenant(fact) => split(fact),
        Event::Name(fact) => split(fact),
        Event::List(fact) => split(fact),
        Event::Selection(fact) => split(fact),
        Event::TargetType(fact) => split(fact),
        Event::Target(fact) => split(fact),
        Event::Company(fact) => split(fact),
        Event::Contact(fact) => split(fact),
    }
}

/// Splits an adjacently tagged enum into its name and its data, in the text that serde writes: tag first, then the data.
fn split<E: Serialize>(fact: &E) -> (&'static str, i16, Vec<u8>) {
    const TAG: &[u8] = b"{\"type\":\"";
    const CONTENT: &[u8] = b"\",\"data\":";
    let mut tagged = serde_json::to_vec(fact).expect("events are plain values and encode");
    let rest = tagged.strip_prefix(TAG).expect("events are tagged with their type");
    let name = rest.iter().position(|byte| *byte == b'"').expect("a type is a text");
    let kind = std::str::from_utf8(&rest[..name]).expect("wire names are plain text");
    let (kind, version) = current_version(kind).expect("every event stands in its CURRENT list");
    if rest[name..].starts_with(CONTENT) {
        tagged.drain(..TAG.len() + name + CONTENT.len());
        tagged.pop();
    } else {
        tagged = b"{}".to_vec();
    }
    (kind, version, tagged)
}

/// Reads stored bytes of any version ever written.
pub fn decode(kind: &str, version: i16, payload: &[u8]) -> Result<Event, DecodeError> {
    let malformed = |source| DecodeError::Malformed { kind: kind.to_owned(), version, source };
    if current_version(kind)?.1 == version {
        return of_aggregate(kind, Payload::Bytes(payload))?.map_err(malformed);
    }
    let stored: Value = serde_json::from_slice(payload).map_err(malformed)?;
    let data = upcast::upcast(kind, version, stored)?;
    of_aggregate(kind, Payload::Lifted(data))?.map_err(malformed)
}

/// A payload in today's shape.
enum Payload<'a> {
    /// As stored.
    Bytes(&'a [u8]),
    /// An older one, lifted.
    Lifted(Value),
}

impl Payload<'_> {
    fn read<E: DeserializeOwned>(self, kind: &str) -> Result<E, serde_json::Error> {
        match self {
            Self::Bytes(bytes) => fact::read(kind, bytes),
            Self::Lifted(data) => join(kind, data),
        }
    }
}

/// The fact of the aggregate that `kind` belongs to.
fn of_aggregate(
    kind: &str,
    payload: Payload<'_>,
) -> Result<Result<Event, serde_json::Error>, DecodeError> {
    let aggregate = aggregate_of(kind).ok_or_else(|| DecodeError::UnknownType(kind.to_owned()))?;
    Ok(match aggregate {
        Aggregate::Sale => payload.read(kind).map(Event::Sale),
        Aggregate::Activity => payload.read(kind).map(Event::Activity),
        Aggregate::Stage => payload.read(kind).map(Event::Stage),
        Aggregate::SaleType => payload.read(kind).map(Event::SaleType),
        Aggregate::Currency => payload.read(kind).map(Event::Currency),
        Aggregate::User => payload.read(kind).map(Event::User),
        Aggregate::Tenant => payload.read(kind).map(Event::Tenant),
        Aggregate::Name => payload.read(kind).map(Event::Name),
        Aggregate::List => payload.read(kind).map(Event::List),
        Aggregate::Selection => payload.read(kind).map(Event::Selection),
        Aggregate::TargetType => payload.read(kind).map(Event::TargetType),
        Aggregate::Target => payload.read(kind).map(Event::Target),
        Aggregate::Company => payload.read(kind).map(Event::Company),
        Aggregate::Contact => payload.read(kind).map(Event::Contact),
    })
}

/// Joins name and data back into the adjacently tagged form.
fn join<E: DeserializeOwned>(kind: &str, data: Value) -> Result<E, serde_json::Error> {
    let mut tagged = serde_json::Map::with_capacity(2);
    tagged.insert("type".to_owned(), Value::String(kind.to_owned()));
    tagged.insert("data".to_owned(), data);
    serde_json::from_value(Value::Object(tagged))
}
