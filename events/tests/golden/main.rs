//! The stored shapes, pinned.

#[cfg(test)]
mod shapes;
