//! Bad input on every command route: the documented 4xx as a problem with a stable code and the place of the
//! fault, and nothing stored.

mod activities;
mod board;
mod bodies;
mod companies;
mod diary;
mod fields;
mod guide;
mod headers;
mod ids;
mod limits;
mod lines;
mod nulls;
mod selection_runs;
mod selections;
mod targets;
mod trial;
mod values;
