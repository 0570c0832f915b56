//! The shared language: every fact Salgslogg stores, as pure values.
//!
//! Owns event names, payload shapes, versions and the values inside them. It must not know a clock, a
//! database or a transport; whoever reads the log decodes it here and nowhere else.
//!
//! # How to add an event
//! 1. Add a variant with its hand-written wire name to the aggregate's enum (`sale.rs`, …) and to its `CURRENT` list.
//! 2. Add `golden/<type>.v1.json`; existing golden files are never edited.
//! 3. `cargo check`: the compiler names every fold that has to think about it.
//!
//! # How to change an event
//! * A field with an honest default: `#[serde(default)]`, same version.
//! * Another shape, same meaning: version + 1 in `CURRENT`, one arm in `upcast.rs`, a new golden file.
//! * Another meaning: a new event type. The old one stays for ever.

pub mod activity;
pub mod codec;
pub mod company;
pub mod contact;
pub mod country;
pub mod criteria;
pub mod currency;
pub mod custom_field;
pub mod diary;
pub mod envelope;
mod fact;
pub mod feature;
pub mod guide;
pub mod identity;
pub mod line;
pub mod list;
pub mod money;
pub mod name;
pub mod rights;
pub mod sale;
pub mod sale_type;
pub mod selection;
pub mod shipped;
pub mod stage;
pub mod target;
pub mod target_type;
pub mod tenant;
pub mod upcast;
pub mod user;
pub mod values;
pub mod view;

pub use activity::ActivityEvent;
pub use codec::{DecodeError, Event};
pub use company::{Company, CompanyEvent};
pub use contact::{Contact, ContactEvent};
pub use country::CountryCode;
pub use criteria::Criteria;
pub use currency::CurrencyEvent;
pub use custom_field::{FieldDefinition, FieldItem, FieldKind, FieldValue};
pub use diary::{DiarySettings, TimeOfDay};
pub use envelope::{Metadata, NewEvent, Recorded, content_hash};
pub use feature::Feature;
pub use guide::{Guide, GuideItem, GuideItemId};
pub use identity::{
    ActivityId, Aggregate, CompanyId, ContactId, SaleId, SaleTypeId, SelectionId, StageId,
    StreamName, TargetId, TargetTypeId, TenantSlug, UserId,
};
pub use line::Lines;
pub use list::{ListEvent, ListItem, ListName};
pub use money::{CurrencyCode, Money};
pub use name::NameEvent;
pub use sale::SaleEvent;
pub use sale_type::SaleTypeEvent;
pub use selection::SelectionEvent;
pub use stage::StageEvent;
pub use target::TargetEvent;
pub use target_type::TargetTypeEvent;
pub use tenant::TenantEvent;
pub use user::{Preferences, UserEvent};
pub use values::{
    Description, EmailAddress, FieldText, ListKey, LocalName, Note, OurReference, ParseError,
    Party, PhoneNumber, Probability, Purpose, SaleNote, StakeholderComment, Title, TypeName,
};
pub use view::BoardView;
