//! The read machine on a real Postgres and a real nats-server, in one binary. Every test owns a
//! database and a server; nothing is mocked and nothing sleeps: tests pump what they watch.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod answering;
mod clocks;
mod controls;
mod controls_of_operations;
mod crashing;
mod disorder;
mod following;
mod generations;
mod gleaning;
mod going_back;
mod lease_races;
mod leases;
mod leaving;
mod losing_the_stream;
mod parked;
mod parked_crashes;
mod parked_histories;
mod parked_limits;
mod parked_seen;
mod poison;
mod poison_newer;
mod process;
mod rebuild;
mod rebuild_interrupted;
mod rebuild_under_load;
mod scaling;
mod sharing;
mod silent_wire;
mod standing_still;
mod support;
