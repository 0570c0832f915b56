//! A page of targets as it was written, kept beside a tenant's columns: from one question to the next nothing may have
//! happened, and a table of hundreds of targets is long. It is known by everything it follows from: position, parked
//! streams, question, language, day, and who asks.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;

use events::LocalName;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use service_runtime::{Actor, Problem};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::answer::Target;
use super::types::TargetKind;
use crate::ask::{Drill, Snapshot};
use crate::standing::{VersionOf, Weigh};

/// Parameters that change nothing of the rows themselves.
const WAITING: [&str; 1] = ["min_position"];

/// A page of targets.
#[derive(Debug)]
pub(crate) struct TargetPage {
    pub target_type: Uuid,
    pub name: LocalName,
    pub unit: &'static str,
    pub dimension: String,
    pub missing_rates: Vec<String>,
    /// How many were found for the page, the first of the next one included.
    pub found: usize,
    targets: Box<RawValue>,
}

/// The targets of a page, in JSON.
#[derive(Debug, Clone)]
pub(crate) struct Written(pub Arc<TargetPage>);

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.targets.serialize(serializer)
    }
}

impl Weigh for TargetPage {
    fn bytes(&self) -> usize {
        self.targets.get().len() + size_of::<Self>() + 256
    }
}

impl TargetPage {
    /// Of those that were found; what is beyond the page is not written.
    pub fn of(
        kind: TargetKind,
        missing: BTreeSet<String>,
        mut targets: Vec<Target>,
        limit: usize,
    ) -> Result<Self, Problem> {
        let found = targets.len();
        targets.truncate(limit);
        let written = serde_json::to_string(&targets).and_then(RawValue::from_string);
        Ok(Self {
            target_type: kind.id,
            unit: kind.unit.as_str(),
            dimension: kind.dimension.word(),
            name: kind.name,
            missing_rates: missing.into_iter().collect(),
            found,
            targets: written.map_err(|error| Problem::internal(&error))?,
        })
    }
}

/// What a page is kept under; none when it is about the past.
pub(super) fn place(
    snapshot: &Snapshot,
    actor: &Actor,
    (drill, language): (&Drill, &str),
    (offset, fetch): (i64, i64),
) -> Option<VersionOf> {
    let standing = snapshot.standing.as_ref()?;
    let mut hash = Sha256::new();
    let mut told = |part: &dyn Debug| hash.update(format!("{part:?}\0"));
    told(&drill.clone().without(&WAITING).to("/v1/targets"));
    told(&(language, snapshot.today, snapshot.day(), offset, fetch));
    told(&(actor.user.as_str(), &actor.groups, actor.roles));
    told(&standing.mark.parked);
    let digest: [u8; 32] = hash.finalize().into();
    let (first, _) = digest.split_first_chunk::<16>()?;
    Some((Uuid::from_bytes(*first), snapshot.position))
}
