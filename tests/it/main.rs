//! Journeys through both services, as their users take them.

mod first_sale;
mod scenarios;
