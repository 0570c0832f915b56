//! Activities as lists and diaries show them: one by one, filtered, sorted, page by page.

mod entry;
mod filters;
mod history;
mod list;
mod one;
mod sort;
mod summary;

pub(crate) use entry::{Entry, EntryRow, entries, entries_sql};
pub(crate) use history::{__path_activity_history, activity_history};
pub(crate) use list::{__path_activities, activities};
pub(crate) use one::{__path_activity, activity};
