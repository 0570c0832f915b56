//! What operators see: one trace from the request to the read model, lines, metrics, alarms and a dashboard, all of it
//! from the real programs.

mod client;
mod metrics;
mod names;
mod outage;
mod promtool;
mod receiver;
mod trace;
