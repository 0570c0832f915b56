//! What can happen to single messages between relay and NATS: one that is published never arrives, everything the
//! server says after the first one is lost, or a word the server would have listened to is not there (negative
//! controls). Must not judge what the server does then.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::script::{Conversation, Script, Side, Verdict};

/// The faults of a proxy, ordered by the test and carried out once each.
#[derive(Debug, Clone, Default)]
pub struct NatsFaults {
    lose_one: Arc<AtomicBool>,
    deafen_at_event: Arc<AtomicBool>,
    other_words: Arc<Mutex<Vec<(String, String)>>>,
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

    /// From now on the server hears `other` for the first `word` in each message of a client: a header or a setting
    /// that the server then knows nothing of.
    ///
    /// # Panics
    /// When the two are not equally long, which would break the framing.
    pub fn say_instead(&self, word: &str, other: &str) {
        assert_eq!(word.len(), other.len(), "equally long words");
        let mut words = self.other_words.lock().unwrap_or_else(PoisonError::into_inner);
        words.push((word.to_owned(), other.to_owned()));
    }

    fn replace_words(&self, message: &mut [u8]) {
        let words = self.other_words.lock().unwrap_or_else(PoisonError::into_inner);
        for (word, other) in words.iter() {
            let found = message.windows(word.len()).position(|part| part == word.as_bytes());
            if let Some(at) = found {
                message[at..at + other.len()].copy_from_slice(other.as_bytes());
            }
        }
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

    fn judge(&mut self, from: Side, message: &mut [u8]) -> Verdict {
        if from == Side::Server {
            return if self.deaf { Verdict::Lose } else { Verdict::Pass };
        }
        self.faults.replace_words(message);
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
        assert_eq!(talk.judge(Side::Client, &mut b"PING\r\n".to_vec()), Verdict::Pass);
        assert!(!faults.lost_it());
        assert_eq!(talk.judge(Side::Client, &mut bytes[..48].to_vec()), Verdict::Lose);
        assert!(faults.lost_it());
        assert_eq!(talk.judge(Side::Client, &mut bytes[..48].to_vec()), Verdict::Pass);
        faults.say_instead("demo", "omed");
        let mut message = bytes[..48].to_vec();
        talk.judge(Side::Client, &mut message);
        assert!(message.starts_with(b"HPUB sales.1.omed.sale"), "{message:?}");
    }
}
