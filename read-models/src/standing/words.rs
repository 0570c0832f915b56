//! Words of a column as numbers: 0 is the absent one, others count from 1 in the order they were met.

use std::collections::HashMap;
use std::sync::Arc;

/// A number of the columns as a place in a list.
pub(super) fn index(number: u32) -> usize {
    usize::try_from(number).expect("invariant: 32 bits fit")
}

/// The words of one column.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    numbers: HashMap<Arc<str>, u32>,
    words: Vec<Arc<str>>,
}

impl Words {
    /// The absent word.
    pub const NONE: u32 = 0;

    /// The number of a word that was met.
    pub fn number(&self, word: &str) -> Option<u32> {
        self.numbers.get(word).copied()
    }

    /// The number of a word, a new one if it was never met.
    pub fn meet(&mut self, word: &str) -> u32 {
        if let Some(known) = self.numbers.get(word) {
            return *known;
        }
        let word: Arc<str> = Arc::from(word);
        self.words.push(Arc::clone(&word));
        let number = u32::try_from(self.words.len()).expect("invariant: memory is bounded");
        self.numbers.insert(word, number);
        number
    }

    /// The word behind a number; none for the absent one.
    pub fn word(&self, number: u32) -> Option<&str> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        self.words.get(index).map(|word| &**word)
    }

    /// How many numbers there are, that of the absent word included.
    pub fn len(&self) -> usize {
        self.words.len() + 1
    }

    /// For each number what `of` says of its word; the absent word is none.
    pub fn each<T>(&self, of: impl Fn(Option<&str>) -> T) -> Vec<T> {
        std::iter::once(None).chain(self.words.iter().map(|word| Some(&**word))).map(of).collect()
    }

    /// Roughly what they take.
    pub fn bytes(&self) -> usize {
        self.words.iter().map(|word| word.len() + 96).sum()
    }

    /// For each number whether it is one of these words.
    pub fn among(&self, wanted: &[String]) -> Vec<bool> {
        let mut among = vec![false; self.len()];
        for number in wanted.iter().filter_map(|word| self.number(word)) {
            if let Some(place) = usize::try_from(number).ok().and_then(|at| among.get_mut(at)) {
                *place = true;
            }
        }
        among
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_keeps_its_number_and_the_absent_one_is_none() {
        let mut words = Words::default();
        assert_eq!((words.meet("ola"), words.meet("kari"), words.meet("ola")), (1, 2, 1));
        assert_eq!((words.word(0), words.word(2), words.word(3)), (None, Some("kari"), None));
        let wanted = ["kari".to_owned(), "nobody".to_owned()];
        assert_eq!(words.among(&wanted), [false, false, true]);
    }
}
