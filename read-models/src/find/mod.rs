//! Searches: criteria over every field of the card and of what belongs to a sale (SF-7 to SF-9), selections (SF-10), and
//! words in titles, companies and contacts.
//!
//! A criterion over a column that is held in memory is a test of that column. Any other is looked up once, as the set of
//! sales that pass it; its opposite is all others. AND and OR are combined here, so SQL knows neither. Without memory
//! everything is looked up, and statements get one set of ids. Must not decide who sees what: whatever was found, the
//! question that uses it shows what its caller sees.

mod compare;
mod criteria_schema;
mod fields;
mod found;
mod ids;
mod known;
mod list;
mod look_up;
mod parties;
mod resolve;
mod search;
mod typical;
mod words;

pub(crate) use compare::Given as CriteriaPlace;
pub(crate) use fields::*;
pub(crate) use found::{Found, Leaf, Meant};
pub(crate) use ids::{Ids, SaleSet};
pub(crate) use known::Searches;
pub(crate) use list::*;
pub(crate) use search::*;
pub(crate) use typical::*;
