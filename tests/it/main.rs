//! Journeys through both services, as their users take them.

#[cfg(test)]
mod commands;
mod first_sale;
mod import;
mod scenarios;
