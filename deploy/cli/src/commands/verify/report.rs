//! What a run of verify tells, in words and as JSON.

use event_store::verify::{Findings, Verified};
use serde_json::{Value, json};

use super::rows::Compared;
use crate::tables::{Column, grouped, render};

/// Everything that was judged.
#[derive(Debug)]
pub struct Report {
    /// Log, streams, receipts.
    pub verified: Verified,
    /// Messages equal to their events; none when the stream was not judged.
    pub messages: Option<i64>,
    /// Read models; none when they were not judged.
    pub read_models: Option<Vec<Compared>>,
    /// What contradicts.
    pub findings: Findings,
}

impl Report {
    /// As JSON, on one line.
    #[must_use]
    pub fn machines(&self) -> Value {
        let Verified { from, head, batches, streams, receipts, archived, .. } = &self.verified;
        let findings = self.findings.kept().iter().map(|one| {
            json!({"area": one.area.as_str(), "position": one.position, "what": one.what,
                   "stored": one.stored, "expected": one.expected})
        });
        let models = self.read_models.as_ref().map(|models| {
            let one = |one: &Compared| json!({"name": one.model, "position": one.position, "rows": one.rows});
            models.iter().map(one).collect::<Vec<_>>()
        });
        json!({
            "ok": self.findings.count() == 0, "from": from, "to": head, "batches": batches, "chain": self.chain(),
            "streams": streams, "receipts": receipts, "messages": self.messages, "read_models": models,
            "archived": archived, "findings": findings.collect::<Vec<_>>(), "findings_count": self.findings.count(),
            "resume_from": head + 1,
        })
    }

    fn chain(&self) -> String {
        self.verified.chain.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// In words.
    #[must_use]
    pub fn people(&self) -> String {
        let Verified { from, head, batches, streams, receipts, archived, .. } = &self.verified;
        let figure = |figure: &Option<i64>| {
            figure.map_or_else(|| "not judged".to_owned(), |figure| grouped(&figure.to_string()))
        };
        let mut rows = vec![
            vec![
                "positions".to_owned(),
                format!("{} to {}", grouped(&from.to_string()), grouped(&head.to_string())),
            ],
            vec!["batches".to_owned(), grouped(&batches.to_string())],
            vec!["last link of the chain".to_owned(), self.chain()],
            vec!["streams".to_owned(), figure(streams)],
            vec!["receipts".to_owned(), figure(receipts)],
            vec!["messages in NATS".to_owned(), figure(&self.messages)],
        ];
        if *archived > 0 {
            rows.push(vec![
                "in archives, judged there".to_owned(),
                format!("up to {}", grouped(&archived.to_string())),
            ]);
        }
        match &self.read_models {
            None => rows.push(vec!["read models".to_owned(), "not judged".to_owned()]),
            Some(models) => rows.extend(models.iter().map(|one| {
                let (rows, position) =
                    (grouped(&one.rows.to_string()), grouped(&one.position.to_string()));
                vec![
                    format!("rows of read model {}", one.model),
                    format!("{rows} at position {position}"),
                ]
            })),
        }
        let mut told = render(&[Column::left("judged"), Column::left("")], rows.into_iter());
        let count = self.findings.count();
        if count == 0 {
            return told + "\nno contradiction";
        }
        told.push_str(&format!("\n{} contradiction(s)", grouped(&count.to_string())));
        for one in self.findings.kept() {
            told.push_str(&format!("\n  {}, {one}", one.area.as_str()));
        }
        if count > u64::try_from(self.findings.kept().len()).unwrap_or(count) {
            told.push_str("\n  … and more");
        }
        told
    }
}
