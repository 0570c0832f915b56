//! Is every live read model what a rebuild from zero would make of the log? Part by part, two at a time.

use event_store::EventStore;
use event_store::verify::{Area, Finding, Findings, Step};
use futures::{StreamExt, stream};
use read_models::rebuild::{Comparison, RebuildError};
use sqlx::PgPool;

/// Parts compared at the same time.
const AT_ONCE: usize = 2;

/// A read model that was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// Its name.
    pub model: &'static str,
    /// The position of its checkpoint.
    pub position: i64,
    /// Rows of its live generation.
    pub rows: i64,
}

/// Compares all of them. `rows` reads the rows of every tenant: as `es_audit` or `es_owner`.
///
/// # Errors
/// A database that cannot be read, or an event that cannot be folded.
pub async fn judge(
    rows: &PgPool,
    store: &EventStore,
    findings: &mut Findings,
    progress: &mut (dyn FnMut(Step) + Send),
) -> Result<Vec<Compared>, RebuildError> {
    let mut all = Vec::new();
    for model in read_models::all() {
        let name = model.name();
        let Some(comparison) = Comparison::of_live(rows, store, model.as_ref()).await? else {
            let what = format!("{name} has no live generation, or it never began");
            differs(findings, 0, what, String::new(), String::new());
            continue;
        };
        let (parts, position) = (comparison.parts(), comparison.position());
        let head = store.head().await?;
        if position > head {
            let what = format!("{name} stands behind the end of the log");
            differs(findings, head, what, position.to_string(), head.to_string());
        }
        let mut compared =
            stream::iter(0..parts).map(|part| comparison.part(part)).buffered(AT_ONCE);
        let (mut count, mut done) = (0, 0);
        while let Some(part) = compared.next().await {
            match part {
                Ok(part) => {
                    count += part.rows;
                    for found in part.differences {
                        let what = format!("{name}: {}", found.what);
                        differs(findings, found.position, what, found.stored, found.expected);
                    }
                }
                Err(RebuildError::Poison(error)) => {
                    let what = format!("{name}: an event cannot be folded");
                    let (at, expected) = (error.position().unwrap_or(0), "a foldable event".into());
                    differs(findings, at, what, error.to_string(), expected);
                }
                Err(error) => return Err(error),
            }
            done += 1;
            progress(Step {
                area: Area::ReadModels,
                done,
                all: i64::from(parts),
                found: findings.count(),
            });
        }
        all.push(Compared { model: name, position, rows: count });
    }
    Ok(all)
}

fn differs(findings: &mut Findings, at: i64, what: String, stored: String, expected: String) {
    findings.add(Finding::new(Area::ReadModels, at, what, stored, expected));
}
