//! What the last batch of this process left behind: the chain's last link and, tenant by tenant, the position of the
//! newest event and the highest sale number at it. While nobody else writes, none of it has to be looked up under the log's
//! lock; the link tells whether somebody has. Must not be believed without it.

use std::collections::HashMap;

/// Tenants remembered at most; beyond that all are forgotten and learned anew.
const TENANTS_MAX: usize = 10_000;

/// A tenant at the link that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Its number in the log's rows.
    pub tenant_id: i32,
    /// Position of its newest event.
    pub last: i64,
    /// Its highest sale number.
    pub sold: i64,
}

/// What is known of the log's end.
#[derive(Debug, Default)]
pub(crate) struct Known {
    chain: Option<Vec<u8>>,
    tenants: HashMap<String, Standing>,
}

impl Known {
    /// The chain's last link, none while nothing is known.
    pub(crate) fn chain(&self) -> Option<&[u8]> {
        self.chain.as_deref()
    }

    /// Where a tenant stands at that link, if it wrote since it began.
    pub(crate) fn of(&self, slug: &str) -> Option<Standing> {
        self.tenants.get(slug).copied()
    }

    /// A batch was appended as link `chain`; `continues` says that it followed the one that was known.
    pub(crate) fn learn<'a>(
        &mut self,
        chain: Vec<u8>,
        continues: bool,
        tenants: impl IntoIterator<Item = (&'a str, Standing)>,
    ) {
        if !continues || self.tenants.len() >= TENANTS_MAX {
            self.tenants.clear();
        }
        self.chain = Some(chain);
        self.tenants
            .extend(tenants.into_iter().map(|(slug, standing)| (slug.to_owned(), standing)));
    }

    /// Somebody may have written since.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(last: i64) -> Standing {
        Standing { tenant_id: 1, last, sold: 1_000 }
    }

    #[test]
    fn a_link_that_was_not_known_ends_what_was_known_of_others() {
        let mut known = Known::default();
        known.learn(vec![1], false, [("one", at(1)), ("two", at(2))]);
        known.learn(vec![2], true, [("one", at(3))]);
        assert_eq!((known.of("one"), known.of("two")), (Some(at(3)), Some(at(2))));
        known.learn(vec![4], false, [("one", at(9))]);
        assert_eq!((known.chain(), known.of("two")), (Some(&[4][..]), None));
    }

    #[test]
    fn of_more_tenants_than_are_remembered_all_are_learned_anew() {
        let mut known = Known::default();
        for number in 0..TENANTS_MAX {
            known.learn(vec![1], true, [(number.to_string().as_str(), at(1))]);
        }
        assert!(known.of("0").is_some());
        known.learn(vec![2], true, [("new", at(2))]);
        assert_eq!((known.of("0"), known.of("new")), (None, Some(at(2))));
    }
}
