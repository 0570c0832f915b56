//! One request to change something: who asks, under which conditions; and what comes back.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{By, Refusal};
use event_store::AppendError;
use events::rights::{Principal, Right};
use events::{Aggregate, DecodeError, StreamName, TenantSlug, UserId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;

/// What cannot stand in a segment of a path as it is (RFC 3986, unreserved characters).
const OTHER_THAN_UNRESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Who asks for a command, and under which conditions.
#[derive(Debug, Clone)]
pub struct Call {
    /// The caller's tenant; nothing outside it can be reached.
    pub tenant: TenantSlug,
    /// The principal: a user's `sub`, or a process manager's name.
    pub actor: UserId,
    /// What rights see of them; none for a process manager.
    pub principal: Option<Principal>,
    /// The functional right the command needs; none for a process manager.
    pub right: Option<Right>,
    /// The command's name, for the event's metadata.
    pub command: &'static str,
    /// `Idempotency-Key` and fingerprint of the request.
    pub key: Option<Key>,
    /// `If-Match`: the version the caller saw.
    pub if_version: Option<i64>,
    /// `Effective-At`; none for the present.
    pub effective_at: Option<DateTime<Utc>>,
    /// W3C trace context of the request.
    pub traceparent: Option<String>,
    /// Ties together what follows from one request.
    pub correlation: Option<Uuid>,
    /// The event that caused the command, when a process manager sent it.
    pub causation: Option<Uuid>,
}

impl Call {
    /// Who asks, as rights see them.
    pub fn by(&self) -> By<'_> {
        self.principal.as_ref().map_or(By::Ourselves, By::Principal)
    }
}

/// An idempotency key with the request it stands for (design §2, Idempotency).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// SHA-256 of tenant, principal and key.
    pub key: [u8; 32],
    /// SHA-256 of command, id, effective time and canonical body.
    pub request: [u8; 32],
}

impl Key {
    /// Scopes a key by tenant and principal, and binds it to a request.
    pub fn new(tenant: &TenantSlug, actor: &UserId, key: &str, request: [u8; 32]) -> Self {
        Self { key: digest(&[tenant.as_str(), actor.as_str(), key]), request }
    }
}

/// The fingerprint of a whole request: command, id, effective time and body.
pub fn request_fingerprint(
    command: &str,
    id: &str,
    effective_at: Option<DateTime<Utc>>,
    body: [u8; 32],
) -> [u8; 32] {
    let effective = effective_at.map(|at| at.to_rfc3339()).unwrap_or_default();
    let mut hash = Sha256::new();
    hash.update(digest(&[command, id, &effective]));
    hash.update(body);
    hash.finalize().into()
}

/// SHA-256 of length-prefixed texts.
fn digest(texts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().into()
}

/// The answer to an accepted command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What the receipt keeps verbatim.
    pub fixed: FixedAnswer,
    /// Version of the stream afterwards.
    pub version: i64,
    /// Position of the last event, none when nothing changed.
    pub position: Option<i64>,
    /// The sale's number.
    pub number: Option<i64>,
}

/// The part of an answer that is known before the log is locked; a receipt stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixedAnswer {
    /// Public id of the aggregate.
    pub id: String,
    /// Types of the appended events, in order; the command's own stream only.
    pub events: Vec<String>,
    /// Whether the command creates an aggregate: 201 and a `Location`.
    pub created: bool,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, Error)]
pub enum ExecuteError {
    /// The business said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// `If-Match` names another version.
    #[error("the version is {version}")]
    Precondition {
        /// The present version.
        version: i64,
    },
    /// Lost the race for the stream, also after retries.
    #[error("lost the race for {0}")]
    LostRace(StreamName),
    /// The key was used with another request.
    #[error("the idempotency key was used with another request")]
    KeyReused,
    /// `Effective-At` lies before the stream's last effective time.
    #[error("effective time falls within its stream")]
    EffectiveTimeFalls,
    /// `Effective-At` lies in the future.
    #[error("effective time lies in the future")]
    EffectiveTimeInFuture,
    /// Too much is waiting already.
    #[error("too many commands are waiting")]
    Overloaded,
    /// Too much of this tenant is waiting already.
    #[error("too many commands of this tenant are waiting")]
    TenantOverloaded,
    /// The log cannot be reached; nothing is known to be stored.
    #[error("the log cannot be reached")]
    Unavailable(#[source] Arc<AppendError>),
    /// The log could not be read.
    #[error("the log cannot be read")]
    Unreadable(#[source] Arc<event_store::StoreError>),
    /// Stored bytes cannot be understood.
    #[error("a stored event cannot be read")]
    Undecodable(#[source] Arc<DecodeError>),
    /// The database refused the command's own bytes.
    #[error("the log refused the command: {0}")]
    Poisoned(String),
}

impl ExecuteError {
    /// Whether the service failed, and not the caller or the business.
    pub fn is_ours(&self) -> bool {
        match self {
            Self::Unavailable(_)
            | Self::Unreadable(_)
            | Self::Undecodable(_)
            | Self::Poisoned(_)
            | Self::Overloaded => true,
            Self::Refused(_)
            | Self::Precondition { .. }
            | Self::LostRace(_)
            | Self::KeyReused
            | Self::EffectiveTimeFalls
            | Self::EffectiveTimeInFuture
            | Self::TenantOverloaded => false,
        }
    }
}

impl From<event_store::StoreError> for ExecuteError {
    fn from(error: event_store::StoreError) -> Self {
        Self::Unreadable(Arc::new(error))
    }
}

impl From<AppendError> for ExecuteError {
    fn from(error: AppendError) -> Self {
        Self::Unavailable(Arc::new(error))
    }
}

impl From<DecodeError> for ExecuteError {
    fn from(error: DecodeError) -> Self {
        Self::Undecodable(Arc::new(error))
    }
}

impl Answer {
    /// Path of the query side that shows what the command was about.
    pub fn location(&self, aggregate: Aggregate) -> String {
        let collection = match aggregate {
            Aggregate::Sale => "sales",
            Aggregate::Activity => "activities",
            Aggregate::Stage => "stages",
            Aggregate::SaleType => "sale-types",
            Aggregate::Currency => "currencies",
            Aggregate::User => "users",
            Aggregate::Tenant => "tenants",
            Aggregate::Name => "names",
            Aggregate::List => "lists",
            Aggregate::Selection => "selections",
            Aggregate::TargetType => "target-types",
            Aggregate::Target => "targets",
            Aggregate::Company => "companies",
            Aggregate::Contact => "contacts",
        };
        let id = utf8_percent_encode(&self.fixed.id, OTHER_THAN_UNRESERVED);
        format!("/v1/{collection}/{id}")
    }
}
