//! Rebuilding a read model beside the live one, and moving the word `live`.

mod copy;
mod fold;

pub use copy::{Column, Row, Sheets, Table};
pub use fold::Fold;
