//! Journeys through both services, as their users take them.

mod commands;
mod first_sale;
mod import;
mod scenarios;
