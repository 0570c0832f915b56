//! The only source of fresh ids. Must not be used inside a decision: an id reaches it in the command.

use uuid::Uuid;

/// A fresh public id: UUID version 7, so ids made later sort later.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place where ids are made")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// 16 random bytes for a trace: version 4, so nothing about time or machine can be read from them.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place where random bytes are made")]
pub(crate) fn random() -> [u8; 16] {
    Uuid::new_v4().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_7_and_rise() {
        let (first, second) = (new_id(), new_id());
        assert_eq!(first.get_version_num(), 7);
        assert!(first < second);
    }
}
