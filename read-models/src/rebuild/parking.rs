//! Streams a rebuild cannot fold, for read models that set such streams aside: the same rows in `es_ops` as a lane
//! writes when it meets them live (case 39).

use std::error::Error;

use events::Recorded;
use sqlx::PgConnection;

use super::part::Work;
use crate::{ApplyError, Reason};

/// What one part sets aside.
#[derive(Debug, Default)]
pub(super) struct Parking {
    streams: Vec<Aside>,
}

/// A stream and everything from its poison on.
#[derive(Debug)]
struct Aside {
    event: Recorded,
    reason: Reason,
    error: String,
    queue: Vec<i64>,
}

impl Parking {
    /// Queues an event whose stream is set aside; false when it is not. Streams come one after another.
    pub fn queues(&mut self, event: &Recorded) -> bool {
        let aside = self.streams.last_mut();
        let aside = aside.filter(|aside| aside.event.stream_id == event.stream_id);
        aside.map(|aside| aside.queue.push(event.position)).is_some()
    }

    /// Sets the stream of an event aside; the event is the first of its queue.
    pub fn park(&mut self, event: &Recorded, error: &ApplyError) {
        self.streams.push(Aside {
            event: event.clone(),
            reason: Reason::from(error),
            error: told(error),
            queue: vec![event.position],
        });
    }

    /// Writes it down, in the transaction of the part.
    pub async fn save(&self, tx: &mut PgConnection, work: &Work) -> Result<(), sqlx::Error> {
        for Aside { event, reason, error, queue } in &self.streams {
            let named = event.stream().map(|stream| stream.to_string());
            let stream = named.unwrap_or_else(|_| event.stream_id.to_string());
            sqlx::query(
                "INSERT INTO es_ops.parked_stream (name, generation, log_id, stream_id, from_position, error, attempts,
                                                   tenant_id, tenant, stream, failed_position, event_type, reason, queued)
                 VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $5, $10, $11, $12)",
            )
            .bind(work.model.name())
            .bind(work.generation)
            .bind(work.store.log_id())
            .bind(event.stream_id)
            .bind(event.position)
            .bind(error)
            .bind(event.tenant_id)
            .bind(event.tenant.as_str())
            .bind(stream)
            .bind(&event.event_type)
            .bind(reason.as_str())
            .bind(i64::try_from(queue.len()).unwrap_or(i64::MAX))
            .execute(&mut *tx)
            .await?;
            sqlx::query(
                "INSERT INTO es_ops.parked_event (name, generation, log_id, position, stream_id)
                 SELECT $1, $2, $3, position, $4 FROM unnest($5::bigint[]) AS q (position)",
            )
            .bind(work.model.name())
            .bind(work.generation)
            .bind(work.store.log_id())
            .bind(event.stream_id)
            .bind(queue)
            .execute(&mut *tx)
            .await?;
        }
        Ok(())
    }
}

/// An error with its causes, in one line.
fn told(error: &dyn Error) -> String {
    let (mut text, mut cause) = (error.to_string(), error.source());
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
