//! A cache that may forget whatever it likes whenever it is asked: what moka does under pressure, and more often. The
//! names are those of `moka` that the product uses.

/// What decides who is forgotten first; chance does here.
pub mod policy {
    /// A policy.
    #[derive(Debug)]
    pub struct EvictionPolicy;

    impl EvictionPolicy {
        /// The least recently used first.
        #[must_use]
        pub fn lru() -> Self {
            Self
        }
    }
}

/// What to do with an entry.
pub mod ops {
    /// What to do with an entry.
    pub mod compute {
        /// What to do with an entry.
        #[derive(Debug)]
        pub enum Op<V> {
            /// Nothing.
            Nop,
            /// Put this there.
            Put(V),
        }
    }
}

/// The cache itself.
pub mod sync {
    use std::collections::HashMap;
    use std::hash::Hash;
    use std::marker::PhantomData;
    use std::sync::{Arc, Mutex, PoisonError};

    use super::ops::compute::Op;
    use super::policy::EvictionPolicy;
    use crate::explore::{chance, switch};

    /// Entries that may be gone at any moment. Clones share them.
    #[derive(Debug, Clone)]
    pub struct Cache<K, V>(Arc<Mutex<HashMap<K, V>>>);

    /// What a cache is made with; nothing of it matters here.
    #[derive(Debug)]
    pub struct Builder<K, V>(PhantomData<(K, V)>);

    /// One entry, of which nobody else gets hold meanwhile.
    #[derive(Debug)]
    pub struct Selector<'a, K, V>(&'a Cache<K, V>, K);

    /// What is there.
    #[derive(Debug)]
    pub struct Entry<V>(V);

    impl<K: Hash + Eq + Copy, V: Clone> Cache<K, V> {
        /// Begins one.
        #[must_use]
        pub fn builder() -> Builder<K, V> {
            Builder(PhantomData)
        }

        /// What is there, else what is made.
        pub fn get_with(&self, key: K, make: impl FnOnce() -> V) -> V {
            switch();
            self.within(|entries| entries.entry(key).or_insert_with(make).clone())
        }

        /// What is there.
        pub fn get(&self, key: &K) -> Option<V> {
            switch();
            self.within(|entries| entries.get(key).cloned())
        }

        /// Puts something there.
        pub fn insert(&self, key: K, value: V) {
            switch();
            self.within(|entries| entries.insert(key, value));
        }

        /// One entry.
        #[must_use]
        pub fn entry(&self, key: K) -> Selector<'_, K, V> {
            Selector(self, key)
        }

        /// Entries now.
        #[must_use]
        pub fn len(&self) -> usize {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
        }

        /// Whether there are none.
        #[must_use]
        pub fn is_empty(&self) -> bool {
            self.len() == 0
        }

        /// Forgets what chance says, then does it.
        fn within<R>(&self, done: impl FnOnce(&mut HashMap<K, V>) -> R) -> R {
            let forgets = chance(4);
            let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if forgets {
                entries.clear();
            }
            done(&mut entries)
        }
    }

    impl<K: Hash + Eq + Copy, V: Clone> Selector<'_, K, V> {
        /// Does with it what is said.
        pub fn and_compute_with(self, decide: impl FnOnce(Option<Entry<V>>) -> Op<V>) {
            let Self(cache, key) = self;
            switch();
            cache.within(|entries| match decide(entries.get(&key).cloned().map(Entry)) {
                Op::Nop => {}
                Op::Put(value) => {
                    entries.insert(key, value);
                }
            });
        }
    }

    impl<V> Entry<V> {
        /// The value.
        pub fn value(&self) -> &V {
            &self.0
        }
    }

    impl<K, V> Builder<K, V> {
        /// So much at most.
        #[must_use]
        pub fn max_capacity(self, _weight: u64) -> Self {
            self
        }

        /// What each counts for.
        #[must_use]
        pub fn weigher(self, _weigher: impl Fn(&K, &V) -> u32) -> Self {
            self
        }

        /// Who is forgotten first.
        #[must_use]
        pub fn eviction_policy(self, _policy: EvictionPolicy) -> Self {
            self
        }

        /// Makes it.
        #[must_use]
        pub fn build(self) -> Cache<K, V> {
            Cache(Arc::new(Mutex::new(HashMap::new())))
        }
    }
}
