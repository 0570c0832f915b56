//! Journeys through both services, as their users take them.

#[cfg(test)]
mod architecture;
#[cfg(test)]
mod archive;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod board;
#[cfg(test)]
mod card;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod entry;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod find;
#[cfg(test)]
mod first_sale;
#[cfg(test)]
mod import;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod live;
#[cfg(test)]
mod locations;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod problem_pages;
#[cfg(test)]
mod projection_command;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod runbook;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod selections;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod skipped_events;
#[cfg(test)]
mod targets;
#[cfg(test)]
mod telemetry;
#[cfg(test)]
mod tenant_command;
#[cfg(test)]
mod topology;
#[cfg(test)]
mod upgrade;
#[cfg(test)]
mod verify;
