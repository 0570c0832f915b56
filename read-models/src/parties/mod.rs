//! Registered companies and contacts: the lists, one of each with what belongs to it, and what is known of those that a sale
//! links to (SO-F14, SO-F15, SK-6, ST-2).
//!
//! A sale links any id freely, also of another system. Where the id is that of a registered company or contact, what is
//! known of it at the moment of the question is shown; else there is nothing to show but what the sale itself says.

mod companies;
mod company;
mod contact;
mod contacts;
mod kept;
mod known;
mod labelled;

pub(crate) use companies::*;
pub(crate) use company::*;
pub(crate) use contact::*;
pub(crate) use contacts::*;
pub(crate) use kept::KeptParties;
pub(crate) use known::{KnownCompany, KnownContact, KnownParties};
