//! A fleet whose database lies elsewhere from now on. Must not start or kill anything.

use event_store::testing::TestDatabase;

use super::{Fleet, Member};

impl Fleet {
    /// Tells every service where the log and the read models are; it holds from their next start on.
    pub fn moved(&mut self, database: TestDatabase) {
        let log = |member: Member| match member {
            Member::Command(_) => database.url_for("salgslogg_command"),
            Member::Query(_) | Member::Nats => database.url_for("salgslogg_projector"),
        };
        let query = database.url_for("salgslogg_query");
        for member in self.services() {
            let url = log(member);
            if let Some(process) = self.process(member) {
                process.tell(&[
                    ("SALGSLOGG_LOG_URL", &url),
                    ("SALGSLOGG_READ_URL", &url),
                    ("SALGSLOGG_QUERY_URL", &query),
                ]);
            }
        }
        self.store = database.store();
        self.database = database;
    }
}
