//! Process managers go on by themselves when people have stopped. A log they write to is judged once they are quiet: they
//! have seen it to its end, and nothing is due.

use std::collections::BTreeMap;
use std::time::Duration;

use command_service::process::{
    ActivityReminder, AssignmentNotice, GuideSuggestion, Rules, StageAdvance, StallFollowUp,
    StalledSaleReopen, Steps, TargetTypeCleanup,
};
use system_tests::Fleet;
use system_tests::eventually::eventually;

/// Starts them all.
pub const WITH_NOTICES: (&str, &str) = ("SALGSLOGG_NOTICES", "true");

/// Longer than a lease, and the work itself.
const PATIENCE: Duration = Duration::from_secs(90);

/// All of them.
pub const NAMES: [&str; 7] = [
    <StalledSaleReopen as Steps>::NAME,
    <ActivityReminder as Rules>::NAME,
    <AssignmentNotice as Rules>::NAME,
    <StallFollowUp as Rules>::NAME,
    <GuideSuggestion as Rules>::NAME,
    <StageAdvance as Rules>::NAME,
    <TargetTypeCleanup as Rules>::NAME,
];

/// Waits until process managers have nothing left to do.
pub async fn quiet(fleet: &Fleet) {
    eventually("process managers are quiet", PATIENCE, async || is_quiet(fleet).await).await;
}

/// In this order: whoever has seen the head has noted what is due, what was due is done once it is not noted any more,
/// and if the log has not grown by then, nothing follows from it.
async fn is_quiet(fleet: &Fleet) -> bool {
    let head = fleet.store.head().await.unwrap();
    let seen = seen(fleet).await;
    let all = NAMES.iter().all(|name| seen.get(*name).is_some_and(|position| *position >= head));
    let due = "SELECT count(*) FROM es_ops.timer WHERE due_at <= now()";
    let due: i64 = sqlx::query_scalar(due).fetch_one(fleet.database.owner()).await.unwrap();
    all && due == 0 && fleet.store.head().await.unwrap() == head
}

/// How far each has seen the log, by the metrics of whoever runs it.
async fn seen(fleet: &Fleet) -> BTreeMap<String, i64> {
    let mut seen = BTreeMap::new();
    for url in fleet.command_urls() {
        let Ok(answer) = reqwest::get(format!("{url}/metrics")).await else { continue };
        for line in answer.text().await.unwrap_or_default().lines() {
            let Some(rest) = line.strip_prefix("salgslogg_process_position{") else { continue };
            let name = NAMES.iter().find(|name| rest.contains(&format!("process=\"{name}\"")));
            let position = rest.rsplit(' ').next().and_then(|text| text.parse::<f64>().ok());
            if let (Some(name), Some(position)) = (name, position) {
                let known = seen.entry((*name).to_owned()).or_insert(0);
                *known = (position as i64).max(*known);
            }
        }
    }
    seen
}
