//! Selections of sales (SF-10 to SF-13): the list, one of them, its members; and the views of the board that people saved
//! (SF-14).
//!
//! Who sees a selection follows from its visibility, by the rights of now and by whose it is now; who sees a member from the
//! rights on that sale. So two people may see different members of one selection, and each its own count.

mod list;
mod members;
mod one;
mod row;
mod views;

pub(crate) use list::*;
pub(crate) use members::*;
pub(crate) use one::*;
pub(crate) use row::{Members, found};
pub(crate) use views::*;
