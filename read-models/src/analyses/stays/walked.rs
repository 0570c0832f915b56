//! The same figures from memory, where the past is held: what [`whole.sql`](super) groups and `conversion.sql` counts.

use std::collections::HashMap;

use service_runtime::Problem;
use uuid::Uuid;

use super::Entered;
use super::conversion::Row as StageFigures;
use super::days::Times;
use crate::ask::{Filters, InCurrency, Labels, Snapshot, coordinates, failed};
use crate::sale::Status;
use crate::standing::{Exit, InStage, Passing, Stays};

/// The stays of the sales that match; none when SQL has to be asked.
pub(super) async fn walk(
    snapshot: &mut Snapshot,
    (filters, currency): (&Filters, &InCurrency),
    entered: Entered,
    labels: &Labels,
) -> Result<Option<Stays>, Problem> {
    let Some(view) = snapshot.view().filter(|_| snapshot.past.is_some()) else { return Ok(None) };
    let types: Vec<(Uuid, Vec<Uuid>)> = sqlx::query_as_with(
        "SELECT sale_type_id, stages FROM sale_type_version WHERE tenant_id = $1
           AND held(effective_at, recorded_at, position, next_effective_at, next_recorded_at, next_position, $2, $3, $4)",
        coordinates(snapshot),
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    let (from, until) = entered.instants(snapshot);
    let passing = Passing {
        filters,
        currency,
        types: &types.into_iter().collect(),
        ranks: &labels.stages.iter().map(|(id, label)| (*id, label.rank)).collect(),
        from,
        until,
        at: snapshot.at,
    };
    Ok(view.stays(snapshot.today, &passing))
}

/// What is counted of one stage.
#[derive(Default)]
struct Counted {
    figures: StageFigures,
    left_after: Vec<i64>,
    there_for: Vec<i64>,
}

impl Counted {
    fn take(&mut self, stay: &InStage, now: Status) {
        let figures = &mut self.figures;
        figures.entered += 1;
        figures.entries += stay.entries;
        *match stay.exit {
            Exit::WentOn => &mut figures.went_on,
            Exit::WentBack => &mut figures.went_back,
            Exit::Moved => &mut figures.moved,
            Exit::Won => &mut figures.won,
            Exit::Lost => &mut figures.lost,
            Exit::StillThere => &mut figures.still_there,
        } += 1;
        figures.ended_won += i64::from(now == Status::Won);
        figures.ended_lost += i64::from(now == Status::Lost);
        match stay.exit {
            Exit::StillThere => self.there_for.push(stay.micros),
            Exit::WentOn | Exit::WentBack | Exit::Moved | Exit::Won | Exit::Lost => {
                self.left_after.push(stay.micros);
            }
        }
    }

    fn told(self, stage: Uuid) -> StageFigures {
        let (left_after, there_for) = (Times::of(self.left_after), Times::of(self.there_for));
        StageFigures { stage_id: Some(stage), left_after, there_for, ..self.figures }
    }
}

/// The figures of each stage, and of every sale that entered any, once.
pub(super) fn counted(stays: &Stays) -> Vec<StageFigures> {
    let mut stages: HashMap<Uuid, Counted> = HashMap::new();
    let mut all = StageFigures::default();
    let mut met = vec![false; stays.sales()];
    for stay in &stays.stays {
        let now = stays.sale(stay).status;
        stages.entry(stays.stage(stay)).or_default().take(stay, now);
        all.entries += stay.entries;
        if !std::mem::replace(&mut met[Stays::place(stay)], true) {
            all.entered += 1;
            all.ended_won += i64::from(now == Status::Won);
            all.ended_lost += i64::from(now == Status::Lost);
        }
    }
    let told = stages.into_iter().map(|(stage, counted)| counted.told(stage));
    told.chain([all]).collect()
}
