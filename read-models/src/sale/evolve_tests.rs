//! The fold of a sale, fact by fact.
