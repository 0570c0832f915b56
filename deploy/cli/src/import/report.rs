//! What an import says at its end: a table and a sentence for people, one object for machines.

use std::time::Duration;

use serde_json::{Value, json};

use super::progress::rate;
use super::rehearsal::Rehearsal;
use super::tally::Tally;
use crate::mapping::Names;
use crate::tables::{self, Column, grouped};

/// The object of `--json`.
pub fn machine(tally: &Tally, names: &Names, elapsed: Duration) -> Value {
    let rows = tally.of_rows();
    json!({
        "tenant": names.tenant.as_str(),
        "source": names.source,
        "rows": tally.rows + tally.unmapped,
        "registered": tally.of("RegisterSale").done,
        "advanced": tally.of("AdvanceStage").done,
        "sold": tally.of("MarkSold").done,
        "lost": tally.of("MarkLost").done,
        "already_there": rows.already_there,
        "refused": tally.by_command().values().map(|count| count.refused).sum::<u64>(),
        "unmapped": tally.unmapped,
        "commands": tally.by_command(),
        "refusals": tally.refusals,
        "notes": tally.notes,
        "faults": tally.faults,
        "elapsed_ms": u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        "commands_per_second": u64::try_from(rate(tally.answered(), elapsed)).unwrap_or(u64::MAX),
    })
}

/// The table and sentence for people.
pub fn people(tally: &Tally, names: &Names, elapsed: Duration) -> String {
    let columns = [
        Column::left("command"),
        Column::right("done"),
        Column::right("already there"),
        Column::right("refused"),
    ];
    let counts = tally.by_command();
    let row = |(command, count): (&&str, &super::tally::Count)| {
        let mut cells = vec![(*command).to_owned()];
        cells.extend(
            [count.done, count.already_there, count.refused].map(|n| grouped(&n.to_string())),
        );
        cells
    };
    let table = tables::render(&columns, counts.iter().map(row));
    let of = |command| grouped(&tally.of(command).done.to_string());
    let rows = tally.of_rows();
    let tenths = elapsed.as_millis() / 100;
    format!(
        "{table}\n{} rows of {} into tenant {} in {}.{} s ({} commands/s)\n\
         registered {}, advanced {}, sold {}, lost {}, already there {}, refused {}, not mapped {}",
        grouped(&(tally.rows + tally.unmapped).to_string()),
        names.source,
        names.tenant,
        tenths / 10,
        tenths % 10,
        rate(tally.answered(), elapsed),
        of("RegisterSale"),
        of("AdvanceStage"),
        of("MarkSold"),
        of("MarkLost"),
        grouped(&rows.already_there.to_string()),
        grouped(&counts.values().map(|count| count.refused).sum::<u64>().to_string()),
        grouped(&tally.unmapped.to_string()),
    )
}

/// The object of `--dry-run --json`.
pub fn machine_rehearsal(rehearsal: &Rehearsal, names: &Names) -> Value {
    json!({
        "dry_run": true,
        "tenant": names.tenant.as_str(),
        "source": names.source,
        "rows": rehearsal.rows,
        "would_send": rehearsal.would_send,
        "faults": rehearsal.faults,
        "lines": rehearsal.sample,
    })
}

/// The table and sentences of `--dry-run`.
pub fn people_rehearsal(rehearsal: &Rehearsal, names: &Names) -> String {
    let rows = rehearsal
        .would_send
        .iter()
        .map(|(command, count)| vec![command.clone(), grouped(&count.to_string())]);
    let table = tables::render(&[Column::left("command"), Column::right("would be sent")], rows);
    let mut text = format!(
        "{table}\n{} rows of {}, {} of them not mapped; nothing was sent",
        grouped(&rehearsal.rows.to_string()),
        names.source,
        grouped(&rehearsal.faults.len().to_string())
    );
    for line in &rehearsal.sample {
        text.push('\n');
        text.push_str(line);
    }
    text
}
