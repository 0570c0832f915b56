//! What can happen to single messages between relay and NATS: one that is published never arrives, or everything the
//! server says after the first one is lost. Must not judge what the server does then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::script::{Conversation, Script, Side, Verdict};

/// The faults of a proxy, ordered by the test and carried out once each.
#[derive(Debug, Clone, Default)]
pub struct NatsFaults {
    lose_one: Arc<AtomicBool>,
    deafen_at_event: Arc<AtomicBool>,
}

struct Talk {
    faults: NatsFaults,
    deaf: bool,
}

impl NatsFaults {
    /// The next event that is published never reaches the server.
    pub fn lose_one_event(&self) {
        self.lose_one.store(true, Ordering::SeqCst);
    }

    /// Whether an event was lost since it was ordered.
    #[must_use]
    pub fn lost_it(&self) -> bool {
        !self.lose_one.load(Ordering::SeqCst)
    }

    /// Nothing the server says arrives on the connection of the next event, once that was sent.
    pub fn deafen_at_first_event(&self) {
        self.deafen_at_event.store(true, Ordering::SeqCst);
    }
}

impl Script for NatsFaults {
    fn conversation(&self) -> Box<dyn Conversation> {
        Box::new(Talk { faults: self.clone(), deaf: false })
    }
}

impl Conversation for Talk {
    fn frame(&self, from: Side, bytes: &[u8]) -> Option<usize> {
        if from == Side::Server {
            return (!bytes.is_empty()).then_some(bytes.len());
        }
        let line = bytes.iter().position(|byte| *byte == b'\n')? + 1;
        let verb = &bytes[..line];
        if !verb.starts_with(b"PUB ") && !verb.starts_with(b"HPUB ") {
            return Some(line);
        }
        let text = str::from_utf8(verb).ok()?;
        let size: usize = text.split_ascii_whitespace().next_back()?.parse().ok()?;
        let whole = line + size + 2;
        (bytes.len() >= whole).then_some(whole)
    }

    fn judge(&mut self, from: Side, message: &[u8]) -> Verdict {
        if from == Side::Server {
            return if self.deaf { Verdict::Lose } else { Verdict::Pass };
        }
        if !message.starts_with(b"HPUB sales.") {
            return Verdict::Pass;
        }
        self.deaf |= self.faults.deafen_at_event.swap(false, Ordering::SeqCst);
        if self.faults.lose_one.swap(false, Ordering::SeqCst) {
            Verdict::Lose
        } else {
            Verdict::Pass
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_taken_whole_or_not_at_all() {
        let faults = NatsFaults::default();
        let mut talk = faults.conversation();
        let bytes = b"HPUB sales.1.demo.sale.won _INBOX.1 2 5\r\nabcde\r\nPING\r\n";
        for part in 0..48 {
            assert_eq!(talk.frame(Side::Client, &bytes[..part]), None, "{part}");
        }
        assert_eq!(talk.frame(Side::Client, bytes), Some(48));
        faults.lose_one_event();
        assert_eq!(talk.judge(Side::Client, b"PING\r\n"), Verdict::Pass);
        assert!(!faults.lost_it());
        assert_eq!(talk.judge(Side::Client, &bytes[..48]), Verdict::Lose);
        assert!(faults.lost_it());
        assert_eq!(talk.judge(Side::Client, &bytes[..48]), Verdict::Pass);
    }
}
