//! From the first release to this one: a database of the first release goes on in place, migrations only go
//! forward, and a program refuses a schema it does not know.

mod first_release;
mod immutable;
mod in_place;
mod refusal;
mod rules;
