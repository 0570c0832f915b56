//! Making the stream anew: when there is none, and when an operator asks. Same name, first sequence = first position,
//! tenants' consumers made again; whoever follows goes on from a checkpoint of its own. Must not publish.

use super::halt::{Fault, Stop};
use super::session::Session;
use super::stream::{self, Extent};
use super::{Open, Relay};

impl Relay {
    /// Operator: deletes the stream and creates it again under the same name, empty, so that its first message will be
    /// the first its limits would have kept. Returns that position.
    ///
    /// # Errors
    /// When log or NATS do not answer, or the server ignores a setting.
    pub async fn reset(&mut self) -> Result<i64, Stop> {
        let open = self.connect().await?;
        self.open = None;
        self.make_anew(&open.session, None).await
    }

    /// Does what an operator asked for in the relay's row (`salgslogg relay reset`), if anything. A relay that dies on
    /// the way leaves the request to the next one: done twice, the stream is the same.
    pub(super) async fn carry_out(&mut self, open: &mut Open) -> Result<(), Stop> {
        let Some(request) = self.lease.request() else { return Ok(()) };
        let from = request.from;
        let first = self.make_anew(&open.session, from).await?;
        open.asked = None;
        open.consumers = self.ensure_consumers(&open.session).await;
        self.lease.fulfilled(first).await?;
        self.display.made_anew(first);
        Ok(())
    }

    async fn make_anew(&mut self, session: &Session, from: Option<i64>) -> Result<i64, Stop> {
        stream::delete(&session.context, self.store.log_id()).await?;
        let extent = self.create_stream(session, from).await?;
        self.acked = extent.last;
        Ok(extent.last + 1)
    }

    /// Creates the stream so that it begins at `from`, or where its limits would have left it.
    pub(super) async fn create_stream(
        &self,
        session: &Session,
        from: Option<i64>,
    ) -> Result<Extent, Stop> {
        let head = self.store.head().await.map_err(Fault::Log)?;
        let first = match from {
            // the log may have been restored since it was asked
            Some(from) => from.clamp(1, head + 1),
            None => self.settings.first_position(head),
        };
        stream::create(&session.context, &self.settings, self.store.log_id(), first).await
    }
}
