//! Activities as lists and diaries show them: one by one, filtered, sorted, page by page.

mod entry;
mod filters;
mod history;
mod list;
mod one;
mod sort;
mod summary;

pub(crate) use entry::{Edge, Entry, EntryRow, entries, entries_sql, held_entries};
pub(crate) use filters::{ActivityFilters, matching_activities};
pub(crate) use history::{__path_activity_history, activity_history};
pub(crate) use list::{__path_activities, activities, first_streams};
pub(crate) use one::{__path_activity, activity};
pub(crate) use sort::ActivitySort;
