//! The entries of a page out of many, in order, without holding all of them.

/// Entries held before those beyond the page are let go of.
const HELD_MIN: usize = 256;

/// The first entries of an order, as far as a page reaches into it.
#[derive(Debug)]
pub(super) struct Front<T> {
    offset: usize,
    end: usize,
    held: Vec<T>,
    met: i64,
    /// The last of the page, as far as is known: what comes after it is not held at all.
    last: Option<T>,
}

impl<T: Ord + Copy> Front<T> {
    /// For `fetch` entries after the first `offset`.
    pub fn of(fetch: i64, offset: i64) -> Self {
        let index = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
        let end = index(offset.saturating_add(fetch));
        Self { offset: index(offset), end, held: Vec::new(), met: 0, last: None }
    }

    /// One more.
    #[inline]
    pub fn push(&mut self, entry: T) {
        self.met += 1;
        if self.last.is_some_and(|last| entry > last) {
            return;
        }
        self.held.push(entry);
        if self.held.len() >= HELD_MIN.max(self.end.saturating_mul(2)) {
            self.cut();
        }
    }

    /// Whether one that is not before this could still have a part in the page.
    pub fn reaches(&self, before: impl Fn(&T) -> bool) -> bool {
        self.last.as_ref().is_none_or(|last| !before(last))
    }

    /// How many were pushed.
    pub fn met(&self) -> i64 {
        self.met
    }

    /// The page, in order.
    pub fn page(mut self) -> Vec<T> {
        self.cut();
        self.held.sort_unstable();
        self.held.drain(..self.offset.min(self.held.len()));
        self.held
    }

    fn cut(&mut self) {
        if self.end > 0 && self.end < self.held.len() {
            let (_, last, _) = self.held.select_nth_unstable(self.end - 1);
            self.last = Some(*last);
        }
        self.held.truncate(self.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page_of(all: impl IntoIterator<Item = i32>, fetch: i64, offset: i64) -> Vec<i32> {
        let mut front = Front::of(fetch, offset);
        all.into_iter().for_each(|entry| front.push(entry));
        front.page()
    }

    #[test]
    fn a_page_is_a_part_of_the_whole_order() {
        let all = [5, 3, 9, 1, 7, 2];
        assert_eq!(page_of(all, 2, 0), [1, 2]);
        assert_eq!(page_of(all, 3, 2), [3, 5, 7]);
        assert_eq!(page_of(all, 50, 4), [7, 9]);
        assert_eq!(page_of(all, 50, 6), [0; 0]);
        assert_eq!(page_of([], 5, 0), [0; 0]);
        assert_eq!(page_of(all, 0, 0), [0; 0]);
    }

    #[test]
    fn what_lies_beyond_the_page_is_not_held() {
        let mut front = Front::of(3, 2);
        for entry in (0..100_000).rev() {
            front.push(entry);
            assert!(front.held.len() <= HELD_MIN);
        }
        assert_eq!(front.met(), 100_000);
        assert_eq!(front.page(), [2, 3, 4]);
    }
}
