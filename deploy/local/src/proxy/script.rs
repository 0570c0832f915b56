//! What a test decides about single messages of a protocol. Must not touch a socket.

/// Who sent something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Whoever connected to the proxy.
    Client,
    /// Whom the proxy stands before.
    Server,
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is handed on.
    Pass,
    /// It is taken and handed to nobody.
    Lose,
    /// It is taken, and the connection ends with RST.
    Cut,
}

/// Decides about the connections of a proxy.
pub trait Script: Send + Sync + 'static {
    /// The decisions about one new connection.
    fn conversation(&self) -> Box<dyn Conversation>;
}

/// Decides about one connection. Messages of each side come in order.
pub trait Conversation: Send {
    /// How many of `bytes` the first whole message takes; none = the rest of it is still to come.
    fn frame(&self, from: Side, bytes: &[u8]) -> Option<usize>;

    /// What becomes of a message, which may be changed in place but not in length.
    fn judge(&mut self, from: Side, message: &mut [u8]) -> Verdict;
}

/// No script: bytes are not looked at.
pub(super) struct Raw;

impl Script for Raw {
    fn conversation(&self) -> Box<dyn Conversation> {
        Box::new(Raw)
    }
}

impl Conversation for Raw {
    fn frame(&self, _: Side, bytes: &[u8]) -> Option<usize> {
        (!bytes.is_empty()).then_some(bytes.len())
    }

    fn judge(&mut self, _: Side, _: &mut [u8]) -> Verdict {
        Verdict::Pass
    }
}
