//! What can be seen of a fleet from outside: the logs of its processes, the headers of its messages, how a
//! process ends. Must not start or kill anything.

use super::{Fleet, Member};
use crate::log_ok::jetstream;

impl Fleet {
    /// Everything a service has written to standard error; nothing for NATS.
    ///
    /// # Panics
    /// When the log cannot be read.
    pub fn log_of(&mut self, member: Member) -> String {
        self.process(member).map(|process| process.log()).unwrap_or_default()
    }

    /// Asks a service to stop, as an operator does, and waits; answers whether it ended well.
    pub async fn stop(&mut self, member: Member) -> bool {
        match self.process(member) {
            Some(process) => process.stop().await,
            None => false,
        }
    }

    /// Whether a service has ended by itself.
    pub fn ended(&mut self, member: Member) -> bool {
        self.process(member).is_some_and(super::process::Process::ended)
    }

    /// A header of the message at `sequence`.
    ///
    /// # Panics
    /// When there is no such message.
    pub async fn header(&self, sequence: u64, name: &str) -> Option<String> {
        let stream = jetstream(&self.nats).await.expect("an operator gets in");
        let stream = stream.get_stream("SALES_1").await.expect("the stream is there");
        let message = stream.get_raw_message(sequence).await.expect("the message is there");
        message.headers.get(name).map(ToString::to_string)
    }
}
