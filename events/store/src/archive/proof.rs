//! The running proof over lines: positions without a hole, content hashes, the chain of batches.

use sha2::{Digest, Sha256};

use super::line::{Batch, Line};

/// What has been shown so far.
#[derive(Debug, Clone)]
pub struct Proof {
    log_id: i16,
    next: i64,
    link: (i64, [u8; 32]),
    open: Vec<[u8; 32]>,
    contents: Sha256,
    events: i64,
}

/// The chain before the first batch of a log.
pub fn genesis(log_id: i16) -> [u8; 32] {
    Sha256::digest(format!("es/v1/log/{log_id}")).into()
}

impl Proof {
    /// A proof that begins at position `first`, behind the batch that `link` names.
    pub fn from(log_id: i16, first: i64, link: (i64, [u8; 32])) -> Self {
        Self { log_id, next: first, link, open: Vec::new(), contents: Sha256::new(), events: 0 }
    }

    /// Takes the next line.
    ///
    /// # Errors
    /// Where it contradicts those before, in words.
    pub fn take(&mut self, line: &Line) -> Result<(), String> {
        match line {
            Line::Event(event) => {
                if event.position != self.next {
                    return Err(format!("position {}: {} stands there", self.next, event.position));
                }
                if event.log_id != self.log_id || !event.verify_hash() {
                    let at = event.position;
                    return Err(format!(
                        "position {at}: the content hash does not fit the content"
                    ));
                }
                self.next += 1;
                self.events += 1;
                self.contents.update(event.content_hash);
                self.open.push(event.content_hash);
                Ok(())
            }
            Line::Batch(batch) => self.batch(batch),
        }
    }

    fn batch(&mut self, batch: &Batch) -> Result<(), String> {
        let at = batch.last;
        if batch.last != self.next - 1 || batch.first != self.link.0 + 1 {
            return Err(format!(
                "position {at}: the batch {} to {at} does not fit here",
                batch.first
            ));
        }
        let length = usize::try_from(batch.last - batch.first + 1).unwrap_or(0);
        let carried = length.saturating_sub(self.open.len());
        let hashes: Vec<[u8; 32]> =
            batch.before.iter().take(carried).chain(&self.open).copied().collect();
        let agrees = hashes.starts_with(&batch.before);
        if hashes.len() != length || !agrees {
            return Err(format!(
                "position {at}: the batch has {length} events, not {}",
                hashes.len()
            ));
        }
        let mut link = Sha256::new();
        link.update(self.link.1);
        link.update(batch.first.to_be_bytes());
        link.update(batch.last.to_be_bytes());
        hashes.iter().for_each(|hash| link.update(hash));
        let chain: [u8; 32] = link.finalize().into();
        if chain != batch.chain {
            return Err(format!("position {at}: the chain hash does not fit its batch"));
        }
        self.link = (at, chain);
        self.open.clear();
        Ok(())
    }

    /// The position that is due.
    pub fn next(&self) -> i64 {
        self.next
    }

    /// Events so far.
    pub fn events(&self) -> i64 {
        self.events
    }

    /// The last batch and its link of the chain.
    pub fn link(&self) -> (i64, [u8; 32]) {
        self.link
    }

    /// Content hashes behind the last batch.
    pub fn open(&self) -> &[[u8; 32]] {
        &self.open
    }

    /// SHA-256 over the content hashes so far.
    pub fn contents(&self) -> [u8; 32] {
        self.contents.clone().finalize().into()
    }
}
